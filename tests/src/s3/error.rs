//! What S3 refuses, as S3 says it. Source: S3 API reference, "Error responses".

use std::borrow::Cow;
use std::sync::Arc;

use super::xml::Element;

/// An error answer of S3 or STS.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code} ({status}): {message}")]
pub struct S3Error {
    /// The HTTP status.
    pub status: u16,
    /// The error code, such as `NoSuchBucket`.
    pub code: Cow<'static, str>,
    /// The text for people.
    pub message: String,
    /// The bucket's region, told in header `x-amz-bucket-region` where S3 tells it.
    pub(crate) region: Option<Arc<str>>,
}

impl S3Error {
    /// An error of this status and code.
    pub fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into(), region: None }
    }

    pub(crate) fn with_region(self, region: &Arc<str>) -> Self {
        Self { region: Some(Arc::clone(region)), ..self }
    }

    pub(crate) fn malformed_xml() -> Self {
        Self::new(400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
    }

    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidArgument", message)
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequest", message)
    }

    pub(crate) fn access_denied() -> Self {
        Self::new(403, "AccessDenied", "Access Denied")
    }

    pub(crate) fn no_such_bucket() -> Self {
        Self::new(404, "NoSuchBucket", "The specified bucket does not exist")
    }

    pub(crate) fn not_implemented(what: &str) -> Self {
        Self::new(501, "NotImplemented", format!("A header or query you provided implies functionality that is not implemented: {what}"))
    }

    pub(crate) fn method_not_allowed() -> Self {
        Self::new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.")
    }

    pub(crate) fn operation_aborted() -> Self {
        let text = "A conflicting conditional operation is currently in progress against this resource. Please try again.";
        Self::new(409, "OperationAborted", text)
    }

    /// The body as S3 writes it.
    pub(crate) fn s3_body(&self, resource: &str, request_id: &str) -> String {
        let mut error = Element::new("Error").leaf("Code", self.code.as_ref()).leaf("Message", &self.message);
        if let Some(region) = &self.region {
            error = error.leaf("Region", region.as_ref());
        }
        error.leaf("Resource", resource).leaf("RequestId", request_id).leaf("HostId", request_id).plain_document()
    }

    /// The body as STS and S3 Control write it.
    pub(crate) fn wrapped_body(&self, request_id: &str) -> String {
        let error = Element::new("Error").leaf("Type", "Sender").leaf("Code", self.code.as_ref()).leaf("Message", &self.message);
        Element::new("ErrorResponse").with(error).leaf("RequestId", request_id).plain_document()
    }
}
