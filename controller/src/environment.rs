//! The environment as it is meant. Installers export endpoints that nobody gave as empty variables, and AWS's SDK for Rust takes an
//! empty one for an address, also where it fetches credentials. Variables of a process that runs cannot be taken away safely, so the
//! program starts itself anew without them.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// What the names of the variables begin with. Source: AWS SDKs and Tools reference guide, "Service-specific endpoints".
const ENDPOINTS: &str = "AWS_ENDPOINT_URL";

/// Why the program could not start itself anew.
#[derive(Debug, thiserror::Error)]
#[error("the environment has an empty {name}, and the program could not start itself anew without it; unset it: {source}")]
pub struct EnvironmentError {
    name: String,
    source: io::Error,
}

impl EnvironmentError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "configuration"
    }
}

/// Goes on in this process, with the same arguments, without variables that name an empty endpoint. Returns where there are none.
///
/// # Errors
/// The program could not be started.
pub fn without_empty_endpoints() -> Result<(), EnvironmentError> {
    let empty = empty_endpoints(std::env::vars_os());
    let Some(name) = empty.first() else { return Ok(()) };
    anew(&empty).map(|never| match never {}).map_err(|source| EnvironmentError { name: name.to_string_lossy().into_owned(), source })
}

fn anew(without: &[OsString]) -> io::Result<Infallible> {
    let mut arguments = std::env::args_os();
    let mut command = Command::new(std::env::current_exe()?);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    for name in without {
        command.env_remove(name);
    }
    Err(command.args(arguments).exec())
}

/// The variables that name an endpoint and hold none.
fn empty_endpoints(all: impl Iterator<Item = (OsString, OsString)>) -> Vec<OsString> {
    let is_empty = |text: &OsStr| text.to_str().is_some_and(|text| text.trim().is_empty());
    let names_one = |name: &OsStr| name.to_str().is_some_and(|name| name.starts_with(ENDPOINTS));
    all.filter(|(name, value)| names_one(name) && is_empty(value)).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_without_an_address_is_none() {
        let all = [("AWS_ENDPOINT_URL", ""), ("AWS_ENDPOINT_URL_S3", " "), ("AWS_ENDPOINT_URL_STS", "https://sts"), ("AWS_REGION", "")];
        let found = empty_endpoints(all.into_iter().map(|(name, value)| (name.into(), value.into())));
        assert_eq!(found, ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]);
    }
}
