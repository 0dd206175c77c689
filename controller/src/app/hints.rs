//! Hints in the life of the process: the queue is asked once it can be known whom a hint is about.

use std::sync::Arc;

use super::caches;
use crate::context::Context;
use crate::hints::queue::Queue;
use crate::hints::{Consumer, Intake};
use crate::settings::hints::HintsSettings;
use crate::trigger::Triggers;

/// Asks the queue, where there is one. `caller` is the ARN of the controller's own identity.
pub(super) fn start(settings: &HintsSettings, context: &Arc<Context>, triggers: Triggers, caller: &str) {
    let Some(address) = &settings.queue else { return };
    let (queue, per_second) = (Queue::new(context.aws.sqs(address), &address.url), settings.per_second);
    let intake = Intake::new(Arc::clone(context), triggers, caller, per_second);
    let consumer = Consumer::new(queue, intake, context.metrics.hints.clone(), per_second);
    let context = Arc::clone(context);
    tokio::spawn(async move {
        if caches::filled(&context.buckets).await {
            consumer.run(context.leadership.clone(), context.stop.clone()).await;
        }
    });
}
