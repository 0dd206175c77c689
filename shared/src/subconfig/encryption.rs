//! Default encryption. S3 API: GetBucketEncryption, PutBucketEncryption. DeleteBucketEncryption is never called: what it leads to, SSE-S3,
//! is written instead, and nothing else is lost.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::place::Place;

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
    /// Which kinds of encryption S3 refuses. No field of the API: it is only carried over when the section is written. `None`
    /// where S3 was not asked yet.
    #[serde(skip)]
    pub blocked_encryption_types: Option<Vec<String>>,
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
    /// The algorithm named and the bucket key said; `None` where the rule says nothing.
    fn normalise(self) -> Option<Self> {
        let default = self.apply_server_side_encryption_by_default.unwrap_or_default();
        let (key, algorithm) = (normal::text(default.kms_master_key_id), normal::text(default.sse_algorithm));
        if key.is_none() && algorithm.is_none() && self.bucket_key_enabled.is_none() {
            return None;
        }
        let algorithm = algorithm.or_else(|| key.is_none().then(|| "AES256".to_owned()));
        Some(Self {
            apply_server_side_encryption_by_default: Some(EncryptionDefault { kms_master_key_id: key, sse_algorithm: algorithm }),
            bucket_key_enabled: Some(self.bucket_key_enabled.unwrap_or_default()),
            blocked_encryption_types: None,
        })
    }
}

