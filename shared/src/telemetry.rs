//! Logs of a service: one line per event on standard error, as JSON or as text.

use std::error::Error;
use std::fmt::{self, Display};
use std::io::IsTerminal;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

/// The shape of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object per line, for machines.
    #[default]
    Json,
    /// Text for people; coloured on a terminal.
    Text,
}

impl FromStr for LogFormat {
    type Err = TelemetryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "json" => Ok(Self::Json),
            "text" => Ok(Self::Text),
            _ => Err(TelemetryError::Format(text.to_owned())),
        }
    }
}

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("log filter {filter:?} is not understood; use debug, info, warn or error, or directives such as info,kube=debug")]
    Filter {
        /// What was given.
        filter: String,
        /// What is wrong with it.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// The format is not known.
    #[error("log format {0:?} is not known; use json or text")]
    Format(String),
    /// Somebody set up logging before.
    #[error("logging is set up already in this process; set it up once, first thing in main")]
    Twice(#[source] Box<dyn Error + Send + Sync>),
}

impl TelemetryError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Filter { .. } => "log-filter",
            Self::Format(_) => "log-format",
            Self::Twice(_) => "log-twice",
        }
    }
}

/// An error with all that caused it, as one line: `error = %Chain(&error)`.
pub struct Chain<'a>(pub &'a dyn Error);

impl Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = self.0.to_string();
        f.write_str(&said)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            let text = error.to_string();
            // Some libraries' errors repeat their cause.
            if !said.ends_with(&text) {
                write!(f, ": {text}")?;
                said = text;
            }
            cause = error.source();
        }
        Ok(())
    }
}

/// Starts logging for the whole process. `filter` is a level, or directives of `tracing_subscriber::EnvFilter`. The levels of the
/// ACK controllers (debug, info, warn, error, dpanic, panic, fatal) are all taken.
///
/// # Errors
/// The filter is not understood, or logging was started before.
pub fn init(filter: &str, format: LogFormat) -> Result<(), TelemetryError> {
    let builder = tracing_subscriber::fmt().with_env_filter(directives(filter)?).with_writer(std::io::stderr);
    match format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => builder.with_ansi(std::io::stderr().is_terminal()).try_init(),
    }
    .map_err(TelemetryError::Twice)
}

fn directives(filter: &str) -> Result<EnvFilter, TelemetryError> {
    let given = filter.trim();
    let text = match given.to_ascii_lowercase().as_str() {
        // What the HTTP and TLS libraries say at debug hides what we say.
        "debug" => "debug,hyper=info,hyper_util=info,rustls=info,tower=info,h2=info",
        "dpanic" | "panic" | "fatal" => "error",
        _ => given,
    };
    EnvFilter::builder().parse(text).map_err(|source| TelemetryError::Filter { filter: filter.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_levels_of_the_ack_controllers_and_directives() {
        for level in ["debug", "info", "INFO", "warn", "error", "dpanic", "panic", "fatal", "info,kube=debug"] {
            assert!(directives(level).is_ok(), "{level}");
        }
        assert_eq!(directives("fatal").unwrap().to_string(), "error");
    }

    #[test]
    fn says_what_to_write_instead() {
        let error = directives("info,kube=lots").unwrap_err();
        assert_eq!(error.category(), "log-filter");
        assert!(error.to_string().contains("info,kube=lots") && error.to_string().contains("use debug"), "{error}");
        let error = "yaml".parse::<LogFormat>().unwrap_err();
        assert!(error.to_string().contains("use json or text"), "{error}");
        assert_eq!("text".parse::<LogFormat>().unwrap(), LogFormat::Text);
    }

    #[test]
    fn a_chain_names_every_cause_once() {
        let error = directives("info,kube=lots").unwrap_err();
        let text = Chain(&error).to_string();
        assert!(text.starts_with(&error.to_string()) && text.matches("expected one of").count() == 1, "{text}");
    }

    #[test]
    fn a_second_start_is_an_error_not_a_panic() {
        let _ = init("error", LogFormat::Json);
        assert_eq!(init("error", LogFormat::Text).unwrap_err().category(), "log-twice");
    }

    #[test]
    fn a_chain_says_everything_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("{text}")]
        struct Link {
            text: &'static str,
            source: Option<Box<Link>>,
        }
        let link = |text, source| Link { text, source: Option::map(source, Box::new) };
        let error = link("call failed", Some(link("no way: refused", Some(link("refused", None)))));
        assert_eq!(Chain(&error).to_string(), "call failed: no way: refused");
    }
}
