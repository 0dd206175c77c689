//! Whether the queue of hints can be asked.

use shared::telemetry::Chain;

use super::Finding;
use crate::aws::Aws;
use crate::hints::queue::Queue;
use crate::settings::hints::QueueAddress;

/// Asks the queue how many messages it has: none is taken. The controller works without it, with less.
pub(super) async fn finding(aws: &Aws, address: &QueueAddress) -> Finding {
    match Queue::new(aws.sqs(address), &address.url).depth().await {
        Ok(depth) => Finding::Fine(format!("the hint queue {} answers; about {depth} messages wait", address.url)),
        Err(error) => Finding::Warning(format!("no hints will come: {}", Chain(&error))),
    }
}
