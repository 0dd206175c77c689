//! What buckets are called.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::marks::Marks;
use crate::guardrail::pattern::Pattern;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// What buckets are called.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Naming {
    /// A regular expression (RE2 style) that the whole name matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    pub pattern: Option<String>,
    /// The most characters of a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 3, max = 63))]
    pub max_length: Option<i64>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled {
    pattern: Option<Pattern>,
    max_length: Option<usize>,
}

impl Parameters for Naming {
    const ID: &'static str = "naming";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        if self.max_length.is_some_and(|most| !(3..=63).contains(&most)) {
            to.deny("guardrail-range", Reason::Invalid, at.member("maxLength"), "a bucket's name has 3 to 63 characters");
        }
        let pattern = self.pattern.as_ref().and_then(|pattern| Pattern::compile(pattern, &at.member("pattern"), to));
        Box::new(Compiled { pattern, max_length: self.max_length.and_then(|most| usize::try_from(most).ok()) })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "spec.name";
        let Some(name) = subject.spec().and_then(|_| subject.facts.bucket_name()) else { return to.skip() };
        if let Some(most) = self.max_length.filter(|most| name.chars().count() > *most) {
            to.fail(Reason::Invalid, FIELD, format!("{} has {} characters; {most} are allowed", quote(name), name.chars().count()));
        }
        let Some(pattern) = &self.pattern else { return };
        let values = subject.values();
        match pattern.matches(name, &values) {
            Ok(true) => {}
            Ok(false) => {
                let message = format!("{} does not match {}; choose another name", quote(name), pattern.shown(&values));
                to.fail(Reason::Invalid, FIELD, message);
            }
            Err(placeholder) => to.unknown(FIELD, placeholder),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, refused, world};

    #[test]
    fn a_name_matches_from_end_to_end() {
        let rule = r#"naming: {pattern: "acme-${namespace}-[a-z]+", maxLength: 20}"#;
        assert!(judged(rule, &world().named("acme-team-a-logs")).is_empty());
        assert_eq!(
            judged(rule, &world().named("acme-team-b-logs-of-all")),
            [
                "spec.name: \"acme-team-b-logs-of-all\" has 23 characters; 20 are allowed",
                "spec.name: \"acme-team-b-logs-of-all\" does not match acme-team-a-[a-z]+; choose another name"
            ]
        );
    }

    #[test]
    fn what_can_be_no_rule_is_refused() {
        assert_eq!(
            refused("naming: {pattern: '(', maxLength: 2}"),
            ["guardrail-range rules.naming.maxLength", "guardrail-pattern rules.naming.pattern"]
        );
    }
}
