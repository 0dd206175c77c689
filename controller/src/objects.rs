//! Writes of Buckets to the API server: the finalizer, the status, and what adoption fills in; nothing else.

use std::time::Duration;

use kube::api::{Api, Patch, PatchParams};
use kube::{Client, ResourceExt};
use serde_json::{Value, json};
use shared::bucket::FINALIZER;
use shared::{Bucket, BucketSpec, annotation};

use crate::status;

/// The name under which the controller's writes stand in managedFields.
const MANAGER: &str = "cooper-controller";
/// How often a write is tried: the finalizer when somebody else changed the Bucket in between, the status when the API server is ill.
const TRIES: u32 = 5;
/// How long one call to the API server may take.
pub const TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait before the status is written again.
const WAIT: Duration = Duration::from_millis(300);

/// A call to the API server that failed.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    /// It refused, or was not reached.
    #[error("could not {doing}; check the API server and the controller's ClusterRole")]
    Refused {
        /// What the call was to do.
        doing: &'static str,
        /// What the API server said.
        #[source]
        source: kube::Error,
    },
    /// It did not answer.
    #[error("could not {doing}: the API server did not answer within {TIMEOUT:?}; check its health")]
    NoAnswer {
        /// What the call was to do.
        doing: &'static str,
    },
}

impl ObjectError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "api-refused",
            Self::NoAnswer { .. } => "api-silent",
        }
    }

    /// Whether somebody else changed the Bucket in between; an everyday thing.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        self.is_status(409)
    }

    pub(crate) fn is_status(&self, code: u16) -> bool {
        matches!(self, Self::Refused { source: kube::Error::Api(status), .. } if status.code == code)
    }

    /// Whether the same call may succeed a moment later.
    fn may_heal(&self) -> bool {
        match self {
            Self::Refused { source: kube::Error::Api(status), .. } => status.code == 409 || status.code == 429 || status.code >= 500,
            Self::Refused { .. } | Self::NoAnswer { .. } => true,
        }
    }
}

/// The Buckets in the API server.
#[derive(Clone)]
pub struct Objects(Client);

impl Objects {
    /// The Buckets behind this client.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// The Bucket as it is stored now; `None` where it is gone, or another one of the same name took its place.
    ///
    /// # Errors
    /// The API server did not say.
    pub async fn live(&self, bucket: &Bucket) -> Result<Option<Bucket>, ObjectError> {
        let found = within("read the Bucket", self.api(bucket).get_opt(&bucket.name_any())).await?;
        Ok(found.filter(|live| live.metadata.uid == bucket.metadata.uid))
    }

    /// Puts the finalizer on. It fails if anything about the Bucket changed since it was read, so that nobody's deletion or change is
    /// run over.
    ///
    /// # Errors
    /// The API server refused, with a conflict where the Bucket changed.
    pub async fn add_finalizer(&self, bucket: &Bucket) -> Result<Bucket, ObjectError> {
        let finalizers: Vec<&str> = bucket.finalizers().iter().map(String::as_str).chain([FINALIZER]).collect();
        self.patch("add the finalizer", bucket, &finalizers).await
    }

    /// Marks the S3 bucket, which was there before, as the Bucket's own, and fills the spec in where one is given: all in one write,
    /// which fails if anything about the Bucket changed since it was read.
    ///
    /// # Errors
    /// The API server refused, with a conflict where the Bucket changed.
    pub async fn adopt(&self, bucket: &Bucket, spec: Option<&BucketSpec>) -> Result<Bucket, ObjectError> {
        let finalizers: Vec<&str> = bucket.finalizers().iter().map(String::as_str).chain([FINALIZER]).collect();
        let value = |spec: Option<&BucketSpec>| serde_json::to_value(spec).unwrap_or_default();
        let spec = spec.and_then(|spec| status::merge_patch(&value(bucket.spec.as_ref()), &value(Some(spec))));
        let mut patch = marking(bucket, &finalizers);
        patch["metadata"]["annotations"] = json!({ annotation::ADOPTED: "true" });
        if let Some(spec) = spec {
            patch["spec"] = spec;
        }
        self.write("mark the bucket as adopted", bucket, patch).await
    }

