//! Files the reports about Buckets: writes those that changed, and removes those that no guardrail speaks of any more. One of a Bucket
//! that is deleted goes with it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use futures::future::{self, BoxFuture};
use futures::{FutureExt, StreamExt, stream};
use jiff::Timestamp;
use kube::Client;
use kube::api::{Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams};
use shared::telemetry::Chain;

use super::reports::{MANAGED_BY, Report, SOURCE, resource};
use crate::objects::{ObjectError, params, within};
use crate::settings::audit::ReportKind;

/// How many are written at the same time.
const AT_ONCE: usize = 4;

/// What could not be filed: namespace and name, and why.
type Failed = ((String, String), ObjectError);

/// Where reports are filed, and what is there.
pub(super) struct Files {
    client: Client,
    kind: ReportKind,
    /// A digest of each, by namespace and name; 0 where it is not known.
    known: Option<HashMap<(String, String), u64>>,
}

impl Files {
    /// Knows of nothing yet: it asks what is there first.
    pub(super) fn new(client: Client, kind: ReportKind) -> Self {
        Self { client, kind, known: None }
    }

    /// Makes the reports those; whether all of that worked. What did not is told.
    pub(super) async fn file(&mut self, reports: &[Report], now: Timestamp) -> bool {
        let known = match self.known.take() {
            Some(known) => known,
            None => match self.there().await {
                Ok(known) => known,
                Err(error) => {
                    tracing::warn!(kind = resource(self.kind).kind, error = %Chain(&error), "reports cannot be listed; install their definition and the ClusterRole, or say --policy-reports=off");
                    return false;
                }
            },
        };
        let mut next: HashMap<(String, String), u64> = HashMap::with_capacity(reports.len());
        let mut writes: Vec<BoxFuture<'_, Option<Failed>>> = Vec::new();
        for report in reports {
            let (key, digest) = ((report.namespace.clone(), report.name.clone()), digest(report));
            if known.get(&key) != Some(&digest) {
                writes.push(self.write(report, now).boxed());
            }
            next.insert(key, digest);
        }
        for key in known.keys().filter(|key| !next.contains_key(*key)) {
            writes.push(self.remove(key).boxed());
        }
        let failed: Vec<Failed> = stream::iter(writes).buffer_unordered(AT_ONCE).filter_map(future::ready).collect().await;
        for (key, error) in &failed {
            tracing::warn!(namespace = key.0, name = key.1, error = %Chain(error), "a report could not be filed; it is tried again");
            next.insert(key.clone(), 0);
        }
        self.known = Some(next);
        failed.is_empty()
    }

    async fn there(&self) -> Result<HashMap<(String, String), u64>, ObjectError> {
        let api = Api::<DynamicObject>::all_with(self.client.clone(), &resource(self.kind));
        let of_ours = ListParams::default().labels(&format!("{MANAGED_BY}={SOURCE}"));
        let list = within("list reports", api.list_metadata(&of_ours)).await?;
        let key = |metadata: kube::core::ObjectMeta| (metadata.namespace.unwrap_or_default(), metadata.name.unwrap_or_default());
        Ok(list.items.into_iter().map(|object| (key(object.metadata), 0)).collect())
    }

    async fn write(&self, report: &Report, now: Timestamp) -> Option<Failed> {
        let params = PatchParams { force: true, ..params() };
        let written =
            within("write a report", self.api(&report.namespace).patch(&report.name, &params, &Patch::Apply(report.at(now)))).await;
        written.err().map(|error| ((report.namespace.clone(), report.name.clone()), error))
    }

    async fn remove(&self, key: &(String, String)) -> Option<Failed> {
        let removed = within("remove a report", self.api(&key.0).delete(&key.1, &DeleteParams::default())).await;
        removed.err().filter(|error| !error.is_status(404)).map(|error| (key.clone(), error))
    }

    fn api(&self, namespace: &str) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), namespace, &resource(self.kind))
    }
}

/// Never 0, which stands for one that has to be written.
fn digest(report: &Report) -> u64 {
    let mut hasher = DefaultHasher::new();
    report.body.to_string().hash(&mut hasher);
    hasher.finish().max(1)
}
