//! The life of a fleet: created, checked for the first time, restarted, drifted and repaired, and as many created again.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::Args;
use super::crowd::Follower;
use super::figures::{Figures, count};
use super::stage::{FLEET, Stage, unexpected};
use crate::bench::passes::Pass;
use crate::error::Result;
use crate::s3::Calls;

/// The controller reads a new bucket for the first time after half a minute.
const FIRST_CHECK: Duration = Duration::from_secs(31);
/// How long a controller has after a restart to begin whatever it wants to do.
const RESTART: Duration = Duration::from_secs(5);
/// As many Buckets again, made while the controller runs.
const LIVE: &str = "cooper-bench-live";
/// Buckets with every sub-configuration declared, and how many.
const EVERYTHING: &str = "cooper-bench-all";
const ALL: u32 = 10;

/// Measures a controller: this workspace's, or another.
///
/// # Errors
/// The world did not come up, or the controller did not do its work in time.
pub async fn measure(args: &Args, program: Option<&Path>) -> Result<Figures> {
    let stage = Box::pin(Stage::set(args, program)).await?;
    let mut figures = Figures::default();
    let follower = stage.follow();
    created(&stage, &follower, &mut figures).await?;
    let checked = first_check(&stage, &mut figures).await?;
    restarted(&stage, &mut figures).await?;
    swept(&stage, checked, &mut figures).await?;
    live(&stage, &follower, &mut figures).await?;
    everything(&stage, &follower, &mut figures).await?;
    Ok(figures)
}

/// The Buckets are stored before the controller starts.
async fn created(stage: &Stage<'_>, follower: &Follower, figures: &mut Figures) -> Result<()> {
    say("creating the Buckets, then starting the controller");
    stage.create(FLEET).await?;
    let started = Instant::now();
    stage.start(None).await?;
    follower.synced(stage.args.buckets, stage.patience()).await?;
    figures.create_seconds = started.elapsed().as_secs_f64();
    figures.create_cpu_seconds = stage.usage().await?.cpu.as_secs_f64();
    let calls = stage.calls();
    figures.create_operations = calls.counts();
    let passes: Vec<Pass> = stage.passes(&calls).values().filter_map(|passes| passes.first()).copied().collect();
    figures.create_calls = mean(passes.iter().map(|pass| count(pass.calls)));
    figures.create_millis = mean(passes.iter().map(Pass::millis));
    Ok(())
}

/// What creation took for granted is read soon after. Gives the moment when that was over.
async fn first_check(stage: &Stage<'_>, figures: &mut Figures) -> Result<Instant> {
    say("waiting for the first check");
    let before = stage.world.s3().journal().total();
    stage.quiet(FIRST_CHECK).await?;
    let calls = stage.world.s3().journal().total().saturating_sub(before);
    figures.first_check_calls = f64::from(u32::try_from(calls).unwrap_or(u32::MAX)) / f64::from(stage.args.buckets);
    let usage = stage.usage().await?;
    (figures.idle_mib, figures.most_mib) = (mib(usage.resident), mib(usage.most_resident));
    Ok(Instant::now())
}

/// Nothing is due.
async fn restarted(stage: &Stage<'_>, figures: &mut Figures) -> Result<()> {
    say("restarting it with everything in sync");
    stage.stop().await?;
    stage.world.s3().journal().clear();
    let started = Instant::now();
    stage.start(None).await?;
    let ready = started.elapsed().as_secs_f64();
    stage.quiet(RESTART).await?;
    let usage = stage.usage().await?;
    let calls = stage.calls();
    let all = all_passes(stage, &calls);
    figures.restart_calls = all.iter().map(|pass| pass.calls).sum();
    figures.restart_seconds = ready + duration(&all);
    (figures.restart_cpu_seconds, figures.restarted_mib) = (usage.cpu.as_secs_f64(), mib(usage.resident));
    Ok(())
}

