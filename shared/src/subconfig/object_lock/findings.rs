//! What admission says of Object Lock. Source: S3 API reference, PutObjectLockConfiguration and CreateBucket; S3 User Guide,
//! "Object Lock considerations".

mod retention;

use super::{DefaultRetention, ObjectLock, is_asked_for};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path, Reason};
use crate::subconfig::SubConfig;
use crate::unset::UnsetFields;

const FLAG: &str = "objectLockEnabledForBucket";

/// Of both fields, which stand in the spec.
pub(super) fn findings(section: &ObjectLock, spec: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let (flag, configuration) = (spec.member(FLAG), spec.member(ObjectLock::FIELD));
    if was_on(facts) {
        objectlock_disable(section, &flag, facts, to);
    } else {
        objectlock_needs_enabled(section, &configuration, facts, to);
        objectlock_needs_versioning(&flag, facts, to);
    }
    objectlock_config_removed(section, &configuration, facts, to);
    if let Some(rule) = section.object_lock_configuration.as_ref().and_then(|configuration| configuration.rule.as_ref()) {
        retention::findings(rule, &configuration.member("rule"), facts, to);
    }
}

/// Whether the bucket has Object Lock, or is going to: the spec asks for it, or asked for it before.
#[must_use]
pub(crate) fn is_on(facts: &Facts<'_>) -> bool {
    facts.spec().is_some_and(is_asked_for) || was_on(facts)
}

/// Whether the spec asks for Object Lock now, and did not when the bucket was made.
#[must_use]
pub(crate) fn is_turned_on(facts: &Facts<'_>) -> bool {
    facts.exists() && facts.old().is_some() && !was_on(facts) && facts.spec().is_some_and(is_asked_for)
}

/// What is on stays on.
fn was_on(facts: &Facts<'_>) -> bool {
    facts.exists() && facts.old_spec().is_some_and(is_asked_for)
}

/// The retention that a spec declares, if it says anything.
fn declared(spec: &BucketSpec) -> Option<&DefaultRetention> {
    let retention = spec.object_lock_configuration.as_ref()?.rule.as_ref()?.default_retention.as_ref();
    retention.filter(|retention| **retention != DefaultRetention::default())
}

/// The lock is for ever: a rule that needs it is no word for it. The controller turns it on for who has such a spec stored already.
fn objectlock_needs_enabled(section: &ObjectLock, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let refuses = match section.object_lock_enabled_for_bucket {
        Some(on) => !on,
        None => facts.by_user(),
    };
    if refuses && section.retention().is_some_and(|retention| *retention != DefaultRetention::default()) {
        let message = "a default retention needs Object Lock, which stays on for ever; set objectLockEnabledForBucket: true as well";
        to.deny("objectlock-needs-enabled", Reason::Required, at, message);
    }
}

/// Where the spec says nothing of versioning, it follows the lock.
fn objectlock_needs_versioning(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let status = facts.spec().and_then(|spec| spec.versioning.as_ref()).and_then(|versioning| versioning.status.as_deref());
    if status == Some("Suspended") && is_turned_on(facts) {
        let message = "S3 turns Object Lock on only with versioning; set versioning.status: Enabled";
        to.deny("objectlock-needs-versioning", Reason::Invalid, at, message);
    }
}

/// Who says no to a lock that is on wants what nobody can do; who says nothing any more may not know that it stays.
fn objectlock_disable(section: &ObjectLock, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if section.object_lock_enabled_for_bucket == Some(false) {
        let message = "Object Lock is on and cannot be turned off; set true, or make a new Bucket";
        to.deny("objectlock-disable", Reason::Forbidden, at, message);
    } else if !facts.spec().is_some_and(is_asked_for) {
        to.warn("objectlock-disable", Reason::Forbidden, at, "Object Lock stays on without it, as it cannot be turned off");
    }
}

