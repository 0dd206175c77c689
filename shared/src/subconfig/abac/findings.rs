//! What admission says of attribute-based access control. Source: S3 API reference, PutBucketAbac; S3 User Guide, "Enabling ABAC in
//! general purpose buckets".

use super::{Abac, DISABLED};
use crate::admission::{Facts, Findings, Path, Reason, check};

const ENABLED: &str = "Enabled";

pub(super) fn findings(section: &Abac, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let at = at.member("status");
    let Some(status) = section.status.as_deref().filter(|status| !status.is_empty()) else {
        return abac_status_empty(&at, to);
    };
    check::one_of(Some(status), &[ENABLED, DISABLED], "abac-status-enum", &at, to);
    abac_enable_review(status, &at, facts, to);
}

fn abac_status_empty(at: &Path<'_>, to: &mut Findings) {
    to.warn("abac-status-empty", Reason::Required, at, "there is no status, which counts as Disabled; set it, or remove abac");
}

fn abac_enable_review(status: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(old) = facts.old().filter(|_| status == ENABLED) else { return };
    let before = old.spec.as_ref().and_then(|spec| spec.abac.as_ref()).and_then(|abac| abac.status.as_deref());
    if before != Some(ENABLED) {
        let message = "policies with conditions on tags begin to count for this bucket; look through them and its tags first";
        to.warn("abac-enable-review", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn set(world: World, status: &str) -> World {
        world.section("abac", &format!(r#"{{"status":"{status}"}}"#))
    }

    pub(crate) fn all() -> Vec<Case> {
        let stored = |status: &str| set(World::new(), status).existing().update().tag("more", "x");
        vec![
            case("abac-status-enum", set(World::new(), "on"), set(World::new(), "Disabled")),
            case("abac-status-empty", World::new().section("abac", "{}"), World::new()),
            case("abac-enable-review", set(stored("Disabled"), "Enabled"), stored("Enabled")).with(&["tag-abac-write-path"]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::set;
    use crate::admission::testing::World;

    fn reviewed(world: &World) -> bool {
        world.rules().contains(&"abac-enable-review")
    }

    #[test]
    fn an_empty_status_is_none() {
        assert_eq!(set(World::new(), "").rules(), ["abac-status-empty"]);
        assert_eq!(set(World::new(), "enabled").rules(), ["abac-status-enum"]);
    }

    #[test]
    fn only_the_change_is_spoken_of() {
        assert!(reviewed(&set(World::new().existing().update(), "Enabled")), "absent before");
        assert!(!reviewed(&set(World::new(), "Enabled")), "a new bucket has no policies that count on it");
        assert!(!reviewed(&set(World::new(), "Enabled").existing().guard()), "nobody knows what was before");
        let adopted = World::new().existing().without_spec().update();
        assert!(reviewed(&set(adopted.bucket(|bucket| bucket.spec = World::new().bucket.spec), "Enabled")));
    }
}
