//! Writes the statuses of guardrails and exceptions: when they changed, and each at most every half minute.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::time::Duration;

use jiff::Timestamp;
use kube::api::{Api, Patch};
use kube::core::ClusterResourceScope;
use kube::{Client, Resource};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use shared::guardrail::Entry;
use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};
use shared::telemetry::Chain;
use tokio::time::Instant;

use super::policies::Policies;
use super::status;
use super::tally::Tally;
use crate::objects::{ObjectError, params, within};
use crate::status::merge_patch;

/// How long a status stays as it was written, whatever happens.
const REST: Duration = Duration::from_secs(30);

/// Writes the statuses, and knows what it wrote.
pub(super) struct Writer {
    client: Client,
    guardrails: BTreeMap<String, Written>,
    exceptions: BTreeMap<String, Written>,
}

/// The status as the API server has it.
struct Written {
    status: Value,
    /// When it was written; `None` where it was only read.
    at: Option<Instant>,
}

impl Writer {
    /// Knows of nothing yet: it reads each status before it writes it for the first time.
    #[must_use]
    pub(super) fn new(client: Client) -> Self {
        Self { client, guardrails: BTreeMap::new(), exceptions: BTreeMap::new() }
    }

    /// Writes what follows from the audit. When to come back, where something waits.
    pub(super) async fn write(&mut self, policies: &Policies, tally: &Tally, interval: Duration, now: Timestamp) -> Option<Duration> {
        let mut again = Vec::new();
        let (guardrails, exceptions) = {
            let tables = policies.tables();
            (tables.guardrails.entries(), tables.exceptions.entries())
        };
        for Entry { name, generation, ready } in &guardrails {
            let next = |old: &Value| {
                let old = serde_json::from_value(old.clone()).unwrap_or_default();
                let ready = ready.as_deref().map_err(String::as_str);
                status::of_guardrail(&old, *generation, ready, tally.guardrails.get(name.as_str()), now)
            };
            again.push(put::<BucketGuardrail, _>(&self.client, &mut self.guardrails, name, "lastAuditTime", interval, next).await);
        }
        for Entry { name, generation, ready } in &exceptions {
            let next = |old: &Value| {
                let old = serde_json::from_value(old.clone()).unwrap_or_default();
                status::of_exception(&old, *generation, ready.as_deref().map_err(String::as_str), tally, now)
            };
            again.push(put::<BucketGuardrailException, _>(&self.client, &mut self.exceptions, name, "lastUsed", interval, next).await);
        }
        keep(&mut self.guardrails, &guardrails);
        keep(&mut self.exceptions, &exceptions);
        again.into_iter().flatten().min()
    }
}

/// Forgets those that are gone.
fn keep<R>(known: &mut BTreeMap<String, Written>, entries: &[Entry<R>]) {
    let names: BTreeSet<&str> = entries.iter().map(|entry| entry.name.as_str()).collect();
    known.retain(|name, _| names.contains(name.as_str()));
}

/// Writes one status, if it changed in more than the time `clock` or was not confirmed for `interval`. When to come back, where it has to
/// wait.
async fn put<P, S>(
    client: &Client,
    known: &mut BTreeMap<String, Written>,
    name: &str,
    clock: &str,
    interval: Duration,
    next: impl FnOnce(&Value) -> S,
) -> Option<Duration>
where
    P: Resource<DynamicType = (), Scope = ClusterResourceScope> + Clone + DeserializeOwned + Serialize + Debug,
    S: Serialize,
{
    let api = Api::<P>::all(client.clone());
    if !known.contains_key(name) {
        match within("read the status of a guardrail", api.get(name)).await {
            Ok(object) => {
                let status = serde_json::to_value(&object).unwrap_or_default()["status"].take();
                known.insert(name.to_owned(), Written { status, at: None });
            }
            Err(error) => return failed::<P>(name, &error),
        }
    }
    let written = known.get_mut(name)?;
    let status = serde_json::to_value(next(&written.status)).unwrap_or_default();
    let rests = written.at.map_or(Duration::MAX, |at| at.elapsed());
    if !differs(&written.status, &status, clock) && rests < interval {
        return None;
    }
    if let Some(left) = REST.checked_sub(rests).filter(|left| !left.is_zero()) {
        return Some(left);
    }
    let patch = merge_patch(&written.status, &status)?;
    let patch = Patch::Merge(json!({ "status": patch }));
    match within("write the status of a guardrail", api.patch_status(name, &params(), &patch)).await {
        Ok(_) => {
            *written = Written { status, at: Some(Instant::now()) };
            None
        }
        Err(error) => failed::<P>(name, &error),
    }
}

/// Whether they differ in more than that time.
fn differs(one: &Value, other: &Value, clock: &str) -> bool {
    let without = |value: &Value| {
        let mut value = value.clone();
        if let Some(object) = value.as_object_mut() {
            object.remove(clock);
        }
        value
    };
    without(one) != without(other)
}

/// One that is gone needs no status; the watch tells of it.
fn failed<P: Resource<DynamicType = ()>>(name: &str, error: &ObjectError) -> Option<Duration> {
    if !error.is_status(404) {
        tracing::warn!(kind = %P::kind(&()), name, error = %Chain(error), "a status could not be written; it is tried again");
    }
    (!error.is_status(404)).then_some(REST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_alone_is_no_reason_to_write() {
        let status = |time: u32, matched: u32| json!({"lastAuditTime": time, "matchedBuckets": matched});
        assert!(!differs(&status(1, 5), &status(2, 5), "lastAuditTime"));
        assert!(differs(&status(1, 5), &status(1, 6), "lastAuditTime") && differs(&Value::Null, &status(1, 5), "lastAuditTime"));
    }
}
