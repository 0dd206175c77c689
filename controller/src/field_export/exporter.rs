//! What every pass over a FieldExport has at hand.

use std::sync::Arc;

use futures::channel::mpsc::UnboundedSender;
use kube::runtime::reflector::{ObjectRef, Store};
use shared::Bucket;
use shared::field_export::FieldExport;

use super::memory::Memory;
use super::metrics::Metrics;
use super::order::{self, Reach, Target};
use super::records::Records;
use super::sandbox::Sandbox;
use super::targets::Targets;
use crate::context::Context;

/// What every pass over a FieldExport has at hand.
pub struct Exporter {
    /// What the passes over Buckets have at hand: Events, and whether anything may be written.
    pub context: Arc<Context>,
    /// How far FieldExports may reach.
    pub reach: Reach,
    /// The cache of FieldExports.
    pub exports: Store<FieldExport>,
    /// Writes of FieldExports.
    pub records: Records,
    /// Writes of ConfigMaps and Secrets.
    pub targets: Targets,
    /// Where queries run.
    pub sandbox: Sandbox,
    /// What was written.
    pub memory: Memory,
    /// What is counted.
    pub metrics: Metrics,
    /// Where a look at a FieldExport is asked for.
    pub again: UnboundedSender<ObjectRef<FieldExport>>,
}

impl Exporter {
    /// The Bucket out of the cache.
    #[must_use]
    pub fn bucket(&self, namespace: &str, name: &str) -> Option<Arc<Bucket>> {
        self.context.buckets.get(&ObjectRef::new(name).within(namespace))
    }

    /// Has the other FieldExports that ask for the key looked at: it was removed, or written by this one.
    pub fn call_others(&self, this: &FieldExport, target: &Target) {
        let other = |export: &FieldExport| export.metadata.uid != this.metadata.uid;
        for export in self.exports.state_filter(|export| other(export) && order::is_ours(export) && order::asks_for(export, target)) {
            self.memory.forget(export.metadata.uid.as_deref().unwrap_or_default());
            // The receiver is gone only while the process ends.
            drop(self.again.unbounded_send(ObjectRef::from_obj(&export)));
        }
    }
}
