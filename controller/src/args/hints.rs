//! Who tells the controller of changes.

use clap::Args;

/// Who tells the controller of changes.
#[derive(Clone, Debug, Args)]
pub struct HintsArgs {
    /// URL of an SQS queue of events about changes of buckets (CloudTrail or AWS Config, by EventBridge); empty for none.
    #[arg(long, value_name = "URL", default_value = "", hide_default_value = true)]
    pub hint_queue_url: String,
    /// Checks a second, at most, that such events lead to; 0 for as many as there are events.
    #[arg(long, value_name = "NUMBER", default_value_t = 20.0)]
    pub hints_per_second: f64,
}
