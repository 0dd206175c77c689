//! The handlers behind real TLS, with connections that are kept open as the API server keeps them.

mod client;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use axum_server::tls_rustls::{RustlsConfig, from_tcp_rustls};
use rcgen::CertifiedKey;
use rustls::{ClientConfig, RootCertStore};
use shared::serve::{Readiness, limited};
use tests::background::Background;
use tokio_util::sync::CancellationToken;
use webhook::app::SERVING;

use self::client::Connection;
use crate::Fault;
use crate::figures::{Comparison, Figures};
use crate::handlers::{self, COUNT};
use crate::in_process::check;
use crate::reviews::Review;

/// How often the handlers take turns.
const TURNS: u32 = 4;
/// The name in the certificate.
const HOST: &str = "localhost";

/// Measures all with so many reviews each, over so many connections at once.
pub(crate) fn compare(review: &Review, requests: u32, connections: u32) -> Result<Comparison, Fault> {
    let servers = Servers::start()?;
    let mut comparison = Comparison::new(review, false)?;
    let each = (requests / TURNS / connections).max(1);
    for turn in 0..=TURNS {
        for ((at, allowed), figures) in servers.at.into_iter().zip(review.allowed).zip(&mut comparison.handlers) {
            let began = Instant::now();
            let seen = load(&servers, at, review, allowed, each, connections)?;
            // The first turn warms up.
            if turn > 0 {
                figures.turn(began.elapsed());
                seen.iter().try_for_each(|seen| figures.merge(seen))?;
            }
        }
    }
    Ok(comparison)
}

/// One thread for each connection.
fn load(servers: &Servers, at: SocketAddr, review: &Review, allowed: bool, each: u32, connections: u32) -> Result<Vec<Figures>, Fault> {
    let one = || {
        let mut connection = Connection::open(at, HOST, &servers.trust)?;
        check(&connection.ask(&review.body)?, allowed)?;
        let mut figures = Figures::new()?;
        for _ in 0..each {
            let asked = Instant::now();
            connection.ask(&review.body)?;
            figures.add(asked.elapsed());
        }
        Ok::<_, Fault>(figures)
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..connections).map(|_| scope.spawn(one)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a client panicked".into()))).collect()
    })
}

/// All handlers, each on a port, with one certificate. They end when this is dropped.
struct Servers {
    at: [SocketAddr; COUNT],
    trust: Arc<ClientConfig>,
    _background: Background,
}

impl Servers {
    fn start() -> Result<Self, Fault> {
        let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed([HOST.to_owned()])?;
        let mut roots = RootCertStore::empty();
        roots.add(cert.der().clone())?;
        let trust = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();

        let background = Background::start()?;
        let (ours, guarded) = (handlers::validate(false)?, handlers::validate(true)?);
        let (listeners, at) = listen()?;
        let (certificate, key) = (cert.pem().into_bytes(), signing_key.serialize_pem().into_bytes());
        background.spawn(async move {
            let served = async {
                let config = RustlsConfig::from_pem(certificate, key).await?;
                let [plain_at, ours_at, guarded_at] = listeners;
                let serve = async |listener, app| {
                    let listener = tokio::net::TcpListener::from_std(listener)?;
                    let readiness = Readiness::new(&[SERVING]);
                    webhook::tls::serve(listener, config.clone(), app, readiness, Duration::ZERO, CancellationToken::new()).await
                };
                let plain = limited(from_tcp_rustls(plain_at, config.clone())?).serve(handlers::plain().into_make_service());
                futures::future::try_join3(plain, serve(ours_at, ours), serve(guarded_at, guarded)).await
            };
            if let Err(fault) = served.await {
                eprintln!("admission: serving ended: {fault}");
            }
        });
        Ok(Self { at, trust: Arc::new(trust), _background: background })
    }
}

fn listen() -> std::io::Result<([TcpListener; COUNT], [SocketAddr; COUNT])> {
    let one = || {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Ok::<_, std::io::Error>((listener.local_addr()?, listener))
    };
    let [(plain, one), (ours, two), (guarded, three)] = [one()?, one()?, one()?];
    Ok(([one, two, three], [plain, ours, guarded]))
}
