//! The `caBundle` of our webhook configurations: by it kube-apiserver trusts the webhook's certificate. It is written with server-side
//! apply, so that only this one field is ours and another writer of it shows as a conflict.

use jiff::Timestamp;
use k8s_openapi::{
    ByteString,
    api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration},
};
use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// The field manager.
pub const MANAGER: &str = "cooper-certs";
/// The label that a webhook configuration must carry to be written.
const LABEL: (&str, &str) = ("app.kubernetes.io/part-of", "cooper");

/// A kind of webhook configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// ValidatingWebhookConfiguration.
    Validating,
    /// MutatingWebhookConfiguration.
    Mutating,
}

/// The webhook configurations to write.
#[derive(Clone)]
pub struct Targets {
    client: Client,
    names: Vec<(Kind, String)>,
    force: bool,
}

/// What became of one webhook configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injected {
    /// Kind and name.
    pub object: String,
    /// Whether it was written just now.
    pub changed: bool,
    /// Since when it has this bundle; `None` if somebody else wrote it, so that the time is not known.
    pub since: Option<Timestamp>,
}

impl Targets {
    /// The configurations with these names. `force` takes the field over from another field manager.
    #[must_use]
    pub fn new(client: Client, names: Vec<(Kind, String)>, force: bool) -> Self {
        Self { client, names, force }
    }

    /// Makes `bundle` (PEM) the `caBundle` of every webhook in every configuration, where it is not yet.
    ///
    /// # Errors
    /// [`Error::NotOurs`], [`Error::Shape`] or [`Error::Api`]. The configurations before the failing one are written.
    pub async fn inject(&self, bundle: &str, now: Timestamp) -> Result<Vec<Injected>> {
        let mut done = Vec::with_capacity(self.names.len());
        for (kind, name) in &self.names {
            done.push(self.inject_one(*kind, name, bundle, now).await?);
        }
        Ok(done)
    }

    async fn inject_one(&self, kind: Kind, name: &str, bundle: &str, now: Timestamp) -> Result<Injected> {
        let object = format!("{} {name}", kind.name());
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &kind.resource());
        let found = api.get(name).await.map_err(Error::api(format!("get {object}")))?;
        let Some(patch) = patch(kind, name, &found, bundle)? else {
            return Ok(Injected { since: written(&found), object, changed: false });
        };
        let mut params = PatchParams::apply(MANAGER);
        params.force = self.force;
        api.patch(name, &params, &Patch::Apply(patch)).await.map_err(Error::api(format!("write caBundle of {object}")))?;
        Ok(Injected { object, changed: true, since: Some(now) })
    }
}

impl Kind {
    /// The kind's name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Validating => "ValidatingWebhookConfiguration",
            Self::Mutating => "MutatingWebhookConfiguration",
        }
    }

    fn resource(self) -> ApiResource {
        match self {
            Self::Validating => ApiResource::erase::<ValidatingWebhookConfiguration>(&()),
            Self::Mutating => ApiResource::erase::<MutatingWebhookConfiguration>(&()),
        }
    }
}

/// The patch that gives every webhook the bundle, or `None` where every one has it.
fn patch(kind: Kind, name: &str, found: &DynamicObject, bundle: &str) -> Result<Option<Value>> {
    let labels = found.metadata.labels.as_ref();
    if labels.and_then(|labels| labels.get(LABEL.0)).is_none_or(|value| value != LABEL.1) {
        return Err(Error::NotOurs { kind: kind.name(), name: name.to_owned(), label: "app.kubernetes.io/part-of=cooper" });
    }
    let wanted = json!(ByteString(bundle.as_bytes().to_vec()));
    let webhooks = found.data.get("webhooks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let shape = |why: &str| Error::Shape { object: format!("{} {name}", kind.name()), why: why.to_owned() };
    if webhooks.is_empty() {
        return Err(shape("it has no webhooks; apply deploy/webhook again"));
    }
    if webhooks.iter().all(|webhook| webhook.pointer("/clientConfig/caBundle") == Some(&wanted)) {
        return Ok(None);
    }
    let entry = |webhook: &Value| {
        let name = webhook.get("name").and_then(Value::as_str).ok_or_else(|| shape("one of its webhooks has no name"))?;
        Ok(json!({"name": name, "clientConfig": {"caBundle": wanted}}))
    };
    let webhooks = webhooks.iter().map(entry).collect::<Result<Vec<_>>>()?;
    Ok(Some(json!({
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": kind.name(),
        "metadata": {"name": name},
        "webhooks": webhooks,
    })))
}

/// When we last wrote the configuration.
fn written(found: &DynamicObject) -> Option<Timestamp> {
    let fields = found.metadata.managed_fields.as_ref()?;
    fields.iter().filter(|entry| entry.manager.as_deref() == Some(MANAGER)).filter_map(|entry| Some(entry.time.as_ref()?.0)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configuration(part_of: &str, bundles: &[Option<&str>]) -> DynamicObject {
        let webhook = |(at, bundle): (usize, Option<&str>)| {
            let mut config = json!({"service": {"name": "cooper-webhook", "namespace": "cooper-system"}});
            if let Some(bundle) = bundle {
                config["caBundle"] = json!(ByteString(bundle.as_bytes().to_vec()));
            }
            json!({"name": format!("w{at}.example.org"), "clientConfig": config})
        };
        serde_json::from_value(json!({
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": "ValidatingWebhookConfiguration",
            "metadata": {"name": "v", "labels": {"app.kubernetes.io/part-of": part_of}, "managedFields": [
                {"manager": "kubectl", "operation": "Update", "time": "2026-01-03T00:00:00Z"},
                {"manager": MANAGER, "operation": "Apply", "time": "2026-01-02T00:00:00Z"},
            ]},
            "webhooks": bundles.iter().copied().enumerate().map(webhook).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    #[test]
    fn every_webhook_gets_the_bundle_and_nothing_else_is_claimed() {
        let found = configuration("cooper", &[None, Some("old"), Some("new")]);
        let patch = patch(Kind::Validating, "v", &found, "new").unwrap().unwrap();
        let entry = |name: &str| json!({"name": name, "clientConfig": {"caBundle": "bmV3"}});
        assert_eq!(patch["webhooks"], json!([entry("w0.example.org"), entry("w1.example.org"), entry("w2.example.org")]));
        assert_eq!(patch["metadata"], json!({"name": "v"}));
    }

    #[test]
    fn nothing_is_written_where_every_webhook_has_the_bundle() {
        let found = configuration("cooper", &[Some("new"), Some("new")]);
        assert_eq!(patch(Kind::Validating, "v", &found, "new").unwrap(), None);
        assert_eq!(written(&found), Some("2026-01-02T00:00:00Z".parse().unwrap()));
    }

    #[test]
    fn the_configuration_of_others_is_left_alone() {
        let error = patch(Kind::Validating, "v", &configuration("other", &[None]), "new").unwrap_err();
        assert!(matches!(error, Error::NotOurs { .. }));
        assert!(error.to_string().contains("app.kubernetes.io/part-of=cooper"), "{error}");
    }

    #[test]
    fn a_configuration_without_webhooks_is_an_error() {
        let error = patch(Kind::Validating, "v", &configuration("cooper", &[]), "new").unwrap_err();
        assert_eq!(error.exit_code(), 3);
    }
}
