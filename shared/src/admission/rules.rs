//! What a rule is, and when it speaks.

mod list;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use list::{OWN_RULES, RULES};

/// What a rule is about: the requests that it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// New objects. In the controller: buckets that do not exist yet.
    Create,
    /// Changed objects.
    Update,
    /// New and changed objects.
    Write,
    /// Deleted objects.
    Delete,
    /// Writes of the status.
    Status,
}

/// One rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in answers, logs and metrics; it never changes.
    pub id: &'static str,
    /// The letter of its area in the catalogue; `-` for rules that are not in it, as they are about this controller, not about S3.
    pub area: char,
    /// The requests that it looks at.
    pub on: On,
    /// Whether it is silent until the operator turns it on.
    pub off_by_default: bool,
}

/// What is said of rules that panicked; no rule of the list, as it judges nobody but ourselves.
pub const BROKEN: &str = "rules-broken";

/// The rule of this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    static BY_ID: LazyLock<HashMap<&'static str, &'static Rule>> =
        LazyLock::new(|| RULES.iter().chain(OWN_RULES).map(|rule| (rule.id, rule)).collect());
    BY_ID.get(id).copied()
}
