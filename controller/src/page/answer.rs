//! Answers over HTTP: a page, its style, or why there is none.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::response::{Html, IntoResponse, Response};

use super::frame::Frame;
use super::query::BadQuery;
use super::views::Notice;

const STYLE: &str = include_str!("style.css");

/// What every answer tells the browser: no script, no frame, nothing from elsewhere, nothing kept.
const GUARDS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// There is nothing at the path.
    #[error("There is no such page.")]
    NoSuchPage,
    /// The cache has no such Bucket.
    #[error("The controller knows no such Bucket: it is gone, or it is not one of those that this controller looks after.")]
    NoSuchBucket,
    /// The query makes no sense.
    #[error("The address makes no sense: {0}.")]
    Query(#[from] BadQuery),
    /// The caches are not there yet.
    #[error("The controller is starting and knows nothing yet; look again in some seconds.")]
    Starting,
    /// A template failed.
    #[error("The page cannot be drawn: {0}; this is a bug.")]
    Template(#[from] askama::Error),
}

impl Trouble {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuchPage | Self::NoSuchBucket => StatusCode::NOT_FOUND,
            Self::Query(_) => StatusCode::BAD_REQUEST,
            Self::Starting => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The kind of error, which is the title of its page.
    fn category(&self) -> &'static str {
        match self {
            Self::NoSuchPage | Self::NoSuchBucket => "Not found",
            Self::Query(_) => "Bad address",
            Self::Starting => "Starting",
            Self::Template(_) => "Error",
        }
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let notice = Notice { frame: Frame::bare(self.category(), ""), text: self.to_string() };
        let page = notice.render().unwrap_or(notice.text);
        (self.status(), Html(page)).into_response()
    }
}

/// The page.
pub(super) fn rendered(page: &impl Template) -> Result<Response, Trouble> {
    Ok(Html(page.render()?).into_response())
}

/// The style of all pages.
pub(super) async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// The answer with what the browser is told besides.
pub(super) async fn guarded(mut answer: Response) -> Response {
    for (name, value) in GUARDS {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}
