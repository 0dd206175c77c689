//! Replication Time Control and metrics. Source: S3 API reference, ReplicationTime and Metrics; S3 User Guide, "Using S3 Replication Time
//! Control" (15 minutes is the one time there is).

use super::rule::status;
use super::{fits, given, is_on};
use crate::admission::{Findings, Path, Reason};
use crate::subconfig::replication::{ReplicationDestination, ReplicationMetrics, ReplicationMinutes, ReplicationTime};

/// The one time that there is, in minutes.
const MINUTES: i64 = 15;

/// What says nothing is not sent, as if it were not there.
pub(super) fn findings(destination: &ReplicationDestination, at: &Path<'_>, to: &mut Findings) {
    let (at_time, at_metrics) = (at.member("replicationTime"), at.member("metrics"));
    let time =
        destination.replication_time.as_ref().filter(|time| given(time.status.as_ref()).is_some() || minutes(time.time.as_ref()).is_some());
    let metrics = destination.metrics.as_ref();
    let metrics = metrics.filter(|of| given(of.status.as_ref()).is_some() || minutes(of.event_threshold.as_ref()).is_some());
    if let Some(time) = time {
        status(given(time.status.as_ref()), true, &at_time, to);
        replication_rtc_minutes(time, &at_time.member("time"), to);
    }
    if let Some(metrics) = metrics {
        status(given(metrics.status.as_ref()), true, &at_metrics, to);
    }
    match (time, metrics) {
        (Some(_), None) => replication_rtc_needs_metrics(&at_metrics, to),
        (Some(time), Some(metrics)) if is_on(time.status.as_ref()) => replication_metrics_threshold(metrics, &at_metrics, to),
        (_, Some(metrics)) => replication_metrics_threshold_no_rtc(time, metrics, &at_metrics, to),
        (None, None) => {}
    }
}

fn minutes(of: Option<&ReplicationMinutes>) -> Option<i64> {
    of.and_then(|of| of.minutes)
}

fn replication_rtc_needs_metrics(at: &Path<'_>, to: &mut Findings) {
    let message = format!("replicationTime goes with metrics; give them status: Enabled and eventThreshold.minutes: {MINUTES}");
    to.deny("replication-rtc-needs-metrics", Reason::Required, at, message);
}

fn replication_rtc_minutes(time: &ReplicationTime, at: &Path<'_>, to: &mut Findings) {
    fifteen(minutes(time.time.as_ref()), "replication-rtc-minutes", at, to);
}

fn replication_metrics_threshold(metrics: &ReplicationMetrics, at: &Path<'_>, to: &mut Findings) {
    fifteen(minutes(metrics.event_threshold.as_ref()), "replication-metrics-threshold", &at.member("eventThreshold"), to);
}

fn fifteen(minutes: Option<i64>, rule: &'static str, at: &Path<'_>, to: &mut Findings) {
    let at = at.member("minutes");
    match minutes {
        None => to.deny(rule, Reason::Required, at, format!("S3 needs minutes with replicationTime; set them to {MINUTES}")),
        Some(minutes) if minutes != MINUTES && fits(minutes) => {
            to.deny(rule, Reason::NotSupported, at, format!("{minutes} minutes; S3 takes {MINUTES} only"));
        }
        Some(_) => {}
    }
}

/// Of a time control without a status that S3 knows another rule speaks.
fn replication_metrics_threshold_no_rtc(time: Option<&ReplicationTime>, metrics: &ReplicationMetrics, at: &Path<'_>, to: &mut Findings) {
    let is_off = time.is_none_or(|time| given(time.status.as_ref()) == Some("Disabled"));
    if is_off && minutes(metrics.event_threshold.as_ref()).is_some() {
        let message = "S3 takes a threshold only with replicationTime Enabled; enable that, or remove the threshold";
        to.deny("replication-metrics-threshold-no-rtc", Reason::Forbidden, at.member("eventThreshold"), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::replication::findings::cases::{rules, to};

    pub(super) fn timed(time: &Value, metrics: &Value) -> World {
        rules(&[to(&json!({"replicationTime": time, "metrics": metrics}))])
    }

    pub(super) fn time(minutes: i64) -> Value {
        json!({"status": "Enabled", "time": {"minutes": minutes}})
    }

    pub(super) fn metrics(minutes: i64) -> Value {
        json!({"status": "Enabled", "eventThreshold": {"minutes": minutes}})
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let none = Value::Null;
        let good = || timed(&time(15), &metrics(15));
        vec![
            case("replication-rtc-needs-metrics", timed(&time(15), &none), good()),
            case("replication-rtc-minutes", timed(&time(30), &metrics(15)), good()),
            case("replication-metrics-threshold", timed(&time(15), &metrics(10)), good()),
            case("replication-metrics-threshold-no-rtc", timed(&none, &metrics(15)), timed(&none, &json!({"status": "Enabled"}))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{metrics, time, timed};

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        let (on, off) = (json!({"status": "Enabled"}), json!({"status": "Disabled"}));
        assert_eq!(timed(&on, &metrics(15)).rules(), ["replication-rtc-minutes"]);
        assert_eq!(timed(&time(15), &on).rules(), ["replication-metrics-threshold"]);
        assert_eq!(timed(&time(15), &json!({})).rules(), ["replication-rtc-needs-metrics"]);
        let timed_off = json!({"status": "Disabled", "time": {"minutes": 15}});
        assert_eq!(timed(&timed_off, &metrics(15)).rules(), ["replication-metrics-threshold-no-rtc"]);
        assert_eq!(timed(&timed_off, &off).rules(), [""; 0]);
        assert_eq!(timed(&json!({}), &off).rules(), [""; 0]);
    }

    #[test]
    fn half_of_a_switch_is_named() {
        let world = timed(&json!({"time": {"minutes": 15}}), &metrics(15));
        assert_eq!(world.rules(), ["replication-status-enum"]);
        assert_eq!(timed(&time(15), &json!({"eventThreshold": {"minutes": 15}})).rules(), ["replication-status-enum"]);
    }

    #[test]
    fn a_number_that_cannot_be_sent_is_one_mistake() {
        for huge in [i64::MAX, i64::MIN, 4_294_967_311] {
            assert_eq!(timed(&time(huge), &metrics(huge)).rules(), ["int32-range"], "{huge}");
        }
        assert_eq!(timed(&time(0), &metrics(-15)).rules(), ["replication-metrics-threshold", "replication-rtc-minutes"]);
    }
}
