//! `s3.services.k8s.aws/v1alpha1 Bucket`, field for field as the ACK S3 controller (the peer) has it.

mod create;
mod object;
#[cfg(test)]
mod round_trip;
mod status;

pub use create::{CreateBucketConfiguration, DirectoryBucket, Location};
pub use object::{Bucket, annotations};
pub use status::{
    AckResourceMetadata, AdoptionPlan, BucketStatus, ChangedBy, Condition, ConditionType, Drift, IgnoredDrift, PlannedChange, Unmanaged,
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::resource::IMMUTABLE;
use crate::subconfig::object_lock::ObjectLockConfiguration;
use crate::subconfig::{
    Abac, Accelerate, Analytics, Cors, Encryption, IntelligentTiering, Inventory, Lifecycle, Logging, Metrics, Notification,
    OwnershipControls, Policy, PublicAccessBlock, Replication, RequestPayment, Tagging, Versioning, Website,
};

/// The API group of `Bucket`.
pub const GROUP: &str = "s3.services.k8s.aws";
/// The one version of the API group, served and stored.
pub const VERSION: &str = "v1alpha1";
/// The finalizer of the peer and ours. Only the controller adds it: it is the proof that the S3 bucket belongs to this Bucket.
pub const FINALIZER: &str = "finalizers.s3.services.k8s.aws/Bucket";

/// The bucket that S3 shall hold. A section that is left out means what S3 gives a new bucket, and is enforced: public access
/// blocked, ownership BucketOwnerEnforced, encryption SSE-S3, everything else empty. With annotation
/// s3.services.k8s.aws/unset-fields: ignore it is left as it is in S3.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BucketSpec {
    /// Whether attribute-based access control by bucket tags is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abac: Option<Abac>,
    /// Transfer Acceleration: uploads through edge locations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accelerate: Option<Accelerate>,
    /// Canned ACL: private, public-read, public-read-write, authenticated-read, log-delivery-write or aws-exec-read. Needs ownership
    /// other than BucketOwnerEnforced unless private. Where it is given the grant fields do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acl: Option<String>,
    /// Storage class analyses, each with an id of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub analytics: Option<Analytics>,
    /// Which web origins may use the bucket from a browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors: Option<Cors>,
    /// Read at creation only: where the bucket is made and of which kind it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create_bucket_configuration: Option<CreateBucketConfiguration>,
    /// How new objects are encrypted that do not ask for anything else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// Grantees with full control, as in the header x-amz-grant-full-control: `id=<canonical user>, uri=<group>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_full_control: Option<String>,
    /// Grantees that may list the bucket, as in the header x-amz-grant-read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_read: Option<String>,
    /// Grantees that may read the bucket's ACL, as in the header x-amz-grant-read-acp.
    #[serde(rename = "grantReadACP", skip_serializing_if = "Option::is_none")]
    pub grant_read_acp: Option<String>,
    /// Grantees that may create objects, as in the header x-amz-grant-write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grant_write: Option<String>,
    /// Grantees that may write the bucket's ACL, as in the header x-amz-grant-write-acp.
    #[serde(rename = "grantWriteACP", skip_serializing_if = "Option::is_none")]
    pub grant_write_acp: Option<String>,
    /// S3 Intelligent-Tiering archive settings, each with an id of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intelligent_tiering: Option<IntelligentTiering>,
    /// Scheduled lists of the bucket's objects, each with an id of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inventory: Option<Inventory>,
    /// When objects move to another storage class and when they expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<Lifecycle>,
    /// Where S3 writes the bucket's access log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// CloudWatch request metrics, each with an id of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<Metrics>,
    /// The name of the S3 bucket. It cannot change.
    #[schemars(extend("x-kubernetes-validations" = [{"message": IMMUTABLE, "rule": "self == oldSelf"}]))]
    pub name: String,
    /// The namespace that the bucket's name lives in: global or account-regional. It cannot change once set.
    #[schemars(extend("x-kubernetes-validations" = [{"message": IMMUTABLE, "rule": "self == oldSelf"}]))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Which events of the bucket go to which queue, topic or function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification: Option<Notification>,
    /// How long new objects are locked that ask for nothing else. A rule asks for Object Lock too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_lock_configuration: Option<ObjectLockConfiguration>,
    /// Whether objects of the bucket can be locked against deletion, which keeps versioning Enabled. Once on, it stays on; left out
    /// it is what it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_lock_enabled_for_bucket: Option<bool>,
    /// Ownership set while the bucket is created: BucketOwnerEnforced, BucketOwnerPreferred or ObjectWriter. Use
    /// ownershipControls to keep it so afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_ownership: Option<String>,
    /// Who owns uploaded objects, and whether ACLs work at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership_controls: Option<OwnershipControls>,
    /// The bucket policy: a JSON document as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// Which kinds of public access S3 blocks whatever policies and ACLs say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_access_block: Option<PublicAccessBlock>,
    /// To which buckets new objects are copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replication: Option<Replication>,
    /// Who pays for requests and downloads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_payment: Option<RequestPayment>,
    /// The bucket's tags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tagging: Option<Tagging>,
    /// Whether S3 keeps earlier versions of objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub versioning: Option<Versioning>,
    /// The bucket as a static web site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<Website>,
}
