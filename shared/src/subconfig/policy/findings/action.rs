//! Rules about actions.

use super::table::{BUCKET, EXPRESS, LAMBDA, OBJECT, OPERATIONS, OTHER};
use super::wildcard::AnyCase;
use super::{Judge, Statement, each};
use crate::admission::{Path, Reason, quote};
use crate::similar;

/// What an action, or the actions that fit a pattern, act on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    /// The bucket.
    pub(super) bucket: bool,
    /// Objects.
    pub(super) object: bool,
    /// Something else that bucket policies may name.
    pub(super) other: bool,
}

impl Kinds {
    const ALL: Self = Self { bucket: true, object: true, other: true };

    /// The kinds of an action or of all that fit a pattern; none of them where there is no such action.
    pub(super) fn of(action: &str) -> Self {
        let Some((service, name)) = action.split_once(':') else {
            // S3 takes `*` for all; nobody knows what it makes of `s3*`.
            return if action.contains('*') { Self::ALL } else { Self::default() };
        };
        let pattern = AnyCase::of(name);
        let any = |names: &[&str]| names.iter().any(|known| pattern.takes(known));
        let mut kinds = Self::default();
        if is(service, "s3") {
            kinds = if name == "*" { Self::ALL } else { Self { bucket: any(BUCKET), object: any(OBJECT), other: any(OTHER) } };
        }
        kinds.other |= is(service, "s3express") && any(EXPRESS);
        kinds.other |= is(service, "s3-object-lambda") && (any(OBJECT) || any(BUCKET) || any(&[LAMBDA]));
        kinds
    }
}

/// Whether an action, or a pattern, is or takes in the one of this name.
pub(super) fn names(action: &str, service: &str, name: &str) -> bool {
    action.split_once(':').map_or(action == "*", |(its_service, its_name)| is(its_service, service) && is(its_name, name))
}

fn is(pattern: &str, word: &str) -> bool {
    AnyCase::of(pattern).takes(word)
}

pub(super) fn findings(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let given = ["Action", "NotAction"].into_iter().filter_map(|name| Some((name, statement.get(name)?)));
    let mut is_given = false;
    for (name, actions) in given {
        is_given = true;
        let at = at.member(name);
        if actions.items().is_empty() {
            policy_action_required(name, &at, judge);
        }
        each(actions, &at, |action, at| match action.text().filter(|action| !action.is_empty()) {
            Some(action) => policy_action_unknown(action, at, judge),
            None => policy_action_required(name, at, judge),
        });
    }
    if !is_given {
        policy_action_required("Action", &at.member("Action"), judge);
    }
}

fn policy_action_required(name: &str, at: &Path<'_>, judge: &mut Judge<'_>) {
    let message = || format!("{name} names no action; write one, such as \"s3:GetObject\", or a list of them");
    judge.deny("policy-action-required", Reason::Required, at, message);
}

/// On a directory bucket only S3 Express has any, and that others are none is said elsewhere. One that is near to none that is known may be
/// newer than the table.
fn policy_action_unknown(action: &str, at: &Path<'_>, judge: &mut Judge<'_>) {
    const RULE: &str = "policy-action-unknown";
    let is_express = || action.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("s3express:"));
    if judge.kinds(action) != Kinds::default() || (judge.is_directory && !is_express()) {
        return;
    }
    let hint = hint(action);
    if may_be_newer(action) && (hint.is_empty() || judge.facts.may_hold()) {
        judge
            .warn(RULE, Reason::NotSupported, at, || format!("{} is in no list of S3's actions; check the spelling.{hint}", quote(action)));
    } else {
        let message = || format!("{} is no action that a bucket policy can name.{hint}", quote(action));
        judge.deny(RULE, Reason::NotSupported, at, message);
    }
}

/// Whether the text is built as the name of an action, or a pattern of some, of a service that has actions on buckets.
fn may_be_newer(action: &str) -> bool {
    let services = ["s3", "s3express", "s3-object-lambda"];
    action.split_once(':').is_some_and(|(service, name)| {
        let is_built = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"*?".contains(&b));
        is_built && services.iter().any(|known| known.eq_ignore_ascii_case(service))
    })
}

