//! What admission says of the bucket policy. Source: S3 API reference, PutBucketPolicy; S3 User Guide, "Bucket policies for Amazon S3"
//! and "The meaning of 'public'"; IAM User Guide, "IAM JSON policy elements reference" and "Grammar of the IAM JSON policy language".
//!
//! Members are looked for in any case: that one is in the wrong case is one mistake, not two.

mod access;
mod action;
mod condition;
mod document;
pub(super) mod facts;
mod principal;
mod public;
mod resource;
mod statement;
mod table;
mod wildcard;

use std::borrow::Cow;
use std::collections::HashMap;

use self::action::Kinds;
pub(crate) use self::public::is_narrowing;
use self::statement::Statement;
use super::Policy;
use crate::admission::{Facts, Findings, Path, Reason, quote};
use crate::policy_document::{self, Value};

/// The largest policy that S3 takes, in bytes.
const MOST_BYTES: usize = 20 * 1024;
/// So many actions are remembered.
const MOST_KINDS: usize = 64;
/// After so many findings the others of the same policy are left out.
const MOST_FINDINGS: usize = 64;

pub(super) fn findings(policy: &Policy, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
    let text = policy.0.trim();
    if text.is_empty() {
        return;
    }
    let mut judge = Judge { facts, is_directory: facts.is_directory(), to, left: MOST_FINDINGS, kinds: HashMap::new() };
    document::policy_leading_space(policy, at, &mut judge);
    match policy_document::parse(text) {
        Ok(document) if document.size > MOST_BYTES => document::policy_size(document.size, at, &mut judge),
        Ok(document) => document::findings(&document, at, &mut judge),
        Err(malformed) => document::malformed(policy, malformed, at, &mut judge),
    }
}

/// Who judges one policy.
struct Judge<'a> {
    facts: &'a Facts<'a>,
    /// Whether the bucket is a directory bucket, whose actions and resources are others.
    is_directory: bool,
    to: &'a mut Findings,
    left: usize,
    /// What the actions are on that were met so far: the statements of a long policy name the same ones.
    kinds: HashMap<String, Kinds>,
}

impl Judge<'_> {
    fn deny(&mut self, rule: &'static str, reason: Reason, at: &Path<'_>, message: impl FnOnce() -> String) {
        if self.may_speak() {
            self.to.deny(rule, reason, at, message());
        }
    }

    fn warn(&mut self, rule: &'static str, reason: Reason, at: &Path<'_>, message: impl FnOnce() -> String) {
        if self.may_speak() {
            self.to.warn(rule, reason, at, message());
        }
    }

    fn may_speak(&mut self) -> bool {
        let may = self.left > 0;
        self.left = self.left.saturating_sub(1);
        may
    }

    /// What the action is on, or all that fit the pattern.
    fn kinds(&mut self, action: &str) -> Kinds {
        if let Some(kinds) = self.kinds.get(action) {
            return *kinds;
        }
        let kinds = Kinds::of(action);
        if self.kinds.len() < MOST_KINDS {
            self.kinds.insert(action.to_owned(), kinds);
        }
        kinds
    }

    /// The name of the bucket.
    fn name(&self) -> &str {
        self.facts.spec().map_or("", |spec| &spec.name)
    }
}

/// The name of a member as it stands in a path: a long one, or one with odd characters, as it stands in a message.
fn shown(name: &str) -> Cow<'_, str> {
    const LONGEST: usize = 64;
    let is_plain = name.len() <= LONGEST && name.bytes().all(|b| b.is_ascii_graphic());
    if is_plain { Cow::Borrowed(name) } else { Cow::Owned(quote(name)) }
}

/// Each item of a list with its place, or the one value that stands for a list of one.
fn each<'v, 'd>(value: &'v Value<'d>, at: &Path<'_>, mut look: impl FnMut(&'v Value<'d>, &Path<'_>)) {
    if let Value::List(items) = value {
        for (index, item) in items.iter().enumerate() {
            look(item, &at.index(index));
        }
    } else {
        look(value, at);
    }
}

/// Each statement of the value of `Statement`, with its place.
fn statements<'v>(value: &'v Value<'_>, at: &Path<'_>, mut look: impl FnMut(&Statement<'v>, &Path<'_>)) {
    each(value, at, |value, at| {
        if let Some(members) = value.members() {
            look(&Statement { members }, at);
        }
    });
}

#[cfg(test)]
pub(crate) mod cases {
    use serde_json::{Value, json};

    use super::{access, action, condition, document, principal, public, resource, statement};
    use crate::admission::testing::{Case, World};
    use crate::subconfig::Policy;

    pub(super) const BUCKET: &str = "arn:aws:s3:::team-a-logs";
    pub(super) const OBJECTS: &str = "arn:aws:s3:::team-a-logs/*";

    pub(super) fn text(policy: &str) -> World {
        World::new().spec(|spec| spec.policy = Some(Policy(policy.to_owned())))
    }

    /// A statement that is good, with these members set, or taken away where they are null.
    pub(super) fn statement(changes: &Value) -> Value {
        let mut statement = json!({
            "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:root" }, "Action": "s3:GetObject", "Resource": OBJECTS,
        });
        for (name, value) in changes.as_object().unwrap() {
            if value.is_null() {
                statement.as_object_mut().unwrap().remove(name);
            } else {
                statement[name] = value.clone();
            }
        }
        statement
    }

    /// A statement that refuses plain HTTP.
    pub(super) fn only_tls() -> Value {
        json!({
            "Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, OBJECTS],
            "Condition": { "Bool": { "aws:SecureTransport": "false" } },
        })
    }

    /// A Bucket whose policy has these statements, and one that refuses plain HTTP.
    pub(super) fn policy(statements: &[Value]) -> World {
        let all: Vec<Value> = statements.iter().cloned().chain([only_tls()]).collect();
        text(&json!({ "Version": "2012-10-17", "Statement": all }).to_string())
    }

    /// A Bucket with a policy whose first statement is good but for these changes.
    pub(super) fn with(changes: &Value) -> World {
        policy(&[statement(changes)])
    }

    pub(crate) fn all() -> Vec<Case> {
        let areas = [document::cases::all(), statement::cases::all(), principal::cases::all(), action::cases::all()];
        let more = [resource::cases::all(), condition::cases::all(), public::cases::all(), access::cases::all()];
        areas.into_iter().chain(more).flatten().collect()
    }
}

#[cfg(test)]
mod tests;
