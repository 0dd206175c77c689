//! Lifecycle

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SubConfig;
use crate::BucketSpec;

/// Lifecycle
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Lifecycle {}

impl SubConfig for Lifecycle {
    const NAME: &'static str = "lifecycle";
    const FIELD: &'static str = "lifecycle";

    fn declared(spec: &BucketSpec) -> Option<&Self> {
        spec.lifecycle.as_ref()
    }

    fn normalise(self) -> Option<Self> {
        Some(self)
    }
}

#[cfg(feature = "s3")]
mod remote {
    use super::Lifecycle;
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket};

    impl Remote for Lifecycle {
        const GET: Operation = Operation { name: "", action: "" };
        const PUT: Operation = Operation { name: "", action: "" };
        const DELETE: Operation = Operation { name: "", action: "" };

        async fn read(_s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            Ok(Have::Unread)
        }

        async fn put(_s3: &S3Bucket, _want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            Ok(())
        }

        async fn remove(_s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
            Ok(())
        }
    }
}
