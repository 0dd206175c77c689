//! Rules for the name of a bucket. Source: S3 User Guide, "General purpose bucket naming rules".

use super::finding::{Findings, Reason};
use super::{Facts, Operation, quote};
use crate::BucketSpec;
use crate::name::BucketName;

const AT: &str = "spec.name";

/// Beginnings that S3 keeps for itself, each with its rule and what it stands for.
const PREFIXES: &[(&str, &str, &str)] = &[
    ("xn--", "name-prefix-xn", "internationalised domain names"),
    ("sthree-", "name-prefix-sthree", "S3 itself"),
    ("amzn-s3-demo-", "name-prefix-amzn-s3-demo", "examples in documentation"),
];

/// Endings that S3 keeps for itself, each with its rule and what it stands for.
const SUFFIXES: &[(&str, &str, &str)] = &[
    ("-s3alias", "name-suffix-s3alias", "access point aliases"),
    ("--ol-s3", "name-suffix-ol-s3", "Object Lambda access points"),
    (".mrap", "name-suffix-mrap", "Multi-Region Access Points"),
    ("--table-s3", "name-suffix-table-s3", "S3 Tables"),
    ("--xa-s3", "name-suffix-xa-s3", "access points of directory buckets"),
];

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let name = spec.name.as_str();
    let named_elsewhere = name.is_empty() && facts.adoption.policy.is_some();
    if facts.request.operation != Operation::Create || named_elsewhere {
        return;
    }
    let before = to.as_slice().len();
    // Directory buckets have rules of their own for what their names are made of.
    let directory = BucketName::new(name).is_directory();
    if is_arn_or_url(name) {
        name_is_arn_or_url(name, to);
    } else if is_template(name) {
        name_placeholder(name, to);
    } else {
        if !directory {
            name_length(name, to);
            name_charset(name, to);
            name_adjacent_periods(name, to);
            name_ip_address(name, to);
        }
        name_first_last(name, spec, to);
        reserved(name, to);
    }
    // A name that has to change anyway gets no advice.
    if to.as_slice().len() == before && !directory {
        name_period_hyphen(name, to);
        name_dots_tls(name, spec, to);
    }
}

/// Whether somebody gave something else than a name.
pub(super) fn is_no_name(name: &str) -> bool {
    is_arn_or_url(name) || is_template(name)
}

fn is_arn_or_url(name: &str) -> bool {
    ["arn:", "s3:", "http:", "https:"].iter().any(|scheme| name.starts_with(scheme))
}

fn is_template(name: &str) -> bool {
    name.contains(['$', '<']) || name.contains("{{")
}

fn name_is_arn_or_url(name: &str, to: &mut Findings) {
    let message = format!("{} is an ARN or a URL; give the bare name of the bucket", quote(name));
    to.deny("name-is-arn-or-url", Reason::Invalid, AT, message);
}

fn name_placeholder(name: &str, to: &mut Findings) {
    let message = format!("{} holds a placeholder that nobody filled in; render the manifest before you apply it", quote(name));
    to.deny("name-placeholder", Reason::Invalid, AT, message);
}

fn name_length(name: &str, to: &mut Findings) {
    let length = name.chars().count();
    if !(3..=63).contains(&length) {
        let message = format!("{} has {length} characters; a bucket's name has 3 to 63", quote(name));
        to.deny("name-length", Reason::Invalid, AT, message);
    }
}

fn name_charset(name: &str, to: &mut Findings) {
    if let Some(found) = name.chars().find(|c| !in_charset(*c)) {
        let message = format!("{} holds {}; use only a-z, 0-9, . and -", quote(name), quote(found.encode_utf8(&mut [0; 4])));
        to.deny("name-charset", Reason::Invalid, AT, message);
    }
}

fn in_charset(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '-'
}

/// An account-regional name that begins with its suffix has a rule of its own.
fn name_first_last(name: &str, spec: &BucketSpec, to: &mut Findings) {
    let only_suffix = super::namespace::is_bare_suffix(spec);
    if name.starts_with(['.', '-']) && !only_suffix || name.ends_with(['.', '-']) {
        let message = format!("{} begins or ends with . or -; let a letter or a digit stand there", quote(name));
        to.deny("name-first-last", Reason::Invalid, AT, message);
    }
}

fn name_adjacent_periods(name: &str, to: &mut Findings) {
    if name.contains("..") {
        let message = format!("{} holds two periods in a row; leave one out", quote(name));
        to.deny("name-adjacent-periods", Reason::Invalid, AT, message);
    }
}

