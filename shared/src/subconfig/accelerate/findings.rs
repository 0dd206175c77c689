//! What admission says of Transfer Acceleration. Source: S3 API reference, PutBucketAccelerateConfiguration; S3 User Guide,
//! "Requirements for using Amazon S3 Transfer Acceleration".

use super::{Accelerate, SUSPENDED};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};

const ENABLED: &str = "Enabled";
/// Where it is offered. Source: S3 User Guide, "Requirements for using Amazon S3 Transfer Acceleration", 2023-06.
const REGIONS: &[&str] = &[
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

pub(super) fn findings(section: &Accelerate, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let at = at.member("status");
    let Some(status) = section.status.as_deref().filter(|status| !status.is_empty()) else {
        return accelerate_status_empty(&at, to);
    };
    check::one_of(Some(status), &[ENABLED, SUSPENDED], "accelerate-status-enum", &at, to);
    // Nothing is written to say Suspended of a bucket that never was accelerated.
    if status == ENABLED {
        accelerate_dots(&at, facts, to);
        accelerate_region(&at, facts, to);
    }
}

fn accelerate_status_empty(at: &Path<'_>, to: &mut Findings) {
    to.warn("accelerate-status-empty", Reason::Required, at, "there is no status, which means Suspended; set it, or remove accelerate");
}

fn accelerate_dots(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if let Some(name) = facts.bucket_name().filter(|name| name.contains('.')) {
        let message = format!("a bucket with dots in its name, {}, cannot be accelerated; remove accelerate", quote(name));
        to.deny("accelerate-dots", Reason::Forbidden, at, message);
    }
}

/// The regions of other S3 stores are in no partition.
fn accelerate_region(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(region) = facts.region.filter(|region| facts.partition.is_some() && !REGIONS.contains(region)) else { return };
    let message = format!("{} may have no Transfer Acceleration; S3 answers then that it does not know the call", quote(region));
    to.warn("accelerate-region", Reason::NotSupported, at, message);
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn status(status: &str) -> World {
        World::new().section("accelerate", &format!(r#"{{"status":"{status}"}}"#))
    }

    pub(crate) fn all() -> Vec<Case> {
        let bare = World::new().section("accelerate", "{}");
        vec![
            case("accelerate-status-enum", status("enabled"), status("Enabled")),
            case("accelerate-dots", status("Enabled").named("a.b"), status("Enabled").named("a-b")).with(&["name-dots-tls"]),
            case("accelerate-region", status("Enabled").region("eu-north-1"), status("Enabled").region("eu-central-1")),
            case("accelerate-status-empty", bare, status("Suspended")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::REGIONS;
    use super::cases::status;
    use crate::region;

    #[test]
    fn an_empty_status_is_none() {
        assert_eq!(status("").rules(), ["accelerate-status-empty"]);
        assert_eq!(status("Suspended ").rules(), ["accelerate-status-enum"]);
    }

    #[test]
    fn what_is_suspended_may_stand_anywhere() {
        assert_eq!(status("Suspended").region("eu-north-1").rules(), [""; 0]);
        assert!(!status("Suspended").named("a.b").verdict().is_denied());
    }

    #[test]
    fn other_stores_are_not_asked_for_their_region() {
        let mut garage = status("Enabled").region("garage");
        garage.settings.default_region = Some("garage".to_owned());
        assert_eq!(garage.rules(), [""; 0]);
    }

    #[test]
    fn the_table_holds_known_regions() {
        assert!(REGIONS.iter().all(|code| region::is_known(code)));
    }
}
