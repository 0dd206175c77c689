//! Rules about who a statement speaks of. Source: IAM User Guide, "AWS JSON policy elements: Principal" and "... NotPrincipal", "IAM
//! identifiers" (unique ids).

use super::{Judge, Statement, each, shown, wildcard};
use crate::admission::{Path, Reason, check, quote};
use crate::arn::Arn;
use crate::policy_document::Value;
use crate::role;

const KINDS: &[&str] = &["AWS", "CanonicalUser", "Federated", "Service"];
/// How the names of AWS services end, over all partitions.
const SERVICES: &[&str] = &[
    ".amazonaws.com",
    ".amazonaws.com.cn",
    ".amazonaws.eu",
    ".c2s.ic.gov",
    ".sc2s.sgov.gov",
    ".cloud.adc-e.uk",
    ".csp.hci.ic.gov",
    ".aws.internal",
    ".amazon.com",
];

pub(super) fn findings(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    policy_principal_required(statement, at, judge);
    policy_notprincipal_allow(statement, at, judge);
    for name in ["Principal", "NotPrincipal"] {
        if let Some(principal) = statement.get(name) {
            policy_principal_format(principal, &at.member(name), judge);
        }
    }
}

/// Whether everybody is meant.
pub(super) fn is_anybody(statement: &Statement<'_>) -> bool {
    statement.get("Principal").and_then(Value::text) == Some("*") || identities(statement).any(|identity| identity == "*")
}

/// The texts that stand for identities of AWS.
pub(super) fn identities<'v>(statement: &Statement<'v>) -> impl Iterator<Item = &'v str> {
    let members = statement.get("Principal").and_then(Value::members).unwrap_or_default();
    members.iter().filter(|member| member.name == "AWS").flat_map(|member| member.value.items()).filter_map(Value::text)
}

/// The account of an identity, where it names one.
pub(super) fn account(identity: &str) -> Option<&str> {
    let account = Arn::parse(identity).map_or(identity, |arn| arn.account);
    Some(account).filter(|account| role::is_account(account))
}

/// Nobody at all is refused as well, however that is spelled.
fn policy_principal_required(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let is_nobody = |principal: &Value<'_>| {
        let nobody = principal.members().is_some_and(|members| members.iter().all(|member| member.value.items().is_empty()));
        nobody || *principal == Value::Null
    };
    if statement.either("Principal", "NotPrincipal").is_none_or(is_nobody) {
        let message = || "the statement of a bucket policy names who it is about; add Principal".to_owned();
        judge.deny("policy-principal-required", Reason::Required, &at.member("Principal"), message);
    }
}

fn policy_notprincipal_allow(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if statement.allows() && statement.get("NotPrincipal").is_some() {
        let message = || "NotPrincipal works only with Effect Deny; name who is allowed in Principal".to_owned();
        judge.deny("policy-notprincipal-allow", Reason::Forbidden, &at.member("NotPrincipal"), message);
    }
}

