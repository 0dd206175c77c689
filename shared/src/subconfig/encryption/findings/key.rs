//! What is said of a KMS key. S3 takes any text for one and refuses the objects later. Source: S3 API reference,
//! `ServerSideEncryptionByDefault`; KMS Developer Guide, "Key identifiers".

use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::arn::Arn;
use crate::role;

/// The key that AWS keeps for S3, as alias.
const AWS_KEY: &str = "aws/s3";

/// What a key is named by.
enum Key<'a> {
    Id,
    Alias(&'a str),
    Arn(Arn<'a>),
}

impl<'a> Key<'a> {
    /// `None` where KMS could not know it.
    fn of(text: &'a str) -> Option<Self> {
        let Some(arn) = Arn::parse(text) else {
            return text.strip_prefix("alias/").filter(|name| is_alias(name)).map(Self::Alias).or_else(|| is_id(text).then_some(Self::Id));
        };
        let id = arn.resource.strip_prefix("key/").is_some_and(is_id);
        let alias = arn.resource.strip_prefix("alias/").is_some_and(is_alias);
        (arn.service == "kms" && !arn.region.is_empty() && role::is_account(arn.account) && (id || alias)).then_some(Self::Arn(arn))
    }

    fn is_of_aws(&self) -> bool {
        match self {
            Self::Id => false,
            Self::Alias(name) => *name == AWS_KEY,
            Self::Arn(arn) => arn.resource.strip_prefix("alias/") == Some(AWS_KEY),
        }
    }
}

/// A UUID, or `mrk-` and 32 hexadecimal digits for a key of many regions.
fn is_id(text: &str) -> bool {
    let is_hex = |part: &str, length: usize| part.len() == length && part.bytes().all(|b| b.is_ascii_hexdigit());
    let parts = || text.split('-');
    let is_uuid = parts().count() == 5 && parts().zip([8, 4, 4, 4, 12]).all(|(part, length)| is_hex(part, length));
    is_uuid || text.strip_prefix("mrk-").is_some_and(|rest| is_hex(rest, 32))
}

fn is_alias(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"/_-".contains(&b))
}

/// Other S3 stores, whose regions are in no partition, name keys in their own way.
pub(super) fn findings(text: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(key) = Key::of(text) else {
        if facts.partition.is_some() {
            encryption_kms_format(text, at, facts, to);
        }
        return;
    };
    match &key {
        _ if key.is_of_aws() => encryption_kms_aws_managed(at, facts, to),
        Key::Alias(_) => encryption_kms_alias(text, at, facts, to),
        Key::Id => encryption_kms_bare_id(text, at, facts, to),
        Key::Arn(_) => {}
    }
    if let Key::Arn(arn) = key {
        encryption_kms_region(&arn, at, facts, to);
    }
}

fn encryption_kms_format(key: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let (partition, region) = (facts.partition.unwrap_or("aws"), facts.region.unwrap_or("<region>"));
    let message = format!("{} is no KMS key id, alias or ARN; use arn:{partition}:kms:{region}:<account>:key/<id>", quote(key));
    to.deny("encryption-kms-format", Reason::Invalid, at, message);
}

/// An ARN of another partition is named by the rule for all ARNs.
fn encryption_kms_region(arn: &Arn<'_>, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(region) = facts.region.filter(|_| facts.partition == Some(arn.partition)) else { return };
    if arn.region != region {
        let message = format!("the KMS key is in {}, the bucket in {region}; use a key of {region}", quote(arn.region));
        to.deny("encryption-kms-region", Reason::Invalid, at, message);
    }
}

/// Directory buckets take no alias at all.
fn encryption_kms_alias(key: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if !facts.is_directory() {
        let message = format!("{} means the key of that alias in the uploader's own account; use the ARN of the key", quote(key));
        to.warn("encryption-kms-alias", Reason::Invalid, at, message);
    }
}

