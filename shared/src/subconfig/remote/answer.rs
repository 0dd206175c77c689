//! What an answer that is no success says: its error code, its text, and what they come to.

use std::error::Error as StdError;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::argument;
use super::whole::BadAnswer;
use crate::fault::{Class, NO_ANSWER, UNREADABLE, classify, classify_told};
use crate::telemetry::Chain;

/// The first error of this type among an error and its causes.
pub fn cause<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    std::iter::successors(Some(error), |&error| error.source()).find_map(|error| error.downcast_ref())
}

/// Whether an answer came that is none.
pub(super) fn is_bad<E: StdError + 'static>(error: &SdkError<E, HttpResponse>) -> bool {
    matches!(error, SdkError::ResponseError(_)) || cause::<BadAnswer>(error).is_some()
}

/// Class, code and text of an error.
pub(super) fn told<E>(error: &SdkError<E, HttpResponse>) -> (Class, String, String)
where
    E: StdError + ProvideErrorMetadata + 'static,
{
    let response = error.raw_response();
    let status = response.map_or(0, |response| response.status().as_u16());
    match (cause::<BadAnswer>(error), response) {
        (Some(_), Some(response)) if status >= 300 => return (classify(status, ""), status.to_string(), nameless(response)),
        (Some(bad), _) => return of_bad(bad),
        (None, _) => {}
    }
    let text = || Chain(error).to_string();
    match (error.code(), response) {
        (Some(code), _) => {
            let body = response.and_then(|response| response.body().bytes()).unwrap_or_default();
            let message = error.message().map_or_else(text, |message| message.to_owned() + &argument::named(body));
            (classify_told(status, code, &message), code.to_owned(), message)
        }
        (None, None) => (classify(status, NO_ANSWER), NO_ANSWER.to_owned(), text()),
        (None, Some(_)) if (200..300).contains(&status) => (classify(status, UNREADABLE), UNREADABLE.to_owned(), text()),
        (None, Some(response)) => (classify(status, ""), status.to_string(), nameless(response)),
    }
}

fn of_bad(bad: &BadAnswer) -> (Class, String, String) {
    match bad {
        BadAnswer::Refusal { code, .. } if !code.is_empty() => (classify_told(500, code, &bad.to_string()), code.clone(), bad.to_string()),
        BadAnswer::Refusal { .. } | BadAnswer::TooLong | BadAnswer::TooSlow | BadAnswer::Empty | BadAnswer::Broken(_) => {
            (Class::Transient, UNREADABLE.to_owned(), bad.to_string())
        }
    }
}

/// An error without an error document: the answer to HEAD, or that of a proxy in between.
fn nameless(response: &HttpResponse) -> String {
    let status = response.status();
    match (response.headers().get("content-type"), response.body().bytes().map_or(0, <[u8]>::len)) {
        (_, 0) => format!("HTTP status {status} and no error document"),
        (kind, length) => format!("HTTP status {status} and no error document of S3 ({}, {length} bytes)", kind.unwrap_or("untyped")),
    }
}
