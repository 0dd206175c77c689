//! What is filled in before an object is judged: annotations that pin what the namespace says today. Add-only, never the spec.

use std::collections::BTreeMap;

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, Patch, PatchOperation};
use serde_json::{Map, Value, json};

use super::{Operation, Settings};
use crate::{annotation, region, role};

/// What the defaults are taken from.
#[derive(Clone, Copy)]
pub struct DefaultsContext<'a> {
    /// What was asked for; only new objects get defaults.
    pub operation: Operation,
    /// The annotations of the object's namespace; nothing is filled in where the cache does not know it, as the namespace goes
    /// before everything else.
    pub namespace: Option<&'a BTreeMap<String, String>>,
    /// What the operator set.
    pub settings: &'a Settings,
}

/// What is to be filled in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Defaults {
    /// The additions; empty where there is nothing to fill in.
    pub patch: Patch,
    /// What they are, each by a short name: `region`, `iam-role-arn`.
    pub applied: Vec<&'static str>,
}

/// The names of all defaults.
pub const DEFAULTS: &[&str] = &["region", "iam-role-arn"];

/// The defaults of an object, as the API server sent it. Nothing is filled in for a Bucket that is read-only or adopts, since its
/// bucket exists and is described by what it is.
#[must_use]
pub fn defaults(raw: &Value, context: &DefaultsContext<'_>) -> Defaults {
    let (Operation::Create, Some(namespace)) = (context.operation, context.namespace) else { return Defaults::default() };
    let Some(annotations) = annotations(raw).filter(takes_defaults) else { return Defaults::default() };
    // A namespace's annotation that cannot be used stays where it is: the findings name it there.
    let region = match non_empty(namespace, annotation::DEFAULT_REGION) {
        Some(region) => Some(region).filter(|region| region::is_well_formed(region)),
        None => context.settings.default_region.as_deref(),
    };
    let role = non_empty(namespace, annotation::ROLE_ARN).filter(|role| role::is_role(role));
    let candidates = [(DEFAULTS[0], annotation::REGION, region), (DEFAULTS[1], annotation::ROLE_ARN, role)];
    let missing = |(name, key, value): (&'static str, &'static str, Option<&str>)| {
        value.filter(|_| !annotations.contains_key(key)).map(|value| (name, key, value.to_owned()))
    };
    additions(raw, candidates.into_iter().filter_map(missing).collect())
}

/// The annotations, none where there are none yet; `None` where the object is not built as one.
fn annotations(raw: &Value) -> Option<Map<String, Value>> {
    match raw.get("metadata")?.as_object()?.get("annotations") {
        None => Some(Map::new()),
        Some(Value::Object(annotations)) => Some(annotations.clone()),
        Some(_) => None,
    }
}

fn takes_defaults(annotations: &Map<String, Value>) -> bool {
    let read_only = annotation::is_true(annotations.get(annotation::READ_ONLY).and_then(Value::as_str));
    !read_only && !annotations.contains_key(annotation::ADOPTION_POLICY)
}

fn additions(raw: &Value, missing: Vec<(&'static str, &'static str, String)>) -> Defaults {
    let add =
        |path: &[&str], value: Value| PatchOperation::Add(AddOperation { path: PointerBuf::from_tokens(path.iter().copied()), value });
    let mut filled = Defaults::default();
    if !missing.is_empty() && raw.pointer("/metadata/annotations").is_none() {
        filled.patch.0.push(add(&["metadata", "annotations"], json!({})));
    }
    for (name, key, value) in missing {
        filled.patch.0.push(add(&["metadata", "annotations", key], Value::String(value)));
        filled.applied.push(name);
    }
    filled
}

