//! How default encryption is read from and written to S3.

use aws_sdk_s3::types::{
    BlockedEncryptionTypes as S3Blocked, ServerSideEncryptionByDefault as S3Default, ServerSideEncryptionConfiguration as S3Configuration,
    ServerSideEncryptionRule as S3Rule,
};

use super::{BlockedEncryptionTypes, Encryption, EncryptionDefault, EncryptionRule};
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
        // No kind at all is an answer too: then S3 was asked.
        let blocked = |blocked: Option<S3Blocked>| {
            let kinds = blocked.and_then(|blocked| blocked.encryption_type).unwrap_or_default();
            BlockedEncryptionTypes { encryption_type: Some(kinds.iter().map(|kind| kind.as_str().to_owned()).collect()) }
        };
        let rule = |rule: S3Rule| EncryptionRule {
            apply_server_side_encryption_by_default: rule.apply_server_side_encryption_by_default.map(default),
            bucket_key_enabled: rule.bucket_key_enabled,
            blocked_encryption_types: Some(blocked(rule.blocked_encryption_types)),
        };
        Self { rules: Some(configuration.rules.into_iter().map(rule).collect()) }
    }

    fn to_sdk(&self) -> Result<S3Configuration, Fault> {
        let rules = self.rules.iter().flatten().map(EncryptionRule::to_sdk).collect::<Result<_, _>>()?;
        S3Configuration::builder().set_rules(Some(rules)).build().map_err(|error| Fault::unbuildable(Self::PUT, error))
    }
}

impl EncryptionRule {
    /// The algorithm is sent even where the rule only means it: S3 does not say whether a rule without one keeps an earlier one.
    fn to_sdk(&self) -> Result<S3Rule, Fault> {
        let default = self.clone().normalise().and_then(|rule| rule.apply_server_side_encryption_by_default);
        let default = default.map(|default| {
            let builder = S3Default::builder().set_sse_algorithm(default.sse_algorithm.as_deref().map(Into::into));
            builder.set_kms_master_key_id(default.kms_master_key_id).build()
        });
        let default = default.transpose().map_err(|error| Fault::unbuildable(Encryption::PUT, error))?;
        // A store that named no kind may not know the element.
        let kinds = self.blocked_encryption_types.as_ref().and_then(|blocked| blocked.encryption_type.as_deref());
        let blocked = kinds.filter(|kinds| !kinds.is_empty()).map(|kinds| {
            let kinds = kinds.iter().map(|kind| kind.as_str().into()).collect();
            S3Blocked::builder().set_encryption_type(Some(kinds)).build()
        });
        Ok(S3Rule::builder()
            .set_apply_server_side_encryption_by_default(default)
            .set_bucket_key_enabled(self.bucket_key_enabled)
            .set_blocked_encryption_types(blocked)
            .build())
    }
}
