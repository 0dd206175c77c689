//! What adopting a bucket, or putting its drift right, would change in S3: as people are shown it, and as they approve it. Pure.

use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use shared::Bucket;
use shared::bucket::{AdoptionPlan, PlannedChange};
use shared::place::Place;
use shared::resource_tags::OF_NAMESPACE;
use shared::subconfig::{Difference, ENDANGERING, Plan};

use crate::report::{BUCKET, Drifted};
use crate::{drift, text};

/// The most changes that the status lists: more than people read, and still a small part of what etcd takes (1.5 MiB).
const LISTED: usize = 512;
/// How much of the digest people see and copy, in bytes.
const HASH: usize = 8;

/// The changes that somebody may have to approve.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// Stands for exactly these changes of this bucket.
    pub hash: String,
    /// Whether it is drift that would be put right, which is never done unasked.
    pub of_drift: bool,
    changes: Vec<(&'static str, Vec<Change>)>,
}

#[derive(Clone, Debug, PartialEq)]
struct Change {
    difference: Difference,
    destructive: bool,
}

impl Proposal {
    /// The changes of the plan for the bucket of this name.
    #[must_use]
    pub fn of(name: &str, plan: &Plan, place: &Place) -> Self {
        let changes: Vec<_> = plan.differences().into_iter().map(|(config, fields)| changes(config, fields, place)).collect();
        Self { hash: hash(&[name], &changes), of_drift: false, changes }
    }

    /// The changes that put this drift of the Bucket right. The hash stands for this occurrence: what was approved once is not approved
    /// for when it comes back.
    #[must_use]
    pub fn of_drift<'a>(name: &str, drift: impl Iterator<Item = &'a Drifted>, bucket: &Bucket, now: Timestamp, place: &Place) -> Self {
        let drift: Vec<&Drifted> = drift.collect();
        let latest = drift.iter().map(|drifted| drift::since(bucket, drifted, now).as_second()).max();
        let changes: Vec<_> = drift.iter().map(|drifted| changes(drifted.config, drifted.fields.clone(), place)).collect();
        let occurrence = latest.unwrap_or_default().to_string();
        Self { hash: hash(&[name, "drift", &occurrence], &changes), of_drift: true, changes }
    }

    /// The changes where the bucket is not there yet, and is made with what the plan says.
    #[must_use]
    pub fn of_creation(name: &str, plan: &Plan, place: &Place) -> Self {
        let Self { changes, .. } = Self::of(name, plan, place);
        let made = drift::of_gone_bucket(name).fields.into_iter().map(|difference| Change { difference, destructive: false }).collect();
        let changes: Vec<(&str, Vec<Change>)> = std::iter::once((BUCKET, made)).chain(changes).collect();
        Self { hash: hash(&[name], &changes), of_drift: false, changes }
    }

    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total() == 0
    }

    /// How many fields would change.
    #[must_use]
    pub fn total(&self) -> usize {
        self.all().count()
    }

    /// How many of the changes need somebody's approval.
    #[must_use]
    pub fn destructive(&self) -> usize {
        self.all().filter(|change| change.destructive).count()
    }

    /// The sub-configurations that would change.
    pub fn configs(&self) -> impl Iterator<Item = &'static str> {
        self.changes.iter().filter(|(_, changes)| !changes.is_empty()).map(|(config, _)| *config)
    }

    /// Every change in full: the sub-configuration, the field, and whether it needs somebody's approval.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &Difference, bool)> {
        self.changes.iter().flat_map(|(config, all)| all.iter().map(|change| (*config, &change.difference, change.destructive)))
    }

    /// As the status has it. Of very many changes of one sub-configuration the ones to approve come first.
    #[must_use]
    pub fn shown(&self) -> AdoptionPlan {
        let groups = self.changes.iter().map(|(config, changes)| {
            let (first, then): (Vec<&Change>, Vec<&Change>) = changes.iter().partition(|change| change.destructive);
            first.into_iter().chain(then).map(|change| entry(config, change)).collect()
        });
        AdoptionPlan {
            approval_required: self.of_drift || self.destructive() > 0,
            changes: text::fairly_up_to(LISTED, groups.collect()),
            hash: self.hash.clone(),
            total: i64::try_from(self.total()).unwrap_or(i64::MAX),
        }
    }

    fn all(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().flat_map(|(_, changes)| changes)
    }
}

/// The changes of one sub-configuration.
fn changes(config: &'static str, fields: Vec<Difference>, place: &Place) -> (&'static str, Vec<Change>) {
    let change = |difference| Change { destructive: is_destructive(config, &difference, place), difference };
    (config, fields.into_iter().map(change).collect())
}

/// Whether the change overwrites or takes away what the bucket holds, or can do harm by itself. Other values of the controller's own
/// tags are neither, unless they say that a Bucket of another namespace made the bucket.
fn is_destructive(config: &str, difference: &Difference, place: &Place) -> bool {
    let another_owner = difference.field.ends_with(&format!("[{OF_NAMESPACE}].value"));
    if drift::is_our_own_change(difference, place) && !another_owner {
        return false;
    }
    !difference.observed.is_null() || ENDANGERING.iter().any(|(name, endangers)| *name == config && *endangers)
}

fn entry(config: &str, change: &Change) -> PlannedChange {
    PlannedChange {
        config: config.to_owned(),
        desired: text::value(&change.difference.desired),
        destructive: change.destructive,
        field: text::shortened(&change.difference.field, 2 * text::VALUE),
        observed: text::value(&change.difference.observed),
    }
}

