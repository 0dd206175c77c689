//! `/mutate`: what is filled in, as a JSON Patch.

use shared::admission::{self, DefaultsContext, Operation, Settings};

use super::{Judgement, Tally};
use crate::caches::Cluster;
use crate::metrics::Decision;
use crate::review::{Request, Response};
use crate::verdict;

/// Adds what the namespace says and the object does not. Never refuses.
pub(super) fn mutate(request: &Request<'_>, operation: Operation, settings: &Settings, cluster: &dyn Cluster) -> Judgement {
    let mut response = Response::allow(&request.uid);
    let mut tally = Tally::default();
    // What cannot be read is left as it is: `/validate` says what is wrong with it.
    let object = request.object.filter(|_| operation == Operation::Create && is_whole(request));
    if let Some(Ok(object)) = object.map(|object| serde_json::from_str::<serde_json::Value>(object.get())) {
        let namespace = cluster.namespace(request.namespace.as_deref().unwrap_or_default());
        let context = DefaultsContext { operation, namespace: namespace.as_deref(), settings };
        let defaults = admission::defaults(&object, &context);
        if !defaults.applied.is_empty() {
            match serde_json::to_vec(&defaults.patch) {
                Ok(patch) => response = response.with_patch(&patch),
                Err(error) => tracing::error!(%error, "a patch cannot be written; the Bucket goes on without defaults"),
            }
            response.audit_annotations.insert("defaulted", verdict::audit_list(defaults.applied.iter().copied()));
            tally.defaults = defaults.applied;
        }
    }
    response.audit_annotations.insert("decision", Decision::Allowed.as_str().to_owned());
    Judgement { response, decision: Decision::Allowed, tally }
}

/// Whether the object itself is written, not a part of it such as its status.
fn is_whole(request: &Request<'_>) -> bool {
    request.sub_resource.as_deref().unwrap_or_default().is_empty()
}
