//! The bucket that takes the log: what it is called, and whether it can take it.

use crate::admission::{Facts, Findings, Neighbour, Path, Profile, Reason, Trait, quote};
use crate::arn::Arn;
use crate::name::BucketName;
use crate::region;
use crate::subconfig::logging::{LoggingEnabled, TargetGrant};

pub(super) fn findings(enabled: &LoggingEnabled, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let at_bucket = at.member("targetBucket");
    let Some(target) = enabled.target_bucket.as_deref().filter(|target| !target.is_empty()) else {
        let message = "a log needs a bucket to go to; name one, or remove loggingEnabled for no log";
        return to.deny("logging-target-required", Reason::Required, at_bucket, message);
    };
    if !is_bucket_name(target, facts) {
        return logging_target_name(target, &at_bucket, to);
    }
    let bucket = if facts.bucket_name() == Some(target) {
        let own = facts.profile();
        itself(&own, &at_bucket, to);
        own
    } else {
        match facts.neighbour(target) {
            Neighbour::Nobody => return,
            Neighbour::Unknown => return to.skip_stateful(),
            Neighbour::Bucket(other) => {
                logging_target_region(target, &other, &at_bucket, facts, to);
                logging_target_account(target, &other, &at_bucket, facts, to);
                logging_target_unfit(target, &other, &at_bucket, to);
                other
            }
        }
    };
    logging_grant_enforced(enabled, target, &bucket, at, to);
}

/// Whether a general purpose bucket can be called so. The oldest region still has buckets with names of the older, wider rules, and
/// where no region of AWS is named, nobody knows the rules.
fn is_bucket_name(name: &str, facts: &Facts<'_>) -> bool {
    let is_newer = facts.region.is_some_and(|region| region::is_known(region) && region != "us-east-1");
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let once_allowed = |b: u8| b.is_ascii_uppercase() || b == b'_';
    let longest = if is_newer { 63 } else { 255 };
    (3..=longest).contains(&name.len())
        && name.bytes().all(|b| allowed(b) || !is_newer && once_allowed(b))
        && !BucketName::new(name).is_directory()
}

fn logging_target_name(target: &str, at: &Path<'_>, to: &mut Findings) {
    let bare = Arn::parse(target).filter(|arn| arn.service == "s3" && !arn.resource.is_empty()).map(|arn| arn.resource);
    let hint = match bare {
        Some(name) => format!("an ARN; give the bare name, {}", quote(name)),
        None if BucketName::new(target).is_directory() => "a directory bucket, which takes no log; use another bucket".to_owned(),
        None => "no name of a bucket in this region; give the bare name of one, 3 to 63 of a-z, 0-9, . and -".to_owned(),
    };
    to.deny("logging-target-name", Reason::Invalid, at, format!("{} is {hint}", quote(target)));
}

/// Two rules about a bucket that logs to itself: it grows, unless it cannot take the log at all.
fn itself(own: &Profile, at: &Path<'_>, to: &mut Findings) {
    if own.has(Trait::ObjectLock) {
        let message = "the bucket logs to itself, and a bucket with Object Lock takes no access log; use another bucket";
        to.deny("logging-self-objectlock", Reason::Forbidden, at, message);
    } else {
        let message = "the bucket logs to itself: each log that is written is logged again; use another bucket";
        to.warn("logging-self", Reason::Invalid, at, message);
    }
}

/// Only where both regions are AWS's: other stores may see it differently.
fn logging_target_region(target: &str, other: &Profile, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let known = |region: Option<&str>| region.filter(|region| region::partition(region).is_some()).map(str::to_owned);
    if let (Some(is), Some(needed)) = (known(other.region.as_deref()), known(facts.region))
        && is != needed
    {
        let message = format!("bucket {} is in {is}, and this one is in {needed}; use a bucket of the same region", quote(target));
        to.deny("logging-target-region", Reason::Invalid, at, message);
    }
}

fn logging_target_account(target: &str, other: &Profile, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if let (Some(is), Some(needed)) = (&other.account, facts.profile().account)
        && *is != needed
    {
        let message = format!("bucket {} is of account {is}, and this one is of {needed}; use a bucket of the same account", quote(target));
        to.deny("logging-target-account", Reason::Invalid, at, message);
    }
}

