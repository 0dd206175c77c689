//! What a FieldExport asks for, checked before anything is done: its texts become parts of requests to the API server. Pure.

use std::fmt;

use kube::ResourceExt;
use shared::field_export::{ExportTarget, FieldExport, TargetKind};
use shared::object_name::{is_key, is_label, is_subdomain};
use shared::{annotation, bucket};

use super::trouble::Trouble;

/// The one kind of source.
const KIND: &str = "Bucket";
/// How the namespaces begin that belong to Kubernetes itself. Source: Kubernetes, "Namespaces".
const OF_KUBERNETES: &str = "kube-";
/// The longest query, in bytes.
const LONGEST_PATH: usize = 4096;

/// What a FieldExport asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The jq query.
    pub path: String,
    /// The name of the Bucket, in the namespace of the FieldExport.
    pub source: String,
    /// Where the value goes.
    pub target: Target,
}

/// One key of a ConfigMap or Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Which of the two.
    pub kind: TargetKind,
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
    /// The key.
    pub key: String,
}

/// How far FieldExports may reach out of their namespace.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Whether they may at all.
    pub cross_namespace: bool,
    /// The namespaces that they may not reach even so: who writes there rules the controller.
    pub guarded: Vec<String>,
}

impl Reach {
    /// Whether the key may be written or removed for the FieldExport.
    ///
    /// # Errors
    /// It may not.
    pub fn permits(&self, export: &FieldExport, target: &Target) -> Result<(), Trouble> {
        let (namespace, own) = (target.namespace.clone(), export.namespace().unwrap_or_default());
        if target.is_in_namespace_of(export) {
            Ok(())
        } else if !self.cross_namespace {
            Err(Trouble::OtherNamespace { namespace, own })
        } else if namespace.starts_with(OF_KUBERNETES) || self.guarded.contains(&namespace) {
            Err(Trouble::Guarded { namespace, own })
        } else {
            Ok(())
        }
    }
}

/// Whether the FieldExport is for this controller: its source is of our API group. All others belong to other controllers.
#[must_use]
pub fn is_ours(export: &FieldExport) -> bool {
    export.spec.as_ref().is_some_and(|spec| spec.from.resource.group == bucket::GROUP)
}

/// Whether the FieldExport asks for this key, in the right order or not.
#[must_use]
pub fn asks_for(export: &FieldExport, target: &Target) -> bool {
    let Some(spec) = &export.spec else { return false };
    let same = spec.to.kind == target.kind && spec.to.name == target.name && namespace_of(export, &spec.to) == target.namespace;
    same && key_of(export, &spec.to) == target.key
}

/// The key that the controller last wrote for the FieldExport.
#[must_use]
pub fn written(export: &FieldExport) -> Option<Target> {
    Target::parse(export.annotations().get(annotation::EXPORTED_TO)?)
}

impl Order {
    /// What the FieldExport asks for.
    ///
    /// # Errors
    /// It cannot be done, or may not be.
    pub fn of(export: &FieldExport, reach: &Reach) -> Result<Self, Trouble> {
        let Some(spec) = &export.spec else { return Err(Trouble::NoSpec) };
        let (from, to) = (&spec.from, &spec.to);
        if from.resource.kind != KIND {
            return Err(Trouble::UnknownKind(from.resource.kind.clone()));
        }
        if from.path.len() > LONGEST_PATH {
            return Err(Trouble::LongPath { bytes: from.path.len(), most: LONGEST_PATH });
        }
        let target =
            Target { kind: to.kind, namespace: namespace_of(export, to).to_owned(), name: to.name.clone(), key: key_of(export, to) };
        let wrong = [
            ("spec.from.resource.name", &from.resource.name, is_subdomain(&from.resource.name)),
            ("spec.to.namespace", &target.namespace, is_label(&target.namespace)),
            ("spec.to.name", &target.name, is_subdomain(&target.name)),
            ("spec.to.key", &target.key, is_key(&target.key)),
        ];
        if let Some((field, value, _)) = wrong.into_iter().find(|(.., fine)| !fine) {
            return Err(Trouble::BadName { field, value: value.clone() });
        }
        reach.permits(export, &target)?;
        Ok(Self { path: from.path.clone(), source: from.resource.name.clone(), target })
    }
}