/// Everything is looked at and some buckets are not as they were.
async fn swept(stage: &Stage<'_>, checked: Instant, figures: &mut Figures) -> Result<()> {
    say("changing buckets behind its back and letting it check all");
    let drifted = if stage.is_ours { asked_for(stage).await? } else { all_due(stage, checked).await? };
    stage.swept(&drifted).await?;

    let calls = stage.calls();
    let passes = stage.passes(&calls);
    let first: BTreeMap<&str, Pass> = passes.iter().filter_map(|(name, passes)| Some((*name, *passes.first()?))).collect();
    let clean: Vec<Pass> =
        first.iter().filter(|(name, _)| !drifted.iter().any(|changed| changed == *name)).map(|(_, pass)| *pass).collect();
    let all: Vec<Pass> = first.values().copied().collect();
    let repairs: Vec<Pass> = drifted.iter().filter_map(|name| first.get(name.as_str()).copied()).collect();
    let began = all.iter().map(|pass| pass.began).min().ok_or_else(|| unexpected("the sweep", "it made no call"))?;
    let repaired = repairs.iter().map(|pass| pass.ended).max().unwrap_or(began);

    figures.check_calls = mean(clean.iter().map(|pass| count(pass.calls)));
    figures.check_round_trips = median(clean.iter().map(|pass| pass.round_trips));
    figures.check_at_once = median(clean.iter().map(|pass| pass.at_once));
    figures.check_millis = mean(clean.iter().map(Pass::millis));
    figures.sweep_calls = all.iter().map(|pass| pass.calls).sum();
    figures.sweep_seconds = duration(&all);
    figures.sweep_cpu_seconds = stage.usage().await?.cpu.as_secs_f64();
    (figures.drifted, figures.repair_seconds) = (stage.args.drifting(), repaired.saturating_sub(began).as_secs_f64());
    Ok(())
}

/// Has our controller look at everything now. After a restart it would spread what is overdue.
async fn asked_for(stage: &Stage<'_>) -> Result<Vec<String>> {
    let drifted = stage.drift()?;
    stage.world.s3().journal().clear();
    stage.ask_for_all().await?;
    Ok(drifted)
}

/// Has another controller look at everything: it does so where it starts a period after the last checks, or whenever it
/// starts. The next checks then follow a period later, when this one is over.
async fn all_due(stage: &Stage<'_>, checked: Instant) -> Result<Vec<String>> {
    let period = Duration::from_secs(u64::from(stage.args.buckets / 15).max(20));
    stage.stop().await?;
    let drifted = stage.drift()?;
    tokio::time::sleep((period.mul_f64(1.1) + Duration::from_secs(1)).saturating_sub(checked.elapsed())).await;
    stage.world.s3().journal().clear();
    stage.start(Some(period)).await?;
    Ok(drifted)
}

/// As many Buckets again while the controller runs.
async fn live(stage: &Stage<'_>, follower: &Follower, figures: &mut Figures) -> Result<()> {
    say("creating as many again while it runs");
    stage.start(Some(Duration::from_hours(10))).await?;
    let started = Instant::now();
    stage.create(LIVE).await?;
    follower.synced(stage.args.buckets.saturating_mul(2), stage.patience()).await?;
    figures.live_seconds = started.elapsed().as_secs_f64();
    Ok(())
}

/// A few Buckets that declare all there is. Another controller may never be done with them.
async fn everything(stage: &Stage<'_>, follower: &Follower, figures: &mut Figures) -> Result<()> {
    if stage.args.controller.is_some() {
        return Ok(());
    }
    say("creating Buckets with every sub-configuration declared");
    stage.world.s3().journal().clear();
    stage.create_everything(EVERYTHING, ALL).await?;
    follower.synced(stage.args.buckets.saturating_mul(2) + ALL, stage.patience()).await?;
    let calls = stage.calls();
    let passes: Vec<Pass> =
        stage.passes(&calls).into_iter().filter(|(name, _)| name.starts_with(EVERYTHING)).flat_map(|(_, all)| all).collect();
    figures.everything_calls = mean(passes.iter().map(|pass| count(pass.calls)));
    figures.everything_millis = mean(passes.iter().map(Pass::millis));
    Ok(())
}

fn all_passes(stage: &Stage<'_>, calls: &Calls) -> Vec<Pass> {
    stage.passes(calls).into_values().flatten().collect()
}

/// From the first call of any pass to the last.
fn duration(passes: &[Pass]) -> f64 {
    let (began, ended) = (passes.iter().map(|pass| pass.began).min(), passes.iter().map(|pass| pass.ended).max());
    began.zip(ended).map_or(0.0, |(began, ended)| ended.saturating_sub(began).as_secs_f64())
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, number) = values.fold((0.0, 0.0), |(sum, number), value| (sum + value, number + 1.0));
    if number > 0.0 { sum / number } else { 0.0 }
}

/// A machine that is busy with something else parts calls that were made at once: the median does not mind a few of these.
fn median(values: impl Iterator<Item = usize>) -> usize {
    let mut sorted: Vec<usize> = values.collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn mib(bytes: u64) -> f64 {
    u32::try_from(bytes >> 10).map_or(f64::INFINITY, |kib| f64::from(kib) / 1024.0)
}

fn say(what: &str) {
    eprintln!("{what} ...");
}
