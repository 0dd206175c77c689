//! What is measured, and what it may be.

use serde::Serialize;

use crate::bench::fleet::budget::Line;

/// A check comes after so many periods at most,
const LATEST: f64 = 1.1;
/// and then waits for its turn and for S3, in seconds.
const TURN: f64 = 15.0;
/// The largest page of /metrics, in MiB, and the longest time that it may take, in milliseconds.
const PAGE: (f64, f64) = (5.0, 100.0);

/// What came of sweeps that should find nothing. Memory is resident memory in MiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sweeps {
    /// For how long they were watched, in seconds.
    pub seconds: f64,
    /// Checks.
    pub checks: f64,
    /// Checks that did not end well, and those that found something.
    pub not_in_sync: f64,
    /// Drift that was found.
    pub detected: f64,
    /// Reads of S3.
    pub reads: f64,
    /// Writes to S3.
    pub writes: f64,
    /// The highest `cooper_checks_overdue` that was seen.
    pub overdue: f64,
    /// The highest `cooper_check_oldest_age_seconds` that was seen.
    pub oldest: f64,
    /// Before the first of these sweeps.
    pub begin_mib: f64,
    /// After the last.
    pub end_mib: f64,
    /// The CPU time of all of it.
    pub cpu_seconds: f64,
}

impl Sweeps {
    /// Names and values, as they are printed.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("seconds", self.seconds),
            ("checks", self.checks),
            ("reads of S3 for each check", self.reads_for_each()),
            ("age of the oldest check at most, s", self.oldest),
            ("CPU seconds", self.cpu_seconds),
            ("memory at the beginning, MiB", self.begin_mib),
            ("memory at the end, MiB", self.end_mib),
        ]
    }

    /// What was promised of so many Buckets that are checked after this time.
    #[must_use]
    pub fn budget(&self, buckets: u32, period: f64) -> Vec<Line> {
        let line = |name, measured, limit| Line { name, measured, limit };
        let rounds = ((self.seconds - TURN) / (period * LATEST)).floor().max(0.0);
        vec![
            line("drift detected", self.detected, 0.0),
            line("checks that found something or failed", self.not_in_sync, 0.0),
            line("writes to S3", self.writes, 0.0),
            line("checks overdue", self.overdue, 0.0),
            line("age of the oldest check, s", self.oldest, period * LATEST + TURN),
            line("checks that did not come", (rounds * f64::from(buckets) - self.checks).max(0.0), 0.0),
            line("reads of S3 for each check", self.reads_for_each(), 22.0),
        ]
    }

    /// A check that is under way at either end counts in part.
    fn reads_for_each(&self) -> f64 {
        if self.checks > 0.0 { (self.reads / self.checks * 10.0).floor() / 10.0 } else { 0.0 }
    }
}

/// What one page of /metrics costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// How many series it has.
    pub series: f64,
    /// Its size in MiB.
    pub mib: f64,
    /// The time in the middle, in milliseconds.
    pub p50_millis: f64,
    /// The longest time, in milliseconds.
    pub most_millis: f64,
    /// The memory of the controller in MiB.
    pub memory_mib: f64,
}

impl Page {
    /// Names and values, as they are printed.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("series", self.series),
            ("size of /metrics, MiB", self.mib),
            ("time, p50, ms", self.p50_millis),
            ("time at most, ms", self.most_millis),
            ("memory of the controller, MiB", self.memory_mib),
        ]
    }

    /// What was promised. Times count only where they were measured as the budget means it: `comparable`.
    #[must_use]
    pub fn budget(&self, comparable: bool) -> Vec<Line> {
        let mut lines = vec![Line { name: "size of /metrics, MiB", measured: self.mib, limit: PAGE.0 }];
        if comparable {
            lines.push(Line { name: "time of /metrics, p50, ms", measured: self.p50_millis, limit: PAGE.1 });
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(sweeps: &Sweeps) -> Vec<&'static str> {
        sweeps.budget(100, 60.0).into_iter().filter(|line| !line.holds()).map(|line| line.name).collect()
    }

    #[test]
    fn an_idle_hour_holds_and_each_mistake_breaks_a_line() {
        let good = Sweeps { seconds: 3615.0, checks: 5800.0, reads: 5800.0 * 22.0 + 100.0, oldest: 70.0, ..Sweeps::default() };
        assert_eq!(broken(&good), [""; 0]);
        assert_eq!(broken(&Sweeps { detected: 1.0, ..good.clone() }), ["drift detected"]);
        assert_eq!(broken(&Sweeps { not_in_sync: 1.0, ..good.clone() }), ["checks that found something or failed"]);
        assert_eq!(broken(&Sweeps { writes: 1.0, ..good.clone() }), ["writes to S3"]);
        assert_eq!(broken(&Sweeps { overdue: 1.0, ..good.clone() }), ["checks overdue"]);
        assert_eq!(broken(&Sweeps { oldest: 82.0, ..good.clone() }), ["age of the oldest check, s"]);
        assert_eq!(broken(&Sweeps { checks: 5300.0, reads: 5300.0, ..good.clone() }), ["checks that did not come"]);
        assert_eq!(broken(&Sweeps { reads: 5800.0 * 23.0, ..good }), ["reads of S3 for each check"]);
    }

    #[test]
    fn a_page_may_be_five_mebibytes_and_take_a_tenth_of_a_second() {
        let page = Page { mib: 5.1, p50_millis: 101.0, ..Page::default() };
        assert!(page.budget(true).iter().all(|line| !line.holds()));
        assert_eq!(page.budget(false).len(), 1);
    }
}
