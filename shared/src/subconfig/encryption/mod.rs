//! Default encryption. S3 API: GetBucketEncryption, PutBucketEncryption. DeleteBucketEncryption is never called: what it leads to, SSE-S3,
//! is written instead, and nothing else is lost.

mod findings;
#[cfg(feature = "s3")]
mod remote;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::name::BucketName;
use crate::place::Place;

#[cfg(test)]
pub(crate) use findings::cases;

/// How new objects are encrypted that do not ask for anything else. Left out: SSE-S3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// Exactly one rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<EncryptionRule>>,
}

/// How new objects are encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EncryptionRule {
    /// The algorithm and its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apply_server_side_encryption_by_default: Option<EncryptionDefault>,
    /// Whether S3 keeps a key for the bucket, so that it asks KMS less often. Left out: no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_key_enabled: Option<bool>,
    /// Which kinds of encryption S3 refuses. Left out or empty, what S3 holds stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_encryption_types: Option<BlockedEncryptionTypes>,
}

/// Kinds of encryption that S3 refuses in uploads. Source: S3 API reference, BlockedEncryptionTypes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockedEncryptionTypes {
    /// SSE-C, which new buckets refuse; NONE to refuse nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption_type: Option<Vec<String>>,
}

/// An algorithm and its key.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EncryptionDefault {
    /// The KMS key, best as ARN; without one S3 uses the account's own key for S3.
    #[serde(rename = "kmsMasterKeyID", skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
    /// AES256 (SSE-S3), aws:kms or aws:kms:dsse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sse_algorithm: Option<String>,
}

impl Encryption {
    /// What S3 gives a new bucket. Source: S3 User Guide, "Default encryption FAQ".
    fn sse_s3() -> Self {
        let default = EncryptionDefault { sse_algorithm: Some("AES256".to_owned()), kms_master_key_id: None };
        let rule = EncryptionRule { apply_server_side_encryption_by_default: Some(default), ..EncryptionRule::default() };
        Self { rules: Some(vec![rule]) }
    }
}

impl EncryptionRule {
    fn algorithm(&self) -> Option<&str> {
        self.apply_server_side_encryption_by_default.as_ref()?.sse_algorithm.as_deref()
    }

    /// The algorithm named and the bucket key said; `None` where the rule says nothing.
    fn normalise(self) -> Option<Self> {
        let default = self.apply_server_side_encryption_by_default.unwrap_or_default();
        let (key, algorithm) = (normal::text(default.kms_master_key_id), normal::text(default.sse_algorithm));
        let blocked = normal::set(self.blocked_encryption_types.and_then(|blocked| blocked.encryption_type));
        if key.is_none() && algorithm.is_none() && self.bucket_key_enabled.is_none() && blocked.is_none() {
            return None;
        }
        let algorithm = algorithm.or_else(|| key.is_none().then(|| "AES256".to_owned()));
        Some(Self {
            apply_server_side_encryption_by_default: Some(EncryptionDefault { kms_master_key_id: key, sse_algorithm: algorithm }),
            bucket_key_enabled: Some(self.bucket_key_enabled.unwrap_or_default()),
            blocked_encryption_types: blocked.map(|kinds| BlockedEncryptionTypes { encryption_type: Some(kinds) }),
        })
    }

    /// What S3 refuses stays where the rule does not say. `NONE` is what S3 does already where its answer names no kind.
    fn inherit(&mut self, blocked: &BlockedEncryptionTypes) {
        let kinds = self.blocked_encryption_types.as_ref().and_then(|own| own.encryption_type.as_deref()).unwrap_or_default();
        let holds_none = blocked.encryption_type.iter().flatten().next().is_none();
        let declares_none = !kinds.is_empty() && kinds.iter().all(|kind| kind == "NONE");
        if kinds.is_empty() || declares_none && holds_none {
            self.blocked_encryption_types = Some(blocked.clone());
        }
        // A rule that declares nothing but this still declares the rest.
        if declares_none {
            self.bucket_key_enabled.get_or_insert(false);
        }
    }
}

