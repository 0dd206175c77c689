//! Rules about a statement as a whole.

use std::collections::HashSet;

use super::document::{member, policy_unknown_member};
use super::{Judge, access, action, condition, principal, public, resource, statements};
use crate::admission::{Path, Reason, check, quote};
use crate::policy_document::{Member, Value};

const MEMBERS: &[&str] = &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const EFFECTS: &[&str] = &["Allow", "Deny"];

/// A statement.
pub(super) struct Statement<'v> {
    pub(super) members: &'v [Member<'v>],
}

impl<'v> Statement<'v> {
    /// The member of this name.
    pub(super) fn get(&self, name: &str) -> Option<&'v Value<'v>> {
        member(self.members, name)
    }

    /// The member of this name, or the one of its opposite.
    pub(super) fn either(&self, name: &str, opposite: &str) -> Option<&'v Value<'v>> {
        self.get(name).or_else(|| self.get(opposite))
    }

    pub(super) fn allows(&self) -> bool {
        self.get("Effect").and_then(Value::text) == Some("Allow")
    }

    pub(super) fn denies(&self) -> bool {
        self.get("Effect").and_then(Value::text) == Some("Deny")
    }

    /// The texts of a member that is one or a list.
    pub(super) fn texts(&self, name: &str) -> impl Iterator<Item = &'v str> {
        self.get(name).map(Value::items).unwrap_or_default().iter().filter_map(Value::text)
    }
}

pub(super) fn findings(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    policy_unknown_member(statement.members, MEMBERS, at, judge);
    policy_effect(statement, &at.member("Effect"), judge);
    policy_exclusive_pairs(statement, at, judge);
    principal::findings(statement, at, judge);
    action::findings(statement, at, judge);
    resource::findings(statement, at, judge);
    condition::findings(statement, at, judge);
    public::pab_public_policy(statement, at, judge);
    access::findings(statement, at, judge);
}

fn policy_effect(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    match statement.get("Effect") {
        None | Some(Value::Null) => {
            let message = || "the statement has no Effect; use Allow or Deny".to_owned();
            judge.deny("policy-effect", Reason::Required, at, message);
        }
        Some(Value::Text(effect)) if EFFECTS.contains(&&**effect) => {}
        Some(other) => {
            let word = other.text().unwrap_or_default();
            let message = || format!("{} is not one of Allow or Deny; case counts.{}", quote(word), check::like(word, EFFECTS));
            judge.deny("policy-effect", Reason::NotSupported, at, message);
        }
    }
}

fn policy_exclusive_pairs(statement: &Statement<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    for (name, opposite) in [("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource")] {
        if statement.get(name).is_some() && statement.get(opposite).is_some() {
            let message = || format!("{name} and {opposite} in one statement; use one of them, or two statements");
            judge.deny("policy-exclusive-pairs", Reason::Forbidden, &at.member(opposite), message);
        }
    }
}

/// IAM wants them to differ; S3 takes them in part.
pub(super) fn policy_sid_duplicate(value: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let mut seen = HashSet::new();
    statements(value, at, |statement, at| {
        let Some(sid) = statement.get("Sid").and_then(Value::text).filter(|sid| !sid.is_empty()) else { return };
        if !seen.insert(sid) {
            let message = || format!("two statements have the Sid {}; give each its own", quote(sid));
            judge.warn("policy-sid-duplicate", Reason::Duplicate, &at.member("Sid"), message);
        }
    });
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::json;

    use super::super::cases::{policy, statement, with};
    use crate::admission::testing::{Case, case};

    pub(in super::super) fn all() -> Vec<Case> {
        let named = |sids: [&str; 2]| policy(&sids.map(|sid| statement(&json!({ "Sid": sid }))));
        vec![
            case("policy-effect", with(&json!({ "Effect": "allow" })), with(&json!({ "Effect": "Allow" }))),
            case("policy-exclusive-pairs", with(&json!({ "NotAction": "s3:PutObject" })), with(&json!({}))),
            case("policy-sid-duplicate", named(["a", "a"]), named(["a", "A"])),
        ]
    }
}
