//! Free ports on loopback.

use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use crate::error::{Error, Result};

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

    #[test]
    fn a_taken_port_is_recognised_in_a_log() {
        assert!(was_taken("listen tcp 127.0.0.1:2379: bind: address already in use"));
        assert!(!was_taken("permission denied"));
    }
}