/// The action that may be meant: the one that allows an operation of the API, else one that is spelled alike.
fn hint(action: &str) -> String {
    let (service, name) = action.split_once(':').unwrap_or(("s3", action));
    let express = service.eq_ignore_ascii_case("s3express");
    if !express && !service.eq_ignore_ascii_case("s3") {
        return String::new();
    }
    let operation = OPERATIONS.iter().find(|(operation, _)| operation.eq_ignore_ascii_case(name)).map(|(_, action)| *action);
    let known = || if express { vec![EXPRESS] } else { vec![BUCKET, OBJECT, OTHER] };
    let near = || {
        let all = known().into_iter().flatten().copied();
        let same = known().into_iter().flatten().copied().find(|known| known.eq_ignore_ascii_case(name));
        same.or_else(|| similar::nearest(name, all.filter(|known| known.len().abs_diff(name.len()) <= 2)))
    };
    let meant = operation.filter(|_| !express).or_else(near);
    meant.map(|meant| format!(" Did you mean {}:{meant}?", if express { "s3express" } else { "s3" })).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use super::super::cases::with;
    use crate::admission::testing::{Case, case};

    pub(in super::super) fn all() -> Vec<Case> {
        let actions = |actions: serde_json::Value| with(&json!({ "Action": actions }));
        let null = {
            let world = actions(json!("NULL"));
            world.spec(|spec| {
                let policy = spec.policy.as_mut().unwrap();
                policy.0 = policy.0.replace("\"NULL\"", "null");
            })
        };
        vec![
            case("policy-action-required", null, actions(json!("s3:GetObject"))),
            case("policy-action-unknown", actions(json!("s3:ListObjects")), actions(json!("s3:PutObject"))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::cases::with;
    use super::*;

    #[test]
    fn actions_are_told_from_operations_and_from_slips() {
        for (action, hint) in [
            ("s3:ListObjects", " Did you mean s3:ListBucket?"),
            ("s3:listobjectsv2", " Did you mean s3:ListBucket?"),
            ("s3:HeadObject", " Did you mean s3:GetObject?"),
            ("s3:PutBucketLifecycleConfiguration", " Did you mean s3:PutLifecycleConfiguration?"),
            ("s3:PutBucketEncryption", " Did you mean s3:PutEncryptionConfiguration?"),
            ("s3:PutBucketReplication", " Did you mean s3:PutReplicationConfiguration?"),
            ("s3:PutObjectLockConfiguration", " Did you mean s3:PutBucketObjectLockConfiguration?"),
            ("s3:DeleteBucketLifecycle", " Did you mean s3:PutLifecycleConfiguration?"),
            ("s3:CopyObject", " Did you mean s3:PutObject?"),
            ("s3:GetObjct", " Did you mean s3:GetObject?"),
            ("GetObject", " Did you mean s3:GetObject?"),
            ("s3express:CreateSesion", " Did you mean s3express:CreateSession?"),
            ("ec2:RunInstances", ""),
            ("s3:", ""),
            (" s3:GetObject", ""),
        ] {
            let verdict = with(&json!({ "Action": [action] })).verdict();
            assert_eq!(verdict.rules(), ["policy-action-unknown"], "{action}");
            assert!(verdict.findings[0].message.ends_with(&format!("can name.{hint}")), "{:?}", verdict.findings);
            assert_eq!(verdict.findings[0].field, "spec.policy.Statement[0].Action[0]");
        }
    }

    #[test]
    fn an_action_that_may_be_newer_than_the_table_only_warns() {
        for newer in ["s3:Frobnicate*", "s3:ReadTheStars", "S3express:FoldPaper"] {
            let verdict = with(&json!({ "Action": [newer] })).verdict();
            assert_eq!((verdict.rules(), verdict.is_denied()), (vec!["policy-action-unknown"], false), "{newer}");
        }
        let held = with(&json!({ "Action": "s3:GetObjct" })).existing().guard();
        assert!(!held.verdict().is_denied(), "S3 holds it already");
    }

    #[test]
    fn a_pattern_is_all_that_fits_it_whatever_the_case() {
        let kinds = |bucket, object, other| Kinds { bucket, object, other };
        for (action, expected) in [
            ("*", Kinds::ALL),
            ("s3:*", Kinds::ALL),
            ("S3:getobject", kinds(false, true, false)),
            ("s3:GetObject*", kinds(false, true, false)),
            ("s3:GetBucket*", kinds(true, false, false)),
            ("s3:Get*", Kinds::ALL),
            ("s3:*Object", kinds(false, true, false)),
            ("s3:ListBucke?", kinds(true, false, false)),
            ("s3:ListAllMyBuckets", kinds(false, false, true)),
            ("s3express:CreateSession", kinds(false, false, true)),
            ("s3-object-lambda:WriteGetObjectResponse", kinds(false, false, true)),
            ("s3-object-lambda:GetObject", kinds(false, false, true)),
            ("sts:AssumeRole", Kinds::default()),
            ("s3:CreateSession", Kinds::default()),
        ] {
            assert_eq!(Kinds::of(action), expected, "{action}");
        }
        assert!(names("*", "s3", "PutBucketPolicy") && names("s3:put*policy", "s3", "PutBucketPolicy"));
        assert!(!names("s3:PutBucketAcl", "s3", "PutBucketPolicy") && !names("s3express:*", "s3", "PutBucketPolicy"));
    }

    #[test]
    fn no_action_in_every_spelling() {
        for none in [json!([]), json!([""]), json!(""), json!([1]), json!({}), json!([null])] {
            assert_eq!(with(&json!({ "Action": none })).rules(), ["policy-action-required"], "{none}");
            assert_eq!(with(&json!({ "Action": null, "NotAction": none })).rules(), ["policy-action-required"], "{none}");
        }
        assert_eq!(with(&json!({ "Action": null })).rules(), ["policy-action-required"]);
        assert_eq!(with(&json!({ "Action": null, "NotAction": "s3:PutObject" })).rules(), [""; 0]);
    }
}
