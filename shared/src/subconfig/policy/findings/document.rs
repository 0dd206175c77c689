//! Rules about the document as a whole.

use std::collections::HashSet;

use super::{Judge, MOST_BYTES, access, each, shown, statement, statements};
use crate::admission::{Path, Reason, check, quote};
use crate::policy_document::{self, Document, Flaw, LARGEST, Malformed, Member, Value};
use crate::subconfig::Policy;

const MEMBERS: &[&str] = &["Version", "Id", "Statement"];
/// The version of the language that knows variables.
const CURRENT: &str = "2012-10-17";
const VERSIONS: &[&str] = &[CURRENT, "2008-10-17"];
/// So few names are compared one by one.
const FEW: usize = 8;

pub(super) fn findings(document: &Document<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    policy_duplicate_key(&document.members, at, judge);
    policy_unknown_member(&document.members, MEMBERS, at, judge);
    let version = member(&document.members, "Version");
    let statement = member(&document.members, "Statement");
    policy_version(version, &at.member("Version"), judge);
    let at = at.member("Statement");
    let Some(value) = statement.filter(|value| **value != Value::Null) else { return policy_statement_required(&at, judge) };
    policy_statement_empty(value, &at, judge);
    each(value, &at, |item, at| policy_statement_object(item, at, judge));
    policy_version_old(version, value, &at, judge);
    statements(value, &at, |statement, at| statement::findings(statement, at, judge));
    statement::policy_sid_duplicate(value, &at, judge);
    access::policy_no_tls_deny(value, &at, judge);
}

/// The member of this name, else one that differs from it only in case.
pub(super) fn member<'v, 'd>(members: &'v [Member<'d>], name: &str) -> Option<&'v Value<'d>> {
    let exact = members.iter().find(|member| member.name == name);
    exact.or_else(|| members.iter().find(|member| member.name.eq_ignore_ascii_case(name))).map(|member| &member.value)
}

/// What is sent is trimmed, so that it only warns.
pub(super) fn policy_leading_space(policy: &Policy, at: &Path<'_>, judge: &mut Judge<'_>) {
    if policy.0.starts_with(char::is_whitespace) {
        let message = || "white space stands before the policy's {, which S3 refuses; it is left out".to_owned();
        judge.warn("policy-leading-space", Reason::Invalid, at, message);
    }
}

pub(super) fn malformed(policy: &Policy, malformed: Malformed, at: &Path<'_>, judge: &mut Judge<'_>) {
    let before = policy.0.len() - policy.0.trim_start().len();
    let (line, column) = policy_document::place(&policy.0, before + malformed.at);
    let what = match malformed.flaw {
        Flaw::TooLarge => return policy_size(LARGEST, at, judge),
        Flaw::TooDeep => "it is deeper than a policy can be",
        Flaw::Syntax(what) => what,
    };
    let message = || format!("the policy is no JSON object: line {line}, column {column}: {what}");
    judge.deny("policy-json", Reason::Invalid, at, message);
}

pub(super) fn policy_size(size: usize, at: &Path<'_>, judge: &mut Judge<'_>) {
    let more = if size == LARGEST { "more than " } else { "" };
    let message = || format!("the policy has {more}{size} bytes without white space; S3 takes {MOST_BYTES}");
    judge.deny("policy-size", Reason::Invalid, at, message);
}

/// In all objects, however deep.
fn policy_duplicate_key(members: &[Member<'_>], at: &Path<'_>, judge: &mut Judge<'_>) {
    let repeated = |index: usize| members.iter().take(index).any(|earlier| Some(&earlier.name) == members.get(index).map(|m| &m.name));
    let mut names = HashSet::new();
    for (index, member) in members.iter().enumerate() {
        let is_twin = if members.len() <= FEW { repeated(index) } else { !names.insert(&*member.name) };
        let name = shown(&member.name);
        let at = at.member(&name);
        if is_twin {
            let message = || format!("member {} stands there twice; only one of the two can count; make them one", quote(&member.name));
            judge.deny("policy-duplicate-key", Reason::Duplicate, &at, message);
        }
        duplicates_within(&member.value, &at, judge);
    }
}

fn duplicates_within(value: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    each(value, at, |value, at| match value {
        Value::Object(members) => policy_duplicate_key(members, at, judge),
        Value::List(_) => duplicates_within(value, at, judge),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_) => {}
    });
}

