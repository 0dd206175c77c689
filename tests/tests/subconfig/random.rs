//! Whatever is declared and whatever is there: one pass is enough, replays change nothing, and a change behind our back is found.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use shared::place::Place;
use shared::subconfig::{apply, plan};
use shared::unset::UnsetFields;

use crate::members::{flip, is_fixed};
use crate::variants::{leaves, variants};
use crate::world::{World, spec};

const CASES: u32 = 24;

/// Sections that only stand together, or not beside each other: one choice is made for all of a group.
const TOGETHER: &[&[&str]] = &[
    &["acl", "grantFullControl", "grantRead", "grantReadACP", "grantWrite", "grantWriteACP", "ownershipControls"],
    &["versioning", "replication", "objectLockEnabledForBucket", "objectLockConfiguration"],
];

/// Every group of sections that some variant has, by the sections' names.
fn pool() -> Vec<Vec<Map<String, Value>>> {
    let mut pool: BTreeMap<String, Vec<Map<String, Value>>> = BTreeMap::new();
    for sections in variants().values() {
        let mut groups: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        for (field, section) in sections.as_object().unwrap() {
            let group = TOGETHER.iter().find(|group| group.contains(&field.as_str())).map_or(field.as_str(), |group| group[0]);
            groups.entry(group.to_owned()).or_default().insert(field.clone(), section.clone());
        }
        for (group, members) in groups {
            pool.entry(group).or_default().push(members);
        }
    }
    pool.into_values().collect()
}

/// One choice of each group, or none of it, as sections of a spec. Lists whose order means nothing are turned round.
fn sections(pool: Vec<Vec<Map<String, Value>>>) -> impl Strategy<Value = Value> {
    let choices: Vec<_> = pool.into_iter().map(|choices| prop::option::weighted(0.6, prop::sample::select(choices))).collect();
    (choices, any::<bool>()).prop_map(|(chosen, turned)| {
        let mut sections: Map<String, Value> = chosen.into_iter().flatten().flatten().collect();
        if turned {
            for field in ["metrics", "analytics", "inventory", "intelligentTiering"] {
                if let Some(items) = sections.get_mut(field).and_then(Value::as_array_mut) {
                    items.reverse();
                }
            }
        }
        Value::Object(sections)
    })
}

/// Object lock stays on, and beside it versioning does: what is declared after it must not ask for the contrary.
fn after_lock(there: &Value, mut wanted: Value) -> Value {
    if there.get("objectLockEnabledForBucket").is_some() && wanted.get("versioning").is_some() {
        wanted["versioning"] = json!({ "status": "Enabled" });
    }
    wanted
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Runtime::new().unwrap()
}

pub(crate) fn on_pairs(law: impl Fn(&tokio::runtime::Runtime, Value, Value, Index) -> Result<(), TestCaseError>) {
    let (runtime, pool) = (runtime(), pool());
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, max_shrink_iters: 64, ..Config::default() });
    let strategy = (sections(pool.clone()), sections(pool), any::<Index>());
    runner.run(&strategy, |(there, wanted, index)| law(&runtime, there.clone(), after_lock(&there, wanted), index)).unwrap();
}

#[test]
fn one_pass_is_enough_whatever_is_there() {
    on_pairs(|runtime, there, wanted, _| {
        runtime.block_on(async {
            let world = World::new();
            world.settles(&spec(&there)).await;
            world.settles(&spec(&wanted)).await;
        });
        Ok(())
    });
}

#[test]
fn any_member_that_somebody_changes_is_found_named_and_repaired() {
    on_pairs(|runtime, there, wanted, index| {
        let candidates: Vec<(String, String)> = leaves(&wanted).into_iter().filter(|(path, _)| !is_fixed(path)).collect();
        prop_assume!(!candidates.is_empty());
        let (path, pointer) = index.get(&candidates);
        runtime.block_on(async {
            let world = World::new();
            world.settles(&spec(&there)).await;
            world.settles(&spec(&wanted)).await;
            let flipped = flip(&world, &wanted, path, pointer).await;
            // Beside other sections S3 may refuse the other value (versioning beside object lock): nobody can change it then.
            prop_assume!(flipped.refused.is_none());
            prop_assert!(!flipped.named.is_empty() && flipped.alarms.is_empty(), "{} {:?}", path, flipped);
            Ok(())
        })
    });
}

/// Two controllers with one spec, the second with an older view of S3: it writes what it planned from it, and nothing differs after.
#[test]
fn a_replay_from_an_older_view_changes_nothing() {
    on_pairs(|runtime, there, wanted, _| {
        runtime.block_on(async {
            let world = World::new();
            world.settles(&spec(&there)).await;
            let wanted = spec(&wanted);
            let (older, observed) = world.observe().await;
            let stale = plan(&wanted, &observed, &Place::default(), UnsetFields::Reset);
            world.settles(&wanted).await;
            let held = world.held();
            apply(&older, &stale, &|| true).await;
            prop_assert_eq!(world.differences(&wanted).await, []);
            world.settles(&wanted).await;
            prop_assert_eq!(world.held(), held);
            Ok(())
        })
    });
}
