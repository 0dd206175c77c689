//! How the server access log is read from and written to S3.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    BucketLoggingStatus, Grantee as S3Grantee, LoggingEnabled as S3Enabled, PartitionedPrefix as S3Partitioned, SimplePrefix as S3Simple,
    TargetGrant as S3Grant, TargetObjectKeyFormat as S3Format,
};

use super::{Grantee, Logging, LoggingEnabled, PartitionedPrefix, SimplePrefix, TargetGrant, TargetObjectKeyFormat};
use crate::fault::{Fault, Operation};
use crate::subconfig::Have;
use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread};

impl Remote for Logging {
    const GET: Operation = Operation { name: "GetBucketLogging", action: "s3:GetBucketLogging" };
    const PUT: Operation = Operation { name: "PutBucketLogging", action: "s3:PutBucketLogging" };
    const DELETE: Operation = Self::PUT;

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_bucket_logging().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            Ok(answer) => Ok(answer.logging_enabled.map_or(Have::Empty, Self::from_sdk)),
            Err(error) => unread(Self::GET, &[], error),
        }
    }

    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_bucket_logging().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        call.bucket_logging_status(want.to_sdk()?).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
    }

    /// Writes a status without a target.
    async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
        Self::put(s3, &Self::default(), Some(have)).await
    }
}

impl Logging {
    /// A log that goes nowhere is no answer to build on.
    fn from_sdk(enabled: S3Enabled) -> Have<Self> {
        let Some(bucket) = given(&enabled.target_bucket) else { return Have::Unsupported };
        Have::Value(Self {
            logging_enabled: Some(LoggingEnabled {
                target_bucket: Some(bucket),
                target_grants: enabled.target_grants.map(|grants| grants.into_iter().map(TargetGrant::from_sdk).collect()),
                target_object_key_format: enabled.target_object_key_format.map(TargetObjectKeyFormat::from_sdk),
                target_prefix: given(&enabled.target_prefix),
            }),
        })
    }

    pub(super) fn to_sdk(&self) -> Result<BucketLoggingStatus, Fault> {
        let enabled = self.logging_enabled.clone().map(LoggingEnabled::normalise).filter(|enabled| *enabled != LoggingEnabled::default());
        let enabled = enabled.map(LoggingEnabled::into_sdk).transpose().map_err(|error| Fault::unbuildable(Self::PUT, error))?;
        Ok(BucketLoggingStatus::builder().set_logging_enabled(enabled).build())
    }
}

impl LoggingEnabled {
    /// S3 wants the prefix even where it is empty.
    fn into_sdk(self) -> Result<S3Enabled, BuildError> {
        let grants = self.target_grants.map(|grants| grants.into_iter().map(TargetGrant::into_sdk).collect::<Result<_, _>>());
        S3Enabled::builder()
            .set_target_bucket(self.target_bucket)
            .set_target_grants(grants.transpose()?)
            .set_target_object_key_format(self.target_object_key_format.map(TargetObjectKeyFormat::into_sdk))
            .target_prefix(self.target_prefix.unwrap_or_default())
            .build()
    }
}

impl TargetObjectKeyFormat {
    fn from_sdk(format: S3Format) -> Self {
        let partitioned = |prefix: S3Partitioned| PartitionedPrefix {
            partition_date_source: prefix.partition_date_source.map(|source| source.as_str().to_owned()),
        };
        Self {
            partitioned_prefix: format.partitioned_prefix.map(partitioned),
            simple_prefix: format.simple_prefix.map(|_| SimplePrefix { enabled: Some(true) }),
        }
    }

    fn into_sdk(self) -> S3Format {
        let partitioned = |prefix: PartitionedPrefix| {
            S3Partitioned::builder().set_partition_date_source(prefix.partition_date_source.as_deref().map(Into::into)).build()
        };
        S3Format::builder()
            .set_partitioned_prefix(self.partitioned_prefix.map(partitioned))
            .set_simple_prefix(self.simple_prefix.map(|_| S3Simple::builder().build()))
            .build()
    }
}

impl TargetGrant {
    fn from_sdk(grant: S3Grant) -> Self {
        let grantee = |grantee: S3Grantee| Grantee {
            display_name: grantee.display_name,
            email_address: grantee.email_address,
            id: grantee.id,
            type_: given(grantee.r#type.as_str()),
            uri: grantee.uri,
        };
        Self { grantee: grant.grantee.map(grantee), permission: grant.permission.map(|permission| permission.as_str().to_owned()) }
    }

    fn into_sdk(self) -> Result<S3Grant, BuildError> {
        let grantee = |grantee: Grantee| {
            S3Grantee::builder()
                .set_email_address(grantee.email_address)
                .set_id(grantee.id)
                .set_type(grantee.type_.as_deref().map(Into::into))
                .set_uri(grantee.uri)
                .build()
        };
        let grantee = self.grantee.map(grantee).transpose()?;
        Ok(S3Grant::builder().set_grantee(grantee).set_permission(self.permission.as_deref().map(Into::into)).build())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fault::Class;
    use crate::subconfig::laws::remote::runtime;
    use crate::subconfig::laws::store::Store;

    fn read(body: &str) -> Have<Logging> {
        runtime().block_on(Logging::read(&Store::answering(200, body).bucket())).unwrap()
    }

    #[test]
    fn a_status_without_a_target_is_empty_and_a_log_to_nowhere_is_no_answer() {
        assert_eq!(read("<BucketLoggingStatus/>"), Have::Empty);
        assert_eq!(read("<BucketLoggingStatus><LoggingEnabled/></BucketLoggingStatus>"), Have::Unsupported);
        let torn = "<TargetBucket>logs</TargetBucket><TargetGrants><Grant/><Grant><Grantee/></Grant></TargetGrants>";
        let torn = read(&format!("<BucketLoggingStatus><LoggingEnabled>{torn}</LoggingEnabled></BucketLoggingStatus>"));
        assert!(matches!(torn, Have::Value(_)), "members that are missing do no harm: {torn:?}");
    }

    #[test]
    fn a_log_without_a_target_or_a_grantee_without_a_type_is_a_fault() {
        let grantee = json!({"targetBucket": "logs", "targetGrants": [{"grantee": {"id": "1"}}]});
        for (enabled, names) in [(json!({"targetPrefix": "a"}), "target_bucket"), (grantee, "type")] {
            let section: Logging = serde_json::from_value(json!({ "loggingEnabled": enabled })).unwrap();
            let fault = section.to_sdk().unwrap_err();
            assert!(fault.class == Class::Terminal && fault.to_string().contains(names), "{fault}");
        }
    }
}
