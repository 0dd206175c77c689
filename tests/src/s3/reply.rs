//! An answer before it becomes HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;
use hyper::{Method, Response};

use super::error::S3Error;
use super::faults::{Body, Spoil, spoilt, whole};
use super::xml::Element;

const XML: &str = "application/xml";

/// A successful answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) kind: &'static str,
    pub(crate) body: Bytes,
    /// What happens to it on its way.
    pub(crate) spoil: Option<Spoil>,
}

impl Reply {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), kind: XML, body: Bytes::new(), spoil: None }
    }

    /// 200 with an S3 document.
    pub(crate) fn xml(root: &Element) -> Self {
        Self::body(XML, root.document())
    }

    /// 200 with a body.
    pub(crate) fn body(kind: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status: 200, headers: Vec::new(), kind, body: body.into(), spoil: None }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// As HTTP. Every S3 answer carries its request id.
    pub(crate) fn into_http(self) -> Response<Body> {
        let id = request_id();
        let mut builder = Response::builder().status(self.status).header("x-amz-request-id", &id).header("x-amz-id-2", &id);
        if !self.body.is_empty() {
            builder = builder.header("content-type", self.kind);
        }
        for (name, value) in self.headers {
            builder = builder.header(name, value);
        }
        let answer = builder.body(whole(self.body.clone())).unwrap_or_else(|_| unwritable());
        match &self.spoil {
            Some(how) => spoilt(answer, self.body, how),
            None => answer,
        }
    }
}

/// Which service's words an error is told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    S3,
    /// STS, and S3 Control: the error stands inside an envelope.
    Wrapped,
}

/// An error as HTTP; HEAD has no body to tell it in.
pub(crate) fn error(error: &S3Error, dialect: Dialect, method: &Method, resource: &str) -> Response<Body> {
    let id = request_id();
    let body = match dialect {
        _ if method == Method::HEAD => String::new(),
        Dialect::S3 => error.s3_body(resource, &id),
        Dialect::Wrapped => error.wrapped_body(&id),
    };
    let mut builder = Response::builder().status(error.status).header("x-amz-request-id", &id).header("x-amz-id-2", &id);
    if let Some(region) = &error.region {
        builder = builder.header("x-amz-bucket-region", Arc::as_ref(region));
    }
    builder.header("content-type", XML).body(whole(body)).unwrap_or_else(|_| unwritable())
}

/// A status and a body that are no answer of S3's.
pub(crate) fn raw(status: u16, body: String) -> Response<Body> {
    Response::builder().status(status).body(whole(body)).unwrap_or_else(|_| unwritable())
}

/// A fault rule may ask for a status that is none.
fn unwritable() -> Response<Body> {
    let mut answer = Response::new(whole("the model was told to answer with a status or header that HTTP does not have"));
    *answer.status_mut() = hyper::StatusCode::INTERNAL_SERVER_ERROR;
    answer
}

fn request_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    format!("{:016X}", NEXT.fetch_add(1, Ordering::Relaxed))
}
