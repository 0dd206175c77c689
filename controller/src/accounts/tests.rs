//! What changes, and which Buckets are looked at then.

use futures::channel::mpsc::UnboundedReceiver;
use futures::{FutureExt, StreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;
use prometheus::TextEncoder;
use serde_json::json;
use shared::annotation::{OWNER_ACCOUNT_ID, TEAM_ID};
use shared::iam_role_selector::IamRoleSelector;
use shared::{BucketSpec, carm};

use super::maps::Of;
use super::*;

const ROLE: &str = "arn:aws:iam::111122223333:role/x";

/// Each of the three namespaces has one Bucket of the same name: one with an owner, one with a team, one with neither.
fn around() -> (Surroundings, UnboundedReceiver<(ObjectRef<Bucket>, Lane)>) {
    let (buckets, mut bucket_writer) = reflector::store();
    let (namespaces, mut namespace_writer) = reflector::store();
    let annotations = [("owner", Some((OWNER_ACCOUNT_ID, "111122223333"))), ("team", Some((TEAM_ID, "shop"))), ("plain", None)];
    for (name, annotation) in annotations {
        let mut bucket = Bucket::new(name, BucketSpec::default());
        bucket.metadata.namespace = Some(name.to_owned());
        bucket_writer.apply_watcher_event(&Event::Apply(bucket));
        let mut namespace = PartialObjectMeta::<Namespace>::default();
        namespace.metadata.name = Some(name.to_owned());
        namespace.metadata.labels = Some([("kind".to_owned(), name.to_owned())].into());
        namespace.metadata.annotations = annotation.map(|(key, value)| [(key.to_owned(), value.to_owned())].into());
        namespace_writer.apply_watcher_event(&Event::Apply(namespace));
    }
    let (triggers, asked_for) = Triggers::new();
    (Surroundings { buckets, namespaces, triggers, own_account: Some("123456789012".to_owned()) }, asked_for)
}

/// Who was asked to be looked at since the last time.
fn asked(receiver: &mut UnboundedReceiver<(ObjectRef<Bucket>, Lane)>) -> Vec<String> {
    let mut names = Vec::new();
    while let Some(Some((bucket, _))) = receiver.next().now_or_never() {
        names.push(bucket.name);
    }
    names.sort_unstable();
    names
}

fn map(entries: &[(&str, &str)]) -> ConfigMap {
    let data = entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    ConfigMap { data: Some(data), ..ConfigMap::default() }
}

fn selector(name: &str, version: &str, kind: &str) -> IamRoleSelector {
    let labels = json!({ "names": [], "labelSelector": { "matchLabels": { "kind": kind } } });
    let object = json!({ "apiVersion": "services.k8s.aws/v1alpha1", "kind": "IAMRoleSelector",
        "metadata": { "name": name, "resourceVersion": version }, "spec": { "arn": ROLE, "namespaceSelector": labels } });
    serde_json::from_value(object).unwrap()
}

#[test]
fn a_map_that_changes_has_those_looked_at_that_hang_on_it() {
    let (around, mut receiver) = around();
    let maps = RwLock::new(RoleMaps { teams: Some(carm::RoleMap::Unread), ..RoleMaps::default() });
    let take = |of, object| maps::take(&maps, of, object, &around);
    assert!(!maps::are_read(&maps.read().unwrap()));
    take(Of::Accounts, None);
    take(Of::Teams, None);
    assert!(maps::are_read(&maps.read().unwrap()));
    assert_eq!(asked(&mut receiver), ["owner", "team"], "both wait for their map");
    take(Of::Accounts, Some(map(&[("999988887777", ROLE)])));
    assert_eq!(asked(&mut receiver), ["owner"]);
    take(Of::Accounts, Some(map(&[("111122223333", ROLE)])));
    assert_eq!(asked(&mut receiver), ["owner"]);
    take(Of::Accounts, Some(map(&[("111122223333", ROLE), ("444455556666", ROLE)])));
    assert_eq!(asked(&mut receiver), [""; 0], "another account's");
    take(Of::Teams, Some(map(&[("s3.shop", ROLE)])));
    assert_eq!(asked(&mut receiver), ["team"]);
    take(Of::Teams, Some(map(&[("s3.shop", ROLE)])));
    assert_eq!(asked(&mut receiver), [""; 0], "nothing changed");
}

#[test]
fn a_selector_that_changes_has_those_looked_at_that_it_is_or_was_for() {
    let (around, mut receiver) = around();
    let registry = Registry::new();
    let (gauge, selectors) = (Gauge::register(&registry).unwrap(), RwLock::new(Selectors::default()));
    let take = |event| selectors::take(&selectors, event, &around, &gauge);
    for event in [Event::Init, Event::InitApply(selector("a", "1", "owner"))] {
        take(event);
        assert!(selectors.read().unwrap().known().is_none());
    }
    take(Event::InitDone);
    assert_eq!(asked(&mut receiver), [""; 0], "the start looks at all anyway");
    take(Event::Apply(selector("a", "2", "team")));
    assert_eq!(asked(&mut receiver), ["owner", "team"], "the one it was for, and the one it is for");
    let mut bad = selector("b", "3", "plain");
    bad.spec.as_mut().unwrap().arn = "nothing".to_owned();
    take(Event::Apply(bad));
    assert_eq!(asked(&mut receiver), ["plain"]);
    let page = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    for line in ["cooper_iam_role_selectors{state=\"valid\"} 1", "cooper_iam_role_selectors{state=\"invalid\"} 1"] {
        assert!(page.contains(line), "{page}");
    }
    take(Event::Delete(selector("a", "2", "team")));
    assert_eq!(asked(&mut receiver), ["team"]);
    for event in [Event::Init, Event::InitDone] {
        take(event);
    }
    assert_eq!(asked(&mut receiver), ["plain"], "one that went while nobody watched");
}
