//! A Python environment in `target/`, made once from pinned packages.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, Step};
use crate::error::{Error, Result};
use crate::lock::exclusively;
use crate::places;

/// What to install.
#[derive(Debug)]
pub struct Venv<'a> {
    /// What people call it.
    pub title: &'a str,
    /// The folder of `tests/` with `requirements.txt`, everything pinned; the environment is `target/NAME-venv`.
    pub name: &'a str,
    /// The interpreter that the environment is made with.
    pub python: &'a Path,
    /// What to do when Python is missing or the installation fails.
    pub advice: &'a str,
}

impl Venv<'_> {
    /// The folder of the environment's programs, installed if it is missing or older than the pins. Blocks; processes that want the
    /// same thing wait for the first of them.
    ///
    /// # Errors
    /// When the pins cannot be read, or Python or the package index fails; the text has the end of the output.
    pub fn installed(&self) -> Result<PathBuf> {
        let venv = places::target_dir().join(format!("{}-venv", self.name));
        let requirements = places::workspace().join("tests").join(self.name).join("requirements.txt");
        let pins = fs::read_to_string(&requirements).map_err(Error::file("read", &requirements))?;
        let stamp = venv.join("installed-from");

        exclusively(&places::target_dir().join(format!("{}.lock", self.name)), || {
            if fs::read_to_string(&stamp).is_ok_and(|installed_from| installed_from == pins) {
                return Ok(());
            }
            let mut python = Command::new(self.python);
            python.args(["-m", "venv", "--clear"]).arg(&venv);
            self.run(&format!("making a Python environment for {}, once", self.title), python)?;
            let mut pip = Command::new(venv.join("bin/python"));
            pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--requirement"])
                .arg(&requirements);
            self.run(&format!("installing {}, once", self.title), pip)?;
            fs::write(&stamp, &pins).map_err(Error::file("write", &stamp))
        })?;
        Ok(venv.join("bin"))
    }

    fn run(&self, title: &str, command: Command) -> Result<()> {
        build::run(&Step { title, lines: None, advice: self.advice }, command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_that_are_not_there_are_named() {
        let venv = Venv { title: "X", name: "no-such-pins", python: Path::new("python3"), advice: "look" };
        let text = venv.installed().expect_err("there are no pins").to_string();
        assert!(text.contains("no-such-pins/requirements.txt"), "{text}");
    }
}
