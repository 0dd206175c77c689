//! What is measured, how it is shown, and what was promised.

use serde::Serialize;

use crate::bench::fleet::budget::Line;

/// The figures. Seconds are of the wall clock; memory is resident memory in MiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// From the start of the controller until all Buckets, stored before, are Synced.
    pub create_seconds: f64,
    /// Memory when all are in sync and nothing goes on.
    pub idle_mib: f64,
    /// Memory after a restart, when nothing goes on.
    pub restarted_mib: f64,
    /// The most memory at any time.
    pub most_mib: f64,
    /// S3 calls after a restart with all in sync.
    pub restart_calls: f64,
    /// S3 calls to check all Buckets once.
    pub sweep_calls: f64,
    /// Of these, so many per cent in the first ten minutes after a restart with all overdue; period and minutes scaled alike.
    pub overdue_percent: f64,
    /// From the restart until all overdue Buckets were checked, in seconds.
    pub overdue_seconds: f64,
    /// Edits in the middle of that sweep.
    pub edits: Waits,
    /// A sweep while S3 refuses what is too much.
    pub limited: Limited,
    /// Edits in the middle of such a sweep.
    pub limited_edits: Waits,
}

/// A sweep while S3 refuses what is too much.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limited {
    /// The calls that all checks take.
    pub calls: f64,
    /// The time that they take at the limit, in seconds.
    pub ideal_seconds: f64,
    /// The time that they took.
    pub seconds: f64,
    /// Calls that were refused.
    pub refused: f64,
    /// Buckets that were created, falsely.
    pub created: f64,
}

/// Times from an edit to its first S3 call, in milliseconds.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waits {
    /// How many edits.
    pub number: usize,
    /// Half of them took no longer.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// The longest.
    pub most: f64,
    /// Of 100, 99 took no longer until their first write.
    pub write_p99: f64,
}

impl Waits {
    /// Of these times, in milliseconds: to the first call, and to the first write.
    #[must_use]
    pub fn of(mut first: Vec<f64>, mut write: Vec<f64>) -> Self {
        first.sort_by(f64::total_cmp);
        write.sort_by(f64::total_cmp);
        let most = first.last().copied().unwrap_or_default();
        Self { number: first.len(), p50: at(&first, 50), p99: at(&first, 99), most, write_p99: at(&write, 99) }
    }
}

/// The value that so many per cent do not exceed.
pub(crate) fn at(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or_default()
}

impl Figures {
    /// The figures by name.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("create: seconds until all are Synced", self.create_seconds),
            ("memory idle, MiB", self.idle_mib),
            ("memory idle after a restart, MiB", self.restarted_mib),
            ("memory at most, MiB", self.most_mib),
            ("restart in sync: S3 calls", self.restart_calls),
            ("sweep: S3 calls", self.sweep_calls),
            ("restart with all overdue: per cent of a sweep in the first ten minutes", self.overdue_percent),
            ("restart with all overdue: seconds until all are checked", self.overdue_seconds),
            ("edit during that sweep: milliseconds to its first S3 call, p50", self.edits.p50),
            ("edit during that sweep: the same, p99", self.edits.p99),
            ("edit during that sweep: milliseconds to its first write, p99", self.edits.write_p99),
            ("sweep under a limit: S3 calls", self.limited.calls),
            ("sweep under a limit: seconds at the limit", self.limited.ideal_seconds),
            ("sweep under a limit: seconds", self.limited.seconds),
            ("sweep under a limit: calls refused", self.limited.refused),
            ("edit during such a sweep: milliseconds to its first S3 call, p50", self.limited_edits.p50),
            ("edit during such a sweep: the same, p99", self.limited_edits.p99),
            ("edit during such a sweep: milliseconds to its first write, p99", self.limited_edits.write_p99),
        ]
    }

    /// What was promised. Memory counts only for so many Buckets, and in an optimised build: `comparable`.
    #[must_use]
    pub fn budget(&self, comparable: bool) -> Vec<Line> {
        let line = |name, measured, limit| Line { name, measured, limit };
        let mut lines = vec![
            line("S3 calls after a restart in sync", self.restart_calls, 0.0),
            line("per cent of a sweep in the first ten minutes after a restart", self.overdue_percent, 5.0),
            line("sweep under a limit, times the ideal", self.limited.seconds / self.limited.ideal_seconds.max(0.001), 1.2),
            line("buckets created anew by mistake", self.limited.created, 0.0),
            line("edit to its first S3 call, p99, ms", self.edits.p99, 2000.0),
            line("the same while S3 refuses, p99, ms", self.limited_edits.p99, 2000.0),
        ];
        if comparable {
            lines.push(line("memory idle, MiB", self.idle_mib.max(self.restarted_mib), 150.0));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_what_was_measured() {
        let waits = Waits::of((1..=200).rev().map(f64::from).collect(), vec![7.0]);
        assert_eq!((waits.number, waits.p50, waits.p99, waits.most, waits.write_p99), (200, 100.0, 198.0, 200.0, 7.0));
        assert_eq!(Waits::of(Vec::new(), Vec::new()), Waits::default());
    }

    #[test]
    fn the_budget_tells_what_is_over() {
        let limited = Limited { ideal_seconds: 10.0, seconds: 12.5, created: 1.0, ..Limited::default() };
        let figures = Figures { limited, idle_mib: 151.0, overdue_percent: 5.0, ..Figures::default() };
        let over = |comparable| figures.budget(comparable).into_iter().filter(|line| !line.holds()).count();
        assert_eq!((over(false), over(true)), (2, 3));
    }
}
