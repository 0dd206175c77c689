//! The ConfigMaps that guardrails name as `params`, as far as they could be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};

use super::types::ConfigMapRef;
use super::{Guardrail, Guardrails};
use crate::admission::{Findings, Path, Reason};

/// What kubectl notes of the last apply: all of the data once more.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The ConfigMaps that guardrails name as params; a view of those in a cache.
pub trait Params {
    /// The ConfigMap as JSON.
    ///
    /// # Errors
    /// Why there is none.
    fn config_map(&self, namespace: &str, name: &str) -> Result<Arc<Value>, ParamsFault>;
}

/// No ConfigMaps.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoParams;

impl Params for NoParams {
    fn config_map(&self, _namespace: &str, _name: &str) -> Result<Arc<Value>, ParamsFault> {
        Err(ParamsFault::Missing)
    }
}

/// Why a ConfigMap cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamsFault {
    /// It was not asked for yet.
    Unread,
    /// There is none of that name.
    Missing,
    /// The right to read it is missing.
    Forbidden,
    /// It could not be read, for another reason.
    Failed,
}

impl ParamsFault {
    /// What is wrong with the ConfigMap of this name, and what to do; for people.
    #[must_use]
    pub fn of(self, namespace: &str, name: &str) -> String {
        let problem = match self {
            Self::Unread => "is not read yet; try again in a moment",
            Self::Missing => "does not exist; create it, or correct spec.params.configMapRef of the guardrail",
            Self::Forbidden => "may not be read; allow Cooper's service accounts to list and watch it, by a Role in its namespace",
            Self::Failed => "could not be read yet, for a reason that Cooper's log tells; try again in a moment",
        };
        format!("ConfigMap {namespace}/{name} {problem}")
    }
}

/// The ConfigMaps that guardrails name. One that was read once stays in use while it cannot be read again.
#[derive(Clone, Debug, Default)]
pub struct ParamsTable {
    /// By namespace and name.
    named: BTreeMap<(String, String), Result<Arc<Value>, ParamsFault>>,
}

impl ParamsTable {
    /// Keeps these, by namespace and name, and forgets all others. Those that are new are not read yet.
    pub fn name(&mut self, wanted: &BTreeSet<(String, String)>) {
        self.named.retain(|key, _| wanted.contains(key));
        for key in wanted {
            self.named.entry(key.clone()).or_insert(Err(ParamsFault::Unread));
        }
    }

    /// The ConfigMap is there, new or changed. One that no guardrail names is not kept.
    pub fn apply(&mut self, map: &ConfigMap) {
        let metadata = &map.metadata;
        let key = (metadata.namespace.clone().unwrap_or_default(), metadata.name.clone().unwrap_or_default());
        if let Some(known) = self.named.get_mut(&key) {
            *known = Ok(Arc::new(as_json(map)));
        }
    }

    /// There is none of that name, or it is gone.
    pub fn delete(&mut self, namespace: &str, name: &str) {
        if let Some(known) = self.named.get_mut(&(namespace.to_owned(), name.to_owned())) {
            *known = Err(ParamsFault::Missing);
        }
    }

    /// It could not be read; whether that is news.
    pub fn fail(&mut self, namespace: &str, name: &str, fault: ParamsFault) -> bool {
        match self.named.get_mut(&(namespace.to_owned(), name.to_owned())) {
            Some(Err(known)) if *known != fault => {
                *known = fault;
                true
            }
            Some(_) | None => false,
        }
    }

    /// All that there are: of those that are wanted the ones that are not among these are missing.
    #[must_use]
    pub fn complete(wanted: &BTreeSet<(String, String)>, maps: impl IntoIterator<Item = ConfigMap>) -> Self {
        let mut table = Self { named: wanted.iter().map(|key| (key.clone(), Err(ParamsFault::Missing))).collect() };
        maps.into_iter().for_each(|map| table.apply(&map));
        table
    }

    /// Whether each was asked for, whatever the answer.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        !self.named.values().any(|known| *known == Err(ParamsFault::Unread))
    }
}

impl Params for ParamsTable {
    fn config_map(&self, namespace: &str, name: &str) -> Result<Arc<Value>, ParamsFault> {
        let known = self.named.get(&(namespace.to_owned(), name.to_owned()));
        known.cloned().unwrap_or(Err(ParamsFault::Unread))
    }
}

impl Guardrails {
    /// The ConfigMaps that guardrails name as params, by namespace and name.
    #[must_use]
    pub fn params(&self) -> BTreeSet<(String, String)> {
        let named = self.iter().filter_map(Guardrail::params);
        named.map(|map| (map.namespace.clone(), map.name.clone())).collect()
    }
}

/// The ConfigMap as expressions see it. `data` is always there, so that no expression has to ask first.
fn as_json(map: &ConfigMap) -> Value {
    let metadata = &map.metadata;
    let annotations = metadata.annotations.iter().flatten().filter(|(key, _)| *key != LAST_APPLIED);
    let mut value = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {
            "name": metadata.name,
            "namespace": metadata.namespace,
            "labels": metadata.labels.clone().unwrap_or_default(),
            "annotations": annotations.collect::<BTreeMap<_, _>>(),
        },
        "data": map.data.clone().unwrap_or_default(),
    });
    if let (Some(binary), Some(members)) = (&map.binary_data, value.as_object_mut()) {
        members.insert("binaryData".to_owned(), json!(binary));
    }
    value
}

/// What is wrong with the name of a ConfigMap.
pub(super) fn check(map: &ConfigMapRef, at: &Path<'_>, to: &mut Findings) {
    if map.name.is_empty() || map.namespace.is_empty() {
        return to.deny("guardrail-params", Reason::Required, at, "give name and namespace of the ConfigMap");
    }
    let is_name = |text: &str, dots: bool| {
        text.split(|c| dots && c == '.').all(|label| {
            let inner = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            inner && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
        })
    };
    for (member, text, dots, most) in [("name", &map.name, true, 253), ("namespace", &map.namespace, false, 63)] {
        if text.len() > most || !is_name(text, dots) {
            let message = format!("is no {member} that an object can have; use lower case letters, digits and -");
            to.deny("guardrail-params", Reason::Invalid, at.member(member), message);
        }
    }
}

#[cfg(test)]
mod tests;
