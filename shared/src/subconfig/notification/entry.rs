//! What the entries for queues, topics and functions have in common, and the one spelling of an entry.

use super::types::{FilterRule, KeyFilter, LambdaFunctionConfiguration, NotificationFilter, QueueConfiguration, TopicConfiguration};
use crate::subconfig::made_id::{self, Identified};
use crate::subconfig::normal;

/// Events that go to one destination.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) arn: Option<String>,
    pub(super) filter: Option<NotificationFilter>,
    pub(super) events: Option<Vec<String>>,
    pub(super) id: Option<String>,
}

macro_rules! is_entry {
    ($($Type:ident by $arn:ident),+) => {
        $(impl From<$Type> for Entry {
            fn from(of: $Type) -> Self {
                Self { arn: of.$arn, filter: of.filter, events: of.events, id: of.id }
            }
        }

        impl From<Entry> for $Type {
            fn from(entry: Entry) -> Self {
                Self { $arn: entry.arn, filter: entry.filter, events: entry.events, id: entry.id }
            }
        })+
    };
}

is_entry!(LambdaFunctionConfiguration by lambda_function_arn, QueueConfiguration by queue_arn, TopicConfiguration by topic_arn);

/// The entries in their one spelling, in an order of their own: theirs means nothing to S3.
pub(super) fn normalise<T: Into<Entry> + From<Entry>>(entries: Option<Vec<T>>) -> Option<Vec<T>> {
    let mut entries: Vec<Entry> = entries.unwrap_or_default().into_iter().map(|entry| entry.into().normal()).collect();
    entries.sort_unstable();
    normal::list(entries.into_iter().map(T::from).collect())
}

/// The entries, each with the id that S3 made for it; not one that the spec names in this list or another.
pub(super) fn inherit<T>(want: Option<Vec<T>>, have: Option<&Vec<T>>, is_named: impl Fn(&str) -> bool) -> Option<Vec<T>>
where
    T: Into<Entry> + From<Entry> + Clone,
{
    let mut want: Vec<Entry> = want?.into_iter().map(T::into).collect();
    let have: Vec<Entry> = have.into_iter().flatten().cloned().map(T::into).collect();
    made_id::inherit(&mut want, &have, is_named);
    Some(want.into_iter().map(T::from).collect())
}

impl Identified for Entry {
    fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    fn set_id(&mut self, id: Option<String>) {
        self.id = id;
    }

    fn normal(self) -> Self {
        Self {
            arn: normal::text(self.arn),
            filter: self.filter.and_then(NotificationFilter::normalise),
            events: normal::set(self.events),
            id: normal::text(self.id),
        }
    }

    fn takes_the_place_of(&self, other: &Self) -> bool {
        self.arn == other.arn
    }
}

impl NotificationFilter {
    /// `None` where all objects count.
    fn normalise(self) -> Option<Self> {
        let rules = self.key.and_then(|key| key.filter_rules).unwrap_or_default();
        let rules = rules.into_iter().map(FilterRule::normalise).filter(|rule| !rule.fits_all());
        let filter_rules = normal::set(Some(rules.collect()))?;
        Some(Self { key: Some(KeyFilter { filter_rules: Some(filter_rules) }) })
    }
}

impl FilterRule {
    /// S3 takes the name in any case and answers with a capital.
    fn normalise(self) -> Self {
        Self { name: normal::text(self.name).map(|name| name.to_ascii_lowercase()), value: normal::text(self.value) }
    }

    /// Every key starts and ends with nothing.
    fn fits_all(&self) -> bool {
        self.value.is_none() && self.name.as_deref().is_none_or(|name| ["prefix", "suffix"].contains(&name))
    }
}