impl SubConfig for Encryption {
    const NAME: &'static str = "encryption";
    const FIELD: &'static str = "encryption";
    const ABSENT: &'static str = "SSE-S3 (AES256); what S3 blocks stays";
    const DIRECTORY_BUCKETS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.encryption.as_ref().map(Cow::Borrowed)
    }

    fn normalise(self) -> Option<Self> {
        let rules = self.rules.into_iter().flatten().filter_map(EncryptionRule::normalise);
        normal::list(rules.collect()).map(|rules| Self { rules: Some(rules) })
    }

    fn absent(_spec: &BucketSpec) -> Option<Self> {
        Some(Self::sse_s3())
    }

    fn after_create(_spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Some(Self::sse_s3())
    }

    /// The kinds of encryption that S3 refuses.
    fn inherit(mut self, have: &Self) -> Self {
        let blocked = have.rules.iter().flatten().find_map(|rule| rule.blocked_encryption_types.clone());
        if let Some(rule) = self.rules.iter_mut().flatten().next() {
            rule.blocked_encryption_types = rule.blocked_encryption_types.take().or(blocked);
        }
        self
    }

    /// S3 encrypts all objects of a bucket that says nothing with SSE-S3. Other stores that say "none" need no write either.
    fn nothing() -> Option<Self> {
        Some(Self::sse_s3())
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::{
        BlockedEncryptionTypes, ServerSideEncryptionByDefault as S3Default, ServerSideEncryptionConfiguration as S3Configuration,
        ServerSideEncryptionRule as S3Rule,
    };

    use super::{Encryption, EncryptionDefault, EncryptionRule};
    use crate::fault::{Fault, Operation};
    use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread};
    use crate::subconfig::{Have, SubConfig};

    impl Remote for Encryption {
        const GET: Operation = Operation { name: "GetBucketEncryption", action: "s3:GetEncryptionConfiguration" };
        const PUT: Operation = Operation { name: "PutBucketEncryption", action: "s3:PutEncryptionConfiguration" };
        const DELETE: Operation = Self::PUT;

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_encryption().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                Ok(answer) => Ok(match answer.server_side_encryption_configuration {
                    None => Have::Unsupported,
                    // What LocalStack answers once the configuration was deleted.
                    Some(configuration) if configuration.rules.is_empty() => Have::Empty,
                    Some(configuration) => Have::Value(Self::from_sdk(configuration)),
                }),
                Err(error) => unread(Self::GET, &["ServerSideEncryptionConfigurationNotFoundError"], error),
            }
        }

        /// PutBucketEncryption replaces all of it, the kinds of encryption that S3 refuses included.
        async fn complete(s3: &S3Bucket, want: &Self) -> Result<Self, Fault> {
            let known = want.rules.iter().flatten().any(|rule| rule.blocked_encryption_types.is_some());
            let have = if known || s3.is_directory() { Have::Unread } else { Self::read(s3).await? };
            Ok(match have {
                Have::Value(have) => want.clone().inherit(&have),
                Have::Unread | Have::Unsupported | Have::Empty => want.clone(),
            })
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_bucket_encryption().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            let call = call.server_side_encryption_configuration(want.to_sdk()?);
            call.send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        /// Back to what S3 gives a new bucket.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::sse_s3().inherit(have), Some(have)).await
        }
    }

    impl Encryption {
        fn from_sdk(configuration: S3Configuration) -> Self {
            let default = |default: S3Default| EncryptionDefault {
                kms_master_key_id: default.kms_master_key_id,
                sse_algorithm: given(default.sse_algorithm.as_str()),
            };
            let blocked = |blocked: BlockedEncryptionTypes| blocked.encryption_type.unwrap_or_default();
            let rule = |rule: S3Rule| EncryptionRule {
                apply_server_side_encryption_by_default: rule.apply_server_side_encryption_by_default.map(default),
                bucket_key_enabled: rule.bucket_key_enabled,
                blocked_encryption_types: Some(
                    rule.blocked_encryption_types.map(blocked).unwrap_or_default().iter().map(|kind| kind.as_str().to_owned()).collect(),
                ),
            };
            Self { rules: Some(configuration.rules.into_iter().map(rule).collect()) }
        }

        fn to_sdk(&self) -> Result<S3Configuration, Fault> {
            let rules = self.rules.iter().flatten().map(EncryptionRule::to_sdk).collect::<Result<_, _>>()?;
            S3Configuration::builder().set_rules(Some(rules)).build().map_err(|error| Fault::unbuildable(Self::PUT, error))
        }
    }

    impl EncryptionRule {
        fn to_sdk(&self) -> Result<S3Rule, Fault> {
            let default = self.apply_server_side_encryption_by_default.as_ref().filter(|default| **default != EncryptionDefault::default());
            let default = default.map(|default| {
                let builder = S3Default::builder().set_sse_algorithm(default.sse_algorithm.as_deref().map(Into::into));
                builder.set_kms_master_key_id(default.kms_master_key_id.clone().filter(|key| !key.is_empty())).build()
            });
            let default = default.transpose().map_err(|error| Fault::unbuildable(Encryption::PUT, error))?;
            let blocked = self.blocked_encryption_types.as_ref().filter(|blocked| !blocked.is_empty()).map(|blocked| {
                let kinds = blocked.iter().map(|kind| kind.as_str().into()).collect();
                BlockedEncryptionTypes::builder().set_encryption_type(Some(kinds)).build()
            });
            Ok(S3Rule::builder()
                .set_apply_server_side_encryption_by_default(default)
                .set_bucket_key_enabled(self.bucket_key_enabled)
                .set_blocked_encryption_types(blocked)
                .build())
        }
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

    fn observed(blocked: &[&str]) -> Encryption {
        let mut have = of(&json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": false}]));
        have.rules
            .iter_mut()
            .flatten()
            .for_each(|rule| rule.blocked_encryption_types = Some(blocked.iter().map(ToString::to_string).collect()));
        have
    }

    #[test]
    fn all_spellings_of_sse_s3_are_one_and_blocked_kinds_never_differ() {
        let named = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256", "kmsMasterKeyID": ""}}]);
        for silent in [None, Some(json!([])), Some(json!([{}])), Some(json!([{"bucketKeyEnabled": false}])), Some(named)] {
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
        assert_eq!(want.rules.unwrap()[0].blocked_encryption_types, Some(vec!["SSE-C".to_owned()]));
    }

    #[test]
    fn a_store_that_holds_nothing_is_written_to_only_where_the_spec_asks() {
        assert_eq!(plan(None, &Have::Empty), Step::None);
        let named = json!([{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]);
        assert!(matches!(plan(Some(&named), &Have::Empty), Step::Put { .. }));
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
