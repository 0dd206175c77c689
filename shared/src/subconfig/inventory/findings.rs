//! What admission says of inventories. Source: S3 API reference, InventoryConfiguration and its members; S3 User Guide, "Cataloging
//! and analyzing your data with S3 Inventory".

mod destination;

use super::{Inventory, InventoryConfiguration};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::subconfig::keyed::findings::{self as keyed, config_prefix_empty};

/// What a list can say of an object. Source: S3 API reference, InventoryConfiguration (OptionalFields); botocore 1.43.11.
const FIELDS: &[&str] = &[
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
];
/// Of a list that names fields more than once, only so many are looked at.
const LOOKED_AT: usize = 4 * FIELDS.len();

pub(super) fn findings(inventory: &Inventory, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let directory = facts.is_directory();
    let mut regions = destination::Regions::new(facts);
    keyed::findings(&inventory.0, at, to, |one, at, to| {
        inventory_required(one, at, to);
        check::one_of(
            one.included_object_versions.as_deref(),
            &["All", "Current"],
            "inventory-versions",
            &at.member("includedObjectVersions"),
            to,
        );
        if let Some(schedule) = &one.schedule {
            let at = at.member("schedule");
            check::one_of(schedule.frequency.as_deref(), &["Daily", "Weekly"], "inventory-frequency", &at.member("frequency"), to);
        }
        // Those of a directory bucket are fewer, and a rule of their own.
        if !directory {
            inventory_fields(one, &at.member("optionalFields"), to);
        }
        if let Some(filter) = &one.filter {
            config_prefix_empty(filter.prefix.as_deref(), &at.member("filter"), to);
        }
        if let Some(bucket) = one.destination.as_ref().and_then(|destination| destination.s3_bucket_destination.as_ref()) {
            let at = at.member("destination");
            destination::findings(bucket, &at.member("s3BucketDestination"), facts, &mut regions, to);
        }
    });
}

/// The members that S3 needs; those of the destination only where there is one.
fn inventory_required(one: &InventoryConfiguration, at: &Path<'_>, to: &mut Findings) {
    let bucket = one.destination.as_ref().and_then(|destination| destination.s3_bucket_destination.as_ref());
    let frequency = one.schedule.as_ref().and_then(|schedule| schedule.frequency.as_ref());
    let needed = [
        ("destination.s3BucketDestination", bucket.is_some(), "a bucket that takes the lists"),
        ("destination.s3BucketDestination.bucket", bucket.is_none_or(|bucket| bucket.bucket.is_some()), "the ARN of the bucket"),
        ("destination.s3BucketDestination.format", bucket.is_none_or(|bucket| bucket.format.is_some()), "CSV, ORC or Parquet"),
        ("includedObjectVersions", one.included_object_versions.is_some(), "All or Current"),
        ("isEnabled", one.is_enabled.is_some(), "true or false"),
        ("schedule.frequency", frequency.is_some(), "Daily or Weekly"),
    ];
    for (member, _, value) in needed.iter().filter(|(_, is_given, _)| !is_given) {
        to.deny("inventory-required", Reason::Required, at.member(member), format!("an inventory needs it; give {value}"));
    }
}

fn inventory_fields(one: &InventoryConfiguration, at: &Path<'_>, to: &mut Findings) {
    for (index, field) in one.optional_fields.iter().flatten().take(LOOKED_AT).enumerate() {
        if !FIELDS.contains(&field.as_str()) {
            let hint = like(field);
            let message = format!("{} is no field of an inventory; case counts.{hint}", quote(field));
            to.deny("inventory-fields", Reason::NotSupported, at.index(index), message);
        }
    }
}

/// A field that is near, else one that ends or begins with the word: `Owner` is ObjectOwner.
fn like(field: &str) -> String {
    let near = check::like(field, FIELDS);
    let part = || FIELDS.iter().find(|known| field.len() > 2 && (known.ends_with(field) || known.starts_with(field)));
    if near.is_empty() { part().map_or(near, |known| format!(" Did you mean {known}?")) } else { near }
}

#[cfg(test)]
pub(crate) mod cases {
    use serde_json::{Value, json};

    use super::destination;
    use crate::admission::testing::{Case, World, case};

