//! Free ports on loopback.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use crate::error::{Error, Result};

/// How often a start is tried when another process takes a port first.
const ATTEMPTS: u32 = 4;

/// A port of 127.0.0.1 that was free a moment ago. Another process may take it before its user does: whoever starts something on it
/// must be ready to try again with a new one.
///
/// # Errors
/// When the machine has no free port.
pub fn free() -> Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(Error::file("bind a port of", PathBuf::from("127.0.0.1")))
}

/// What `start` starts. It is tried again, with ports that it finds anew, where another process took one in the moment between
/// finding and using it.
///
/// # Errors
/// Those of `start`.
pub async fn retrying<T, F: Future<Output = Result<T>>>(start: impl Fn() -> F) -> Result<T> {
    let mut attempt = 1;
    loop {
        match start().await {
            Err(Error::Ended { tail, .. }) if attempt < ATTEMPTS && was_taken(&tail) => attempt += 1,
            outcome => return outcome,
        }
    }
}

/// True if a log says that the port was taken, so that a second try with another port makes sense.
#[must_use]
pub fn was_taken(log: &str) -> bool {
    log.to_ascii_lowercase().contains("address already in use")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_free_port_can_be_bound() {
        let port = free().expect("a port");
        assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
    }

    #[tokio::test]
    async fn only_a_start_that_lost_its_port_is_tried_again_and_not_for_ever() {
        let tries = |tail: &'static str| async move {
            let tries = std::cell::Cell::new(0);
            let start = || {
                tries.set(tries.get() + 1);
                let fault = Error::Ended { name: "a".to_owned(), status: "1".to_owned(), log: PathBuf::new(), tail: tail.to_owned() };
                std::future::ready(Err::<(), _>(fault))
            };
            retrying(start).await.expect_err("it never starts");
            tries.get()
        };
        assert_eq!(tries("bind: address already in use").await, ATTEMPTS);
        assert_eq!(tries("permission denied").await, 1);
    }

    #[test]
    fn a_taken_port_is_recognised_in_a_log() {
        assert!(was_taken("listen tcp 127.0.0.1:2379: bind: address already in use"));
        assert!(!was_taken("permission denied"));
    }
}
