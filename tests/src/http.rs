//! The HTTP calls that the harness makes itself, to processes on loopback.

use std::time::Duration;

use http_body_util::{BodyExt as _, Limited};
use hyper::Request;
use hyper::client::conn::http1;
use hyper::header::{HOST, HeaderValue};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::error::{Error, Result};

/// How long a plain GET may take.
const LIMIT: Duration = Duration::from_secs(5);
/// The longest answer that is read: 16 MiB.
const MAX_BODY: usize = 16 << 20;

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// GETs `url` (`http` only) and returns status and body.
///
/// # Errors
/// [`Error::Http`] when there is no answer within five seconds.
pub async fn get(url: &str) -> Result<(u16, String)> {
    let request = Request::get(url).body(String::new());
    let request = request.map_err(|fault| Error::Http { url: url.to_owned(), reason: fault.to_string() })?;
    send(request, LIMIT).await
}

/// Sends a request whose URI is absolute (`http` only) and returns status and body of the answer.
///
/// # Errors
/// [`Error::Http`] when there is no answer in time.
pub async fn send(request: Request<String>, within: Duration) -> Result<(u16, String)> {
    let url = request.uri().to_string();
    let outcome = match tokio::time::timeout(within, call(request)).await {
        Ok(outcome) => outcome,
        Err(_) => Err(format!("no answer within {within:?}").into()),
    };
    outcome.map_err(|cause| Error::Http { url, reason: cause.to_string() })
}

async fn call(mut request: Request<String>) -> std::result::Result<(u16, String), Cause> {
    let uri = std::mem::take(request.uri_mut());
    let authority = uri.authority().ok_or("the address has no host")?.as_str();
    let stream = TcpStream::connect(authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    *request.uri_mut() = uri.path_and_query().map_or("/", |path| path.as_str()).parse()?;
    request.headers_mut().insert(HOST, HeaderValue::from_str(authority)?);
    let answer = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), MAX_BODY).collect().await?.to_bytes();
        Ok::<_, Cause>((status, String::from_utf8_lossy(&body).into_owned()))
    };
    // The connection is driven alongside: no task is left behind.
    tokio::pin!(answer);
    tokio::pin!(connection);
    tokio::select! {
        answer = &mut answer => answer,
        ended = &mut connection => {
            ended?;
            answer.await
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use axum::routing::get as route;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn status_and_body_come_back() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = axum::Router::new().route("/metrics", route(|| async { (axum::http::StatusCode::ACCEPTED, "cooper_up 1\n") }));
        let server = tokio::spawn(async move { axum::serve(listener, app).await });
        let (status, body) = get(&format!("http://{address}/metrics?x=1")).await.expect("an answer");
        assert_eq!((status, body.as_str()), (202, "cooper_up 1\n"));
        server.abort();
    }

    #[tokio::test]
    async fn nobody_there_is_an_error_with_the_address() {
        let fault = get("http://127.0.0.1:1/x").await.expect_err("nobody listens on port 1");
        assert!(fault.to_string().contains("http://127.0.0.1:1/x"), "{fault}");
    }
}
