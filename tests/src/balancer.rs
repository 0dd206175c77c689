//! What a Service is to its clients: one address, behind which each new connection goes to a replica that is ready. Bytes pass as they
//! are, so TLS is between client and replica.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

use crate::error::{Error, Result};
use crate::http;

/// How often each replica is asked whether it is ready. (The kubelet asks every two seconds; a pod that ends leaves the Service at once.)
const EVERY: Duration = Duration::from_millis(500);

/// The address, before anybody is served.
#[derive(Debug)]
pub struct Balancer {
    listener: std::net::TcpListener,
    port: u16,
}

/// One process behind it.
#[derive(Debug)]
pub struct Replica {
    address: SocketAddr,
    ready_url: String,
    ready: AtomicBool,
}

/// What is behind it. Clones are one.
#[derive(Debug, Clone)]
pub struct Replicas {
    all: Arc<[Replica]>,
    lost: Arc<AtomicUsize>,
}

impl Replicas {
    /// None of them is ready yet.
    #[must_use]
    pub fn new(all: Vec<Replica>) -> Self {
        Self { all: all.into(), lost: Arc::default() }
    }

    /// Waits until the balancer sends connections to the one with this number. A process that is ready is not yet known to be: whoever
    /// stops the next one has to wait for that, as a Deployment does.
    pub async fn in_service(&self, number: usize) {
        while self.all.get(number).is_some_and(|replica| !replica.ready.load(Ordering::Acquire)) {
            tokio::time::sleep(EVERY / 10).await;
        }
    }

    /// How many connections found no replica.
    #[must_use]
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::Relaxed)
    }
}

impl Replica {
    /// A replica that listens at this port of 127.0.0.1 and answers 200 at this URL while it is ready.
    #[must_use]
    pub fn new(port: u16, ready_url: &str) -> Self {
        Self { address: (Ipv4Addr::LOCALHOST, port).into(), ready_url: ready_url.to_owned(), ready: AtomicBool::new(false) }
    }

    /// Asks again and again.
    async fn probe(&self) {
        loop {
            let ready = matches!(http::get(&self.ready_url).await, Ok((200, _)));
            self.ready.store(ready, Ordering::Release);
            tokio::time::sleep(EVERY).await;
        }
    }
}

impl Balancer {
    /// Takes a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When the machine has none.
    pub fn bind() -> Result<Self> {
        let bound = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| {
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            Ok(Self { listener, port })
        });
        bound.map_err(Error::file("bind a port of", PathBuf::from("127.0.0.1")))
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Serves for ever; run it in the background. Replicas take turns. A connection is refused while none is ready.
    pub async fn serve(self, replicas: Replicas) {
        let listener = match TcpListener::from_std(self.listener) {
            Ok(listener) => listener,
            Err(fault) => return tracing::error!(%fault, "the balancer cannot listen"),
        };
        for number in 0..replicas.all.len() {
            let all = Arc::clone(&replicas.all);
            tokio::spawn(async move {
                if let Some(replica) = all.get(number) {
                    replica.probe().await;
                }
            });
        }
        let turn = AtomicUsize::new(0);
        loop {
            let Ok((client, _)) = listener.accept().await else { continue };
            let (address, lost) = (next(&replicas.all, &turn), Arc::clone(&replicas.lost));
            tokio::spawn(async move {
                if !pass(client, address).await {
                    lost.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
    }
}

/// The next one in turn that is ready.
fn next(replicas: &[Replica], turn: &AtomicUsize) -> Option<SocketAddr> {
    let ready: Vec<_> = replicas.iter().filter(|replica| replica.ready.load(Ordering::Acquire)).collect();
    let number = turn.fetch_add(1, Ordering::Relaxed).checked_rem(ready.len())?;
    ready.get(number).map(|replica| replica.address)
}

/// Passes all bytes. False if there is no replica; the client's connection is then dropped.
async fn pass(mut client: TcpStream, address: Option<SocketAddr>) -> bool {
    let Some(address) = address else { return false };
    let Ok(mut replica) = TcpStream::connect(address).await else { return false };
    // One side ended early: the other one learns of it by the drop.
    let _ = copy_bidirectional(&mut client, &mut replica).await;
    true
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// Says its name to everybody who connects, and is ready.
    async fn replica(name: &'static str) -> Replica {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                stream.write_all(name.as_bytes()).await.expect("it is read");
            }
        });
        let replica = Replica::new(port, "http://127.0.0.1:1/readyz");
        replica.ready.store(true, Ordering::Release);
        replica
    }

    #[tokio::test]
    async fn connections_take_turns_and_none_goes_to_a_replica_that_is_not_ready() {
        let replicas = [replica("a").await, replica("b").await];
        let turn = AtomicUsize::new(0);
        let hear = || async {
            let mut said = String::new();
            let mut stream = TcpStream::connect(next(&replicas, &turn).expect("one is ready")).await.expect("it listens");
            stream.read_to_string(&mut said).await.expect("it speaks");
            said
        };
        let mut heard = [hear().await, hear().await];
        heard.sort_unstable();
        assert_eq!(heard, ["a", "b"]);
        replicas[0].ready.store(false, Ordering::Release);
        assert_eq!([hear().await, hear().await], ["b", "b"]);
        replicas[1].ready.store(false, Ordering::Release);
        assert_eq!(next(&replicas, &turn), None);
    }

    #[tokio::test]
    async fn a_replica_is_in_service_once_the_balancer_knows_that_it_is_ready() {
        let one = replica("a").await;
        one.ready.store(false, Ordering::Release);
        let replicas = Replicas::new(vec![one]);
        let waiting = tokio::spawn({
            let replicas = replicas.clone();
            async move { replicas.in_service(0).await }
        });
        tokio::time::sleep(EVERY / 5).await;
        assert!(!waiting.is_finished());
        replicas.all[0].ready.store(true, Ordering::Release);
        waiting.await.expect("it ends");
    }

    #[tokio::test]
    async fn without_a_replica_a_connection_ends() {
        let balancer = Balancer::bind().expect("a port");
        let port = balancer.port();
        let replicas = Replicas::new(Vec::new());
        tokio::spawn(balancer.serve(replicas.clone()));
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("it listens");
        assert!(matches!(stream.read(&mut [0; 1]).await, Ok(0) | Err(_)));
        while replicas.lost() == 0 {
            tokio::task::yield_now().await;
        }
    }
}
