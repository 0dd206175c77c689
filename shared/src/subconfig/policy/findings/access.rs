//! Rules about who is let do too much and who is shut out. Source: S3 API reference, PutBucketPolicy; AWS Security Hub, controls S3.5
//! and S3.6.

use super::condition::{self, Test};
use super::wildcard::fits;
use super::{Judge, Statement, action, principal, resource, statements};
use crate::admission::{Path, Reason, quote};
use crate::policy_document::Value;
use crate::{annotation, role};

/// What another account should not be let do. Source: Security Hub, S3.6.
const RISKY: &[&str] = &["DeleteBucketPolicy", "PutBucketAcl", "PutBucketPolicy", "PutEncryptionConfiguration", "PutObjectAcl"];
const NEGATIVE: &[&str] = &["ArnNotEquals", "ArnNotLike", "StringNotEquals", "StringNotLike"];

pub(super) fn findings(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    policy_lockout(statement, at, judge);
    policy_cross_account(statement, at, judge);
}

/// Whether the statement holds whatever the request is like.
pub(super) fn is_unconditional(statement: &Statement<'_>) -> bool {
    condition::tests(statement).next().is_none()
}

/// A policy that nobody but the root of the account could take away again. Conditions are understood as far as they speak of
/// aws:PrincipalArn only; any other may well spare the controller.
fn policy_lockout(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let service = if judge.is_directory { "s3express" } else { "s3" };
    let names = |name: &str| statement.texts(name).any(|action| action::names(action, service, "PutBucketPolicy"));
    let covered = names("Action") || (statement.texts("NotAction").next().is_some() && !names("NotAction"));
    let shuts_out = statement.denies() && principal::is_anybody(statement) && covered && resource::covers_bucket(statement, judge);
    let wanted = annotation::is_true(judge.facts.bucket().annotation(annotation::ALLOW_POLICY_LOCKOUT));
    if shuts_out && !wanted && !spares_controller(statement, judge) {
        let key = annotation::ALLOW_POLICY_LOCKOUT;
        let message =
            || format!("this Deny shuts the controller out for good; spare its role by aws:PrincipalArn, or annotate {key}: \"true\"");
        judge.deny("policy-lockout", Reason::Forbidden, at, message);
    }
}

fn spares_controller(statement: &Statement<'_>, judge: &Judge<'_>) -> bool {
    let role = judge.facts.role.map(|role| role.value).filter(|role| role::is_role(role));
    condition::tests(statement).any(|test| {
        let by_role = NEGATIVE.contains(&test.operator) && test.key.eq_ignore_ascii_case("aws:PrincipalArn");
        match role.filter(|_| by_role) {
            Some(role) => test.values.items().iter().filter_map(Value::text).any(|value| value.contains("${") || fits(value, role)),
            None => true,
        }
    })
}

/// Only where the owner's account is known, or where everybody is let in.
fn policy_cross_account(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if !statement.allows() || judge.is_directory {
        return;
    }
    let risky = || RISKY.iter().find(|name| statement.texts("Action").any(|action| action::names(action, "s3", name)));
    let own = judge.facts.account.filter(|account| role::is_account(account));
    let foreign = |account: &&str| own.is_some_and(|own| own != *account);
    let other = principal::identities(statement).filter_map(principal::account).find(foreign);
    let everybody = || principal::is_anybody(statement) && is_unconditional(statement);
    if (other.is_some() || everybody())
        && let Some(risky) = risky()
    {
        let who = other.map_or_else(|| "everybody".to_owned(), |account| format!("account {}", quote(account)));
        let message = || format!("{who} is let change who has access, by s3:{risky}; keep that to the bucket's own account");
        judge.warn("policy-cross-account", Reason::Forbidden, &at.member("Action"), message);
    }
}

/// Some statement has to refuse plain HTTP, be it that of another version of TLS.
pub(super) fn policy_no_tls_deny(value: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if judge.is_directory || value.items().is_empty() {
        return;
    }
    let mut refused = false;
    statements(value, at, |statement, _| {
        refused |= statement.denies() && condition::tests(statement).any(|test| refuses_plain_http(&test));
    });
    if !refused {
        let message = || "the policy lets plain HTTP through; add a Deny where aws:SecureTransport is false".to_owned();
        judge.warn("policy-no-tls-deny", Reason::Required, at, message);
    }
}

