//! Rules about conditions. Source: IAM User Guide, "IAM JSON policy elements: Condition" and "... Condition operators".

use std::net::{IpAddr, Ipv6Addr};

use super::table::{KEYS, Key, OPERATORS};
use super::{Judge, Statement, action, each, shown};
use crate::admission::{Path, Reason, check, quote};
use crate::policy_document::{Member, Value};

const PREFIX: &str = "s3:";
/// Keys that S3 was seen to refuse, and those of AWS that people look for among S3's.
const NEVER: &[&str] = &[
    "PrincipalArn",
    "PrincipalOrgID",
    "SecureTransport",
    "SourceAccount",
    "SourceArn",
    "SourceIp",
    "SourceVpc",
    "SourceVpce",
    "VersionStatus",
    "username",
];
const ADDRESSES: &[&str] = &["aws:SourceIp", "aws:VpcSourceIp"];
/// Of a statement with more actions than this, nothing is said about which key applies to which action.
const LOOKED_AT: usize = 64;

/// A test: the operator without what stands around it, the key, and the values.
pub(super) struct Test<'v> {
    pub(super) operator: &'v str,
    pub(super) key: &'v str,
    pub(super) values: &'v Value<'v>,
}

/// All tests of a statement.
pub(super) fn tests<'v>(statement: &Statement<'v>) -> impl Iterator<Item = Test<'v>> {
    let operators = statement.get("Condition").map(members).unwrap_or_default();
    operators.iter().flat_map(|operator| {
        members(&operator.value).iter().map(|key| Test { operator: base(&operator.name), key: &key.name, values: &key.value })
    })
}

fn members<'v, 'd>(value: &'v Value<'d>) -> &'v [Member<'d>] {
    value.members().unwrap_or_default()
}

/// An operator without `ForAllValues:`, `ForAnyValue:` and `IfExists`, which Null does not take.
fn base(operator: &str) -> &str {
    let name = operator.strip_prefix("ForAllValues:").or_else(|| operator.strip_prefix("ForAnyValue:")).unwrap_or(operator);
    name.strip_suffix("IfExists").filter(|name| *name != "Null").unwrap_or(name)
}

pub(super) fn findings(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let Some(condition) = statement.get("Condition") else { return };
    let at = at.member("Condition");
    if !matches!(condition, Value::Object(_) | Value::Null) {
        return not_an_object(&at, judge);
    }
    let mut judged = Vec::new();
    for operator in members(condition) {
        let name = shown(&operator.name);
        let at = at.member(&name);
        policy_condition_operator(&operator.name, &at, judge);
        if !matches!(operator.value, Value::Object(_)) {
            not_an_object(&at, judge);
        }
        for key in members(&operator.value) {
            let name = shown(&key.name);
            let at = at.member(&name);
            key_findings(&key.name, &mut judged, statement, &at, judge);
            if matches!(base(&operator.name), "IpAddress" | "NotIpAddress") {
                each(&key.value, &at, |value, at| policy_condition_ip(&key.name, value, at, judge));
            }
        }
    }
}

fn not_an_object(at: &Path<'_>, judge: &mut Judge<'_>) {
    let message = || r#"a condition is written {"<operator>": {"<key>": "<value>"}}"#.to_owned();
    judge.deny("policy-condition-operator", Reason::Invalid, at, message);
}

fn policy_condition_operator(operator: &str, at: &Path<'_>, judge: &mut Judge<'_>) {
    let base = base(operator);
    if !OPERATORS.contains(&base) {
        let message = || format!("no condition operator {}; case counts.{}", quote(operator), check::like(base, OPERATORS));
        judge.deny("policy-condition-operator", Reason::NotSupported, at, message);
    }
}

/// Two rules: no such key, or none that these actions have. Keys of AWS and of other services are not looked at.
/// Each key of the table is judged once in a statement.
fn key_findings(key: &str, judged: &mut Vec<&'static str>, statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let Some(name) = key.get(..PREFIX.len()).filter(|start| start.eq_ignore_ascii_case(PREFIX)).and_then(|_| key.get(PREFIX.len()..))
    else {
        return;
    };
    match known(name) {
        None => policy_condition_key(key, name, at, judge),
        Some(known) if !judge.is_directory && !judged.contains(&known.0) => {
            judged.push(known.0);
            policy_condition_mismatch(known, statement, at, judge);
        }
        Some(_) => {}
    }
}

/// The case of a key does not count, but for that of a tag in it.
fn known(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|(known, _)| {
        if known.ends_with('/') {
            name.len() > known.len() && name.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known))
        } else {
            known.eq_ignore_ascii_case(name)
        }
    })
}

