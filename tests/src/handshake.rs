//! Which certificate the webhook shows, and who trusts it: a TLS handshake as an API server makes it that has no connection yet.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use kube::Api;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::control_plane::blocking;
use crate::error::{Error, Result};
use crate::install::VALIDATING;
use crate::world::World;

/// How long a handshake may take.
const LIMIT: Duration = Duration::from_mins(1);
/// How long a whole call may take: the `timeoutSeconds` of `/validate` in `deploy/`.
const CALL: Duration = Duration::from_secs(5);

type Cause = Box<dyn std::error::Error + Send + Sync>;
type Stream = StreamOwned<ClientConnection, TcpStream>;

/// Connects to the webhook and trusts these CAs alone; gives the certificate that it shows, or why it is not trusted.
///
/// # Errors
/// The configuration cannot be read.
pub async fn shown(world: &World, trusted: &[CertificateDer<'static>]) -> Result<std::result::Result<CertificateDer<'static>, String>> {
    let (address, _) = configured(&Api::all(world.client().await?)).await?;
    Ok(in_the_background(address, trusted.to_vec(), LIMIT, |stream| leaf(&stream)).await)
}

/// Connects to the webhook and trusts what the configuration says; gives the certificate that it shows.
///
/// # Errors
/// Why that failed.
pub async fn connect(configurations: &Api<ValidatingWebhookConfiguration>) -> std::result::Result<CertificateDer<'static>, String> {
    let (address, trusted) = configured(configurations).await.map_err(|fault| fault.to_string())?;
    in_the_background(address, trusted, LIMIT, |stream| leaf(&stream)).await.map_err(|fault| format!("a handshake failed: {fault}"))
}

/// The same, and then asks `/validate` this, on the new connection.
///
/// # Errors
/// Why that failed, or an answer that is not 200.
pub async fn ask(
    configurations: &Api<ValidatingWebhookConfiguration>,
    review: String,
) -> std::result::Result<CertificateDer<'static>, String> {
    let (address, trusted) = configured(configurations).await.map_err(|fault| fault.to_string())?;
    let asked = in_the_background(address, trusted, CALL, move |mut stream| {
        let head = "POST /validate?timeout=5s HTTP/1.1\r\nHost: webhook\r\nContent-Type: application/json\r\nConnection: close\r\n";
        write!(stream, "{head}Content-Length: {}\r\n\r\n{review}", review.len())?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        if status != *b"HTTP/1.1 200" {
            return Err(String::from_utf8_lossy(&status).into());
        }
        leaf(&stream)
    });
    asked.await.map_err(|fault| format!("a new connection failed: {fault}"))
}

/// Where the webhook is, and whom the API server trusts there.
async fn configured(configurations: &Api<ValidatingWebhookConfiguration>) -> Result<(String, Vec<CertificateDer<'static>>)> {
    let configuration = configurations.get(VALIDATING).await.map_err(Error::kubernetes(format!("read {VALIDATING}")))?;
    let client = configuration.webhooks.into_iter().flatten().next().map(|webhook| webhook.client_config).unwrap_or_default();
    let url = client.url.unwrap_or_default();
    let address = url.strip_prefix("https://").and_then(|rest| rest.split('/').next());
    let address = address.ok_or_else(|| Error::Unexpected { what: "the webhook's address".to_owned(), reason: url.clone() })?;
    Ok((address.to_owned(), certificates(&client.ca_bundle.unwrap_or_default().0)))
}

/// The certificates of a PEM text.
#[must_use]
pub fn certificates(pem: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(pem).filter_map(std::result::Result::ok).collect()
}

async fn in_the_background(
    address: String,
    trusted: Vec<CertificateDer<'static>>,
    limit: Duration,
    then: impl FnOnce(Stream) -> std::result::Result<CertificateDer<'static>, Cause> + Send + 'static,
) -> std::result::Result<CertificateDer<'static>, String> {
    let done = blocking(move || Ok(shake_hands(&address, &trusted, limit).and_then(then).map_err(|fault| fault.to_string()))).await;
    done.unwrap_or_else(|fault| Err(fault.to_string()))
}

fn shake_hands(address: &str, trusted: &[CertificateDer<'static>], limit: Duration) -> std::result::Result<Stream, Cause> {
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
    stream.set_read_timeout(Some(limit))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(connection, stream))
}

fn leaf(stream: &Stream) -> std::result::Result<CertificateDer<'static>, Cause> {
    let chain = stream.conn.peer_certificates().unwrap_or_default();
    chain.first().cloned().map(CertificateDer::into_owned).ok_or_else(|| "no certificate was shown".into())
}
