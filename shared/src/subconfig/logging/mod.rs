//! Server access log. S3 API: GetBucketLogging, PutBucketLogging; there is no call that takes it away.

mod address;
mod findings;
#[cfg(feature = "s3")]
mod remote;
mod types;

pub use types::{Grantee, Logging, LoggingEnabled, PartitionedPrefix, SimplePrefix, TargetGrant, TargetObjectKeyFormat};

use std::borrow::Cow;

use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

impl SubConfig for Logging {
    const NAME: &'static str = "logging";
    const FIELD: &'static str = "logging";
    const ABSENT: &'static str = "no log";
    /// The policy or the ACL by which a bucket lets itself be logged to.
    const AFTER: &'static [&'static str] = &["acl", "policy"];

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.logging.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.logging = Some(self);
    }

    fn normalise(self) -> Option<Self> {
        let enabled = self.logging_enabled.map(LoggingEnabled::normalise).and_then(normal::said);
        enabled.map(|enabled| Self { logging_enabled: Some(enabled) })
    }

    /// How log objects are named, where the spec does not say, and the users that S3 made of mail addresses.
    fn inherit(mut self, have: &Self) -> Self {
        if let (Some(want), Some(have)) = (&mut self.logging_enabled, &have.logging_enabled) {
            if let Some(have) = &have.target_object_key_format {
                let format = want.target_object_key_format.take();
                want.target_object_key_format = Some(format.unwrap_or_default().inherit(have));
            }
            address::inherit(want.target_grants.as_deref_mut().unwrap_or_default(), have.target_grants.as_deref().unwrap_or_default());
        }
        self
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

impl LoggingEnabled {
    fn normalise(self) -> Self {
        let grants = self.target_grants.into_iter().flatten().map(TargetGrant::normalise).filter(|grant| *grant != TargetGrant::default());
        Self {
            target_bucket: normal::text(self.target_bucket),
            target_grants: normal::set(Some(grants.collect())),
            target_object_key_format: self.target_object_key_format.and_then(TargetObjectKeyFormat::normalise),
            target_prefix: normal::text(self.target_prefix),
        }
    }
}

impl TargetObjectKeyFormat {
    /// `None` for the simple names, which is what S3 takes no word for. Both at once stay: S3 refuses them.
    fn normalise(self) -> Option<Self> {
        let simple_prefix = self.is_simple().then_some(SimplePrefix { enabled: Some(true) });
        let partitioned =
            |prefix: PartitionedPrefix| PartitionedPrefix { partition_date_source: normal::text(prefix.partition_date_source) };
        self.partitioned_prefix.map(|prefix| Self { partitioned_prefix: Some(partitioned(prefix)), simple_prefix })
    }

    fn is_simple(&self) -> bool {
        self.simple_prefix.as_ref().is_some_and(|simple| simple.enabled != Some(false))
    }

    fn inherit(mut self, have: &Self) -> Self {
        let simple = self.is_simple();
        match (&mut self.partitioned_prefix, &have.partitioned_prefix) {
            (None, _) if !simple => return have.clone(),
            (Some(want), Some(have)) if want.partition_date_source.as_deref().is_none_or(str::is_empty) => *want = have.clone(),
            _ => {}
        }
        self
    }
}

impl TargetGrant {
    /// The name that is shown of a grantee is not what it is known by, and newer answers of S3 have none.
    pub(super) fn normalise(self) -> Self {
        let grantee = self.grantee.map(|grantee| Grantee {
            display_name: None,
            email_address: normal::text(grantee.email_address),
            id: normal::text(grantee.id),
            type_: normal::text(grantee.type_),
            uri: normal::text(grantee.uri),
        });
        Self { grantee: grantee.and_then(normal::said), permission: normal::text(self.permission) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn of(enabled: &Value) -> Logging {
        serde_json::from_value(json!({ "loggingEnabled": enabled })).unwrap()
    }

    fn with_format(format: &Value) -> Logging {
        of(&json!({"targetBucket": "logs", "targetObjectKeyFormat": format}))
    }

    fn plan(want: Logging, have: Logging) -> Step<Logging> {
        let spec = BucketSpec { logging: Some(want), ..BucketSpec::default() };
        Step::plan(&spec, &Have::Value(have), &Place::default())
    }

    fn fields(step: &Step<Logging>) -> Vec<String> {
        step.differences().into_iter().map(|difference| difference.field).collect()
    }

    #[test]
    fn order_of_grants_and_shown_names_are_no_difference() {
        let group = json!({"permission": "READ", "grantee": {"type_": "Group", "uRI": "http://g"}});
        let user = |name: &str| json!({"permission": "WRITE", "grantee": {"type_": "CanonicalUser", "id": "1", "displayName": name}});
        let want = of(&json!({"targetBucket": "logs", "targetPrefix": "", "targetGrants": [group, user("a"), {}]}));
        let have = of(&json!({"targetBucket": "logs", "targetGrants": [user("b"), group, group]}));
        assert_eq!(plan(want, have.clone()), Step::None);
        let other = of(&json!({"targetBucket": "logs", "targetGrants": [group, {"permission": "READ", "grantee": user("")["grantee"]}]}));
        assert_eq!(fields(&plan(other, have)), ["spec.logging.loggingEnabled.targetGrants[1].permission"]);
    }

    #[test]
    fn a_format_that_nobody_declares_stays_through_a_write() {
        let have = with_format(&json!({"partitionedPrefix": {"partitionDateSource": "EventTime"}}));
        let silent = [json!(null), json!({}), json!({"simplePrefix": {"enabled": false}}), json!({"partitionedPrefix": {}})];
        for format in silent {
            assert_eq!(plan(with_format(&format), have.clone()), Step::None, "{format}");
        }
        let step = plan(of(&json!({"targetBucket": "others"})), have.clone());
        assert_eq!(fields(&step), ["spec.logging.loggingEnabled.targetBucket"]);
        let Step::Put { want, .. } = step else { panic!("no put") };
        assert_eq!(want.logging_enabled.unwrap().target_object_key_format, have.logging_enabled.unwrap().target_object_key_format);
    }

    #[test]
    fn a_format_that_is_declared_is_compared() {
        let partitioned = |source: &str| with_format(&json!({"partitionedPrefix": {"partitionDateSource": source}}));
        for simple in [json!({"simplePrefix": {}}), json!({"simplePrefix": {"enabled": true}})] {
            assert_eq!(plan(with_format(&simple), with_format(&json!(null))), Step::None);
            let step = plan(with_format(&simple), partitioned("EventTime"));
            assert_eq!(fields(&step), ["spec.logging.loggingEnabled.targetObjectKeyFormat"]);
        }
        let step = plan(partitioned("DeliveryTime"), partitioned("EventTime"));
        assert_eq!(fields(&step), ["spec.logging.loggingEnabled.targetObjectKeyFormat.partitionedPrefix.partitionDateSource"]);
    }

    #[test]
    fn a_section_that_says_nothing_is_none() {
        let have = of(&json!({"targetBucket": "logs"}));
        for want in [json!(null), json!({}), json!({"targetPrefix": "", "targetGrants": []})] {
            assert_eq!(plan(of(&want), have.clone()), Step::Remove { have: have.clone() }, "{want}");
        }
    }
}
