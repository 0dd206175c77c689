//! What the sections of a directory bucket may not hold that other buckets' may.
//! Source: S3 API reference, PutBucketEncryption, PutBucketLifecycleConfiguration, PutBucketInventoryConfiguration,
//! PutBucketMetricsConfiguration, each "Directory buckets".

use crate::BucketSpec;
use crate::admission::finding::{Findings, Path, Reason};
use crate::admission::{Facts, quote};
use crate::subconfig::encryption::{EncryptionDefault, EncryptionRule};
use crate::subconfig::lifecycle::LifecycleRule;

/// What an inventory of a directory bucket can list.
const INVENTORY_FIELDS: &[&str] = &[
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
const KMS: &str = "aws:kms";
/// The key that AWS manages for S3, as alias.
const AWS_KEY: &str = "alias/aws/s3";

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, root: &Path<'_>, to: &mut Findings) {
    encryption(spec, root, to);
    directory_kms_key_change(spec, facts, root, to);
    lifecycle(spec, root, to);
    directory_inventory_fields(spec, root, to);
    directory_metrics_tags(spec, root, to);
}

fn encryption(spec: &BucketSpec, root: &Path<'_>, to: &mut Findings) {
    let section = root.member("encryption");
    let rules = section.member("rules");
    for (index, rule) in encryption_rules(spec).iter().enumerate() {
        let at = rules.index(index);
        let Some(default) = &rule.apply_server_side_encryption_by_default else { continue };
        algorithm(default, &at.member("applyServerSideEncryptionByDefault"), to);
        if rule.bucket_key_enabled == Some(false) && default.sse_algorithm.as_deref() == Some(KMS) {
            let message = "a directory bucket always uses bucket keys; set true, or leave it out";
            to.warn("directory-bucket-key-off", Reason::NotSupported, at.member("bucketKeyEnabled"), message);
        }
    }
}

fn encryption_rules(spec: &BucketSpec) -> &[EncryptionRule] {
    spec.encryption.as_ref().and_then(|encryption| encryption.rules.as_deref()).unwrap_or_default()
}

fn algorithm(default: &EncryptionDefault, at: &Path<'_>, to: &mut Findings) {
    let Some(algorithm) = default.sse_algorithm.as_deref() else { return };
    let (key_at, key) = (at.member("kmsMasterKeyID"), default.kms_master_key_id.as_deref().filter(|key| !key.is_empty()));
    if !["AES256", KMS].contains(&algorithm) {
        let message = format!("directory buckets have only AES256 and aws:kms, not {}", quote(algorithm));
        to.deny("directory-sse-algorithm", Reason::NotSupported, at.member("sseAlgorithm"), message);
    } else if algorithm == KMS && key.is_none_or(|key| key == AWS_KEY || key.ends_with(":alias/aws/s3")) {
        let message = "a directory bucket needs a customer managed key, not the one that AWS keeps for S3; give its id or ARN";
        to.deny("directory-kms-key-required", Reason::Required, key_at, message);
    } else if let Some(key) = key.filter(|key| key.starts_with("alias/") || key.contains(":alias/")) {
        let message = format!("a directory bucket takes the id or the ARN of a key, not the alias {}", quote(key));
        to.deny("directory-kms-alias", Reason::Invalid, key_at, message);
    }
}

/// One customer managed key for the life of the bucket.
fn directory_kms_key_change(spec: &BucketSpec, facts: &Facts<'_>, root: &Path<'_>, to: &mut Findings) {
    let Some(old) = facts.old().filter(|_| facts.exists()).and_then(|old| old.spec.as_ref()) else { return };
    if let (Some(old), Some(new)) = (kms_key(old), kms_key(spec))
        && old != new
    {
        let message = format!("a directory bucket keeps its KMS key, {}, for life; create a new Bucket to change it", quote(old));
        to.deny("directory-kms-key-change", Reason::Forbidden, root.member("encryption"), message);
    }
}

