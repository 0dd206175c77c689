//! The annotations of the namespaces, as far as Buckets care, and their labels, which guardrails select by.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::Namespace;
use kube::core::PartialObjectMeta;
use shared::annotation::{OWN_PREFIX, PEER_PREFIX};

use super::table::Table;

/// What is known of each namespace.
#[derive(Debug, Default)]
pub(crate) struct NamespaceTable {
    /// Annotations by namespace; only those under our prefix and the peer's.
    annotations: HashMap<String, Arc<BTreeMap<String, String>>>,
    /// Labels by namespace.
    labels: HashMap<String, Arc<BTreeMap<String, String>>>,
    /// The namespaces that are being deleted.
    going: HashSet<String>,
}

impl NamespaceTable {
    /// The annotations of a namespace; `None` where there is no such namespace.
    pub(crate) fn annotations(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        self.annotations.get(name).cloned()
    }

    /// The labels of a namespace; `None` where there is no such namespace.
    pub(crate) fn labels(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        self.labels.get(name).cloned()
    }

    /// Sets the labels of a namespace.
    pub(crate) fn label(&mut self, name: &str, labels: BTreeMap<String, String>) {
        self.labels.insert(name.to_owned(), Arc::new(labels));
    }

    /// Whether the namespace is being deleted.
    pub(crate) fn is_going(&self, name: &str) -> bool {
        self.going.contains(name)
    }

    fn put(&mut self, name: String, mut annotations: BTreeMap<String, String>) {
        annotations.retain(|key, _| key.starts_with(PEER_PREFIX) || key.starts_with(OWN_PREFIX));
        self.annotations.insert(name, Arc::new(annotations));
    }
}

impl Table for NamespaceTable {
    type Object = PartialObjectMeta<Namespace>;

    fn apply(&mut self, object: &Self::Object) {
        if let Some(name) = &object.metadata.name {
            self.put(name.clone(), object.metadata.annotations.clone().unwrap_or_default());
            self.label(name, object.metadata.labels.clone().unwrap_or_default());
            if object.metadata.deletion_timestamp.is_some() {
                self.going.insert(name.clone());
            }
        }
    }

    fn delete(&mut self, object: &Self::Object) {
        if let Some(name) = &object.metadata.name {
            self.annotations.remove(name);
            self.labels.remove(name);
            self.going.remove(name);
        }
    }
}

impl FromIterator<(String, BTreeMap<String, String>)> for NamespaceTable {
    fn from_iter<I: IntoIterator<Item = (String, BTreeMap<String, String>)>>(namespaces: I) -> Self {
        let mut table = Self::default();
        for (name, annotations) in namespaces {
            table.label(&name, BTreeMap::new());
            table.put(name, annotations);
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;
    use shared::annotation::DEFAULT_REGION;

    use super::*;

    #[test]
    fn keeps_only_what_buckets_care_for_and_forgets_what_is_gone() {
        let mut object = PartialObjectMeta::<Namespace>::default();
        object.metadata.name = Some("team".to_owned());
        let annotations = [(DEFAULT_REGION, "eu-west-1"), ("kubectl.kubernetes.io/last-applied-configuration", "{}")];
        object.metadata.annotations = Some(annotations.map(|(key, value)| (key.to_owned(), value.to_owned())).into());
        object.metadata.labels = Some([("tier".to_owned(), "prod".to_owned())].into());
        let mut table = NamespaceTable::default();
        table.apply(&object);
        let kept = table.annotations("team").unwrap();
        assert_eq!(kept.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>(), [(DEFAULT_REGION, "eu-west-1")]);
        assert!(!table.is_going("team"));
        assert_eq!(table.labels("team").as_deref(), Some(&BTreeMap::from([("tier".to_owned(), "prod".to_owned())])));
        object.metadata.deletion_timestamp = Some(Time(Timestamp::UNIX_EPOCH));
        table.apply(&object);
        assert!(table.is_going("team"));
        table.delete(&object);
        assert!(table.labels("team").is_none());
        assert!(table.annotations("team").is_none() && !table.is_going("team"), "a new one of that name is not going");
    }
}
