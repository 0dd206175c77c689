//! What admission says of default encryption. Source: S3 API reference, `ServerSideEncryptionRule` and `ServerSideEncryptionByDefault`;
//! S3 User Guide, "Using server-side encryption with AWS KMS keys"; KMS Developer Guide, "Key identifiers".

use super::{Encryption, EncryptionDefault, EncryptionRule};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::arn::Arn;
use crate::name::BucketName;
use crate::role;
use crate::unset::UnsetFields;

const AES: &str = "AES256";
const DSSE: &str = "aws:kms:dsse";
const ALGORITHMS: &[&str] = &[AES, "aws:kms", DSSE];
/// The key that AWS keeps for S3, as alias.
const AWS_KEY: &str = "aws/s3";
/// Of rules that are too many anyway, only so many are looked at.
const LOOKED_AT: usize = 4;

/// A section without `rules` says nothing: it counts as an absent one.
pub(super) fn findings(section: &Encryption, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(rules) = section.rules.as_deref() else { return };
    let at = at.member("rules");
    encryption_rule_count(rules.len(), &at, to);
    for (index, rule) in rules.iter().take(LOOKED_AT).enumerate() {
        of_rule(rule, &at.index(index), facts, to);
    }
}

/// What is said of a spec without the section.
pub(super) fn absent(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let before = facts.old().and_then(|old| old.spec.as_ref()).and_then(|spec| spec.encryption.as_ref());
    let with_kms = before.and_then(|section| section.rules.iter().flatten().find_map(|rule| rule.algorithm().filter(|of| is_kms(of))));
    if let Some(algorithm) = with_kms.filter(|_| UnsetFields::of(facts.bucket(), UnsetFields::Reset) == UnsetFields::Reset) {
        encryption_removed(algorithm, at, to);
    }
}

fn encryption_removed(algorithm: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("without this section new objects get AES256 (SSE-S3) instead of {}", quote(algorithm));
    to.warn("encryption-removed", Reason::Required, at, message);
}

fn encryption_rule_count(count: usize, at: &Path<'_>, to: &mut Findings) {
    if count != 1 {
        let message = format!("{count} rules, S3 takes exactly one; to say nothing, remove spec.encryption");
        to.deny("encryption-rule-count", Reason::Invalid, at, message);
    }
}

fn of_rule(rule: &EncryptionRule, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let algorithm = match &rule.apply_server_side_encryption_by_default {
        Some(default) => of_default(default, &at.member("applyServerSideEncryptionByDefault"), facts, to),
        // S3 encrypts with SSE-S3 then.
        None => Some(AES),
    };
    if rule.bucket_key_enabled == Some(true) {
        let at = at.member("bucketKeyEnabled");
        encryption_bucket_key_aes(algorithm, &at, to);
        encryption_bucket_key_dsse(algorithm, &at, facts, to);
    }
}

/// Answers with the algorithm, where there is one.
fn of_default<'a>(default: &'a EncryptionDefault, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) -> Option<&'a str> {
    let (at_algorithm, at_key) = (at.member("sseAlgorithm"), at.member("kmsMasterKeyID"));
    let algorithm = default.sse_algorithm.as_deref().filter(|algorithm| !algorithm.is_empty());
    let key = default.kms_master_key_id.as_deref().filter(|key| !key.is_empty());
    match algorithm {
        None => encryption_algorithm_required(&at_algorithm, to),
        // Directory buckets have fewer of them, and a rule of their own.
        Some(_) if is_directory(facts) => {}
        Some(_) => check::one_of(algorithm, ALGORITHMS, "encryption-algorithm-enum", &at_algorithm, to),
    }
    match key {
        Some(key) if algorithm == Some(AES) => encryption_kms_with_aes(key, &at_key, to),
        Some(key) => of_key(key, &at_key, facts, to),
        None if algorithm.is_some_and(is_kms) => encryption_kms_aws_managed(&at_key, facts, to),
        None => {}
    }
    algorithm
}

