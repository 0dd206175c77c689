//! What a difference between S3 and the spec means: work that the spec asks for, or drift; what of that stays as it is for now
//! ([`Hold`]); and how it is told ([`entries`]). Pure.

mod applied;
mod condition;
mod entries;
mod hold;
mod metrics;
mod notes;

use jiff::Timestamp;
use shared::Bucket;
use shared::bucket::{ConditionType, Drift};
use shared::drift_mode::BUCKET;
use shared::place::Place;
use shared::subconfig::Difference;

pub use self::applied::{Applied, applied, is_untouched};
pub use self::condition::condition;
pub use self::entries::entries;
pub use self::hold::{Asking, Hold, held, is_contested, window};
pub use self::metrics::DriftMetrics;
pub use self::notes::{detected, in_words, remediated};
use crate::report::Drifted;
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
/// first check only these can have drifted, the others are what creation took for granted of a new bucket. `pending` names those that
/// were not carried out yet.
#[must_use]
pub fn found(
    footing: Footing,
    differences: Vec<(&'static str, Vec<Difference>)>,
    created_with: &[&'static str],
    pending: &[String],
    place: &Place,
) -> Vec<Drifted> {
    let counts = |config: &str| match footing {
        Footing::Unsettled => false,
        Footing::Unread => created_with.contains(&config),
        Footing::Settled => !pending.iter().any(|pending| pending == config),
    };
    differences
        .into_iter()
        .filter(|(config, fields)| counts(config) && fields.iter().any(|field| !is_our_own_change(field, place)))
        .map(|(config, fields)| Drifted::found(config, fields))
        .collect()
}

/// The sub-configurations that were not carried out yet, as the status says.
#[must_use]
pub fn pending(bucket: &Bucket) -> &[String] {
    bucket.status.as_ref().and_then(|status| status.pending.as_deref()).unwrap_or_default()
}

/// Of these differences those that a change of the spec did not bring: where drift is only shown, they stay as they are.
#[must_use]
pub fn untouched(bucket: &Bucket, differences: Vec<(&'static str, Vec<Difference>)>, applied: &Applied) -> Vec<Drifted> {
    let same = differences.into_iter().filter(|(config, fields)| !fields.is_empty() && is_untouched(bucket, config, applied));
    same.map(|(config, fields)| Drifted::found(config, fields)).collect()
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
    Drifted::found(BUCKET, vec![field])
}

/// Whether something of the drift was not there at the last pass, or was another change. A list that is full may lack some of a
/// sub-configuration that it names.
#[must_use]
pub fn is_new(bucket: &Bucket, drifted: &Drifted) -> bool {
    let all: Vec<&Drift> = standing(bucket).collect();
    let known: Vec<&&Drift> = all.iter().filter(|known| known.config == drifted.config).collect();
    let is_full = all.len() >= text::ENTRIES && !known.is_empty();
    let is_known =
        |field: &Difference| known.iter().any(|known| known.field == name(field) && known.observed == text::value(&field.observed));
    !is_full && !drifted.fields.iter().all(is_known)
}

/// Since when the drift stands, the latest of its fields; now where it is new. In whole seconds, as the status has it.
#[must_use]
pub fn since(bucket: &Bucket, drifted: &Drifted, now: Timestamp) -> Timestamp {
    let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
    let of = |field: &Difference| {
        let known = standing(bucket).find(|known| known.config == drifted.config && known.field == name(field));
        known.and_then(|known| known.first_seen.as_ref()).map_or(now, |since| since.0)
    };
    drifted.fields.iter().map(of).max().unwrap_or(now)
}

/// The field as the status names it.
#[must_use]
pub fn name(field: &Difference) -> String {
    text::shortened(&field.field, 2 * text::VALUE)
}

/// The drift that stands: found and not yet put right.
pub fn standing(bucket: &Bucket) -> impl Iterator<Item = &Drift> {
    let known = bucket.status.as_ref().and_then(|status| status.drift.as_deref());
    known.unwrap_or_default().iter().filter(|drift| drift.remediated_at.is_none())
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
            let found = found(footing, differences(), &["versioning"], &[], &Place::default());
            found.into_iter().map(|drifted| drifted.config).collect::<Vec<_>>()
        };
        assert!(configs(Footing::Unsettled).is_empty());
        assert_eq!(configs(Footing::Unread), ["versioning"]);
        assert_eq!(configs(Footing::Settled), ["versioning", "public_access_block"]);
        let unsupported = found(Footing::Settled, vec![("cors", Vec::new())], &[], &[], &Place::default());
        assert!(unsupported.is_empty(), "what the store does not know cannot drift");
    }

    #[test]
    fn another_version_of_the_controller_is_no_drift_but_a_tag_taken_away_is() {
        let tag = ControllerTag { key: "team/version".to_owned(), value: "s3-2".to_owned() };
        let place = Place { tags: vec![tag], ..Place::default() };
        let of = |field: &str, observed| found(Footing::Settled, vec![differ("tagging", field, "s3-2", observed)], &[], &[], &place).len();
        assert_eq!(of("spec.tagging.tagSet[team/version].value", json!("s3-1")), 0);
        assert_eq!(of("spec.tagging.tagSet[team/version]", json!(null)), 1);
        assert_eq!(of("spec.tagging.tagSet[team/other].value", json!("s3-1")), 1);
    }
}
