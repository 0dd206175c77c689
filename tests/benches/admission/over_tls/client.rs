//! One TLS connection that asks again and again, as the API server does over HTTP/1.1.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};

use crate::Fault;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What ends the head of an answer.
const END: &[u8] = b"\r\n\r\n";

/// An open connection.
pub(super) struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: &'static str,
}

impl Connection {
    pub(super) fn open(at: SocketAddr, host: &'static str, trust: &Arc<ClientConfig>) -> Result<Self, Fault> {
        let connection = ClientConnection::new(Arc::clone(trust), ServerName::try_from(host)?)?;
        let stream = TcpStream::connect(at)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { stream: StreamOwned::new(connection, stream), host })
    }

    /// Sends a review; gives the body of the answer.
    pub(super) fn ask(&mut self, review: &[u8]) -> Result<Vec<u8>, Fault> {
        let length = review.len();
        let host = self.host;
        let mut request = format!(
            "POST /validate?timeout=5s HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        request.extend_from_slice(review);
        self.stream.write_all(&request)?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Vec<u8>, Fault> {
        let mut answer = Vec::with_capacity(4096);
        loop {
            let mut piece = [0; 4096];
            let read = self.stream.read(&mut piece)?;
            answer.extend(piece.get(..read).unwrap_or_default());
            let head = answer.windows(END.len()).position(|window| window == END);
            let body = head.map(|head| head + END.len());
            if let (Some(head), Some(body)) = (head, body)
                && answer.len() >= body + length(answer.get(..head).unwrap_or_default())?
            {
                return Ok(answer.split_off(body));
            }
            if read == 0 {
                return Err("the server closed the connection".into());
            }
        }
    }
}

/// The length that the head of an answer tells.
fn length(head: &[u8]) -> Result<usize, Fault> {
    let head = String::from_utf8_lossy(head).to_lowercase();
    let told = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    Ok(told.ok_or("the answer tells no length")?.trim().parse()?)
}
