//! Rules about changes that S3 cannot follow or that lose something, and about who may write what.

use super::finding::{Findings, Reason};
use super::{Facts, Operation, quote, values};
use crate::bucket::FINALIZER;
use crate::{Bucket, BucketSpec, place};

/// What is said of any write, whatever it changes.
pub(super) fn object_findings(facts: &Facts<'_>, to: &mut Findings) {
    status_writer(facts, to);
    finalizer_removed(facts, to);
}

/// What is said of a change of the spec.
pub(super) fn spec_findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    name_immutable(spec, facts, to);
    mass_spec_wipe(spec, facts, to);
}

/// In the controller the ARN of the bucket tells what the name was.
fn name_immutable(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    if facts.request.operation != Operation::Update {
        return;
    }
    let stored = facts.old().and_then(Bucket::bucket_name).or_else(|| place::name(facts.bucket()));
    if let Some(stored) = stored.filter(|stored| *stored != spec.name) {
        let message = format!("spec.name is {} and cannot become {}; create a new Bucket", quote(stored), quote(&spec.name));
        to.deny("name-immutable", Reason::Forbidden, "spec.name", message);
    }
}

/// Region, account and ARN in the status tell the controller which bucket is meant; a wrong one would make it act on another. As
/// long as no controller is named in the settings, nobody can be told from one.
fn status_writer(facts: &Facts<'_>, to: &mut Findings) {
    let metadata = |bucket: &Bucket| bucket.status.as_ref().and_then(|status| status.ack_resource_metadata.clone());
    let Some(old) = facts.old().filter(|_| facts.by_user() && !facts.request.settings.controllers.is_empty()) else { return };
    if facts.request.subresource == Some("status") && metadata(old) != metadata(facts.bucket()) {
        let message = "ARN, account and region are the controller's to write; leave status.ackResourceMetadata as it is";
        to.deny("status-writer", Reason::Forbidden, "status.ackResourceMetadata", message);
    }
}

fn finalizer_removed(facts: &Facts<'_>, to: &mut Findings) {
    let removed = facts.old().is_some_and(Bucket::owns_bucket) && !facts.bucket().owns_bucket();
    if removed && facts.by_user() {
        let message = format!("without {FINALIZER} nobody cares for the S3 bucket any more, and it stays behind");
        to.warn("finalizer-removed", Reason::Forbidden, "metadata.finalizers", message);
    }
}

/// A section that is taken away goes back to what a new bucket has.
fn mass_spec_wipe(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    const MANY: usize = 3;
    let Some(old) = facts.old_spec() else { return };
    let left = values::sections(spec);
    let removed: Vec<String> = values::sections(old).into_iter().filter(|section| !left.contains(section)).collect();
    if removed.len() >= MANY {
        let message = format!("this takes away {}; their settings go back to those of a new bucket", removed.join(", "));
        to.warn("mass-spec-wipe", Reason::Forbidden, "spec", message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use super::*;
    use crate::admission::testing::{Case, World, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let status = || {
            World::new().existing().update().status().bucket(|bucket| {
                let metadata = bucket.status.as_mut().and_then(|status| status.ack_resource_metadata.as_mut());
                metadata.unwrap().arn = Some("arn:aws:s3:::somebody-elses".to_owned());
            })
        };
        let configured = || {
            let world = World::new().section("versioning", r#"{"status":"Enabled"}"#).section("policy", r#""{}""#);
            world.section("cors", r#"{"corsRules":[]}"#).existing().update()
        };
        let wiped = |spec: &mut BucketSpec| (spec.versioning, spec.policy, spec.cors) = (None, None, None);
        let halved = |spec: &mut BucketSpec| (spec.versioning, spec.policy) = (None, None);
        let finalized = || World::new().existing().update();
        let bare = |bucket: &mut Bucket| bucket.metadata.finalizers = None;
        vec![
            case("name-immutable", World::new().existing().update().named("other"), World::new().existing().update()),
            case("status-writer", status(), status().by_controller()),
            case("finalizer-removed", finalized().bucket(bare), finalized().bucket(bare).by_controller()),
            case("mass-spec-wipe", configured().spec(wiped), configured().spec(halved)).with(&["versioning-removed"]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;

    #[test]
    fn in_the_controller_the_arn_tells_what_the_name_was() {
        assert_eq!(World::new().existing().named("other").guard().rules(), ["name-immutable"]);
        assert_eq!(World::new().existing().guard().rules(), [""; 0]);
        let directory = World::new().named("a--euw1-az1--x-s3").existing();
        assert_eq!(directory.guard().rules(), [""; 0]);
    }

    #[test]
    fn conditions_are_not_guarded_and_other_subresources_not_looked_at() {
        let conditions = World::new().existing().update().status().bucket(|bucket| {
            if let Some(status) = bucket.status.as_mut() {
                status.conditions = Some(Vec::new());
            }
        });
        assert_eq!(conditions.rules(), [""; 0]);
        let mut scale = World::new().existing().update().named("Other Name");
        scale.subresource = Some("scale");
        assert_eq!(scale.rules(), [""; 0]);
    }

    #[test]
    fn where_no_controller_is_named_nobody_is_kept_from_the_status() {
        let mut world = World::new().existing().update().status().bucket(|bucket| bucket.status = None);
        assert_eq!(world.rules(), ["status-writer"]);
        world.settings.controllers.clear();
        assert_eq!(world.rules(), [""; 0]);
    }
}
