//! Asks the queue again and again while this process leads, and hands what comes to the [`Intake`].

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use shared::telemetry::Chain;
use tokio_util::sync::CancellationToken;

use super::Intake;
use super::metrics::HintMetrics;
use super::outage::Outage;
use super::queue::{LONG_POLL, MOST, Queue, QueueError};
use crate::lease::Leadership;

/// Asks the queue.
pub struct Consumer {
    queue: Queue,
    intake: Intake,
    metrics: HintMetrics,
    /// How many messages are taken at once.
    most: u16,
}

impl Consumer {
    /// Of this queue. Where few looks a second are allowed, few messages are taken at once: what waits is better off in the queue, where
    /// another process finds it if this one ends.
    #[must_use]
    pub fn new(queue: Queue, intake: Intake, metrics: HintMetrics, per_second: Option<f64>) -> Self {
        metrics.configured.set(1);
        let most = (1..=MOST).rev().find(|most| per_second.is_none_or(|rate| f64::from(*most) <= rate)).unwrap_or(1);
        Self { queue, intake, metrics, most }
    }

    /// Asks until `stop`, while this process leads. What came and was not taken in when that ends, comes again by itself.
    pub async fn run(mut self, leadership: Leadership, stop: CancellationToken) {
        let working = async {
            loop {
                leadership.won().await;
                let mut leads = leadership.watch();
                tokio::select! {
                    // An error is the end of the sender, which lives as long as `leadership`.
                    _ = leads.wait_for(|leads| !*leads) => {}
                    () = self.ask() => {}
                }
                self.metrics.up.set(0);
                self.intake.forget();
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = working => {}
        }
    }

    /// Asks for ever.
    async fn ask(&mut self) {
        let (mut outage, seed) = (Outage::default(), RandomState::new().hash_one(0));
        let mut is_new = true;
        loop {
            // The first answer is wanted at once: it says that the queue is there.
            let wait = if is_new || outage.is_on() { Duration::ZERO } else { LONG_POLL };
            match self.batch(wait).await {
                Ok(()) => {
                    self.metrics.up.set(1);
                    if outage.ended() || is_new {
                        tracing::info!(queue = self.queue.url(), "hints come from the queue");
                    }
                    is_new = false;
                }
                Err(error) => {
                    self.metrics.up.set(0);
                    let (is_first, wait) = outage.failed(seed);
                    if is_first {
                        tracing::warn!(error = %Chain(&error), "no hints come; checks come at their time as ever");
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    /// One batch of messages, taken in and then deleted.
    async fn batch(&mut self, wait: Duration) -> Result<(), QueueError> {
        let messages = self.queue.receive(self.most, wait).await?;
        let mut handles = Vec::with_capacity(messages.len());
        for message in messages {
            self.intake.take(message.body.as_deref().unwrap_or_default()).await;
            handles.extend(message.receipt_handle);
        }
        self.queue.delete(handles).await
    }
}
