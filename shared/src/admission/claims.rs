//! One S3 bucket, one Bucket: the rule about names that are claimed already, and who wins where two claim one name.

use super::finding::{Findings, Reason};
use super::{AdoptionPolicy, Claim, Facts, Holder, quote};
use crate::{Bucket, annotation, place};

pub(super) fn findings(facts: &Facts<'_>, to: &mut Findings) {
    bucket_claimed_twice(facts, to);
}

/// Whether the one Bucket's claim to an S3 name goes before the other's: whose bucket exists goes first, then who is older, then
/// the order of namespace and name. A controller serves the first and refuses the others, so that they never overwrite each other.
#[must_use]
pub fn goes_before(one: &Bucket, other: &Bucket) -> bool {
    let rank = |bucket: &Bucket| {
        let created = bucket.metadata.creation_timestamp.clone();
        (place::arn(bucket).is_none(), created.is_none(), created, bucket.metadata.namespace.clone(), bucket.metadata.name.clone())
    };
    rank(one) < rank(other)
}

/// Whether the Bucket is read-only and nothing more: it looks at a bucket that may be anybody's. One that has a bucket of its own, or
/// is to adopt one, claims it even while it is read-only, as it will write it once it no longer is.
#[must_use]
pub fn only_looks_on(bucket: &Bucket) -> bool {
    let adopts = AdoptionPolicy::pending(bucket) == Some(AdoptionPolicy::Adopt);
    annotation::is_true(bucket.annotation(annotation::READ_ONLY)) && !bucket.owns_bucket() && !adopts
}

/// A Bucket whose S3 bucket exists is no newcomer, unless it only looked on so far.
fn bucket_claimed_twice(facts: &Facts<'_>, to: &mut Findings) {
    let bucket = facts.bucket();
    let claims_nothing = facts.heeds_read_only() && only_looks_on(bucket);
    let is_settled = facts.exists() && bucket.owns_bucket() && !stops_looking_on(facts);
    let Some(name) = facts.bucket_name().filter(|_| !claims_nothing && !is_settled) else { return };
    match facts.request.claims.holder(name, facts.partition.unwrap_or("aws"), facts.bucket()) {
        Holder::Nobody => {}
        Holder::Unknown => to.skip_stateful(),
        Holder::Bucket(Claim { namespace, name: holder }) => {
            let field = if facts.bucket().bucket_name().is_some() { "spec.name" } else { super::object::ADOPTION_FIELDS_FIELD };
            let message =
                format!("bucket {} is managed by Bucket {namespace}/{holder} already; delete that one or pick another name", quote(name));
            to.deny("bucket-claimed-twice", Reason::Duplicate, field, message);
        }
    }
}

/// Whether the update lets a Bucket write that was read-only until now.
fn stops_looking_on(facts: &Facts<'_>) -> bool {
    let looked_on = facts.old().is_some_and(|old| annotation::is_true(old.annotation(annotation::READ_ONLY)));
    looked_on && !facts.looks_on()
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::admission::{Claim, Holder};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let held = Holder::Bucket(Claim { namespace: "team-b".to_owned(), name: "logs".to_owned() });
        vec![case("bucket-claimed-twice", World::new().holder(held), World::new())]
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use k8s_openapi::jiff::Timestamp;

    use super::*;
    use crate::admission::testing::World;

    fn held() -> Holder {
        Holder::Bucket(Claim { namespace: "team-b".to_owned(), name: "logs".to_owned() })
    }

    #[test]
    fn a_cache_that_is_not_filled_refuses_nobody() {
        let verdict = World::new().holder(Holder::Unknown).verdict();
        assert!(verdict.skipped_stateful && verdict.findings.is_empty());
        assert!(!World::new().verdict().skipped_stateful);
    }

    #[test]
    fn the_owner_of_an_existing_bucket_and_who_looks_on_are_no_newcomers() {
        assert_eq!(World::new().existing().holder(held()).guard().rules(), [""; 0]);
        assert_eq!(World::new().annotate(annotation::READ_ONLY, "true").holder(held()).rules(), [""; 0]);
        assert_eq!(World::new().existing().holder(held()).rules(), ["bucket-claimed-twice"], "a new object is one, whatever it says");
    }

    #[test]
    fn the_name_to_adopt_is_a_claim_too() {
        let world = World::new().adopting("adopt", r#"{"name":"team-a-logs"}"#).without_spec().holder(held());
        assert_eq!(world.rules(), ["bucket-claimed-twice"]);
        assert!(world.verdict().findings[0].field.contains("adoption-fields"));
    }

    #[test]
    fn who_looks_on_and_owns_or_adopts_a_bucket_claims_it() {
        let looking = || World::new().annotate(annotation::READ_ONLY, "true").holder(held());
        assert_eq!(looking().adopting("adopt", r#"{"name":"team-a-logs"}"#).rules(), ["bucket-claimed-twice"]);
        assert_eq!(looking().adopting("adopt-or-create", r#"{"name":"team-a-logs"}"#).rules(), [""; 0], "it adopts nothing so far");
        assert_eq!(looking().existing().rules(), ["bucket-claimed-twice"], "a finalizer that somebody wrote");
        let settled = looking().existing();
        assert_eq!(settled.clone().guard().rules(), [""; 0]);
        assert!(only_looks_on(&looking().bucket) && !only_looks_on(&settled.bucket) && !only_looks_on(&World::new().bucket));

        // The ARN in the status of who looks on proves nothing.
        let onlooker = looking().existing().bucket(|bucket| bucket.metadata.finalizers = None).update();
        assert_eq!(onlooker.clone().tag("x", "y").rules(), [""; 0]);
        assert_eq!(onlooker.clone().adopting("adopt", r#"{"name":"team-a-logs"}"#).rules(), ["bucket-claimed-twice"]);
        assert_eq!(onlooker.annotate(annotation::READ_ONLY, "false").rules(), ["bucket-claimed-twice"]);
        assert_eq!(settled.clone().update().annotate(annotation::READ_ONLY, "false").rules(), ["bucket-claimed-twice"]);
        assert_eq!(settled.holder(Holder::Nobody).update().annotate(annotation::READ_ONLY, "false").rules(), [""; 0]);
    }

    #[test]
    fn where_the_annotation_read_only_means_nothing_everybody_claims() {
        let mut world = World::new().annotate(annotation::READ_ONLY, "true").holder(held());
        world.settings.ignores_read_only = true;
        assert_eq!(world.rules(), ["bucket-claimed-twice"]);
        assert_eq!(world.named("Bad_Name").holder(Holder::Nobody).rules(), ["name-charset"], "and has a spec to carry out");
    }

    #[test]
    fn of_two_claims_exactly_one_goes_first() {
        let made = |seconds: i64| {
            let mut bucket = World::new().bucket;
            bucket.metadata.creation_timestamp = Some(Time(Timestamp::from_second(seconds).unwrap()));
            bucket
        };
        let (old, new, unstored) = (made(1), made(2), World::new().bucket);
        let mut owner = World::new().existing().bucket;
        owner.metadata.creation_timestamp = new.metadata.creation_timestamp.clone();
        let order = [&owner, &old, &new, &unstored];
        for (index, one) in order.iter().enumerate() {
            for (place, other) in order.iter().enumerate() {
                assert_eq!(goes_before(one, other), index < place, "{index} {place}");
            }
        }
    }
}