impl Target {
    /// Reads what [`fmt::Display`] wrote; `None` where it is anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let [kind, namespace, name, key] = text.split('/').collect::<Vec<_>>().try_into().ok()?;
        let kind = match kind {
            "configmap" => TargetKind::ConfigMap,
            "secret" => TargetKind::Secret,
            _ => return None,
        };
        let fine = is_label(namespace) && is_subdomain(name) && is_key(key);
        fine.then(|| Self { kind, namespace: namespace.to_owned(), name: name.to_owned(), key: key.to_owned() })
    }

    /// Whether the FieldExport is in the target's namespace.
    #[must_use]
    pub fn is_in_namespace_of(&self, export: &FieldExport) -> bool {
        export.metadata.namespace.as_deref() == Some(&self.namespace)
    }

    /// The object, as people name it.
    #[must_use]
    pub fn object(&self) -> String {
        let kind = match self.kind {
            TargetKind::ConfigMap => "ConfigMap",
            TargetKind::Secret => "Secret",
        };
        format!("{kind} {}/{}", self.namespace, self.name)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            TargetKind::ConfigMap => "configmap",
            TargetKind::Secret => "secret",
        };
        write!(to, "{kind}/{}/{}/{}", self.namespace, self.name, self.key)
    }
}

fn namespace_of<'a>(export: &'a FieldExport, to: &'a ExportTarget) -> &'a str {
    let given = to.namespace.as_deref().filter(|namespace| !namespace.is_empty());
    given.or(export.metadata.namespace.as_deref()).unwrap_or_default()
}

