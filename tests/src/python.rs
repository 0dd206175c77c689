//! Finds a Python interpreter of one of the versions that a program runs on.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{Error, Result};

/// Ends with 0 if this is Python `argv[1]` and environments can be made with it.
const FITS: &str = "import sys, venv, ensurepip; sys.exit('%d.%d' % sys.version_info[:2] != sys.argv[1])";

/// The first interpreter of one of these `versions` (such as `3.13`), best first: the one that the variable names, `pythonVERSION` on
/// `PATH`, one that pyenv has, `python3`. Blocks.
///
/// # Errors
/// [`Error::Unexpected`] when there is none.
pub fn find(variable: &str, versions: &[&str]) -> Result<PathBuf> {
    let given = std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from);
    let found = versions.iter().find_map(|version| candidates(version, given.as_deref()).into_iter().find(|path| fits(path, version)));
    found.ok_or_else(|| Error::Unexpected {
        what: "the Python of this machine".to_owned(),
        reason: format!("none is of version {} with venv and pip; install one, or name it in {variable}", versions.join(" or ")),
    })
}

fn candidates(version: &str, given: Option<&Path>) -> Vec<PathBuf> {
    if let Some(given) = given {
        return vec![given.to_path_buf()];
    }
    let named = PathBuf::from(format!("python{version}"));
    let mut all = vec![named.clone()];
    all.extend(pyenv_versions().into_iter().map(|folder| folder.join("bin").join(&named)).filter(|path| path.is_file()));
    all.push(PathBuf::from("python3"));
    all
}

/// pyenv keeps each version in a folder of its own; its programs on `PATH` only work for the versions that are switched on.
fn pyenv_versions() -> Vec<PathBuf> {
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or_else(|| Some(std::env::home_dir()?.join(".pyenv")));
    let folders = root.and_then(|root| std::fs::read_dir(root.join("versions")).ok());
    folders.into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path())).collect()
}

fn fits(python: &Path, version: &str) -> bool {
    let mut command = Command::new(python);
    command.args(["-c", FITS, version]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_does_not_exist_is_not_found_and_advice_given() {
        let text = find("COOPER_TEST_NO_SUCH_PYTHON", &["3.1", "2.99"]).expect_err("there is none").to_string();
        assert!(text.contains("3.1 or 2.99") && text.contains("COOPER_TEST_NO_SUCH_PYTHON"), "{text}");
    }

    #[test]
    fn an_interpreter_fits_its_own_version_only() {
        let python = Path::new("python3");
        let version = Command::new(python).args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).output().expect("python3");
        let version = String::from_utf8(version.stdout).expect("digits");
        assert!(fits(python, version.trim()));
        assert!(!fits(python, "3.999"));
        assert!(!fits(Path::new("no-such-python"), version.trim()));
    }
}