    /// Takes the finalizer off. `None` where the Bucket is gone, by that or before.
    ///
    /// # Errors
    /// The API server refused, or the Bucket changed again and again.
    pub async fn remove_finalizer(&self, bucket: &Bucket) -> Result<Option<Bucket>, ObjectError> {
        let mut current = bucket.clone();
        let mut tries = 1;
        loop {
            let others: Vec<&str> = current.finalizers().iter().map(String::as_str).filter(|name| *name != FINALIZER).collect();
            match self.patch("remove the finalizer", &current, &others).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) if error.is_status(404) => return Ok(None),
                Err(error) if error.is_conflict() && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
            match self.live(bucket).await? {
                Some(live) if live.owns_bucket() => current = live,
                other => return Ok(other),
            }
        }
    }

    /// Writes the status, a few times if need be. `None` where the Bucket is gone.
    ///
    /// # Errors
    /// The API server refused.
    pub async fn patch_status(&self, bucket: &Bucket, patch: &Value) -> Result<Option<Bucket>, ObjectError> {
        let mut tries = 1;
        loop {
            let (api, name, params, patch) = (self.api(bucket), bucket.name_any(), params(), Patch::Merge(patch));
            match within("write the status", api.patch_status(&name, &params, &patch)).await {
                Ok(answer) => return Ok(Some(answer)),
                Err(error) if error.is_status(404) => return Ok(None),
                Err(error) if error.may_heal() && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
            tokio::time::sleep(WAIT * tries).await;
        }
    }

    async fn patch(&self, doing: &'static str, bucket: &Bucket, finalizers: &[&str]) -> Result<Bucket, ObjectError> {
        self.write(doing, bucket, marking(bucket, finalizers)).await
    }

    async fn write(&self, doing: &'static str, bucket: &Bucket, patch: Value) -> Result<Bucket, ObjectError> {
        within(doing, self.api(bucket).patch(&bucket.name_any(), &params(), &Patch::Merge(patch))).await
    }

    fn api(&self, bucket: &Bucket) -> Api<Bucket> {
        Api::namespaced(self.0.clone(), bucket.metadata.namespace.as_deref().unwrap_or("default"))
    }
}

/// A patch that puts these finalizers on the Bucket as it was read, and on no other.
fn marking(bucket: &Bucket, finalizers: &[&str]) -> Value {
    let (uid, version) = (&bucket.metadata.uid, &bucket.metadata.resource_version);
    json!({ "metadata": { "uid": uid, "resourceVersion": version, "finalizers": finalizers } })
}

/// The call, with an end to waiting for it.
///
/// # Errors
/// The API server refused, or did not answer.
pub async fn within<T>(doing: &'static str, call: impl Future<Output = kube::Result<T>>) -> Result<T, ObjectError> {
    match tokio::time::timeout(TIMEOUT, call).await {
        Ok(answer) => answer.map_err(|source| ObjectError::Refused { doing, source }),
        Err(_) => Err(ObjectError::NoAnswer { doing }),
    }
}

/// What every patch of the controller says of who wrote it.
#[must_use]
pub fn params() -> PatchParams {
    PatchParams { field_manager: Some(MANAGER.to_owned()), ..PatchParams::default() }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use kube::core::Status;

    use super::*;

    fn refused(code: u16) -> ObjectError {
        let status = Status { code, message: "no".to_owned(), ..Status::default() };
        ObjectError::Refused { doing: "write the status", source: kube::Error::Api(Box::new(status)) }
    }

    #[test]
    fn errors_say_what_failed_and_leave_the_cause_to_the_chain() {
        let error = refused(403);
        assert!(error.to_string().starts_with("could not write the status;"), "{error}");
        assert!(error.source().is_some() && !error.is_conflict() && !error.may_heal());
        assert!(refused(409).is_conflict() && refused(409).may_heal() && refused(503).may_heal());
        assert_eq!(refused(500).category(), "api-refused");
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_api_server_is_given_up_on() {
        let error = within::<()>("read the Bucket", std::future::pending()).await.unwrap_err();
        assert_eq!(error.category(), "api-silent");
        assert!(error.may_heal());
    }
}
