//! The real listener: handshakes, certificates that change, and the end.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use shared::serve::Readiness;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use webhook::tls::{self, CERTIFICATE, Certificates};

use crate::world::{World, bucket, create};

type Stream = StreamOwned<ClientConnection, TcpStream>;

pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Puts a new leaf and its key into the folder; gives the leaf.
    pub(crate) fn sign(&self, dir: &Path) -> Vec<u8> {
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &self.0).unwrap();
        std::fs::write(dir.join("tls.key"), key.serialize_pem()).unwrap();
        std::fs::write(dir.join("tls.crt"), leaf.pem()).unwrap();
        leaf.der().to_vec()
    }

    /// Its certificate, as a `caBundle` holds it.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    fn connect(&self, at: SocketAddr) -> Stream {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
        let stream = TcpStream::connect(at).unwrap();
        stream.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        StreamOwned::new(connection, stream)
    }
}

/// Sends a review and reads the head of the answer and its body; leaves the connection open.
fn ask(stream: &mut Stream) -> String {
    let body = create(&bucket("good-bucket")).to_string();
    let head = format!(
        "POST /validate?timeout=5s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !answer.ends_with(b"}}") {
        let read = stream.read(&mut piece).unwrap();
        assert!(read > 0, "closed after {}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&piece[..read]);
    }
    String::from_utf8(answer).unwrap()
}

fn leaf(stream: &Stream) -> Vec<u8> {
    stream.conn.peer_certificates().unwrap()[0].to_vec()
}

