//! What S3 refuses in lifecycle rules, but for their timing.
//! Source: S3 User Guide, "Lifecycle configuration elements"; S3 API reference, LifecycleRule; error texts as S3 gives them.

use std::collections::BTreeSet;

use super::lifecycle_schedule;
use crate::s3::error::S3Error;
use crate::s3::xml::Element;

const MOST_RULES: usize = 1000;
const MOST_BYTES: i64 = 1_099_511_627_776_000;
const ACTIONS: [&str; 5] =
    ["Expiration", "Transition", "NoncurrentVersionTransition", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"];

/// Checks rules that have the right shape.
pub(super) fn check(rules: &[Element]) -> Result<(), S3Error> {
    if rules.len() > MOST_RULES {
        let text = format!("The number of lifecycle rules must not exceed the allowed limit of {MOST_RULES} rules");
        return Err(S3Error::invalid_request(text));
    }
    ids(rules)?;
    for rule in rules {
        scope(rule)?;
        actions(rule)?;
        lifecycle_schedule::check(rule)?;
    }
    versions(rules)?;
    overlaps(rules)
}

fn ids(rules: &[Element]) -> Result<(), S3Error> {
    let mut seen = BTreeSet::new();
    for id in rules.iter().filter_map(|rule| rule.text_of("ID")).filter(|id| !id.is_empty()) {
        if id.encode_utf16().count() > 255 {
            return Err(S3Error::invalid_argument("ID length should not exceed allowed limit of 255"));
        }
        if !seen.insert(id) {
            return Err(S3Error::invalid_argument("Rule ID must be unique. Found same ID for more than one rule"));
        }
    }
    Ok(())
}

/// What a rule applies to: either a filter or the old prefix, and in a filter one condition or several under And.
fn scope(rule: &Element) -> Result<(), S3Error> {
    let filter = rule.child("Filter");
    if filter.is_some() == rule.has("Prefix") || filter.is_some_and(|filter| filter.children.len() > 1) {
        return Err(S3Error::malformed_xml());
    }
    let and = filter.and_then(|filter| filter.child("And"));
    if and.is_some_and(|and| and.children.len() < 2) {
        return Err(S3Error::malformed_xml());
    }
    let Some(conditions) = and.or(filter) else { return Ok(()) };
    let keys: Vec<_> = conditions.all("Tag").filter_map(|tag| tag.text_of("Key")).collect();
    if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
        return Err(S3Error::invalid_request("Duplicate Tag Keys are not allowed."));
    }
    if keys.iter().any(|key| key.is_empty() || key.chars().count() > 128) {
        return Err(S3Error::invalid_request("A Tag's Key must be a length between 1 and 128."));
    }
    if conditions.text_of("Prefix").is_some_and(|prefix| prefix.len() > 1024) {
        return Err(S3Error::invalid_request("The maximum size of a prefix is 1024"));
    }
    sizes(conditions)
}

fn sizes(conditions: &Element) -> Result<(), S3Error> {
    let (greater, less) = (conditions.number("ObjectSizeGreaterThan"), conditions.number("ObjectSizeLessThan"));
    for (name, value, least) in [("ObjectSizeGreaterThan", greater, 0), ("ObjectSizeLessThan", less, 1)] {
        if value.is_some_and(|value| !(least..=MOST_BYTES).contains(&value)) {
            return Err(S3Error::invalid_request(format!("'{name}' should be between {least} and {MOST_BYTES}.")));
        }
    }
    if greater.zip(less).is_some_and(|(greater, less)| greater >= less) {
        let text = "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.";
        return Err(S3Error::invalid_request(text));
    }
    Ok(())
}

/// At least one action, and none that does not go with the filter.
fn actions(rule: &Element) -> Result<(), S3Error> {
    if !ACTIONS.iter().any(|action| rule.has(action)) {
        return Err(S3Error::invalid_request("At least one action needs to be specified in a rule"));
    }
    let conditions = |name: &str| rule.child("Filter").is_some_and(|filter| filter.has(name) || filter.at(&["And", name]).is_some());
    let by_size = conditions("ObjectSizeGreaterThan") || conditions("ObjectSizeLessThan");
    let expired_marker = rule.at(&["Expiration", "ExpiredObjectDeleteMarker"]).is_some();
    let guarded = [(expired_marker, "ExpiredObjectDeleteMarker"), (rule.has(ACTIONS[4]), ACTIONS[4])];
    let used = [(conditions("Tag"), "Tags"), (by_size, "Object Size")].into_iter().find(|(used, _)| *used);
    match (guarded.into_iter().find(|(present, _)| *present), used) {
        (Some((_, action)), Some((_, condition))) => {
            Err(S3Error::invalid_request(format!("{action} cannot be specified with {condition}.")))
        }
        _ => Ok(()),
    }
}