fn name_ip_address(name: &str, to: &mut Findings) {
    let number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if name.split('.').count() == 4 && name.split('.').all(number) {
        let message = format!("{} looks like an IP address, which S3 refuses; choose another name", quote(name));
        to.deny("name-ip-address", Reason::Invalid, AT, message);
    }
}

fn reserved(name: &str, to: &mut Findings) {
    for (prefix, rule, what) in PREFIXES.iter().filter(|(prefix, ..)| name.starts_with(prefix)) {
        let message = format!("{}: names that begin with {prefix} are kept for {what}; choose another beginning", quote(name));
        to.deny(rule, Reason::Invalid, AT, message);
    }
    for (suffix, rule, what) in SUFFIXES.iter().filter(|(suffix, ..)| name.ends_with(suffix)) {
        let message = format!("{}: names that end with {suffix} are kept for {what}; choose another ending", quote(name));
        to.deny(rule, Reason::Invalid, AT, message);
    }
}

fn name_period_hyphen(name: &str, to: &mut Findings) {
    if name.contains(".-") || name.contains("-.") {
        let message = format!("{} holds . next to -, which no DNS label may; choose another name", quote(name));
        to.warn("name-period-hyphen", Reason::Invalid, AT, message);
    }
}

/// A website's name is a host's name and has to hold dots.
fn name_dots_tls(name: &str, spec: &BucketSpec, to: &mut Findings) {
    if name.contains('.') && spec.website.is_none() {
        let message = format!("{} holds a dot, which breaks HTTPS to bucket.s3.<region>; use - unless this is a website", quote(name));
        to.warn("name-dots-tls", Reason::Invalid, AT, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};

    fn named(name: &str) -> World {
        World::new().named(name)
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        let website = World::new().section("website", r#"{"indexDocument":{"suffix":"index.html"}}"#).named("a.example.com");
        vec![
            case("name-length", named("ab"), named("abc")),
            case("name-charset", named("my_bucket"), named("my-bucket")),
            case("name-first-last", named("-logs"), named("l-logs")),
            case("name-adjacent-periods", named("a..b"), named("a-b")),
            case("name-period-hyphen", named("a.-b"), named("a-b")).with(&["name-dots-tls"]),
            case("name-ip-address", named("192.168.5.4"), named("192-168-5-4")),
            case("name-prefix-xn", named("xn--logs"), named("xn-logs")),
            case("name-prefix-sthree", named("sthree-a"), named("sthreea")),
            case("name-prefix-amzn-s3-demo", named("amzn-s3-demo-bucket1"), named("amzn-s3-demobucket1")),
            case("name-suffix-s3alias", named("a-s3alias"), named("as3alias")),
            case("name-suffix-ol-s3", named("a--ol-s3"), named("a-ol-s3")),
            case("name-suffix-mrap", named("a.mrap"), named("a-mrap")),
            case("name-suffix-table-s3", named("a--table-s3"), named("a-table-s3")),
            case("name-suffix-xa-s3", named("a--use1-az4--xa-s3"), named("a--use1-az4-xa-s3")),
            case("name-dots-tls", named("a.example.com"), website),
            case("name-is-arn-or-url", named("s3://logs"), named("s3-logs")),
            case("name-placeholder", named("$BUCKET_NAME"), named("bucket-name")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;

    fn rules(name: &str) -> Vec<&'static str> {
        World::new().named(name).rules()
    }

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        assert_eq!(rules("MyBucket"), ["name-charset"]);
        assert_eq!(rules("logs."), ["name-first-last"]);
        assert_eq!(rules(""), ["name-length"]);
        assert_eq!(rules(&"a".repeat(63)), [""; 0]);
        assert_eq!(rules(&"a".repeat(64)), ["name-length"]);
        assert_eq!(rules("arn:aws:s3:::logs"), ["name-is-arn-or-url"]);
        assert_eq!(rules("https://logs"), ["name-is-arn-or-url"]);
        assert_eq!(rules("http-logs"), [""; 0], "a word is no scheme");
        assert_eq!(rules("{{ .name }}"), ["name-placeholder"]);
        assert_eq!(rules("<name>"), ["name-placeholder"]);
        assert_eq!(rules("büro"), ["name-charset"]);
        assert_eq!(rules("1.2.3"), ["name-dots-tls"]);
    }

    #[test]
    fn all_mistakes_are_named_at_once() {
        assert_eq!(rules("xn--.._"), ["name-adjacent-periods", "name-charset", "name-prefix-xn"]);
    }

    #[test]
    fn an_existing_bucket_keeps_its_name_whatever_the_rules_say_today() {
        assert_eq!(World::new().named("MyBucket").existing().guard().rules(), [""; 0]);
    }
}
