//! Lists of patterns with `*`, of which one has to fit: regions, accounts, roles, keys, names of buckets.

use std::borrow::Cow;

use super::template::{Placeholder, Template, Values};
use crate::admission::{Findings, Path, Reason, quote};
use crate::glob;

/// The longest list.
const MOST: usize = 256;
/// The longest entry, in bytes.
const LONGEST: usize = 1024;

/// A list of patterns.
#[derive(Clone, Debug)]
pub(crate) struct Globs {
    entries: Vec<Template>,
    /// How a list without placeholders is named in messages.
    listed: String,
    stops: &'static [u8],
}

/// Whether a text is in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// An entry fits.
    Yes,
    /// None does.
    No,
    /// None does, as far as that can be said: this is not known, and an entry asks for it.
    Unknown(Placeholder),
}

impl Globs {
    /// Reads a list of ARNs, accounts, regions or names of buckets: a `*` does not go beyond a colon.
    pub(crate) fn arns(list: &[String], at: &Path<'_>, to: &mut Findings) -> Self {
        Self::compile(list, b":", at, to)
    }

    fn compile(list: &[String], stops: &'static [u8], at: &Path<'_>, to: &mut Findings) -> Self {
        if list.is_empty() {
            let message = "an empty list would refuse every Bucket; list what is allowed, or leave the field out";
            to.deny("guardrail-list-empty", Reason::Required, at, message);
        }
        if list.len() > MOST {
            to.deny("guardrail-size", Reason::Invalid, at, format!("has {} entries; {MOST} are allowed", list.len()));
        }
        let entries = list.iter().take(MOST).enumerate().filter_map(|(index, entry)| {
            let at = at.index(index);
            if entry.is_empty() {
                to.deny("guardrail-list-empty", Reason::Required, at, "an empty entry fits nothing; remove it");
            } else if entry.len() > LONGEST {
                to.deny("guardrail-size", Reason::Invalid, at, format!("has {} bytes; {LONGEST} are allowed", entry.len()));
            } else {
                return Template::parse(entry, &at, to);
            }
            None
        });
        Self { entries: entries.collect(), listed: listed(list), stops }
    }

    /// Whether an entry fits the text.
    pub(crate) fn fit(&self, text: &str, values: &Values<'_>) -> Fit {
        let mut fit = Fit::No;
        for entry in &self.entries {
            // A value with a star in it would stand for more than itself.
            match entry.fill(values, |value| (!value.contains('*')).then_some(Cow::Borrowed(value))) {
                Ok(pattern) if glob::fits(&pattern, text, self.stops) => return Fit::Yes,
                Ok(_) => {}
                Err(placeholder) => fit = Fit::Unknown(placeholder),
            }
        }
        fit
    }