    /// A good inventory with these members in the place of its own.
    pub(super) fn listed(world: World, members: &Value) -> World {
        let mut one = json!({
            "id": "a", "isEnabled": true, "includedObjectVersions": "All", "schedule": { "frequency": "Weekly" },
            "destination": { "s3BucketDestination": { "bucket": "arn:aws:s3:::lists", "format": "CSV" } },
        });
        merge(&mut one, members);
        world.section("inventory", &json!([one]).to_string())
    }

    fn merge(one: &mut Value, other: &Value) {
        match (one, other) {
            (Value::Object(one), Value::Object(other)) => {
                other.iter().for_each(|(name, value)| merge(one.entry(name).or_insert(Value::Null), value));
            }
            (one, other) => *one = other.clone(),
        }
    }

    pub(crate) fn all() -> Vec<Case> {
        let with = |members: Value| listed(World::new(), &members);
        let own = vec![
            case("inventory-required", with(json!({ "isEnabled": null })), with(json!({ "isEnabled": false }))),
            case(
                "inventory-frequency",
                with(json!({ "schedule": { "frequency": "daily" } })),
                with(json!({ "schedule": { "frequency": "Daily" } })),
            ),
            case(
                "inventory-versions",
                with(json!({ "includedObjectVersions": "all" })),
                with(json!({ "includedObjectVersions": "Current" })),
            ),
            case("inventory-fields", with(json!({ "optionalFields": ["Owner"] })), with(json!({ "optionalFields": super::FIELDS }))),
        ];
        own.into_iter().chain(destination::cases::all()).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::cases::listed;
    use super::*;
    use crate::admission::testing::World;

    fn said(members: &Value) -> Vec<String> {
        listed(World::new(), members).verdict().findings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_member_that_is_missing_is_named_once() {
        let bare = World::new().section("inventory", r#"[{"id":"a"}]"#).verdict();
        let fields: Vec<&str> = bare.denials().map(|finding| finding.field.as_str()).collect();
        let members = ["destination.s3BucketDestination", "includedObjectVersions", "isEnabled", "schedule.frequency"];
        assert_eq!(fields, members.map(|member| format!("spec.inventory[0].{member}")));
        assert_eq!(bare.rules(), ["inventory-required"]);
        let bucket = said(&json!({ "destination": { "s3BucketDestination": { "bucket": null, "format": null } } }));
        assert_eq!(bucket.len(), 2, "{bucket:?}");
        assert_eq!(said(&json!({ "schedule": {} })), [""; 0], "what is merged stays");
    }

    #[test]
    fn an_empty_word_is_no_word_and_not_missing() {
        let words = json!({ "includedObjectVersions": "", "schedule": { "frequency": "" } });
        assert_eq!(listed(World::new(), &words).rules(), ["inventory-versions", "inventory-frequency"]);
    }

    #[test]
    fn the_filter_is_optional_and_its_prefix_is_not_empty() {
        assert_eq!(said(&json!({ "filter": { "prefix": "a" } })), [""; 0]);
        assert_eq!(said(&json!({ "filter": {} })), [""; 0]);
        assert_eq!(listed(World::new(), &json!({ "filter": { "prefix": "" } })).rules(), ["config-prefix-empty"]);
    }

    #[test]
    fn a_field_that_is_mistyped_is_recognised() {
        let field = |field: &str| said(&json!({ "optionalFields": [field] })).remove(0);
        assert!(field("Owner").ends_with("Did you mean ObjectOwner?"));
        assert!(field("etag").ends_with("Did you mean ETag?"));
        assert!(field("StorageClas").ends_with("Did you mean StorageClass?"));
        assert!(field("").ends_with("case counts."));
        assert!(field("Colour").ends_with("case counts."));
    }

    #[test]
    fn fields_without_end_cost_little() {
        let many = vec!["x"; 100_000];
        assert_eq!(said(&json!({ "optionalFields": many })).len(), LOOKED_AT);
    }

    #[test]
    fn a_directory_bucket_has_one_rule_about_its_fields() {
        let directory = World::new().named("logs--euw1-az1--x-s3");
        assert_eq!(listed(directory, &json!({ "optionalFields": ["Owner"] })).rules(), ["directory-inventory-fields"]);
    }
}
