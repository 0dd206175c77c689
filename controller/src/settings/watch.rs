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

/// The kinds that can be looked after: as in the peer, FieldExports have a flag of their own.
const KINDS: [&str; 1] = ["Bucket"];

impl WatchSettings {
    /// Reads the flags. Whether the API server understands the label selector shows when it is first asked.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &WatchArgs) -> Result<Self, SettingsError> {
        if let Some(kind) = listed(&args.reconcile_resources).find(|kind| !KINDS.contains(&kind.trim())) {
            let text = format!("{kind:?} is no kind of this controller; write {}, or nothing for all", KINDS.join(", "));
            return Err(problem("reconcile-resources", text));
        }
        let selector = Some(args.watch_selectors.trim().to_owned()).filter(|selector| !selector.is_empty());
        Ok(Self { namespaces: namespaces(&args.watch_namespace)?, selector })
    }
}

fn namespaces(given: &str) -> Result<Vec<String>, SettingsError> {
    let mut namespaces: Vec<String> = Vec::new();
    for name in listed(given) {
        if !super::is_label(name) {
            let text = format!("{name:?} is no name of a namespace; write names separated by commas, without spaces");
            return Err(problem("watch-namespace", text));
        }
        if namespaces.iter().any(|known| known == name) {
            return Err(problem("watch-namespace", format!("{name:?} is given twice; name it once")));
        }
        namespaces.push(name.to_owned());
    }
    Ok(namespaces)
}

/// What a comma list holds; nothing, if it is empty.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').filter(move |_| !text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::Args;

    fn settings(args: &[&str]) -> Result<WatchSettings, SettingsError> {
        WatchSettings::of(&Args::try_parse_from([&["x"], args].concat()).unwrap().watch)
    }

    #[test]
    fn lists_are_read_and_the_last_one_counts() {
        let read = settings(&["--watch-namespace=x", "--watch-namespace=a,b", "--reconcile-resources=Bucket", "--watch-selectors= a=b "]);
        let read = read.unwrap();
        assert_eq!((read.namespaces, read.selector.as_deref()), (vec!["a".to_owned(), "b".to_owned()], Some("a=b")));
        assert!(settings(&["--reconcile-resources="]).unwrap().namespaces.is_empty());
    }

    #[test]
    fn what_cannot_be_looked_after_is_told() {
        for (arg, flag) in [
            ("--reconcile-resources=Bucket,Queue", "reconcile-resources"),
            ("--reconcile-resources=bucket", "reconcile-resources"),
            ("--watch-namespace=a, b", "watch-namespace"),
            ("--watch-namespace=a,", "watch-namespace"),
        ] {
            let error = settings(&[arg]).unwrap_err();
            assert!(error.flag == flag && error.to_string().contains(';'), "{arg}: {error}");
        }
    }
}
