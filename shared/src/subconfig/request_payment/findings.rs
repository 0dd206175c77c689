//! What admission says of Requester Pays. Source: S3 API reference, `RequestPaymentConfiguration`; S3 User Guide, "Using Requester Pays
//! general purpose buckets".

use super::{OWNER, RequestPayment};
use crate::admission::{Facts, Findings, Path, Reason, check};

const REQUESTER: &str = "Requester";

pub(super) fn findings(section: &RequestPayment, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let at = at.member("payer");
    check::one_of(section.payer.as_deref(), &[REQUESTER, OWNER], "payer-payer-enum", &at, to);
    payer_log_target(section, &at, facts, to);
}

/// Which other Buckets log here is not known; whether this one does is.
fn payer_log_target(section: &RequestPayment, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let logging = facts.spec().and_then(|spec| spec.logging.as_ref()).and_then(|logging| logging.logging_enabled.as_ref());
    let Some(target) = logging.and_then(|enabled| enabled.target_bucket.as_deref()) else { return };
    if section.payer.as_deref() == Some(REQUESTER) && facts.bucket_name() == Some(target) {
        let message = "the bucket logs to itself, and no access log arrives where the requester pays; log to another bucket";
        to.warn("payer-log-target", Reason::Forbidden, at, message);
    }
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

    pub(super) fn payer(payer: &str) -> World {
        World::new().section("requestPayment", &format!(r#"{{"payer":"{payer}"}}"#))
    }

    pub(super) fn logging(world: World, target: &str) -> World {
        world.section("logging", &format!(r#"{{"loggingEnabled":{{"targetBucket":"{target}","targetPrefix":"logs/"}}}}"#))
    }

    pub(crate) fn all() -> Vec<Case> {
        let logs_to = |target: &str| logging(payer("Requester"), target);
        vec![
            case("payer-payer-enum", payer("requester"), payer("Requester")),
            case("payer-log-target", logs_to("team-a-logs"), logs_to("team-b-logs")).with(&["logging-self", "logging-target-unfit"]),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{logging, payer};
    use crate::admission::testing::World;

    #[test]
    fn without_a_payer_the_owner_pays() {
        assert_eq!(World::new().section("requestPayment", "{}").rules(), [""; 0]);
        assert_eq!(payer("").rules(), ["payer-payer-enum"]);
    }

    #[test]
    fn logs_arrive_where_the_owner_pays() {
        assert!(!logging(payer("BucketOwner"), "team-a-logs").rules().contains(&"payer-log-target"));
    }
}