fn encryption_algorithm_required(at: &Path<'_>, to: &mut Findings) {
    to.deny("encryption-algorithm-required", Reason::Required, at, "there is no sseAlgorithm; use AES256, aws:kms or aws:kms:dsse");
}

fn encryption_kms_with_aes(key: &str, at: &Path<'_>, to: &mut Findings) {
    let message = format!("AES256 uses no KMS key; remove {}, or use sseAlgorithm aws:kms", quote(key));
    to.deny("encryption-kms-with-aes", Reason::Forbidden, at, message);
}

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
fn of_key(text: &str, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
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
    if !is_directory(facts) {
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
fn encryption_kms_aws_managed(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if !is_directory(facts) {
        let message = "S3 uses the key that AWS keeps for it (aws/s3), which no other account can use; name a key of your own to share";
        to.warn("encryption-kms-aws-managed", Reason::Required, at, message);
    }
}

fn encryption_bucket_key_aes(algorithm: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    if algorithm == Some(AES) {
        to.warn("encryption-bucket-key-aes", Reason::NotSupported, at, "a bucket key does nothing with AES256; remove it, or use aws:kms");
    }
}

fn encryption_bucket_key_dsse(algorithm: Option<&str>, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if algorithm == Some(DSSE) && !is_directory(facts) {
        to.warn("encryption-bucket-key-dsse", Reason::NotSupported, at, "aws:kms:dsse has no bucket keys; remove it, or use aws:kms");
    }
}

fn is_kms(algorithm: &str) -> bool {
    algorithm.starts_with("aws:kms")
}

fn is_directory(facts: &Facts<'_>) -> bool {
    facts.bucket_name().is_some_and(|name| BucketName::new(name).is_directory())
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::annotation;

    pub(super) const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    /// A Bucket with these rules, in JSON.
    pub(super) fn rules(rules: &str) -> World {
        World::new().section("encryption", &format!(r#"{{"rules":[{rules}]}}"#))
    }

    pub(super) fn default(default: &str, more: &str) -> World {
        rules(&format!(r#"{{"applyServerSideEncryptionByDefault":{default}{more}}}"#))
    }

    fn algorithm(algorithm: &str) -> World {
        default(&format!(r#"{{"sseAlgorithm":"{algorithm}","kmsMasterKeyID":""}}"#), "")
    }

    pub(super) fn key(key: &str) -> World {
        default(&format!(r#"{{"sseAlgorithm":"aws:kms","kmsMasterKeyID":"{key}"}}"#), "")
    }

    pub(super) fn arn(region: &str, resource: &str) -> String {
        format!("arn:aws:kms:{region}:123456789012:{resource}")
    }

    pub(crate) fn all() -> Vec<Case> {
        let own = arn("eu-west-1", &format!("key/{ID}"));
        let aes = r#"{"applyServerSideEncryptionByDefault":{"sseAlgorithm":"AES256"}}"#;
        let with = |algorithm: &str, on: bool| {
            let key = if algorithm == "AES256" { "" } else { own.as_str() };
            let default_ = format!(r#"{{"sseAlgorithm":"{algorithm}","kmsMasterKeyID":"{key}"}}"#);
            default(&default_, &format!(r#","bucketKeyEnabled":{on}"#))
        };
        let owned = |world: World| world.annotate(annotation::OWNER_ACCOUNT_ID, "123456789012");
        let stored = || key(&own).existing().update();
        vec![
            case("encryption-rule-count", rules(&format!("{aes},{aes}")), rules(aes)),
            case("encryption-rule-count", rules(""), World::new().section("encryption", "{}")),
            case("encryption-algorithm-required", default(&format!(r#"{{"kmsMasterKeyID":"{own}"}}"#), ""), key(&own)),
            case("encryption-algorithm-enum", algorithm("kms"), algorithm("AES256")),
            case("encryption-algorithm-enum", algorithm("AES-256"), algorithm("AES256")),
            case(
                "encryption-kms-with-aes",
                default(&format!(r#"{{"sseAlgorithm":"AES256","kmsMasterKeyID":"{own}"}}"#), ""),
                algorithm("AES256"),
            ),
            case("encryption-kms-format", key("my-key"), key(&own)),
            case("encryption-kms-region", key(&arn("us-west-2", &format!("key/{ID}"))), key(&own)),
            case("encryption-kms-alias", key("alias/x"), key(&arn("eu-west-1", "alias/x"))),
            case("encryption-kms-bare-id", owned(key(ID)), owned(key(&own))),
            case("encryption-kms-aws-managed", algorithm("aws:kms"), key(&own)),
            case("encryption-bucket-key-aes", with("AES256", true), with("AES256", false)),
            case("encryption-bucket-key-dsse", with("aws:kms:dsse", true), with("aws:kms:dsse", false)),
            case("encryption-removed", stored().spec(|spec| spec.encryption = None), stored()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{ID, arn, default, key, rules};
    use crate::admission::testing::World;
    use crate::annotation;

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

    #[test]
    fn what_is_empty_says_as_little_as_what_is_absent() {
        for silent in ["{}", r#"{"rules":null}"#] {
            assert_eq!(World::new().section("encryption", silent).rules(), [""; 0], "{silent}");
        }
        for silent in ["{}", r#"{"bucketKeyEnabled":false}"#, r#"{"blockedEncryptionTypes":{"encryptionType":["SSE-C"]}}"#] {
            assert_eq!(rules(silent).rules(), [""; 0], "{silent}");
        }
        assert_eq!(rules(r#"{"bucketKeyEnabled":true}"#).rules(), ["encryption-bucket-key-aes"]);
        for missing in ["{}", r#"{"sseAlgorithm":""}"#] {
            assert_eq!(default(missing, r#","bucketKeyEnabled":true"#).rules(), ["encryption-algorithm-required"], "{missing}");
        }
    }

    #[test]
    fn all_mistakes_of_a_rule_are_named() {
        let verdict = default(r#"{"sseAlgorithm":"AWS:KMS","kmsMasterKeyID":"my-key"}"#, "").verdict();
        let found: Vec<&str> = verdict.findings.iter().map(|finding| finding.field.as_str()).collect();
        let at = "spec.encryption.rules[0].applyServerSideEncryptionByDefault";
        assert_eq!(found, [format!("{at}.kmsMasterKeyID"), format!("{at}.sseAlgorithm")]);
        assert!(verdict.findings[1].message.ends_with("Did you mean aws:kms?"), "{:?}", verdict.findings[1]);
    }

    #[test]
    fn a_thousand_rules_are_one_mistake() {
        assert_eq!(rules(&vec!["{}"; 1000].join(",")).rules(), ["encryption-rule-count"]);
    }

    #[test]
    fn directory_buckets_have_rules_of_their_own() {
        let directory = |world: World| world.named("logs--euw1-az1--x-s3").rules();
        assert_eq!(directory(default(r#"{"sseAlgorithm":"AES-256"}"#, "")), ["directory-sse-algorithm"]);
        assert_eq!(directory(default(r#"{"sseAlgorithm":"aws:kms"}"#, "")), ["directory-kms-key-required"]);
        assert_eq!(directory(key("alias/x")), ["directory-kms-alias"]);
        assert_eq!(directory(key("my-key")), ["encryption-kms-format"]);
    }

    #[test]
    fn going_back_to_what_it_was_by_default_or_to_nobody_s_care_is_no_loss() {
        let removed = |world: World| world.existing().update().spec(|spec| spec.encryption = None).rules();
        assert_eq!(removed(key(ID)), ["encryption-removed"]);
        assert_eq!(removed(default(r#"{"sseAlgorithm":"AES256"}"#, "")), [""; 0]);
        assert_eq!(removed(key(ID).annotate(annotation::UNSET_FIELDS, "ignore")), [""; 0]);
        assert_eq!(World::new().existing().guard().rules(), [""; 0]);
    }
}
