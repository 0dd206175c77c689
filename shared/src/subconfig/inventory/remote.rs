//! How lists of objects are read from and written to S3.

use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::types::{
    InventoryConfiguration as S3Inventory, InventoryDestination as S3Destination, InventoryEncryption as S3Encryption,
    InventoryFilter as S3Filter, InventoryOptionalField as S3Field, InventoryS3BucketDestination as S3ListBucket,
    InventorySchedule as S3Schedule, Ssekms, Sses3,
};

use super::{
    Inventory, InventoryBucket, InventoryConfiguration, InventoryDestination, InventoryEncryption, InventoryFilter, InventorySchedule,
    SseKms, SseS3,
};
use crate::admission::Path;
use crate::fault::Fault;
use crate::subconfig::Have;
use crate::subconfig::keyed::Keyed;
use crate::subconfig::keyed::remote::{self as keyed, Calls, Page};
use crate::subconfig::remote::{Remote, S3Bucket, given};

keyed::calls! {
    Inventory of InventoryConfiguration, "Inventory",
    list: list_bucket_inventory_configurations.inventory_configuration_list,
    put: put_bucket_inventory_configuration.inventory_configuration,
    delete: delete_bucket_inventory_configuration
}

impl InventoryConfiguration {
    #[expect(clippy::unnecessary_wraps, reason = "as the other keyed configurations, some of which can fail")]
    fn from_sdk(configuration: S3Inventory) -> Result<Self, Fault> {
        let bucket = configuration.destination.and_then(|destination| destination.s3_bucket_destination);
        let fields = |fields: Vec<S3Field>| fields.iter().map(|field| field.as_str().to_owned()).collect();
        Ok(Self {
            destination: bucket.map(|bucket| InventoryDestination { s3_bucket_destination: Some(InventoryBucket::from_sdk(bucket)) }),
            filter: configuration.filter.map(|filter| InventoryFilter { prefix: given(&filter.prefix) }),
            id: given(&configuration.id),
            included_object_versions: given(configuration.included_object_versions.as_str()),
            is_enabled: Some(configuration.is_enabled),
            optional_fields: configuration.optional_fields.map(fields),
            schedule: configuration.schedule.map(|schedule| InventorySchedule { frequency: given(schedule.frequency.as_str()) }),
        })
    }

    /// The normal form is sent: it is the spelling that S3 takes.
    fn to_sdk(&self, _at: &Path<'_>) -> Result<S3Inventory, Fault> {
        let normal = self.clone().normalise();
        let bucket = normal.destination.and_then(|destination| destination.s3_bucket_destination);
        let destination = |bucket| S3Destination::builder().s3_bucket_destination(bucket).build();
        let filter = |filter: InventoryFilter| S3Filter::builder().set_prefix(filter.prefix).build();
        let schedule =
            |schedule: InventorySchedule| S3Schedule::builder().set_frequency(schedule.frequency.as_deref().map(Into::into)).build();
        let fields = |fields: Vec<String>| fields.iter().map(|field| field.as_str().into()).collect();
        let builder = S3Inventory::builder()
            .set_destination(bucket.map(|bucket| bucket.into_sdk().map(destination)).transpose()?)
            .set_filter(normal.filter.map(filter).transpose().map_err(unbuildable)?)
            .set_id(normal.id)
            .set_included_object_versions(normal.included_object_versions.as_deref().map(Into::into))
            .set_is_enabled(normal.is_enabled)
            .set_optional_fields(normal.optional_fields.map(fields))
            .set_schedule(normal.schedule.map(schedule).transpose().map_err(unbuildable)?);
        builder.build().map_err(unbuildable)
    }
}

impl InventoryBucket {
    fn from_sdk(bucket: S3ListBucket) -> Self {
        let encryption = bucket.encryption.map(|encryption| InventoryEncryption {
            sse_kms: encryption.ssekms.map(|kms| SseKms { key_id: given(&kms.key_id) }),
            sse_s3: encryption.sses3.map(|_| SseS3 { enabled: Some(true) }),
        });
        Self {
            account_id: bucket.account_id,
            bucket: given(&bucket.bucket),
            encryption,
            format: given(bucket.format.as_str()),
            prefix: bucket.prefix,
        }
    }

    fn into_sdk(self) -> Result<S3ListBucket, Fault> {
        let builder = S3ListBucket::builder()
            .set_account_id(self.account_id)
            .set_bucket(self.bucket)
            .set_format(self.format.as_deref().map(Into::into))
            .set_prefix(self.prefix)
            .set_encryption(self.encryption.map(InventoryEncryption::into_sdk).transpose()?);
        builder.build().map_err(unbuildable)
    }
}

impl InventoryEncryption {
    fn into_sdk(self) -> Result<S3Encryption, Fault> {
        let kms = |kms: SseKms| Ssekms::builder().set_key_id(kms.key_id).build();
        let kms = self.sse_kms.map(kms).transpose().map_err(unbuildable)?;
        Ok(S3Encryption::builder().set_ssekms(kms).set_sses3(self.sse_s3.map(|_| Sses3::builder().build())).build())
    }
}

fn unbuildable(error: BuildError) -> Fault {
    Fault::unbuildable(Inventory::PUT, error)
}
