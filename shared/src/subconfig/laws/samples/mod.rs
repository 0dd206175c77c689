//! Samples of every sub-configuration: what a spec may hold, in many spellings.

mod abac;
mod accelerate;
mod acl;
mod analytics;
mod intelligent_tiering;
mod inventory;
mod keyed;
mod logging;
mod metrics;
mod notification;
mod object_lock;
mod replication;
mod request_payment;
mod website;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use super::Sample;
use crate::subconfig::cors::CorsRule;
use crate::subconfig::encryption::{BlockedEncryptionTypes, EncryptionDefault, EncryptionRule};
use crate::subconfig::lifecycle::{
    AbortIncompleteMultipartUpload, LifecycleAnd, LifecycleExpiration, LifecycleFilter, LifecycleRule, LifecycleTransition,
    NoncurrentExpiration, NoncurrentTransition,
};
use crate::subconfig::ownership_controls::OwnershipRule;
use crate::subconfig::policy::equivalence;
use crate::subconfig::tagging::Tag;
use crate::subconfig::{Cors, Encryption, Lifecycle, OwnershipControls, Policy, PublicAccessBlock, Tagging, Versioning};

impl Sample for Cors {
    fn samples() -> BoxedStrategy<Self> {
        let methods = vec(one_of(&["GET", "PUT", "post"]), 1..4);
        let rule = (of(vec(text(), 0..3)), methods, vec(text(), 1..3), of(vec(text(), 0..3)), of(text()), of(int32())).prop_map(
            |(allowed_headers, methods, origins, expose_headers, id, max_age_seconds)| CorsRule {
                allowed_headers,
                allowed_methods: Some(methods),
                allowed_origins: Some(origins),
                expose_headers,
                id,
                max_age_seconds,
            },
        );
        of(vec(rule, 0..4)).prop_map(|cors_rules| Self { cors_rules }).boxed()
    }
}

impl Sample for Encryption {
    fn samples() -> BoxedStrategy<Self> {
        let default = (of(text()), one_of(&["AES256", "aws:kms", "aws:kms:dsse"]))
            .prop_map(|(kms_master_key_id, algorithm)| EncryptionDefault { kms_master_key_id, sse_algorithm: Some(algorithm) });
        let default = prop_oneof![default, Just(EncryptionDefault::default())];
        let blocked = of(vec(one_of(&["NONE", "SSE-C", "A_NEW_KIND"]), 0..3));
        let blocked = blocked.prop_map(|encryption_type| BlockedEncryptionTypes { encryption_type });
        let rule = (of(default), any::<Option<bool>>(), of(blocked)).prop_map(|(default, bucket_key_enabled, blocked)| EncryptionRule {
            apply_server_side_encryption_by_default: default,
            bucket_key_enabled,
            blocked_encryption_types: blocked,
        });
        of(vec(rule, 0..2)).prop_map(|rules| Self { rules }).boxed()
    }
}

impl Sample for OwnershipControls {
    const RIDES_ON_CREATE: bool = true;

