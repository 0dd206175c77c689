//! Samples of scheduled lists of objects.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{Sample, keyed, one_of, text};
use crate::subconfig::Inventory;
use crate::subconfig::inventory::{
    InventoryBucket, InventoryConfiguration, InventoryDestination, InventoryEncryption, InventoryFilter, InventorySchedule, SseKms, SseS3,
};

impl Sample for Inventory {
    fn samples() -> BoxedStrategy<Self> {
        let kms = of(text()).prop_map(|key_id| SseKms { key_id });
        let sse_s3 = any::<Option<bool>>().prop_map(|enabled| SseS3 { enabled });
        let encryption = (of(kms), of(sse_s3)).prop_map(|(sse_kms, sse_s3)| InventoryEncryption { sse_kms, sse_s3 });
        let bucket = (of(text()), of(encryption), one_of(&["CSV", "ORC", "A_NEW_FORMAT"]), of(text())).prop_map(
            |(account_id, encryption, format, prefix)| InventoryBucket {
                account_id,
                bucket: Some("arn:aws:s3:::lists".to_owned()),
                encryption,
                format: Some(format),
                prefix,
            },
        );
        let fields = of(vec(one_of(&["Size", "ETag", "StorageClass", "A_NEW_FIELD"]), 0..4));
        let what = (of(text()), one_of(&["All", "Current"]), any::<bool>(), fields, one_of(&["Daily", "Weekly"]));
        let item = (bucket, what).prop_map(|(bucket, (prefix, versions, is_enabled, optional_fields, frequency))| InventoryConfiguration {
            destination: Some(InventoryDestination { s3_bucket_destination: Some(bucket) }),
            filter: Some(InventoryFilter { prefix }),
            id: None,
            included_object_versions: Some(versions),
            is_enabled: Some(is_enabled),
            optional_fields,
            schedule: Some(InventorySchedule { frequency: Some(frequency) }),
        });
        keyed::list(item, |item, id| InventoryConfiguration { id: Some(id), ..item }).prop_map(Self).boxed()
    }
}