/// One that is near to none that is known may be newer than the table.
fn policy_condition_key(key: &str, name: &str, at: &Path<'_>, judge: &mut Judge<'_>) {
    const RULE: &str = "policy-condition-key";
    let names: Vec<&str> = KEYS.iter().map(|(known, _)| *known).collect();
    let hint = check::like(name, &names).replacen("mean ", "mean s3:", 1);
    let is_built = !name.is_empty() && !name.ends_with('/') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-/".contains(&b));
    let never = NEVER.iter().any(|never| never.eq_ignore_ascii_case(name));
    if is_built && !never && (hint.is_empty() || judge.facts.may_hold()) {
        let message = || format!("{} is in no list of S3's condition keys; check the spelling.{hint}", quote(key));
        judge.warn(RULE, Reason::NotSupported, at, message);
    } else {
        judge.deny(RULE, Reason::NotSupported, at, || format!("S3 has no condition key {}.{hint}", quote(key)));
    }
}

/// Speaks only where none of the actions has the key.
fn policy_condition_mismatch((key, on): &Key, statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let has = |action: &str| on.iter().any(|name| action::names(action, "s3", name));
    if on.is_empty() || statement.texts("Action").take(LOOKED_AT).any(has) {
        return;
    }
    let is_s3 = |action: &str| action.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
    let count = statement.texts("Action").take(LOOKED_AT + 1).count();
    // Where an action is not known, that is said, and this may follow from it.
    let clear = (1..=LOOKED_AT).contains(&count)
        && statement.texts("Action").all(|action| is_s3(action) && judge.kinds(action) != action::Kinds::default());
    if clear {
        let actions: Vec<String> = on.iter().take(3).map(|name| format!("s3:{name}")).collect();
        let more = if on.len() > actions.len() { " and others" } else { "" };
        let message = || format!("condition s3:{key} works with {}{more}, none of which is in Action", actions.join(", "));
        judge.deny("policy-condition-mismatch", Reason::Invalid, at, message);
    }
}

fn policy_condition_ip(key: &str, value: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let Some(text) = value.text().filter(|_| ADDRESSES.iter().any(|known| known.eq_ignore_ascii_case(key))) else { return };
    if range(text).is_none() && !text.contains("${") {
        let message = || format!("{} is no range of addresses; write one such as 192.0.2.0/24 or 2001:db8::/32", quote(text));
        judge.deny("policy-condition-ip", Reason::Invalid, at, message);
    }
}

/// An address and how many of its bits count: all of them, where nothing is said.
pub(super) fn range(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address = if address.contains(':') { address.parse::<Ipv6Addr>().ok().map(IpAddr::V6) } else { four(address) }?;
    let all = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(all), |bits| bits.parse().ok().filter(|_| bits.bytes().all(|b| b.is_ascii_digit())))?;
    (bits <= all).then_some((address, bits))
}

