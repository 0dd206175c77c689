//! The API types of the server access log. Source: S3 API reference, BucketLoggingStatus and its members.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The server access log of the bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Logging {
    /// Where the log goes; no log is written where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging_enabled: Option<LoggingEnabled>,
}

/// Where the access log goes and who may read it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggingEnabled {
    /// The name of the bucket that takes the log: same region, same account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_bucket: Option<String>,
    /// Who gets access to the log objects; only where the target bucket has ACLs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_grants: Option<Vec<TargetGrant>>,
    /// How the names of the log objects go on after the prefix; as S3 has it where it is absent: the simple way at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_object_key_format: Option<TargetObjectKeyFormat>,
    /// What the names of the log objects start with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_prefix: Option<String>,
}

/// How the names of the log objects go on after the prefix: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetObjectKeyFormat {
    /// Account, region, bucket and date as folders, then time and a random text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partitioned_prefix: Option<PartitionedPrefix>,
    /// Date, time and a random text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simple_prefix: Option<SimplePrefix>,
}

/// Names with account, region, bucket and date as folders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartitionedPrefix {
    /// Which date it is: EventTime, the day of the requests, or DeliveryTime, when the log was written. S3's choice where it is
    /// absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partition_date_source: Option<String>,
}

/// Names with date, time and a random text. `{}`, as the S3 API spells it, means these too.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SimplePrefix {
    /// Left out: true. With false the section says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// One right that one grantee gets on the log objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TargetGrant {
    /// Who gets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grantee: Option<Grantee>,
    /// FULL_CONTROL, READ or WRITE.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<String>,
}

/// Who gets a right: a user by id or by mail address, or a group by URI.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Grantee {
    /// The name that is shown for the user; S3 does not look at it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The mail address of the user's account, with type_ AmazonCustomerByEmail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email_address: Option<String>,
    /// The canonical id of the user, with type_ CanonicalUser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// CanonicalUser, AmazonCustomerByEmail or Group.
    #[serde(rename = "type_", skip_serializing_if = "Option::is_none")]
    pub type_: Option<String>,
    /// The URI of the group, with type_ Group.
    #[serde(rename = "uRI", skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}
