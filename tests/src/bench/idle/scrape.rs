//! One page of /metrics of a controller that knows very many Buckets, with all series of single Buckets.

use std::time::Instant;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::api::{Patch, PatchParams, PostParams};
use kube::{Api, Client};
use serde_json::{Value, json};
use shared::Bucket;

use super::Args;
use super::figures::Page;
use super::sweeps::mib;
use crate::bench::buckets;
use crate::bench::fleet::crowd::{create, name};
use crate::bench::process::Usage;
use crate::error::{Error, Result};
use crate::install::NAMESPACE;
use crate::scrape::Scrape;
use crate::world::{Options, World};

const FLEET: &str = "cooper-bench-scrape";
const LEASE: &str = "cooper-bench-scrape";
/// How many pages are read.
const PAGES: usize = 21;
/// How many statuses are written at once.
const AT_ONCE: usize = 16;
/// Every so many Buckets have drift that stands.
const DRIFTED: u32 = 10;

/// Stores the Buckets with their statuses, and reads /metrics of a standby: nobody works on them meanwhile.
///
/// # Errors
/// The world did not come up, or the page cannot be read.
pub async fn measure(args: &Args) -> Result<Page> {
    let options = Options { webhook: false, controller: false, ..Options::default() }
        .controller_flag("--bucket-metrics", "all")
        .controller_flag("--bucket-metrics-limit", &args.buckets().max(10_000).to_string())
        .controller_flag("--leader-election-lease-name", LEASE);
    let world = World::start(options).await?;
    let (namespace, client) = (world.namespace("scrape", &[]).await?, world.client().await?);
    eprintln!("storing {} Buckets and their statuses ...", args.buckets());
    create(&client, &namespace, FLEET, args.buckets(), buckets::full).await?;
    tell(&client, &namespace, args.buckets()).await?;
    hold_lease(&client).await?;
    world.controller().start().await?;
    known(&world, args.buckets()).await?;

    let mut millis = Vec::with_capacity(PAGES);
    let mut page = String::new();
    for _ in 0..PAGES {
        let asked = Instant::now();
        page = world.controller().metrics_page().await?;
        millis.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
    millis.sort_unstable_by(f64::total_cmp);
    let usage = Usage::of_service(world.controller()).await?;
    let calls = world.s3().journal().calls();
    // That it asked STS who it is, is none of a bucket's business.
    if let Some(call) = calls.iter().find(|call| call.bucket.is_some()) {
        return Err(unexpected(&format!("it called {}, and should have been a standby", call.operation)));
    }
    Ok(Page {
        series: number(Scrape::parse(&page).samples().len()),
        mib: mib(u64::try_from(page.len()).unwrap_or(u64::MAX)),
        p50_millis: millis.get(PAGES / 2).copied().unwrap_or(f64::INFINITY),
        most_millis: millis.last().copied().unwrap_or(f64::INFINITY),
        memory_mib: mib(usage.resident),
    })
}

/// Writes each Bucket's status, as the controller would have: some have drift that stands.
async fn tell(client: &Client, namespace: &str, number: u32) -> Result<()> {
    let api: &Api<Bucket> = &Api::namespaced(client.clone(), namespace);
    let told = stream::iter(0..number).map(|index| async move {
        let (name, patch) = (name(FLEET, index), Patch::Merge(status(index % DRIFTED == 0)));
        let doing = format!("write the status of the Bucket {name}");
        api.patch_status(&name, &PatchParams::default(), &patch).await.map_err(Error::kubernetes(doing))
    });
    told.buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await
}

fn status(is_drifted: bool) -> Value {
    let now = Timestamp::now().to_string();
    let condition = |kind: &str, is_so: bool, reason: &str| {
        let status = if is_so { "True" } else { "False" };
        json!({ "type": kind, "status": status, "reason": reason, "observedGeneration": 1, "lastTransitionTime": now })
    };
    let conditions = [
        condition("ACK.ResourceSynced", true, "Synced"),
        condition("Ready", true, "Synced"),
        condition("Drifted", is_drifted, if is_drifted { "DriftDetected" } else { "InSync" }),
    ];
    let drift = is_drifted.then(|| {
        let entry = |config: &str, field: &str| json!({ "config": config, "field": field, "firstSeen": now, "lastSeen": now });
        [entry("versioning", "spec.versioning.status"), entry("cors", "spec.cors")]
    });
    json!({ "status": { "observedGeneration": 1, "lastChecked": now, "conditions": conditions, "drift": drift } })
}

/// Somebody else works, and will for long.
async fn hold_lease(client: &Client) -> Result<()> {
    let now = MicroTime(k8s_openapi::jiff::Timestamp::now());
    let spec = LeaseSpec {
        holder_identity: Some("somebody-else".to_owned()),
        lease_duration_seconds: Some(36_000),
        acquire_time: Some(now.clone()),
        renew_time: Some(now),
        ..LeaseSpec::default()
    };
    let lease = Lease { metadata: ObjectMeta { name: Some(LEASE.to_owned()), ..ObjectMeta::default() }, spec: Some(spec) };
    let api: Api<Lease> = Api::namespaced(client.clone(), NAMESPACE);
    api.create(&PostParams::default(), &lease).await.map(drop).map_err(Error::kubernetes("make the Lease of somebody else".to_owned()))
}

/// Waits until the standby knows all of them.
async fn known(world: &World, buckets: u32) -> Result<()> {
    let all = || async {
        let metrics = world.controller().metrics().await.ok()?;
        let ready = metrics.samples().iter().filter(|sample| sample.name == "cooper_bucket_ready").count();
        (u32::try_from(ready).is_ok_and(|ready| ready >= buckets)).then_some(())
    };
    world.until("the standby to know all Buckets", all).await
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

fn unexpected(reason: &str) -> Error {
    Error::Unexpected { what: "the controller".to_owned(), reason: reason.to_owned() }
}
