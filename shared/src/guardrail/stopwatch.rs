//! How long a guardrail takes, by the clock of the one who asks: the engine has none.

use std::time::Duration;

/// Tells how much time has passed since any fixed moment.
pub type Clock<'a> = &'a dyn Fn() -> Duration;

/// How long the expressions of one guardrail may take. The engine cannot be interrupted: after that time no other is begun.
pub const LIMIT: Duration = Duration::from_millis(250);

/// Measures; without a clock nothing takes any time.
#[derive(Clone, Copy)]
pub(super) struct Stopwatch<'a> {
    clock: Option<Clock<'a>>,
    since: Duration,
}

impl<'a> Stopwatch<'a> {
    pub(super) fn start(clock: Option<Clock<'a>>) -> Self {
        Self { clock, since: clock.map(|now| now()).unwrap_or_default() }
    }

    /// The time since the start or the lap before.
    pub(super) fn lap(&mut self) -> Option<Duration> {
        let now = self.clock?();
        let took = now.saturating_sub(self.since);
        self.since = now;
        Some(took)
    }

    /// Whether the limit is passed.
    pub(super) fn is_over(&self) -> bool {
        self.clock.is_some_and(|now| now().saturating_sub(self.since) > LIMIT)
    }
}
