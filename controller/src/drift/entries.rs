//! What `status.drift` says after a pass: what stands, and what was put right since the spec last changed.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use shared::Bucket;
use shared::bucket::{ChangedBy, Drift};
use shared::subconfig::Difference;

use super::hold::{known, rounds};
use super::name;
use crate::hint::Hint;
use crate::report::{Drifted, Report};
use crate::text;

/// What `status.drift` says after the pass. What was put right is kept, so that people can see what happened and drift that comes back
/// is known again, until the spec changes or there is no more room.
#[must_use]
pub fn entries(bucket: &Bucket, report: &Report, now: Timestamp) -> Option<Vec<Drift>> {
    let new: Vec<Vec<Drift>> = report.drift.iter().map(|drifted| of_config(bucket, drifted, report, now)).collect();
    let mut old = bucket.status.as_ref().and_then(|status| status.drift.clone()).unwrap_or_default();
    old.retain(|old| !new.iter().flatten().any(|new| new.config == old.config && new.field == old.field));
    // Nobody put it right: it is no longer looked for, managed or minded.
    old.retain(|old| old.remediated_at.is_some() || !is_let_be(old, report));
    match (report.check, report.complete) {
        // Somebody else put it right.
        (true, true) => old.iter_mut().for_each(|old| old.remediated_at = old.remediated_at.take().or(Some(Time(now)))),
        // The spec changed, and was carried out.
        (false, true) => old.clear(),
        (_, false) => {}
    }
    let (mut over, standing): (Vec<Drift>, Vec<Drift>) = old.into_iter().partition(|old| old.remediated_at.is_some());
    over.sort_by_key(|old| std::cmp::Reverse(old.remediated_at.as_ref().map(|at| at.0)));
    let standing = standing.chunk_by(|one, next| one.config == next.config).map(<[Drift]>::to_vec);
    let mut entries = text::fairly(new.into_iter().chain(standing).collect());
    over.truncate(text::ENTRIES - entries.len());
    entries.extend(over);
    (!entries.is_empty()).then_some(entries)
}

fn is_let_be(old: &Drift, report: &Report) -> bool {
    let unmanaged = report.unmanaged.iter().any(|shown| shown.config == old.config);
    let ignored = report.ignored.iter().flat_map(|shown| &shown.fields).any(|field| field.field == old.field);
    unmanaged || ignored || report.off.contains(&old.config.as_str())
}

fn of_config(bucket: &Bucket, drifted: &Drifted, report: &Report, now: Timestamp) -> Vec<Drift> {
    let told = report.hints.latest(drifted.config).map(changed_by);
    let entry = |difference: &Difference| {
        let field = name(difference);
        let known = known(bucket, drifted.config, &field);
        let rounds = rounds(known, now, report.window);
        let standing = known.filter(|known| known.remediated_at.is_none());
        Drift {
            changed_by: told.clone().or_else(|| standing.and_then(|known| known.changed_by.clone())),
            config: drifted.config.to_owned(),
            desired: text::value(&difference.desired),
            field,
            first_seen: standing.and_then(|known| known.first_seen.clone()).or(Some(Time(now))),
            last_seen: Some(Time(now)),
            observed: text::value(&difference.observed),
            remediated_at: drifted.repaired.then_some(Time(now)),
            rounds: (rounds > 1).then_some(rounds),
        }
    };
    drifted.fields.iter().map(entry).collect()
}

