//! The world with two replicas, and everything that happens to it at once.

use std::time::Duration;

use super::args::Plan;
use super::callers::{Stranger, Writers};
use super::figures::Figures;
use super::stream::Tally;
use crate::bench::scale::figures::at;
use crate::error::{Error, Result};
use crate::world::{Options, World};

/// How many Buckets are changed in turn.
const BUCKETS: usize = 20;
/// How many failures are told.
const TOLD: usize = 20;

pub(super) async fn soak(plan: &Plan) -> Result<Figures> {
    say("starting a control plane and two replicas of the webhook");
    let world = Box::pin(World::start(options(plan))).await?;
    let namespace = world.namespace("soak", &[]).await?;
    let people = Writers::new(world.client().await?, &namespace, BUCKETS);
    let stranger = Stranger::new(world.client().await?);
    let refused = |reason| Error::Unexpected { what: "the first Buckets".to_owned(), reason };
    people.prepare().await.map_err(refused)?;

    let lost_before = world.lost_connections();
    say(&format!("writing for {} s", plan.length.as_secs()));
    let (writes, handshakes, before) = (Tally::new(), Tally::new(), said(&world));
    let ((), (), restarts) = tokio::join!(
        writes.at_rate(plan.writes, plan.length, |number| people.clone().write(number)),
        handshakes.at_rate(plan.handshakes, plan.length, |_| stranger.clone().ask()),
        restart(&world, plan),
    );
    let restarts = restarts?;
    let after = said(&world);

    let ((mut millis, mut failures), (asked, lost)) = (writes.end(), handshakes.end());
    millis.sort_by(f64::total_cmp);
    let (failed, handshakes_failed) = (failures.len(), lost.len());
    failures.extend(lost);
    failures.truncate(TOLD);
    Ok(Figures {
        writes: millis.len(),
        failed,
        p50: at(&millis, 50),
        p99: at(&millis, 99),
        renewals: after.renewals - before.renewals,
        exchanges: after.exchanges - before.exchanges,
        restarts,
        handshakes: asked.len(),
        handshakes_failed,
        certificates: stranger.certificates(),
        lost_connections: world.lost_connections() - lost_before,
        selfchecks_failed: after.selfchecks_failed - before.selfchecks_failed,
        failures,
    })
}

fn options(plan: &Plan) -> Options {
    let kubelet = Duration::from_secs(u64::from(plan.kubelet));
    let seconds = |seconds: u32| format!("{seconds}s");
    Options { controller: false, webhook_replicas: 2, kubelet, ..Options::default() }
        .certs_flag("--leaf-life", &seconds(plan.leaf))
        .certs_flag("--ca-life", &seconds(plan.authority))
        .certs_flag("--settle", &seconds(plan.settle))
        .certs_flag("--interval", &seconds(plan.kubelet))
        .webhook_flag("--cert-poll-seconds", &seconds(plan.poll))
        .webhook_flag("--drain-seconds", &seconds(plan.drain))
        .webhook_flag("--selfcheck-seconds", &seconds(plan.selfcheck))
}

/// Restarts all replicas so often, evenly over the time: each is asked to end, and the next one only once this one is back.
async fn restart(world: &World, plan: &Plan) -> Result<usize> {
    let mut pauses = tokio::time::interval(plan.length / (plan.restarts + 1));
    pauses.tick().await;
    let mut restarts = 0;
    for round in 1..=plan.restarts {
        pauses.tick().await;
        say(&format!("restarting the replicas, round {round} of {}", plan.restarts));
        restarts += world.restart_webhooks().await?;
    }
    Ok(restarts)
}

/// What the services' logs tell.
struct Said {
    renewals: usize,
    exchanges: usize,
    selfchecks_failed: usize,
}

fn said(world: &World) -> Said {
    let certs = world.certs().log();
    let failed = |log: String| log.matches("self-check failed").count();
    Said {
        renewals: certs.matches("signed a new server certificate").count(),
        exchanges: certs.matches("the next CA signs from now on").count(),
        selfchecks_failed: world.webhooks().map(|webhook| failed(webhook.log())).sum(),
    }
}

fn say(what: &str) {
    eprintln!("certificates: {what}");
}