pub(crate) struct Server {
    pub(crate) at: SocketAddr,
    dir: TempDir,
    pub(crate) world: World,
    readiness: Readiness,
    pub(crate) stop: CancellationToken,
    pub(crate) task: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    /// Starts with whatever is in the folder, even nothing; looks at it 50 times a second.
    pub(crate) async fn start(dir: TempDir, drain: Duration) -> Self {
        let world = World::new();
        let readiness = Readiness::new(&[CERTIFICATE, webhook::app::SERVING]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let certificates = Certificates {
            dir: dir.path().to_owned(),
            poll: Duration::from_millis(20),
            metrics: world.metrics.clone(),
            readiness: readiness.clone(),
        };
        let (app, ready, stopped) = (Arc::clone(&world.app), readiness.clone(), stop.clone());
        let task = tokio::spawn(async move {
            let (config, seen) = certificates.first().await;
            tokio::select! {
                served = tls::serve(listener, config.clone(), app, ready, drain, stopped) => served,
                () = certificates.follow(config, seen) => Ok(()),
            }
        });
        Self { at, dir, world, readiness, stop, task }
    }

    async fn until(&self, what: &str, done: impl Fn(&Self) -> bool) {
        let start = Instant::now();
        while !done(self) {
            assert!(start.elapsed() < Duration::from_mins(1), "{what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub(crate) async fn until_ready(&self) {
        self.until("ready", |server| server.readiness.missing().is_empty()).await;
    }

    fn reloads(&self, result: &str) -> f64 {
        self.world.metric(&format!("cooper_certificate_reloads_total{{result=\"{result}\"}}")).unwrap()
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_certificate_serves_new_connections_and_open_ones_stay() {
    let dir = TempDir::new().unwrap();
    let authority = Arc::new(Authority::new());
    let first = authority.sign(dir.path());
    let server = Server::start(dir, Duration::ZERO).await;
    server.until_ready().await;
    let (at, issuer) = (server.at, Arc::clone(&authority));
    let mut open = blocking(move || {
        let mut stream = issuer.connect(at);
        assert!(ask(&mut stream).starts_with("HTTP/1.1 200"));
        stream
    })
    .await;
    assert_eq!(leaf(&open), first);
    assert!(server.world.metric(r#"cooper_certificate_expiry_timestamp_seconds{kind="leaf"}"#).unwrap() > 1e9);

    let second = authority.sign(server.dir.path());
    server.until("the second certificate", |server| server.reloads("success") > 1.5).await;
    let (at, issuer) = (server.at, Arc::clone(&authority));
    let (old, new) = blocking(move || {
        let mut stream = issuer.connect(at);
        assert!(ask(&mut stream).starts_with("HTTP/1.1 200"));
        assert!(ask(&mut open).starts_with("HTTP/1.1 200"), "the open connection still works");
        (leaf(&open), leaf(&stream))
    })
    .await;
    assert_eq!((old, new), (first, second));
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_certificate_is_counted_and_the_old_one_stays() {
    let dir = TempDir::new().unwrap();
    let authority = Arc::new(Authority::new());
    let first = authority.sign(dir.path());
    let server = Server::start(dir, Duration::ZERO).await;
    server.until_ready().await;

    let broken: [(&str, &[u8]); 3] = [("tls.crt", b"garbage"), ("tls.crt", b""), ("tls.key", b"garbage")];
    for (done, (file, contents)) in broken.into_iter().enumerate() {
        let errors = server.reloads("error");
        std::fs::write(server.dir.path().join(file), contents).unwrap();
        server.until("the error is counted", |server| server.reloads("error") > errors).await;
        let (at, issuer) = (server.at, Arc::clone(&authority));
        let leaf = blocking(move || {
            let mut stream = issuer.connect(at);
            ask(&mut stream);
            leaf(&stream)
        })
        .await;
        assert_eq!(leaf, first, "{done}");
    }
    let errors = server.reloads("error");
    std::fs::remove_file(server.dir.path().join("tls.key")).unwrap();
    server.until("the missing key is counted", |server| server.reloads("error") > errors).await;
    assert!(server.readiness.missing().is_empty(), "it still serves");

    let second = authority.sign(server.dir.path());
    server.until("the good pair is taken", |server| server.reloads("success") > 1.5).await;
    let at = server.at;
    let leaf = blocking(move || {
        let mut stream = authority.connect(at);
        ask(&mut stream);
        leaf(&stream)
    })
    .await;
    assert_eq!(leaf, second);
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_certificate_it_waits_and_says_so() {
    let server = Server::start(TempDir::new().unwrap(), Duration::ZERO).await;
    server.until("the error is counted", |server| server.reloads("error") > 0.5).await;
    assert_eq!(server.readiness.missing(), ["certificate", "serving"]);
    let authority = Authority::new();
    authority.sign(server.dir.path());
    server.until_ready().await;
    let at = server.at;
    blocking(move || assert!(ask(&mut authority.connect(at)).starts_with("HTTP/1.1 200"))).await;
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_announced_and_fails_no_call() {
    let dir = TempDir::new().unwrap();
    let authority = Arc::new(Authority::new());
    authority.sign(dir.path());
    let server = Server::start(dir, Duration::from_secs(1)).await;
    server.until_ready().await;
    let (at, issuer) = (server.at, Arc::clone(&authority));
    let mut kept = blocking(move || {
        let mut stream = issuer.connect(at);
        assert!(!ask(&mut stream).to_lowercase().contains("connection: close"));
        stream
    })
    .await;
    server.stop.cancel();
    server.until("readiness goes", |server| server.readiness.missing() == ["serving"]).await;
    let (at, issuer) = (server.at, Arc::clone(&authority));
    blocking(move || {
        assert!(ask(&mut kept).to_lowercase().contains("connection: close"), "answered on the open connection, which then closes");
        assert_eq!(kept.read(&mut [0; 1]).unwrap(), 0);
        assert!(ask(&mut issuer.connect(at)).starts_with("HTTP/1.1 200"), "new connections are served during the drain");
    })
    .await;
    server.task.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.at).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_tls_does_no_harm() {
    let dir = TempDir::new().unwrap();
    let authority = Authority::new();
    authority.sign(dir.path());
    let server = Server::start(dir, Duration::ZERO).await;
    server.until_ready().await;
    let at = server.at;
    blocking(move || {
        let mut plain = TcpStream::connect(at).unwrap();
        plain.write_all(b"GET /validate HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        plain.set_read_timeout(Some(Duration::from_mins(1))).unwrap();
        let _ = plain.read_to_end(&mut Vec::new());
        let silent = TcpStream::connect(at).unwrap();
        let mut stream = authority.connect(at);
        assert!(ask(&mut stream).starts_with("HTTP/1.1 200"));
        drop(silent);
    })
    .await;
    server.stop.cancel();
    server.task.await.unwrap().unwrap();
}
