//! What admission says of versioning. Source: S3 API reference, PutBucketVersioning; S3 User Guide, "Using versioning in S3
//! buckets", "Object Lock considerations" and "Replication and other bucket configurations".

use super::change::{is_taken_away, suspends_replication};
use super::{ENABLED, SUSPENDED, Versioning};
use crate::admission::check;
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::subconfig::object_lock;

pub(super) fn findings(versioning: &Versioning, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    match versioning.status.as_deref() {
        None | Some("") => versioning_status_empty(at, facts, to),
        Some(ENABLED) => {}
        Some(SUSPENDED) => suspended(&at.member("status"), facts, to),
        Some(status) => versioning_status_enum(status, &at.member("status"), to),
    }
}

/// The section is left out.
pub(super) fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if suspends_replication(facts) {
        versioning_suspend_replication(at, to);
    } else if is_taken_away(facts) {
        versioning_removed(at, to);
    }
}

/// The section is never sent like that, and older releases of the peer left such ones behind.
fn versioning_status_empty(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if facts.by_user() {
        let message = "the section says nothing, which others take for Suspended; set status, or remove versioning";
        to.warn("versioning-status-empty", Reason::Required, at, message);
    }
}

fn versioning_status_enum(status: &str, at: &Path<'_>, to: &mut Findings) {
    if ["disabled", "off", "false"].iter().any(|off| off.eq_ignore_ascii_case(status)) {
        let message = format!("{} is no status; use Suspended, and leave versioning out where it never was on", quote(status));
        to.deny("versioning-status-enum", Reason::NotSupported, at, message);
    } else {
        check::one_of(Some(status), &[ENABLED, SUSPENDED], "versioning-status-enum", at, to);
    }
}

fn suspended(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if object_lock::is_turned_on(facts) {
        // That the lock needs versioning is said at the lock.
    } else if object_lock::is_on(facts) {
        let message = "S3 does not suspend versioning where Object Lock is on; use Enabled";
        to.deny("versioning-suspend-objectlock", Reason::Forbidden, at, message);
    } else if suspends_replication(facts) {
        versioning_suspend_replication(at, to);
    }
}

fn versioning_suspend_replication(at: &Path<'_>, to: &mut Findings) {
    let message = "S3 does not suspend versioning while objects are replicated; keep it Enabled, or remove spec.replication first";
    to.deny("versioning-suspend-replication", Reason::Forbidden, at, message);
}

fn versioning_removed(at: &Path<'_>, to: &mut Findings) {
    let message = "without this section versioning is suspended: what is overwritten is lost; say Suspended if you mean it";
    to.warn("versioning-removed", Reason::Forbidden, at, message);
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn versioned(status: &str) -> World {
        World::new().section("versioning", &format!(r#"{{"status":"{status}"}}"#))
    }

    pub(super) fn becomes(world: World, status: &str) -> World {
        world.section("versioning", &format!(r#"{{"status":"{status}"}}"#))
    }

    pub(super) fn unversioned(world: World) -> World {
        world.section("versioning", "null")
    }

    pub(super) fn replicated(world: World) -> World {
        let rule = r#"{"id":"a","priority":1,"status":"Enabled","filter":{},"deleteMarkerReplication":{"status":"Disabled"},
            "destination":{"bucket":"arn:aws:s3:::team-a-copies"}}"#;
        world.section("replication", &format!(r#"{{"role":"arn:aws:iam::123456789012:role/r","rules":[{rule}]}}"#))
    }

    pub(super) fn locked(world: World) -> World {
        world.section("objectLockEnabledForBucket", "true")
    }

    pub(crate) fn all() -> Vec<Case> {
        let stored = || versioned("Enabled").existing().update();
        let copied = || replicated(versioned("Enabled")).existing().update();
        vec![
            case("versioning-status-enum", versioned("enabled"), versioned("Enabled")),
            case("versioning-status-empty", World::new().section("versioning", "{}"), versioned("Suspended")),
            case("versioning-suspend-objectlock", locked(versioned("Suspended")), locked(versioned("Enabled"))),
            case("versioning-suspend-replication", becomes(copied(), "Suspended"), becomes(stored(), "Suspended")),
            case("versioning-removed", unversioned(stored()), becomes(stored(), "Suspended")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{becomes, locked, replicated, unversioned, versioned};
    use crate::admission::testing::World;
    use crate::annotation;

    fn stored() -> World {
        versioned("Enabled").existing().update()
    }

    #[test]
    fn the_word_that_people_try_gets_its_own_advice() {
        for (word, advice) in [("Disabled", "use Suspended"), ("Suspend", "Did you mean Suspended?"), ("ENABLED", "Did you mean Enabled?")]
        {
            let verdict = versioned(word).verdict();
            assert_eq!(verdict.rules(), ["versioning-status-enum"]);
            assert_eq!(verdict.findings[0].field, "spec.versioning.status");
            assert!(verdict.findings[0].message.contains(advice), "{:?}", verdict.findings);
        }
    }

    #[test]
    fn what_the_peer_stored_does_not_hold_the_controller_up() {
        let empty = World::new().section("versioning", "{}");
        assert_eq!(empty.clone().existing().guard().rules(), [""; 0]);
        assert!(!empty.existing().update().tag("more", "x").verdict().is_denied());
        assert_eq!(versioned("").rules(), ["versioning-status-empty"]);
    }

    #[test]
    fn with_object_lock_versioning_stays_on_by_itself() {
        assert_eq!(locked(World::new()).rules(), [""; 0]);
        assert_eq!(unversioned(locked(versioned("Enabled")).existing().update()).rules(), [""; 0]);
        let suspended = becomes(locked(versioned("Enabled")).existing().update(), "Suspended");
        assert_eq!(suspended.rules(), ["versioning-suspend-objectlock"]);
        assert_eq!(locked(versioned("Suspended")).existing().guard().rules(), ["versioning-suspend-objectlock"]);
    }

    #[test]
    fn a_section_that_goes_under_a_replication_is_refused() {
        let verdict = unversioned(replicated(versioned("Enabled")).existing().update()).verdict();
        let finding = &verdict.findings[0];
        assert_eq!((&*finding.rule, finding.field.as_str()), ("versioning-suspend-replication", "spec.versioning"));
        let together = unversioned(replicated(versioned("Enabled")).existing().update()).section("replication", "null");
        assert_eq!(together.rules(), ["versioning-removed"], "what goes, goes first");
    }

    #[test]
    fn nothing_is_taken_away_where_it_never_was_on_or_is_not_managed() {
        assert_eq!(unversioned(versioned("Enabled").update()).rules(), [""; 0], "no bucket yet");
        assert_eq!(unversioned(versioned("Suspended").existing().update()).rules(), [""; 0]);
        assert_eq!(unversioned(stored().annotate(annotation::UNSET_FIELDS, "ignore")).rules(), [""; 0]);
        assert_eq!(unversioned(stored().annotate(annotation::ADOPTED, "true")).rules(), [""; 0]);
        assert_eq!(unversioned(stored()).guard().rules(), [""; 0]);
    }
}
