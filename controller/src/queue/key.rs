//! What waits in the queue: the name of a Bucket.

use std::sync::Arc;

use kube::runtime::reflector::ObjectRef;
use shared::Bucket;

/// Namespace and name of a Bucket, in one piece of memory however often it is copied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The key of the Bucket of this name.
    #[must_use]
    pub fn new(namespace: &str, name: &str) -> Self {
        // Neither may hold a slash. Source: Kubernetes, "Object Names and IDs".
        Self(format!("{namespace}/{name}").into())
    }

    /// The key of this Bucket.
    #[must_use]
    pub fn of(bucket: &Bucket) -> Self {
        Self::new(bucket.metadata.namespace.as_deref().unwrap_or_default(), bucket.metadata.name.as_deref().unwrap_or_default())
    }

    /// The namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.0.split_once('/').map_or("", |(namespace, _)| namespace)
    }

    /// The name in the cache of Buckets.
    #[must_use]
    pub fn object(&self) -> ObjectRef<Bucket> {
        let (namespace, name) = self.0.split_once('/').unwrap_or(("", &self.0));
        ObjectRef::new(name).within(namespace)
    }
}

impl From<ObjectRef<Bucket>> for Key {
    fn from(object: ObjectRef<Bucket>) -> Self {
        Self::new(object.namespace.as_deref().unwrap_or_default(), &object.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_leads_to_its_object_and_back() {
        let key = Key::new("team-a", "logs");
        assert_eq!((key.namespace(), Key::from(key.object())), ("team-a", key.clone()));
        assert_eq!(key.object(), ObjectRef::new("logs").within("team-a"));
        let mut bucket = Bucket::default();
        (bucket.metadata.namespace, bucket.metadata.name) = (Some("team-a".to_owned()), Some("logs".to_owned()));
        assert_eq!(Key::of(&bucket), key);
    }
}
