//! A fleet is made, restarted, left overdue, edited in the middle of its sweep; then a smaller one is swept while S3 refuses.

use std::time::{Duration, Instant};

use super::Args;
use super::edits::{self, Edit};
use super::figures::{Figures, Limited, Waits};
use super::stage::{Fleet, Stage};
use crate::bench::fleet::figures::count;
use crate::error::Result;

/// How long a controller has after a restart to begin whatever it wants to do.
const RESTART: Duration = Duration::from_secs(15);
/// A check is due this much after the period at the latest.
const LATEST: f64 = 1.1;
/// What S3 answers beyond its rate, as time at that rate.
const BURST: f64 = 0.1;

pub(super) async fn measure(args: &Args) -> Result<Figures> {
    let stage = Box::pin(Stage::set(args)).await?;
    let mut figures = Figures::default();
    say("creating the Buckets, starting the controller and waiting for the first checks");
    let (fleet, seconds, usage) = stage.fleet("scale", args.buckets).await?;
    let checked = Instant::now();
    figures.create_seconds = seconds;
    (figures.idle_mib, figures.most_mib) = (mib(usage.resident), mib(usage.most_resident));
    restarted(&stage, &fleet, &mut figures).await?;
    let calls_each = overdue(&stage, &fleet, checked, &mut figures).await?;
    say("making the smaller fleet");
    let (fleet, ..) = stage.fleet("limited", args.limited).await?;
    let mut checked = Instant::now();
    say("checking it while S3 refuses what is too much");
    (figures.limited, _) = limited(&stage, &fleet, &mut checked, calls_each, 0).await?;
    say("the same, with edits");
    (_, figures.limited_edits) = limited(&stage, &fleet, &mut checked, calls_each, args.edits).await?;
    Ok(figures)
}

/// Nothing is due.
async fn restarted(stage: &Stage<'_>, fleet: &Fleet, figures: &mut Figures) -> Result<()> {
    say("restarting it with everything in sync");
    stage.start(fleet, None).await?;
    stage.quiet(RESTART).await?;
    figures.restart_calls = count(stage.calls().iter().filter(|entry| entry.bucket.is_some()).count());
    let usage = stage.usage().await?;
    (figures.restarted_mib, figures.most_mib) = (mib(usage.resident), figures.most_mib.max(mib(usage.most_resident)));
    stage.stop().await
}

/// Everything is overdue, as after a long rest. Gives the calls of one check.
async fn overdue(stage: &Stage<'_>, fleet: &Fleet, checked: Instant, figures: &mut Figures) -> Result<usize> {
    let period = stage.args.period();
    say("waiting until all are overdue");
    sleep_until_overdue(checked, period).await;
    say("restarting it with everything overdue");
    let journal = stage.world.s3().journal();
    stage.start(fleet, Some(period)).await?;
    let began = journal.now();
    tokio::time::sleep(stage.args.ten_minutes()).await;
    let soon = stage.calls().iter().filter(|entry| entry.bucket.is_some()).count();
    let edits = edit(stage, fleet, stage.args.edits, period / 3).await?;
    let calls_each = calls_of_a_check(stage, fleet, &edits);
    let (_, ended) = stage.checked(fleet, calls_each).await?;
    arrived(stage, &edits).await?;
    let usage = stage.usage().await?;
    let calls = stage.calls();
    stage.stop().await?;
    figures.most_mib = figures.most_mib.max(mib(usage.most_resident));
    figures.sweep_calls = count(calls_each) * f64::from(fleet.number);
    figures.overdue_percent = 100.0 * count(soon) / figures.sweep_calls;
    figures.overdue_seconds = ended.saturating_sub(began).as_secs_f64();
    figures.edits = edits::waits(&edits, &calls);
    Ok(calls_each)
}

/// A sweep while S3 answers so many requests a second.
async fn limited(stage: &Stage<'_>, fleet: &Fleet, checked: &mut Instant, calls_each: usize, edits: u32) -> Result<(Limited, Waits)> {
    let per_second = f64::from(stage.args.per_second);
    let calls = count(calls_each) * f64::from(fleet.number);
    let ideal = Duration::from_secs_f64(calls / per_second);
    // What is overdue comes within half a period: faster than S3 answers. The next round begins when this one is over.
    let period = ideal.mul_f64(1.6).max(Duration::from_secs(2));
    sleep_until_overdue(*checked, period).await;
    let faults = stage.world.s3().faults();
    let rule = faults.rate_limit(per_second, per_second * BURST);
    stage.start(fleet, Some(period)).await?;
    let edits = edit(stage, fleet, edits, ideal.mul_f64(0.7)).await?;
    let (began, ended) = stage.checked(fleet, calls_each).await?;
    arrived(stage, &edits).await?;
    stage.stop().await?;
    faults.remove(rule);
    *checked = Instant::now();
    let record = stage.calls();
    let limited = Limited {
        calls,
        ideal_seconds: ideal.as_secs_f64(),
        seconds: ended.saturating_sub(began).as_secs_f64(),
        refused: count(record.iter().filter(|entry| entry.status == 503).count()),
        created: count(record.named("CreateBucket").len()),
    };
    Ok((limited, edits::waits(&edits, &record)))
}

async fn edit(stage: &Stage<'_>, fleet: &Fleet, number: u32, within: Duration) -> Result<Vec<Edit>> {
    // Far apart in the order of creation, and none twice.
    let names = (0..number.min(fleet.number)).map(|index| fleet.name(index * (fleet.number / number.max(1)).max(1)));
    edits::make(&stage.api(fleet), stage.world.s3().journal(), names, within / number.max(1)).await
}

async fn arrived(stage: &Stage<'_>, edits: &[Edit]) -> Result<()> {
    stage.until("all edits to reach S3", || edits::arrived(edits, &stage.calls())).await
}

/// The most calls that any bucket took that was not edited: one check.
fn calls_of_a_check(stage: &Stage<'_>, fleet: &Fleet, edits: &[Edit]) -> usize {
    let calls = stage.calls();
    let names = (0..fleet.number).map(|index| fleet.name(index)).filter(|name| !edits.iter().any(|edit| edit.bucket == *name));
    let mut by_bucket = std::collections::HashMap::new();
    for bucket in calls.iter().filter_map(|entry| entry.bucket.as_deref()) {
        *by_bucket.entry(bucket).or_insert(0) += 1;
    }
    names.filter_map(|name| by_bucket.get(name.as_str()).copied()).max().unwrap_or(1)
}

async fn sleep_until_overdue(checked: Instant, period: Duration) {
    tokio::time::sleep((period.mul_f64(LATEST) + Duration::from_secs(2)).saturating_sub(checked.elapsed())).await;
}

fn mib(bytes: u64) -> f64 {
    u32::try_from(bytes >> 10).map_or(f64::INFINITY, |kib| f64::from(kib) / 1024.0)
}

fn say(what: &str) {
    eprintln!("{what} ...");
}