/// Of the document or of a statement.
pub(super) fn policy_unknown_member(members: &[Member<'_>], known: &[&str], at: &Path<'_>, judge: &mut Judge<'_>) {
    for member in members.iter().filter(|member| !known.contains(&&*member.name)) {
        let message = || format!("no member {} in a policy; case counts.{}", quote(&member.name), check::like(&member.name, known));
        judge.deny("policy-unknown-member", Reason::NotSupported, &at.member(&shown(&member.name)), message);
    }
}

fn policy_version(version: Option<&Value<'_>>, at: &Path<'_>, judge: &mut Judge<'_>) {
    let Some(version) = version.filter(|version| !version.text().is_some_and(|version| VERSIONS.contains(&version))) else { return };
    let message = || match version.text() {
        Some(version) => format!("{} is no version of the policy language, whatever today's date; use {CURRENT}", quote(version)),
        None => format!("the version is no text; use \"{CURRENT}\""),
    };
    judge.deny("policy-version", Reason::NotSupported, at, message);
}

/// The older language takes variables for plain text.
fn policy_version_old(version: Option<&Value<'_>>, statement: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if version.is_some_and(|version| version.text() != Some("2008-10-17")) {
        return;
    }
    let mut found = false;
    statements(statement, at, |statement, at| {
        let variable = ["Resource", "NotResource", "Condition"].into_iter().filter_map(|name| statement.get(name)).find_map(variable);
        if let Some(text) = variable.filter(|_| !found) {
            found = true;
            let message = || format!("without \"Version\": \"{CURRENT}\" the variable in {} is plain text; set it", quote(text));
            judge.warn("policy-version-old", Reason::Required, at, message);
        }
    });
}

/// A text that holds a variable. It goes no deeper than the document.
fn variable<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    match value {
        Value::Text(text) => text.contains("${").then_some(&**text),
        Value::List(items) => items.iter().find_map(variable),
        Value::Object(members) => members.iter().find_map(|member| variable(&member.value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn policy_statement_required(at: &Path<'_>, judge: &mut Judge<'_>) {
    let message = || "the policy has no Statement; add one, or remove spec.policy".to_owned();
    judge.deny("policy-statement-required", Reason::Required, at, message);
}

fn policy_statement_object(item: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if !matches!(item, Value::Object(_)) {
        let message = || "this is no statement; a statement is an object with Effect, Principal, Action and Resource".to_owned();
        judge.deny("policy-statement-required", Reason::Invalid, at, message);
    }
}

fn policy_statement_empty(value: &Value<'_>, at: &Path<'_>, judge: &mut Judge<'_>) {
    if value.items().is_empty() {
        let message = || "Statement is empty; remove spec.policy to have no policy".to_owned();
        judge.deny("policy-statement-empty", Reason::Required, at, message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use serde_json::{Value, json};

    use super::super::cases::{BUCKET, only_tls, policy, statement, text, with};
    use crate::admission::testing::{Case, World, case};

    pub(in super::super) fn document(version: &Value, statements: &Value) -> World {
        text(&json!({ "Version": version, "Statement": statements }).to_string())
    }

    /// A policy of about so many bytes.
    pub(in super::super) fn large(bytes: usize) -> World {
        let resources: Vec<String> = (0..bytes / 100).map(|index| format!("{BUCKET}/{index:070}*")).collect();
        with(&json!({ "Resource": resources }))
    }

    pub(in super::super) fn all() -> Vec<Case> {
        let good = || policy(&[statement(&json!({}))]);
        let written = || json!({ "Version": "2012-10-17", "Statement": [only_tls()] }).to_string();
        let twice = written().replacen(r#""Action":"#, r#""Action":"s3:*","Action":"#, 1);
        let small = written().replacen("Statement", "statement", 1);
        let own = statement(&json!({ "Resource": format!("{BUCKET}/${{aws:username}}/*") }));
        let unversioned = text(&json!({ "Statement": [own, only_tls()] }).to_string());
        vec![
            case("policy-json", text("Version: 2012-10-17"), good()),
            case("policy-leading-space", text(&format!("\n{}", written())), text(&format!("{}\n", written()))),
            case("policy-size", large(21 * 1024), large(19 * 1024)),
            case("policy-duplicate-key", text(&twice), good()),
            case("policy-unknown-member", text(&small), good()),
            case("policy-version", document(&json!("2012-10-7"), &json!([only_tls()])), good()),
            case("policy-version-old", unversioned, policy(std::slice::from_ref(&own))),
            case("policy-statement-required", text("{}"), good()),
            case("policy-statement-empty", document(&json!("2012-10-17"), &json!([])), text("")),
        ]
    }
}
