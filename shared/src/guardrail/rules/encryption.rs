//! How new objects are encrypted.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Need, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::globs::{Fit, Globs, listed};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::template::Placeholder;
use crate::guardrail::types::{Action, BucketType};
use crate::subconfig::{self, SubConfig};

const FIELD: &str = "spec.encryption.rules[0]";
/// What S3 uses where nothing is said. Source: S3 User Guide, "Default encryption FAQ".
const SSE_S3: &str = "AES256";

/// How new objects are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// The algorithms, one of which has to be the bucket's: AES256, aws:kms, aws:kms:dsse.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 3))]
    pub algorithms: Option<Vec<Algorithm>>,
    /// The keys of KMS that may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_keys: Option<KmsKeys>,
    /// Whether S3 has to keep a key for a bucket of algorithm aws:kms: Required or Optional.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_key: Option<Need>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// An algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Algorithm {
    /// With keys of S3 (SSE-S3).
    #[serde(rename = "AES256")]
    Aes256,
    /// With a key of KMS.
    #[serde(rename = "aws:kms")]
    Kms,
    /// Twice, with a key of KMS.
    #[serde(rename = "aws:kms:dsse")]
    KmsDsse,
}

impl Algorithm {
    /// The algorithm as S3 spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aes256 => SSE_S3,
            Self::Kms => "aws:kms",
            Self::KmsDsse => "aws:kms:dsse",
        }
    }
}

/// Which keys of KMS may be used.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct KmsKeys {
    /// ARNs of keys and aliases; `*` stands for anything but a colon.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed: Option<Vec<String>>,
    /// Whether the account's own key for S3 (alias/aws/s3, or none named) may be used. Left out: no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_aws_managed: Option<bool>,
}

#[derive(Debug)]
struct Compiled {
    algorithms: Option<Vec<&'static str>>,
    keys: Option<(Option<Globs>, bool)>,
    bucket_key: bool,
}

impl Parameters for Encryption {
    const ID: &'static str = "encryption";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let without = |algorithm: Algorithm| self.algorithms.as_ref().is_some_and(|all| !all.contains(&algorithm));
        if self.algorithms.as_ref().is_some_and(Vec::is_empty) {
            let message = "an empty list would refuse every bucket; list some, or leave the field out";
            to.deny("guardrail-list-empty", Reason::Required, at.member("algorithms"), message);
        } else {
            // Source: S3 User Guide, "Using dual-layer server-side encryption": no bucket keys with it.
            if Need::is_required(self.bucket_key) && without(Algorithm::Kms) {
                let message = "Required has no meaning without algorithm aws:kms; add it to algorithms, or leave bucketKey out";
                to.deny("guardrail-conflict", Reason::Invalid, at.member("bucketKey"), message);
            }
            if self.kms_keys.is_some() && without(Algorithm::Kms) && without(Algorithm::KmsDsse) {
                let message = "no algorithm that is allowed uses a key of KMS; add aws:kms to algorithms, or leave kmsKeys out";
                to.deny("guardrail-conflict", Reason::Invalid, at.member("kmsKeys"), message);
            }
        }
        let keys = at.member("kmsKeys");
        let compile = |of: &KmsKeys| {
            let allowed = of.allowed.as_ref().map(|list| Globs::arns(list, &keys.member("allowed"), to));
            (allowed, of.allow_aws_managed == Some(true))
        };
        let algorithms = self.algorithms.as_ref().map(|all| all.iter().map(|algorithm| algorithm.as_str()).collect());
        Box::new(Compiled { algorithms, keys: self.kms_keys.as_ref().map(compile), bucket_key: Need::is_required(self.bucket_key) })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let rule = spec.encryption.as_ref().and_then(|encryption| encryption.rules.as_ref()?.first());
        let default = rule.and_then(|rule| rule.apply_server_side_encryption_by_default.as_ref());
        let algorithm = default.and_then(|default| default.sse_algorithm.as_deref()).filter(|algorithm| !algorithm.is_empty());
        if rule.is_none() && subject.absence(subconfig::Encryption::NAME) == Absence::Unknown {
            return to.skip();
        }
        let algorithm = algorithm.unwrap_or(SSE_S3);
        if let Some(algorithms) = self.algorithms.as_ref().filter(|all| !all.contains(&algorithm)) {
            let field = format_args!("{FIELD}.applyServerSideEncryptionByDefault.sseAlgorithm");
            to.fail(Reason::Forbidden, field, format!("{} is not allowed; use {}", quote(algorithm), listed(algorithms)));
        }
        if algorithm == SSE_S3 {
            return;
        }
        if let Some((allowed, managed)) = &self.keys {
            let key = default.and_then(|default| default.kms_master_key_id.as_deref()).filter(|key| !key.is_empty());
            key_is_allowed(key, allowed.as_ref(), *managed, subject, to);
        }
        // A directory bucket with a key of KMS always has a bucket key.
        let has = rule.is_some_and(|rule| rule.bucket_key_enabled == Some(true)) || subject.kind() == BucketType::Directory;
        if self.bucket_key && algorithm == "aws:kms" && !has {
            to.fail(Reason::Required, format_args!("{FIELD}.bucketKeyEnabled"), "must be true; set it");
        }
    }
}

