//! Guardrails and exceptions as they are stored, each compiled once per change of its spec.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kube::core::DynamicObject;
use serde::de::DeserializeOwned;

use super::types::{BucketGuardrail, BucketGuardrailException};
use super::{Exception, Guardrail};

/// An object that is compiled before it is used.
pub trait Policy: DeserializeOwned {
    /// What it becomes.
    type Ready;
    /// Its kind, for logs and metrics.
    const KIND: &'static str;

    /// Makes it ready.
    ///
    /// # Errors
    /// Why it cannot be used.
    fn compile(&self) -> Result<Self::Ready, String>;
}

impl Policy for BucketGuardrail {
    type Ready = Guardrail;
    const KIND: &'static str = "BucketGuardrail";

    fn compile(&self) -> Result<Guardrail, String> {
        Guardrail::compile(self).map_err(|refused| refused.to_string())
    }
}

impl Policy for BucketGuardrailException {
    type Ready = Exception;
    const KIND: &'static str = "BucketGuardrailException";

    /// One that is stored was within the limits when it was written.
    fn compile(&self) -> Result<Exception, String> {
        Exception::compile(self, None).map_err(|refused| refused.to_string())
    }
}

/// All stored objects of one kind. Those that cannot be used are kept by name only.
pub struct PolicyTable<P: Policy> {
    stored: BTreeMap<String, Stored<P::Ready>>,
    changed: bool,
    kind: PhantomData<P>,
}

/// A stored object, and what became of it.
#[derive(Clone, Debug)]
pub struct Entry<R> {
    /// Its name.
    pub name: String,
    /// The generation that was compiled.
    pub generation: Option<i64>,
    /// What it became, or why it cannot be used.
    pub ready: Result<Arc<R>, String>,
}

struct Stored<R> {
    /// The generation that was compiled.
    generation: Option<i64>,
    /// Or why it cannot be used.
    ready: Result<Arc<R>, String>,
}

impl<P: Policy> Default for PolicyTable<P> {
    fn default() -> Self {
        Self { stored: BTreeMap::new(), changed: true, kind: PhantomData }
    }
}

impl<P: Policy> PolicyTable<P> {
    /// Those that can be used.
    #[must_use]
    pub fn ready(&self) -> Vec<Arc<P::Ready>> {
        self.stored.values().filter_map(|stored| stored.ready.clone().ok()).collect()
    }

    /// How many cannot be used.
    #[must_use]
    pub fn broken(&self) -> usize {
        self.stored.values().filter(|stored| stored.ready.is_err()).count()
    }

    /// Name and generation of those that can be used.
    #[must_use]
    pub fn generations(&self) -> Vec<(String, i64)> {
        let usable = self.stored.iter().filter(|(_, stored)| stored.ready.is_ok());
        usable.map(|(name, stored)| (name.clone(), stored.generation.unwrap_or_default())).collect()
    }

    /// All of them, by name.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry<P::Ready>> {
        let entry = |(name, stored): (&String, &Stored<P::Ready>)| Entry {
            name: name.clone(),
            generation: stored.generation,
            ready: stored.ready.clone(),
        };
        self.stored.iter().map(entry).collect()
    }

    /// Whether something changed since this was asked last.
    pub fn take_changed(&mut self) -> bool {
        std::mem::take(&mut self.changed)
    }

    /// The object is there, new or changed.
    pub fn apply(&mut self, object: &DynamicObject) {
        let Some(name) = object.metadata.name.clone() else { return };
        let generation = object.metadata.generation;
        // Most events are of the status, which the controller writes.
        if generation.is_some() && self.stored.get(&name).is_some_and(|stored| stored.generation == generation) {
            return;
        }
        let ready = compile::<P>(object).map(Arc::new);
        if let Err(reason) = &ready {
            tracing::error!(kind = P::KIND, name, reason, "it cannot be used and is left out; correct it");
        }
        self.stored.insert(name, Stored { generation, ready });
        self.changed = true;
    }

    /// The object is gone.
    pub fn delete(&mut self, object: &DynamicObject) {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        self.changed |= self.stored.remove(name).is_some();
    }
}

/// An object that another version wrote may be one that this one cannot read; a panic is a bug, and takes nothing else along.
fn compile<P: Policy>(object: &DynamicObject) -> Result<P::Ready, String> {
    let value = serde_json::to_value(object).map_err(|error| error.to_string())?;
    let policy: P = serde_json::from_value(value).map_err(|error| error.to_string())?;
    catch_unwind(AssertUnwindSafe(|| policy.compile())).unwrap_or_else(|_| Err("compiling it broke off, a bug of Cooper's".to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn object(name: &str, generation: i64, spec: &Value) -> DynamicObject {
        let whole = json!({
            "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail",
            "metadata": {"name": name, "generation": generation}, "spec": spec,
        });
        serde_json::from_value(whole).unwrap()
    }

    #[test]
    fn each_spec_is_compiled_once_and_what_cannot_be_used_is_left_out() {
        let mut table = PolicyTable::<BucketGuardrail>::default();
        assert!(table.take_changed() && !table.take_changed());
        let good = object("good", 1, &json!({"rules": {"website": "Forbidden"}}));
        table.apply(&good);
        assert!(table.take_changed());
        table.apply(&good);
        assert!(!table.take_changed(), "a change of the status is none");
        table.apply(&object("odd", 3, &json!({"enforcement": {"action": "Explode"}})));
        table.apply(&object("wrong", 1, &json!({"rules": {"naming": {"pattern": "("}}})));
        assert_eq!((table.ready().len(), table.broken()), (1, 2));
        assert_eq!(table.generations(), [("good".to_owned(), 1)]);
        table.apply(&object("odd", 4, &json!({"rules": {"website": "Forbidden"}})));
        assert_eq!((table.ready().len(), table.broken(), table.take_changed()), (2, 1, true));
        table.delete(&good);
        assert_eq!((table.ready().len(), table.take_changed()), (1, true));
        table.delete(&good);
        assert!(!table.take_changed());
    }
}
