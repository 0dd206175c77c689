//! The webhook's call of itself: whom it trusts, and what it says of a listener that is dead.

use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use tempfile::TempDir;
use webhook::selfcheck::{Called, Fault, dial};

use crate::tls::{Authority, Server};

fn called(name: &'static str, authorities: &[&Authority]) -> Called {
    let trusted = authorities.iter().map(|authority| CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap());
    Called { name: ServerName::try_from(name).unwrap(), trusted: trusted.collect() }
}

async fn serve(authority: &Authority) -> Server {
    let dir = TempDir::new().unwrap();
    authority.sign(dir.path());
    let server = Server::start(dir, Duration::ZERO).await;
    server.until_ready().await;
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_that_holds_the_ca_is_enough_and_the_ca_s_end_is_known() {
    let (authority, another) = (Authority::new(), Authority::new());
    let server = serve(&authority).await;
    let both = called("localhost", &[&another, &authority]);
    let shown = dial(server.at, &both).await.unwrap();
    assert!(shown.authority_ends(&both).is_some_and(|end| end > 1_000_000_000));
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_ca_and_another_name_are_untrusted() {
    let (authority, another) = (Authority::new(), Authority::new());
    let server = serve(&authority).await;
    for way in [called("localhost", &[&another]), called("elsewhere.test", &[&authority])] {
        let fault = dial(server.at, &way).await.unwrap_err();
        assert!(matches!(fault, Fault::Untrusted(_)), "{fault:?}");
        assert_eq!(fault.reason(), "untrusted");
    }
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_listener_is_unreachable() {
    let authority = Authority::new();
    let server = serve(&authority).await;
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
    let fault = dial(server.at, &called("localhost", &[&authority])).await.unwrap_err();
    assert_eq!(fault.reason(), "unreachable", "{fault:?}");
}