fn kms_key(spec: &BucketSpec) -> Option<&str> {
    let default = encryption_rules(spec).iter().find_map(|rule| rule.apply_server_side_encryption_by_default.as_ref())?;
    default.kms_master_key_id.as_deref().filter(|key| !key.is_empty())
}

fn lifecycle(spec: &BucketSpec, root: &Path<'_>, to: &mut Findings) {
    let section = root.member("lifecycle");
    let rules = section.member("rules");
    for (index, rule) in spec.lifecycle.iter().flat_map(|lifecycle| lifecycle.rules.iter().flatten()).enumerate() {
        let at = rules.index(index);
        directory_lifecycle_action(rule, &at, to);
        directory_lifecycle_tag_filter(rule, &at, to);
    }
}

fn directory_lifecycle_action(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    let expiration = rule.expiration.as_ref();
    let actions = [
        ("transitions", rule.transitions.is_some()),
        ("noncurrentVersionTransitions", rule.noncurrent_version_transitions.is_some()),
        ("noncurrentVersionExpiration", rule.noncurrent_version_expiration.is_some()),
        ("expiration.date", expiration.is_some_and(|expiration| expiration.date.is_some())),
        ("expiration.expiredObjectDeleteMarker", expiration.is_some_and(|expiration| expiration.expired_object_delete_marker.is_some())),
    ];
    for (action, _) in actions.iter().filter(|(_, is_set)| *is_set) {
        let message = "the lifecycle of a directory bucket has only expiration.days and abortIncompleteMultipartUpload; remove this";
        to.deny("directory-lifecycle-action", Reason::Forbidden, at.member(action), message);
    }
}

fn directory_lifecycle_tag_filter(rule: &LifecycleRule, at: &Path<'_>, to: &mut Findings) {
    let Some(filter) = &rule.filter else { return };
    let tags = filter.and.as_ref().is_some_and(|and| and.tags.is_some());
    for (member, _) in [("filter.tag", filter.tag.is_some()), ("filter.and.tags", tags)].iter().filter(|(_, is_set)| *is_set) {
        let message = "the lifecycle of a directory bucket cannot go by tags of objects; use filter.prefix or a size";
        to.deny("directory-lifecycle-tag-filter", Reason::Forbidden, at.member(member), message);
    }
}

fn directory_inventory_fields(spec: &BucketSpec, root: &Path<'_>, to: &mut Findings) {
    let section = root.member("inventory");
    for (index, one) in spec.inventory.iter().flat_map(|inventory| &inventory.0).enumerate() {
        let at = section.index(index);
        let fields = at.member("optionalFields");
        for (place, field) in one.optional_fields.iter().flatten().enumerate() {
            if !INVENTORY_FIELDS.contains(&field.as_str()) {
                let message = format!("an inventory of a directory bucket cannot list {}; remove it", quote(field));
                to.deny("directory-inventory-fields", Reason::NotSupported, fields.index(place), message);
            }
        }
    }
}

