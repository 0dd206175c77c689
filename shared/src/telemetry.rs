//! Logs of a service: one line per event on standard error, as JSON or as text.

use std::error::Error;
use std::fmt::{self, Display};
use std::io::IsTerminal;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::{EnvFilter, reload};

/// What is logged at debug.
const DEBUG: &str = "info,controller=debug,webhook=debug,certs=debug,shared=debug";

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
    /// A word of the filter is no level.
    #[error(
        "log filter {filter:?}: {word:?} is no level; use debug, info, warn, error, dpanic, panic or fatal, or directives such as info,kube=debug"
    )]
    Level {
        /// What was given.
        filter: String,
        /// The word.
        word: String,
    },
    /// The format is not known.
    #[error("log format {0:?} is not known; use json or text")]
    Format(String),
    /// Somebody set up logging before.
    #[error("logging is set up already in this process; set it up once, first thing in main")]
    Twice(#[source] Box<dyn Error + Send + Sync>),
    /// Nobody logs any more.
    #[error("the log filter cannot be changed; restart the process")]
    Gone(#[source] Box<dyn Error + Send + Sync>),
}

impl TelemetryError {
    /// The kind of error, for a label.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Filter { .. } | Self::Level { .. } => "log-filter",
            Self::Format(_) => "log-format",
            Self::Twice(_) => "log-twice",
            Self::Gone(_) => "log-gone",
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

/// What is logged, while the process runs. Clones share the state.
#[derive(Clone)]
pub struct LogFilter {
    first: String,
    now: Arc<Mutex<String>>,
    set: Arc<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>,
}

impl LogFilter {
    /// The filter, as it was given.
    #[must_use]
    pub fn now(&self) -> String {
        self.lock().clone()
    }

    /// Logs by this filter from now on.
    ///
    /// # Errors
    /// The filter is not understood; the one before stays.
    pub fn change(&self, filter: &str) -> Result<(), TelemetryError> {
        let directives = directives(filter)?;
        let mut now = self.lock();
        (self.set)(directives).map_err(|source| TelemetryError::Gone(Box::new(source)))?;
        filter.trim().clone_into(&mut now);
        Ok(())
    }

    /// Logs as at the start.
    ///
    /// # Errors
    /// Logging has ended.
    pub fn reset(&self) -> Result<(), TelemetryError> {
        self.change(&self.first)
    }

    fn lock(&self) -> MutexGuard<'_, String> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts logging for the whole process. `filter` is a level, or directives of `tracing_subscriber::EnvFilter`. The levels of the
/// ACK controllers (debug, info, warn, error, dpanic, panic, fatal) are all taken.
///
/// # Errors
/// The filter is not understood, or logging was started before.
pub fn init(filter: &str, format: LogFormat) -> Result<LogFilter, TelemetryError> {
    let builder = tracing_subscriber::fmt().with_env_filter(directives(filter)?).with_writer(std::io::stderr);
    let set: Arc<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync> = match format {
        LogFormat::Json => {
            let builder = builder.json().flatten_event(true).with_current_span(false).with_filter_reloading();
            let handle = builder.reload_handle();
            builder.try_init().map_err(TelemetryError::Twice)?;
            Arc::new(move |filter| handle.reload(filter))
        }
        LogFormat::Text => {
            let builder = builder.with_ansi(std::io::stderr().is_terminal()).with_filter_reloading();
            let handle = builder.reload_handle();
            builder.try_init().map_err(TelemetryError::Twice)?;
            Arc::new(move |filter| handle.reload(filter))
        }
    };
    let first = filter.trim().to_owned();
    Ok(LogFilter { now: Arc::new(Mutex::new(first.clone())), first, set })
}

/// Whether the filter would be understood.
///
/// # Errors
/// It would not; the text says what to write instead.
pub fn check(filter: &str) -> Result<(), TelemetryError> {
    directives(filter).map(drop)
}

fn directives(filter: &str) -> Result<EnvFilter, TelemetryError> {
    let given = filter.trim();
    let text = match given.to_ascii_lowercase().as_str() {
        // At debug the libraries would say a hundred times as much as we do; who wants that names them.
        "debug" => DEBUG,
        "dpanic" | "panic" | "fatal" => "error",
        _ => given,
    };
    // A word that is no level would be read as the name of a module, and silence all others.
    let is_level = |word: &str| !word.is_empty() && word.parse::<LevelFilter>().is_ok() && word.parse::<u8>().is_err();
    if let Some(word) = text.split(',').map(str::trim).find(|word| !word.contains('=') && !is_level(word)) {
        return Err(TelemetryError::Level { filter: filter.to_owned(), word: word.to_owned() });
    }
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
    fn a_word_that_is_no_level_is_no_module_either() {
        for bad in ["verbose", "3", "", "info,noisy", "warn,,kube=debug"] {
            let error = check(bad).unwrap_err();
            assert!(error.category() == "log-filter" && error.to_string().contains("is no level; use debug"), "{bad}: {error}");
        }
        check("info,kube=debug,controller::pass[reconcile]=trace").unwrap();
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
    fn the_filter_changes_at_run_time_and_a_second_start_is_an_error() {
        let log = init("error", LogFormat::Json).unwrap();
        assert!(!tracing::enabled!(tracing::Level::INFO));
        log.change(" info ").unwrap();
        assert!(tracing::enabled!(tracing::Level::INFO));
        assert_eq!(log.change("loud").unwrap_err().category(), "log-filter");
        assert_eq!(log.now(), "info");
        log.reset().unwrap();
        assert!(!tracing::enabled!(tracing::Level::INFO) && log.now() == "error");
        assert_eq!(init("error", LogFormat::Text).err().map(|error| error.category()), Some("log-twice"));
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
