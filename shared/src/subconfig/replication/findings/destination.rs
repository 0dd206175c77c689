//! Where copies go, whose they are and how they are kept. Source: S3 API reference, Destination and AccessControlTranslation; S3 User
//! Guide, "Changing the replica owner"; KMS Developer Guide, "Key identifiers (KeyId)".

use super::role::owner;
use super::{given, is_elsewhere};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::arn::Arn;
use crate::name::BucketName;
use crate::role::is_account;
use crate::subconfig::replication::{ReplicationDestination, ReplicationRule};

/// The classes that copies can have. S3's list of classes names more, for other kinds of bucket.
const CLASSES: &[&str] =
    &["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "GLACIER_IR", "DEEP_ARCHIVE"];
const DESTINATION: &str = "Destination";

pub(super) fn findings(rule: &ReplicationRule, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let bucket = rule.destination.as_ref().and_then(|destination| given(destination.bucket.as_ref()));
    let at_bucket = at.member("bucket");
    match bucket {
        None => replication_dest_required(&at_bucket, to),
        Some(arn) if BucketName::new(arn).is_directory() => replication_dest_directory(arn, &at_bucket, to),
        Some(arn) => match name(arn) {
            Some(name) if facts.bucket_name() == Some(name) => replication_dest_self(&at_bucket, to),
            Some(_) => {}
            None if is_elsewhere(facts) => {}
            None => replication_dest_arn(arn, &at_bucket, facts, to),
        },
    }
    let Some(destination) = &rule.destination else { return };
    check::one_of(given(destination.storage_class.as_ref()), CLASSES, "replication-storage-class", &at.member("storageClass"), to);
    ownership(destination, at, facts, to);
    let key = destination.encryption_configuration.as_ref().and_then(|of| given(of.replica_kms_key_id.as_ref()));
    if let Some(key) = key.filter(|_| !is_elsewhere(facts)) {
        replication_kms_arn(key, &at.member("encryptionConfiguration"), facts, to);
    }
}

fn replication_dest_required(at: &Path<'_>, to: &mut Findings) {
    to.deny("replication-dest-required", Reason::Required, at, "give the ARN of the bucket to copy to: arn:aws:s3:::<bucket>");
}

/// The bucket that the ARN names, whatever its partition, which has a rule of its own.
fn name(arn: &str) -> Option<&str> {
    match Arn::parse(arn)? {
        Arn { service: "s3", region: "", account: "", resource, .. } if is_name(resource) => Some(resource),
        _ => None,
    }
}

/// Whether this may be the name of a bucket. The oldest of us-east-1 are up to 255 characters long and have capitals and underscores.
/// Source: S3 User Guide, "Bucket naming rules", on buckets made before March 1, 2018.
fn is_name(text: &str) -> bool {
    (3..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn replication_dest_arn(arn: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let bare = arn.strip_prefix("s3://").unwrap_or(arn).trim_end_matches('/');
    let name = if is_name(bare) && bare.len() <= 63 { bare } else { "<bucket>" };
    let message = format!("{} is not the ARN of a bucket; use arn:{}:s3:::{name}", quote(arn), facts.partition.unwrap_or("aws"));
    to.deny("replication-dest-arn", Reason::Invalid, at, message);
}

fn replication_dest_self(at: &Path<'_>, to: &mut Findings) {
    to.deny("replication-dest-self", Reason::Invalid, at, "this is the bucket itself; name another one to copy to");
}

/// By name or by either ARN of one.
fn replication_dest_directory(arn: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("{} is a directory bucket, to which S3 does not copy; name a general purpose bucket", quote(arn));
    to.deny("replication-dest-directory", Reason::Invalid, at, message);
}

fn ownership(destination: &ReplicationDestination, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let new_owner = destination.access_control_translation.as_ref().and_then(|of| given(of.owner.as_ref()));
    let account = given(destination.account.as_ref());
    let (at_translation, at_account) = (at.member("accessControlTranslation"), at.member("account"));
    check::one_of(new_owner, &[DESTINATION], "replication-owner-enum", &at_translation.member("owner"), to);
    match account {
        None if new_owner.is_some() => replication_owner_needs_account(&at_account, to),
        Some(account) if !is_account(account) => replication_account_format(account, &at_account, to),
        Some(account) if new_owner == Some(DESTINATION) && owner(facts) == Some(account) => {
            replication_owner_same_account(&at_account, to);
        }
        None | Some(_) => {}
    }
}

fn replication_owner_needs_account(at: &Path<'_>, to: &mut Findings) {
    let message = "accessControlTranslation gives copies another owner; say which account owns the destination";
    to.deny("replication-owner-needs-account", Reason::Required, at, message);
}

fn replication_account_format(account: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("{} is not an account id; S3 takes it and copies nothing. Use 12 digits in quotes", quote(account));
    to.warn("replication-account-format", Reason::Invalid, at, message);
}

fn replication_owner_same_account(at: &Path<'_>, to: &mut Findings) {
    let message = "copies stay in this account, and changes of ACLs are then not copied; remove accessControlTranslation";
    to.warn("replication-owner-same-account", Reason::Invalid, at, message);
}

/// The key is in the region of the destination, which nobody knows here.
fn replication_kms_arn(key: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let resource_fits = |resource: &str| {
        let id = resource.strip_prefix("key/").or_else(|| resource.strip_prefix("alias/"));
        id.is_some_and(|id| !id.is_empty() && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b)))
    };
    let fits = |arn: &Arn<'_>| arn.service == "kms" && !arn.region.is_empty() && is_account(arn.account) && resource_fits(arn.resource);
    if !Arn::parse(key).as_ref().is_some_and(fits) {
        let partition = facts.partition.unwrap_or("aws");
        let message = format!("{} is not the ARN of a KMS key; use arn:{partition}:kms:<region>:<account>:key/<id>", quote(key));
        to.deny("replication-kms-arn", Reason::Invalid, at.member("replicaKMSKeyID"), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use crate::admission::testing::{Case, World, case};
    use crate::annotation;
    use crate::subconfig::replication::findings::cases::{rules, to};

    /// A rule with these members in its destination.
    pub(super) fn copying(members: &Value) -> World {
        rules(&[to(members)])
    }

    pub(super) fn copying_to(bucket: &str) -> World {
        copying(&json!({ "bucket": bucket }))
    }

    /// A rule with this key for its copies.
    pub(super) fn key(key: &str) -> World {
        let mut rule = to(&json!({"encryptionConfiguration": {"replicaKMSKeyID": key}}));
        rule["sourceSelectionCriteria"] = json!({"sseKMSEncryptedObjects": {"status": "Enabled"}});
        rules(&[rule])
    }

    pub(in crate::subconfig::replication::findings) fn all() -> Vec<Case> {
        let class = |class: &str| copying(&json!({ "storageClass": class }));
        let owner =
            |owner: &str, account: Option<&str>| copying(&json!({"accessControlTranslation": {"owner": owner}, "account": account}));
        let given_to = |account: &str| owner("Destination", Some(account)).annotate(annotation::OWNER_ACCOUNT_ID, "123456789012");
        vec![
            case("replication-dest-required", copying(&json!({"bucket": null})), copying_to("arn:aws:s3:::copies")),
            case("replication-dest-arn", copying_to("my-dest"), copying_to("arn:aws:s3:::my-dest")),
            case("replication-dest-self", copying_to("arn:aws:s3:::team-a-logs"), copying_to("arn:aws:s3:::team-a-log")),
            case("replication-dest-directory", copying_to("arn:aws:s3:::b--usw2-az1--x-s3"), copying_to("arn:aws:s3:::b--usw2-az1")),
            case("replication-storage-class", class("EXPRESS_ONEZONE"), class("GLACIER_IR")),
            case("replication-owner-enum", owner("Source", Some("444455556666")), owner("Destination", Some("444455556666"))),
            case("replication-owner-needs-account", owner("Destination", None), owner("Destination", Some("444455556666"))),
            case("replication-account-format", copying(&json!({"account": "prod"})), copying(&json!({"account": "444455556666"}))),
            case("replication-owner-same-account", given_to("123456789012"), given_to("444455556666")),
            case("replication-kms-arn", key("alias/x"), key("arn:aws:kms:us-west-2:444455556666:alias/x")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{copying, copying_to, key};
    use crate::subconfig::replication::findings::cases::{fields, rule, rules};

    #[test]
    fn what_is_no_arn_of_a_bucket() {
        for bad in [
            "s3://my-dest/",
            "arn:aws:s3:::copies/*",
            "arn:aws:s3:::ab",
            "arn:aws:s3:us-west-2::copies",
            "arn:aws:s3::123456789012:copies",
            "arn:aws:s3:us-west-2:123456789012:accesspoint/copies",
            "arn:aws:s3:::copies ",
            "arn:aws:s3:::kopien-für-alle",
            "arn:aws:sqs:::copies",
        ] {
            assert_eq!(copying_to(bad).rules(), ["replication-dest-arn"], "{bad}");
        }
        let message = |bucket: &str| copying_to(bucket).verdict().findings[0].message.clone();
        assert!(message("s3://my-dest/").ends_with("use arn:aws:s3:::my-dest"), "{}", message("s3://my-dest/"));
        assert!(message(&"x".repeat(300)).ends_with("use arn:aws:s3:::<bucket>"));
    }

    #[test]
    fn what_is_one() {
        for good in
            ["arn:aws:s3:::copies", "arn:aws:s3:::An_Old_Bucket", &format!("arn:aws:s3:::{}", "x".repeat(255)), "arn:aws:s3:::a.b-c"]
        {
            assert_eq!(copying_to(good).rules(), [""; 0], "{good}");
        }
        assert_eq!(copying_to("arn:aws-cn:s3:::copies").rules(), ["partition-mixed"]);
    }

    #[test]
    fn a_missing_destination_is_named_where_it_is_missing() {
        for destination in [json!(null), json!({}), json!({"bucket": ""})] {
            let world = rules(&[rule(&json!({"destination": destination}))]);
            assert_eq!(world.rules(), ["replication-dest-required"], "{destination}");
            assert_eq!(fields(&world, "replication-dest-required"), ["spec.replication.rules[0].destination.bucket"]);
        }
    }

    #[test]
    fn a_directory_bucket_has_many_names() {
        for name in ["b--usw2-az1--x-s3", "arn:aws:s3express:us-west-2:123456789012:bucket/b--usw2-az1--x-s3"] {
            assert_eq!(copying_to(name).rules(), ["replication-dest-directory"], "{name}");
        }
    }

    #[test]
    fn an_adopted_bucket_is_itself_too() {
        let world = copying_to("arn:aws:s3:::team-a-logs").named("").adopting("adopt", r#"{"name":"team-a-logs"}"#);
        assert!(world.rules().contains(&"replication-dest-self"));
    }

    #[test]
    fn keys_have_an_arn_and_any_id() {
        for bad in [
            "1234abcd-12ab-34cd-56ef-1234567890ab",
            "arn:aws:kms:us-west-2:4444:key/x",
            "arn:aws:kms::444455556666:key/x",
            "arn:aws:kms:us-west-2:444455556666:key/",
            "arn:aws:kms:us-west-2:444455556666:grant/x",
            "arn:aws:s3:::copies",
        ] {
            assert_eq!(key(bad).rules(), ["replication-kms-arn"], "{bad}");
        }
        for good in ["key/mrk-1234abcd12ab34cd56ef1234567890ab", "alias/team/copies", "alias/aws/s3"] {
            assert_eq!(key(&format!("arn:aws:kms:us-west-2:444455556666:{good}")).rules(), [""; 0], "{good}");
        }
    }

    #[test]
    fn the_owner_is_one_word_and_needs_an_account() {
        let owner =
            |owner: &str, account: &str| copying(&json!({"accessControlTranslation": {"owner": owner}, "account": account})).rules();
        assert_eq!(owner("destination", "444455556666"), ["replication-owner-enum"]);
        assert_eq!(owner("Destination", ""), ["replication-owner-needs-account"]);
        assert_eq!(owner("Destination", "prod"), ["replication-account-format"]);
        assert_eq!(owner("", "123456789012"), [""; 0]);
        let same = copying(&json!({"accessControlTranslation": {"owner": "Destination"}, "account": "123456789012"}));
        assert_eq!(same.rules(), [""; 0], "nobody knows the account");
        assert_eq!(same.existing().guard().rules(), ["replication-owner-same-account"]);
    }

    #[test]
    fn classes_of_other_buckets_are_none_of_copies() {
        for class in ["OUTPOSTS", "SNOW", "FSX_OPENZFS", "standard_ia"] {
            assert_eq!(copying(&json!({ "storageClass": class })).rules(), ["replication-storage-class"], "{class}");
        }
    }
}
