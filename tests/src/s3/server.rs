//! The listener: HTTP/1.1 on loopback, with limits on bodies and times.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use super::admin;
use super::engine::Engine;
use super::error::S3Error;
use super::faults::Body;
use super::reply::{self, Dialect};
use super::request::Request;

/// The largest body; S3's largest configuration is 2 MB.
const MOST_BYTES: usize = 8 << 20;
/// How long a caller may take to send a head or a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// The way to the model itself; no bucket can have this name.
const MODEL: &str = "/_model/";

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the model was told to cut this connection")]
struct Cut;

/// Serves for ever.
pub(crate) async fn serve(engine: Arc<Engine>, listener: TcpListener) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) if peer.ip().is_loopback() => drop(tokio::spawn(connection(Arc::clone(&engine), stream))),
            Ok(_) => {}
            // Out of file descriptors: wait for connections to end.
            Err(error) => {
                tracing::warn!(%error, "the S3 model could not accept a connection");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn connection(engine: Arc<Engine>, stream: TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let service = service_fn(move |request| handle(Arc::clone(&engine), request));
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    if let Err(error) = builder.serve_connection(TokioIo::new(stream), service).await {
        tracing::debug!(%error, "a connection to the S3 model ended early");
    }
}

async fn handle(engine: Arc<Engine>, request: hyper::Request<Incoming>) -> Result<Response<Body>, Cut> {
    let (head, body) = request.into_parts();
    let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
    let body = match read(body).await {
        Ok(body) => body,
        Err(error) => return Ok(reply::error(&error, Dialect::S3, &head.method, path)),
    };
    if let Some(path) = path.strip_prefix(MODEL) {
        return Ok(admin::answer(&engine, &head.method, path, query, &body));
    }
    let request = Request::new(head.method, path, query, head.headers, body);
    match engine.answer(&request).await {
        Some(mut response) => {
            if request.method == Method::HEAD {
                *response.body_mut() = Body::default();
            }
            Ok(response)
        }
        None => Err(Cut),
    }
}

async fn read(body: Incoming) -> Result<Bytes, S3Error> {
    match tokio::time::timeout(PATIENCE, Limited::new(body, MOST_BYTES).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(S3Error::new(400, "EntityTooLarge", format!("The model takes bodies of at most {MOST_BYTES} bytes")))
        }
        Ok(Err(_)) => Err(S3Error::new(400, "IncompleteBody", "The request body terminated unexpectedly")),
        Err(_) => {
            let text = "Your socket connection to the server was not read from or written to within the timeout period.";
            Err(S3Error::new(400, "RequestTimeout", text))
        }
    }
}
