//! What is measured, and what was promised.

use serde::Serialize;

use super::args::Plan;

/// The figures.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Changes, and new Buckets as a dry run.
    pub writes: usize,
    /// Of these, so many failed, or got no defaults.
    pub failed: usize,
    /// Half of the writes took no longer, in milliseconds.
    pub p50: f64,
    /// 99 of 100 took no longer.
    pub p99: f64,
    /// Server certificates made.
    pub renewals: usize,
    /// CAs exchanged.
    pub exchanges: usize,
    /// Restarts of a replica.
    pub restarts: usize,
    /// New connections with a review each.
    pub handshakes: usize,
    /// Of these, so many failed.
    pub handshakes_failed: usize,
    /// Different server certificates that they were shown.
    pub certificates: usize,
    /// Self-checks of the replicas that failed.
    pub selfchecks_failed: usize,
    /// Connections that found no replica behind the balancer: a fault of the bench.
    pub lost_connections: usize,
    /// The first failures.
    pub failures: Vec<String>,
}

impl Figures {
    /// The figures by name.
    #[must_use]
    pub fn named(&self) -> Vec<(&'static str, String)> {
        vec![
            ("writes", self.writes.to_string()),
            ("writes failed", self.failed.to_string()),
            ("a write: milliseconds, p50", format!("{:.1}", self.p50)),
            ("a write: the same, p99", format!("{:.1}", self.p99)),
            ("server certificates made", self.renewals.to_string()),
            ("CAs exchanged", self.exchanges.to_string()),
            ("restarts of a replica", self.restarts.to_string()),
            ("new connections", self.handshakes.to_string()),
            ("new connections failed", self.handshakes_failed.to_string()),
            ("server certificates that they were shown", self.certificates.to_string()),
            ("self-checks failed", self.selfchecks_failed.to_string()),
        ]
    }

    /// What was promised: no failure, and that there was reason for one.
    #[must_use]
    pub fn promises(&self, plan: &Plan) -> Vec<Promise> {
        let none = |name, measured: usize| Promise { name, measured: measured as u64, least: 0, most: Some(0) };
        let some = |name, measured: usize, least| Promise { name, measured: measured as u64, least, most: None };
        vec![
            some("writes", self.writes, plan.length.as_secs() * u64::from(plan.writes) * 9 / 10),
            none("writes failed", self.failed),
            none("new connections failed", self.handshakes_failed),
            none("self-checks failed", self.selfchecks_failed),
            none("connections without a replica (a fault of the bench)", self.lost_connections),
            some("server certificates made", self.renewals, plan.renewals()),
            some("server certificates shown", self.certificates, plan.renewals()),
            some("CAs exchanged", self.exchanges, plan.exchanges()),
            some("restarts of a replica", self.restarts, 2 * u64::from(plan.restarts)),
        ]
    }
}

/// A number and its bounds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// What is counted.
    pub name: &'static str,
    /// How many there were.
    pub measured: u64,
    /// How many there have to be.
    pub least: u64,
    /// How many there may be.
    pub most: Option<u64>,
}

impl Promise {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.measured >= self.least && self.most.is_none_or(|most| self.measured <= most)
    }

    /// The line as cells of a table.
    #[must_use]
    pub fn row(&self) -> Vec<String> {
        let wanted = self.most.map_or_else(|| format!("at least {}", self.least), |most| most.to_string());
        vec![self.name.to_owned(), self.measured.to_string(), wanted, if self.holds() { "OK" } else { "broken" }.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::bench::certificates::Args;

    #[test]
    fn a_failed_write_and_a_missing_rotation_break_it() {
        let plan = Args::parse_from(["certificates", "--minutes=10"]).plan();
        let good = Figures { writes: 12_000, renewals: 10, certificates: 10, exchanges: 3, restarts: 10, ..Figures::default() };
        let broken = |figures: &Figures| -> Vec<_> {
            figures.promises(&plan).into_iter().filter(|promise| !promise.holds()).map(|promise| promise.name).collect()
        };
        assert!(broken(&good).is_empty());
        assert_eq!(broken(&Figures { failed: 1, ..good.clone() }), ["writes failed"]);
        assert_eq!(broken(&Figures { exchanges: 2, ..good }), ["CAs exchanged"]);
    }
}
