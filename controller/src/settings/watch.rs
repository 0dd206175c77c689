//! Which Buckets are looked after, as the flags say.

use super::{SettingsError, problem};
use crate::args::watch::WatchArgs;

/// Which Buckets are looked after.
#[derive(Clone, Debug, Default)]
pub struct WatchSettings {
    /// The namespaces; all, if empty.
    pub namespaces: Vec<String>,
    /// The label selector.
    pub selector: Option<String>,
}

impl WatchSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &WatchArgs) -> Result<Self, SettingsError> {
        let selector = Some(args.watch_selectors.trim().to_owned()).filter(|selector| !selector.is_empty());
        Ok(Self { namespaces: namespaces(&args.watch_namespace)?, selector })
    }
}

fn namespaces(given: &[String]) -> Result<Vec<String>, SettingsError> {
    let given: Vec<String> = if given == [""] { Vec::new() } else { given.to_vec() };
    let label = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    for (index, name) in given.iter().enumerate() {
        let edges = name.starts_with('-') || name.ends_with('-');
        if name.is_empty() || name.len() > 63 || edges || !name.chars().all(label) {
            return Err(problem("watch-namespace", format!("{name:?} is no name of a namespace; write names separated by commas")));
        }
        if given[..index].contains(name) {
            return Err(problem("watch-namespace", format!("{name:?} is given twice; name it once")));
        }
    }
    Ok(given)
}