    fn samples() -> BoxedStrategy<Self> {
        let rule = one_of(&["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])
            .prop_map(|ownership| OwnershipRule { object_ownership: Some(ownership) });
        of(vec(rule, 0..2)).prop_map(|rules| Self { rules }).boxed()
    }
}

impl Sample for Policy {
    fn samples() -> BoxedStrategy<Self> {
        let policy = (equivalence::policy(), any::<bool>());
        let text = policy.prop_map(|(policy, pretty)| if pretty { format!("\n{policy:#}\n") } else { policy.to_string() });
        prop_oneof![4 => text, 1 => Just(" ".to_owned())].prop_map(Self).boxed()
    }
}

impl Sample for PublicAccessBlock {
    fn samples() -> BoxedStrategy<Self> {
        any::<[Option<bool>; 4]>()
            .prop_map(|[block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets]| Self {
                block_public_acls,
                block_public_policy,
                ignore_public_acls,
                restrict_public_buckets,
            })
            .boxed()
    }
}

impl Sample for Tagging {
    const RIDES_ON_CREATE: bool = true;

    fn samples() -> BoxedStrategy<Self> {
        of(vec(tag(), 0..4)).prop_map(|tag_set| Self { tag_set }).boxed()
    }
}

impl Sample for Versioning {
    fn samples() -> BoxedStrategy<Self> {
        of(one_of(&["", "Enabled", "Suspended"])).prop_map(|status| Self { status }).boxed()
    }
}

impl Sample for Lifecycle {
    fn samples() -> BoxedStrategy<Self> {
        let scope = (of(one_of(&["", "a", "b"])), of(lifecycle_filter()));
        let current = (of(lifecycle_expiration()), of(vec(lifecycle_transition(), 0..3)));
        let noncurrent =
            (of(int32()), of(int32()), of(storage_class())).prop_map(|(newer_noncurrent_versions, noncurrent_days, storage_class)| {
                NoncurrentTransition { newer_noncurrent_versions, noncurrent_days, storage_class }
            });
        let noncurrent_expiration = (of(int32()), of(int32()))
            .prop_map(|(newer_noncurrent_versions, noncurrent_days)| NoncurrentExpiration { newer_noncurrent_versions, noncurrent_days });
        let abort = of(int32()).prop_map(|days_after_initiation| AbortIncompleteMultipartUpload { days_after_initiation });
        let others = (of(noncurrent_expiration), of(vec(noncurrent, 0..3)), of(abort));
        let rule = (of(one_of(&["", "x", "y"])), one_of(&["Enabled", "Disabled"]), scope, current, others);
        let rule = rule.prop_map(|(id, status, (prefix, filter), (expiration, transitions), others)| LifecycleRule {
            id,
            prefix,
            status: Some(status),
            abort_incomplete_multipart_upload: others.2,
            expiration,
            filter,
            noncurrent_version_expiration: others.0,
            noncurrent_version_transitions: others.1,
            transitions,
        });
        let size = of(one_of(&["", "all_storage_classes_128K", "varies_by_storage_class"]));
        let section = (of(vec(rule, 0..4)), size);
        section.prop_map(|(rules, size)| Self { rules, transition_default_minimum_object_size: size }).boxed()
    }
}

fn lifecycle_filter() -> impl Strategy<Value = LifecycleFilter> {
    let and = (of(any::<i64>()), of(any::<i64>()), of(text()), of(vec(tag(), 0..3))).prop_map(
        |(object_size_greater_than, object_size_less_than, prefix, tags)| LifecycleAnd {
            object_size_greater_than,
            object_size_less_than,
            prefix,
            tags,
        },
    );
    (of(and), of(any::<i64>()), of(any::<i64>()), of(text()), of(tag())).prop_map(
        |(and, object_size_greater_than, object_size_less_than, prefix, tag)| LifecycleFilter {
            and,
            object_size_greater_than,
            object_size_less_than,
            prefix,
            tag,
        },
    )
}

fn lifecycle_expiration() -> impl Strategy<Value = LifecycleExpiration> {
    (of(date()), of(int32()), any::<Option<bool>>()).prop_map(|(date, days, marker)| LifecycleExpiration {
        date,
        days,
        expired_object_delete_marker: marker,
    })
}

fn lifecycle_transition() -> impl Strategy<Value = LifecycleTransition> {
    (of(date()), of(int32()), of(storage_class())).prop_map(|(date, days, storage_class)| LifecycleTransition { date, days, storage_class })
}

fn storage_class() -> impl Strategy<Value = String> {
    one_of(&["GLACIER", "STANDARD_IA", "A_NEW_CLASS"])
}

fn date() -> impl Strategy<Value = String> {
    one_of(&["2030-01-01T00:00:00Z", "2030-01-01T01:00:00.000+01:00", "1969-12-31T00:00:00Z", "9999-12-30T00:00:00Z"])
}

fn tag() -> impl Strategy<Value = Tag> {
    (one_of(&["team", "cost centre", "aws:made"]), text()).prop_map(|(key, value)| Tag::new(&key, &value))
}

fn int32() -> impl Strategy<Value = i64> {
    any::<i32>().prop_map(i64::from)
}

fn one_of(texts: &[&str]) -> impl Strategy<Value = String> + use<> {
    select(texts.iter().map(ToString::to_string).collect::<Vec<_>>())
}

/// Any text that XML can carry, the empty one too.
fn text() -> impl Strategy<Value = String> {
    "\\PC{0,6}"
}
