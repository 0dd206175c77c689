//! Regular expressions for names and tags: anchored at both ends, linear in the text, at most 1 KiB.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use regex::{Regex, RegexBuilder};

use super::re2::translated;
use super::template::{Placeholder, Template, Values};
use crate::admission::{Findings, Path, Reason};

/// The longest pattern, in bytes.
const LONGEST: usize = 1024;
/// The most memory that one compiled pattern may take, in bytes.
const LARGEST: usize = 256 * 1024;
/// How many patterns with values filled in are kept.
const KEPT: usize = 256;

/// A regular expression, with placeholders or without.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Fixed(Regex),
    /// What it is with values filled in, by its text: there are few namespaces and accounts, and compiling takes long.
    Filled(Template, Mutex<HashMap<String, Option<Regex>>>),
}

impl Pattern {
    /// Compiles the pattern; what is wrong with it is a finding.
    pub(crate) fn compile(text: &str, at: &Path<'_>, to: &mut Findings) -> Option<Self> {
        if text.is_empty() || text.len() > LONGEST {
            let message = format!("a pattern has 1 to {LONGEST} bytes, and this one {}", text.len());
            to.deny("guardrail-pattern", Reason::Invalid, at, message);
            return None;
        }
        let template = Template::parse(text, at, to)?;
        // Any value will do to see whether the rest is well-formed.
        let sample = Values { namespace: "x", account: Some("0"), region: Some("x"), name: "x" };
        let filled = template.fill(&sample, escape).unwrap_or_default();
        match anchored(&filled) {
            Ok(regex) if template.plain().is_some() => Some(Self { text: text.to_owned(), kind: Kind::Fixed(regex) }),
            Ok(_) => Some(Self { text: text.to_owned(), kind: Kind::Filled(template, Mutex::default()) }),
            Err(error) => {
                let why = error.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                to.deny("guardrail-pattern", Reason::Invalid, at, format!("no regular expression (RE2 style): {why}"));
                None
            }
        }
    }

    /// Whether the whole text matches.
    ///
    /// # Errors
    /// The placeholder that has no value.
    pub(crate) fn matches(&self, text: &str, values: &Values<'_>) -> Result<bool, Placeholder> {
        let (template, kept) = match &self.kind {
            Kind::Fixed(regex) => return Ok(regex.is_match(text)),
            Kind::Filled(template, kept) => (template, kept),
        };
        let filled = template.fill(values, escape)?;
        // What was kept is whole, whoever panicked.
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(regex) = kept.get(&*filled) {
            return Ok(regex.as_ref().is_some_and(|regex| regex.is_match(text)));
        }
        if kept.len() >= KEPT {
            kept.clear();
        }
        let regex = anchored(&filled).ok();
        let matches = regex.as_ref().is_some_and(|regex| regex.is_match(text));
        kept.insert(filled.into_owned(), regex);
        Ok(matches)
    }

    /// The pattern as people read it, values filled in where they are known.
    pub(crate) fn shown(&self, values: &Values<'_>) -> Cow<'_, str> {
        match &self.kind {
            Kind::Fixed(_) => Cow::Borrowed(&self.text),
            Kind::Filled(template, _) => template.fill(values, |value| Some(Cow::Borrowed(value))).unwrap_or(Cow::Borrowed(&self.text)),
        }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "other escapes refuse some values")]
fn escape(value: &str) -> Option<Cow<'_, str>> {
    Some(Cow::Owned(regex::escape(value)))
}

/// The pattern by itself has to be well-formed too: `a)|(b` would reach beyond the group.
fn anchored(pattern: &str) -> Result<Regex, regex::Error> {
    let pattern = translated(pattern);
    let build = |pattern: &str| RegexBuilder::new(pattern).size_limit(LARGEST).dfa_size_limit(LARGEST).nest_limit(32).build();
    build(&pattern)?;
    build(&format!("^(?:{pattern})$"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compile(text: &str) -> Result<Pattern, String> {
        let mut to = Findings::default();
        Pattern::compile(text, &Path::root("spec"), &mut to).ok_or_else(|| to.as_slice()[0].to_string())
    }

    #[test]
    fn the_whole_text_has_to_match() {
        let none = Values::default();
        let matches = |pattern: &str, text: &str| compile(pattern).unwrap().matches(text, &none).unwrap();
        assert!(matches("[0-9]{4}", "1234") && !matches("[0-9]{4}", "12345") && !matches("a|b", "ab"));
        assert!(matches("^a$", "a") && !matches("(?m)a", "a\nb") && !matches("a", "a\n"));
    }

    #[test]
    fn values_are_literal() {
        let pattern = compile("acme-${namespace}-[${name}]+").unwrap();
        let values = Values { namespace: "a.b", name: "x-z", ..Values::default() };
        let matches = |text: &str| pattern.matches(text, &values).unwrap();
        assert!(matches("acme-a.b-x-z") && !matches("acme-aab-x") && !matches("acme-a.b-y"));
        assert_eq!(pattern.shown(&values), "acme-a.b-[x-z]+");
        assert_eq!(compile("${account}").unwrap().matches("x", &values), Err(Placeholder::Account));
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let pattern = compile("${name}").unwrap();
        for n in 0..3 * KEPT {
            let name = n.to_string();
            assert_eq!(pattern.matches(&name, &Values { name: &name, ..Values::default() }), Ok(true));
        }
        let Kind::Filled(_, kept) = &pattern.kind else { panic!() };
        assert!(kept.lock().unwrap().len() <= KEPT);
    }

    #[test]
    fn hostile_patterns_are_refused() {
        let long = "a".repeat(1025);
        let deep = "(".repeat(100) + &")".repeat(100);
        for bad in ["", "(", "a)|(?:b", "(?x)a # comment", r"\w{1000}{1000}", "(?=x)a", r"(a)\1", &long, &deep] {
            assert!(compile(bad).is_err_and(|refused| refused.starts_with("[guardrail-pattern]")), "{bad}");
        }
    }
}