/// Rules with a filter and rules with the old prefix do not mix.
fn versions(rules: &[Element]) -> Result<(), S3Error> {
    let old = rules.iter().any(|rule| rule.has("Prefix"));
    if old && rules.iter().any(|rule| rule.has("Filter")) {
        return Err(S3Error::invalid_request("Filter element can only be used in Lifecycle V2."));
    }
    let newer = |rule: &Element| rule.children.iter().any(|action| action.has("NewerNoncurrentVersions"));
    if old && rules.iter().any(newer) {
        return Err(S3Error::invalid_request("NewerNoncurrentVersions element can only be used in Lifecycle V2."));
    }
    Ok(())
}

/// Two rules with the old prefix may not both take the same action on the same objects.
fn overlaps(rules: &[Element]) -> Result<(), S3Error> {
    let old: Vec<_> = rules.iter().filter_map(|rule| rule.text_of("Prefix").map(|prefix| (prefix, rule))).collect();
    for (at, (prefix, rule)) in old.iter().enumerate() {
        for (other, twin) in &old[at + 1..] {
            if prefix == other {
                return Err(S3Error::invalid_request(format!("Found two rules with same prefix '{prefix}'")));
            }
            let same = ACTIONS.iter().find(|action| rule.has(action) && twin.has(action));
            if let Some(action) = same.filter(|_| prefix.starts_with(other) || other.starts_with(prefix)) {
                let text = format!("Found overlapping prefixes '{prefix}' and '{other}' for same action type '{action}'");
                return Err(S3Error::invalid_request(text));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::lifecycle::{ROOT, SHAPE};
    use super::*;

    fn code(rules: &str) -> Option<String> {
        let document = format!("<{ROOT}>{rules}</{ROOT}>");
        SHAPE.read(ROOT, document.as_bytes()).and_then(|root| check(&root.children)).err().map(|error| error.code.into_owned())
    }

    fn rule(inner: &str) -> String {
        format!("<Rule><Status>Enabled</Status>{inner}</Rule>")
    }

    const DAY: &str = "<Expiration><Days>1</Days></Expiration>";
    const ALL: &str = "<Filter/>";
    const TAG: &str = "<Tag><Key>k</Key><Value>v</Value></Tag>";

    #[test]
    fn usual_rules_are_taken() {
        for fine in [
            rule(&format!("{ALL}{DAY}")),
            rule(&format!("<Prefix>a/</Prefix>{DAY}")) + &rule(&format!("<Prefix>b/</Prefix>{DAY}")),
            rule(&format!("<Filter><And><Prefix>a</Prefix>{TAG}<ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>{DAY}")),
            rule(&format!("<ID>a</ID>{ALL}{DAY}")) + &rule(&format!("<ID>b</ID><Filter>{TAG}</Filter>{DAY}")),
        ] {
            assert_eq!(code(&fine), None, "{fine}");
        }
    }

    #[test]
    fn wrong_rules_are_refused_with_the_code_of_s3() {
        let twice = rule(&format!("<ID>a</ID>{ALL}{DAY}")).repeat(2);
        let long = rule(&format!("<ID>{}</ID>{ALL}{DAY}", "i".repeat(256)));
        let marker = "<Expiration><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>";
        let abort = "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>";
        let many = (0..1001).map(|i| rule(&format!("<ID>{i}</ID>{ALL}{DAY}"))).collect::<String>();
        let size = "<Filter><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></Filter>";
        let sizes =
            "<Filter><And><ObjectSizeGreaterThan>9</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And></Filter>";
        for (text, want) in [
            (String::new(), "MalformedXML"),
            (rule(DAY), "MalformedXML"),
            (rule(&format!("<Prefix/>{ALL}{DAY}")), "MalformedXML"),
            (rule(&format!("<Filter><Prefix>a</Prefix>{TAG}</Filter>{DAY}")), "MalformedXML"),
            (rule(&format!("<Filter><And>{TAG}</And></Filter>{DAY}")), "MalformedXML"),
            (rule(&format!("<Filter><And>{TAG}{TAG}</And></Filter>{DAY}")), "InvalidRequest"),
            (rule(&format!("{sizes}{DAY}")), "InvalidRequest"),
            (rule(ALL), "InvalidRequest"),
            (twice, "InvalidArgument"),
            (long, "InvalidArgument"),
            (many, "InvalidRequest"),
            (rule(&format!("{size}{marker}")), "InvalidRequest"),
            (rule(&format!("<Filter>{TAG}</Filter>{abort}")), "InvalidRequest"),
            (rule(&format!("<Prefix>a</Prefix>{DAY}")) + &rule(&format!("{ALL}{DAY}")), "InvalidRequest"),
            (rule(&format!("<Prefix>a</Prefix>{DAY}")) + &rule(&format!("<Prefix>a</Prefix>{abort}")), "InvalidRequest"),
            (rule(&format!("<Prefix>a</Prefix>{DAY}")) + &rule(&format!("<Prefix/>{DAY}")), "InvalidRequest"),
        ] {
            assert_eq!(code(&text).as_deref(), Some(want), "{}", &text[..text.len().min(200)]);
        }
    }
}
