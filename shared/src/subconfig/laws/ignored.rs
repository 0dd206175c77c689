//! Whatever is ignored: S3 keeps it, and all else is brought to what is wanted.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use serde_json::Value;

use super::{Sample, silent, spec_of};
use crate::ignore::Ignored;
use crate::place::Place;
use crate::subconfig::diff::key_of;
use crate::subconfig::{Have, Step};

/// One step into a JSON value.
#[derive(Clone, Debug)]
enum Into {
    Member(String),
    Item(String),
}

/// Tries any one place of what is wanted or held.
pub(super) fn keep<S: Sample>() {
    let mut runner = TestRunner::new(Config { cases: 256, failure_persistence: None, ..Config::default() });
    let strategy = (prop::option::weighted(0.9, S::samples()), prop::option::weighted(0.9, S::samples()), any::<Index>());
    runner.run(&strategy, |(want, have, index)| what_is_ignored_stays_and_all_else_is_wanted(want, have, index)).unwrap();
}

fn what_is_ignored_stays_and_all_else_is_wanted<S: Sample>(want: Option<S>, have: Option<S>, index: Index) -> TestCaseResult {
    let mut places = vec![Vec::new()];
    for side in [&want, &have] {
        walk(&json(side.clone()), &mut Vec::new(), &mut places);
    }
    let place = index.get(&places).clone();
    // Such a key cannot be written in a path.
    prop_assume!(!place.iter().any(|into| matches!(into, Into::Item(key) if key.contains(']'))));
    let text = written::<S>(&place);
    let Ok(ignored) = Ignored::parse(&text) else {
        prop_assert!(["roleRef", ".filter.", "LockEnabled"].iter().any(|part| text.contains(part)) || text == "spec", "{text} is a field");
        return Ok(());
    };
    prop_assume!([&want, &have].iter().all(|side| !has_twins(&json((*side).clone()))), "S3 takes no two items of one key");
    let spec = want.map_or_else(silent, spec_of);
    let bound = have.as_ref().and_then(|have| have.bind(&spec)).unwrap_or(spec);
    let held = json(have.clone());
    let have = Have::from(have);
    let plain = Step::plan(&bound, &have, &Place::default());
    let (step, told) = Step::plan_ignoring(&bound, &have, &Place::default(), &ignored);
    let (wanted, left) = (after(&plain, &held), after(&step, &held));

    prop_assert_eq!(step.is_none(), step.differences().is_empty(), "{:?}", step);
    prop_assume!(!is_of_two_forms(&place, [&wanted, &held]));
    // Lifecycle: a false that stands alone is a fault of its own, and beside other members it says nothing.
    prop_assume!(at(&held, &place) != &Value::Bool(false) || !text.ends_with(".expiredObjectDeleteMarker"));
    if S::INDIVISIBLE {
        prop_assert!(step.is_none(), "{} {:?}", text, step);
        return Ok(());
    }
    let stays = Some(with(Value::Null, &place, at(&held, &place))).filter(|alone| !alone.is_null());
    let says_something = stays.is_none_or(|alone| !json::<S>(serde_json::from_value(alone).ok()).is_null());
    if !held.is_null() && !is_made_anew(&place, &held) && (!left.is_null() || says_something) {
        prop_assert_eq!(at(&left, &place), at(&held, &place), "{} is changed: {:?}", text, step);
    }
    prop_assert!(told.is_empty() || wanted != left, "{} {:?}", text, told);
    if stands(&place, &wanted) || at(&held, &place).is_null() {
        let kept = if is_made_anew(&place, &held) { at(&wanted, &place) } else { at(&held, &place) };
        let expected = Some(with(wanted.clone(), &place, kept)).filter(|value| !value.is_null());
        let expected = json::<S>(expected.map(|value| serde_json::from_value(value).unwrap()));
        prop_assert_eq!(left, expected, "{} is not all that is left alone", text);
    }
    Ok(())
}

/// The normal form as JSON; null for nothing.
fn json<S: Sample>(side: Option<S>) -> Value {
    side.and_then(S::normalise).map_or(Value::Null, |normal| serde_json::to_value(normal).unwrap())
}

/// What S3 holds after the step.
fn after<S: Sample>(step: &Step<S>, held: &Value) -> Value {
    match step {
        Step::Put { want, .. } => json(Some(want.clone())),
        Step::Remove { .. } => Value::Null,
        Step::None | Step::Unsupported | Step::Unmanaged { .. } => held.clone(),
    }
}

