//! Texts with placeholders: `${namespace}`, `${account}`, `${region}`, `${name}`.

use std::borrow::Cow;
use std::fmt::{self, Display};

use crate::admission::{Findings, Path, Reason, quote};
use crate::similar;

/// What stands for something of the Bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// The Bucket's namespace.
    Namespace,
    /// The account that owns the bucket.
    Account,
    /// The region that the bucket is in.
    Region,
    /// The Bucket's Kubernetes name.
    Name,
}

impl Placeholder {
    const ALL: [Self; 4] = [Self::Namespace, Self::Account, Self::Region, Self::Name];

    fn word(self) -> &'static str {
        match self {
            Self::Namespace => "namespace",
            Self::Account => "account",
            Self::Region => "region",
            Self::Name => "name",
        }
    }
}

impl Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// What the placeholders stand for in one Bucket.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Values<'a> {
    pub(crate) namespace: &'a str,
    pub(crate) account: Option<&'a str>,
    pub(crate) region: Option<&'a str>,
    pub(crate) name: &'a str,
}

impl<'a> Values<'a> {
    fn of(&self, placeholder: Placeholder) -> Option<&'a str> {
        match placeholder {
            Placeholder::Namespace => Some(self.namespace),
            Placeholder::Account => self.account,
            Placeholder::Region => self.region,
            Placeholder::Name => Some(self.name),
        }
    }
}

/// A text with placeholders, split at them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

impl Template {
    /// Splits the text. Of a placeholder that is not known it makes a finding, and `None`.
    pub(crate) fn parse(text: &str, at: &Path<'_>, to: &mut Findings) -> Option<Self> {
        let (mut parts, mut rest) = (Vec::new(), text);
        while let Some((before, inner, after)) = split(rest) {
            let Some(placeholder) = Placeholder::ALL.into_iter().find(|known| known.word() == inner) else {
                let hint = similar::did_you_mean(inner, Placeholder::ALL.map(Placeholder::word));
                let message =
                    format!("{} is no placeholder; use ${{namespace}}, ${{account}}, ${{region}} or ${{name}}.{hint}", quote(inner));
                to.deny("guardrail-placeholder", Reason::NotSupported, at, message);
                return None;
            };
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Placeholder(placeholder));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        parts.retain(|part| *part != Part::Text(String::new()));
        Some(Self(parts))
    }

    /// The text, where it has no placeholder.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with the values filled in. `escape` makes a value stand for itself, or says that it cannot.
    ///
    /// # Errors
    /// The placeholder that has no value.
    pub(crate) fn fill(
        &self,
        values: &Values<'_>,
        escape: impl for<'v> Fn(&'v str) -> Option<Cow<'v, str>>,
    ) -> Result<Cow<'_, str>, Placeholder> {
        if let Some(plain) = self.plain() {
            return Ok(Cow::Borrowed(plain));
        }
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Placeholder(placeholder) => {
                    let value = values.of(*placeholder).filter(|value| !value.is_empty()).and_then(&escape);
                    filled.push_str(&value.ok_or(*placeholder)?);
                }
            }
        }
        Ok(Cow::Owned(filled))
    }
}

impl Template {
    /// The text as people read it, values filled in where they are known.
    pub(crate) fn shown(&self, values: &Values<'_>) -> String {
        let shown = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Placeholder(placeholder) => {
                values.of(*placeholder).filter(|value| !value.is_empty()).map_or_else(|| format!("${{{placeholder}}}"), str::to_owned)
            }
        };
        self.0.iter().map(shown).collect()
    }
}

/// What stands before, in and behind the first `${...}`.
fn split(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    let (inner, after) = rest.split_once('}')?;
    Some((before, inner, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUES: Values<'static> = Values { namespace: "team-a", account: Some("111122223333"), region: None, name: "logs" };

    fn parse(text: &str) -> Result<Template, String> {
        let mut to = Findings::default();
        Template::parse(text, &Path::root("spec"), &mut to).ok_or_else(|| to.as_slice()[0].to_string())
    }

    fn filled(text: &str) -> Result<String, Placeholder> {
        parse(text).unwrap().fill(&VALUES, |value| Some(Cow::Borrowed(value))).map(Cow::into_owned)
    }

    #[test]
    fn placeholders_are_filled_in_and_what_is_not_known_is_told() {
        assert_eq!(filled("acme-${namespace}-${account}${name}-x").unwrap(), "acme-team-a-111122223333logs-x");
        assert_eq!(filled("${region}"), Err(Placeholder::Region));
        assert_eq!(filled("plain $ {x}").unwrap(), "plain $ {x}");
        assert_eq!(filled("").unwrap(), "");
        assert_eq!(filled("${open").unwrap(), "${open");
    }

    #[test]
    fn what_is_not_known_is_shown_as_it_is_written() {
        assert_eq!(parse("acme-${region}-${namespace}").unwrap().shown(&VALUES), "acme-${region}-team-a");
    }

    #[test]
    fn a_value_that_cannot_stand_for_itself_counts_as_none() {
        let template = parse("${namespace}").unwrap();
        assert_eq!(template.fill(&VALUES, |_| None), Err(Placeholder::Namespace));
        assert_eq!(template.fill(&Values::default(), |value| Some(Cow::Borrowed(value))), Err(Placeholder::Namespace), "empty");
    }

    #[test]
    fn a_placeholder_that_is_not_known_is_refused_with_a_hint() {
        let refused = parse("x-${namspace}").unwrap_err();
        assert!(
            refused.starts_with("[guardrail-placeholder] spec: \"namspace\"") && refused.ends_with("Did you mean namespace?"),
            "{refused}"
        );
    }
}
