//! What every bench takes beside its own arguments, and what becomes of its figures: a file, and an exit code.

use std::fmt::Display;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::error::{Error, Result};

/// The arguments that all benches share.
#[derive(Clone, Debug, Args)]
pub struct Outcome {
    /// A file for the figures, as JSON.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Ends with exit code 1 if what was promised does not hold.
    #[arg(long)]
    pub check: bool,
    /// Cargo gives it to benches; without it, little is done.
    #[arg(long, hide = true)]
    pub bench: bool,
}

impl Outcome {
    /// Writes the file where one is named. False if `--check` was given and not all `holds`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn of(&self, report: &Value, holds: bool) -> Result<bool> {
        if let Some(path) = &self.json {
            fs::write(path, format!("{report:#}\n")).map_err(Error::file("write", path))?;
        }
        Ok(holds || !self.check)
    }
}

/// What `main` ends with.
pub fn exit<E: Display>(bench: &str, outcome: std::result::Result<bool, E>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("{bench}: {fault}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_promise_that_does_not_hold_counts_where_it_is_asked_for() {
        let of = |check, holds| Outcome { json: None, check, bench: true }.of(&json!({}), holds).expect("nothing is written");
        assert_eq!([of(true, true), of(true, false), of(false, false)], [true, false, true]);
    }

    #[test]
    fn the_figures_are_written_and_a_fault_names_the_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let outcome = |path: PathBuf| Outcome { json: Some(path), check: false, bench: true }.of(&json!({ "figure": 1 }), true);
        let path = folder.path().join("figures.json");
        assert!(outcome(path.clone()).expect("it is written"));
        assert_eq!(fs::read_to_string(path).expect("it is there"), "{\n  \"figure\": 1\n}\n");
        let fault = outcome(folder.path().join("none/figures.json")).expect_err("there is no such folder");
        assert!(fault.to_string().contains("none/figures.json"), "{fault}");
    }
}