fn non_empty<'a>(namespace: &'a BTreeMap<String, String>, key: &str) -> Option<&'a str> {
    namespace.get(key).map(String::as_str).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Bucket;

    const ROLE: &str = "arn:aws:iam::123456789012:role/buckets";

    fn fill(raw: &Value, namespace: &[(&str, &str)], default_region: Option<&str>) -> Defaults {
        let namespace = namespace.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let settings = Settings { default_region: default_region.map(str::to_owned), ..Settings::default() };
        defaults(raw, &DefaultsContext { operation: Operation::Create, namespace: Some(&namespace), settings: &settings })
    }

    fn applied(raw: &Value, filled: &Defaults) -> Value {
        let mut object = raw.clone();
        json_patch::patch(&mut object, &filled.patch).unwrap();
        object
    }

    #[test]
    fn the_namespaces_region_and_role_are_pinned() {
        let raw = json!({"metadata": {"name": "logs"}, "spec": {"name": "logs"}});
        let filled = fill(&raw, &[(annotation::DEFAULT_REGION, "eu-west-1"), (annotation::ROLE_ARN, ROLE)], Some("us-east-1"));
        assert_eq!(filled.applied, DEFAULTS);
        let want = json!({"services.k8s.aws/region": "eu-west-1", "s3.services.k8s.aws/iam-role-arn": ROLE});
        assert_eq!(applied(&raw, &filled)["metadata"]["annotations"], want);
    }

    #[test]
    fn the_operators_region_is_the_last_resort_and_what_the_user_wrote_stands() {
        let bare = json!({"metadata": {"annotations": {"a": "b"}}});
        assert_eq!(applied(&bare, &fill(&bare, &[], Some("us-east-1")))["metadata"]["annotations"]["services.k8s.aws/region"], "us-east-1");
        let own = json!({"metadata": {"annotations": {"services.k8s.aws/region": ""}}});
        assert_eq!(fill(&own, &[(annotation::DEFAULT_REGION, "eu-west-1")], None), Defaults::default());
        assert_eq!(fill(&bare, &[(annotation::DEFAULT_REGION, "")], None), Defaults::default());
    }

    #[test]
    fn what_is_wrong_in_the_namespace_is_not_copied_and_not_passed_over() {
        let bare = json!({"metadata": {}});
        let bad = [(annotation::DEFAULT_REGION, "EU WEST"), (annotation::ROLE_ARN, "x")];
        assert_eq!(fill(&bare, &bad, Some("us-east-1")), Defaults::default());
    }

    #[test]
    fn nothing_is_filled_in_where_the_bucket_exists_or_the_namespace_is_not_known() {
        let (settings, namespace) = (Settings { default_region: Some("us-east-1".to_owned()), ..Settings::default() }, BTreeMap::new());
        let raw = json!({"metadata": {}});
        let context = DefaultsContext { operation: Operation::Create, namespace: Some(&namespace), settings: &settings };
        assert_eq!(defaults(&raw, &context).applied, ["region"]);
        assert_eq!(defaults(&raw, &DefaultsContext { namespace: None, ..context }), Defaults::default());
        assert_eq!(defaults(&raw, &DefaultsContext { operation: Operation::Update, ..context }), Defaults::default());
        for key in [annotation::READ_ONLY, annotation::ADOPTION_POLICY] {
            assert_eq!(defaults(&json!({"metadata": {"annotations": {key: "True"}}}), &context), Defaults::default(), "{key}");
        }
    }

    #[test]
    fn what_is_no_object_gets_nothing() {
        for raw in [json!(null), json!([]), json!({}), json!({"metadata": 1}), json!({"metadata": {"annotations": []}})] {
            assert_eq!(fill(&raw, &[], Some("us-east-1")), Defaults::default(), "{raw}");
        }
    }

    fn any_object() -> impl Strategy<Value = Value> {
        let key = prop_oneof![Just(annotation::REGION), Just(annotation::ROLE_ARN), Just(annotation::READ_ONLY), Just("x/~y")];
        let annotations = proptest::option::of(proptest::collection::btree_map(key, "true|.{0,6}", 0..4));
        (annotations, ".{0,6}").prop_map(|(annotations, name)| match annotations {
            Some(annotations) => json!({"metadata": {"annotations": annotations}, "spec": {"name": name}}),
            None => json!({"metadata": {}, "spec": {"name": name}}),
        })
    }

    proptest! {
        #[test]
        fn defaults_only_add_and_the_second_time_nothing(raw in any_object(), region in "[a-z]{2}-west-[0-9]{0,3}", role in "(arn:aws:iam::123456789012:role/)?[a-z ]{0,4}") {
            let namespace = [(annotation::DEFAULT_REGION, region.as_str()), (annotation::ROLE_ARN, role.as_str())];
            let filled = fill(&raw, &namespace, Some("us-east-1"));
            let once = applied(&raw, &filled);
            prop_assert_eq!(fill(&once, &namespace, Some("us-east-1")), Defaults::default());
            prop_assert_eq!(&once["spec"], &raw["spec"]);
            for (key, value) in raw["metadata"]["annotations"].as_object().into_iter().flatten() {
                prop_assert_eq!(&once["metadata"]["annotations"][key], value);
            }
            prop_assert!(serde_json::from_value::<Bucket>(once).is_ok());
        }
    }
}