impl SubConfig for Encryption {
    const NAME: &'static str = "encryption";
    const FIELD: &'static str = "encryption";
    const ABSENT: &'static str = "SSE-S3 (AES256); what S3 blocks stays";
    const DIRECTORY_BUCKETS: bool = true;
    /// Who reads new objects needs their key as well.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.encryption.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.encryption = Some(self);
    }

    fn normalise(self) -> Option<Self> {
        let rules = self.rules.into_iter().flatten().filter_map(EncryptionRule::normalise);
        normal::list(rules.collect()).map(|rules| Self { rules: Some(rules) })
    }

    fn absent(_spec: &BucketSpec) -> Option<Self> {
        Some(Self::sse_s3())
    }

    /// A directory bucket with a KMS key always has a bucket key, whatever it is told.
    /// Source: S3 API reference, ServerSideEncryptionRule, "BucketKeyEnabled".
    fn want(spec: &BucketSpec, _place: &Place) -> Option<Self> {
        let declared = Self::declared(spec).map(Cow::into_owned).filter(|section| section.clone().normalise().is_some());
        let mut want = declared.or_else(|| Self::absent(spec))?;
        let with_kms = |rule: &&mut EncryptionRule| rule.algorithm().is_some_and(|algorithm| algorithm.starts_with("aws:kms"));
        if BucketName::new(&spec.name).is_directory() {
            want.rules.iter_mut().flatten().filter(with_kms).for_each(|rule| rule.bucket_key_enabled = Some(true));
        }
        Some(want)
    }

    fn after_create(_spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Some(Self::sse_s3())
    }

    /// The kinds of encryption that S3 refuses.
    fn inherit(mut self, have: &Self) -> Self {
        let blocked = have.rules.iter().flatten().find_map(|rule| rule.blocked_encryption_types.as_ref());
        if let (Some(rule), Some(blocked)) = (self.rules.iter_mut().flatten().next(), blocked) {
            rule.inherit(blocked);
        }
        self
    }

    /// S3 encrypts all objects of a bucket that says nothing with SSE-S3. Other stores that say "none" need no write either.
    fn nothing() -> Option<Self> {
        Some(Self::sse_s3())
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }

    fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::absent(at, facts, to);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::subconfig::{Have, Step};

    fn of(rules: &Value) -> Encryption {
        serde_json::from_value(json!({ "rules": rules })).unwrap()
    }

    fn plan(want: Option<&Value>, have: &Have<Encryption>) -> Step<Encryption> {
        let spec = BucketSpec { encryption: want.map(of), ..BucketSpec::default() };
        Step::plan(&spec, have, &Place::default())
    }

    fn kinds(kinds: &[&str]) -> BlockedEncryptionTypes {
        BlockedEncryptionTypes { encryption_type: Some(kinds.iter().map(ToString::to_string).collect()) }
    }

    fn observed(blocked: &[&str]) -> Encryption {
        let mut have = of(&json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": false}]));
        have.rules.iter_mut().flatten().for_each(|rule| rule.blocked_encryption_types = Some(kinds(blocked)));
        have
    }

    #[test]
    fn all_spellings_of_sse_s3_are_one_and_blocked_kinds_that_are_not_declared_never_differ() {
        let named = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kmsMasterKeyID": ""}}]);
        let spellings = [json!([]), json!([{}]), json!([{"bucketKeyEnabled": false}]), json!([{"blockedEncryptionTypes": {}}]), named];
        for silent in spellings.map(Some).into_iter().chain([None, Some(json!([{"blockedEncryptionTypes": {"encryptionType": []}}]))]) {
            assert_eq!(plan(silent.as_ref(), &Have::Value(observed(&["SSE-C"]))), Step::None, "{silent:?}");
            assert_eq!(plan(silent.as_ref(), &Have::Value(observed(&[]))), Step::None);
        }
    }

    #[test]
    fn a_put_carries_over_what_is_blocked() {
        let kms = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": true}]);
        let step = plan(Some(&kms), &Have::Value(observed(&["SSE-C"])));
        let fields: Vec<_> = step.differences().into_iter().map(|difference| difference.field).collect();
        let rule = "spec.encryption.rules[0]";
        assert_eq!(fields, [format!("{rule}.applyServerSideEncryptionByDefault.sseAlgorithm"), format!("{rule}.bucketKeyEnabled")]);
        let Step::Put { want, .. } = step else { panic!("no put") };
        assert_eq!(want.rules.unwrap()[0].blocked_encryption_types, Some(kinds(&["SSE-C"])));
    }

    #[test]
    fn declared_blocked_kinds_are_compared_as_a_set() {
        let declared = |kinds: &[&str]| json!([{"blockedEncryptionTypes": {"encryptionType": kinds}}]);
        for (want, have) in [(&["SSE-C"][..], &["SSE-C"][..]), (&["NONE"], &[]), (&["NONE"], &["NONE"]), (&["B", "A", "B"], &["A", "B"])] {
            assert_eq!(plan(Some(&declared(want)), &Have::Value(observed(have))), Step::None, "{want:?} {have:?}");
        }
        for (want, have) in [(&["SSE-C"][..], &[][..]), (&["NONE"], &["SSE-C"]), (&["SSE-C"], &["NONE"])] {
            let step = plan(Some(&declared(want)), &Have::Value(observed(have)));
            let differences = step.differences();
            let [difference] = &differences[..] else { panic!("{differences:?}") };
            assert!(difference.field.starts_with("spec.encryption.rules[0].blockedEncryptionTypes"), "{difference:?}");
            let Step::Put { want: put, .. } = step else { panic!("no put") };
            assert_eq!(put.rules.unwrap()[0].blocked_encryption_types, Some(kinds(want)));
        }
    }

    #[test]
    fn the_bucket_key_of_a_directory_bucket_is_always_on() {
        let rules =
            |key: Option<bool>| of(&json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": key}]));
        for key in [None, Some(true), Some(false)] {
            let step = |name: &str| {
                let spec = BucketSpec { name: name.to_owned(), encryption: Some(rules(key)), ..BucketSpec::default() };
                Step::plan(&spec, &Have::Value(rules(Some(true))), &Place::default())
            };
            assert_eq!(step("laws--use1-az4--x-s3"), Step::None, "nothing would turn it off: {key:?}");
            assert_eq!(step("laws").is_none(), key == Some(true));
        }
    }

    #[test]
    fn a_store_that_holds_nothing_is_written_to_only_where_the_spec_asks() {
        assert_eq!(plan(None, &Have::Empty), Step::None);
        let named = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]);
        assert!(matches!(plan(Some(&named), &Have::Empty), Step::Put { .. }));
    }

    #[cfg(feature = "s3")]
    #[test]
    fn the_algorithm_that_a_rule_means_is_sent() {
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        for rule in [json!({"bucketKeyEnabled": true}), json!({"blockedEncryptionTypes": {"encryptionType": ["SSE-C"]}})] {
            let store = Store::new_bucket();
            runtime().block_on(Encryption::put(&store.bucket(), &of(&json!([rule])), None)).unwrap();
            let document = store.document("encryption").unwrap();
            assert!(document.contains("<SSEAlgorithm>AES256</SSEAlgorithm>"), "{document}");
        }
        let key = of(&json!([{"applyServerSideEncryptionByDefault": {"kmsMasterKeyID": "k"}}]));
        let fault = runtime().block_on(Encryption::put(&Store::new_bucket().bucket(), &key, None)).unwrap_err();
        assert!(fault.to_string().contains("sse_algorithm"), "{fault}");
    }

    #[cfg(feature = "s3")]
    #[test]
    fn right_after_creation_s3_is_asked_what_it_blocks() {
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        let store = Store::new_bucket();
        let rules = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": "k"}}]);
        let step = plan(Some(&rules), &Encryption::after_create(&BucketSpec::default(), &Place::default()).into());
        let Step::Put { want, have } = step else { panic!("no put") };
        let s3 = store.bucket();
        runtime().block_on(async { Encryption::put(&s3, &Encryption::complete(&s3, &want).await?, have.as_ref()).await }).unwrap();
        let document = store.document("encryption").unwrap();
        assert!(document.contains("aws:kms") && document.contains("<EncryptionType>SSE-C</EncryptionType>"), "{document}");
    }
}
