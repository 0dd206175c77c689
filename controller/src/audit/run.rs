//! The life of the audit: it waits until something changed, judges all Buckets, shows what it found, and writes the statuses.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::core::PartialObjectMeta;
use prometheus::Registry;
use shared::Bucket;
use shared::guardrail::Guardrails;
use tokio::time::Instant;

use super::filing::Files;
use super::judge::{self, Bench, Judged};
use super::metrics::AuditMetrics;
use super::policies::Policies;
use super::reports::Report;
use super::seen;
use super::tally::Tally;
use super::writer::Writer;
use super::{params, watch};
use crate::context::{Annotations, Context};
use crate::field_export::BucketChanges;

/// How long to gather changes before an audit: they rarely come alone.
const SETTLE: Duration = Duration::from_secs(1);
/// Judging takes at most one part in so many of the time; what is written waits for the API server.
const SHARE: u32 = 20;
/// When reports that could not be filed are tried again.
const REFILE: Duration = Duration::from_secs(30);
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
    let (stop, policies) = (&parts.context.stop.clone(), parts.context.policies.clone());
    let listening = listen(parts.changes.clone(), policies.clone());
    tokio::spawn(stop.clone().run_until_cancelled_owned(watch::keep(parts.client.clone(), policies.clone())));
    tokio::spawn(stop.clone().run_until_cancelled_owned(params::keep(parts.client.clone(), policies)));
    tokio::spawn(stop.clone().run_until_cancelled_owned(listening));
    tokio::spawn(stop.clone().run_until_cancelled_owned(audits(parts)));
    Ok(())
}

/// A Bucket that changed calls for an audit.
async fn listen(changes: BucketChanges, policies: Policies) {
    let touched = changes.all().for_each(|()| {
        policies.touch();
        std::future::ready(())
    });
    touched.await;
}

async fn audits(parts: Parts) {
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
            () = lead(&parts) => {}
        }
        parts.metrics.forget();
    }
}

/// Audits for as long as this process leads.
async fn lead(parts: &Parts) {
    let context = &parts.context;
    let (mut writer, interval) = (Writer::new(parts.client.clone()), context.audit.interval);
    let mut files = context.audit.reports.map(|kind| Files::new(parts.client.clone(), kind));
    loop {
        let began = Instant::now();
        let mut judging = Duration::ZERO;
        let (guardrails, now) = (context.policies.guardrails(), (context.now)());
        let mut again = None;
        // What an audit that broke off did not find is not known to be well: what was found before stays.
        if let Some((tally, reports)) = sweep(context, &guardrails, now).await {
            judging = began.elapsed();
            parts.metrics.show(&tally, &guardrails, judging, now);
            if parts.whole {
                again = writer.write(&context.policies, &tally, interval, now).await;
            }
            if let Some(files) = &mut files
                && !files.file(&reports, now).await
            {
                again = Some(again.map_or(REFILE, |again| again.min(REFILE)));
            }
        }
        tokio::time::sleep(SETTLE.max(judging * SHARE)).await;
        let due = guardrails.next_change(now).and_then(|time| Duration::try_from(time.duration_since((context.now)())).ok());
        let wait = [again, due].into_iter().flatten().fold(interval, Duration::min);
        // Something changed, or it is time; either is reason enough.
        drop(tokio::time::timeout(wait, context.policies.changed()).await);
    }
}

/// Judges all Buckets. It is work for a processor, and of seconds where there are many; none where there is no guardrail. `None` where it
/// broke off.
async fn sweep(context: &Arc<Context>, guardrails: &Arc<Guardrails>, now: Timestamp) -> Option<(Tally, Vec<Report>)> {
    if guardrails.is_empty() {
        return Some((Tally::of(guardrails), Vec::new()));
    }
    let (context, guardrails) = (Arc::clone(context), Arc::clone(guardrails));
    match tokio::task::spawn_blocking(move || all(&context, &guardrails, now)).await {
        Ok(found) => Some(found),
        Err(error) => {
            tracing::error!(%error, "an audit broke off, a bug of Cooper's; the next change starts another one");
            None
        }
    }
}

fn all(context: &Context, guardrails: &Guardrails, now: Timestamp) -> (Tally, Vec<Report>) {
    let params = context.policies.config_maps();
    let bench = Bench { guardrails, settings: &context.admission, params: &params, account: context.identity.account.as_deref(), now };
    let (mut tally, mut reports) = (Tally::of(guardrails), Vec::new());
    for bucket in context.buckets.state().iter().filter(|bucket| !bucket.is_being_deleted()) {
        // A namespace that is not known yet is heard of in a moment, which calls for the next audit.
        let Some(around) = context.around(bucket) else { continue };
        let (judged, observed) = one(context, &bench, bucket, &around);
        tally.add(
            bucket.metadata.namespace.as_deref().unwrap_or_default(),
            bucket.metadata.name.as_deref().unwrap_or_default(),
            &judged,
            observed,
        );
        reports.extend(context.audit.reports.and_then(|kind| Report::of(bucket, &judged, kind)));
    }
    (tally, reports)
}

/// What is said of a Bucket, and whether it is known what S3 holds.
fn one(context: &Context, bench: &Bench<'_>, bucket: &Bucket, around: &PartialObjectMeta<Namespace>) -> (Judged, bool) {
    static NONE: Annotations = BTreeMap::new();
    let annotations = around.metadata.annotations.as_ref().unwrap_or(&NONE);
    let namespace = judge::Namespace { annotations, labels: around.metadata.labels.as_ref().unwrap_or(&NONE) };
    let seen = context.memory.of(bucket).seen;
    let held = context.place_of(bucket, annotations).ok().and_then(|place| seen::held(bucket, seen.as_deref(), &place));
    let observed = held.is_some();
    (bench.judge(bucket, namespace, held), observed)
}
