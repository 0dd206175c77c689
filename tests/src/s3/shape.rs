//! What a document may look like: the schema check that S3 makes before it looks at the meaning.

use jiff::Timestamp;

use super::error::S3Error;
use super::xml::Element;

/// How often a child stands in its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Times {
    /// Once.
    One,
    /// Once or not at all.
    Maybe,
    /// At least once.
    Some,
    /// As often as one likes.
    Any,
}

/// What a child holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text,
    Number,
    Bool,
    /// An ISO 8601 date, with or without a time.
    Date,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Elements.
    Node(&'static Shape),
}

/// The children of an element; their order is free, what is not named is refused.
#[derive(Debug)]
pub(crate) struct Shape(pub(crate) &'static [(&'static str, Times, Kind)]);

/// Enabled or Disabled.
pub(crate) const SWITCH: Kind = Kind::Word(&["Enabled", "Disabled"]);
/// A key and its value.
pub(crate) static TAG: Shape = Shape(&[("Key", Times::One, Kind::Text), ("Value", Times::One, Kind::Text)]);

impl Shape {
    /// Reads a document whose root has this name and shape.
    pub(crate) fn read(&self, root: &str, body: &[u8]) -> Result<Element, S3Error> {
        let element = Element::parse(body).map_err(|_| S3Error::malformed_xml())?;
        if element.name == root && self.fits(&element) { Ok(element) } else { Err(S3Error::malformed_xml()) }
    }

    fn fits(&self, element: &Element) -> bool {
        let known = |child: &Element| self.0.iter().any(|(name, _, kind)| *name == child.name && kind.fits(child));
        let counted = |(name, times, _): &(&str, Times, Kind)| {
            let count = element.all(name).count();
            match times {
                Times::One => count == 1,
                Times::Maybe => count <= 1,
                Times::Some => count >= 1,
                Times::Any => true,
            }
        };
        element.text.trim().is_empty() && element.children.iter().all(known) && self.0.iter().all(counted)
    }
}

impl Kind {
    fn fits(self, element: &Element) -> bool {
        let text = element.text.as_str();
        match self {
            Self::Node(shape) => shape.fits(element),
            _ if !element.children.is_empty() => false,
            Self::Text => true,
            Self::Number => text.parse::<i64>().is_ok(),
            Self::Bool => matches!(text, "true" | "false" | "TRUE" | "FALSE" | "True" | "False"),
            Self::Date => date(text).is_some(),
            Self::Word(words) => words.contains(&text),
        }
    }
}

/// A date as S3 takes it.
pub(crate) fn date(text: &str) -> Option<Timestamp> {
    let midnight = || text.parse::<jiff::civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|day| day.timestamp());
    text.parse::<Timestamp>().ok().or_else(midnight)
}

#[cfg(test)]
mod tests {
    use super::*;

    static RULE: Shape =
        Shape(&[("Status", Times::One, SWITCH), ("Days", Times::Maybe, Kind::Number), ("Tag", Times::Any, Kind::Node(&TAG))]);

    #[test]
    fn a_document_of_the_shape_is_read() {
        let text = "<Rule><Tag><Key>a</Key><Value/></Tag><Days>3</Days><Status>Enabled</Status></Rule>";
        assert!(RULE.read("Rule", text.as_bytes()).is_ok());
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in [
            "<Other><Status>Enabled</Status></Other>",
            "<Rule/>",
            "<Rule><Status>enabled</Status></Rule>",
            "<Rule><Status>Enabled</Status><Status>Enabled</Status></Rule>",
            "<Rule><Status>Enabled</Status><New/></Rule>",
            "<Rule><Status>Enabled</Status><Days>x</Days></Rule>",
            "<Rule><Status>Enabled</Status><Tag><Key>a</Key></Tag></Rule>",
            "<Rule>text</Rule>",
        ] {
            assert_eq!(RULE.read("Rule", text.as_bytes()), Err(S3Error::malformed_xml()), "{text}");
        }
    }

    #[test]
    fn dates_stand_with_and_without_a_time() {
        assert_eq!(date("2030-01-01"), date("2030-01-01T00:00:00.000Z"));
        assert_eq!(date("soon"), None);
    }
}
