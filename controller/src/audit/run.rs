//! The life of the audit: it waits until something changed, judges all Buckets, shows what it found, and writes the statuses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::core::PartialObjectMeta;
use kube::runtime::reflector::ObjectRef;
use prometheus::Registry;
use shared::Bucket;
use shared::guardrail::{Guardrails, NoParams};
use tokio::time::Instant;

use super::judge::{self, Bench};
use super::metrics::AuditMetrics;
use super::policies::Policies;
use super::seen;
use super::tally::Tally;
use super::watch;
use super::writer::Writer;
use crate::context::{Annotations, Context};
use crate::field_export::BucketChanges;

/// How long to gather changes before an audit: they rarely come alone.
const SETTLE: Duration = Duration::from_secs(1);
/// Audits take at most one part in so many of the time.
const SHARE: u32 = 20;
/// How often it is asked whether the cache of Buckets is filled.
const ASK: Duration = Duration::from_millis(500);

/// What the audit takes.
struct Parts {
    client: Client,
    context: Arc<Context>,
    changes: BucketChanges,
    /// Whether this process looks after all Buckets, so that it may say in a status how many there are.
    whole: bool,
    metrics: AuditMetrics,
}

/// Audits in the background until the process is asked to stop. `changes` tells of Buckets that changed; `whole` says whether this process
/// looks after all of them: only then it writes statuses.
///
/// # Errors
/// The registry has a metric of audits already.
pub fn start(client: &Client, context: &Arc<Context>, changes: &BucketChanges, whole: bool, registry: &Registry) -> prometheus::Result<()> {
    let (client, context, changes) = (client.clone(), Arc::clone(context), changes.clone());
    let parts = Parts { client, context, changes, whole, metrics: AuditMetrics::new(registry)? };
    tokio::spawn(async move {
        let (stop, policies) = (parts.context.stop.clone(), parts.context.policies.clone());
        let work = futures::future::join3(watch::keep(&parts.client, &policies), listen(&parts.changes, &policies), audits(&parts));
        stop.run_until_cancelled(Box::pin(work)).await
    });
    Ok(())
}

/// A Bucket that changed calls for an audit.
async fn listen(changes: &BucketChanges, policies: &Policies) {
    let touched = changes.all().for_each(|()| {
        policies.touch();
        std::future::ready(())
    });
    touched.await;
}

async fn audits(parts: &Parts) {
    let context = &parts.context;
    // The cache wakes only the last of those who wait for it: so this asks again and again.
    while tokio::time::timeout(ASK, context.buckets.wait_until_ready()).await.is_err() {}
    let leads = context.leadership.watch();
    loop {
        context.leadership.won().await;
        let mut ends = leads.clone();
        let ended = async { while ends.wait_for(|leads| !*leads).await.is_err() {} };
        tokio::select! {
            () = ended => {}
            () = lead(parts) => {}
        }
        parts.metrics.forget();
    }
}

/// Audits for as long as this process leads.
async fn lead(parts: &Parts) {
    let context = &parts.context;
    let mut writer = Writer::new(parts.client.clone());
    loop {
        let began = Instant::now();
        let guardrails = context.policies.guardrails();
        let now = (context.now)();
        if guardrails.is_empty() {
            parts.metrics.forget();
        }
        let tally = sweep(context, &guardrails, now).await;
        let took = began.elapsed();
        if !guardrails.is_empty() {
            parts.metrics.show(&tally, &guardrails, took, now);
        }
        let again = if parts.whole { writer.write(&context.policies, &tally, context.audit_interval, now).await } else { None };
        tokio::time::sleep(SETTLE.max(took * SHARE)).await;
        let due = guardrails.next_change(now).and_then(|time| Duration::try_from(time.duration_since((context.now)())).ok());
        let wait = [again, due, Some(context.audit_interval)].into_iter().flatten().min().unwrap_or(context.audit_interval);
        // Something changed, or it is time; either is reason enough.
        drop(tokio::time::timeout(wait, context.policies.changed()).await);
    }
}

/// Judges all Buckets. It is work for a processor, and of seconds where there are many.
async fn sweep(context: &Arc<Context>, guardrails: &Arc<Guardrails>, now: Timestamp) -> Tally {
    let (context, judging) = (Arc::clone(context), Arc::clone(guardrails));
    let judged = tokio::task::spawn_blocking(move || all(&context, &judging, now)).await;
    judged.unwrap_or_else(|error| {
        tracing::error!(%error, "an audit broke off, a bug of Cooper's; the next change starts another one");
        Tally::of(guardrails)
    })
}

fn all(context: &Context, guardrails: &Guardrails, now: Timestamp) -> Tally {
    let bench = Bench {
        guardrails,
        settings: &context.admission,
        params: &NoParams,
        unset: context.unset_fields,
        account: context.identity.account.as_deref(),
        now,
    };
    let mut tally = Tally::of(guardrails);
    if guardrails.is_empty() {
        return tally;
    }
    for bucket in context.buckets.state().iter().filter(|bucket| !bucket.is_being_deleted()) {
        let namespace = bucket.metadata.namespace.as_deref().unwrap_or_default();
        // A namespace that is not known yet is heard of in a moment, which calls for the next audit.
        let Some(around) = context.namespaces.get(&ObjectRef::new(namespace)) else { continue };
        one(context, &bench, bucket, &around, &mut tally);
    }
    tally
}

fn one(context: &Context, bench: &Bench<'_>, bucket: &Bucket, around: &PartialObjectMeta<Namespace>, to: &mut Tally) {
    static NONE: Annotations = BTreeMap::new();
    let annotations = around.metadata.annotations.as_ref().unwrap_or(&NONE);
    let namespace = judge::Namespace { annotations, labels: around.metadata.labels.as_ref().unwrap_or(&NONE) };
    let seen = context.memory.of(bucket).seen;
    let held = context.place_of(bucket, annotations).ok().and_then(|place| seen::held(bucket, seen.as_deref(), &place));
    let observed = held.is_some();
    let judged = bench.judge(bucket, namespace, held);
    let metadata = &bucket.metadata;
    to.add(metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_deref().unwrap_or_default(), &judged, observed);
}
