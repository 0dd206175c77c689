//! One TLS handshake with the own listener.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, Error, RootCertStore};
use rustls_pki_types::CertificateDer;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Called, Fault};

/// The chain that was shown, leaf first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown(Vec<CertificateDer<'static>>);

/// Connects to the listener and trusts nobody but `called` says.
///
/// # Errors
/// [`Fault::Untrusted`] or [`Fault::Unreachable`]; [`Fault::Unusable`] if a CA is none.
pub async fn dial(listener: SocketAddr, called: &Called) -> Result<Shown, Fault> {
    let mut roots = RootCertStore::empty();
    for authority in &called.trusted {
        roots.add(authority.clone()).map_err(|error| Fault::Unusable(format!("a certificate of its caBundle is no CA: {error}")))?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(Fault::Untrusted)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let at = near(listener);
    let shake_hands = async {
        let stream = TcpStream::connect(at).await?;
        TlsConnector::from(Arc::new(config)).connect(called.name.clone(), stream).await
    };
    let stream = shake_hands.await.map_err(|error| fault(at, error))?;
    let (_, connection) = stream.get_ref();
    Ok(Shown(connection.peer_certificates().unwrap_or_default().iter().map(|shown| shown.clone().into_owned()).collect()))
}

/// Where a listener can be reached from here.
fn near(listener: SocketAddr) -> SocketAddr {
    let ip = match listener.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listener.port())
}

fn fault(at: SocketAddr, error: io::Error) -> Fault {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(tls @ Error::InvalidCertificate(_)) => Fault::Untrusted(tls.clone()),
        _ => Fault::Unreachable { at, source: error },
    }
}

impl Shown {
    /// The end of the CA that signed what was shown, in seconds since 1970; the latest if several have its name.
    #[must_use]
    pub fn authority_ends(&self, called: &Called) -> Option<i64> {
        let (_, last) = X509Certificate::from_der(self.0.last()?).ok()?;
        let ends = called.trusted.iter().filter_map(|authority| {
            let (_, authority) = X509Certificate::from_der(authority).ok()?;
            (authority.subject() == last.issuer()).then(|| authority.validity().not_after.timestamp())
        });
        ends.max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listener_on_every_address_is_called_on_loopback() {
        for (listener, called) in [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:2", "[::1]:2"), ("10.0.0.1:3", "10.0.0.1:3")] {
            assert_eq!(near(listener.parse().unwrap()), called.parse().unwrap());
        }
    }
}
