//! Which IAMRoleSelector a Bucket is for. Pure: who reads the selectors is the controller.

use std::collections::BTreeMap;

use kube::{Resource, ResourceExt};

use crate::iam_role_selector::{IamRoleSelector, LabelSelector, ResourceType};
use crate::{Bucket, role};

/// One IAMRoleSelector, as far as it chooses.
#[derive(Clone, Debug, PartialEq)]
pub struct Selector {
    /// Its name.
    pub name: String,
    /// Its resource version.
    pub resource_version: String,
    /// The role.
    pub arn: String,
    namespaces: Vec<String>,
    namespace_labels: BTreeMap<String, String>,
    labels: BTreeMap<String, String>,
    types: Vec<ResourceType>,
    problem: Option<String>,
}

/// What was chosen for one Bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// The selectors were not read yet.
    #[default]
    Unread,
    /// No selector is for the Bucket.
    None,
    /// One selector is.
    One(Selected),
    /// Several are; all their names.
    Conflict(Vec<String>),
    /// One is, and it cannot be used: its name, and what is wrong with it.
    Invalid(String, String),
}

/// The selector that is for a Bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    /// Its name.
    pub name: String,
    /// Its resource version.
    pub resource_version: String,
    /// The role.
    pub arn: String,
}

impl Selector {
    /// What the object says.
    #[must_use]
    pub fn of(object: &IamRoleSelector) -> Self {
        let spec = object.spec.clone().unwrap_or_default();
        let namespaces = spec.namespace_selector.unwrap_or_default();
        let labels = |selector: Option<LabelSelector>| selector.map(|selector| selector.match_labels).unwrap_or_default();
        let mut selector = Self {
            name: object.name_any(),
            resource_version: object.resource_version().unwrap_or_default(),
            arn: spec.arn.trim().to_owned(),
            namespaces: namespaces.names,
            namespace_labels: labels(namespaces.label_selector),
            labels: labels(spec.resource_label_selector),
            types: spec.resource_type_selector.unwrap_or_default(),
            problem: None,
        };
        selector.problem = selector.find_problem();
        selector
    }

    /// Why it cannot be used. The rules are the peer's.
    #[must_use]
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Whether it is for a Bucket in a namespace with these labels: all its parts have to fit, an absent part fits all.
    #[must_use]
    pub fn is_for(&self, bucket: &Bucket, namespace_labels: &BTreeMap<String, String>) -> bool {
        let namespace = bucket.metadata.namespace.as_ref();
        let own = bucket.metadata.labels.as_ref();
        let has = |labels: Option<&BTreeMap<String, String>>, (key, value): (&String, &String)| {
            labels.and_then(|labels| labels.get(key)) == Some(value)
        };
        let named = self.namespaces.is_empty() || namespace.is_some_and(|namespace| self.namespaces.contains(namespace));
        named
            && (self.types.is_empty() || self.types.iter().any(is_bucket))
            && self.namespace_labels.iter().all(|label| has(Some(namespace_labels), label))
            && self.labels.iter().all(|label| has(own, label))
    }

    fn find_problem(&self) -> Option<String> {
        let twice =
            |names: &[String]| names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)).map(|(_, name)| name.clone());
        if !role::is_role(&self.arn) {
            return Some(format!("spec.arn {:?} is not the ARN of an IAM role; use arn:aws:iam::<12 digits>:role/<name>", self.arn));
        }
        if self.namespaces.iter().any(String::is_empty) {
            return Some("spec.namespaceSelector.names has an empty name; remove it".to_owned());
        }
        if let Some(name) = twice(&self.namespaces) {
            return Some(format!("spec.namespaceSelector.names has {name:?} twice; remove one"));
        }
        if self.types.iter().any(|of| of.group.is_empty() && of.version.is_empty() && of.kind.is_empty()) {
            return Some("an entry of spec.resourceTypeSelector is empty; give group, version or kind, or remove it".to_owned());
        }
        if self.types.iter().enumerate().any(|(at, of)| self.types[..at].contains(of)) {
            return Some("spec.resourceTypeSelector has an entry twice; remove one".to_owned());
        }
        if self.namespace_labels.keys().chain(self.labels.keys()).any(String::is_empty) {
            return Some("a label selector has an empty key; remove it".to_owned());
        }
        None
    }
}

/// Whether the type is that of Buckets; an empty part is any.
fn is_bucket(of: &ResourceType) -> bool {
    let fits = |part: &str, is: &str| part.is_empty() || part == is;
    fits(&of.group, &Bucket::group(&())) && fits(&of.version, &Bucket::version(&())) && fits(&of.kind, &Bucket::kind(&()))
}

