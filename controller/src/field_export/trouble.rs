//! Why a field was not copied. The first words of some messages are the peer's: people search for them.

use std::time::Duration;

use super::sandbox::QueryError;
use crate::objects::ObjectError;

/// Why a field was not copied.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no spec.
    #[error("spec is missing; give spec.from and spec.to")]
    NoSpec,
    /// The source is of a kind that the group does not have.
    #[error("spec.from.resource.kind {0:?} is not known in group s3.services.k8s.aws; write Bucket")]
    UnknownKind(String),
    /// A text that cannot be what it stands for.
    #[error("{field} {value:?} is not a name that Kubernetes takes; correct it")]
    BadName {
        /// Where it stands.
        field: &'static str,
        /// What it is, given or by default.
        value: String,
    },
    /// The query is too long.
    #[error("spec.from.path has {bytes} bytes, and {most} are the most; write a shorter one")]
    LongPath {
        /// Its length.
        bytes: usize,
        /// The longest.
        most: usize,
    },
    /// The target is in another namespace, and the operator does not allow that.
    #[error(
        "spec.to.namespace {namespace:?} is another namespace than the FieldExport's, and --enable-cross-namespace=false forbids that; name an object of namespace {own:?}"
    )]
    OtherNamespace {
        /// The target's namespace.
        namespace: String,
        /// The FieldExport's.
        own: String,
    },
    /// The target is in a namespace that no other may write to.
    #[error(
        "spec.to.namespace {namespace:?} belongs to the cluster or to the controller, and a FieldExport of another namespace does not write there; name an object of namespace {own:?}"
    )]
    Guarded {
        /// The target's namespace.
        namespace: String,
        /// The FieldExport's.
        own: String,
    },
    /// Another FieldExport was there first.
    #[error("FieldExport {by} writes the same key and is older; give another spec.to.key, or delete one of the two")]
    Taken {
        /// Namespace and name of the other.
        by: String,
    },
    /// There is no such Bucket.
    #[error("Bucket {namespace}/{name} is not there; the field is copied once it is")]
    NoSource {
        /// The Bucket's namespace.
        namespace: String,
        /// The Bucket's name.
        name: String,
    },
    /// The Bucket is not in sync.
    #[error("Bucket {namespace}/{name} is not in sync (ACK.ResourceSynced is not True); the field is copied once it is")]
    NotSynced {
        /// The Bucket's namespace.
        namespace: String,
        /// The Bucket's name.
        name: String,
    },
    /// The query gives nothing that can be copied.
    #[error("path does not exist in this object: {path} gives {what}; a string, a boolean or an integer can be copied")]
    NoValue {
        /// The query, shortened.
        path: String,
        /// What it gives.
        what: String,
    },
    /// The query is no jq.
    #[error("unable to parse path {path}: {why}; correct spec.from.path")]
    Unparsable {
        /// The query, shortened.
        path: String,
        /// Why.
        why: String,
    },
    /// The query ended with an error.
    #[error("unable to execute query {path}: {why}; correct spec.from.path")]
    Failed {
        /// The query, shortened.
        path: String,
        /// Why.
        why: String,
    },
    /// The query took too much, or could not be run.
    #[error("unable to execute query {path}: {why}")]
    Unanswered {
        /// The query, shortened.
        path: String,
        /// Why.
        why: QueryError,
    },
    /// The ConfigMap or Secret is not there.
    #[error("{object} is not there; create it, a FieldExport only adds a key")]
    NoTarget {
        /// Kind, namespace and name.
        object: String,
    },
    /// The ConfigMap or Secret does not take the key.
    #[error("{object} did not take the key: {code} {why}; correct the object, or the controller's ClusterRole")]
    TargetRefused {
        /// Kind, namespace and name.
        object: String,
        /// The HTTP status.
        code: u16,
        /// What the API server said.
        why: String,
    },
    /// The API server did not write the ConfigMap or Secret.
    #[error("{object} could not be written: {why}; check the API server")]
    TargetUnreached {
        /// Kind, namespace and name.
        object: String,
        /// Why.
        why: String,
    },
    /// The FieldExport itself could not be written.
    #[error(transparent)]
    Object(#[from] ObjectError),
}

