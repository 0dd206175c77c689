//! The canned ACL. S3 API: GetBucketAcl, PutBucketAcl.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A canned ACL by its name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Acl(pub String);