/// The controller's own account is not known here. Who names an account or a role for a bucket has more than one.
fn encryption_kms_bare_id(key: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if let Some(account) = facts.account {
        let message =
            format!("{} alone names no key across accounts, and the bucket is of {}; use the ARN of the key", quote(key), quote(account));
        to.warn("encryption-kms-bare-id", Reason::Invalid, at, message);
    }
}

/// Directory buckets have to name a key of their own.
pub(super) fn encryption_kms_aws_managed(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if !facts.is_directory() {
        let message = "S3 uses the key that AWS keeps for it (aws/s3), which no other account can use; name a key of your own to share";
        to.warn("encryption-kms-aws-managed", Reason::Required, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::annotation;
    use crate::subconfig::encryption::findings::cases::{ID, arn, default, key};

    pub(in crate::subconfig::encryption::findings) fn all() -> Vec<Case> {
        let own = arn("eu-west-1", &format!("key/{ID}"));
        let owned = |world: World| world.annotate(annotation::OWNER_ACCOUNT_ID, "123456789012");
        vec![
            case("encryption-kms-format", key("my-key"), key(&own)),
            case("encryption-kms-region", key(&arn("us-west-2", &format!("key/{ID}"))), key(&own)),
            case("encryption-kms-alias", key("alias/x"), key(&arn("eu-west-1", "alias/x"))),
            case("encryption-kms-bare-id", owned(key(ID)), owned(key(&own))),
            case("encryption-kms-aws-managed", default(r#"{"sseAlgorithm":"aws:kms"}"#, ""), key(&own)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::annotation;
    use crate::subconfig::encryption::findings::cases::{ID, arn, default, key};

    #[test]
    fn all_names_of_a_key_pass() {
        let mrk = format!("mrk-{}", "0a".repeat(16));
        for good in [ID.to_owned(), mrk.clone(), arn("eu-west-1", &format!("key/{mrk}")), arn("eu-west-1", "alias/team/a_b-C")] {
            assert_eq!(key(&good).rules(), [""; 0], "{good}");
        }
    }

    #[test]
    fn what_kms_could_not_know_is_refused() {
        let long = "k".repeat(5000);
        for bad in [
            "alias/",
            "alias/ä",
            "alias/a b",
            "1234abcd-12ab-34cd-56ef-1234567890a",
            "1234abcd-12ab-34cd-56ef-1234567890ab-1",
            "1234abcd-12ab-34cd-56ef-1234567890ab ",
            "mrk-1",
            "arn:aws:kms:eu-west-1:123456789012:key/x",
            "arn:aws:kms:eu-west-1:1234:alias/x",
            "arn:aws:kms::123456789012:alias/x",
            "arn:aws:iam::123456789012:role/x",
            "arn:aws:kms",
            &long,
        ] {
            assert_eq!(key(bad).rules(), ["encryption-kms-format"], "{bad}");
        }
    }

    #[test]
    fn the_key_of_aws_is_seen_by_any_name() {
        let managed = ["encryption-kms-aws-managed"];
        assert_eq!(key("alias/aws/s3").rules(), managed);
        assert_eq!(key(&arn("eu-west-1", "alias/aws/s3")).rules(), managed);
        assert_eq!(default(r#"{"sseAlgorithm":"aws:kms:dsse"}"#, "").rules(), managed);
    }

    #[test]
    fn only_a_bucket_with_an_account_of_its_own_wants_the_whole_arn() {
        assert_eq!(key(ID).rules(), [""; 0]);
        let owned = key(ID).namespace(annotation::OWNER_ACCOUNT_ID, "123456789012");
        assert_eq!(owned.rules(), ["encryption-kms-bare-id"]);
    }

    #[test]
    fn a_key_of_another_partition_is_one_mistake_and_other_stores_have_keys_of_their_own() {
        let china = key("arn:aws-cn:kms:cn-north-1:123456789012:alias/x");
        assert_eq!(china.rules(), ["partition-mixed"]);
        let mut garage = key("my-key");
        garage.settings.default_region = Some("garage".to_owned());
        assert_eq!(garage.region("garage").rules(), [""; 0]);
    }
}
