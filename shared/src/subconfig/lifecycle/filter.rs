//! The one spelling of a rule's scope.

use super::types::{LifecycleAnd, LifecycleFilter};
use crate::subconfig::normal;
use crate::subconfig::tagging::Tag;

/// The scope of a rule. The older `prefix` of the rule and `filter.prefix` name the same objects; no filter, an empty one and an
/// empty prefix all name every object: `None`. A rule that sets both spellings keeps them: S3 refuses it.
pub(super) fn scope(prefix: Option<String>, filter: Option<LifecycleFilter>) -> (Option<String>, Option<LifecycleFilter>) {
    match (normal::text(prefix), filter.and_then(LifecycleFilter::normalise)) {
        (Some(prefix), None) => (None, Some(LifecycleFilter { prefix: Some(prefix), ..LifecycleFilter::default() })),
        other => other,
    }
}

impl LifecycleFilter {
    /// One condition stands alone, several stand under `and`. A filter that has both keeps them: S3 refuses it.
    fn normalise(self) -> Option<Self> {
        let alone = LifecycleAnd {
            object_size_greater_than: self.object_size_greater_than,
            object_size_less_than: self.object_size_less_than,
            prefix: self.prefix,
            tags: self.tag.map(|tag| vec![tag]),
        };
        let (alone, together) = (alone.normalise(), self.and.unwrap_or_default().normalise());
        match (alone.count(), together.count()) {
            (_, 0) => Self::of(alone),
            (0, _) => Self::of(together),
            _ => Some(Self { and: Some(together), ..Self::alone(alone) }),
        }
    }

    fn of(conditions: LifecycleAnd) -> Option<Self> {
        match conditions.count() {
            0 => None,
            1 => Some(Self::alone(conditions)),
            _ => Some(Self { and: Some(conditions), ..Self::default() }),
        }
    }

    fn alone(conditions: LifecycleAnd) -> Self {
        Self {
            and: None,
            object_size_greater_than: conditions.object_size_greater_than,
            object_size_less_than: conditions.object_size_less_than,
            prefix: conditions.prefix,
            tag: conditions.tags.into_iter().flatten().next(),
        }
    }
}

impl LifecycleAnd {
    fn normalise(self) -> Self {
        let tag = |tag: Tag| Tag { key: Some(tag.key.unwrap_or_default()), value: Some(tag.value.unwrap_or_default()) };
        let tags = self.tags.into_iter().flatten().filter(|tag| *tag != Tag::default()).map(tag);
        Self { prefix: normal::text(self.prefix), tags: normal::set(Some(tags.collect())), ..self }
    }

    fn count(&self) -> usize {
        let sizes = [self.object_size_greater_than, self.object_size_less_than];
        sizes.into_iter().flatten().count() + usize::from(self.prefix.is_some()) + self.tags.as_ref().map_or(0, Vec::len)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn scope_of(rule: &Value) -> (Option<String>, Option<LifecycleFilter>) {
        let member = |name: &str| rule.get(name).cloned().unwrap_or_default();
        scope(serde_json::from_value(member("prefix")).unwrap(), serde_json::from_value(member("filter")).unwrap())
    }

    #[test]
    fn every_object_has_many_names() {
        let all = [json!({}), json!({"prefix": ""}), json!({"filter": {}}), json!({"filter": {"prefix": ""}})];
        for rule in all.iter().chain([&json!({"filter": {"and": {"prefix": "", "tags": []}}, "prefix": ""})]) {
            assert_eq!(scope_of(rule), (None, None), "{rule}");
        }
    }

    #[test]
    fn one_condition_has_two_names() {
        let tag = json!({"key": "a", "value": ""});
        let pairs = [
            (json!({"prefix": "x"}), json!({"filter": {"and": {"prefix": "x"}}})),
            (json!({"filter": {"tag": tag}}), json!({"filter": {"and": {"tags": [{"key": "a"}, tag], "prefix": ""}}})),
            (
                json!({"filter": {"prefix": "x", "objectSizeLessThan": 1}}),
                json!({"filter": {"and": {"objectSizeLessThan": 1, "prefix": "x"}}}),
            ),
        ];
        for (one, other) in pairs {
            assert_eq!(scope_of(&one), scope_of(&other), "{one} {other}");
        }
        assert_ne!(scope_of(&json!({"prefix": "x"})), scope_of(&json!({"prefix": "x/"})));
    }

    #[test]
    fn contradictions_stay() {
        let both = json!({"prefix": "x", "filter": {"prefix": "y"}});
        assert!(matches!(scope_of(&both), (Some(_), Some(_))));
        let mixed = json!({"filter": {"prefix": "x", "and": {"prefix": "y"}}});
        assert!(scope_of(&mixed).1.unwrap().and.is_some());
    }
}
