//! What admission says of default encryption. Source: S3 API reference, `ServerSideEncryptionRule` and `ServerSideEncryptionByDefault`;
//! S3 User Guide, "Using server-side encryption with AWS KMS keys".

mod key;

use super::{Encryption, EncryptionDefault, EncryptionRule};
use crate::admission::{Facts, Findings, Path, Reason, check, quote};
use crate::unset::UnsetFields;

const AES: &str = "AES256";
const DSSE: &str = "aws:kms:dsse";
const ALGORITHMS: &[&str] = &[AES, "aws:kms", DSSE];
/// Of rules that are too many anyway, only so many are looked at.
const LOOKED_AT: usize = 4;

/// A section without `rules` says nothing; the peer has left such ones behind.
pub(super) fn findings(section: &Encryption, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let Some(rules) = section.rules.as_deref() else {
        return encryption_removed(at, facts, to);
    };
    let at = at.member("rules");
    encryption_rule_count(rules.len(), &at, to);
    for (index, rule) in rules.iter().take(LOOKED_AT).enumerate() {
        of_rule(rule, &at.index(index), facts, to);
    }
}

/// What is said of a spec without the section.
pub(super) fn absent(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if facts.unset() == UnsetFields::Reset {
        encryption_removed(at, facts, to);
    }
}

fn encryption_removed(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let before = facts.old_spec().and_then(|spec| spec.encryption.as_ref());
    let rules = before.and_then(|section| section.rules.as_deref()).unwrap_or_default();
    if let Some(algorithm) = rules.iter().take(LOOKED_AT).find_map(|rule| rule.algorithm().filter(|algorithm| is_kms(algorithm))) {
        let message = format!("without its rule new objects get AES256 (SSE-S3) instead of {}", quote(algorithm));
        to.warn("encryption-removed", Reason::Required, at, message);
    }
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
        // Directory buckets have fewer of them, and a rule of their own, for an empty one too.
        _ if default.sse_algorithm.is_some() && facts.is_directory() => {}
        None => encryption_algorithm_required(&at_algorithm, to),
        Some(_) => check::one_of(algorithm, ALGORITHMS, "encryption-algorithm-enum", &at_algorithm, to),
    }
    match key {
        Some(key) if algorithm == Some(AES) => encryption_kms_with_aes(key, &at_key, to),
        Some(key) => key::findings(key, &at_key, facts, to),
        None if algorithm.is_some_and(is_kms) => key::encryption_kms_aws_managed(&at_key, facts, to),
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

fn encryption_bucket_key_aes(algorithm: Option<&str>, at: &Path<'_>, to: &mut Findings) {
    if algorithm == Some(AES) {
        to.warn("encryption-bucket-key-aes", Reason::NotSupported, at, "a bucket key does nothing with AES256; remove it, or use aws:kms");
    }
}

fn encryption_bucket_key_dsse(algorithm: Option<&str>, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    if algorithm == Some(DSSE) && !facts.is_directory() {
        to.warn("encryption-bucket-key-dsse", Reason::NotSupported, at, "aws:kms:dsse has no bucket keys; remove it, or use aws:kms");
    }
}

fn is_kms(algorithm: &str) -> bool {
    algorithm.starts_with("aws:kms")
}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::{Case, World, case};

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
        let stored = || key(&own).existing().update();
        let mut all = vec![
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
            case("encryption-bucket-key-aes", with("AES256", true), with("AES256", false)),
            case("encryption-bucket-key-dsse", with("aws:kms:dsse", true), with("aws:kms:dsse", false)),
            case("encryption-removed", stored().spec(|spec| spec.encryption = None), stored()),
        ];
        all.extend(super::key::cases::all());
        all
    }
}

#[cfg(test)]
mod tests {
    use super::cases::{ID, default, key, rules};
    use crate::admission::testing::World;
    use crate::annotation;

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
        for bad in ["AES-256", ""] {
            assert_eq!(directory(default(&format!(r#"{{"sseAlgorithm":"{bad}"}}"#), "")), ["directory-sse-algorithm"], "{bad}");
        }
        assert_eq!(directory(default("{}", "")), ["encryption-algorithm-required"]);
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
        assert_eq!(removed(key(ID).leaving_unset()), [""; 0]);
        assert_eq!(key(ID).existing().update().section("encryption", "{}").rules(), ["encryption-removed"], "the same by other means");
    }
}
