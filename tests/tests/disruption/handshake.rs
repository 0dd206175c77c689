//! Which certificate the webhook shows, and who trusts it: a TLS handshake as the API server makes it.

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::Api;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};
use tests::error::{Error, Result};
use tests::install::VALIDATING;
use tests::world::World;

use crate::buckets::unexpected;

/// Connects to the webhook and trusts these CAs alone; gives the certificate that it shows, or why it is not trusted.
pub(crate) async fn shown(
    world: &World,
    trusted: &[CertificateDer<'static>],
) -> Result<std::result::Result<CertificateDer<'static>, String>> {
    let (address, _) = configured(&Api::all(world.client().await?)).await?;
    Ok(shake_hands(&address, trusted).map_err(|fault| fault.to_string()))
}

/// Connects to the webhook as an API server does that has no connection to it yet: it trusts what the configuration says.
pub(crate) async fn connect(configurations: &Api<ValidatingWebhookConfiguration>) -> std::result::Result<(), String> {
    let (address, trusted) = configured(configurations).await.map_err(|fault| fault.to_string())?;
    shake_hands(&address, &trusted).map(drop).map_err(|fault| format!("a handshake failed: {fault}"))
}

/// Where the webhook is, and whom the API server trusts there.
async fn configured(configurations: &Api<ValidatingWebhookConfiguration>) -> Result<(String, Vec<CertificateDer<'static>>)> {
    let configuration = configurations.get(VALIDATING).await.map_err(Error::kubernetes(format!("read {VALIDATING}")))?;
    let client = configuration.webhooks.into_iter().flatten().next().map(|webhook| webhook.client_config).unwrap_or_default();
    let url = client.url.unwrap_or_default();
    let address = url.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let address = address.ok_or_else(|| unexpected("the webhook's address", &url))?;
    Ok((address.to_owned(), certificates(&client.ca_bundle.unwrap_or_default().0)))
}

/// The certificates of a PEM text.
pub(crate) fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(std::result::Result::ok).collect()
}

type Cause = Box<dyn std::error::Error>;

fn shake_hands(address: &str, trusted: &[CertificateDer<'static>]) -> std::result::Result<CertificateDer<'static>, Cause> {
    let mut roots = RootCertStore::empty();
    for authority in trusted {
        roots.add(authority.clone())?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), ServerName::try_from("127.0.0.1")?)?;
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let chain = connection.peer_certificates().unwrap_or_default();
    chain.first().cloned().map(CertificateDer::into_owned).ok_or_else(|| "no certificate was shown".into())
}
