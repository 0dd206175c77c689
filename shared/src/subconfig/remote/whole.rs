//! An answer that is not whole is no answer. What S3 says goes into a plan, so a document that was cut short, or an error in the
//! clothes of a success, must not look like a bucket that holds less than it does.

use std::time::Duration;

use aws_sdk_s3::config::interceptors::{AfterDeserializationInterceptorContextRef, BeforeDeserializationInterceptorContextMut};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use futures::stream::{self, StreamExt};
use http_body_util::{BodyExt, BodyStream, LengthLimitError, Limited, StreamBody};
use roxmltree::{Document, ParsingOptions};
use serde::de::IgnoredAny;
use tokio::time::Instant;

/// The most bytes of one answer. The largest document that S3 keeps, a replication configuration, has 2 MB.
/// Source: S3 API reference, PutBucketReplication.
pub const MOST_BYTES: usize = 4 << 20;
/// How long the body of an answer may take. Configurations are small.
const MOST_TIME: Duration = Duration::from_secs(10);
/// The most elements, texts and comments of one document: a thousand of the largest rules have fewer.
const MOST_NODES: u32 = 200_000;

/// The interceptor of an S3 client that refuses answers which are none.
#[derive(Clone, Copy, Debug)]
pub struct Whole;

/// Why an answer is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAnswer {
    /// It goes on and on.
    #[error("the answer is longer than {MOST_BYTES} bytes")]
    TooLong,
    /// It trickles.
    #[error("the answer did not arrive whole within {MOST_TIME:?}")]
    TooSlow,
    /// There is nothing in it.
    #[error("the answer is empty")]
    Empty,
    /// It ends too early, or is no document of S3.
    #[error("the answer is no whole document: {0}")]
    Broken(String),
    /// A success by its status, and an error by what it says.
    #[error("the answer of status 200 is an error: {code}: {message}")]
    Refusal {
        /// The error code in it.
        code: String,
        /// The text in it.
        message: String,
    },
}

impl Intercept for Whole {
    fn name(&self) -> &'static str {
        "Whole"
    }

    /// Before the body is read.
    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response_mut().body_mut();
        // What is in memory already was bounded by whoever put it there.
        if body.bytes().is_none() {
            *body = bounded(std::mem::replace(body, SdkBody::taken()));
        }
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (response, operation) = (context.response(), config.load::<Metadata>().map_or("", Metadata::name));
        // A body that could not be read to its end is an error already.
        let Some(body) = response.body().bytes() else { return Ok(()) };
        Ok(if response.status().is_success() { check(operation, body) } else { check_error(body) }?)
    }
}

/// The same body, of which neither the length nor the time goes on for ever. Its end may be asked for more than once.
fn bounded(body: SdkBody) -> SdkBody {
    let frames = BodyStream::new(Limited::new(body, MOST_BYTES).map_err(too_long));
    let (until, frames) = (Instant::now() + MOST_TIME, Box::pin(frames));
    let timely = stream::unfold(Some(frames), move |frames| async move {
        let mut frames = frames?;
        match tokio::time::timeout_at(until, frames.next()).await {
            Ok(frame) => Some((frame?, Some(frames))),
            Err(_) => Some((Err(BoxError::from(BadAnswer::TooSlow)), None)),
        }
    });
    SdkBody::from_body_1_x(StreamBody::new(timely.fuse()))
}

fn too_long(error: BoxError) -> BoxError {
    if error.is::<LengthLimitError>() { Box::new(BadAnswer::TooLong) } else { error }
}

/// Whether the body of a success can be one. Reads say something; of writes only an error says anything.
fn check(operation: &str, body: &[u8]) -> Result<(), BadAnswer> {
    let reads = ["Get", "List"].iter().any(|verb| operation.starts_with(verb));
    let text = trimmed(body);
    match text.first() {
        None if reads => Err(BadAnswer::Empty),
        Some(b'<') => match document(text) {
            Ok(document) => refusal(&document),
            Err(broken) if reads => Err(broken),
            Err(_) => Ok(()),
        },
        // A bucket policy.
        Some(b'{') if reads => serde_json::from_slice::<IgnoredAny>(text).map(drop).map_err(|error| BadAnswer::Broken(error.to_string())),
        Some(_) if reads => Err(BadAnswer::Broken("neither XML nor JSON".to_owned())),
        None | Some(_) => Ok(()),
    }
}

