//! What a test returns: a failure is shown as its text, line breaks and all.

use std::fmt::{self, Display};

/// The end of a test, or of a part of it.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why a test failed.
pub struct Failure(String);

impl<E: Display> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
