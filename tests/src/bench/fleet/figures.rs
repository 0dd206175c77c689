//! What is measured of one controller, and how it is shown.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::bench::table::table;

/// The figures of one controller. Seconds are of the wall clock but for CPU seconds; memory is resident memory in MiB.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// S3 calls of a Bucket from its creation to Synced, on average.
    pub create_calls: f64,
    /// From the start of the controller until all Buckets, stored before, are Synced.
    pub create_seconds: f64,
    /// From the first of these calls to the last, on average.
    pub create_millis: f64,
    /// The CPU time that this took.
    pub create_cpu_seconds: f64,
    /// S3 calls of a Bucket in the first check, about half a minute later, on average; 0 without one.
    pub first_check_calls: f64,
    /// S3 calls of a check that finds nothing, on average.
    pub check_calls: f64,
    /// Of these, how many at least had to wait for another to end, in the median.
    pub check_round_trips: usize,
    /// How many of these were under way at once, in the median.
    pub check_at_once: usize,
    /// How long such a check took, on average.
    pub check_millis: f64,
    /// S3 calls of a check of all Buckets, of which some drifted.
    pub sweep_calls: usize,
    /// From its first call to its last.
    pub sweep_seconds: f64,
    /// The CPU time of the sweep, start of the controller included.
    pub sweep_cpu_seconds: f64,
    /// How many buckets were changed before.
    pub drifted: u32,
    /// From the first call of the sweep until all of these were put right.
    pub repair_seconds: f64,
    /// S3 calls after a restart with all Buckets in sync and none due.
    pub restart_calls: usize,
    /// From the restart until the last of these calls or, without any, until the controller was ready.
    pub restart_seconds: f64,
    /// The CPU time that this took.
    pub restart_cpu_seconds: f64,
    /// From the first creation to the last Synced, of as many Buckets created while the controller runs.
    pub live_seconds: f64,
    /// S3 calls of a Bucket with every sub-configuration declared, from its creation to Synced, on average; 0 where not measured.
    pub everything_calls: f64,
    /// From the first of these calls to the last, on average.
    pub everything_millis: f64,
    /// When all are in sync and nothing goes on.
    pub idle_mib: f64,
    /// The same after a restart.
    pub restarted_mib: f64,
    /// The most until then.
    pub most_mib: f64,
    /// The S3 calls until all were Synced, by operation.
    pub create_operations: BTreeMap<&'static str, usize>,
}

impl Figures {
    fn named(&self) -> Vec<(&'static str, f64)> {
        vec![
            ("create: S3 calls per Bucket", self.create_calls),
            ("create: milliseconds from the first call to the last", self.create_millis),
            ("create: seconds until all are Synced", self.create_seconds),
            ("create: CPU seconds", self.create_cpu_seconds),
            ("create while it runs: seconds until all are Synced", self.live_seconds),
            ("first check: S3 calls per Bucket", self.first_check_calls),
            ("check: S3 calls per Bucket", self.check_calls),
            ("check: round trips", count(self.check_round_trips)),
            ("check: calls at once", count(self.check_at_once)),
            ("check: milliseconds", self.check_millis),
            ("sweep with drift: S3 calls", count(self.sweep_calls)),
            ("sweep with drift: seconds", self.sweep_seconds),
            ("sweep with drift: seconds until all is repaired", self.repair_seconds),
            ("sweep with drift: CPU seconds, start included", self.sweep_cpu_seconds),
            ("restart in sync: S3 calls", count(self.restart_calls)),
            ("restart in sync: seconds", self.restart_seconds),
            ("restart in sync: CPU seconds", self.restart_cpu_seconds),
            ("create with all 21 declared: S3 calls per Bucket", self.everything_calls),
            ("create with all 21 declared: milliseconds from the first call to the last", self.everything_millis),
            ("memory idle, MiB", self.idle_mib),
            ("memory idle after a restart, MiB", self.restarted_mib),
            ("memory at most, MiB", self.most_mib),
        ]
    }
}

/// A number of calls as a figure.
#[must_use]
pub fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}

/// The figures as a table; with another controller's beside them and how many times as much they are.
#[must_use]
pub fn rows(ours: &Figures, theirs: Option<&Figures>) -> String {
    let Some(theirs) = theirs else {
        let rows: Vec<_> = ours.named().into_iter().map(|(name, value)| vec![name.to_owned(), shown(value)]).collect();
        return table(&["", "cooper"], &rows);
    };
    let pairs = ours.named().into_iter().zip(theirs.named());
    let rows: Vec<_> =
        pairs.map(|((name, ours), (_, theirs))| vec![name.to_owned(), shown(ours), shown(theirs), ratio(ours, theirs)]).collect();
    table(&["", "cooper", "the other", "ratio"], &rows)
}

/// A figure as it is printed.
pub(crate) fn shown(value: f64) -> String {
    if value.fract() == 0.0 {
        format!("{value:.0}")
    } else if value < 10.0 {
        format!("{value:.2}")
    } else {
        format!("{value:.1}")
    }
}

fn ratio(ours: f64, theirs: f64) -> String {
    if ours > 0.0 && theirs > 0.0 { format!("{:.1}x", theirs / ours) } else { "-".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_controller_is_told_as_a_multiple() {
        let ours = Figures { create_calls: 7.0, idle_mib: 20.25, ..Figures::default() };
        let theirs = Figures { create_calls: 98.0, idle_mib: 81.0, restart_calls: 44_001, ..Figures::default() };
        let text = rows(&ours, Some(&theirs));
        let line =
            |start: &str| text.lines().find(|line| line.starts_with(start)).unwrap_or_default().split_whitespace().collect::<Vec<_>>();
        assert_eq!(line("create: S3 calls")[5..], ["7", "98", "14.0x"]);
        assert_eq!(line("memory idle, MiB")[3..], ["20.2", "81", "4.0x"]);
        assert_eq!(line("restart in sync: S3 calls")[5..], ["0", "44001", "-"]);
        assert!(!rows(&ours, None).contains("ratio"));
    }
}