/// An error document must not break off either: `NoSuchBucketPolicy` would become `NoSuchBucket`.
fn check_error(body: &[u8]) -> Result<(), BadAnswer> {
    let text = trimmed(body);
    if text.starts_with(b"<") { document(text).map(drop) } else { Ok(()) }
}

fn trimmed(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body).trim_ascii()
}

fn document(text: &[u8]) -> Result<Document<'_>, BadAnswer> {
    let broken = |error: &dyn std::fmt::Display| BadAnswer::Broken(error.to_string());
    let text = std::str::from_utf8(text).map_err(|error| broken(&error))?;
    let options = ParsingOptions { nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| broken(&error))?;
    // What a proxy or a captive portal says.
    let root = document.root_element().tag_name().name();
    if root.eq_ignore_ascii_case("html") { Err(BadAnswer::Broken("it is a web page".to_owned())) } else { Ok(document) }
}

fn refusal(document: &Document<'_>) -> Result<(), BadAnswer> {
    let root = document.root_element();
    let error = match root.tag_name().name() {
        "Error" => root,
        // S3 Control's.
        "ErrorResponse" => root.first_element_child().unwrap_or(root),
        _ => return Ok(()),
    };
    let text = |name| error.children().find(|child| child.tag_name().name() == name).and_then(|child| child.text()).unwrap_or_default();
    Err(BadAnswer::Refusal { code: text("Code").to_owned(), message: text("Message").to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const VERSIONING: &str = "<?xml version=\"1.0\"?>\n<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                              <Status>Enabled</Status></VersioningConfiguration>";

    #[test]
    fn whole_documents_pass() {
        for (operation, body) in [
            ("GetBucketVersioning", VERSIONING),
            ("GetBucketVersioning", "\u{feff}<VersioningConfiguration/>\n"),
            ("GetBucketPolicy", r#"{"Version":"2012-10-17","Statement":[]}"#),
            (
                "ListBucketMetricsConfigurations",
                "<ListMetricsConfigurationsResult><IsTruncated>false</IsTruncated></ListMetricsConfigurationsResult>",
            ),
            ("PutBucketVersioning", ""),
            ("CreateBucket", "<CreateBucketResult/>"),
            // Some stores say OK.
            ("PutBucketTagging", "OK"),
            ("DeleteBucketCors", "<html><body>done</body>"),
        ] {
            assert_eq!(check(operation, body.as_bytes()), Ok(()), "{operation} {body}");
        }
    }

    /// Whatever the length of what arrived.
    #[test]
    fn a_document_that_was_cut_short_is_no_answer() {
        let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny"}]}"#;
        for (operation, document) in [("GetBucketVersioning", VERSIONING), ("GetBucketPolicy", policy)] {
            for length in 0..document.len() {
                assert!(check(operation, &document.as_bytes()[..length]).is_err(), "{operation} {length}");
            }
        }
    }

    #[test]
    fn what_is_no_document_of_s3_is_no_answer() {
        let deep = format!("<a>{}</a>", "<b/>".repeat(200_000));
        for body in ["", "  \n", "<html><head/></html>", "<!DOCTYPE html><html></html>", "oops", "\u{feff}", "\0\0", "[]", deep.as_str()] {
            let bad = check("GetBucketCors", body.as_bytes()).unwrap_err();
            assert!(bad == BadAnswer::Empty || matches!(bad, BadAnswer::Broken(_)), "{bad}");
        }
        assert!(check("GetBucketCors", b"<a>\xff</a>").is_err());
    }

    #[test]
    fn an_error_document_that_breaks_off_names_no_code() {
        let error = "<Error><Code>NoSuchBucketPolicy</Code></Error>";
        assert_eq!(check_error(error.as_bytes()), Ok(()));
        assert_eq!((check_error(b""), check_error(b"slow down")), (Ok(()), Ok(())), "the status says enough");
        for length in 1..error.len() {
            assert!(check_error(&error.as_bytes()[..length]).is_err(), "{length}");
        }
    }

    #[test]
    fn an_error_in_a_success_is_an_error_of_reads_and_writes() {
        let error = "<Error><Code>SlowDown</Code><Message>later</Message></Error>";
        let wrapped = format!("<ErrorResponse>{error}</ErrorResponse>");
        for operation in ["GetBucketCors", "PutBucketCors", "CreateBucket", "DeleteBucket"] {
            for body in [error, wrapped.as_str()] {
                let refusal = BadAnswer::Refusal { code: "SlowDown".to_owned(), message: "later".to_owned() };
                assert_eq!(check(operation, body.as_bytes()), Err(refusal), "{operation}");
            }
        }
    }
}
