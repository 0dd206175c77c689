//! Requests that cannot be answered with a review, because there is none to read: an HTTP error with a Kubernetes Status as text.
//! The API server then does what the webhook configuration's `failurePolicy` says.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::review::Status;

/// All values of the label `reason`.
pub(crate) const REASONS: [&str; 6] = ["too_large", "bad_content_type", "bad_body", "bad_review", "wrong_kind", "deadline"];

/// The largest body in bytes: twice the 3 MiB that the API server takes for an object, and its envelope.
/// Source: controller-runtime `pkg/webhook/admission/http.go`.
pub const BODY_BYTES: usize = 7 * 1024 * 1024;

/// Why a request is not answered with a review.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// The body is larger than [`BODY_BYTES`].
    #[error("the request body is larger than {BODY_BYTES} bytes; the API server sends no such review")]
    TooLarge,
    /// The body is not JSON by its own account.
    #[error("content type {0:?} is not understood; send application/json")]
    ContentType(String),
    /// The body did not arrive whole.
    #[error("the request body could not be read: {0}; send it again")]
    Body(String),
    /// The body is no AdmissionReview that can be answered.
    #[error(
        "the body is no admission.k8s.io/v1 AdmissionReview with a request: {0}; check admissionReviewVersions in the webhook configuration"
    )]
    Review(String),
    /// There was no time left to judge.
    #[error("no answer within the time that the caller gave; run more replicas of the webhook or raise timeoutSeconds")]
    Deadline,
}

impl Rejection {
    /// The static category, one of [`REASONS`].
    pub(crate) fn category(&self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::ContentType(_) => "bad_content_type",
            Self::Body(_) => "bad_body",
            Self::Review(_) => "bad_review",
            Self::Deadline => "deadline",
        }
    }

    fn code(&self) -> (StatusCode, &'static str) {
        match self {
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge"),
            Self::ContentType(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType"),
            Self::Body(_) | Self::Review(_) => (StatusCode::BAD_REQUEST, "BadRequest"),
            Self::Deadline => (StatusCode::GATEWAY_TIMEOUT, "Timeout"),
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let (code, reason) = self.code();
        (code, Json(Status::failure(code.as_u16(), reason, self.to_string()))).into_response()
    }
}
