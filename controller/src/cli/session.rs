//! The way to S3 of a command: the settings of the controller, the identity of whoever runs it, and no way to write.

use prometheus::Registry;
use shared::place::Identity;
use shared::resource_tags::TagTemplates;
use shared::serve::shutdown_on_signal;
use shared::subconfig::carry::Carry;
use tokio_util::sync::CancellationToken;

use super::CliError;
use crate::args::aws::AwsArgs;
use crate::aws::Aws;
use crate::calls::Counting;
use crate::lease::Leadership;
use crate::limiter::{LimiterMetrics, Limits, PerSecond};
use crate::metrics::Metrics;
use crate::settings::aws::AwsSettings;

/// What a command has at hand.
pub(super) struct Session {
    /// The way to AWS; requests that write do not leave.
    pub aws: Aws,
    /// Who calls, and what the controller brings along.
    pub identity: Identity,
    /// The members that S3 holds and nobody here knows.
    pub unknown: Carry,
    /// Cancelled by SIGINT and SIGTERM.
    pub stop: CancellationToken,
}

impl Session {
    /// Finds out who calls.
    ///
    /// # Errors
    /// A flag cannot be used, or AWS does not say who calls.
    pub(super) async fn open(args: AwsArgs, tags: TagTemplates) -> Result<Self, CliError> {
        let settings = AwsSettings::of(args)?;
        let stop = shutdown_on_signal().map_err(CliError::Signals)?;
        let registry = Registry::new();
        let unknown = Carry::new(&registry)?.noting();
        // A process that never leads is never let write.
        let limits = Limits::new(PerSecond::default(), settings.timeout, Leadership::none(), LimiterMetrics::new(&registry)?);
        let aws = Aws::load(settings.clone(), Counting(Metrics::new(&registry)?)).await.carrying(unknown.clone()).limited(limits);
        let caller = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(CliError::Interrupted { done: 0, total: 0 }),
            // The SDK tries again by itself; somebody is waiting.
            caller = aws.caller_within(1) => caller?,
        };
        Ok(Self { aws, identity: caller.identity(&settings, tags), unknown, stop })
    }
}