fn logging_target_unfit(target: &str, other: &Profile, at: &Path<'_>, to: &mut Findings) {
    let reasons = [
        (Trait::ObjectLock, "has Object Lock, and takes no log"),
        (Trait::RequesterPays, "has Requester Pays, and takes no log"),
        (Trait::Kms, "encrypts with KMS; logs may not arrive: use AES256 there"),
    ];
    for (_, why) in reasons.iter().filter(|(unfit, _)| other.has(*unfit)) {
        to.warn("logging-target-unfit", Reason::Invalid, at, format!("bucket {} {why}", quote(target)));
    }
}

fn logging_grant_enforced(enabled: &LoggingEnabled, target: &str, bucket: &Profile, at: &Path<'_>, to: &mut Findings) {
    let grants = enabled.target_grants.iter().flatten().any(|grant| *grant != TargetGrant::default());
    if grants && bucket.has(Trait::AclsOff) {
        let message = format!("ACLs are off in bucket {}; remove the grants, and let its policy say who may read the log", quote(target));
        to.deny("logging-grant-enforced", Reason::Forbidden, at.member("targetGrants"), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::annotation;
    use crate::subconfig::logging::findings::cases::logging;

    /// A world whose Bucket logs to this bucket.
    pub(super) fn logs_to(target: &str) -> World {
        logging(&format!(r#""targetBucket":"{target}","targetPrefix":"a/""#))
    }

    /// The same with the Bucket of that bucket beside it.
    pub(super) fn beside(change: impl FnOnce(World) -> World) -> World {
        logs_to("logs").beside(change(World::new().named("logs")))
    }

    pub(super) fn owned(world: World, account: &str) -> World {
        world.annotate(annotation::OWNER_ACCOUNT_ID, account)
    }

    pub(super) fn granting(target: &str) -> World {
        let grant = r#"{"permission":"READ","grantee":{"type_":"CanonicalUser","id":"1"}}"#;
        logging(&format!(r#""targetBucket":"{target}","targetPrefix":"a/","targetGrants":[{grant}]"#))
    }

    pub(super) fn owned_by(ownership: &str) -> World {
        let world = World::new().named("logs").existing();
        world.section("ownershipControls", &format!(r#"{{"rules":[{{"objectOwnership":"{ownership}"}}]}}"#))
    }

    pub(in crate::subconfig::logging) fn all() -> Vec<Case> {
        let locked = |on: bool| logs_to("team-a-logs").spec(|spec| spec.object_lock_enabled_for_bucket = Some(on));
        let encrypted = |algorithm: &str| {
            let rule = format!(r#"{{"rules":[{{"applyServerSideEncryptionByDefault":{{"sseAlgorithm":"{algorithm}"}}}}]}}"#);
            beside(|other| other.section("encryption", &rule))
        };
        let of_accounts = |other: &str| owned(beside(|world| owned(world, other)), "111122223333");
        vec![
            case("logging-target-required", logging(r#""targetPrefix":"a/""#), logs_to("logs")),
            case("logging-target-name", logs_to("arn:aws:s3:::logs"), logs_to("logs")),
            case("logging-self", logs_to("team-a-logs"), logs_to("team-b-logs")),
            case("logging-self-objectlock", locked(true), locked(false)),
            case("logging-target-region", beside(|other| other.region("us-east-1")), beside(|other| other)),
            case("logging-target-account", of_accounts("444455556666"), of_accounts("111122223333")),
            case("logging-target-unfit", encrypted("aws:kms"), encrypted("AES256")),
            case(
                "logging-grant-enforced",
                granting("logs").beside(owned_by("BucketOwnerEnforced")),
                granting("logs").beside(owned_by("BucketOwnerPreferred")),
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{beside, granting, logs_to, owned, owned_by};
    use crate::admission::Holder;
    use crate::admission::testing::World;
    use crate::annotation;

    #[test]
    fn what_is_no_name_is_told_apart() {
        let long = "a".repeat(64);
        for bad in ["s3://logs", "logs/a", "lo", "logs--euw1-az1--x-s3", "$LOGS", "lögs", "my logs", "Logs", "a_b", &long] {
            assert_eq!(logs_to(bad).rules(), ["logging-target-name"], "{bad}");
        }
        assert!(logs_to("arn:aws:s3:::logs").verdict().findings[0].message.contains("give the bare name, \"logs\""));
        assert_eq!(logs_to("").rules(), ["logging-target-required"]);
        for good in ["abc", "a.b-c", &long[1..]] {
            assert_eq!(logs_to(good).rules(), [""; 0], "{good}");
        }
    }

    #[test]
    fn the_oldest_region_has_older_names() {
        let rules = |name: &str| logs_to(name).region("us-east-1").rules();
        for old in ["Team_Logs", &"a".repeat(255)] {
            assert_eq!(rules(old), [""; 0], "{old}");
        }
        assert_eq!(rules(&"a".repeat(256)), ["logging-target-name"]);
    }

    #[test]
    fn who_logs_to_itself_is_judged_by_what_it_has() {
        assert_eq!(logs_to("team-a-logs").section("acl", r#""log-delivery-write""#).existing().update().rules(), [""; 0], "no change");
        let retained = r#"{"rule":{"defaultRetention":{"mode":"GOVERNANCE","days":1}}}"#;
        assert!(logs_to("team-a-logs").section("objectLockConfiguration", retained).rules().contains(&"logging-self-objectlock"));
        assert_eq!(granting("team-a-logs").rules(), ["logging-grant-enforced", "logging-self"], "a new bucket has no ACLs");
        assert_eq!(granting("team-a-logs").existing().guard().rules(), ["logging-self"], "an older one may have them");
    }

    #[test]
    fn where_nothing_is_known_nothing_is_said() {
        let world = beside(|other| other.region("us-east-1"));
        let unknown = world.clone().holder(Holder::Unknown).verdict();
        assert!(unknown.findings.is_empty() && unknown.skipped_stateful);
        let homeless = world.clone().unknown_namespace().verdict();
        assert!(homeless.findings.is_empty() && homeless.skipped_stateful);
        assert_eq!(logs_to("others").beside(World::new().named("logs").region("us-east-1")).rules(), [""; 0]);
        assert_eq!(beside(|other| other.region("cn-north-1")).rules(), [""; 0], "another partition has other buckets");
        assert_eq!(beside(|other| owned(other, "444455556666")).rules(), [""; 0], "the own account is not known");
        assert_eq!(owned(beside(|other| other), "111122223333").rules(), [""; 0], "the other's account is not known");
    }

    #[test]
    fn regions_and_accounts_that_exist_count_more_than_those_that_are_asked_for() {
        let other = || World::new().named("logs").existing();
        let moved = logs_to("logs").beside(other().region("us-east-1"));
        assert_eq!(moved.rules(), [""; 0], "it is in eu-west-1");
        let rules = owned(logs_to("logs"), "111122223333").beside(other()).rules();
        assert_eq!(rules, ["logging-target-account"], "its status says 123456789012");
        let by_role = logs_to("logs").namespace(annotation::ROLE_ARN, "arn:aws:iam::111122223333:role/x").beside(other());
        assert_eq!(by_role.rules(), ["logging-target-account"]);
    }

    #[test]
    fn what_a_target_cannot_be_is_named_each_by_itself() {
        let world = beside(|other| {
            let payer = other.section("requestPayment", r#"{"payer":"Requester"}"#);
            payer.spec(|spec| spec.object_lock_enabled_for_bucket = Some(true))
        });
        let messages: Vec<String> = world.verdict().warnings().map(|finding| finding.message.clone()).collect();
        assert_eq!(messages.len(), 2, "{messages:?}");
    }

    #[test]
    fn grants_that_say_nothing_are_none() {
        let empty = r#"{"loggingEnabled":{"targetBucket":"logs","targetPrefix":"","targetGrants":[{}]}}"#;
        assert_eq!(World::new().section("logging", empty).beside(owned_by("BucketOwnerEnforced")).rules(), [""; 0]);
        assert_eq!(granting("logs").rules(), [""; 0], "nobody knows that bucket");
    }
}
