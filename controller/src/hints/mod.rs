//! Where hints come from: an SQS queue that EventBridge fills with CloudTrail's events of S3, or AWS Config's. A hint has a Bucket
//! looked at within seconds instead of hours, and says who changed the bucket; it is never believed. Without the queue, checks come
//! at their time as ever.
//!
//! Reading order: [`message`] is what a body says (pure), [`intake`] what follows from it, [`consumer`] asks the queue.

mod cloudtrail;
mod config;
mod consumer;
#[cfg(test)]
mod deployed;
pub mod events;
mod intake;
pub mod message;
mod metrics;
mod names;
mod outage;
mod own;
mod pace;
pub mod queue;
mod repeats;

pub use self::consumer::Consumer;
pub use self::intake::Intake;
pub use self::metrics::HintMetrics;
