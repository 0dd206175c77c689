//! What was promised, and whether it holds.

use serde::Serialize;

use super::figures::{Figures, count, shown};

/// One line of the budget.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// What is limited.
    pub name: &'static str,
    /// What was measured.
    pub measured: f64,
    /// What it may be.
    pub limit: f64,
}

impl Line {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.measured <= self.limit
    }

    /// The line as cells of a table.
    #[must_use]
    pub fn row(&self) -> Vec<String> {
        vec![self.name.to_owned(), shown(self.measured), shown(self.limit), if self.holds() { "OK" } else { "over" }.to_owned()]
    }
}

/// The lines for as many Buckets as were measured. Times and memory count only where they were measured as the budget means it:
/// `comparable`.
#[must_use]
pub fn lines(figures: &Figures, buckets: u32, comparable: bool) -> Vec<Line> {
    let line = |name, measured, limit| Line { name, measured, limit };
    let mut lines = vec![
        line("S3 calls to create a Bucket with 8 sub-configurations", figures.create_calls, 10.0),
        line("S3 calls of the first check", figures.first_check_calls, 22.0),
        line("S3 calls of a check", figures.check_calls, 22.0),
        line("round trips of a check", count(figures.check_round_trips), 3.0),
        line("S3 calls after a restart", count(figures.restart_calls), 0.0),
    ];
    if comparable {
        lines.push(line("seconds until all are Synced", figures.create_seconds, seconds(buckets)));
        lines.push(line("memory idle, MiB", figures.idle_mib, mebibytes(buckets)));
    }
    lines
}

/// 4 s for 200, 20 s for 1,000. The start of the process takes its time however few there are.
fn seconds(buckets: u32) -> f64 {
    f64::from(buckets.max(200)) / 50.0
}

/// 30 MiB for 200, 40 MiB for 1,000.
fn mebibytes(buckets: u32) -> f64 {
    30.0 + f64::from(buckets.max(200) - 200) / 80.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_grows_with_the_fleet() {
        assert_eq!((seconds(5), seconds(200), seconds(1000)), (4.0, 4.0, 20.0));
        assert_eq!((mebibytes(5), mebibytes(200), mebibytes(1000)), (30.0, 30.0, 40.0));
    }

    #[test]
    fn a_line_says_whether_it_holds() {
        let figures = Figures { create_calls: 10.5, create_seconds: 3.9, idle_mib: 31.0, ..Figures::default() };
        let over = |comparable| {
            lines(&figures, 200, comparable).into_iter().filter(|line| !line.holds()).map(|line| line.name).collect::<Vec<_>>()
        };
        assert_eq!(over(false), ["S3 calls to create a Bucket with 8 sub-configurations"]);
        assert_eq!(over(true).len(), 2);
        assert_eq!(lines(&figures, 200, true)[5].row()[1..], ["3.90", "4", "OK"]);
    }
}
