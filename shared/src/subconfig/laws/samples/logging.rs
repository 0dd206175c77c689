//! Samples of server access logs.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;

use super::{one_of, text};
use crate::subconfig::Logging;
use crate::subconfig::laws::Sample;
use crate::subconfig::logging::{Grantee, LoggingEnabled, PartitionedPrefix, SimplePrefix, TargetGrant, TargetObjectKeyFormat};

impl Sample for Logging {
    fn samples() -> BoxedStrategy<Self> {
        let enabled = (one_of(&["logs", "others"]), of(vec(grant(), 0..3)), of(format()), of(text())).prop_map(
            |(bucket, target_grants, target_object_key_format, target_prefix)| LoggingEnabled {
                target_bucket: Some(bucket),
                target_grants,
                target_object_key_format,
                target_prefix,
            },
        );
        let enabled = prop_oneof![4 => enabled, 1 => Just(LoggingEnabled::default())];
        of(enabled).prop_map(|logging_enabled| Self { logging_enabled }).boxed()
    }
}

fn grant() -> impl Strategy<Value = TargetGrant> {
    let grantee = (of(text()), of(text()), of(text()), one_of(&["CanonicalUser", "Group"]), of(text()))
        .prop_map(|(display_name, email_address, id, type_, uri)| Grantee { display_name, email_address, id, type_: Some(type_), uri });
    let grantee = prop_oneof![4 => grantee, 1 => Just(Grantee::default())];
    (of(grantee), of(one_of(&["FULL_CONTROL", "READ", "WRITE"]))).prop_map(|(grantee, permission)| TargetGrant { grantee, permission })
}

fn format() -> impl Strategy<Value = TargetObjectKeyFormat> {
    let source = of(one_of(&["", "DeliveryTime", "EventTime"]));
    let partitioned = source.prop_map(|partition_date_source| PartitionedPrefix { partition_date_source });
    let simple = any::<Option<bool>>().prop_map(|enabled| SimplePrefix { enabled });
    (of(partitioned), of(simple))
        .prop_map(|(partitioned_prefix, simple_prefix)| TargetObjectKeyFormat { partitioned_prefix, simple_prefix })
}
