//! What a difference between S3 and the spec means: work that the spec asks for, or drift. Pure.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use shared::Bucket;
use shared::bucket::{ConditionType, Drift};
use shared::place::Place;
use shared::subconfig::Difference;

use crate::report::{BUCKET, Drifted, Report};
use crate::{status, text};

/// What was known about the bucket before this pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footing {
    /// This generation of the spec was never carried out whole: what differs is work.
    Unsettled,
    /// The bucket was created with this spec and not read since: what creation took for granted may differ.
    Unread,
    /// This spec was carried out and S3 was read: what differs now is drift.
    Settled,
}

/// What the status says was known. The Drifted condition carries the generation for which S3 was last read and found, or put, right.
#[must_use]
pub fn footing(bucket: &Bucket) -> Footing {
    let generation = bucket.metadata.generation;
    let at = |kind| status::condition(bucket, kind).filter(|found| generation.is_some() && found.observed_generation == generation);
    if at(ConditionType::Drifted).is_some() {
        Footing::Settled
    } else if at(ConditionType::Ready).is_some_and(|ready| ready.status == "True") {
        Footing::Unread
    } else {
        Footing::Unsettled
    }
}

/// The differences that are drift. `created_with` names the sub-configurations that were written right after the creation: in the
/// first check only these can have drifted, the others are what creation took for granted of a new bucket.
#[must_use]
pub fn found(
    footing: Footing,
    differences: Vec<(&'static str, Vec<Difference>)>,
    created_with: &[&'static str],
    place: &Place,
) -> Vec<Drifted> {
    let counts = |config: &&'static str| match footing {
        Footing::Unsettled => false,
        Footing::Unread => created_with.contains(config),
        Footing::Settled => true,
    };
    differences
        .into_iter()
        .filter(|(config, fields)| counts(config) && fields.iter().any(|field| !is_our_own_change(field, place)))
        .map(|(config, fields)| Drifted { config, fields, repaired: false })
        .collect()
}

/// Whether only the value of one of the controller's own tags differs: another version of the controller, or other `--resource-tags`,
/// want another value. Nobody changed the bucket.
#[must_use]
pub fn is_our_own_change(difference: &Difference, place: &Place) -> bool {
    let of = |tag: &str| difference.field.ends_with(&format!("[{tag}].value")) && !difference.observed.is_null();
    place.tags.iter().any(|tag| of(&tag.key) && difference.desired == tag.value.as_str())
}

/// The drift of a bucket that is gone altogether although it was created once.
#[must_use]
pub fn of_gone_bucket(name: &str) -> Drifted {
    let field = Difference { field: "spec.name".to_owned(), desired: name.into(), observed: serde_json::Value::Null };
    Drifted { config: BUCKET, fields: vec![field], repaired: false }
}

/// Whether the drift was not there at the last pass.
#[must_use]
pub fn is_new(bucket: &Bucket, drifted: &Drifted) -> bool {
    !standing(bucket).any(|known| known.config == drifted.config)
}

/// The drift that stands: found and not yet put right.
pub fn standing(bucket: &Bucket) -> impl Iterator<Item = &Drift> {
    let known = bucket.status.as_ref().and_then(|status| status.drift.as_deref());
    known.unwrap_or_default().iter().filter(|drift| drift.remediated_at.is_none())
}

/// What `status.drift` says after the pass. It is kept after the repair, so that people can see what happened, until there is other
/// drift or the spec changes.
#[must_use]
pub fn entries(bucket: &Bucket, report: &Report, now: Timestamp) -> Option<Vec<Drift>> {
    let mut known = bucket.status.as_ref().and_then(|status| status.drift.clone()).unwrap_or_default();
    // Nobody put it right: it is no longer managed.
    known.retain(|old| old.remediated_at.is_some() || !report.unmanaged.iter().any(|shown| shown.config == old.config));
    let ignored = |old: &Drift| report.ignored.iter().flat_map(|shown| &shown.fields).any(|field| field.field == old.field);
    known.retain(|old| old.remediated_at.is_some() || !ignored(old));
    let new: Vec<Vec<Drift>> = report.drift.iter().map(|drifted| of_config(bucket, drifted, now)).collect();
    let entries = match (report.check, report.complete) {
        _ if !new.is_empty() => {
            let unread = known.into_iter().filter(|old| !report.complete && old.remediated_at.is_none());
            let elsewhere: Vec<Drift> = unread.filter(|old| !new.iter().flatten().any(|drift| drift.config == old.config)).collect();
            let elsewhere = elsewhere.chunk_by(|one, next| one.config == next.config).map(<[Drift]>::to_vec);
            text::fairly(new.into_iter().chain(elsewhere).collect())
        }
        // Somebody else put it right.
        (true, true) => known.into_iter().map(|old| Drift { remediated_at: old.remediated_at.or(Some(Time(now))), ..old }).collect(),
        (false, true) => Vec::new(),
        (_, false) => known,
    };
    (!entries.is_empty()).then_some(entries)
}

fn of_config(bucket: &Bucket, drifted: &Drifted, now: Timestamp) -> Vec<Drift> {
    let since = |field: &str| standing(bucket).find(|known| known.field == field).and_then(|known| known.first_seen.clone());
    let entry = |difference: &Difference| Drift {
        changed_by: None,
        config: drifted.config.to_owned(),
        desired: text::value(&difference.desired),
        field: text::shortened(&difference.field, 2 * text::VALUE),
        first_seen: since(&difference.field).or(Some(Time(now))),
        observed: text::value(&difference.observed),
        remediated_at: drifted.repaired.then_some(Time(now)),
    };
    drifted.fields.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::BucketSpec;
    use shared::bucket::{BucketStatus, Condition};
    use shared::place::ControllerTag;

    use super::*;

    fn bucket(conditions: &[(ConditionType, &str, i64)]) -> Bucket {
        let mut bucket = Bucket::new("b", BucketSpec { name: "b".to_owned(), ..BucketSpec::default() });
        bucket.metadata.generation = Some(3);
        let of = |(kind, status, generation): &(ConditionType, &str, i64)| Condition {
            type_: kind.as_str().to_owned(),
            status: (*status).to_owned(),
            observed_generation: Some(*generation),
            ..Condition::default()
        };
        bucket.status = Some(BucketStatus { conditions: Some(conditions.iter().map(of).collect()), ..BucketStatus::default() });
        bucket
    }

    fn differ(config: &'static str, field: &str, desired: &str, observed: serde_json::Value) -> (&'static str, Vec<Difference>) {
        (config, vec![Difference { field: field.to_owned(), desired: json!(desired), observed }])
    }

    fn after(bucket: &mut Bucket, report: &Report, second: i64) -> Option<Vec<Drift>> {
        let entries = entries(bucket, report, Timestamp::from_second(second).unwrap());
        bucket.status.as_mut().unwrap().drift.clone_from(&entries);
        entries
    }

    #[test]
    fn the_footing_is_read_from_the_conditions_of_this_generation() {
        use ConditionType::{Drifted, Ready};
        let expect = |conditions: &[(ConditionType, &str, i64)], expected| {
            assert_eq!(footing(&bucket(conditions)), expected, "{conditions:?}");
        };
        expect(&[], Footing::Unsettled);
        expect(&[(Ready, "True", 3)], Footing::Unread);
        expect(&[(Ready, "False", 3)], Footing::Unsettled);
        expect(&[(Ready, "True", 2), (Drifted, "False", 2)], Footing::Unsettled);
        expect(&[(Ready, "True", 3), (Drifted, "False", 3)], Footing::Settled);
        expect(&[(Ready, "False", 3), (Drifted, "True", 3)], Footing::Settled);
        expect(&[(Ready, "False", 3), (Drifted, "False", 2)], Footing::Unsettled);
        let mut no_generation = bucket(&[]);
        no_generation.metadata.generation = None;
        assert_eq!(footing(&no_generation), Footing::Unsettled);
    }

    #[test]
    fn what_creation_took_for_granted_is_no_drift() {
        let differences = || {
            let versioning = differ("versioning", "spec.versioning.status", "Enabled", json!("Suspended"));
            vec![versioning, differ("public_access_block", "spec.publicAccessBlock", "x", json!(null))]
        };
        let configs = |footing| {
            let found = found(footing, differences(), &["versioning"], &Place::default());
            found.into_iter().map(|drifted| drifted.config).collect::<Vec<_>>()
        };
        assert!(configs(Footing::Unsettled).is_empty());
        assert_eq!(configs(Footing::Unread), ["versioning"]);
        assert_eq!(configs(Footing::Settled), ["versioning", "public_access_block"]);
        let unsupported = found(Footing::Settled, vec![("cors", Vec::new())], &[], &Place::default());
        assert!(unsupported.is_empty(), "what the store does not know cannot drift");
    }

    #[test]
    fn another_version_of_the_controller_is_no_drift_but_a_tag_taken_away_is() {
        let tag = ControllerTag { key: "team/version".to_owned(), value: "s3-2".to_owned() };
        let place = Place { tags: vec![tag], ..Place::default() };
        let of = |field: &str, observed| found(Footing::Settled, vec![differ("tagging", field, "s3-2", observed)], &[], &place).len();
        assert_eq!(of("spec.tagging.tagSet[team/version].value", json!("s3-1")), 0);
        assert_eq!(of("spec.tagging.tagSet[team/version]", json!(null)), 1);
        assert_eq!(of("spec.tagging.tagSet[team/other].value", json!("s3-1")), 1);
    }

    #[test]
    fn drift_is_remembered_until_there_is_other_drift_or_the_spec_changes() {
        let mut bucket = bucket(&[(ConditionType::Drifted, "False", 3)]);
        let (config, fields) = differ("versioning", "spec.versioning.status", "Enabled", json!("Suspended"));
        let mut report = Report { check: true, complete: true, ..Report::default() };
        report.drift = vec![Drifted { config, fields: fields.clone(), repaired: false }];
        assert!(is_new(&bucket, &report.drift[0]));
        let first = after(&mut bucket, &report, 10).unwrap();
        assert_eq!((first[0].observed.as_deref(), &first[0].remediated_at), (Some("Suspended"), &None));
        assert!(!is_new(&bucket, &report.drift[0]));

        report.drift = vec![Drifted { config, fields, repaired: true }];
        let second = after(&mut bucket, &report, 20).unwrap();
        assert_eq!(second[0].first_seen, first[0].first_seen, "it stood since the first pass");
        assert!(second[0].remediated_at.is_some());

        report.drift = Vec::new();
        assert_eq!(after(&mut bucket, &report, 30).unwrap(), second, "a check that finds nothing leaves it");
        report.check = false;
        assert_eq!(after(&mut bucket, &report, 40), None, "a spec change clears it");
    }

    #[test]
    fn drift_that_could_not_be_read_again_stands_and_drift_that_went_away_ends() {
        let mut bucket = bucket(&[(ConditionType::Drifted, "True", 3)]);
        let mut report = Report { check: true, complete: true, ..Report::default() };
        let of = |config| {
            let (config, fields) = differ(config, config, "a", json!("b"));
            Drifted { config, fields, repaired: false }
        };
        report.drift = vec![of("cors"), of("policy")];
        after(&mut bucket, &report, 10);
        (report.complete, report.drift) = (false, vec![of("cors")]);
        assert_eq!(after(&mut bucket, &report, 20).unwrap().len(), 2, "policy was not read: it stands");
        (report.complete, report.drift) = (true, Vec::new());
        assert!(after(&mut bucket, &report, 30).unwrap().iter().all(|drift| drift.remediated_at.is_some()));
    }

    #[test]
    fn drift_in_a_section_that_is_no_longer_managed_is_none() {
        let mut bucket = bucket(&[(ConditionType::Drifted, "True", 3)]);
        let (config, fields) = differ("cors", "spec.cors", "a", json!("b"));
        let drift = vec![Drifted { config, fields: fields.clone(), repaired: false }];
        after(&mut bucket, &Report { check: true, complete: true, drift, ..Report::default() }, 10);
        let unmanaged = vec![crate::unmanaged::Shown { config, fields }];
        assert_eq!(after(&mut bucket, &Report { check: true, complete: true, unmanaged, ..Report::default() }, 20), None);
    }

    /// One that is left out would count as new in each pass.
    #[test]
    fn all_that_drift_are_remembered_however_many_fields_the_first_has() {
        let mut bucket = bucket(&[(ConditionType::Drifted, "True", 3)]);
        let of = |config: &'static str| {
            let field = |n| Difference { field: format!("spec.{config}.f{n}"), desired: json!("a"), observed: json!(null) };
            Drifted { config, fields: (0..9).map(field).collect(), repaired: false }
        };
        let drift: Vec<_> = shared::subconfig::NAMES.iter().map(|name| of(name)).collect();
        let report = Report { check: true, complete: true, drift, ..Report::default() };
        assert_eq!(after(&mut bucket, &report, 10).map(|entries| entries.len()), Some(text::ENTRIES));
        assert!(report.drift.iter().all(|drifted| !is_new(&bucket, drifted)));
    }

    #[test]
    fn the_status_stays_small() {
        let fields = (0..500).map(|n| Difference { field: format!("f{n}"), desired: json!("x".repeat(9000)), observed: json!(null) });
        let drift = vec![Drifted { config: "policy", fields: fields.collect(), repaired: true }];
        let report = Report { check: true, complete: true, drift, ..Report::default() };
        let entries = entries(&bucket(&[]), &report, Timestamp::UNIX_EPOCH).unwrap();
        assert!(serde_json::to_string(&entries).unwrap().len() < 10_000);
    }
}
