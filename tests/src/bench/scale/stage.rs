//! The world of the bench: two namespaces of Buckets and the controller, which is stopped and started again and again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kube::{Api, Client};
use shared::Bucket;

use super::Args;
use crate::bench::buckets;
use crate::bench::fleet::crowd::{Follower, create, name};
use crate::bench::process::Usage;
use crate::error::{Error, Result};
use crate::s3::{Calls, S3Options};
use crate::world::{Options, World, override_flags};

/// How long nothing has to happen in S3 until the controller counts as idle.
const SILENCE: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(100);
/// How many calls the record keeps.
const KEPT: usize = 2_000_000;

pub(super) struct Stage<'a> {
    pub(super) args: &'a Args,
    pub(super) world: World,
    client: Client,
}

/// A namespace of Buckets.
#[derive(Clone, Debug)]
pub(super) struct Fleet {
    pub(super) namespace: String,
    pub(super) number: u32,
}

impl Fleet {
    /// The name of a Bucket of the fleet, and of its bucket.
    pub(super) fn name(&self, index: u32) -> String {
        name(&self.namespace, index % self.number)
    }
}

impl<'a> Stage<'a> {
    /// A world with a controller that does not run yet.
    pub(super) async fn set(args: &'a Args) -> Result<Self> {
        let s3 = S3Options { latency: args.latency(), journal_limit: KEPT, ..S3Options::default() };
        let options = Options { webhook: false, controller: false, s3, ..Options::default() };
        let options = options.controller_flag("--reconcile-default-max-concurrent-syncs", &args.concurrency.to_string());
        let world = World::start(options).await?;
        let client = world.client().await?;
        Ok(Self { args, world, client })
    }

    /// Stores the Buckets of a fleet, has the controller bring them in sync and check them, and stops it. What it used is told by
    /// `watch` in between.
    pub(super) async fn fleet(&self, prefix: &str, number: u32) -> Result<(Fleet, f64, Usage)> {
        let fleet = Fleet { namespace: self.world.namespace(prefix, &[]).await?, number };
        let follower = Follower::start(self.client.clone(), &fleet.namespace);
        create(&self.client, &fleet.namespace, &fleet.namespace, number, buckets::full).await?;
        let started = Instant::now();
        self.start(&fleet, None).await?;
        follower.synced(number, self.patience()).await?;
        let seconds = started.elapsed().as_secs_f64();
        // A new bucket is read for the first time half a minute after its creation.
        self.quiet(Duration::from_secs(31)).await?;
        let usage = self.usage().await?;
        self.stop().await?;
        Ok((fleet, seconds, usage))
    }

    /// The Buckets of a fleet, as the API server has them.
    pub(super) fn api(&self, fleet: &Fleet) -> Api<Bucket> {
        Api::namespaced(self.client.clone(), &fleet.namespace)
    }

    /// Starts the controller for this fleet, with this time between two checks. The record of calls begins anew.
    pub(super) async fn start(&self, fleet: &Fleet, period: Option<Duration>) -> Result<()> {
        self.world.s3().journal().clear();
        let period = period.map_or(0, |period| period.as_secs().max(1));
        let flags = [("--watch-namespace", fleet.namespace.clone()), ("--reconcile-default-resync-seconds", period.to_string())];
        let flags = flags.map(|(flag, value)| (flag.to_owned(), value));
        self.world.controller().restart_with(|launch| override_flags(launch, &flags)).await
    }

    pub(super) async fn stop(&self) -> Result<()> {
        self.world.controller().stop().await.map(drop)
    }

    pub(super) async fn usage(&self) -> Result<Usage> {
        Usage::of_service(self.world.controller()).await
    }

    pub(super) fn calls(&self) -> Calls {
        self.world.s3().journal().calls()
    }

    /// How long anything may take.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_mins(5) + self.args.latency() * 20 * self.args.buckets
    }

    /// Waits for this long at least, and then until no call reaches S3 for a while.
    pub(super) async fn quiet(&self, at_least: Duration) -> Result<()> {
        tokio::time::sleep(at_least).await;
        let (mut seen, mut since) = (self.world.s3().journal().total(), Instant::now());
        self.until("the controller to come to rest", || {
            let total = self.world.s3().journal().total();
            if total != seen {
                (seen, since) = (total, Instant::now());
            }
            since.elapsed() >= SILENCE
        })
        .await
    }

    /// Waits until each Bucket of the fleet was checked once: until its bucket was answered so many calls. Gives the time of the
    /// first call of all and of the last one that this took.
    pub(super) async fn checked(&self, fleet: &Fleet, calls_each: usize) -> Result<(Duration, Duration)> {
        let mut span = None;
        self.until("all buckets to be checked", || {
            span = span_of(&self.calls(), calls_each, fleet.number);
            span.is_some()
        })
        .await?;
        span.ok_or_else(|| Error::Unexpected { what: "the sweep".to_owned(), reason: "it made no call".to_owned() })
    }

    /// Waits until it is so.
    pub(super) async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) -> Result<()> {
        let deadline = Instant::now() + self.patience();
        while !is_so() {
            if Instant::now() >= deadline {
                let (waiting_for, within) = (what.to_owned(), self.patience());
                return Err(Error::Timeout { waiting_for, within, seen: self.world.logs() });
            }
            tokio::time::sleep(POLL.max(Duration::from_millis(u64::from(self.args.buckets / 10)))).await;
        }
        Ok(())
    }
}

/// From when to when so many buckets were each answered so many calls; `None` while they were not.
fn span_of(calls: &Calls, calls_each: usize, buckets: u32) -> Option<(Duration, Duration)> {
    let mut answered: HashMap<&str, usize> = HashMap::new();
    let (mut done, mut first, mut last) = (0, None, Duration::ZERO);
    for entry in calls.iter().filter(|entry| entry.status != 503) {
        let Some(bucket) = &entry.bucket else { continue };
        first = first.or(Some(entry.at));
        let known = answered.entry(bucket).or_default();
        *known += 1;
        if *known == calls_each {
            done += 1;
            last = last.max(entry.at + entry.took);
        }
    }
    first.zip((done >= buckets).then_some(last))
}