fn key_of(export: &FieldExport, to: &ExportTarget) -> String {
    let given = to.key.as_deref().filter(|key| !key.trim().is_empty());
    given.map_or_else(|| format!("{}.{}", export.namespace().unwrap_or_default(), export.name_any()), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn export(resource: &Value, to: &Value) -> FieldExport {
        let spec = json!({ "from": { "path": ".spec.name", "resource": resource }, "to": to });
        serde_json::from_value(json!({ "metadata": { "name": "arn", "namespace": "shop" }, "spec": spec })).unwrap()
    }

    fn reach(cross_namespace: bool) -> Reach {
        Reach { cross_namespace, guarded: vec!["cooper-system".to_owned()] }
    }

    fn to(to: &Value) -> Result<Order, Trouble> {
        Order::of(&export(&json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "photos" }), to), &reach(true))
    }

    #[test]
    fn namespace_and_key_have_defaults() {
        let order = to(&json!({ "kind": "configmap", "name": "app" })).unwrap();
        assert_eq!(order.target.to_string(), "configmap/shop/app/shop.arn");
        let order = to(&json!({ "kind": "secret", "name": "app", "namespace": "", "key": " " })).unwrap();
        assert_eq!(order.target.to_string(), "secret/shop/app/shop.arn");
        let order = to(&json!({ "kind": "secret", "name": "app", "namespace": "other", "key": "ARN" })).unwrap();
        assert_eq!(order.target.to_string(), "secret/other/app/ARN");
        assert_eq!(order.target.object(), "Secret other/app");
    }

    #[test]
    fn a_target_is_read_back_and_nothing_else_is() {
        let order = to(&json!({ "kind": "secret", "name": "app", "namespace": "other", "key": "ARN" })).unwrap();
        assert_eq!(Target::parse(&order.target.to_string()), Some(order.target));
        for bad in ["", "secret/a/b", "pod/a/b/c", "secret/a/b/c/d", "secret/../b/c", "secret/a/B/c", "secret/a/b/.."] {
            assert_eq!(Target::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_buckets_of_our_group_are_ours() {
        let of = |group: &str, kind: &str, name: &str| {
            export(&json!({ "group": group, "kind": kind, "name": name }), &json!({ "kind": "configmap", "name": "app" }))
        };
        assert!(is_ours(&of("s3.services.k8s.aws", "Bucket", "a")));
        for group in ["sqs.services.k8s.aws", "", "S3.services.k8s.aws"] {
            assert!(!is_ours(&of(group, "Bucket", "a")), "{group}");
        }
        for kind in ["bucket", "Queue", ""] {
            let refused = Order::of(&of("s3.services.k8s.aws", kind, "a"), &reach(true));
            assert!(matches!(refused, Err(Trouble::UnknownKind(_))), "{kind}");
        }
        let refused = Order::of(&of("s3.services.k8s.aws", "Bucket", "../a"), &reach(true));
        assert!(matches!(refused, Err(Trouble::BadName { field: "spec.from.resource.name", .. })));
    }

    #[test]
    fn a_text_that_would_lead_elsewhere_is_refused() {
        for (target, field) in [
            (json!({ "kind": "configmap", "name": "../secrets/app" }), "spec.to.name"),
            (json!({ "kind": "configmap", "name": "" }), "spec.to.name"),
            (json!({ "kind": "configmap", "name": "app", "namespace": "a/b" }), "spec.to.namespace"),
            (json!({ "kind": "configmap", "name": "app", "key": "a/b" }), "spec.to.key"),
            (json!({ "kind": "configmap", "name": "app", "key": "k".repeat(254) }), "spec.to.key"),
        ] {
            let refused = to(&target).unwrap_err();
            assert!(matches!(refused, Trouble::BadName { field: named, .. } if named == field), "{target}: {refused}");
        }
    }

    #[test]
    fn another_namespace_is_for_the_operator_to_allow() {
        let export = |namespace: &str| {
            let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "photos" });
            export(&resource, &json!({ "kind": "configmap", "name": "app", "namespace": namespace }))
        };
        assert!(Order::of(&export("other"), &reach(true)).is_ok() && Order::of(&export("shop"), &reach(false)).is_ok());
        let refused = Order::of(&export("other"), &reach(false)).unwrap_err();
        assert!(refused.to_string().contains("--enable-cross-namespace=false"), "{refused}");
        for system in ["kube-system", "cooper-system"] {
            let refused = Order::of(&export(system), &reach(true)).unwrap_err();
            assert!(matches!(refused, Trouble::Guarded { .. }), "{system}: {refused}");
        }
        let mut at_home = export("kube-system");
        at_home.metadata.namespace = Some("kube-system".to_owned());
        assert!(Order::of(&at_home, &reach(false)).is_ok(), "who may write FieldExports there, may");
    }

    #[test]
    fn who_asks_for_a_key_is_found_out() {
        let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "photos" });
        let target = Target::parse("configmap/shop/app/shop.arn").unwrap();
        assert!(asks_for(&export(&resource, &json!({ "kind": "configmap", "name": "app" })), &target));
        assert!(asks_for(&export(&resource, &json!({ "kind": "configmap", "name": "app", "key": "shop.arn" })), &target));
        for other in [
            json!({ "kind": "secret", "name": "app" }),
            json!({ "kind": "configmap", "name": "b" }),
            json!({ "kind": "configmap", "name": "app", "key": "k" }),
            json!({ "kind": "configmap", "name": "app", "namespace": "x" }),
        ] {
            assert!(!asks_for(&export(&resource, &other), &target), "{other}");
        }
    }

    #[test]
    fn a_long_query_is_refused() {
        let mut long = export(
            &json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "a" }),
            &json!({ "kind": "configmap", "name": "app" }),
        );
        long.spec.as_mut().unwrap().from.path = "(".repeat(LONGEST_PATH + 1);
        assert!(matches!(Order::of(&long, &reach(true)), Err(Trouble::LongPath { .. })));
        long.spec = None;
        assert!(!is_ours(&long) && matches!(Order::of(&long, &reach(true)), Err(Trouble::NoSpec)));
    }
}