fn policy_principal_format(principal: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if let Some(members) = principal.members() {
        for member in members {
            let name = shown(&member.name);
            let at = at.member(&name);
            each(&member.value, &at, |item, at| of_kind(&member.name, item, at, judge));
        }
    } else if *principal != Value::Null && principal.text() != Some("*") {
        wrong(principal, r#"write "*", or an object such as {"AWS": "<account>"}"#, at, judge);
    }
}

fn of_kind(kind: &str, item: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let text = match item {
        Value::Text(text) => &**text,
        Value::Number(number) => number,
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Object(_) => return wrong(item, "a principal is a text", at, judge),
    };
    match kind {
        "AWS" => aws(text, item, at, judge),
        "Service" if !is_service(text) => wrong(item, "a service is like logging.s3.amazonaws.com, without wildcards", at, judge),
        "Federated" if text.is_empty() => wrong(item, "name the provider, or its ARN", at, judge),
        "Service" | "Federated" | "CanonicalUser" => {}
        other => {
            let message =
                || format!("no kind of principal is called {}; use {}.{}", quote(other), KINDS.join(", "), check::like(other, KINDS));
            judge.deny("policy-principal-format", Reason::NotSupported, at, message);
        }
    }
}

fn wrong(item: &Value<'_>, hint: &str, at: &Path<'_>, judge: &mut Judge<'_>) {
    let message = || match item.text() {
        Some(text) => format!("principal {} is not valid; {hint}", quote(text)),
        None => format!("this is no principal; {hint}"),
    };
    judge.deny("policy-principal-format", Reason::Invalid, at, message);
}

fn aws(text: &str, item: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if is_unique_id(text) {
        // S3 itself shows such ids: a controller that adopts a bucket brings them along.
        if !judge.facts.by_user() {
            return;
        }
        let message = || format!("{} is the id of a user or role that was deleted; name one that exists by its ARN", quote(text));
        judge.deny("policy-principal-unique-id", Reason::Invalid, at, message);
    } else if text != "*" && wildcard::is_pattern(text) {
        wrong(item, "an ARN in a principal has no wildcards; use a condition on aws:PrincipalArn", at, judge);
    } else if text != "*" && !is_identity(text) {
        wrong(item, "use *, 12 digits, or the ARN of an account, role, user or session", at, judge);
    }
}

/// What S3 shows for a user (AIDA) or a role (AROA) that is gone, with the name of a session behind it or without.
fn is_unique_id(text: &str) -> bool {
    let id = text.split_once(':').map_or(text, |(id, _)| id);
    (id.starts_with("AIDA") || id.starts_with("AROA")) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// An account, a user, a role, a session, an origin access identity of CloudFront, or a canonical user.
fn is_identity(text: &str) -> bool {
    let Some(arn) = Arn::parse(text) else {
        let canonical = matches!(text.len(), 64 | 96) && text.bytes().all(|b| b.is_ascii_hexdigit());
        return role::is_account(text) || canonical;
    };
    let named = |kinds: &[&str]| kinds.iter().any(|kind| arn.resource.strip_prefix(kind).is_some_and(|name| !name.is_empty()));
    let place = arn.partition.starts_with("aws") && arn.region.is_empty();
    place
        && match arn.service {
            "iam" if arn.account == "cloudfront" => named(&["user/"]),
            "iam" => role::is_account(arn.account) && (arn.resource == "root" || named(&["user/", "role/"])),
            "sts" => role::is_account(arn.account) && named(&["assumed-role/", "federated-user/"]),
            _ => false,
        }
}

fn is_service(text: &str) -> bool {
    let named = |end: &&str| text.strip_suffix(end).is_some_and(|name| !name.is_empty() && !name.contains(['/', ':', ' ']));
    !wildcard::is_pattern(text) && SERVICES.iter().any(named)
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use super::super::cases::with;
    use crate::admission::testing::{Case, World, case};

    pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/team/reader";

    pub(super) fn by(principal: &serde_json::Value) -> World {
        with(&json!({ "Principal": principal }))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let not = |effect: &str| {
            let action = if effect == "Deny" { "s3:PutObject" } else { "s3:GetObject" };
            with(&json!({ "Effect": effect, "Action": action, "Principal": null, "NotPrincipal": { "AWS": ROLE } }))
        };
        let good = || by(&json!({ "AWS": ROLE }));
        vec![
            case("policy-principal-required", by(&json!(null)), good()),
            case("policy-principal-format", by(&json!({ "AWS": "arn:aws:iam::123456789012:role/*" })), good()),
            case("policy-principal-unique-id", by(&json!({ "AWS": "AROAEXAMPLE" })), good()),
            case("policy-notprincipal-allow", not("Allow"), not("Deny")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::cases::{ROLE, by};

    #[test]
    fn every_kind_of_principal_passes() {
        for good in [
            json!({ "AWS": ["123456789012", "arn:aws-cn:iam::123456789012:root", ROLE] }),
            json!({ "AWS": "arn:aws:sts::123456789012:assumed-role/reader/session" }),
            json!({ "AWS": "arn:aws:sts::123456789012:federated-user/somebody" }),
            json!({ "AWS": "arn:aws:iam::123456789012:user/team/some.body+x=1,2@x_-" }),
            json!({ "AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE" }),
            json!({ "AWS": 123_456_789_012_u64 }),
            json!({ "Service": ["logging.s3.amazonaws.com", "delivery.logs.amazonaws.com", "ec2.amazonaws.com.cn"] }),
            json!({ "Federated": "arn:aws:iam::123456789012:saml-provider/x", "AWS": ROLE }),
            json!({ "CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" }),
        ] {
            assert_eq!(by(&good).rules(), [""; 0], "{good}");
        }
    }

    #[test]
    fn what_is_no_principal_is_named() {
        for bad in [
            json!("arn:aws:iam::123456789012:root"),
            json!(["*"]),
            json!(true),
            json!({ "aws": "123456789012" }),
            json!({ "AWS": "1234" }),
            json!({ "AWS": "" }),
            json!({ "AWS": [null] }),
            json!({ "AWS": { "a": 1 } }),
            json!({ "AWS": "arn:aws:iam::123456789012:group/x" }),
            json!({ "AWS": "arn:aws:iam::123456789012:role/" }),
            json!({ "AWS": "arn:aws:iam::ACCOUNT:root" }),
            json!({ "AWS": "arn:aws:s3:::team-a-logs" }),
            json!({ "Service": "*.amazonaws.com" }),
            json!({ "Service": "logging.s3" }),
            json!({ "Service": ".amazonaws.com" }),
            json!({ "Federated": "" }),
        ] {
            assert_eq!(by(&bad).rules(), ["policy-principal-format"], "{bad}");
        }
    }

    #[test]
    fn nobody_is_nobody_in_every_spelling() {
        for nobody in [json!({}), json!({ "AWS": [] }), json!({ "AWS": [], "Service": [] })] {
            assert_eq!(by(&nobody).rules(), ["policy-principal-required"], "{nobody}");
        }
    }

    #[test]
    fn a_deleted_user_is_told_from_a_name() {
        assert_eq!(by(&json!({ "AWS": "AIDAJQABLZS4A3QDU576Q" })).rules(), ["policy-principal-unique-id"]);
        assert_eq!(by(&json!({ "AWS": "AROAEXAMPLE:session" })).rules(), ["policy-principal-unique-id"]);
        assert_eq!(by(&json!({ "AWS": "AROA-x" })).rules(), ["policy-principal-format"]);
        assert_eq!(by(&json!({ "AWS": "AROAEXAMPLE" })).existing().guard().rules(), [""; 0], "it may have been adopted");
    }
}
