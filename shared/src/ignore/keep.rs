//! What is wanted with what S3 holds in place of what is ignored. Pure, on JSON, so that no sub-configuration has to know of it.

use serde_json::{Map, Value};

use super::tree::Tree;

/// A section: what is wanted, what S3 holds, and what of it is ignored.
pub(super) fn keep(want: Option<Value>, have: Option<&Value>, ignored: &Tree) -> Option<Value> {
    at_one_place(want, have, ignored, false)
}

fn at_one_place(want: Option<Value>, have: Option<&Value>, ignored: &Tree, in_item: bool) -> Option<Value> {
    if ignored.whole {
        return have.cloned();
    }
    match want {
        Some(Value::Object(want)) => members(want, have.and_then(Value::as_object), ignored, in_item),
        Some(Value::Array(want)) => items(want, have.and_then(Value::as_array), ignored),
        None => have.and_then(|have| unasked(have, ignored, in_item)),
        other @ Some(_) => other,
    }
}

fn members(mut want: Map<String, Value>, have: Option<&Map<String, Value>>, ignored: &Tree, in_item: bool) -> Option<Value> {
    for (name, below) in &ignored.members {
        if let Some(kept) = at_one_place(want.remove(name), have.and_then(|have| have.get(name)), below, in_item) {
            want.insert(name.clone(), kept);
        }
    }
    // Where all that was wanted is ignored, and S3 has none of it, nothing is wanted.
    (!want.is_empty()).then_some(Value::Object(want))
}

fn items(mut want: Vec<Value>, have: Option<&Vec<Value>>, ignored: &Tree) -> Option<Value> {
    for (item, below) in &ignored.items {
        let held = have.into_iter().flatten().find(|held| item.is(held));
        match want.iter().position(|wanted| item.is(wanted)) {
            // An item that S3 lacks is made as it is declared: half of one is refused.
            Some(_) if held.is_none() && !below.whole => {}
            Some(at) => {
                let wanted = want.remove(at);
                if let Some(kept) = at_one_place(Some(wanted), held, below, true) {
                    want.insert(at, kept);
                }
            }
            None => want.extend(held.filter(|held| unasked(held, below, true).is_some()).cloned()),
        }
    }
    (!want.is_empty()).then_some(Value::Array(want))
}

/// What stays of something that the spec leaves out. An item of a list can stand without the other items, but nothing can without the
/// rest of its item: that stays as it is, and where there is no item around it, the whole.
fn unasked(have: &Value, ignored: &Tree, in_item: bool) -> Option<Value> {
    if ignored.whole {
        return Some(have.clone());
    }
    match have {
        Value::Object(held) => {
            let below = || ignored.members.iter().filter_map(|(name, below)| Some((name, held.get(name)?, below)));
            let kept: Map<String, Value> =
                below().filter_map(|(name, held, below)| Some((name.clone(), unasked(held, below, in_item)?))).collect();
            if kept.is_empty() {
                return None;
            }
            let alone = !in_item && below().all(|(_, _, below)| below.is_of_items());
            Some(if alone { Value::Object(kept) } else { have.clone() })
        }
        Value::Array(held) => {
            let below = |held: &Value| ignored.items.iter().find(|(item, _)| item.is(held)).map(|(_, below)| below);
            let kept: Vec<Value> =
                held.iter().filter(|held| below(held).is_some_and(|below| unasked(held, below, true).is_some())).cloned().collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::Ignored;
    use super::*;

    /// What is kept of `tagging` or `lifecycle` where these paths are ignored.
    fn kept(section: &str, paths: &str, want: Value, have: Value) -> Value {
        let ignored = Ignored::parse(paths).unwrap();
        let some = |value: Value| Some(value).filter(|value| !value.is_null());
        keep(some(want), some(have).as_ref(), &ignored.0.members[section]).unwrap_or_default()
    }

    fn tags(all: &[(&str, &str)]) -> Value {
        let tag = |(key, value): &(&str, &str)| json!({ "key": key, "value": value });
        json!({ "tagSet": all.iter().map(tag).collect::<Vec<_>>() })
    }

    #[test]
    fn one_tag_is_kept_and_the_others_are_not() {
        let of = |want, have| kept("tagging", "spec.tagging.tagSet[key=cost]", want, have);
        let want = || tags(&[("cost", "1"), ("team", "a")]);
        assert_eq!(of(want(), tags(&[("cost", "2"), ("team", "b")])), tags(&[("cost", "2"), ("team", "a")]));
        assert_eq!(of(want(), tags(&[("team", "b")])), tags(&[("team", "a")]), "somebody took it away");
        assert_eq!(of(tags(&[("team", "a")]), tags(&[("cost", "2"), ("x", "y")])), tags(&[("team", "a"), ("cost", "2")]), "S3's alone");
        assert_eq!(of(json!(null), tags(&[("cost", "2"), ("x", "y")])), tags(&[("cost", "2")]), "no section");
        assert_eq!(of(tags(&[("cost", "1")]), json!(null)), json!(null), "nothing else is wanted");
        assert_eq!(of(json!(null), tags(&[("x", "y")])), json!(null));
    }

    #[test]
    fn a_member_of_an_item_is_kept_where_the_item_is() {
        let of = |want, have| kept("lifecycle", "spec.lifecycle.rules[id=a].status", want, have);
        let rule = |status: &str, days: u8| json!({ "id": "a", "status": status, "expiration": { "days": days } });
        let rules = |all: &[Value]| json!({ "rules": all });
        assert_eq!(of(rules(&[rule("on", 1)]), rules(&[rule("off", 2)])), rules(&[rule("off", 1)]));
        assert_eq!(of(rules(&[rule("on", 1)]), rules(&[json!({ "id": "b" })])), rules(&[rule("on", 1)]), "made as declared");
        assert_eq!(
            of(rules(&[json!({ "id": "b" })]), rules(&[rule("off", 2)])),
            rules(&[json!({ "id": "b" }), rule("off", 2)]),
            "not torn"
        );
        assert_eq!(of(json!(null), json!({ "rules": [rule("off", 2), { "id": "b" }], "x": 1 })), rules(&[rule("off", 2)]));
    }

    #[test]
    fn a_field_that_the_spec_leaves_out_keeps_what_is_around_it() {
        let site = || json!({ "indexDocument": { "suffix": "i" }, "errorDocument": { "key": "e" } });
        let path = "spec.website.errorDocument.key";
        assert_eq!(kept("website", path, json!(null), site()), site());
        assert_eq!(kept("website", path, json!(null), json!({ "indexDocument": { "suffix": "i" } })), json!(null));
        let index = json!({ "indexDocument": { "suffix": "x" } });
        assert_eq!(kept("website", path, index, site()), json!({ "indexDocument": { "suffix": "x" }, "errorDocument": { "key": "e" } }));
        assert_eq!(
            kept("website", path, site(), json!({ "indexDocument": { "suffix": "x" } })),
            json!({ "indexDocument": { "suffix": "i" } })
        );
        assert_eq!(kept("website", "spec.website", site(), json!(null)), json!(null));
    }
}