/// What these selectors come to for a Bucket in a namespace with these labels. One that cannot be used gives way to one that can; it
/// is never passed over in favour of no selector at all, as that would be another identity than somebody meant.
#[must_use]
pub fn choose<'a>(all: impl IntoIterator<Item = &'a Selector>, bucket: &Bucket, namespace_labels: &BTreeMap<String, String>) -> Choice {
    let (mut good, mut bad): (Vec<&Selector>, Vec<&Selector>) =
        all.into_iter().filter(|selector| selector.is_for(bucket, namespace_labels)).partition(|selector| selector.problem.is_none());
    let by_name = |one: &&Selector, other: &&Selector| one.name.cmp(&other.name);
    good.sort_unstable_by(by_name);
    bad.sort_unstable_by(by_name);
    match (good.as_slice(), bad.first()) {
        ([], None) => Choice::None,
        ([], Some(first)) => Choice::Invalid(first.name.clone(), first.problem.clone().unwrap_or_default()),
        ([one], _) => {
            let Selector { name, resource_version, arn, .. } = (*one).clone();
            Choice::One(Selected { name, resource_version, arn })
        }
        (several, _) => Choice::Conflict(several.iter().map(|selector| selector.name.clone()).collect()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ROLE: &str = "arn:aws:iam::111122223333:role/shop";

    fn selector(name: &str, spec: &Value) -> Selector {
        let mut all = json!({ "arn": ROLE });
        all.as_object_mut().unwrap().extend(spec.as_object().unwrap().clone());
        let object = json!({ "apiVersion": "services.k8s.aws/v1alpha1", "kind": "IAMRoleSelector",
            "metadata": { "name": name, "resourceVersion": "7" }, "spec": all });
        Selector::of(&serde_json::from_value(object).unwrap())
    }

    /// A Bucket of namespace shop-a, labelled tier=gold, in a namespace labelled team=shop.
    fn choice(selectors: &[Selector]) -> Choice {
        let mut bucket = Bucket::default();
        bucket.metadata.namespace = Some("shop-a".to_owned());
        bucket.metadata.labels = Some([("tier".to_owned(), "gold".to_owned())].into());
        choose(selectors, &bucket, &[("team".to_owned(), "shop".to_owned())].into())
    }

    fn fits(spec: &Value) -> bool {
        match choice(&[selector("s", spec)]) {
            Choice::One(_) => true,
            Choice::None => false,
            other @ (Choice::Unread | Choice::Conflict(_) | Choice::Invalid(..)) => panic!("{spec}: {other:?}"),
        }
    }

    #[test]
    fn every_part_that_is_given_has_to_fit() {
        let names =
            |names: Value, labels: Value| json!({ "namespaceSelector": { "names": names, "labelSelector": { "matchLabels": labels } } });
        let types = |group: &str, version: &str, kind: &str| {
            json!({ "resourceTypeSelector": [{ "group": "sqs.services.k8s.aws", "version": "", "kind": "" },
                { "group": group, "version": version, "kind": kind }] })
        };
        let labels = |labels: Value| json!({ "resourceLabelSelector": { "matchLabels": labels } });
        for (spec, expected) in [
            (json!({}), true),
            (names(json!([]), json!({})), true),
            (names(json!(["other", "shop-a"]), json!({})), true),
            (names(json!(["other"]), json!({})), false),
            (names(json!([]), json!({ "team": "shop" })), true),
            (names(json!(["shop-a"]), json!({ "team": "bank" })), false),
            (names(json!(["other"]), json!({ "team": "shop" })), false),
            (types("s3.services.k8s.aws", "v1alpha1", "Bucket"), true),
            (types("", "", "Bucket"), true),
            (types("s3.services.k8s.aws", "", ""), true),
            (types("s3.services.k8s.aws", "v1", ""), false),
            (types("", "", "Queue"), false),
            (labels(json!({ "tier": "gold" })), true),
            (labels(json!({ "tier": "gold", "x": "y" })), false),
            (labels(json!({ "tier": "silver" })), false),
        ] {
            assert_eq!(fits(&spec), expected, "{spec}");
        }
    }

    #[test]
    fn several_are_a_conflict_that_names_all_and_one_is_told_with_its_version() {
        let [a, b, c] = ["a", "b", "c"].map(|name| selector(name, &json!({})));
        let other = selector("d", &json!({ "namespaceSelector": { "names": ["other"] } }));
        let Choice::One(one) = choice(&[other.clone(), a.clone()]) else { panic!() };
        assert_eq!((one.name.as_str(), one.resource_version.as_str(), one.arn.as_str()), ("a", "7", ROLE));
        assert_eq!(choice(&[c, other, b, a]), Choice::Conflict(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
        assert_eq!(choice(&[]), Choice::None);
    }

    #[test]
    fn what_the_peer_does_not_use_is_not_used_and_nothing_else_steps_in() {
        let names = |names: Value| json!({ "namespaceSelector": { "names": names } });
        let any = json!({ "group": "", "version": "", "kind": "" });
        let bucket = json!({ "group": "", "version": "", "kind": "Bucket" });
        for (spec, part) in [
            (json!({ "arn": "" }), "spec.arn"),
            (json!({ "arn": "arn:aws:iam::111122223333:user/x" }), "user/x"),
            (names(json!(["shop-a", ""])), "empty name"),
            (names(json!(["shop-a", "shop-a"])), "twice"),
            (json!({ "resourceTypeSelector": [any] }), "is empty"),
            (json!({ "resourceTypeSelector": [bucket, bucket] }), "an entry twice"),
        ] {
            let bad = selector("bad", &spec);
            assert!(bad.problem().is_some_and(|problem| problem.contains(part)), "{spec}: {:?}", bad.problem());
            assert!(
                matches!(choice(std::slice::from_ref(&bad)), Choice::Invalid(name, why) if name == "bad" && why.contains(part)),
                "{spec}"
            );
            assert!(matches!(choice(&[bad, selector("good", &json!({}))]), Choice::One(one) if one.name == "good"), "{spec}");
        }
        let nameless = selector("s", &json!({ "resourceLabelSelector": { "matchLabels": { "": "" } } }));
        assert!(nameless.problem().is_some_and(|problem| problem.contains("empty key")));
    }
}