    /// `a, b or c`, at most five of them, values filled in where they are known.
    pub(crate) fn listed(&self, values: &Values<'_>) -> Cow<'_, str> {
        if self.entries.iter().all(|entry| entry.plain().is_some()) {
            return Cow::Borrowed(&self.listed);
        }
        Cow::Owned(listed(&self.entries.iter().map(|entry| entry.shown(values)).collect::<Vec<_>>()))
    }
}

/// The entries for a message.
pub(crate) fn listed<T: AsRef<str>>(entries: &[T]) -> String {
    const SHOWN: usize = 5;
    let shown: Vec<&str> = entries.iter().take(SHOWN).map(AsRef::as_ref).map(shortened).collect();
    match (shown.as_slice(), entries.len().saturating_sub(SHOWN)) {
        ([], _) => String::new(),
        ([one], 0) => (*one).to_owned(),
        ([first @ .., last], 0) => format!("{} or {last}", first.join(", ")),
        (some, more) => format!("{} or {more} others", some.join(", ")),
    }
}

fn shortened(entry: &str) -> &str {
    entry.char_indices().nth(80).map_or(entry, |(at, _)| &entry[..at])
}

/// Which namespaces: names with `*` and without placeholders.
pub(crate) fn namespaces(list: &[String], at: &Path<'_>, to: &mut Findings) {
    if list.is_empty() {
        to.deny("guardrail-list-empty", Reason::Required, at, "an empty list fits no namespace; list some, or leave the field out");
    }
    if list.len() > MOST {
        to.deny("guardrail-size", Reason::Invalid, at, format!("has {} entries; {MOST} are allowed", list.len()));
    }
    let fits = |name: &str| {
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'*';
        !name.is_empty() && name.len() <= 63 && name.bytes().all(known)
    };
    for (index, name) in list.iter().enumerate().take(MOST).filter(|(_, name)| !fits(name)) {
        let message = format!("{} fits no namespace; use lower-case letters, digits, - and *", quote(name));
        to.deny("guardrail-glob", Reason::Invalid, at.index(index), message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compiled(list: &[&str]) -> (Globs, Vec<String>) {
        let mut to = Findings::default();
        let list: Vec<String> = list.iter().map(|&entry| entry.to_owned()).collect();
        let globs = Globs::arns(&list, &Path::root("allowed"), &mut to);
        (globs, to.as_slice().iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect())
    }

    #[test]
    fn one_entry_has_to_fit_and_values_stand_for_themselves() {
        let values = Values { namespace: "team-a", account: None, region: Some("*"), name: "logs" };
        let (globs, none) = compiled(&["arn:aws:kms:eu-*:111122223333:key/*", "arn:aws:iam::1:role/s3-${namespace}-*"]);
        assert!(none.is_empty());
        assert_eq!(globs.fit("arn:aws:kms:eu-west-1:111122223333:key/a/b", &values), Fit::Yes);
        assert_eq!(globs.fit("arn:aws:kms:eu-west-1:9:111122223333:key/a", &values), Fit::No, "* does not cross a colon");
        assert_eq!(globs.fit("arn:aws:iam::1:role/s3-team-a-x", &values), Fit::Yes);
        assert_eq!(globs.fit("arn:aws:iam::1:role/s3-team-b-x", &values), Fit::No);
        let (account, _) = compiled(&["${account}-*", "b"]);
        assert_eq!(account.fit("a", &values), Fit::Unknown(Placeholder::Account));
        assert_eq!(account.fit("b", &values), Fit::Yes);
        let (region, _) = compiled(&["x-${region}"]);
        assert_eq!(region.fit("x-anything", &values), Fit::Unknown(Placeholder::Region), "a star of the user is no star of ours");
    }

    #[test]
    fn lists_that_would_refuse_everything_or_cost_too_much_are_refused() {
        assert_eq!(compiled(&[]).1, ["guardrail-list-empty allowed"]);
        assert_eq!(compiled(&["a", ""]).1, ["guardrail-list-empty allowed[1]"]);
        assert_eq!(compiled(&["${x}"]).1, ["guardrail-placeholder allowed[0]"]);
        assert_eq!(compiled(&[&"a".repeat(1025)]).1, ["guardrail-size allowed[0]"]);
        assert_eq!(compiled(&vec!["a"; 257]).1, ["guardrail-size allowed"]);
    }

    #[test]
    fn a_long_list_is_named_by_its_first_entries() {
        assert_eq!(listed(&["a", "b", "c"]), "a, b or c");
        assert_eq!(listed(&["a"]), "a");
        assert_eq!(listed(&["a", "b", "c", "d", "e", "f", "g"]), "a, b, c, d, e or 2 others");
    }

    #[test]
    fn a_namespace_has_the_letters_of_a_namespace() {
        let said = |list: &[&str]| {
            let mut to = Findings::default();
            namespaces(&list.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>(), &Path::root("n"), &mut to);
            to.as_slice().iter().map(|finding| format!("{} {}", finding.rule, finding.field)).collect::<Vec<_>>()
        };
        assert_eq!(said(&["prod-*", "*", "a"]), [""; 0]);
        assert_eq!(said(&["prod-*", "Prod", "a/b"]), ["guardrail-glob n[1]", "guardrail-glob n[2]"]);
        assert_eq!(said(&[]), ["guardrail-list-empty n"]);
    }
}
