//! Inventory.
//! S3 API: GetBucketInventoryConfiguration, PutBucketInventoryConfiguration, DeleteBucketInventoryConfiguration,
//! ListBucketInventoryConfigurations.

use super::{Calls, List, Put, SubResource, keyed};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::shape::{Kind, Shape, Times};
use crate::s3::world::{Bucket, Doc};

pub(super) struct Inventory;

const QUERY: &str = "inventory";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketInventoryConfiguration", "s3:GetInventoryConfiguration")),
    put: Some(Operation::write("PutBucketInventoryConfiguration", "s3:PutInventoryConfiguration")),
    delete: Some(Operation::write("DeleteBucketInventoryConfiguration", "s3:PutInventoryConfiguration")),
    list: Some(List {
        operation: Operation::read("ListBucketInventoryConfigurations", "s3:GetInventoryConfiguration"),
        root: "ListInventoryConfigurationsResult",
    }),
};
static SSE_S3: Shape = Shape(&[]);
static SSE_KMS: Shape = Shape(&[("KeyId", Times::One, Kind::Text)]);
static ENCRYPTION: Shape = Shape(&[("SSE-S3", Times::Maybe, Kind::Node(&SSE_S3)), ("SSE-KMS", Times::Maybe, Kind::Node(&SSE_KMS))]);
static BUCKET: Shape = Shape(&[
    ("AccountId", Times::Maybe, Kind::Text),
    ("Bucket", Times::One, Kind::Text),
    ("Format", Times::One, Kind::Word(&["CSV", "ORC", "Parquet"])),
    ("Prefix", Times::Maybe, Kind::Text),
    ("Encryption", Times::Maybe, Kind::Node(&ENCRYPTION)),
]);
static DESTINATION: Shape = Shape(&[("S3BucketDestination", Times::One, Kind::Node(&BUCKET))]);
static SCHEDULE: Shape = Shape(&[("Frequency", Times::One, Kind::Word(&["Daily", "Weekly"]))]);
static FILTER: Shape = Shape(&[("Prefix", Times::One, Kind::Text)]);
static FIELDS: Shape = Shape(&[(
    "Field",
    Times::Any,
    Kind::Word(&[
        "Size",
        "LastModifiedDate",
        "StorageClass",
        "ETag",
        "IsMultipartUploaded",
        "ReplicationStatus",
        "EncryptionStatus",
        "ObjectLockRetainUntilDate",
        "ObjectLockMode",
        "ObjectLockLegalHoldStatus",
        "IntelligentTieringAccessTier",
        "BucketKeyStatus",
        "ChecksumAlgorithm",
        "ObjectAccessControlList",
        "ObjectOwner",
        "LifecycleExpirationDate",
        "IntelligentTieringReferenceDate",
        "ObjectLockEventHoldDuration",
        "ObjectLockEventHoldStatus",
    ]),
)]);
static SHAPE: Shape = Shape(&[
    ("Id", Times::One, Kind::Text),
    ("IsEnabled", Times::One, Kind::Bool),
    ("IncludedObjectVersions", Times::One, Kind::Word(&["All", "Current"])),
    ("Schedule", Times::One, Kind::Node(&SCHEDULE)),
    ("Destination", Times::One, Kind::Node(&DESTINATION)),
    ("Filter", Times::Maybe, Kind::Node(&FILTER)),
    ("OptionalFields", Times::Maybe, Kind::Node(&FIELDS)),
]);

/// The fields that directory buckets have. S3 API: InventoryConfiguration.
const ON_DIRECTORIES: [&str; 9] = [
    "Size",
    "LastModifiedDate",
    "StorageClass",
    "ETag",
    "IsMultipartUploaded",
    "EncryptionStatus",
    "BucketKeyStatus",
    "ChecksumAlgorithm",
    "LifecycleExpirationDate",
];

impl SubResource for Inventory {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn on_directories(&self) -> bool {
        true
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(keyed::missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let root = keyed::read(put, QUERY, "InventoryConfiguration", &SHAPE)?;
        keyed::no_empty_prefix(&root)?;
        let target = root.at(&["Destination", "S3BucketDestination", "Bucket"]).map_or("", |bucket| bucket.text.as_str());
        if !is_bucket_arn(target) {
            return Err(S3Error::new(400, "InvalidS3DestinationBucket", "Invalid bucket ARN."));
        }
        let fields = root.child("OptionalFields").into_iter().flat_map(|fields| &fields.children);
        if put.bucket.is_directory() && fields.into_iter().any(|field| !ON_DIRECTORIES.contains(&field.text.as_str())) {
            return Err(S3Error::malformed_xml());
        }
        Ok(Some(Doc::xml(&root)))
    }
}

fn is_bucket_arn(text: &str) -> bool {
    matches!(text.splitn(6, ':').collect::<Vec<_>>()[..], ["arn", partition, "s3", "", "", bucket]
        if partition.starts_with("aws") && !bucket.is_empty() && !bucket.contains(['/', ':']))
}
