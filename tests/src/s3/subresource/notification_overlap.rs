//! No object and event may fit two notifications. Source: S3 User Guide, "Configuring event notifications using object key name filtering".

use super::notification_events::meet;
use crate::s3::error::S3Error;
use crate::s3::request::decode;
use crate::s3::xml::Element;

/// Checks all configurations of a bucket against each other.
pub(super) fn check(configurations: &[&Element]) -> Result<(), S3Error> {
    let parts: Vec<_> = configurations.iter().map(|configuration| Part::of(configuration)).collect();
    for (at, part) in parts.iter().enumerate() {
        let twice = part.events.iter().enumerate().any(|(i, event)| part.events[i + 1..].iter().any(|other| meet(event, other)));
        if twice {
            return Err(overlap(false));
        }
        if let Some(other) = parts[at + 1..].iter().find(|other| part.overlaps(other)) {
            return Err(overlap(part.is_filtered() || other.is_filtered()));
        }
    }
    Ok(())
}

fn overlap(filtered: bool) -> S3Error {
    S3Error::invalid_argument(if filtered {
        "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the \
         same event type."
    } else {
        "Configurations overlap. Configurations on the same bucket cannot share a common event type."
    })
}

/// What one configuration is about.
struct Part<'a> {
    events: Vec<&'a str>,
    prefix: String,
    suffix: String,
}

impl<'a> Part<'a> {
    fn of(configuration: &'a Element) -> Self {
        let rules = || configuration.at(&["Filter", "S3Key"]).into_iter().flat_map(|key| key.all("FilterRule"));
        let value = |name: &str| {
            let named = |rule: &&Element| rule.text_of("Name").is_some_and(|text| text.eq_ignore_ascii_case(name));
            let text = rules().find(named).and_then(|rule| rule.text_of("Value")).unwrap_or_default();
            decode(&text.replace('+', " "))
        };
        let events = configuration.all("Event").map(|event| event.text.as_str()).collect();
        Self { events, prefix: value("prefix"), suffix: value("suffix") }
    }

    fn is_filtered(&self) -> bool {
        !self.prefix.is_empty() || !self.suffix.is_empty()
    }

    fn overlaps(&self, other: &Self) -> bool {
        let prefixes = self.prefix.starts_with(&other.prefix) || other.prefix.starts_with(&self.prefix);
        let suffixes = self.suffix.ends_with(&other.suffix) || other.suffix.ends_with(&self.suffix);
        prefixes && suffixes && self.events.iter().any(|event| other.events.iter().any(|twin| meet(event, twin)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(events: &[&str], prefix: &str, suffix: &str) -> Element {
        let rule = |name, value: &str| Element::new("FilterRule").leaf("Name", name).leaf("Value", value);
        let key = Element::new("S3Key").with(rule("Prefix", prefix)).with(rule("suffix", suffix));
        let configuration = Element::new("QueueConfiguration").with(Element::new("Filter").with(key));
        events.iter().fold(configuration, |configuration, event| configuration.leaf("Event", *event))
    }

    fn overlapping(one: (&str, &str, &str), other: (&str, &str, &str)) -> bool {
        check(&[&configuration(&[one.0], one.1, one.2), &configuration(&[other.0], other.1, other.2)]).is_err()
    }

    #[test]
    fn prefix_suffix_and_event_have_to_meet() {
        let put = "s3:ObjectCreated:Put";
        assert!(overlapping((put, "im", ""), ("s3:ObjectCreated:*", "images/", "")));
        assert!(overlapping((put, "", "jpg"), (put, "", "pg")));
        assert!(overlapping((put, "a%2Fb", ""), (put, "a/", "")));
        assert!(!overlapping((put, "a/", ""), (put, "b/", "")));
        assert!(!overlapping((put, "", "jpg"), (put, "", "png")));
        assert!(!overlapping((put, "", ""), ("s3:ObjectRemoved:*", "", "")));
    }

    #[test]
    fn an_event_stands_once() {
        assert!(check(&[&configuration(&["s3:ObjectCreated:*", "s3:ObjectCreated:Put"], "", "")]).is_err());
        assert_eq!(check(&[&configuration(&["s3:ObjectCreated:Put", "s3:ObjectCreated:Post"], "", "")]), Ok(()));
    }
}
