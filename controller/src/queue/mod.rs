//! The queue of Buckets that want a pass. Four lanes (a user's edit, a hint, a retry, the sweep), and each Bucket there once at most, with one
//! pass at a time.
//!
//! [`Lanes`] decides, purely; [`run`] is the clockwork around it.

mod crowd;
mod key;
mod lanes;
mod metrics;
mod turns;

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::{FutureExt, Stream, StreamExt};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use self::key::Key;
pub use self::lanes::{Lanes, Start};
pub use self::metrics::QueueMetrics;
pub use self::turns::Turns;
use crate::trigger::Lane;

/// How long after a pass that panicked outside its own frame the Bucket is tried again.
const AFTER_PANIC: Duration = Duration::from_mins(5);

tokio::task_local! {
    static LANE: Lane;
}

/// The lane of the pass that this is called from; that of edits outside a pass.
#[must_use]
pub fn lane() -> Lane {
    LANE.try_with(|lane| *lane).unwrap_or(Lane::Edit)
}

/// What is asked of the queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A pass as soon as it is its turn.
    Now(Key, Lane),
    /// A pass at that time, unless one comes before.
    At(Key, Lane, Instant),
    /// No pass any more: the Bucket is gone.
    Forget(Key),
}

/// What follows a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// After this time.
    pub after: Duration,
    /// In this lane.
    pub lane: Lane,
}

/// Runs passes as the commands ask for them, so many at the same time, until it is told to stop; then waits for those under way.
/// A pass says what follows it, if anything does.
pub async fn run<P, F>(commands: impl Stream<Item = Command>, workers: u16, metrics: QueueMetrics, stop: CancellationToken, pass: P)
where
    P: Fn(Key) -> F,
    F: Future<Output = Option<Next>> + Send + 'static,
{
    let mut lanes = Lanes::new(usize::from(workers));
    let mut passes: JoinSet<(Key, Option<Next>)> = JoinSet::new();
    let mut commands = std::pin::pin!(commands.fuse());
    loop {
        while let Some(Start { key, lane, waited }) = lanes.start(Instant::now()) {
            metrics.started(lane, waited);
            let under_way = AssertUnwindSafe(LANE.scope(lane, pass(key.clone()))).catch_unwind();
            passes.spawn(async move { (key, under_way.await.unwrap_or_else(|_| Some(after_panic()))) });
        }
        metrics.show(&lanes);
        let due = lanes.next_due();
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = passes.join_next() => end(&mut lanes, ended),
            Some(command) = commands.next() => obey(&mut lanes, command),
            () = until(due) => {}
        }
    }
    while let Some(ended) = passes.join_next().await {
        end(&mut lanes, ended);
        metrics.show(&lanes);
    }
}

fn obey(lanes: &mut Lanes, command: Command) {
    match command {
        Command::Now(key, lane) => lanes.push(&key, lane, Instant::now()),
        Command::At(key, lane, at) => lanes.push_at(&key, lane, at),
        Command::Forget(key) => lanes.forget(&key),
    }
}

fn end(lanes: &mut Lanes, ended: Result<(Key, Option<Next>), tokio::task::JoinError>) {
    let now = Instant::now();
    // Panics are caught inside the task, and nobody aborts one while the queue is there.
    if let Ok((key, next)) = ended {
        lanes.end(&key, next.map(|next| (now + next.after, next.lane)), now);
    }
}

fn after_panic() -> Next {
    tracing::error!("a pass panicked outside its frame; this is a bug");
    Next { after: AFTER_PANIC, lane: Lane::Retry }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
