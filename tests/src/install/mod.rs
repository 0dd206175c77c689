//! Installs Cooper from `deploy/` as a user would (`kubectl apply -k deploy/`), with one change: there is no Service network on
//! loopback, so what the webhook configurations call by `service` is called by `url`.

mod deployment;

use serde_json::{Value, json};

pub use self::deployment::{Deployment, with_flag};
use crate::error::{Error, Result};
use crate::kubectl::Kubectl;
use crate::places;

/// The namespace that `deploy/` installs into.
pub const NAMESPACE: &str = "cooper-system";
/// The Secret from which the webhook's pods mount their certificate.
pub const SECRET: &str = "cooper-webhook-tls";
/// The name of the ValidatingWebhookConfiguration in `deploy/`.
pub const VALIDATING: &str = "cooper-validation";
/// The name of the MutatingWebhookConfiguration in `deploy/`.
pub const MUTATING: &str = "cooper-defaults";

/// The manifests of `deploy/`, as `kubectl kustomize` renders them.
#[derive(Debug, Clone, PartialEq)]
pub struct Manifests {
    objects: Vec<Value>,
}

impl Manifests {
    /// Renders `deploy/`.
    ///
    /// # Errors
    /// When kustomize refuses it or gives something that is not YAML.
    pub async fn render(kubectl: &Kubectl) -> Result<Self> {
        let folder = places::workspace().join("deploy");
        let output = kubectl.run(&["kustomize", &folder.display().to_string()]).await?.ok()?;
        Self::parse(&output.stdout)
    }

    fn parse(yaml: &str) -> Result<Self> {
        let objects = serde_saphyr::from_multiple(yaml)
            .map_err(|fault| Error::Unexpected { what: "what kubectl kustomize deploy/ renders".to_owned(), reason: fault.to_string() })?;
        Ok(Self { objects })
    }

    /// The same with webhooks at `https://127.0.0.1:PORT` and the paths that their Service has.
    #[must_use]
    pub fn with_webhook_at(mut self, port: u16) -> Self {
        let configurations = self.objects.iter_mut().filter(|object| kind(object).ends_with("WebhookConfiguration"));
        let webhooks = configurations.filter_map(|object| object["webhooks"].as_array_mut()).flatten();
        for client in webhooks.filter_map(|webhook| webhook["clientConfig"].as_object_mut()) {
            if let Some(service) = client.remove("service") {
                let path = service["path"].as_str().unwrap_or("/");
                client.insert("url".to_owned(), json!(format!("https://127.0.0.1:{port}{path}")));
            }
        }
        self
    }

    /// Only the objects of these kinds.
    #[must_use]
    pub fn only(mut self, kinds: &[&str]) -> Self {
        self.objects.retain(|object| kinds.contains(&kind(object)));
        self
    }

    /// All but the objects of these kinds.
    #[must_use]
    pub fn without(mut self, kinds: &[&str]) -> Self {
        self.objects.retain(|object| !kinds.contains(&kind(object)));
        self
    }

    /// Applies all, then waits until the API server serves the custom resources.
    ///
    /// # Errors
    /// When an object is refused; the text has what kubectl said.
    pub async fn apply(&self, kubectl: &Kubectl) -> Result<()> {
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": self.objects });
        kubectl.apply(&list.to_string()).await?;
        let names = self.objects.iter().filter(|object| kind(object) == "CustomResourceDefinition").filter_map(name);
        let resources = names.map(|name| format!("crd/{name}")).collect::<Vec<_>>();
        let mut wait = vec!["wait", "--for=condition=Established", "--timeout=60s"];
        wait.extend(resources.iter().map(String::as_str));
        kubectl.run(&wait).await?.ok().map(drop)
    }

    /// What the Deployment `name` runs.
    ///
    /// # Errors
    /// When there is none, or when it has not exactly one container.
    pub fn deployment(&self, deployment: &str) -> Result<Deployment> {
        let found = self.objects.iter().find(|object| kind(object) == "Deployment" && name(object) == Some(deployment));
        found.and_then(Deployment::read).ok_or_else(|| Error::Unexpected {
            what: "deploy/".to_owned(),
            reason: format!("it has no Deployment {deployment} with exactly one container"),
        })
    }
}

fn kind(object: &Value) -> &str {
    object["kind"].as_str().unwrap_or_default()
}

fn name(object: &Value) -> Option<&str> {
    object["metadata"]["name"].as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    const YAML: &str = "
kind: ValidatingWebhookConfiguration
metadata: {name: ours}
webhooks:
- name: a
  clientConfig: {service: {name: cooper-webhook, namespace: cooper-system, path: /validate, port: 443}}
- name: b
  clientConfig: {url: https://elsewhere/x}
---
kind: Deployment
metadata: {name: cooper-webhook}
spec: {template: {spec: {containers: [{args: [--listen=0.0.0.0:9443], env: [{name: A, value: b}]}]}}}
";

    #[test]
    fn only_services_become_urls() {
        let manifests = Manifests::parse(YAML).expect("YAML").with_webhook_at(7443);
        let webhooks = &manifests.objects[0]["webhooks"];
        assert_eq!(webhooks[0]["clientConfig"], json!({ "url": "https://127.0.0.1:7443/validate" }));
        assert_eq!(webhooks[1]["clientConfig"], json!({ "url": "https://elsewhere/x" }));
    }

    #[test]
    fn the_deployment_tells_what_to_run() {
        let manifests = Manifests::parse(YAML).expect("YAML");
        let deployment = manifests.deployment("cooper-webhook").expect("it is there");
        assert_eq!(deployment.args, ["--listen=0.0.0.0:9443"]);
        assert!(manifests.deployment("none").is_err());
        assert_eq!(manifests.only(&["Deployment"]).objects.len(), 1);
    }
}
