//! Takes out of a spec what a new bucket has anyhow. Pure.

use serde_json::{Map, Value};
use shared::BucketSpec;
use shared::ignore::Ignored;
use shared::place::Place;
use shared::subconfig::{self, FIELDS, Observed, after_create, plan, plan_ignoring};
use shared::unset::UnsetFields;

/// The spec, filled in from what was read, without the sections that a new bucket has just so, as long as S3 goes on to differ from it
/// nowhere.
pub(super) fn without_defaults(spec: BucketSpec, observed: &Observed, place: &Place, ignored: &Ignored) -> BucketSpec {
    let differs = |spec: &BucketSpec| plan_ignoring(spec, observed, place, UnsetFields::Reset, ignored).differences();
    let before = differs(&spec);
    FIELDS.iter().fold(spec, |spec, fields| match without(&spec, fields) {
        Some(less) if is_default(&spec, fields) && differs(&less) == before => less,
        _ => spec,
    })
}

/// The spec without these fields; `None` where it has none of them.
fn without(spec: &BucketSpec, fields: &[&str]) -> Option<BucketSpec> {
    let mut members = members(spec);
    let before = members.len();
    members.retain(|member, _| !fields.contains(&member.as_str()));
    (members.len() < before).then(|| serde_json::from_value(Value::Object(members)).ok()).flatten()
}

/// Whether a new bucket holds these sections without being asked.
fn is_default(spec: &BucketSpec, fields: &[&str]) -> bool {
    let mut alone = members(spec);
    alone.retain(|member, _| member == "name" || fields.contains(&member.as_str()));
    let Ok(alone) = serde_json::from_value::<BucketSpec>(Value::Object(alone)) else { return false };
    let silent = BucketSpec { name: spec.name.clone(), ..BucketSpec::default() };
    let place = Place::default();
    subconfig::Plan::is_empty(&plan(&alone, &after_create(&silent, &place), &place, UnsetFields::Reset))
}

fn members(spec: &BucketSpec) -> Map<String, Value> {
    match serde_json::to_value(spec) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::subconfig::Have;

    use super::*;

    fn cleaned(holds: &Value) -> Value {
        let mut spec = holds.clone();
        spec["name"] = json!("logs");
        let spec: BucketSpec = serde_json::from_value(spec).unwrap();
        let observed = Observed::as_asked(&spec, &Place::default());
        let exported = observed.export(&BucketSpec { name: "logs".to_owned(), ..BucketSpec::default() }, &Place::default());
        let cleaned = without_defaults(exported, &observed, &Place::default(), &Ignored::default());
        for unset in [UnsetFields::Reset, UnsetFields::Ignore] {
            let plan = plan(&cleaned, &observed, &Place::default(), unset);
            assert!(plan.is_empty() && plan.unmanaged().is_empty(), "{holds}: {plan:?}");
        }
        let mut left = serde_json::to_value(cleaned).unwrap();
        left.as_object_mut().unwrap().remove("name");
        left
    }

    #[test]
    fn only_what_a_new_bucket_lacks_stays() {
        assert_eq!(cleaned(&json!({})), json!({}));
        let versioned = json!({"versioning": {"status": "Enabled"}});
        assert_eq!(cleaned(&versioned), versioned);
        let default = json!({"publicAccessBlock": {"blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": true, "restrictPublicBuckets": true},
            "ownershipControls": {"rules": [{"objectOwnership": "BucketOwnerEnforced"}]}, "requestPayment": {"payer": "BucketOwner"},
            "encryption": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}});
        assert_eq!(cleaned(&default), json!({}));
    }

    #[test]
    fn whatever_a_bucket_holds_its_manifest_changes_nothing() {
        let text = include_str!("../../../../tests/tests/subconfig/variants.yaml").replace("$OWNER", &"0".repeat(64));
        let variants: Map<String, Value> = serde_saphyr::from_str(&text).unwrap();
        assert!(variants.len() > 10, "{}", variants.len());
        let mut kept = std::collections::BTreeSet::new();
        // The blocks of all variants are those of a new bucket.
        let open = json!({"publicAccessBlock": {"blockPublicACLs": true, "blockPublicPolicy": true, "ignorePublicACLs": false, "restrictPublicBuckets": false}});
        for variant in variants.values().chain([&open]) {
            kept.extend(cleaned(variant).as_object().unwrap().keys().cloned());
        }
        let missing: Vec<_> = FIELDS.iter().filter(|fields| !fields.iter().any(|field| kept.contains(*field))).collect();
        assert!(missing.is_empty(), "no variant has {missing:?}");
    }

    #[test]
    fn a_lock_that_never_goes_is_no_default() {
        let locked = json!({"objectLockEnabledForBucket": true, "versioning": {"status": "Enabled"}});
        assert_eq!(cleaned(&locked), locked);
    }

    #[test]
    fn what_a_bucket_lacks_of_a_new_one_is_said() {
        let spec = BucketSpec { name: "old".to_owned(), ..BucketSpec::default() };
        let mut observed = Observed::as_asked(&spec, &Place::default());
        observed.public_access_block = Have::Empty;
        let exported = observed.export(&spec, &Place::default());
        let cleaned = without_defaults(exported.clone(), &observed, &Place::default(), &Ignored::default());
        assert_eq!(cleaned.public_access_block, exported.public_access_block);
        assert!(plan(&cleaned, &observed, &Place::default(), UnsetFields::Ignore).is_empty());
    }
}
