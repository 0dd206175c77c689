//! Server access log. S3 API: GetBucketLogging, PutBucketLogging.

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
    /// What the names of the log objects start with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_prefix: Option<String>,
}

/// One right that one grantee gets on the log objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