fn key_is_allowed(key: Option<&str>, allowed: Option<&Globs>, managed: bool, subject: &Subject<'_>, to: &mut Marks) {
    let field = format_args!("{FIELD}.applyServerSideEncryptionByDefault.kmsMasterKeyID");
    let advice = || allowed.map_or(Cow::Borrowed("a key of your own"), |allowed| allowed.listed(&subject.values()));
    let Some(key) = key.filter(|key| !key.ends_with("alias/aws/s3")) else {
        if !managed {
            to.fail(Reason::Required, field, format!("the account's own key for S3 is not allowed; use {}", advice()));
        }
        return;
    };
    let Some(allowed) = allowed else { return };
    match whole_arn(key, subject).map(|arn| allowed.fit(&arn, &subject.values())) {
        Ok(Fit::Yes) => {}
        Ok(Fit::No) => to.fail(Reason::Forbidden, field, format!("key {} is not allowed; use {}", quote(key), advice())),
        Ok(Fit::Unknown(placeholder)) => to.unknown(field, placeholder),
        Err(placeholder) => {
            to.error(field, format!("{} is no ARN, and its {placeholder} is not known; give the key as an ARN", quote(key)));
        }
    }
}

/// The ARN of the key: an id or an alias is one of the bucket's own account and region.
fn whole_arn<'k>(key: &'k str, subject: &Subject<'_>) -> Result<Cow<'k, str>, Placeholder> {
    if key.starts_with("arn:") {
        return Ok(Cow::Borrowed(key));
    }
    let (region, account) = (subject.facts.region.ok_or(Placeholder::Region)?, subject.account().ok_or(Placeholder::Account)?);
    let partition = subject.facts.partition.unwrap_or("aws");
    let kind = if key.starts_with("alias/") || key.starts_with("key/") { "" } else { "key/" };
    Ok(Cow::Owned(format!("arn:{partition}:kms:{region}:{account}:{kind}{key}")))
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::annotation;
    use crate::guardrail::rules::testing::{judged, refused, world};

    const RULE: &str = r#"encryption:
  algorithms: ["aws:kms", "aws:kms:dsse"]
  kmsKeys: {allowed: ["arn:aws:kms:eu-*:111122223333:key/*", "arn:aws:kms:*:111122223333:alias/s3-*"]}
  bucketKey: Required"#;

    fn with(algorithm: &str, key: &str, bucket_key: bool) -> World {
        let default = format!(r#"{{"sseAlgorithm":"{algorithm}","kmsMasterKeyID":"{key}"}}"#);
        let rule = format!(r#"{{"applyServerSideEncryptionByDefault":{default},"bucketKeyEnabled":{bucket_key}}}"#);
        world().annotate(annotation::OWNER_ACCOUNT_ID, "111122223333").section("encryption", &format!(r#"{{"rules":[{rule}]}}"#))
    }

    #[test]
    fn keys_are_compared_by_their_whole_arn() {
        for key in ["arn:aws:kms:eu-west-1:111122223333:key/1", "1", "key/1", "alias/s3-logs"] {
            assert!(judged(RULE, &with("aws:kms", key, true)).is_empty(), "{key}");
        }
        for key in
            ["arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:kms:eu-west-1:444455556666:key/1", "alias/other", "alias/aws/s3", ""]
        {
            assert_eq!(judged(RULE, &with("aws:kms", key, true)).len(), 1, "{key}");
        }
        let nobodys = world().section(
            "encryption",
            r#"{"rules":[{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"aws:kms:dsse","kmsMasterKeyID":"1"}}]}"#,
        );
        assert!(judged(RULE, &nobodys)[0].starts_with("error "), "the account is not known");
    }

    #[test]
    fn algorithm_and_bucket_key() {
        let field = "spec.encryption.rules[0]";
        assert_eq!(judged(RULE, &with("aws:kms", "1", false)), [format!("{field}.bucketKeyEnabled: must be true; set it")]);
        assert!(judged(RULE, &with("aws:kms:dsse", "1", false)).is_empty(), "it has none");
        let sse =
            format!("{field}.applyServerSideEncryptionByDefault.sseAlgorithm: \"AES256\" is not allowed; use aws:kms or aws:kms:dsse");
        assert_eq!(judged(RULE, &with("AES256", "", false)), std::slice::from_ref(&sse));
        assert_eq!(judged(RULE, &world()), [sse], "S3 encrypts by itself");
        assert!(judged("encryption: {kmsKeys: {allowAwsManaged: true}}", &with("aws:kms", "", false)).is_empty());
    }

    #[test]
    fn what_cannot_be_met_is_refused() {
        assert_eq!(
            refused("encryption: {algorithms: [AES256], bucketKey: Required, kmsKeys: {}}"),
            ["guardrail-conflict rules.encryption.bucketKey", "guardrail-conflict rules.encryption.kmsKeys",]
        );
        assert_eq!(refused("encryption: {algorithms: []}"), ["guardrail-list-empty rules.encryption.algorithms"]);
    }
}
