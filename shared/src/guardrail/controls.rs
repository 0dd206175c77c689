//! Sets of demands that go by a standard.
//! Source: Security Hub, "Amazon S3 controls"; the conditions are those of the AWS Config rules behind them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rules::{
    Algorithm, CrossAccount, Encryption, Expirations, Leave, Lifecycle, LockState, Logging, Need, Notifications, ObjectLock, PublicAccess,
    Replication, Rules, Tls, Versioning, VersioningState,
};
use super::types::Action;

/// A set of demands that goes by a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Bundle {
    /// AWS Foundational Security Best Practices, as Security Hub has them.
    #[serde(rename = "aws-fsbp")]
    AwsFsbp,
    /// CIS AWS Foundations Benchmark 5.0.
    #[serde(rename = "cis-5.0")]
    Cis5,
    /// NIST SP 800-53 Rev. 5, as Security Hub has it.
    #[serde(rename = "nist-800-53")]
    Nist80053,
}

/// A control that a Bucket can be judged by.
pub(super) struct Control {
    /// Its id in Security Hub.
    id: &'static str,
    /// Its number in CIS 5.0.
    cis: Option<&'static str>,
    /// Whether it is one of AWS Foundational Security Best Practices.
    fsbp: bool,
    /// What it does at most.
    pub(super) action: Action,
    /// Whether it is about directory buckets; else it is about all others.
    pub(super) directory: bool,
    rules: fn() -> Rules,
}

impl Control {
    /// The ids by which the bundles know it, separated by commas; `None` where none has it.
    pub(super) fn named(&self, bundles: &[Bundle]) -> Option<String> {
        let name = |bundle: &Bundle| match bundle {
            Bundle::AwsFsbp => self.fsbp.then(|| format!("aws-fsbp/{}", self.id)),
            Bundle::Cis5 => self.cis.map(|number| format!("cis-5.0/{number}")),
            Bundle::Nist80053 => Some(format!("nist-800-53/{}", self.id)),
        };
        let mut names: Vec<String> = bundles.iter().filter_map(name).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| names.join(","))
    }

    /// The rules that it comes to.
    pub(super) fn rules(&self) -> Rules {
        (self.rules)()
    }
}

const fn control(id: &'static str, action: Action, rules: fn() -> Rules) -> Control {
    Control { id, cis: None, fsbp: false, action, directory: false, rules }
}

impl Control {
    const fn fsbp(self) -> Self {
        Self { fsbp: true, ..self }
    }

    const fn cis(self, number: &'static str) -> Self {
        Self { cis: Some(number), ..self }
    }

    const fn of_directories(self) -> Self {
        Self { directory: true, ..self }
    }
}

/// The controls that a Bucket can be judged by. The others are about accounts, access points and trails.
pub(super) const CONTROLS: &[Control] = &[
    control("S3.2", Action::Deny, || public(|access| access.public_read = Some(Leave::Forbidden))).fsbp(),
    control("S3.3", Action::Deny, || public(|access| access.public_write = Some(Leave::Forbidden))).fsbp(),
    control("S3.5", Action::Deny, || Rules { tls: Some(Tls { require_deny_insecure: Some(true), ..Tls::default() }), ..Rules::default() })
        .fsbp()
        .cis("2.1.1"),
    control("S3.6", Action::Deny, || Rules {
        cross_account: Some(CrossAccount {
            forbidden_actions: Some(S3_6.iter().map(|&action| action.to_owned()).collect()),
            ..CrossAccount::default()
        }),
        ..Rules::default()
    })
    .fsbp(),
    control("S3.7", Action::Audit, || Rules {
        replication: Some(Replication { required: Some(true), ..Replication::default() }),
        ..Rules::default()
    }),
    control("S3.8", Action::Deny, || public(|access| access.block_all = Some(Need::Required))).fsbp().cis("2.1.4"),
    control("S3.9", Action::Warn, || Rules { logging: Some(Logging { required: Some(true), ..Logging::default() }), ..Rules::default() })
        .fsbp(),
    control("S3.10", Action::Warn, || lifecycle(|lifecycle| lifecycle.required_when_versioned = Some(true))),
    control("S3.11", Action::Audit, || Rules {
        notifications: Some(Notifications { required: Some(true), ..Notifications::default() }),
        ..Rules::default()
    }),
    control("S3.12", Action::Deny, || public(|access| access.acls = Some(Leave::Forbidden))).fsbp(),
    control("S3.13", Action::Warn, || lifecycle(|lifecycle| lifecycle.required = Some(true))).fsbp(),
    control("S3.14", Action::Deny, || Rules {
        versioning: Some(Versioning { state: VersioningState::Enabled, action: None }),
        ..Rules::default()
    }),
    control("S3.15", Action::Audit, || Rules {
        object_lock: Some(ObjectLock { state: Some(LockState::Required), ..ObjectLock::default() }),
        ..Rules::default()
    }),
    control("S3.17", Action::Warn, || Rules {
        encryption: Some(Encryption { algorithms: Some(vec![Algorithm::Kms, Algorithm::KmsDsse]), ..Encryption::default() }),
        ..Rules::default()
    }),
    control("S3.25", Action::Warn, || {
        lifecycle(|lifecycle| lifecycle.expiration = Some(Expirations { required: Some(true), max_days: None }))
    })
    .of_directories(),
];

/// Source: AWS Config, s3-bucket-blacklisted-actions-prohibited, as S3.6 sets it.
const S3_6: &[&str] =
    &["s3:DeleteBucketPolicy", "s3:PutBucketAcl", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration", "s3:PutObjectAcl"];

fn public(set: impl FnOnce(&mut PublicAccess)) -> Rules {
    let mut access = PublicAccess::default();
    set(&mut access);
    Rules { public_access: Some(access), ..Rules::default() }
}

fn lifecycle(set: impl FnOnce(&mut Lifecycle)) -> Rules {
    let mut lifecycle = Lifecycle::default();
    set(&mut lifecycle);
    Rules { lifecycle: Some(lifecycle), ..Rules::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admission::{Findings, Path};

    fn ids(bundle: Bundle) -> Vec<String> {
        CONTROLS.iter().filter_map(|control| control.named(&[bundle])).collect()
    }

    #[test]
    fn bundles_hold_what_the_standards_say() {
        let fsbp = [2, 3, 5, 6, 8, 9, 12, 13].map(|n| format!("aws-fsbp/S3.{n}"));
        assert_eq!(ids(Bundle::AwsFsbp), fsbp);
        assert_eq!(ids(Bundle::Cis5), ["cis-5.0/2.1.1", "cis-5.0/2.1.4"]);
        let all = [2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 17, 25].map(|n| format!("nist-800-53/S3.{n}"));
        assert_eq!(ids(Bundle::Nist80053), all);
        let tls = CONTROLS.iter().find(|control| control.id == "S3.5").unwrap();
        assert_eq!(tls.named(&[Bundle::Cis5, Bundle::AwsFsbp, Bundle::Cis5]).as_deref(), Some("aws-fsbp/S3.5,cis-5.0/2.1.1"));
    }

    #[test]
    fn each_control_is_one_rule_that_can_be_written() {
        for control in CONTROLS {
            let mut to = Findings::default();
            assert_eq!(control.rules().compile(&Path::root("rules"), &mut to).len(), 1, "{}", control.id);
            assert!(to.as_slice().is_empty(), "{}", control.id);
        }
    }
}
