//! Random specs that S3 takes are never refused: not when they are made, not when their sections are added, not by the controller.

mod access;
mod keyed;
mod lifecycle;
mod objects;
mod policy;
mod replication;
mod web;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};
use shared::Bucket;
use shared::admission::{self, Finding, Operation, Settings};
use webhook::caches::{Caches, Cluster as _};

/// The bucket of all specs.
const NAME: &str = "cooper-valid";

/// Members of an object, each there or not.
type Members = Vec<(&'static str, BoxedStrategy<Option<Value>>)>;

/// An object of these members.
fn object(members: Members) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = members.into_iter().unzip();
    values
        .prop_map(move |values| {
            let members = names.iter().zip(values).filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
            Value::Object(members.collect::<Map<_, _>>())
        })
        .boxed()
}

/// A member that is always there.
fn always(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    value.prop_map(Some).boxed()
}

/// A member that may be there.
fn maybe(value: impl Strategy<Value = Value> + 'static) -> BoxedStrategy<Option<Value>> {
    prop::option::of(value).boxed()
}

/// One of these words.
fn word(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop::sample::select(words).prop_map(|word| json!(word)).boxed()
}

/// A number in a range.
fn number(range: std::ops::RangeInclusive<i64>) -> BoxedStrategy<Value> {
    range.prop_map(|number| json!(number)).boxed()
}

/// Some of these, in any order.
fn some(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop::sample::subsequence(words, 1..=words.len()).prop_shuffle().prop_map(|words| json!(words)).boxed()
}

fn tag(key: usize) -> BoxedStrategy<Value> {
    "[a-zA-Z0-9 _.:/=+@-]{0,12}".prop_map(move |value| json!({"key": format!("key-{key}"), "value": value})).boxed()
}

fn tags(count: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Value> {
    count.prop_flat_map(|count| (0..count).map(tag).collect::<Vec<_>>()).prop_map(|tags| json!(tags)).boxed()
}

/// A filter by prefix, by one tag, or by several conditions.
fn object_filter() -> BoxedStrategy<Value> {
    let prefix = || "[a-z]{1,8}/".prop_map(|prefix| json!(prefix));
    prop_oneof![
        prefix().prop_map(|prefix| json!({"prefix": prefix})),
        tag(0).prop_map(|tag| json!({"tag": tag})),
        (prefix(), tags(1..=3)).prop_map(|(prefix, tags)| json!({"and": {"prefix": prefix, "tags": tags}})),
        tags(2..=4).prop_map(|tags| json!({"and": {"tags": tags}})),
    ]
    .boxed()
}

/// A spec of these sections.
fn spec(sections: Value) -> Value {
    let mut spec = sections;
    spec["name"] = json!(NAME);
    spec
}

fn bucket(spec: &Value) -> Bucket {
    let metadata = json!({"name": "valid", "namespace": "team", "annotations": {"services.k8s.aws/region": "eu-west-1"}});
    let status =
        json!({"ackResourceMetadata": {"arn": format!("arn:aws:s3:::{NAME}"), "ownerAccountID": "111122223333", "region": "eu-west-1"}});
    serde_json::from_value(json!({"metadata": metadata, "spec": spec, "status": status})).unwrap()
}

/// What would refuse it.
fn refusals(spec: &Value) -> Vec<Finding> {
    let new = bucket(spec);
    let old = bucket(&json!({"name": NAME, "objectLockEnabledForBucket": spec["objectLockEnabledForBucket"]}));
    let settings = Settings { controller_tags: 2, ..Settings::default() };
    let (caches, namespace) = (Caches::default(), std::collections::BTreeMap::new());
    caches.fill([("team".to_owned(), namespace.clone())], []);
    let asked = [(Operation::Create, None, "jane"), (Operation::Update, Some(&old), "jane"), (Operation::Update, None, "")];
    let refused = asked.into_iter().flat_map(|(operation, old, user)| {
        let verdict = admission::findings(&admission::Request {
            operation,
            subresource: None,
            bucket: &new,
            old,
            namespace: Some(&namespace),
            namespace_going: false,
            user,
            settings: &settings,
            claims: caches.claims(),
        });
        assert!(verdict.broken.is_empty(), "{:?}", verdict.broken);
        verdict.denials().cloned().collect::<Vec<_>>()
    });
    refused.collect()
}

fn never_refused(cases: u32, specs: impl Strategy<Value = Value>) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 2048, ..Config::default() };
    let checked = TestRunner::new(config).run(&specs, |sections| {
        let spec = spec(sections);
        prop_assert_eq!(&json!(bucket(&spec).spec), &spec, "a member has another name");
        let refused = refusals(&spec);
        prop_assert!(refused.is_empty(), "{:?}", refused);
        Ok(())
    });
    checked.unwrap_or_else(|error| panic!("{error}"));
}

/// Each section by itself, with what it needs beside it.
#[test]
fn sections_by_themselves() {
    let all = [
        lifecycle::sections(),
        replication::sections(),
        policy::sections(),
        access::sections(),
        web::sections(),
        objects::sections(),
        keyed::sections(),
    ];
    for sections in all {
        never_refused(96, sections);
    }
}

/// All kinds of sections beside each other. Where two of them speak of one section, it is the later one's.
#[test]
fn sections_beside_each_other() {
    let all = (
        web::sections(),
        objects::sections(),
        keyed::sections(),
        lifecycle::sections(),
        prop_oneof![access::sections(), policy::sections()],
        replication::sections(),
        0..64_u8,
    );
    let together = all.prop_map(|(web, objects, keyed, lifecycle, access, replication, chosen)| {
        let kinds = [web, objects, keyed, lifecycle, access, replication];
        let mut sections = json!({});
        for (place, kind) in kinds.into_iter().enumerate() {
            if chosen & (1 << place) != 0 {
                sections.as_object_mut().unwrap().extend(kind.as_object().unwrap().clone());
            }
        }
        sections
    });
    never_refused(192, together);
}
