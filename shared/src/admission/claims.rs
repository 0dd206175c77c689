//! One S3 bucket, one Bucket: the rule about names that are claimed already, and who wins where two claim one name.

use super::finding::{Findings, Reason};
use super::{Claim, Facts, Holder, quote};
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

/// A Bucket whose S3 bucket exists is no newcomer, and one that only looks on claims nothing.
fn bucket_claimed_twice(facts: &Facts<'_>, to: &mut Findings) {
    let looks_on = annotation::is_true(facts.bucket().annotation(annotation::READ_ONLY));
    let Some(name) = facts.bucket_name().filter(|_| !looks_on && !facts.exists()) else { return };
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
