//! Guardrails on a real cluster: what a platform team writes, what users read of it, and what is stored.
//!
//! The tests share the world of this binary, so each guardrail is about the namespace of its test alone.

mod changes;
mod defaults;
mod example;
mod exceptions;
mod expressions;
mod installed;
mod levels;
mod matching;
mod mistakes;
mod weights;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tests::kubectl::{Kubectl, Output};

use crate::team::{Failure, Outcome, Team};

/// A team, and guardrails that are about its namespace.
pub(crate) struct Ground {
    pub(crate) team: Team<'static>,
    /// kubectl of those who write guardrails.
    pub(crate) platform: Kubectl,
}

impl Ground {
    pub(crate) async fn new(name: &str) -> Result<Self, Failure> {
        let team = Team::new(name, &[]).await?;
        Ok(Self { platform: team.world.kubectl(), team })
    }

    /// The name in the cluster of what this test calls so.
    pub(crate) fn named(&self, name: &str) -> String {
        format!("{}-{name}", self.team.namespace)
    }

    /// A guardrail of this spec, about the namespace unless it says what it is about.
    pub(crate) fn guardrail(&self, name: &str, spec: &Value) -> Value {
        let mut spec = spec.clone();
        if spec.get("match").is_none() {
            spec["match"] = json!({ "namespaces": [self.team.namespace] });
        }
        json!({ "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrail", "metadata": { "name": self.named(name) }, "spec": spec })
    }

    /// Lets a Bucket of the namespace off rules of a guardrail, for so long.
    pub(crate) fn exception(&self, name: &str, guardrail: &str, rules: &[&str], bucket: &str, lasts: SignedDuration) -> Value {
        let spec = json!({
            "guardrails": [{ "name": self.named(guardrail), "rules": rules }],
            "buckets": [{ "namespace": self.team.namespace, "name": bucket }],
            "reason": "being moved, ticket SEC-1234",
            "approvedBy": "security@acme.example",
            "expiresAt": in_time(lasts),
        });
        let metadata = json!({ "name": self.named(name) });
        json!({ "apiVersion": "cooper.dev/v1alpha1", "kind": "BucketGuardrailException", "metadata": metadata, "spec": spec })
    }

    /// Applies a guardrail and waits until the webhook judges by it. What kubectl printed beside the object comes back.
    pub(crate) async fn guard(&self, name: &str, spec: &Value) -> Result<String, Failure> {
        let manifest = self.guardrail(name, spec).to_string();
        let applied = self.platform.run_with(&["apply", "-o", "json", "-f", "-"], &manifest).await?.ok()?;
        let generation = serde_json::from_str::<Value>(&applied.stdout)?["metadata"]["generation"].as_f64();
        let guardrail = self.named(name);
        let labels = [("guardrail", guardrail.as_str())];
        let used = || async { (self.metric("cooper_guardrail_generation", &labels).await.ok()? == generation).then_some(()) };
        self.team.wait(&format!("the webhook to judge by {guardrail}, generation {generation:?}"), used).await?;
        Ok(self.plain(&applied.stderr))
    }

    /// Deletes a guardrail and waits until the webhook has heard of it.
    pub(crate) async fn unguard(&self, name: &str) -> Outcome {
        let guardrail = self.named(name);
        self.platform.run(&["delete", "bgr", &guardrail]).await?.ok()?;
        let labels = [("guardrail", guardrail.as_str())];
        let unused = || async { self.metric("cooper_guardrail_generation", &labels).await.ok()?.is_none().then_some(()) };
        self.team.wait(&format!("the webhook to forget {guardrail}"), unused).await
    }

    /// A metric of the webhook; `None` where there is no such series.
    pub(crate) async fn metric(&self, name: &str, labels: &[(&str, &str)]) -> Result<Option<f64>, Failure> {
        Ok(self.team.world.webhook().metrics().await?.value(name, labels))
    }

    /// `kubectl create --dry-run=server` of a Bucket: what would be said, of which nothing is stored.
    pub(crate) async fn try_to_create(&self, bucket: &str, sections: &Value) -> Result<Output, Failure> {
        let manifest = self.team.manifest(bucket, &json!({}), sections).to_string();
        let mut said = self.team.kubectl.run_with(&["create", "--dry-run=server", "-f", "-"], &manifest).await?;
        said.stderr = self.plain(&said.stderr);
        Ok(said)
    }

    /// A text without the name of the namespace, which stands before the names of guardrails and S3 buckets.
    pub(crate) fn plain(&self, text: &str) -> String {
        text.replace(&format!("{}-", self.team.namespace), "").replace(&self.team.namespace, "NAMESPACE")
    }
}

/// That long from now, in whole seconds, as Kubernetes writes it.
pub(crate) fn in_time(lasts: SignedDuration) -> String {
    Timestamp::from_second(Timestamp::now().as_second() + lasts.as_secs()).unwrap_or(Timestamp::MAX).to_string()
}

/// A Bucket with the tag `cost-center`.
pub(crate) fn tagged(cost_center: &str) -> Value {
    json!({ "tagging": { "tagSet": [{ "key": "cost-center", "value": cost_center }] } })
}
