//! Lifecycle rules. Source: S3 User Guide, "Managing the lifecycle of objects", and its pages on filters, transitions and versions.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{maybe, number, object, tags, word};

const CLASSES: &[&str] = &["STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"];

/// How many days an object stays in a class at least before it moves on.
fn stays(class: &str) -> i64 {
    match class {
        "STANDARD_IA" | "ONEZONE_IA" => 30,
        "GLACIER_IR" | "GLACIER" => 90,
        _ => 1,
    }
}

/// Steps from warm to cold: class and day, and the last day.
fn steps() -> BoxedStrategy<(Vec<(&'static str, i64)>, i64)> {
    (prop::sample::subsequence(CLASSES, 1..=4), prop::collection::vec(0_i64..40, 4))
        .prop_map(|(mut classes, more)| {
            if classes.contains(&"GLACIER_IR") {
                classes.retain(|class| *class != "ONEZONE_IA");
            }
            let (mut day, mut steps) = (0, Vec::new());
            for (class, more) in classes.into_iter().zip(more) {
                let least = if class.ends_with("_IA") { 30 } else { 0 };
                day = (day + more).max(least);
                steps.push((class, day));
                day += stays(class);
            }
            let last = steps.last().map_or(0, |(_, day)| *day);
            (steps, last)
        })
        .boxed()
}

/// A date so many days after 2040 began, in a calendar whose months have 28 days.
fn date(day: i64) -> Value {
    let (year, day) = (2040 + day / 336, day % 336);
    json!(format!("{year}-{:02}-{:02}T00:00:00Z", day / 28 + 1, day % 28 + 1))
}

/// Transitions and an expiration behind them, by days or by dates.
fn current() -> BoxedStrategy<Map<String, Value>> {
    (prop::option::of(steps()), prop::option::of(1_i64..1000), any::<bool>(), any::<bool>())
        .prop_map(|(steps, more, by_date, turned)| {
            let mut members = Map::new();
            let (steps, last) = steps.unwrap_or_default();
            let when = |day: i64| if by_date { ("date", date(day * 2)) } else { ("days", json!(day)) };
            let transition = |(class, day): &(&str, i64)| {
                let (member, value) = when(*day);
                json!({"storageClass": class, member: value})
            };
            let mut transitions: Vec<Value> = steps.iter().map(transition).collect();
            if turned {
                transitions.reverse();
            }
            if !transitions.is_empty() {
                members.insert("transitions".to_owned(), json!(transitions));
            }
            if let Some(more) = more {
                let (member, value) = when(last + more);
                members.insert("expiration".to_owned(), json!({member: value}));
            }
            members
        })
        .boxed()
}

/// What happens to earlier versions.
fn noncurrent(newer: bool) -> BoxedStrategy<Map<String, Value>> {
    let count = move || prop::option::of(1_i64..=100).prop_map(move |count| count.filter(|_| newer));
    (prop::option::of(steps()), prop::option::of(1_i64..400), count(), count())
        .prop_map(|(steps, more, moved, kept)| {
            let mut members = Map::new();
            let (steps, last) = steps.unwrap_or_default();
            let transition = |(class, days): &(&str, i64)| {
                let mut transition = json!({"storageClass": class, "noncurrentDays": days});
                if let Some(moved) = moved {
                    transition["newerNoncurrentVersions"] = json!(moved);
                }
                transition
            };
            if !steps.is_empty() {
                members.insert("noncurrentVersionTransitions".to_owned(), steps.iter().map(transition).collect());
            }
            if let Some(more) = more {
                let mut expiration = json!({"noncurrentDays": last + more});
                if let Some(kept) = kept {
                    expiration["newerNoncurrentVersions"] = json!(kept);
                }
                members.insert("noncurrentVersionExpiration".to_owned(), expiration);
            }
            members
        })
        .boxed()
}

/// A filter, and whether it goes by nothing but a prefix.
fn filter() -> BoxedStrategy<(Value, bool)> {
    let prefix = || "[a-z]{1,6}/";
    let sizes = (0_i64..1_000_000, 1_i64..1_000_000_000).prop_map(|(least, more)| (least, least + more));
    prop_oneof![
        Just((json!({}), true)),
        prefix().prop_map(|prefix| (json!({"prefix": prefix}), true)),
        tags(1..=1).prop_map(|tags| (json!({"tag": tags[0]}), false)),
        (0_i64..=5_497_558_138_880).prop_map(|size| (json!({"objectSizeGreaterThan": size}), false)),
        (1_i64..=5_497_558_138_880).prop_map(|size| (json!({"objectSizeLessThan": size}), false)),
        (sizes, prop::option::of(prefix()), prop::option::of(tags(1..=3))).prop_map(|((greater, less), prefix, tags)| {
            let mut and = json!({"objectSizeGreaterThan": greater, "objectSizeLessThan": less});
            and.as_object_mut().unwrap().extend(prefix.map(|prefix| ("prefix".to_owned(), json!(prefix))));
            and.as_object_mut().unwrap().extend(tags.map(|tags| ("tags".to_owned(), tags)));
            (json!({"and": and}), false)
        }),
        (prefix(), tags(1..=4)).prop_map(|(prefix, tags)| (json!({"and": {"prefix": prefix, "tags": tags}}), false)),
    ]
    .boxed()
}

/// A rule, of the older schema or of the newer one. What has no tags and no size cannot be filtered by them.
fn rule(older: bool) -> BoxedStrategy<Value> {
    let marker = prop::option::weighted(0.2, Just(json!({"expiredObjectDeleteMarker": true})));
    let abort = prop::option::of((1_i64..400).prop_map(|days| json!({"daysAfterInitiation": days})));
    (filter(), current(), noncurrent(!older), marker, abort, word(&["Enabled", "Disabled"]), any::<bool>())
        .prop_map(move |((filter, plain), current, noncurrent, marker, abort, status, named)| {
            let mut rule = json!({"status": status, "named": named});
            let members = rule.as_object_mut().unwrap();
            members.extend(current);
            members.extend(noncurrent);
            let plain = plain || older;
            if let Some(marker) = marker.filter(|_| plain && !members.contains_key("transitions")) {
                members.insert("expiration".to_owned(), marker);
            }
            members.extend(abort.filter(|_| plain).map(|abort| ("abortIncompleteMultipartUpload".to_owned(), abort)));
            if members.len() == 2 {
                members.insert("expiration".to_owned(), json!({"days": 1}));
            }
            if !older {
                members.insert("filter".to_owned(), filter);
            }
            rule
        })
        .boxed()
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    let rules = any::<bool>().prop_flat_map(|older| prop::collection::vec(rule(older), 1..6).prop_map(move |rules| (older, rules)));
    let rest = object(vec![("transitionDefaultMinimumObjectSize", maybe(word(&["all_storage_classes_128K", "varies_by_storage_class"])))]);
    (rules, rest, maybe(number(0..=1)))
        .prop_map(|((older, rules), mut lifecycle, versioned)| {
            let numbered = rules.into_iter().enumerate().map(|(index, mut rule)| {
                let members = rule.as_object_mut().unwrap();
                if members.remove("named") == Some(json!(true)) {
                    members.insert("id".to_owned(), json!(format!("rule {index}")));
                }
                if older {
                    members.insert("prefix".to_owned(), json!(format!("p{index}/")));
                }
                rule
            });
            lifecycle["rules"] = numbered.collect();
            let mut sections = json!({"lifecycle": lifecycle});
            if versioned.is_some() {
                sections["versioning"] = json!({"status": "Enabled"});
            }
            sections
        })
        .boxed()
}