/// A digest of the bucket's name, of what else it stands for, and of every change in full.
fn hash(about: &[&str], changes: &[(&str, Vec<Change>)]) -> String {
    let mut digest = Context::new(&SHA256);
    let mut add = |part: &str| {
        digest.update(&part.len().to_be_bytes());
        digest.update(part.as_bytes());
    };
    for part in about {
        add(part);
    }
    for (config, Change { difference, .. }) in changes.iter().flat_map(|(config, all)| all.iter().map(move |change| (config, change))) {
        [config, difference.field.as_str(), &difference.desired.to_string(), &difference.observed.to_string()]
            .into_iter()
            .for_each(&mut add);
    }
    let bytes = digest.finish();
    bytes.as_ref().iter().take(HASH).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared::BucketSpec;
    use shared::place::ControllerTag;
    use shared::subconfig::{self, Have, Observed};
    use shared::unset::UnsetFields;

    use super::*;

    fn place() -> Place {
        let tag = |key: &str, value: &str| ControllerTag { key: key.to_owned(), value: value.to_owned() };
        Place { tags: vec![tag("services.k8s.aws/controller-version", "s3-2"), tag(OF_NAMESPACE, "team-a")], ..Place::default() }
    }

    fn section<T: serde::de::DeserializeOwned>(value: Value) -> Have<T> {
        serde_json::from_value(value).map_or(Have::Empty, Have::Value)
    }

    fn proposed(name: &str, sections: Value, observed: &Observed) -> Proposal {
        let mut spec = sections;
        spec["name"] = json!(name);
        let spec: BucketSpec = serde_json::from_value(spec).unwrap();
        Proposal::of(name, &subconfig::plan(&spec, observed, &place(), UnsetFields::Ignore), &place())
    }

    fn tagged(tags: &[(&str, &str)]) -> Observed {
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        Observed { tagging: section(json!({ "tagSet": tags })), ..Observed::default() }
    }

    #[test]
    fn what_is_added_needs_no_approval_and_what_is_overwritten_does() {
        let team = json!({"tagging": {"tagSet": [{"key": "team", "value": "a"}]}});
        let added = proposed("b", team.clone(), &tagged(&[]));
        assert_eq!((added.total(), added.destructive()), (1, 0), "a section from nothing is one change");
        let overwritten = proposed("b", team.clone(), &tagged(&[("team", "b")]));
        assert_eq!((overwritten.total(), overwritten.destructive()), (3, 1), "{overwritten:?}");
        assert_eq!(proposed("b", team, &tagged(&[("team", "a"), ("left", "over")])).destructive(), 1, "a tag goes");
    }

    #[test]
    fn what_can_do_harm_by_itself_needs_approval_even_where_there_was_nothing() {
        let lifecycle = json!({"lifecycle": {"rules": [{"status": "Enabled", "expiration": {"days": 1}}]}});
        let empty = Observed { lifecycle: Have::Empty, cors: Have::Empty, ..Observed::default() };
        assert_eq!(proposed("b", lifecycle, &empty).destructive(), 1);
        let cors = json!({"cors": {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}]}});
        assert_eq!(proposed("b", cors, &empty).destructive(), 0);
    }

    #[test]
    fn people_are_told_what_needs_approval_by_itself() {
        let names: Vec<&str> = ENDANGERING.iter().filter(|(_, endangers)| *endangers).map(|(name, _)| *name).collect();
        let readme = include_str!("../../README.md").replace('\n', " ");
        assert!(readme.contains(&format!("by itself: {}.", names.join(", "))), "{names:?}");
    }

    #[test]
    fn another_version_needs_no_approval_and_another_owner_does() {
        let version = ("services.k8s.aws/controller-version", "s3-1");
        let same = proposed("b", json!({"tagging": {}}), &tagged(&[version, (OF_NAMESPACE, "team-a")]));
        assert_eq!((same.total(), same.destructive()), (1, 0), "{same:?}");
        let other = proposed("b", json!({"tagging": {}}), &tagged(&[version, (OF_NAMESPACE, "team-b")]));
        assert_eq!((other.total(), other.destructive()), (2, 1), "{other:?}");
        assert_eq!(other.configs().collect::<Vec<_>>(), ["tagging"]);
    }

    #[test]
    fn the_hash_stands_for_the_bucket_and_every_change_in_full() {
        let of = |name: &str, value: &str| proposed(name, json!({"tagging": {}}), &tagged(&[("left", value)])).hash;
        let (short, long) = ("x".repeat(500), "x".repeat(501));
        assert_eq!(of("b", &short), of("b", &short));
        assert_eq!(of("b", &short).len(), 2 * HASH);
        assert_ne!(of("b", &short), of("b", &long), "what the status cuts counts too");
        assert_ne!(of("b", &short), of("c", &short));
    }

    #[test]
    fn the_status_lists_so_many_and_counts_all_those_to_approve_first() {
        let keys: Vec<String> = (0..300).map(|n| format!("k{n:03}")).collect();
        let held: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "old")).chain([(OF_NAMESPACE, "team-a")]).collect();
        let mut wanted: Vec<Value> = (0..300).map(|n| json!({"key": format!("a{n:03}"), "value": "new"})).collect();
        wanted.extend(keys.iter().map(|key| json!({"key": key, "value": "new"})));
        let shown = proposed("b", json!({"tagging": {"tagSet": wanted}}), &tagged(&held)).shown();
        assert_eq!((shown.total, shown.changes.len(), shown.approval_required), (601, LISTED, true));
        assert!(shown.changes[..300].iter().all(|change| change.destructive && change.observed.as_deref() == Some("old")), "{shown:?}");
        assert!(serde_json::to_string(&shown).unwrap().len() < 200_000);
    }
}
