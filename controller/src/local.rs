//! Who may ask at the admin port: programs and people of this machine, and those whom `kubectl port-forward` leads here. Not a web page
//! that they happen to look at: that could send requests to `localhost` from their browser, or have a name of its own point there
//! (DNS rebinding) and read the answers as well. Source: RFC 9110, section 7.4; Fetch Standard, "Origin header".

use std::net::IpAddr;

use axum::extract::Request;
use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

const NOT_HERE: &str = "this port answers to localhost and loopback addresses only; use kubectl port-forward and http://localhost:PORT/\n";
const FROM_ELSEWHERE: &str = "a page of another site sent this request; nothing was done. Use curl, or a page of this port\n";

/// Lets a request through that names this machine and comes from no other site; answers all others itself.
pub async fn only(request: Request, next: Next) -> Response {
    match refusal(request.method(), request.uri(), request.headers()) {
        Some(refusal) => {
            tracing::warn!(status = refusal.0.as_u16(), "a request at the admin port was refused: {}", refusal.1.trim_end());
            refusal.into_response()
        }
        None => next.run(request).await,
    }
}

/// Why the request is not answered; `None` where it is.
fn refusal(method: &Method, uri: &Uri, headers: &HeaderMap) -> Option<(StatusCode, &'static str)> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return Some((StatusCode::MISDIRECTED_REQUEST, NOT_HERE)) };
    let is_named = host.to_str().is_ok_and(is_this_machine) && uri.authority().is_none_or(|named| is_this_machine(named.as_str()));
    if !is_named {
        return Some((StatusCode::MISDIRECTED_REQUEST, NOT_HERE));
    }
    // Browsers say where a request comes from if it may change something; others do not.
    let is_own = |origin: &[u8]| origin.strip_prefix(b"http://").is_some_and(|origin| origin.eq_ignore_ascii_case(host.as_bytes()));
    let changes = ![Method::GET, Method::HEAD].contains(method);
    (changes && !headers.get_all(ORIGIN).iter().all(|origin| is_own(origin.as_bytes()))).then_some((StatusCode::FORBIDDEN, FROM_ELSEWHERE))
}

/// `localhost` or a loopback address, with or without a port.
fn is_this_machine(text: &str) -> bool {
    let Some(named) = text.parse::<Authority>().ok().filter(|_| !text.contains('@')) else { return false };
    let host = named.host();
    let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost") || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn asked(method: &Method, uri: &str, hosts: &[&str], origin: Option<&str>) -> Option<u16> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        refusal(method, &uri.parse().unwrap(), &headers).map(|(status, _)| status.as_u16())
    }

    #[test]
    fn a_request_names_this_machine() {
        for host in ["localhost", "LocalHost:8082", "127.0.0.1:8082", "127.8.8.8", "[::1]:9", "[::1]"] {
            assert_eq!(asked(&Method::GET, "/", &[host], None), None, "{host}");
        }
        let others = [
            "evil.example",
            "localhost.evil.example:8082",
            "localhost.",
            "10.0.0.1",
            "127.0.0.1.nip.io",
            "a@localhost",
            "",
            "[::2]",
            "::1",
        ];
        for host in others {
            assert_eq!(asked(&Method::GET, "/", &[host], None), Some(421), "{host}");
        }
        assert_eq!(asked(&Method::GET, "/", &[], None), Some(421), "no name");
        assert_eq!(asked(&Method::GET, "/", &["localhost", "evil.example"], None), Some(421), "two names");
        assert_eq!(asked(&Method::GET, "http://evil.example/", &["localhost"], None), Some(421));
        assert_eq!(asked(&Method::GET, "http://localhost:1/", &["localhost:1"], None), None);
    }

    #[test]
    fn what_changes_something_does_not_come_from_another_site() {
        let post = |origin| asked(&Method::POST, "/", &["localhost:8082"], origin);
        assert_eq!([None, Some("http://localhost:8082")].map(post), [None, None]);
        for origin in ["http://evil.example", "null", "http://localhost:3000", "https://localhost:8082", ""] {
            assert_eq!(post(Some(origin)), Some(403), "{origin}");
            assert_eq!(asked(&Method::GET, "/", &["localhost:8082"], Some(origin)), None, "{origin} only reads");
        }
        assert_eq!(asked(&Method::PUT, "/log-filter", &["[::1]:1"], Some("http://[::1]:2")), Some(403));
    }
}
