//! Who comes in, and with which key.

use schemars::JsonSchema;
use serde::Serialize;

use super::sections::Sections;
use crate::arn::Arn;
use crate::subconfig::{Encryption, PublicAccessBlock};

/// `bucket.publicAccess`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "S3 has four settings")]
pub struct PublicAccessFacts {
    /// Whether all four are on.
    pub all_blocked: bool,
    /// Whether S3 refuses ACLs that grant public access.
    #[serde(rename = "blockPublicACLs")]
    pub block_public_acls: bool,
    /// Whether S3 refuses a bucket policy that grants public access.
    pub block_public_policy: bool,
    /// Whether S3 takes no notice of public ACLs that are there.
    #[serde(rename = "ignorePublicACLs")]
    pub ignore_public_acls: bool,
    /// Whether a bucket with a public policy answers only its own account and AWS services.
    pub restrict_public_buckets: bool,
}

impl PublicAccessFacts {
    pub(super) fn of(sections: &Sections<'_>) -> Self {
        let block = sections.get::<PublicAccessBlock>().unwrap_or_default();
        // Those of a directory bucket are always on.
        let on = |setting: Option<bool>| sections.is_directory || setting.unwrap_or_default();
        let (acls, policy) = (on(block.block_public_acls), on(block.block_public_policy));
        let (ignored, restricted) = (on(block.ignore_public_acls), on(block.restrict_public_buckets));
        Self {
            all_blocked: acls && policy && ignored && restricted,
            block_public_acls: acls,
            block_public_policy: policy,
            ignore_public_acls: ignored,
            restrict_public_buckets: restricted,
        }
    }
}

/// `bucket.encryption`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EncryptionFacts {
    /// AES256, aws:kms or aws:kms:dsse.
    pub algorithm: String,
    /// The KMS key; all empty where none is named, which with aws:kms means the key of AWS.
    pub key: KeyFacts,
    /// Whether a bucket key saves calls of KMS.
    pub bucket_key: bool,
}

/// `bucket.encryption.key`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct KeyFacts {
    /// As the spec names it: an ARN, an id or an alias.
    pub id: String,
    /// Its ARN, where the spec has it.
    pub arn: String,
    /// The account it is in: the ARN's, else the bucket's own, where S3 looks for it.
    pub account: String,
    /// The region it is in: the ARN's, else the bucket's own.
    pub region: String,
    /// Its alias with `alias/`, where the spec names one.
    pub alias: String,
}

impl EncryptionFacts {
    pub(super) fn of(sections: &Sections<'_>, region: &str, account: &str) -> Self {
        let rule = sections.get::<Encryption>().and_then(|encryption| encryption.rules).and_then(|rules| rules.into_iter().next());
        let rule = rule.unwrap_or_default();
        let default = rule.apply_server_side_encryption_by_default.unwrap_or_default();
        Self {
            algorithm: default.sse_algorithm.unwrap_or_default(),
            key: default.kms_master_key_id.map(|id| KeyFacts::of(id, region, account)).unwrap_or_default(),
            bucket_key: rule.bucket_key_enabled.unwrap_or_default(),
        }
    }
}

impl KeyFacts {
    fn of(id: String, region: &str, account: &str) -> Self {
        let arn = Arn::parse(&id);
        let name = arn.map_or(id.as_str(), |arn| arn.resource);
        Self {
            arn: arn.map(|_| id.clone()).unwrap_or_default(),
            account: arn.map_or(account, |arn| arn.account).to_owned(),
            region: arn.map_or(region, |arn| arn.region).to_owned(),
            alias: if name.starts_with("alias/") { name.to_owned() } else { String::new() },
            id,
        }
    }
}
