//! The one spelling of a rule, and of a date.

use jiff::Timestamp;

use super::filter::scope;
use super::types::{LifecycleExpiration, LifecycleRule, LifecycleTransition};
use crate::subconfig::normal;

impl LifecycleRule {
    /// Whether the rule is about every object.
    pub(crate) fn covers_all(&self) -> bool {
        scope(self.prefix.clone(), self.filter.clone()) == (None, None)
    }

    /// Members that say nothing are gone, lists are sets.
    pub(super) fn normalise(self) -> Self {
        let (prefix, filter) = scope(self.prefix, self.filter);
        Self {
            id: normal::text(self.id),
            prefix,
            status: normal::text(self.status),
            abort_incomplete_multipart_upload: self.abort_incomplete_multipart_upload.and_then(normal::said),
            expiration: self.expiration.map(LifecycleExpiration::normalise).and_then(normal::said),
            filter,
            noncurrent_version_expiration: self.noncurrent_version_expiration.and_then(normal::said),
            noncurrent_version_transitions: said_set(self.noncurrent_version_transitions),
            transitions: said_set(self.transitions.map(|all| all.into_iter().map(LifecycleTransition::normalise).collect())),
        }
    }
}

impl LifecycleExpiration {
    /// A delete marker that is not to go is said only where nothing else is: S3 takes it for an action.
    fn normalise(self) -> Self {
        let date = self.date.map(instant);
        let marker = self.expired_object_delete_marker.filter(|goes| *goes || (date.is_none() && self.days.is_none()));
        Self { date, days: self.days, expired_object_delete_marker: marker }
    }
}

impl LifecycleTransition {
    fn normalise(self) -> Self {
        Self { date: self.date.map(instant), ..self }
    }
}

fn said_set<T: Ord + Default>(items: Option<Vec<T>>) -> Option<Vec<T>> {
    normal::set(items.map(|items| items.into_iter().filter(|item| *item != T::default()).collect()))
}

/// The instant in UTC; a text that names none stays as it is.
fn instant(text: String) -> String {
    text.parse::<Timestamp>().map_or(text, |instant| instant.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn normal_of(rule: Value) -> LifecycleRule {
        serde_json::from_value::<LifecycleRule>(rule).unwrap().normalise()
    }

    #[test]
    fn members_that_say_nothing_are_gone() {
        let chatty = json!({"id": "", "status": "Enabled", "abortIncompleteMultipartUpload": {}, "noncurrentVersionExpiration": {},
            "noncurrentVersionTransitions": [], "transitions": [{}], "expiration": {"days": 1, "expiredObjectDeleteMarker": false}});
        assert_eq!(normal_of(chatty), normal_of(json!({"status": "Enabled", "expiration": {"days": 1}})));
        assert_ne!(normal_of(json!({"expiration": {"expiredObjectDeleteMarker": false}})), LifecycleRule::default());
    }

    #[test]
    fn dates_go_by_the_instant_and_transitions_by_what_they_say() {
        let one = json!({"transitions": [{"date": "2030-01-01T00:00:00Z", "storageClass": "GLACIER"}, {"days": 30}]});
        let other = json!({"transitions": [{"days": 30}, {"date": "2030-01-01T01:00:00.000+01:00", "storageClass": "GLACIER"}]});
        assert_eq!(normal_of(one), normal_of(other));
        assert_eq!(normal_of(json!({"expiration": {"date": "soon"}})).expiration.unwrap().date.as_deref(), Some("soon"));
    }
}