pub(super) fn refuses_plain_http(test: &Test<'_>) -> bool {
    let says_no = |value: &Value<'_>| *value == Value::Bool(false) || value.text().is_some_and(|text| text.eq_ignore_ascii_case("false"));
    let insecure = || test.key.eq_ignore_ascii_case("aws:SecureTransport") && test.values.items().iter().any(says_no);
    insecure() || (test.key.eq_ignore_ascii_case("s3:TlsVersion") && test.operator.starts_with("NumericLessThan"))
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use super::super::cases::{BUCKET, OBJECTS, only_tls, statement, text, with};
    use crate::admission::testing::{Case, World, case};
    use crate::annotation;

    pub(super) const ROLE: &str = "arn:aws:iam::123456789012:role/buckets";

    /// A Deny for everybody on the bucket and its objects.
    pub(super) fn deny(changes: &Value) -> World {
        let mut statement = json!({ "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, OBJECTS] });
        statement.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        with(&statement)
    }

    /// The policy of another account that may do this.
    pub(super) fn foreign(account: &str, action: &str) -> World {
        let changes = json!({ "Principal": { "AWS": account }, "Action": action, "Resource": [BUCKET, OBJECTS] });
        with(&changes).annotate(annotation::OWNER_ACCOUNT_ID, "123456789012")
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let spare = json!({ "Condition": { "ArnNotEquals": { "aws:PrincipalArn": ROLE } } });
        let document = |statements: &[Value]| text(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string());
        let good = statement(&json!({}));
        vec![
            case("policy-lockout", deny(&json!({})), deny(&spare).namespace(annotation::ROLE_ARN, ROLE)),
            case("policy-no-tls-deny", document(std::slice::from_ref(&good)), document(&[good.clone(), only_tls()])),
            case("policy-cross-account", foreign("222222222222", "s3:PutBucketPolicy"), foreign("123456789012", "s3:PutBucketPolicy")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::cases::{OBJECTS, text};
    use super::super::public::cases::open;
    use super::cases::{ROLE, deny, foreign};
    use crate::admission::testing::World;
    use crate::annotation;

    fn when(condition: &Value) -> Value {
        json!({ "Condition": condition })
    }

    #[test]
    fn a_deny_that_spares_nobody_shuts_the_controller_out() {
        const LOCKED: [&str; 1] = ["policy-lockout"];
        let role = |world: World| world.namespace(annotation::ROLE_ARN, ROLE);
        let spare = |arns: Value| when(&json!({ "ArnNotLike": { "aws:PrincipalArn": arns } }));
        assert_eq!(deny(&json!({ "Action": "s3:Put*Policy" })).rules(), LOCKED);
        assert_eq!(deny(&json!({ "Action": "*", "Principal": { "AWS": "*" } })).rules(), LOCKED);
        assert_eq!(deny(&json!({ "Resource": "arn:aws:s3:::team-a-logs*" })).rules(), LOCKED);
        assert_eq!(role(deny(&spare(json!(["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:role/x"])))).rules(), LOCKED);
        assert_eq!(role(deny(&spare(json!("arn:aws:sts::123456789012:assumed-role/buckets/*")))).rules(), LOCKED);
        let spares = |world: World| assert_eq!(world.rules(), [""; 0], "{:?}", world.bucket.spec);
        spares(deny(&json!({ "Action": "s3:Put*Acl" })));
        spares(deny(&json!({ "Resource": OBJECTS })));
        spares(deny(&json!({ "Principal": { "AWS": "123456789012" } })));
        spares(role(deny(&spare(json!(["x", "arn:aws:iam::123456789012:role/b*"])))));
        spares(role(deny(&spare(json!("arn:aws:iam::${aws:PrincipalAccount}:role/x")))));
        spares(deny(&spare(json!("arn:aws:iam::123456789012:role/x"))));
        spares(role(deny(&when(&json!({ "StringNotEquals": { "aws:SourceVpce": "vpce-1" } })))));
        spares(deny(&json!({})).annotate(annotation::ALLOW_POLICY_LOCKOUT, "true"));
    }

    #[test]
    fn all_but_a_few_actions_are_all_of_the_controllers() {
        let but = |actions: &str| {
            text(&format!(
                r#"{{"Statement":{{"Effect":"Deny","Principal":"*","NotAction":{actions},"Resource":"arn:aws:s3:::team-a-logs*"}}}}"#
            ))
        };
        assert!(but(r#""s3:GetObject""#).rules().contains(&"policy-lockout"));
        assert!(!but(r#"["s3:GetObject","s3:*BucketPolicy"]"#).rules().contains(&"policy-lockout"));
    }

    #[test]
    fn a_directory_bucket_can_shut_the_controller_out_as_well() {
        let own = "arn:aws:s3express:eu-west-1:123456789012:bucket/a--euw1-az1--x-s3";
        let world = deny(&json!({ "Action": "s3express:*", "Resource": own })).named("a--euw1-az1--x-s3");
        let said: Vec<&str> = world.rules().into_iter().filter(|rule| rule.starts_with("policy-")).collect();
        assert_eq!(said, ["policy-lockout"]);
    }

    #[test]
    fn other_accounts_may_read_and_not_change_who_has_access() {
        const WARNED: [&str; 1] = ["policy-cross-account"];
        assert_eq!(foreign("arn:aws:iam::222222222222:role/x", "s3:*").rules(), WARNED);
        assert_eq!(foreign("222222222222", "s3:PutObject*").rules(), WARNED);
        assert_eq!(foreign("222222222222", "s3:PutObject").rules(), [""; 0]);
        let unknown = foreign("222222222222", "s3:*").bucket(|bucket| {
            bucket.metadata.annotations.as_mut().unwrap().remove(annotation::OWNER_ACCOUNT_ID);
        });
        assert_eq!(unknown.rules(), [""; 0], "nobody knows whose the bucket is");
        assert_eq!(open(&json!({ "Action": "s3:PutObjectAcl" })).existing().guard().rules(), WARNED);
    }

    #[test]
    fn plain_http_is_refused_in_many_ways() {
        let when = |effect: &str, condition: &str| {
            text(&format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":{{"AWS":"123456789012"}},"Action":"s3:PutObject","Resource":"{OBJECTS}","Condition":{condition}}}}}"#
            ))
            .rules()
        };
        for refused in [
            r#"{"Bool":{"aws:SecureTransport":false}}"#,
            r#"{"BoolIfExists":{"AWS:securetransport":["false"]}}"#,
            r#"{"NumericLessThan":{"s3:TlsVersion":1.2}}"#,
        ] {
            assert_eq!(when("Deny", refused), [""; 0], "{refused}");
        }
        assert_eq!(when("Allow", r#"{"Bool":{"aws:SecureTransport":"false"}}"#), ["policy-no-tls-deny"]);
        assert_eq!(when("Deny", r#"{"Bool":{"aws:SecureTransport":"true"}}"#), ["policy-no-tls-deny"]);
    }
}
