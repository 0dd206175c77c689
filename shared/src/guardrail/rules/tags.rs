//! Which tags a bucket has and has not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::globs::listed;
use crate::guardrail::marks::Marks;
use crate::guardrail::pattern::Pattern;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;
use crate::subconfig::tagging::Tag;
use crate::subconfig::{SubConfig, Tagging};

const FIELD: &str = "spec.tagging.tagSet";

/// Which tags a bucket has and has not.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tags {
    /// Tags that have to be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50))]
    pub required: Option<Vec<RequiredTag>>,
    /// Tags that may not be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 50))]
    pub forbidden: Option<Vec<ForbiddenTag>>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// A tag that has to be there. Without a further member it may have any value.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequiredTag {
    /// The tag's key.
    #[schemars(length(min = 1, max = 128))]
    pub key: String,
    /// A regular expression (RE2 style) that the whole value matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    pub pattern: Option<String>,
    /// The values, one of which the tag has.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 256)))]
    pub values: Option<Vec<String>>,
    /// The label of the namespace that has the same value.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 317))]
    pub from_namespace_label: Option<String>,
}

/// A tag that may not be there: one of the two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ForbiddenTag {
    /// The tag's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub key: Option<String>,
    /// How the tag's key begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 128))]
    pub key_prefix: Option<String>,
}

#[derive(Debug)]
struct Compiled {
    required: Vec<(RequiredTag, Option<Pattern>)>,
    forbidden: Vec<ForbiddenTag>,
}

impl Parameters for Tags {
    const ID: &'static str = "tags";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let (required, forbidden) = (self.required.clone().unwrap_or_default(), self.forbidden.clone().unwrap_or_default());
        let list = at.member("required");
        for (index, tag) in required.iter().enumerate() {
            well_formed(tag, &required[..index], &list.index(index), to);
        }
        let list = at.member("forbidden");
        for (index, tag) in forbidden.iter().enumerate() {
            let at = list.index(index);
            if tag.key.is_some() == tag.key_prefix.is_some() || tag.key.iter().chain(&tag.key_prefix).any(String::is_empty) {
                to.deny("guardrail-conflict", Reason::Invalid, at, "give key or keyPrefix, one of the two");
            }
            if let Some(both) = required.iter().find(|required| tag.fits(&required.key)) {
                to.deny("guardrail-conflict", Reason::Invalid, at, format!("forbids tag {}, which is required", quote(&both.key)));
            }
        }
        let list = at.member("required");
        let mut compile = |(index, tag): (usize, RequiredTag)| {
            let pattern = tag.pattern.as_ref().and_then(|text| Pattern::compile(text, &list.index(index).member("pattern"), to));
            (tag, pattern)
        };
        let required = required.into_iter().enumerate().map(&mut compile).collect();
        Box::new(Compiled { required, forbidden })
    }
}

fn well_formed(tag: &RequiredTag, earlier: &[RequiredTag], at: &Path<'_>, to: &mut Findings) {
    if tag.key.is_empty() || tag.key.chars().count() > 128 {
        to.deny("guardrail-range", Reason::Invalid, at.member("key"), "a tag's key has 1 to 128 characters");
    }
    if earlier.iter().any(|earlier| earlier.key == tag.key) {
        to.deny(
            "guardrail-duplicate",
            Reason::Duplicate,
            at.member("key"),
            format!("tag {} is required twice; remove one", quote(&tag.key)),
        );
    }
    if tag.values.as_ref().is_some_and(Vec::is_empty) {
        to.deny(
            "guardrail-list-empty",
            Reason::Required,
            at.member("values"),
            "an empty list would refuse every value; list some, or leave the field out",
        );
    }
}

impl ForbiddenTag {
    fn fits(&self, key: &str) -> bool {
        self.key.as_deref() == Some(key) || self.key_prefix.as_deref().is_some_and(|prefix| !prefix.is_empty() && key.starts_with(prefix))
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let tags = spec.tagging.as_ref().and_then(|tagging| tagging.tag_set.as_deref()).unwrap_or_default();
        if tags.is_empty() && subject.absence(Tagging::NAME) == Absence::Unknown {
            return to.skip();
        }
        for (tag, pattern) in &self.required {
            // A key that stands there twice counts by its last value.
            let held = tags.iter().enumerate().rev().find(|(_, held)| held.key.as_deref() == Some(&tag.key));
            match held {
                Some((index, held)) => value(tag, pattern.as_ref(), index, held, subject, to),
                None => to.fail(
                    Reason::Required,
                    FIELD,
                    format!("tag {} is missing; {}", quote(&tag.key), wanted(tag, pattern.as_ref(), subject)),
                ),
            }
        }
        for (index, key) in tags.iter().enumerate().filter_map(|(index, tag)| Some((index, tag.key.as_deref()?))) {
            if self.forbidden.iter().any(|forbidden| forbidden.fits(key)) {
                to.fail(Reason::Forbidden, format_args!("{FIELD}[{index}].key"), format!("tag {} is not allowed; remove it", quote(key)));
            }
        }
    }
}