/// All places at and below this one, except in lists whose items have no keys.
fn walk(value: &Value, here: &mut Vec<Into>, places: &mut Vec<Vec<Into>>) {
    if !here.is_empty() {
        places.push(here.clone());
    }
    let below: Vec<(Into, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (Into::Member(name.clone()), value)).collect(),
        Value::Array(items) => items.iter().filter_map(|item| Some((Into::Item(key_of(item)?.to_owned()), item))).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    for (into, value) in below {
        here.push(into);
        walk(value, here, places);
        here.pop();
    }
}

/// The path as a user writes it.
fn written<S: Sample>(place: &[Into]) -> String {
    let root = if S::FIELDS.len() > 1 { "spec".to_owned() } else { format!("spec.{}", S::FIELD) };
    place.iter().fold(root, |path, into| match into {
        Into::Member(name) => format!("{path}.{name}"),
        Into::Item(key) => format!("{path}[{key}]"),
    })
}

/// Whether two items of a list go by one key.
fn has_twins(value: &Value) -> bool {
    match value {
        Value::Array(items) => {
            let keys: Vec<&str> = items.iter().filter_map(key_of).collect();
            keys.iter().enumerate().any(|(index, key)| keys[..index].contains(key)) || items.iter().any(has_twins)
        }
        Value::Object(members) => members.values().any(has_twins),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

fn at<'a>(value: &'a Value, place: &[Into]) -> &'a Value {
    place.iter().fold(value, |value, into| {
        let found = match into {
            Into::Member(name) => value.get(name),
            Into::Item(key) => value.as_array().and_then(|items| items.iter().find(|item| key_of(item) == Some(key))),
        };
        found.unwrap_or(&Value::Null)
    })
}

/// Whether the place is in an item that S3 lacks.
fn is_made_anew(place: &[Into], held: &Value) -> bool {
    let items = (0..place.len()).filter(|end| matches!(place[*end], Into::Item(_)) && end + 1 < place.len());
    items.into_iter().any(|end| at(held, &place[..=end]).is_null())
}

/// Whether the place is one that the older and the newer form of a rule (`prefix` and `filter`) hold in different ways, in a rule that
/// is of one form here and of the other there, or of both, which S3 takes from nobody: no such rule can keep what it had there.
fn is_of_two_forms(place: &[Into], sides: [&Value; 2]) -> bool {
    let of_form = |into: &Into| matches!(into, Into::Member(name) if ["prefix", "filter", "priority", "deleteMarkerReplication"].contains(&name.as_str()));
    let Some(end) = place.windows(2).position(|pair| matches!(pair[0], Into::Item(_)) && of_form(&pair[1])) else { return false };
    let rules = sides.map(|side| at(side, &place[..=end]));
    let is_new = rules.map(|rule| !rule["filter"].is_null());
    is_new[0] != is_new[1] || rules.iter().any(|rule| !rule["filter"].is_null() && !rule["prefix"].is_null())
}

/// Whether what is around the place is wanted.
fn stands(place: &[Into], wanted: &Value) -> bool {
    place.split_last().is_none_or(|(_, around)| !at(wanted, around).is_null())
}

/// The value with another one at the place, and without what holds nothing then.
fn with(value: Value, place: &[Into], other: &Value) -> Value {
    let Some((first, rest)) = place.split_first() else { return other.clone() };
    let some = |value: Value| Some(value).filter(|value| !value.is_null());
    match (value, first) {
        (Value::Object(mut members), Into::Member(name)) => {
            let before = members.remove(name).unwrap_or_default();
            if let Some(value) = some(with(before, rest, other)) {
                members.insert(name.clone(), value);
            }
            if members.is_empty() { Value::Null } else { Value::Object(members) }
        }
        (Value::Array(mut items), Into::Item(key)) => {
            let found = items.iter().position(|item| key_of(item) == Some(key));
            let before = found.map(|found| items.remove(found)).unwrap_or_default();
            if let Some(value) = some(with(before, rest, other)) {
                items.insert(found.unwrap_or(items.len()), value);
            }
            if items.is_empty() { Value::Null } else { Value::Array(items) }
        }
        (Value::Null, Into::Member(_)) if !other.is_null() => with(Value::Object(serde_json::Map::new()), place, other),
        (before, _) => before,
    }
}