/// Four numbers; one may begin with zeros.
fn four(address: &str) -> Option<IpAddr> {
    let number = |part: &str| part.parse::<u8>().ok().filter(|_| part.len() <= 3 && part.bytes().all(|b| b.is_ascii_digit()));
    let mut parts = address.split('.').map(number);
    let numbers = [parts.next()??, parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then(|| IpAddr::from(numbers))
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use super::super::cases::{BUCKET, with};
    use crate::admission::testing::{Case, World, case};

    pub(super) fn when(condition: &Value) -> World {
        with(&json!({ "Condition": condition }))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let from = |range: &str| when(&json!({ "IpAddress": { "aws:SourceIp": range } }));
        let under = |action: &str, resource: &str| {
            with(&json!({ "Action": action, "Resource": resource, "Condition": { "StringLike": { "s3:prefix": "a/*" } } }))
        };
        vec![
            case(
                "policy-condition-operator",
                when(&json!({ "stringequals": { "aws:PrincipalOrgID": "o-1" } })),
                when(&json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })),
            ),
            case(
                "policy-condition-key",
                when(&json!({ "StringEquals": { "s3:VersionStatus": "x" } })),
                when(&json!({ "StringEquals": { "s3:ExistingObjectTag/status": "x" } })),
            ),
            case("policy-condition-mismatch", under("s3:GetObject", &format!("{BUCKET}/*")), under("s3:ListBucket", BUCKET)),
            case("policy-condition-ip", from("10.0.0/8"), from("10.0.0.0/8")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::cases::{BUCKET, with};
    use super::cases::when;
    use super::*;

    #[test]
    fn operators_stand_alone_with_a_set_before_them_or_an_if_behind() {
        for good in ["StringLike", "ForAnyValue:StringLike", "ForAllValues:StringEqualsIfExists", "BoolIfExists", "Null", "ArnNotEquals"] {
            assert_eq!(when(&json!({ (good): { "aws:PrincipalOrgID": "x" } })).rules(), [""; 0], "{good}");
        }
        for bad in ["stringequals", "StringEqual", "forAnyValue:StringLike", "NullIfExists", "", "IfExists", "StringEqualsIfExistsIfExists"]
        {
            assert_eq!(when(&json!({ (bad): { "aws:PrincipalOrgID": "x" } })).rules(), ["policy-condition-operator"], "{bad}");
        }
        let verdict = when(&json!({ "ForAnyValue:stringLike": { "aws:TagKeys": "x" } })).verdict();
        assert!(verdict.findings[0].message.ends_with("Did you mean StringLike?"), "{:?}", verdict.findings);
    }

    #[test]
    fn a_condition_is_an_object_of_objects() {
        for bad in [json!([]), json!("x"), json!({ "Bool": "aws:SecureTransport" }), json!({ "Bool": [] })] {
            assert_eq!(when(&bad).rules(), ["policy-condition-operator"], "{bad}");
        }
        assert_eq!(when(&json!({})).rules(), [""; 0]);
        assert_eq!(when(&json!({ "Bool": {} })).rules(), [""; 0]);
    }

    #[test]
    fn keys_of_s3_count_in_any_case_and_others_are_not_looked_at() {
        for good in ["s3:TLSVERSION", "S3:authType", "s3:ExistingObjectTag/ä", "aws:whatever", "s3express:SessionMode", "nonsense", "s3"] {
            assert_eq!(when(&json!({ "StringEquals": { (good): "x" } })).rules(), [""; 0], "{good}");
        }
        for bad in ["s3:", "s3:ExistingObjectTag/", "s3:ExistingObjectTag", "s3:prefixes", "s3:ä", "s3:secureTransport"] {
            assert_eq!(when(&json!({ "StringEquals": { (bad): "x" } })).rules(), ["policy-condition-key"], "{bad}");
        }
        let verdict = when(&json!({ "StringEquals": { "s3:signatureVersions": "x" } })).verdict();
        assert!(verdict.findings[0].message.ends_with("Did you mean s3:signatureversion?"), "{:?}", verdict.findings);
    }

    #[test]
    fn a_key_that_may_be_newer_than_the_table_only_warns() {
        let newer = when(&json!({ "StringEquals": { "s3:MoonPhase": "full" } }));
        assert_eq!((newer.rules(), newer.verdict().is_denied()), (vec!["policy-condition-key"], false));
        let near = when(&json!({ "StringEquals": { "s3:signatureVersions": "x" } }));
        assert!(near.verdict().is_denied());
        assert!(!near.existing().guard().verdict().is_denied(), "S3 holds it already");
    }

    const MISMATCH: [&str; 1] = ["policy-condition-mismatch"];

    #[test]
    fn a_key_has_to_apply_to_one_of_the_actions() {
        let rules = |actions: serde_json::Value, key: &str| {
            let condition = json!({ "StringEquals": { (key): "x" } });
            with(&json!({ "Action": actions, "Resource": [BUCKET, format!("{BUCKET}/*")], "Condition": condition })).rules()
        };
        assert_eq!(rules(json!("s3:GetObject"), "s3:VersionId"), MISMATCH);
        assert_eq!(rules(json!("s3:GetObjectVersion"), "s3:VersionId"), [""; 0]);
        assert_eq!(rules(json!(["s3:GetObject", "s3:ListBucket"]), "s3:prefix"), [""; 0]);
        assert_eq!(rules(json!("s3:*"), "s3:prefix"), [""; 0]);
        assert_eq!(rules(json!("s3:List*"), "s3:max-keys"), [""; 0]);
        assert_eq!(rules(json!("s3:PutObject"), "s3:x-amz-server-side-encryption"), [""; 0]);
        assert_eq!(rules(json!("s3:GetObject"), "s3:x-amz-acl"), MISMATCH);
        assert_eq!(rules(json!("s3:ListBucket"), "s3:ResourceAccount"), [""; 0]);
        assert_eq!(rules(json!("s3:ListObjects"), "s3:x-amz-acl"), ["policy-action-unknown"]);
        assert_eq!(rules(json!(vec!["s3:GetObject"; LOOKED_AT + 1]), "s3:prefix"), [""; 0], "too many to look at");
    }

    #[test]
    fn ranges_of_addresses() {
        for good in ["192.0.2.1", "192.0.2.0/24", "10.0.0.1/8", "0.0.0.0/0", "010.0.0.0/8", "2001:DB8::/32", "::/0", "::1"] {
            assert!(range(good).is_some(), "{good}");
        }
        for bad in
            ["10.0.0/8", "10.0.0.0/33", "256.0.0.1", "10.0.0.0/", "10.0.0.0/+8", "::/129", "2001:db8::g/32", "", "/", "1.2.3.4.5", "any"]
        {
            assert_eq!(range(bad), None, "{bad}");
        }
        let when = |key: &str, range: &str| when(&json!({ "NotIpAddress": { (key): [range, "192.0.2.1"] } }));
        assert_eq!(when("AWS:sourceip", "10.0.0/8").rules(), ["policy-condition-ip"]);
        assert_eq!(when("aws:SourceIp", "${aws:PrincipalTag/range}").rules(), [""; 0]);
        assert_eq!(when("aws:SourceVpce", "10.0.0/8").rules(), [""; 0]);
    }
}
