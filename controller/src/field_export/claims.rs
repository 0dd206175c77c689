//! Who has a key. Where several FieldExports ask for the same one, the oldest has it until it lets go. Pure.

use std::sync::Arc;

use jiff::Timestamp;
use kube::ResourceExt;
use shared::field_export::{FINALIZER, FieldExport};

use super::order::{self, Order, Reach, Target};

/// The FieldExport that has the key before `export` may; `None` where nobody has.
#[must_use]
pub fn holder(export: &FieldExport, target: &Target, all: &[Arc<FieldExport>], reach: &Reach) -> Option<String> {
    let before = |other: &&Arc<FieldExport>| other.metadata.uid != export.metadata.uid && age(other) < age(export);
    let oldest = all.iter().filter(before).filter(|other| holds(other, target, reach)).min_by_key(|other| age(other))?;
    Some(format!("{}/{}", oldest.namespace().unwrap_or_default(), oldest.name_any()))
}

/// Whether the FieldExport asks for the key rightfully, or has not let go of it yet.
fn holds(export: &FieldExport, target: &Target, reach: &Reach) -> bool {
    if export.metadata.deletion_timestamp.is_some() && !has_finalizer(export) {
        return false;
    }
    asks(export, target, reach) || has_written(export, target)
}

/// Whether another FieldExport asks for the key rightfully and has written it: then it is that one's, and stays.
#[must_use]
pub fn is_passed_on(export: &FieldExport, target: &Target, all: &[Arc<FieldExport>], reach: &Reach) -> bool {
    let stays = |other: &FieldExport| other.metadata.uid != export.metadata.uid && other.metadata.deletion_timestamp.is_none();
    all.iter().any(|other| stays(other) && asks(other, target, reach) && has_written(other, target))
}

/// Whether the FieldExport was carried out, and now names a source of another API group: its key is still there.
#[must_use]
pub fn is_left_over(export: &FieldExport) -> bool {
    !order::is_ours(export) && has_finalizer(export) && order::written(export).is_some()
}

fn asks(export: &FieldExport, target: &Target, reach: &Reach) -> bool {
    order::is_ours(export) && order::asks_for(export, target) && Order::of(export, reach).is_ok()
}

fn has_written(export: &FieldExport, target: &Target) -> bool {
    has_finalizer(export) && order::written(export).as_ref() == Some(target)
}

/// Whether our finalizer is on.
#[must_use]
pub fn has_finalizer(export: &FieldExport) -> bool {
    export.finalizers().iter().any(|finalizer| finalizer == FINALIZER)
}

fn age(export: &FieldExport) -> (Option<Timestamp>, Option<&str>, Option<&str>) {
    let metadata = &export.metadata;
    (metadata.creation_timestamp.as_ref().map(|time| time.0), metadata.namespace.as_deref(), metadata.name.as_deref())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::annotation::EXPORTED_TO;

    use super::*;

    fn export(namespace: &str, name: &str, second: u8) -> FieldExport {
        let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "b" });
        let to = json!({ "kind": "configmap", "name": "app", "namespace": "shop", "key": "k" });
        let created = format!("2026-01-01T00:00:{second:02}Z");
        let metadata = json!({ "name": name, "namespace": namespace, "uid": format!("{namespace}/{name}"), "creationTimestamp": created });
        serde_json::from_value(json!({ "metadata": metadata, "spec": { "from": { "path": ".a", "resource": resource }, "to": to } }))
            .unwrap()
    }

    fn of(export: &FieldExport, others: Vec<FieldExport>, cross: bool) -> Option<String> {
        let all: Vec<Arc<FieldExport>> = others.into_iter().map(Arc::new).collect();
        holder(export, &Target::parse("configmap/shop/app/k").unwrap(), &all, &Reach { cross_namespace: cross, guarded: Vec::new() })
    }

    #[test]
    fn the_oldest_has_the_key() {
        let (a, b, c) = (export("shop", "a", 3), export("shop", "b", 2), export("shop", "c", 1));
        assert_eq!(of(&a, vec![a.clone(), b.clone(), c.clone()], true).as_deref(), Some("shop/c"));
        assert_eq!(of(&c, vec![a.clone(), b, c.clone()], true), None);
        let twin = export("shop", "0", 3);
        assert_eq!(of(&a, vec![twin], true).as_deref(), Some("shop/0"), "made in the same second: by name");
    }

    #[test]
    fn who_may_not_write_there_does_not_stand_in_the_way() {
        let (mine, theirs) = (export("shop", "a", 3), export("other", "b", 1));
        assert_eq!(of(&mine, vec![theirs.clone()], false), None);
        assert_eq!(of(&mine, vec![theirs], true).as_deref(), Some("other/b"));
        let mut foreign = export("shop", "b", 1);
        foreign.spec.as_mut().unwrap().from.resource.group = "sqs.services.k8s.aws".to_owned();
        assert_eq!(of(&mine, vec![foreign], true), None);
    }

    fn wrote(mut export: FieldExport) -> FieldExport {
        export.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        export.metadata.annotations = Some([(EXPORTED_TO.to_owned(), "configmap/shop/app/k".to_owned())].into());
        export
    }

    #[test]
    fn a_key_that_another_one_took_over_is_that_ones() {
        let passed_on = |other: &FieldExport| {
            let target = Target::parse("configmap/shop/app/k").unwrap();
            let (mine, reach) = (wrote(export("shop", "a", 3)), Reach::default());
            is_passed_on(&mine, &target, &[Arc::new(mine.clone()), Arc::new(other.clone())], &reach)
        };
        let other = wrote(export("shop", "b", 1));
        assert!(passed_on(&other));
        assert!(!passed_on(&export("shop", "b", 1)), "it has not written yet");
        let mut moved = other.clone();
        moved.spec.as_mut().unwrap().to.key = Some("other".to_owned());
        assert!(!passed_on(&moved), "of two that let go, one at least removes it");
        assert!(!passed_on(&wrote(export("other", "b", 1))), "it may not write there any more");
        let mut leaving = other;
        leaving.metadata.deletion_timestamp.clone_from(&leaving.metadata.creation_timestamp);
        assert!(!passed_on(&leaving));
    }

    #[test]
    fn a_source_of_another_group_leaves_a_key_to_remove() {
        let mut moved = wrote(export("shop", "a", 1));
        assert!(!is_left_over(&moved));
        moved.spec.as_mut().unwrap().from.resource.group = "sqs.services.k8s.aws".to_owned();
        assert!(is_left_over(&moved));
        let younger = export("shop", "b", 3);
        assert_eq!(of(&younger, vec![moved.clone()], false).as_deref(), Some("shop/a"), "until the key is removed");
        moved.metadata.annotations = None;
        assert!(!is_left_over(&moved), "another controller of the family put the finalizer on");
    }

    #[test]
    fn a_key_is_held_until_it_is_cleaned() {
        let mine = export("shop", "a", 3);
        let mut moved = export("shop", "b", 1);
        moved.spec.as_mut().unwrap().to.key = Some("other".to_owned());
        assert_eq!(of(&mine, vec![moved.clone()], true), None);
        moved.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        moved.metadata.annotations = Some([(EXPORTED_TO.to_owned(), "configmap/shop/app/k".to_owned())].into());
        assert_eq!(of(&mine, vec![moved.clone()], true).as_deref(), Some("shop/b"));
        moved.metadata.deletion_timestamp.clone_from(&moved.metadata.creation_timestamp);
        assert!(of(&mine, vec![moved.clone()], true).is_some(), "not cleaned yet");
        moved.metadata.finalizers = None;
        assert_eq!(of(&mine, vec![moved], true), None);
    }
}
