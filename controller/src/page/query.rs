//! What a reader asks for: the part of the address after the question mark. Pure.

use shared::drift_mode::BUCKET;
use shared::subconfig::NAMES;

use crate::gauges::STATES;

/// How often a page may have itself loaded anew, in seconds.
const REFRESH: std::ops::RangeInclusive<u16> = 5..=3600;

/// Why the question makes no sense.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadQuery {
    /// There is no such parameter here.
    #[error("this page has no parameter {name:?}; use {}", known.join(", "))]
    Unknown { name: String, known: Vec<&'static str> },
    /// A value cannot be used.
    #[error("{value:?} is no {name}; use {expected}")]
    Value { name: &'static str, value: String, expected: String },
}

/// What a list of Buckets is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// Namespace and name.
    #[default]
    Name,
    /// The state, then the reason.
    State,
    /// The drift that stands, the oldest first.
    Drift,
    /// The last check, the one that is longest ago first.
    Checked,
}

impl Sort {
    pub(super) const ALL: [(&'static str, Self); 4] =
        [("name", Self::Name), ("state", Self::State), ("drift", Self::Drift), ("checked", Self::Checked)];

    fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, sort)| *sort == self).map_or("name", |(word, _)| word)
    }
}

/// Which Buckets, in which order, from which page on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// In this namespace.
    pub(super) namespace: Option<String>,
    /// Whose name, or the name of whose bucket, contains this.
    pub(super) name: Option<String>,
    /// In this state.
    pub(super) state: Option<&'static str>,
    /// That wait for this reason.
    pub(super) reason: Option<String>,
    /// That drifted in this sub-configuration.
    pub(super) config: Option<&'static str>,
    /// In this order,
    pub(super) sort: Sort,
    /// or the other way round.
    pub(super) descending: bool,
    /// From 1.
    pub(super) page: usize,
    /// Seconds after which the page is loaded anew.
    pub(super) refresh: Option<u16>,
}

impl Asked {
    const KNOWN: [&'static str; 9] = ["namespace", "name", "state", "reason", "config", "sort", "order", "page", "refresh"];

    /// Reads the question of the list of Buckets. What is empty was not asked, as forms send all their fields.
    pub(super) fn parse(query: &str) -> Result<Self, BadQuery> {
        let mut asked = Self { page: 1, ..Self::default() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
            let value = value.into_owned();
            match &*name {
                "namespace" => asked.namespace = Some(value),
                "name" => asked.name = Some(value),
                "reason" => asked.reason = Some(value),
                "state" => asked.state = Some(one_of("state", value, STATES.iter().map(|state| (*state, *state)))?),
                "config" => asked.config = Some(one_of("config", value, NAMES.iter().chain([&BUCKET]).map(|name| (*name, *name)))?),
                "sort" => asked.sort = one_of("sort", value, Sort::ALL.into_iter())?,
                "order" => asked.descending = one_of("order", value, [("asc", false), ("desc", true)].into_iter())?,
                "page" => asked.page = number("page", value, 1..=usize::MAX, "a number from 1 on")?,
                "refresh" => asked.refresh = Some(refresh(value)?),
                _ => return Err(BadQuery::Unknown { name: name.into_owned(), known: Self::KNOWN.to_vec() }),
            }
        }
        Ok(asked)
    }

    /// The address of the list that answers the question.
    pub(super) fn link(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let texts = [("namespace", self.namespace.as_deref()), ("name", self.name.as_deref()), ("state", self.state)];
        for (name, value) in texts.into_iter().chain([("reason", self.reason.as_deref()), ("config", self.config)]) {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        if self.sort != Sort::Name {
            query.append_pair("sort", self.sort.word());
        }
        if self.descending {
            query.append_pair("order", "desc");
        }
        if self.page > 1 {
            query.append_pair("page", &self.page.to_string());
        }
        if let Some(seconds) = self.refresh {
            query.append_pair("refresh", &seconds.to_string());
        }
        let query = query.finish();
        if query.is_empty() { "/buckets".to_owned() } else { format!("/buckets?{query}") }
    }

    /// Whether they are in this order.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(super) fn is_by(&self, sort: &Sort) -> bool {
        self.sort == *sort
    }

    /// Whether only this state was asked for.
    pub(super) fn is_state(&self, state: &str) -> bool {
        self.state == Some(state)
    }

    /// Whether only this sub-configuration was asked for.
    pub(super) fn is_config(&self, config: &str) -> bool {
        self.config == Some(config)
    }

    /// The same Buckets by this order; the other way round where they are in it already.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(super) fn sorted(&self, sort: &Sort) -> Self {
        Self { sort: *sort, descending: self.sort == *sort && !self.descending, page: 1, ..self.clone() }
    }
}