fn changed_by(hint: &Hint) -> ChangedBy {
    let at = Timestamp::from_second(hint.at.as_second()).unwrap_or(hint.at);
    ChangedBy {
        event: text::shortened(&hint.event, text::VALUE),
        principal: hint.principal.as_deref().map(|principal| text::shortened(principal, 2 * text::VALUE)),
        time: Some(Time(at)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use shared::bucket::BucketStatus;

    use super::*;
    use crate::drift::is_new;

    fn drifted(config: &'static str) -> Drifted {
        let field = Difference { field: format!("spec.{config}"), desired: json!("a"), observed: json!("b") };
        Drifted::found(config, vec![field])
    }

    fn check(drift: Vec<Drifted>) -> Report {
        Report { check: true, complete: true, drift, window: Duration::from_mins(1), ..Report::default() }
    }

    fn repaired(config: &'static str) -> Report {
        check(vec![Drifted { repaired: true, ..drifted(config) }])
    }

    /// What the status says after these passes, ten seconds after one another.
    fn after(bucket: &mut Bucket, second: i64, report: &Report) -> Vec<Drift> {
        let drift = entries(bucket, report, Timestamp::from_second(second).unwrap());
        bucket.status = Some(BucketStatus { drift: drift.clone(), ..BucketStatus::default() });
        drift.unwrap_or_default()
    }

    fn configs(entries: &[Drift]) -> Vec<(&str, bool)> {
        entries.iter().map(|entry| (entry.config.as_str(), entry.remediated_at.is_some())).collect()
    }

    #[test]
    fn drift_is_remembered_until_the_spec_changes() {
        let mut bucket = Bucket::default();
        let report = check(vec![drifted("versioning")]);
        assert!(is_new(&bucket, &report.drift[0]));
        let first = after(&mut bucket, 10, &report);
        assert_eq!((first[0].observed.as_deref(), &first[0].remediated_at), (Some("b"), &None));
        assert!(!is_new(&bucket, &report.drift[0]));
        let second = after(&mut bucket, 20, &repaired("versioning"));
        assert_eq!(second[0].first_seen, first[0].first_seen, "it stood since the first pass");
        assert_ne!(second[0].last_seen, first[0].last_seen);
        assert!(second[0].remediated_at.is_some());
        assert_eq!(after(&mut bucket, 30, &check(Vec::new())), second, "a check that finds nothing leaves it");
        assert_eq!(configs(&after(&mut bucket, 40, &repaired("cors"))), [("cors", true), ("versioning", true)], "the newest first");
        assert_eq!(after(&mut bucket, 50, &Report { complete: true, ..Report::default() }), [], "a spec change clears it");
    }

    #[test]
    fn each_time_that_it_comes_back_is_counted() {
        let mut bucket = Bucket::default();
        let mut rounds = |second, report: &Report| after(&mut bucket, second, report)[0].rounds;
        assert_eq!(rounds(10, &repaired("cors")), None);
        assert_eq!(rounds(20, &repaired("cors")), Some(2));
        assert_eq!(rounds(30, &check(vec![drifted("cors")])), Some(3));
        assert_eq!(rounds(40, &check(vec![drifted("cors")])), Some(3), "it still stands");
        assert_eq!(rounds(50, &repaired("cors")), Some(3));
        assert_eq!(rounds(500, &repaired("cors")), None, "it was quiet for long");
    }

    #[test]
    fn another_value_is_news_and_the_same_is_none() {
        let mut bucket = Bucket::default();
        after(&mut bucket, 10, &check(vec![drifted("cors")]));
        let mut other = drifted("cors");
        other.fields[0].observed = json!("x".repeat(500));
        assert!(is_new(&bucket, &other) && !is_new(&bucket, &drifted("cors")));
        after(&mut bucket, 20, &check(vec![Drifted::found("cors", other.fields.clone())]));
        assert!(!is_new(&bucket, &other));
        other.fields[0].observed = json!(format!("{}y", "x".repeat(499)));
        assert!(is_new(&bucket, &other), "it differs where the status no longer shows it");
    }

    #[test]
    fn who_changed_it_is_told_where_a_hint_said_so() {
        let mut bucket = Bucket::default();
        let mut report = check(vec![drifted("cors"), drifted("policy")]);
        let at = Timestamp::from_second(5).unwrap();
        let principal = Some("arn:aws:sts::111122223333:assumed-role/Admin/ana".to_owned());
        report.hints.add(Hint { config: Some("cors"), event: "PutBucketCors".to_owned(), principal: principal.clone(), at });
        let told = after(&mut bucket, 10, &report);
        let who = told[0].changed_by.as_ref().unwrap();
        assert_eq!((who.event.as_str(), &who.principal), ("PutBucketCors", &principal));
        assert_eq!(told[1].changed_by, None);
        let again = after(&mut bucket, 20, &check(vec![drifted("cors")]));
        assert_eq!(again[0].changed_by, told[0].changed_by, "while it stands it is known");
    }

    #[test]
    fn drift_that_could_not_be_read_again_stands_and_drift_that_went_away_ends() {
        let mut bucket = Bucket::default();
        after(&mut bucket, 10, &check(vec![drifted("cors"), drifted("policy")]));
        let partly = Report { complete: false, ..check(vec![drifted("cors")]) };
        assert_eq!(after(&mut bucket, 20, &partly).len(), 2, "policy was not read: it stands");
        assert!(after(&mut bucket, 30, &check(Vec::new())).iter().all(|drift| drift.remediated_at.is_some()));
    }

    #[test]
    fn drift_that_nobody_minds_any_more_is_none() {
        let stood = || {
            let mut bucket = Bucket::default();
            after(&mut bucket, 10, &check(vec![drifted("cors")]));
            bucket
        };
        let shown = || vec![crate::unmanaged::Shown { config: "cors", fields: drifted("cors").fields }];
        assert_eq!(after(&mut stood(), 20, &Report { unmanaged: shown(), ..check(Vec::new()) }), []);
        assert_eq!(after(&mut stood(), 20, &Report { ignored: shown(), ..check(Vec::new()) }), []);
        assert_eq!(after(&mut stood(), 20, &Report { off: vec!["cors"], ..check(Vec::new()) }), []);
    }

    #[test]
    fn what_is_only_shown_outlives_a_change_of_the_spec() {
        let mut bucket = Bucket::default();
        after(&mut bucket, 10, &check(vec![drifted("cors")]));
        let edited = Report { check: false, ..check(vec![drifted("cors")]) };
        let told = after(&mut bucket, 20, &edited);
        assert_eq!((configs(&told), told[0].first_seen.as_ref().map(|since| since.0.as_second())), (vec![("cors", false)], Some(10)));
    }

    /// One that is left out would count as new in each pass.
    #[test]
    fn all_that_drift_are_remembered_however_many_fields_the_first_has() {
        let mut bucket = Bucket::default();
        let of = |config: &'static str| {
            let field = |n| Difference { field: format!("spec.{config}.f{n}"), desired: json!("a"), observed: json!(null) };
            Drifted::found(config, (0..9).map(field).collect())
        };
        after(&mut bucket, 5, &repaired("cors"));
        let report = check(shared::subconfig::NAMES.iter().map(|name| of(name)).collect());
        assert_eq!(after(&mut bucket, 10, &report).len(), text::ENTRIES);
        assert!(report.drift.iter().all(|drifted| !is_new(&bucket, drifted)));
    }

    #[test]
    fn the_status_stays_small() {
        let fields = (0..500).map(|n| Difference { field: format!("f{n}"), desired: json!("x".repeat(9000)), observed: json!(null) });
        let drift = vec![Drifted { repaired: true, ..Drifted::found("policy", fields.collect()) }];
        let entries = after(&mut Bucket::default(), 10, &check(drift));
        assert!(serde_json::to_string(&entries).unwrap().len() < 12_000);
    }
}
