//! Answers of S3 in a few words.

use std::fmt;

use aws_sdk_s3::error::{BuildError, ProvideErrorMetadata, SdkError};

/// What S3 holds, in a few words; or how it refused to say.
pub(crate) type Answer = Result<String, Refused>;

/// A call that did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// 200 where the answer was not one to this call.
    pub(crate) status: u16,
    pub(crate) code: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.status, self.code)
    }
}

/// The answer in words; `none` where S3 says that there is nothing, or no bucket any more.
pub(crate) fn answered<T, E>(result: Result<T, SdkError<E>>, words: impl FnOnce(T) -> Option<String>) -> Answer
where
    E: ProvideErrorMetadata + fmt::Debug,
{
    let none = || "none".to_owned();
    match result {
        Ok(answer) => Ok(words(answer).filter(|words| !words.is_empty()).unwrap_or_else(none)),
        Err(fault) => match refused(&fault) {
            Refused { status: 404, .. } => Ok(none()),
            refused => Err(refused),
        },
    }
}

/// Whether a write worked.
pub(crate) fn done<T, E: ProvideErrorMetadata + fmt::Debug>(result: Result<T, SdkError<E>>) -> Result<(), Refused> {
    result.map(drop).map_err(|fault| refused(&fault))
}

/// A request of ours that the SDK does not take.
#[expect(clippy::needless_pass_by_value, reason = "it is for map_err")]
pub(crate) fn incomplete(fault: BuildError) -> Refused {
    Refused { status: 0, code: fault.to_string() }
}

fn refused<E: ProvideErrorMetadata + fmt::Debug>(fault: &SdkError<E>) -> Refused {
    let status = fault.raw_response().map_or(0, |answer| answer.status().as_u16());
    Refused { status, code: fault.code().map_or_else(|| format!("{fault:?}"), str::to_owned) }
}
