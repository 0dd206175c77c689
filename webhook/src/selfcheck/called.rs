//! How the API server calls a webhook: by which name, and whom it trusts.

use axum::http::Uri;
use k8s_openapi::api::admissionregistration::v1::{ValidatingWebhookConfiguration, WebhookClientConfig};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};

use super::Fault;

/// One way of calling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    /// The name that the certificate has to speak for.
    pub name: ServerName<'static>,
    /// The CAs of the `caBundle`.
    pub trusted: Vec<CertificateDer<'static>>,
}

impl Called {
    /// The ways that a configuration knows, each once.
    ///
    /// # Errors
    /// [`Fault::Unusable`]: there is none, or one lacks a name or a `caBundle`.
    pub fn all(configuration: &ValidatingWebhookConfiguration) -> Result<Vec<Self>, Fault> {
        let mut all = Vec::new();
        for webhook in configuration.webhooks.iter().flatten() {
            let unusable = |why| Fault::Unusable(format!("{} {why}", webhook.name));
            let called = Self::read(&webhook.client_config).map_err(unusable)?;
            if !all.contains(&called) {
                all.push(called);
            }
        }
        if all.is_empty() { Err(Fault::Unusable("it has no webhooks".to_owned())) } else { Ok(all) }
    }

    fn read(client: &WebhookClientConfig) -> Result<Self, &'static str> {
        let host = match (&client.service, &client.url) {
            (Some(service), _) => format!("{}.{}.svc", service.name, service.namespace),
            (None, Some(url)) => url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned)).unwrap_or_default(),
            (None, None) => String::new(),
        };
        // IPv6 addresses stand in brackets in a URL.
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| "names no Service and no host")?;
        let bundle = client.ca_bundle.as_ref().map(|bundle| bundle.0.as_slice()).unwrap_or_default();
        let trusted: Vec<_> =
            CertificateDer::pem_slice_iter(bundle).collect::<Result<_, _>>().map_err(|_| "has a caBundle that is no PEM")?;
        if trusted.is_empty() { Err("has no caBundle") } else { Ok(Self { name, trusted }) }
    }
}

#[cfg(test)]
mod tests {
    use rcgen::generate_simple_self_signed;
    use serde_json::{Value, json};

    use super::*;

    fn all(clients: &[Value]) -> Result<Vec<Called>, String> {
        let webhook = |client| json!({"name": "w", "clientConfig": client, "admissionReviewVersions": [], "sideEffects": "None"});
        let webhooks: Vec<Value> = clients.iter().map(webhook).collect();
        Called::all(&serde_json::from_value(json!({"metadata": {}, "webhooks": webhooks})).unwrap()).map_err(|fault| {
            assert_eq!(fault.reason(), "unreadable");
            fault.to_string()
        })
    }

    fn bundle() -> Value {
        json!(k8s_openapi::ByteString(generate_simple_self_signed(["ca".to_owned()]).unwrap().cert.pem().into_bytes()))
    }

    #[test]
    fn services_and_urls_say_by_which_name() {
        let bundle = bundle();
        let service = json!({"service": {"name": "a", "namespace": "b", "path": "/validate"}, "caBundle": bundle});
        let url = |url: &str| json!({"url": url, "caBundle": bundle});
        let names =
            |clients: &[Value]| -> Vec<String> { all(clients).unwrap().iter().map(|called| called.name.to_str().into_owned()).collect() };
        assert_eq!(names(&[service.clone(), service]), ["a.b.svc"]);
        let urls = [url("https://127.0.0.1:9443/validate"), url("https://hooks.example/x"), url("https://[::1]:9443/")];
        assert_eq!(names(&urls), ["127.0.0.1", "hooks.example", "::1"]);
    }

    #[test]
    fn what_cannot_be_called_is_told() {
        let service = |bundle: Value| json!({"service": {"name": "a", "namespace": "b"}, "caBundle": bundle});
        assert!(all(&[]).unwrap_err().contains("no webhooks"));
        assert!(all(&[json!({"service": {"name": "a", "namespace": "b"}})]).unwrap_err().contains("no caBundle"));
        assert!(all(&[service(json!("Cg=="))]).unwrap_err().contains("no caBundle"));
        let broken = k8s_openapi::ByteString(b"-----BEGIN CERTIFICATE-----\n!".to_vec());
        assert!(all(&[service(json!(broken))]).unwrap_err().contains("caBundle"));
        assert!(all(&[json!({"caBundle": bundle()})]).unwrap_err().contains("no host"));
    }
}
