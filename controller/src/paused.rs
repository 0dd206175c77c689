//! A Bucket that is paused: what the status says of it, and who is told. Pure.

use jiff::Timestamp;
use shared::Bucket;
use shared::bucket::{BucketStatus, ConditionType};
use shared::pause::Pause;

use crate::events::Note;
use crate::report::Report;
use crate::status::{self, New};

/// Whether the status says that the Bucket is paused.
#[must_use]
pub fn is_told(bucket: &Bucket) -> bool {
    status::condition(bucket, ConditionType::Paused).is_some_and(|paused| paused.status == "True")
}

/// The status while the pause is on: what was known before, and that nobody looks now.
#[must_use]
pub fn next(bucket: &Bucket, pause: &Pause, now: Timestamp) -> BucketStatus {
    let old = bucket.status.clone().unwrap_or_default();
    let mut conditions = old.conditions.clone().unwrap_or_default();
    conditions.retain(|known| known.type_ != ConditionType::Paused.as_str());
    conditions.push(status::stamped(bucket, ConditionType::Paused, told(pause), now));
    BucketStatus { conditions: Some(conditions), ..old }
}

/// What the condition says.
#[must_use]
pub fn told(pause: &Pause) -> New {
    let reason = match (pause.unclear.is_some(), pause.of_namespace) {
        (true, _) => "NotUnderstood",
        (_, true) => "NamespaceAnnotation",
        (_, false) => "Annotation",
    };
    New::of("True", reason, &pause.to_string())
}

/// That a pause begins; nothing where it is known.
#[must_use]
pub fn begins(bucket: &Bucket, pause: &Pause) -> Option<Note> {
    let told = pause.to_string();
    let known = status::condition(bucket, ConditionType::Paused).is_some_and(|known| known.message.as_deref() == Some(told.as_str()));
    let note = || if pause.unclear.is_some() { Note::warning("Paused", "Pause", &told) } else { Note::normal("Paused", "Pause", &told) };
    (!known).then(note)
}

/// That a pause is over.
#[must_use]
pub fn ends(bucket: &Bucket, report: &Report) -> Option<Note> {
    (is_told(bucket) && report.pause.is_none()).then(|| Note::normal("Resumed", "Pause", "the pause is over"))
}

#[cfg(test)]
mod tests {
    use shared::BucketSpec;

    use super::*;
    use crate::report::State;

    fn pause(value: &str) -> Pause {
        Pause::of(Some(value), None, Timestamp::UNIX_EPOCH).unwrap()
    }

    fn summary(bucket: &Bucket) -> Vec<String> {
        let conditions = bucket.status.as_ref().and_then(|status| status.conditions.as_deref()).unwrap_or_default();
        conditions.iter().map(|c| format!("{}={} {}", c.type_, c.status, c.reason.as_deref().unwrap_or("-"))).collect()
    }

    #[test]
    fn a_pause_changes_no_other_condition_and_goes_with_the_next_report() {
        let mut bucket = Bucket::new("b", BucketSpec { name: "b".to_owned(), ..BucketSpec::default() });
        bucket.metadata.generation = Some(1);
        bucket.status = Some(status::next(&bucket, &Report { complete: true, ..Report::default() }, Timestamp::UNIX_EPOCH));
        let before = bucket.status.clone();

        bucket.metadata.generation = Some(2);
        bucket.status = Some(next(&bucket, &pause("true"), Timestamp::UNIX_EPOCH));
        assert!(is_told(&bucket));
        let conditions = bucket.status.as_ref().unwrap().conditions.as_ref().unwrap();
        assert_eq!(conditions.split_last().unwrap().1, before.as_ref().unwrap().conditions.as_deref().unwrap());
        assert_eq!(bucket.status.as_ref().unwrap().observed_generation, Some(1), "the newer spec was not looked at");
        assert_eq!(status::patch(&bucket, &next(&bucket, &pause("true"), Timestamp::now())), None, "nothing is written twice");

        let report = Report::of(State::terminal("x", "y"));
        assert!(ends(&bucket, &report).is_some());
        bucket.status = Some(status::next(&bucket, &report, Timestamp::UNIX_EPOCH));
        assert!(!summary(&bucket).iter().any(|told| told.starts_with("Paused")) && ends(&bucket, &report).is_none());
    }

    #[test]
    fn a_pause_is_told_once_and_a_slip_is_a_warning() {
        let mut bucket = Bucket::default();
        let (on, slip) = (pause("true"), pause("ture"));
        assert!(begins(&bucket, &on).is_some_and(|note| !note.warning));
        bucket.status = Some(next(&bucket, &on, Timestamp::UNIX_EPOCH));
        assert_eq!(begins(&bucket, &on), None);
        assert!(begins(&bucket, &slip).is_some_and(|note| note.warning && note.text.contains("\"ture\"")));
        assert_eq!(told(&slip).reason(), Some("NotUnderstood"));
    }
}
