//! A model and plain HTTP to it. An access key of 12 digits is the account of that number, so that nothing has to be signed; that
//! signatures are checked is a matter of the tests with the SDK.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use tests::s3::{S3Model, S3Options};

/// The account whose bucket `b` is.
pub(crate) const ME: &str = "111111111111";
/// Another account.
pub(crate) const OTHER: &str = "222222222222";
/// Where bucket `b` is.
pub(crate) const REGION: &str = "eu-west-1";

/// A model.
pub(crate) struct Wire {
    pub(crate) model: S3Model,
}

/// A request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    /// Path and query, encoded.
    pub(crate) path: &'a str,
    pub(crate) body: &'a str,
    pub(crate) account: &'a str,
    pub(crate) region: &'a str,
    /// The service that the request is signed for; empty for no signature at all.
    pub(crate) service: &'a str,
    pub(crate) headers: &'a [(&'a str, &'a str)],
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Wire {
    pub(crate) fn start() -> Self {
        let unknown_destinations = vec!["*:nobody".to_owned()];
        let model = S3Model::start(S3Options { trust_account_ids: true, unknown_destinations, ..S3Options::default() }).unwrap();
        model.create_bucket("b", ME, REGION).unwrap();
        Self { model }
    }

    pub(crate) fn send(&self, ask: &Ask<'_>) -> Answer {
        let host = self.model.endpoint().trim_start_matches("http://");
        let Ask { method, path, body, account, region, service, headers } = ask;
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len());
        if !service.is_empty() {
            let scope = format!("{account}/20260101/{region}/{service}/aws4_request");
            head.extend(["authorization: AWS4-HMAC-SHA256 Credential=", &scope, ", SignedHeaders=host, Signature=none\r\n"]);
        }
        head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
        let mut stream = TcpStream::connect(host).unwrap();
        stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        Answer { status: head[9..12].parse().unwrap(), head: head.to_owned(), body: body.to_owned() }
    }

    /// A call on S3 by the owner of bucket `b`, in its region.
    pub(crate) fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        self.send(&Ask { method, path, body, account: ME, region: REGION, service: "s3", headers: &[] })
    }
}

impl Answer {
    /// The error code; empty where there is none.
    pub(crate) fn code(&self) -> &str {
        self.text("Code").unwrap_or_default()
    }

    /// The text of the first element of this name.
    pub(crate) fn text(&self, element: &str) -> Option<&str> {
        let (_, rest) = self.body.split_once(&format!("<{element}>"))?;
        rest.split_once('<').map(|(text, _)| text)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        headers.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}
