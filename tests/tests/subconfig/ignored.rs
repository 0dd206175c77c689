//! Whatever is declared, whatever is there, and whichever difference between them is ignored: S3 keeps it, and all else is as declared.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use shared::BucketSpec;
use shared::ignore::Ignored;
use shared::place::Place;
use shared::subconfig::remote::Outcome;
use shared::subconfig::{Difference, Plan, apply, plan_ignoring};
use shared::unset::UnsetFields;

use crate::random::on_pairs;
use crate::world::{World, spec};

#[test]
fn an_ignored_difference_stays_and_no_other_does() {
    on_pairs(|runtime, there, wanted, index| runtime.block_on(stays(there, wanted, index)));
}

async fn stays(there: Value, wanted: Value, index: Index) -> Result<(), TestCaseError> {
    let world = World::new();
    world.settles(&spec(&there)).await;
    let wanted = spec(&wanted);
    let before = differences(&world, &wanted).await;
    prop_assume!(!before.is_empty());
    let (path, ignored) = ignorable(&index.get(&before).field);

    let (s3, plan) = planned(&world, &wanted, &ignored).await;
    prop_assert!(!plan.ignored.is_empty(), "{path} differs");
    let applied = apply(&s3, &plan, &|| true).await;
    // Beside what is ignored S3 may refuse the rest (replication without versioning).
    prop_assume!(applied.ran.iter().all(|ran| matches!(ran.outcome, Outcome::Done)));

    let (_, again) = planned(&world, &wanted, &ignored).await;
    prop_assert_eq!(again.differences(), [], "{} is ignored, and there is more to do", path);
    prop_assert!(!again.ignored.is_empty(), "{} was changed", path);
    let is_it = |field: &str| field.starts_with(&path) || path.starts_with(field) || (is_of_acl(field) && is_of_acl(&path));
    let left: Vec<Difference> = differences(&world, &wanted).await.into_iter().filter(|left| !is_it(&left.field)).collect();
    prop_assert_eq!(left, [], "{} is ignored, and more is left alone", path);
    Ok(())
}

/// The path of the difference or, where nothing so small can be ignored, that of its section.
fn ignorable(field: &str) -> (String, Ignored) {
    let section = || field.split(['.', '[']).take(2).collect::<Vec<_>>().join(".");
    [field.to_owned(), section()].into_iter().find_map(|path| Some((path.clone(), Ignored::parse(&path).ok()?))).unwrap()
}

/// The fields of an ACL are one list in other words: they are ignored together.
fn is_of_acl(field: &str) -> bool {
    field == "spec.acl" || field.starts_with("spec.grant")
}

async fn differences(world: &World, spec: &BucketSpec) -> Vec<Difference> {
    world.differences(spec).await.into_iter().flat_map(|(_, fields)| fields).filter(|found| !found.field.contains("LockEnabled")).collect()
}

async fn planned(world: &World, spec: &BucketSpec, ignored: &Ignored) -> (shared::subconfig::remote::S3Bucket, Plan) {
    let (s3, observed) = world.observe().await;
    let plan = plan_ignoring(spec, &observed, &Place::default(), UnsetFields::Reset, ignored);
    (s3, plan)
}
