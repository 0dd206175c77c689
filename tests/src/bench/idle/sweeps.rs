//! Sweeps over Buckets that nobody touches.

use std::time::{Duration, Instant};

use super::Args;
use super::figures::Sweeps;
use crate::bench::buckets;
use crate::bench::fleet::crowd::{Follower, create};
use crate::bench::process::Usage;
use crate::error::{Error, Result};
use crate::s3::S3Options;
use crate::scrape::Scrape;
use crate::world::{Options, World};

/// How often the metrics are read.
const SAMPLE: Duration = Duration::from_secs(2);
const FLEET: &str = "cooper-bench-idle";
/// What the names of operations begin with that only look.
const LOOKS: [&str; 3] = ["Get", "List", "Head"];

/// Makes the Buckets, waits until each was checked, and watches for the time that the arguments say.
///
/// # Errors
/// The world did not come up, or the controller did not do its work in time.
pub async fn watch(args: &Args) -> Result<Sweeps> {
    let world = begun(args).await?;
    let begin = Sample::take(&world).await?;
    let started = Instant::now();
    let mut sweeps = Sweeps::default();
    let mut told = 0;
    while started.elapsed() < args.time() {
        tokio::time::sleep(SAMPLE.min(args.time().saturating_sub(started.elapsed()))).await;
        let metrics = world.controller().metrics().await?;
        sweeps.overdue = sweeps.overdue.max(value(&metrics, "cooper_checks_overdue", &[]));
        sweeps.oldest = sweeps.oldest.max(value(&metrics, "cooper_check_oldest_age_seconds", &[]));
        let minutes = started.elapsed().as_secs() / 60;
        if minutes > told {
            told = minutes;
            eprintln!("{minutes} of {} minutes, {} checks ...", args.minutes, checks(&metrics) - begin.checks);
        }
    }
    let (end, seconds) = (Sample::take(&world).await?, started.elapsed().as_secs_f64());
    Ok(Sweeps {
        seconds,
        checks: end.checks - begin.checks,
        not_in_sync: end.not_in_sync - begin.not_in_sync,
        detected: end.detected - begin.detected,
        reads: float(end.reads.saturating_sub(begin.reads)),
        writes: float(end.writes.saturating_sub(begin.writes)),
        begin_mib: mib(begin.usage.resident),
        end_mib: mib(end.usage.resident),
        cpu_seconds: end.usage.cpu.saturating_sub(begin.usage.cpu).as_secs_f64(),
        ..sweeps
    })
}

/// A world in which each Bucket was made and checked, and no check is late.
async fn begun(args: &Args) -> Result<World> {
    let s3 = S3Options { latency: args.latency(), journal_limit: 1000, ..S3Options::default() };
    let options = Options { webhook: false, controller: false, s3, ..Options::default() }
        .check_every(args.period)
        .controller_flag("--reconcile-default-max-concurrent-syncs", &args.concurrency.to_string());
    let world = World::start(options).await?;
    let (namespace, client) = (world.namespace("idle", &[]).await?, world.client().await?);
    eprintln!("creating {} Buckets, then waiting until each was checked ...", args.buckets());
    create(&client, &namespace, FLEET, args.buckets(), buckets::full).await?;
    let follower = Follower::start(client, &namespace);
    world.controller().start().await?;
    let patience = Duration::from_mins(5) + args.latency() * 100 * args.buckets();
    follower.synced(args.buckets(), patience).await?;
    let started = Instant::now();
    loop {
        let metrics = world.controller().metrics().await?;
        let (checked, oldest) = (checks(&metrics), value(&metrics, "cooper_check_oldest_age_seconds", &[]));
        // The first checks come in the order of the creations, all of them soon.
        if checked >= f64::from(args.buckets()) && oldest <= args.period().as_secs_f64() * 1.1 {
            return Ok(world);
        }
        if started.elapsed() >= patience {
            let (waiting_for, seen) = ("each Bucket to be checked".to_owned(), format!("{checked} checks\n{}", world.logs()));
            return Err(Error::Timeout { waiting_for, within: patience, seen });
        }
        tokio::time::sleep(SAMPLE).await;
    }
}

/// All that counts up.
struct Sample {
    checks: f64,
    not_in_sync: f64,
    detected: f64,
    reads: u64,
    writes: u64,
    usage: Usage,
}

impl Sample {
    async fn take(world: &World) -> Result<Self> {
        let metrics = world.controller().metrics().await?;
        let (looks, writes): (Vec<_>, Vec<_>) =
            world.s3().journal().counts().into_iter().partition(|(operation, _)| LOOKS.iter().any(|look| operation.starts_with(look)));
        let sum = |counts: Vec<(&str, u64)>| counts.into_iter().map(|(_, count)| count).sum();
        Ok(Self {
            checks: checks(&metrics),
            not_in_sync: checks(&metrics) - value(&metrics, "cooper_drift_checks_total", &[("result", "in_sync")]),
            detected: value(&metrics, "cooper_drift_detected_total", &[]),
            reads: sum(looks),
            writes: sum(writes),
            usage: Usage::of_service(world.controller()).await?,
        })
    }
}

fn checks(metrics: &Scrape) -> f64 {
    value(metrics, "cooper_drift_checks_total", &[])
}

/// A series that is missing is no good sign.
fn value(metrics: &Scrape, name: &str, labels: &[(&str, &str)]) -> f64 {
    metrics.value(name, labels).unwrap_or(f64::INFINITY)
}

fn float(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// Bytes as MiB.
pub(super) fn mib(bytes: u64) -> f64 {
    float(bytes >> 10) / 1024.0
}
