//! Waiting for the world: poll with a deadline; when it passes, say what was seen last and what the services said.

use std::future::Future;
use std::time::{Duration, Instant};

use kube::Api;
use shared::Bucket;

use super::World;
use crate::error::{Error, Result};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(100);

impl World {
    /// Asks again and again until `question` has an answer.
    ///
    /// # Errors
    /// [`Error::Timeout`] after [`PATIENCE`], with the ends of the services' logs.
    pub async fn until<T, F: Future<Output = Option<T>>>(&self, waiting_for: &str, mut question: impl FnMut() -> F) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(answer) = question().await {
                return Ok(answer);
            }
            if Instant::now() >= deadline {
                return Err(Error::Timeout { waiting_for: waiting_for.to_owned(), within: PATIENCE, seen: self.logs() });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until a Bucket is as wanted, and returns it.
    ///
    /// # Errors
    /// [`Error::Timeout`] after [`PATIENCE`], with the object as it is and the ends of the services' logs.
    pub async fn bucket_until(&self, namespace: &str, name: &str, what: &str, wanted: impl Fn(&Bucket) -> bool) -> Result<Bucket> {
        let buckets = self.buckets(namespace).await?;
        let doing = || format!("read the Bucket {namespace}/{name}");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let bucket = buckets.get_opt(name).await.map_err(Error::kubernetes(doing()))?;
            if let Some(bucket) = bucket.as_ref().filter(|bucket| wanted(bucket)) {
                return Ok(bucket.clone());
            }
            if Instant::now() >= deadline {
                let object = serde_json::to_string_pretty(&bucket).unwrap_or_default();
                let waiting_for = format!("the Bucket {namespace}/{name} to be {what}");
                return Err(Error::Timeout { waiting_for, within: PATIENCE, seen: format!("{object}\n{}", self.logs()) });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until a Bucket is Ready for the spec that it has now.
    ///
    /// # Errors
    /// As [`Self::bucket_until`].
    pub async fn bucket_ready(&self, namespace: &str, name: &str) -> Result<Bucket> {
        self.bucket_until(namespace, name, "ready", is_ready).await
    }

    /// Waits until a Bucket has a condition with this status (`True`, `False`).
    ///
    /// # Errors
    /// As [`Self::bucket_until`].
    pub async fn bucket_condition(&self, namespace: &str, name: &str, type_: &str, status: &str) -> Result<Bucket> {
        let what = format!("{type_}={status}");
        self.bucket_until(namespace, name, &what, |bucket| condition(bucket, type_).is_some_and(|(now, _)| now == status)).await
    }

    /// Waits until a Bucket is gone.
    ///
    /// # Errors
    /// As [`Self::bucket_until`].
    pub async fn bucket_gone(&self, namespace: &str, name: &str) -> Result<()> {
        let buckets: Api<Bucket> = self.buckets(namespace).await?;
        let waiting_for = format!("the Bucket {namespace}/{name} to be gone");
        self.until(&waiting_for, || async { matches!(buckets.get_opt(name).await, Ok(None)).then_some(()) }).await
    }
}

/// True if the status says Ready and speaks of the newest spec.
#[must_use]
pub fn is_ready(bucket: &Bucket) -> bool {
    let speaks_of = bucket.status.as_ref().and_then(|status| status.observed_generation);
    condition(bucket, "Ready").is_some_and(|(status, _)| status == "True") && speaks_of == bucket.metadata.generation
}

/// Status and message of a condition.
#[must_use]
pub fn condition<'a>(bucket: &'a Bucket, type_: &str) -> Option<(&'a str, &'a str)> {
    let conditions = bucket.status.as_ref()?.conditions.as_ref()?;
    let found = conditions.iter().find(|condition| condition.type_ == type_)?;
    Some((found.status.as_str(), found.message.as_deref().unwrap_or_default()))
}