impl Trouble {
    /// The kind of trouble, as one word.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::NoSpec | Self::UnknownKind(_) | Self::BadName { .. } | Self::LongPath { .. } => "SpecInvalid",
            Self::OtherNamespace { .. } | Self::Guarded { .. } => "CrossNamespaceForbidden",
            Self::Taken { .. } => "KeyTaken",
            Self::NoSource { .. } => "SourceNotFound",
            Self::NotSynced { .. } => "SourceNotSynced",
            Self::NoValue { .. } => "PathNotFound",
            Self::Unparsable { .. } => "PathInvalid",
            Self::Failed { .. } => "QueryFailed",
            Self::Unanswered { why, .. } => why.category(),
            Self::NoTarget { .. } => "TargetNotFound",
            Self::TargetRefused { .. } => "TargetRefused",
            Self::TargetUnreached { .. } => "TargetUnreachable",
            Self::Object(error) => error.category(),
        }
    }

    /// Whether nothing but a change of the FieldExport or of its source helps.
    #[must_use]
    pub fn is_terminal(&self) -> bool {
        matches!(
            self,
            Self::NoSpec
                | Self::UnknownKind(_)
                | Self::BadName { .. }
                | Self::LongPath { .. }
                | Self::OtherNamespace { .. }
                | Self::Guarded { .. }
                | Self::Unparsable { .. }
                | Self::Failed { .. }
                | Self::Unanswered { why: QueryError::TooMuch, .. }
        )
    }

    /// Whether the source will call when there is something to do.
    #[must_use]
    pub fn waits_for_source(&self) -> bool {
        matches!(self, Self::NoSource { .. } | Self::NotSynced { .. } | Self::NoValue { .. })
    }

    /// Whether somebody else changed the FieldExport in between; an everyday thing.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        matches!(self, Self::Object(error) if error.is_conflict())
    }

    /// How long to wait after the `tries`th failure in a row (1 for the first); `None` where a change is waited for. `roll` is a random
    /// number from 0 to 1.
    #[must_use]
    pub fn wait(&self, tries: u32, roll: f64) -> Option<Duration> {
        /// A ConfigMap that is created late is found within a minute.
        const LONGEST: Duration = Duration::from_mins(1);
        if self.is_terminal() || self.waits_for_source() {
            return None;
        }
        let doubled = Duration::from_secs(1).saturating_mul(1 << tries.saturating_sub(1).min(6));
        Some(doubled.min(LONGEST).mul_f64(0.5 + 0.5 * roll))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing() -> Trouble {
        Trouble::NoTarget { object: "Secret a/b".to_owned() }
    }

    #[test]
    fn what_only_a_change_heals_is_not_tried_again() {
        let spec = Trouble::UnknownKind("Queue".to_owned());
        let source = Trouble::NoSource { namespace: "a".to_owned(), name: "b".to_owned() };
        assert!(spec.is_terminal() && !source.is_terminal() && !missing().is_terminal());
        assert_eq!((spec.wait(1, 0.5), source.wait(9, 0.5)), (None, None));
    }

    #[test]
    fn waits_double_up_to_a_minute() {
        let waits: Vec<u64> = (1..9).filter_map(|tries| missing().wait(tries, 1.0)).map(|wait| wait.as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
        assert!(missing().wait(u32::MAX, 0.0).is_some_and(|wait| wait == Duration::from_secs(30)));
    }

    #[test]
    fn every_text_says_what_to_do() {
        let own = |text: &str| text.to_owned();
        for trouble in [
            Trouble::NoSpec,
            Trouble::UnknownKind(own("Queue")),
            Trouble::Taken { by: own("a/b") },
            missing(),
            Trouble::Unanswered { path: own(".x"), why: QueryError::TooMuch },
            Trouble::TargetRefused { object: own("Secret a/b"), code: 403, why: own("no") },
            Trouble::NoValue { path: own(".x"), what: own("null") },
        ] {
            assert!(trouble.to_string().contains("; "), "{trouble}");
            assert!(trouble.category().chars().all(char::is_alphanumeric));
        }
    }
}
