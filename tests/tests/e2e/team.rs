//! The world that the tests share, and what one team does in it: a namespace of its own, Buckets in it, and questions about them.

use std::future::Future;
use std::time::Duration;

use k8s_openapi::jiff::Timestamp;
use serde_json::{Value, json};
use shared::Bucket;
pub(crate) use tests::failure::{Failure, Outcome};
use tests::kubectl::{Kubectl, Output};
use tests::s3::Calls;
use tests::world::{Options, World, condition};
use tokio::sync::OnceCell;

use super::sections::surround;

/// The one world of this binary. Checks are due after ten hours, so that the only passes are those that a test asks for (and one 30 s
/// after each creation).
pub(crate) async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    WORLD.get_or_init(|| async { World::start(Options::default()).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

/// A namespace and those who work in it.
pub(crate) struct Team<'a> {
    pub(crate) world: &'a World,
    pub(crate) namespace: String,
    pub(crate) kubectl: Kubectl,
}

impl Team<'static> {
    /// A new namespace in the shared world.
    pub(crate) async fn new(name: &str, annotations: &[(&str, &str)]) -> Result<Self, Failure> {
        Self::of(world().await, name, annotations).await
    }
}

impl<'a> Team<'a> {
    /// A new namespace in a world.
    pub(crate) async fn of(world: &'a World, name: &str, annotations: &[(&str, &str)]) -> Result<Self, Failure> {
        let namespace = world.namespace(name, annotations).await?;
        surround(world.s3(), &namespace)?;
        Ok(Self { world, kubectl: world.kubectl().in_namespace(&namespace), namespace })
    }

    /// The name of the S3 bucket of this team's Bucket.
    pub(crate) fn s3_name(&self, bucket: &str) -> String {
        format!("{}-{bucket}", self.namespace)
    }

    /// A manifest: `sections` are the members of the spec beside the name.
    pub(crate) fn manifest(&self, bucket: &str, annotations: &Value, sections: &Value) -> Value {
        let mut spec = sections.clone();
        spec["name"] = json!(self.s3_name(bucket));
        let metadata = json!({ "name": bucket, "annotations": annotations });
        json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": metadata, "spec": spec })
    }

    /// `kubectl apply`, which must work.
    pub(crate) async fn apply(&self, bucket: &str, sections: &Value) -> Result<Output, Failure> {
        self.apply_annotated(bucket, &json!({}), sections).await
    }

    /// `kubectl apply` of a Bucket with annotations, which must work.
    pub(crate) async fn apply_annotated(&self, bucket: &str, annotations: &Value, sections: &Value) -> Result<Output, Failure> {
        Ok(self.kubectl.apply(&self.manifest(bucket, annotations, sections).to_string()).await?)
    }

    /// Applies a Bucket and waits until it is Ready.
    pub(crate) async fn make(&self, bucket: &str, sections: &Value) -> Result<Bucket, Failure> {
        self.apply(bucket, sections).await?;
        self.ready(bucket).await
    }

    /// The Bucket, once it is Ready for its newest spec.
    pub(crate) async fn ready(&self, bucket: &str) -> Result<Bucket, Failure> {
        Ok(self.world.bucket_ready(&self.namespace, bucket).await?)
    }

    /// The Bucket, once it is as wanted.
    pub(crate) async fn until(&self, bucket: &str, what: &str, wanted: impl Fn(&Bucket) -> bool) -> Result<Bucket, Failure> {
        Ok(self.world.bucket_until(&self.namespace, bucket, what, wanted).await?)
    }

    /// The message of a condition, once it is True.
    pub(crate) async fn told(&self, bucket: &str, type_: &str) -> Result<String, Failure> {
        let found = self.world.bucket_condition(&self.namespace, bucket, type_, "True").await?;
        Ok(condition(&found, type_).map(|(_, message)| message.to_owned()).unwrap_or_default())
    }

    /// `kubectl annotate`: what a user does to have a Bucket looked at now.
    pub(crate) async fn touch(&self, bucket: &str) -> Outcome {
        let note = format!("example.com/look={}", Timestamp::now().as_nanosecond());
        self.kubectl.run(&["annotate", "--overwrite", "bucket", bucket, &note]).await?.ok()?;
        Ok(())
    }

    /// Has a Bucket in sync checked, and returns it as it is after the check.
    pub(crate) async fn check(&self, bucket: &str) -> Result<Bucket, Failure> {
        let before = last_checked(&self.ready(bucket).await?);
        // Statuses hold whole seconds: in the next one, a check shows.
        while before.is_some_and(|before| Timestamp::now().as_second() <= before) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.touch(bucket).await?;
        self.until(bucket, "checked", |bucket| last_checked(bucket) > before).await
    }

    /// Waits until `kubectl describe` shows all of this. Events are published beside the passes, so they may come later than the status.
    pub(crate) async fn described(&self, bucket: &str, parts: &[&str]) -> Outcome {
        let shown = || async {
            let told = self.kubectl.run(&["describe", "bkt", bucket]).await.ok()?.ok().ok()?.stdout;
            parts.iter().all(|part| told.contains(part)).then_some(())
        };
        self.wait(&format!("kubectl describe bkt {bucket} to show {parts:?}"), shown).await
    }

    /// `kubectl delete` that does not wait.
    pub(crate) async fn delete(&self, bucket: &str) -> Outcome {
        self.kubectl.run(&["delete", "bucket", bucket, "--wait=false"]).await?.ok()?;
        Ok(())
    }

    /// Waits until a Bucket is gone.
    pub(crate) async fn gone(&self, bucket: &str) -> Outcome {
        Ok(self.world.bucket_gone(&self.namespace, bucket).await?)
    }

    /// Waits until `question` has an answer.
    pub(crate) async fn wait<T, F: Future<Output = Option<T>>>(&self, what: &str, question: impl FnMut() -> F) -> Result<T, Failure> {
        Ok(self.world.until(what, question).await?)
    }

    /// The calls to S3 about a Bucket's bucket.
    pub(crate) fn calls(&self, bucket: &str) -> Calls {
        self.world.s3().journal().of(&self.s3_name(bucket))
    }

    /// Whether S3 has the bucket.
    pub(crate) fn exists(&self, bucket: &str) -> bool {
        self.world.s3().bucket(&self.s3_name(bucket)).is_some()
    }

    /// What S3 holds of a sub-resource, without the XML declaration and namespace; tags sorted, as their order means nothing.
    pub(crate) fn in_s3(&self, bucket: &str, query: &str) -> Option<String> {
        let text = self.world.s3().get(&self.s3_name(bucket), query)?;
        let text = text.replace(" xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"", "");
        let text = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap_or(&text);
        let Some((before, tags)) = text.split_once("<Tag>").filter(|_| query == "tagging") else { return Some(text.to_owned()) };
        let (tags, after) = tags.rsplit_once("</Tag>")?;
        let mut tags: Vec<&str> = tags.split("</Tag><Tag>").collect();
        tags.sort_unstable();
        Some(format!("{before}<Tag>{}</Tag>{after}", tags.join("</Tag><Tag>")))
    }

    /// The value of one of the controller's metrics; 0 where there is no such series.
    pub(crate) async fn metric(&self, name: &str, labels: &[(&str, &str)]) -> Result<f64, Failure> {
        Ok(self.world.controller().metrics().await?.value(name, labels).unwrap_or_default())
    }
}

/// The second in which the controller last read all of the bucket.
fn last_checked(bucket: &Bucket) -> Option<i64> {
    Some(bucket.status.as_ref()?.last_checked.as_ref()?.0.as_second())
}