fn directory_metrics_tags(spec: &BucketSpec, root: &Path<'_>, to: &mut Findings) {
    let section = root.member("metrics");
    for (index, one) in spec.metrics.iter().flat_map(|metrics| &metrics.0).enumerate() {
        let at = section.index(index);
        let Some(filter) = &one.filter else { continue };
        let tags = filter.and.as_ref().is_some_and(|and| and.tags.is_some());
        for (member, _) in [("filter.tag", filter.tag.is_some()), ("filter.and.tags", tags)].iter().filter(|(_, is_set)| *is_set) {
            let message = "the metrics of a directory bucket cannot go by tags of objects; use a prefix or an access point";
            to.deny("directory-metrics-tags", Reason::Forbidden, at.member(member), message);
        }
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::directory::cases::directory;
    use crate::admission::testing::{Case, World, case};

    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/0d5c7e55-6a5b-4f3c-9a2e-1f2b3c4d5e6f";

    fn encrypted(world: World, default: &str, more: &str) -> World {
        world.section("encryption", &format!(r#"{{"rules":[{{"applyServerSideEncryptionByDefault":{default}{more}}}]}}"#))
    }

    fn kms(key: &str) -> World {
        encrypted(directory(), &format!(r#"{{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"{key}"}}"#), "")
    }

    fn algorithm(algorithm: &str) -> World {
        encrypted(directory(), &format!(r#"{{"sseAlgorithm":"{algorithm}"}}"#), "")
    }

    fn rule(members: &str) -> World {
        directory().section("lifecycle", &format!(r#"{{"rules":[{{"id":"a","status":"Enabled",{members}}}]}}"#))
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let changed = |to: &str| {
            let default = format!(r#"{{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"{to}"}}"#);
            encrypted(kms(KEY).existing().update(), &default, "")
        };
        let bucket_key = |on: bool| {
            let default = format!(r#"{{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"{KEY}"}}"#);
            encrypted(directory(), &default, &format!(r#","bucketKeyEnabled":{on}"#))
        };
        let listed = |field: &str| {
            let members = r#""isEnabled":true,"includedObjectVersions":"All","schedule":{"frequency":"Daily"}"#;
            let bucket = r#""destination":{"s3BucketDestination":{"bucket":"arn:aws:s3:::lists","format":"CSV"}}"#;
            directory().section("inventory", &format!(r#"[{{"id":"a",{members},{bucket},"optionalFields":["{field}"]}}]"#))
        };
        let measured = |filter: &str| directory().section("metrics", &format!(r#"[{{"id":"a","filter":{filter}}}]"#));
        let tag = r#"{"tag":{"key":"a","value":"b"}}"#;
        vec![
            case("directory-sse-algorithm", algorithm("aws:kms:dsse"), algorithm("AES256")),
            case("directory-kms-key-required", algorithm("aws:kms"), kms(KEY)),
            case("directory-kms-alias", kms("alias/my-key"), kms("0d5c7e55-6a5b-4f3c-9a2e-1f2b3c4d5e6f")),
            case("directory-kms-key-change", changed("0d5c7e55-6a5b-4f3c-9a2e-1f2b3c4d5e60"), changed(KEY)),
            case("directory-bucket-key-off", bucket_key(false), bucket_key(true)),
            case(
                "directory-lifecycle-action",
                rule(r#""filter":{},"transitions":[{"days":30,"storageClass":"GLACIER"}]"#),
                rule(r#""filter":{},"expiration":{"days":3},"abortIncompleteMultipartUpload":{"daysAfterInitiation":1}"#),
            ),
            case(
                "directory-lifecycle-tag-filter",
                rule(&format!(r#""expiration":{{"days":3}},"filter":{tag}"#)),
                rule(r#""expiration":{"days":3},"filter":{"prefix":"a/"}"#),
            ),
            case("directory-inventory-fields", listed("ObjectOwner"), listed("Size")),
            case("directory-metrics-tags", measured(tag), measured(r#"{"prefix":"a/"}"#)),
        ]
    }

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        assert_eq!(kms("alias/aws/s3").rules(), ["directory-kms-key-required"]);
        assert_eq!(kms("arn:aws:kms:eu-west-1:123456789012:alias/aws/s3").rules(), ["directory-kms-key-required"]);
        assert_eq!(kms("arn:aws:kms:eu-west-1:123456789012:alias/mine").rules(), ["directory-kms-alias"]);
        let verdict =
            rule(r#""filter":{},"noncurrentVersionExpiration":{"noncurrentDays":3},"expiration":{"date":"2030-01-01T00:00:00Z"}"#)
                .verdict();
        let fields: Vec<&str> = verdict.denials().map(|finding| finding.field.as_str()).collect();
        assert_eq!(fields, ["spec.lifecycle.rules[0].expiration.date", "spec.lifecycle.rules[0].noncurrentVersionExpiration"]);
        let both = rule(r#""expiration":{"days":3},"filter":{"and":{"prefix":"a","tags":[{"key":"a","value":"b"}]}}"#);
        assert_eq!(both.rules(), ["directory-lifecycle-tag-filter"]);
    }
}
