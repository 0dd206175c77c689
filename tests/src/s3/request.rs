//! A request, taken apart once.

use hyper::body::Bytes;
use hyper::{HeaderMap, Method};

use super::control;

/// A request with its body.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// The path as it was sent, still encoded: the signature is over this.
    pub(crate) path: String,
    /// The first part of the path; of S3 Control, the bucket in the ARN.
    pub(crate) bucket: Option<String>,
    /// The rest of the path.
    pub(crate) key: Option<String>,
    /// Names and values of the query, decoded, in the order of the request.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Request {
    /// Takes a request apart.
    pub(crate) fn new(method: Method, path: &str, query: &str, headers: HeaderMap, body: Bytes) -> Self {
        let relative = path.trim_start_matches('/');
        let (bucket, key) = relative.split_once('/').unwrap_or((relative, ""));
        let part = |text: &str| (!text.is_empty()).then(|| decode(text));
        let (bucket, key) = if control::is_control(path) { (control::bucket_of(path), None) } else { (part(bucket), part(key)) };
        Self { method, path: path.to_owned(), bucket, key, query: pairs(query), headers, body }
    }

    /// A PUT of a sub-resource that nobody sent over the wire.
    pub(crate) fn put(bucket: &str, sub_resource: &str, id: Option<&str>, body: &str) -> Self {
        let mut query = vec![(sub_resource.to_owned(), String::new())];
        query.extend(id.map(|id| ("id".to_owned(), id.to_owned())));
        let (bucket, body) = (Some(bucket.to_owned()), Bytes::copy_from_slice(body.as_bytes()));
        Self { method: Method::PUT, bucket, query, body, ..Self::default() }
    }

    /// The text of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The value of a query parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The pairs of a query or of a form, decoded.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name), decode(value))
    };
    text.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// Resolves percent escapes; what is no escape stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        let value = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(value.unwrap_or(byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Escapes all but the unreserved characters, as SigV4 asks for.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte >> 4)]));
            out.push(char::from(b"0123456789ABCDEF"[usize::from(byte & 15)]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_bucket_and_a_key() {
        let request = Request::new(Method::GET, "/b/a%20b/c", "id=x%2Fy&analytics", HeaderMap::new(), Bytes::new());
        assert_eq!((request.bucket.as_deref(), request.key.as_deref()), (Some("b"), Some("a b/c")));
        assert_eq!((request.parameter("id"), request.parameter("analytics"), request.parameter("cors")), (Some("x/y"), Some(""), None));
        assert_eq!(Request::new(Method::GET, "/", "", HeaderMap::new(), Bytes::new()).bucket, None);
    }

    #[test]
    fn escapes_go_both_ways() {
        for text in ["", "a b+c/é%", "~-_.", "%zz", "100%"] {
            assert_eq!(decode(&encode(text)), text);
        }
        assert_eq!(decode("%"), "%");
    }
}