/// Reads the question of a page that has but one form.
pub(super) fn only_refresh(query: &str) -> Result<Option<u16>, BadQuery> {
    let mut found = None;
    for (name, value) in form_urlencoded::parse(query.as_bytes()).filter(|(_, value)| !value.is_empty()) {
        if name != "refresh" {
            return Err(BadQuery::Unknown { name: name.into_owned(), known: vec!["refresh"] });
        }
        found = Some(refresh(value.into_owned())?);
    }
    Ok(found)
}

fn refresh(value: String) -> Result<u16, BadQuery> {
    number("refresh", value, REFRESH, "a number of seconds from 5 to 3600")
}

fn one_of<T>(name: &'static str, value: String, all: impl Iterator<Item = (&'static str, T)>) -> Result<T, BadQuery> {
    let mut words = Vec::new();
    for (word, meaning) in all {
        if word == value {
            return Ok(meaning);
        }
        words.push(word);
    }
    Err(BadQuery::Value { name, value, expected: words.join(", ") })
}

fn number<T>(name: &'static str, value: String, bounds: std::ops::RangeInclusive<T>, expected: &str) -> Result<T, BadQuery>
where
    T: std::str::FromStr + PartialOrd,
{
    let parsed = value.parse().ok().filter(|number| bounds.contains(number));
    parsed.ok_or_else(|| BadQuery::Value { name, value, expected: expected.to_owned() })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_and_its_meaning_go_both_ways() {
        let all = "namespace=team-a&name=lo%26gs&state=drifted&reason=Denied&config=cors&sort=checked&order=desc&page=3&refresh=10";
        let asked = Asked::parse(all).unwrap();
        assert_eq!((asked.name.as_deref(), asked.config, asked.page), (Some("lo&gs"), Some("cors"), 3));
        assert_eq!(asked.link(), format!("/buckets?{all}"));
        assert_eq!(Asked::parse("namespace=&state=&name=").unwrap().link(), "/buckets", "an empty form asks nothing");
        assert_eq!(Asked::parse("state=drifted&page=2").unwrap().sorted(&Sort::Drift).link(), "/buckets?state=drifted&sort=drift");
        assert_eq!(Asked::parse("sort=drift").unwrap().sorted(&Sort::Drift).link(), "/buckets?sort=drift&order=desc");
    }

    #[test]
    fn what_makes_no_sense_is_told_with_what_would() {
        let told = |query| Asked::parse(query).unwrap_err().to_string();
        assert!(told("state=broken").starts_with(r#""broken" is no state; use paused, synced"#), "{}", told("state=broken"));
        assert!(told("sort=<script>").contains("use name, state, drift, checked"));
        assert!(told("page=0").contains("from 1") && told("page=1e9").contains("from 1"));
        assert!(told("refresh=1").contains("from 5 to 3600"));
        assert!(told("colour=red").contains("no parameter \"colour\"; use namespace, name"));
        assert_eq!(only_refresh("refresh=60"), Ok(Some(60)));
        assert!(only_refresh("name=a").is_err() && only_refresh("refresh=99999999999").is_err());
    }

    proptest! {
        #[test]
        fn no_question_is_a_panic(query in ".{0,60}") {
            if let Ok(asked) = Asked::parse(&query) {
                prop_assert_eq!(Asked::parse(asked.link().split_once('?').map_or("", |(_, query)| query)), Ok(asked));
            }
        }
    }
}