fn value(tag: &RequiredTag, pattern: Option<&Pattern>, index: usize, held: &Tag, subject: &Subject<'_>, to: &mut Marks) {
    let field = format_args!("{FIELD}[{index}].value");
    let value = held.value.as_deref().unwrap_or_default();
    let listed = tag.values.as_ref().is_none_or(|values| values.iter().any(|allowed| allowed == value));
    let label = tag.from_namespace_label.as_ref().map(|label| (label, subject.labels.get(label)));
    if let Some((label, None)) = label {
        let namespace = subject.facts.namespace_name();
        return to
            .error(field, format!("tag {} has to equal label {label} of namespace {namespace}, which has none; set it", quote(&tag.key)));
    }
    let same = label.is_none_or(|(_, label)| label.is_some_and(|label| label == value));
    let matches = match pattern.map_or(Ok(true), |pattern| pattern.matches(value, &subject.values())) {
        Ok(matches) => matches,
        Err(placeholder) => return to.unknown(field, placeholder),
    };
    if !(listed && same && matches) {
        let message = format!("tag {} is {}; {}", quote(&tag.key), quote(value), wanted(tag, pattern, subject));
        to.fail(Reason::Invalid, field, message);
    }
}

/// What to do about the tag.
fn wanted(tag: &RequiredTag, pattern: Option<&Pattern>, subject: &Subject<'_>) -> String {
    if let Some(value) = tag.from_namespace_label.as_ref().and_then(|label| subject.labels.get(label)) {
        return format!("set it to {}, as the namespace's label says", quote(value));
    }
    match (&tag.values, pattern) {
        (Some(values), _) => format!("use {}", listed(values)),
        (None, Some(pattern)) => format!("use a value that matches {}", pattern.shown(&subject.values())),
        (None, None) => "add it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, judged_with, refused, world};

    const RULE: &str = r#"tags:
  required:
  - {key: cost-center, pattern: "[0-9]{4}"}
  - {key: owner, fromNamespaceLabel: team}
  - {key: env, values: [prod, test]}
  forbidden: [{keyPrefix: "temp-"}, {key: secret}]"#;

    #[test]
    fn what_is_missing_and_what_is_wrong_is_told() {
        let good = world().tag("cost-center", "1234").tag("owner", "a").tag("env", "prod");
        assert!(judged_with(RULE, &good, &[("team", "a")]).is_empty());
        let bad = world().tag("cost-center", "12345").tag("env", "dev").tag("temp-x", "").tag("secret", "1");
        assert_eq!(
            judged_with(RULE, &bad, &[("team", "a")]),
            [
                "spec.tagging.tagSet[1].value: tag \"cost-center\" is \"12345\"; use a value that matches [0-9]{4}",
                "spec.tagging.tagSet: tag \"owner\" is missing; set it to \"a\", as the namespace's label says",
                "spec.tagging.tagSet[2].value: tag \"env\" is \"dev\"; use prod or test",
                "spec.tagging.tagSet[3].key: tag \"temp-x\" is not allowed; remove it",
                "spec.tagging.tagSet[4].key: tag \"secret\" is not allowed; remove it",
            ]
        );
    }

    #[test]
    fn a_label_that_is_not_there_is_no_fault_of_the_bucket() {
        let said = judged(RULE, &world().tag("cost-center", "1234").tag("owner", "a").tag("env", "prod"));
        assert!(said.len() == 1 && said[0].starts_with("error spec.tagging.tagSet[2].value"), "{said:?}");
    }

    #[test]
    fn a_list_that_contradicts_itself_is_refused() {
        let rule = "tags: {required: [{key: a}, {key: a, values: []}], forbidden: [{key: b, keyPrefix: c}, {keyPrefix: a}]}";
        let at = |rest: &str| format!("rules.tags.{rest}");
        assert_eq!(
            refused(rule),
            [
                format!("guardrail-conflict {}", at("forbidden[0]")),
                format!("guardrail-conflict {}", at("forbidden[1]")),
                format!("guardrail-duplicate {}", at("required[1].key")),
                format!("guardrail-list-empty {}", at("required[1].values")),
            ]
        );
    }
}