fn objectlock_config_removed(section: &ObjectLock, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let goes = match &section.object_lock_configuration {
        Some(configuration) => configuration.rule.is_none(),
        None => facts.unset() == UnsetFields::Reset,
    };
    if goes && was_on(facts) && facts.old_spec().and_then(declared).is_some() {
        let message = "new objects get no default retention any more; Object Lock stays on";
        to.warn("objectlock-config-removed", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use super::retention;
    use crate::admission::testing::{Case, World, case};

    pub(super) fn flag(world: World, on: &str) -> World {
        world.section("objectLockEnabledForBucket", on)
    }

    pub(super) fn locked() -> World {
        flag(World::new(), "true")
    }

    /// A rule with this default retention.
    pub(super) fn keeping(world: World, retention: &str) -> World {
        world.section("objectLockConfiguration", &format!(r#"{{"rule":{{"defaultRetention":{{{retention}}}}}}}"#))
    }

    pub(super) const MONTH: &str = r#""mode":"GOVERNANCE","days":30"#;

    pub(super) fn loose(world: World) -> World {
        world.section("objectLockConfiguration", "null")
    }

    pub(crate) fn all() -> Vec<Case> {
        let versioned = |status: &str| World::new().section("versioning", &format!(r#"{{"status":"{status}"}}"#)).existing().update();
        let stored = || keeping(locked(), MONTH).existing().update();
        let own = vec![
            case("objectlock-needs-enabled", keeping(World::new(), MONTH), keeping(locked(), MONTH)),
            case("objectlock-needs-versioning", flag(versioned("Suspended"), "true"), flag(versioned("Enabled"), "true")),
            case("objectlock-disable", flag(stored(), "false"), stored().tag("more", "x")),
            case("objectlock-config-removed", loose(stored()), stored().tag("more", "x")),
        ];
        own.into_iter().chain(retention::cases::all()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{MONTH, flag, keeping, locked, loose};
    use crate::admission::testing::World;
    use crate::annotation;

    fn stored() -> World {
        keeping(locked(), MONTH).existing().update()
    }

    #[test]
    fn a_section_that_says_nothing_needs_nothing() {
        assert_eq!(World::new().section("objectLockConfiguration", "{}").rules(), [""; 0]);
        assert_eq!(flag(World::new(), "false").section("objectLockConfiguration", "{}").rules(), [""; 0]);
    }

    #[test]
    fn a_rule_without_the_lock_is_refused_for_who_writes_it_and_carried_out_where_it_stands() {
        let bare = || keeping(World::new(), MONTH);
        assert_eq!(bare().existing().guard().rules(), [""; 0]);
        assert_eq!(flag(bare(), "false").existing().guard().rules(), ["objectlock-needs-enabled"]);
        assert_eq!(flag(bare(), "false").rules(), ["objectlock-needs-enabled"]);
    }

    #[test]
    fn versioning_follows_a_lock_that_is_turned_on() {
        let turned_on = || flag(World::new().existing().update(), "true");
        assert_eq!(turned_on().rules(), [""; 0]);
        let suspended = flag(World::new().existing().update(), "true").section("versioning", r#"{"status":"Suspended"}"#);
        assert_eq!(suspended.rules(), ["objectlock-needs-versioning"]);
    }

    #[test]
    fn a_lock_that_is_not_mentioned_any_more_stays_and_that_is_said() {
        let silent = loose(flag(stored(), "null"));
        assert_eq!(silent.rules(), ["objectlock-config-removed", "objectlock-disable"]);
        assert!(!silent.verdict().is_denied());
        assert_eq!(flag(stored(), "null").rules(), [""; 0], "the rule still asks for it");
        assert_eq!(flag(locked().update(), "false").rules(), [""; 0], "no bucket yet");
        assert_eq!(flag(locked().existing(), "false").guard().rules(), [""; 0]);
    }

    #[test]
    fn a_default_retention_that_stays_is_not_removed() {
        assert_eq!(loose(stored()).annotate(annotation::UNSET_FIELDS, "ignore").rules(), [""; 0]);
        assert_eq!(loose(stored()).leaving_unset().rules(), [""; 0]);
        assert_eq!(stored().section("objectLockConfiguration", "{}").rules(), ["objectlock-config-removed"]);
        assert_eq!(stored().section("objectLockConfiguration", r#"{"rule":{}}"#).rules(), ["objectlock-rule-incomplete"]);
        assert_eq!(loose(locked().section("objectLockConfiguration", "{}").existing().update()).rules(), [""; 0]);
    }
}
