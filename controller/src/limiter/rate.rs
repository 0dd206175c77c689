//! How many requests a second may go out: a token bucket whose rate follows what the other side bears. Pure: the time is given.
//!
//! The rate falls to seven tenths when the other side says that it is too much, and comes back as in CUBIC: fast at first, slowly
//! where it was too much the last time, then faster again. So most of the time is spent close to what is borne; halving, and adding
//! a constant, would leave a quarter of it unused. Source: RFC 9438, "CUBIC for Fast and Long-Distance Networks", sections 4.1 to 4.6.

use std::time::{Duration, Instant};

/// The rate never falls below this many requests a second.
const FLOOR: f64 = 5.0;
/// What is left of the rate after a refusal. CUBIC's beta.
const LEFT: f64 = 0.7;
/// How steeply it comes back, in requests a second per cubic second. CUBIC's C.
const STEEPNESS: f64 = 0.4;
/// Refusals this soon after the rate fell are about requests that were sent before.
const HOLD: Duration = Duration::from_secs(1);
/// How far beyond the rate of the last refusal the way back ends: then there is no limit any more but the operator's.
const FORGOTTEN: f64 = 20.0;
/// The shortest wait: sums of fractions may lack next to nothing of a whole token.
const SOON: Duration = Duration::from_micros(1);
/// How much may go out at once after a pause, as time at the full rate.
const BURST: f64 = 0.1;

/// A token bucket with a rate that adapts.
#[derive(Clone, Debug)]
pub struct Rate {
    cap: Option<f64>,
    adapted: Option<Adapted>,
    tokens: f64,
    filled: Instant,
    answers: Answers,
    refused: Option<Instant>,
}

/// The last time that it was too much.
#[derive(Clone, Copy, Debug)]
struct Adapted {
    at: Instant,
    /// What was borne then.
    borne: f64,
}

impl Rate {
    /// A full bucket; `cap` is the operator's limit in requests a second.
    #[must_use]
    pub fn new(cap: Option<f64>, now: Instant) -> Self {
        let tokens = cap.map_or(1.0, burst);
        Self { cap, adapted: None, tokens, filled: now, answers: Answers::new(now), refused: None }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// There is none; the time after which there will be one.
    pub fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let Some(rate) = self.per_second(now) else { return Ok(()) };
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = self.filled.max(now);
        self.tokens = passed.mul_add(rate, self.tokens).min(burst(rate));
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / rate).max(SOON));
        }
        self.tokens -= 1.0;
        Ok(())
    }

    /// A request was answered, by whatever but a refusal.
    pub fn answered(&mut self, now: Instant) {
        self.answers.count(now);
    }

    /// The other side said that it is too much.
    pub fn refused(&mut self, now: Instant) {
        self.refused = Some(now);
        if self.adapted.is_some_and(|adapted| now.saturating_duration_since(adapted.at) < HOLD) {
            return;
        }
        // What it bears is what it answered of late; not more than was asked of it.
        let answered = self.answers.per_second(now).max(FLOOR);
        let borne = self.per_second(now).map_or(answered, |rate| rate.min(answered));
        self.adapted = Some(Adapted { at: now, borne });
        (self.tokens, self.filled) = (0.0, now);
    }

    /// Whether the other side said that it is too much, this recently.
    #[must_use]
    pub fn was_refused(&self, within: Duration, now: Instant) -> bool {
        self.refused.is_some_and(|refused| now.saturating_duration_since(refused) <= within)
    }

    /// The requests a second that may go out now; `None` where nothing limits them.
    #[must_use]
    pub fn per_second(&self, now: Instant) -> Option<f64> {
        let adapted = self.adapted.and_then(|adapted| adapted.per_second(now));
        match (self.cap, adapted) {
            (Some(cap), Some(adapted)) => Some(cap.min(adapted)),
            (cap, adapted) => cap.or(adapted),
        }
    }
}

impl Adapted {
    fn per_second(self, now: Instant) -> Option<f64> {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        let back = (self.borne * (1.0 - LEFT) / STEEPNESS).cbrt();
        let rate = STEEPNESS.mul_add((passed - back).powi(3), self.borne);
        (rate < self.borne * FORGOTTEN).then_some(rate.max(FLOOR))
    }
}

fn burst(rate: f64) -> f64 {
    (rate * BURST).max(1.0)
}

/// The shortest time that says how many a second are answered.
const SHORTEST: Duration = Duration::from_millis(100);

/// How many requests a second were answered of late: the last full second's, and this one's so far.
#[derive(Clone, Copy, Debug)]
struct Answers {
    since: Instant,
    now: f64,
    before: f64,
}

impl Answers {
    fn new(now: Instant) -> Self {
        Self { since: now, now: 0.0, before: 0.0 }
    }

    fn count(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        if passed >= Duration::from_secs(1) {
            self.before = if passed < Duration::from_secs(2) { self.now } else { 0.0 };
            (self.since, self.now) = (now, 0.0);
        }
        self.now += 1.0;
    }

    fn per_second(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.since);
        if passed >= Duration::from_secs(2) {
            return 0.0;
        }
        let whole = if self.before > 0.0 { Duration::from_secs(1) } else { Duration::ZERO };
        (self.before + self.now) / (whole + passed).max(SHORTEST).as_secs_f64()
    }
}

#[cfg(test)]
mod tests;
