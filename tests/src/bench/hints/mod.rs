//! From a hint in the queue to the first read of its bucket, with the flags that the controller has by default.

pub mod args;
pub mod figures;

pub use args::Args;

use std::time::Duration;

use serde_json::json;

use crate::bench::buckets;
use crate::bench::fleet::crowd::{Follower, create, name};
use crate::bench::table::table;
use crate::error::{Error, Result};
use crate::hints::{Event, HintQueue};
use crate::localstack::LocalStack;
use crate::s3::S3Options;
use crate::scrape::Scrape;
use crate::world::{Options, World};
use figures::{Sent, bound, quantile, waits};

const FLEET: &str = "cooper-bench-hints";
/// What was promised for 99 of 100 hints, in seconds.
const BUDGET: f64 = 1.0;
/// Longer than it takes until the first check after a creation.
const SILENCE: Duration = Duration::from_secs(35);
const POLL: Duration = Duration::from_millis(200);

/// Measures, and prints what came of it. False if `--check` was given and the budget does not hold.
///
/// # Errors
/// The world could not be brought up, or a hint led to nothing.
pub async fn run(args: &Args) -> Result<bool> {
    let server = LocalStack::start().await?;
    let queue = HintQueue::create(&server, "hints").await?;
    let s3 = S3Options { latency: args.latency(), journal_limit: 1_000_000, ..S3Options::default() };
    let options = Options { webhook: false, s3, ..Options::default() }.controller_flag("--hint-queue-url", queue.url());
    let world = World::start(options).await?;
    let namespace = world.namespace("hints", &[]).await?;
    let client = world.client().await?;
    let follower = Follower::start(client.clone(), &namespace);
    create(&client, &namespace, FLEET, args.buckets, buckets::full).await?;
    follower.synced(args.buckets, patience(args)).await?;
    rest(&world, args).await?;

    let sent = send(&world, &queue, args).await?;
    let (measured, scrape) = arrived(&world, &sent, args).await?;
    print(args, &measured, &scrape);
    let receipt = bound(&scrape, "cooper_hint_to_read_seconds", 0.99);
    let (median, slowest) = (quantile(&measured, 0.5), quantile(&measured, 0.99));
    let report = json!({ "buckets": args.buckets, "hints": args.hints, "perSecond": args.per_second, "latencyMillis": args.latency_ms,
        "sentToReadP50Seconds": median, "sentToReadP99Seconds": slowest, "receiptToReadP99AtMostSeconds": receipt, "budgetSeconds": BUDGET });
    args.outcome.of(&report, receipt <= BUDGET && slowest <= BUDGET)
}

fn patience(args: &Args) -> Duration {
    Duration::from_mins(2) + args.latency() * 100 * args.buckets + args.apart() * args.hints
}

/// Waits until the first checks are over: what comes then, comes because of hints.
async fn rest(world: &World, args: &Args) -> Result<()> {
    let journal = world.s3().journal();
    let quiet = || journal.calls().iter().map(|call| call.at).max().is_none_or(|last| journal.now().saturating_sub(last) >= SILENCE);
    let deadline = journal.now() + patience(args) + SILENCE;
    while !quiet() {
        if journal.now() >= deadline {
            return Err(late("the controller to come to rest", args, world));
        }
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}

/// Sends the hints, so far apart.
async fn send(world: &World, queue: &HintQueue, args: &Args) -> Result<Vec<Sent>> {
    let mut clock = tokio::time::interval(args.apart());
    let mut sent = Vec::new();
    for number in 0..args.hints {
        clock.tick().await;
        let bucket = name(FLEET, number % args.buckets);
        let (body, at) = (Event::new("PutBucketTagging", &bucket).body(), world.s3().journal().now());
        queue.send(&body).await?;
        sent.push(Sent { bucket, at });
    }
    Ok(sent)
}

/// Waits until each hint led to a call, and the controller says so.
async fn arrived(world: &World, sent: &[Sent], args: &Args) -> Result<(Vec<f64>, Scrape)> {
    let journal = world.s3().journal();
    let deadline = journal.now() + patience(args);
    loop {
        let scrape = world.controller().metrics().await?;
        let read = scrape.value("cooper_hint_to_read_seconds_count", &[]).unwrap_or_default();
        // Two hints that are alike and meet are one.
        let alike = scrape.value("cooper_hints_total", &[("result", "duplicate")]).unwrap_or_default();
        if let Some(waits) = waits(sent, &journal.calls())
            && read + alike >= f64::from(args.hints)
        {
            return Ok((waits, scrape));
        }
        if journal.now() >= deadline {
            return Err(late("each hint to lead to a call", args, world));
        }
        tokio::time::sleep(POLL).await;
    }
}

fn late(waiting_for: &str, args: &Args, world: &World) -> Error {
    Error::Timeout { waiting_for: waiting_for.to_owned(), within: patience(args), seen: world.logs() }
}

fn print(args: &Args, measured: &[f64], scrape: &Scrape) {
    println!(
        "{} hints over {} Buckets, {} a second, {} ms per S3 call; seconds\n",
        args.hints, args.buckets, args.per_second, args.latency_ms
    );
    let receipt = |of| format!("at most {}", bound(scrape, "cooper_hint_to_read_seconds", of));
    let journal = |of| format!("{:.3}", quantile(measured, of));
    let limit = format!("{BUDGET:.3}");
    let rows = [
        vec!["receipt to S3's first answer (the controller's histogram)".to_owned(), receipt(0.5), receipt(0.99), limit.clone()],
        vec!["sent to the first read (the S3 model's journal)".to_owned(), journal(0.5), journal(0.99), limit],
    ];
    println!("{}", table(&["", "p50", "p99", "p99 at most"], &rows));
    let count = |result| scrape.value("cooper_hints_total", &[("result", result)]).unwrap_or_default();
    println!("enqueued {}, duplicate {}, limited {}", count("enqueued"), count("duplicate"), count("limited"));
}
