//! Programs built once from pinned Go modules: a folder of `tests/` has their `go.mod` and `go.sum`, `target/` keeps the binaries.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, Step};
use crate::error::{Error, Result};
use crate::lock::exclusively;
use crate::places;

/// One program.
#[derive(Debug)]
pub struct Program<'a> {
    /// The name of the binary.
    pub name: &'a str,
    /// Its main package, for example `go.etcd.io/etcd/server/v3`.
    pub package: &'a str,
    /// The folder of `tests/` with the module that pins it; the folder of `target/` with the binary has the same name.
    pub module: &'a str,
    /// `-ldflags`.
    pub linker_flags: &'a str,
    /// What to do when Go is missing or fails.
    pub advice: &'a str,
}

impl Program<'_> {
    /// The path of the binary, built if it is missing or older than the pins. Blocks; processes that want the same thing wait for the
    /// first of them.
    ///
    /// # Errors
    /// When the module cannot be read, or Go is missing or fails; the text has the end of its output.
    pub fn built(&self) -> Result<PathBuf> {
        let folder = places::target_dir().join(self.module);
        let binary = folder.join(self.name);
        let stamp = folder.join(format!("{}.pins", self.name));
        let pins = pins(self.module)?;

        exclusively(&folder.join("lock"), || {
            let is_current = binary.is_file() && fs::read_to_string(&stamp).is_ok_and(|built_from| built_from == pins);
            if !is_current {
                self.compile(&binary)?;
                fs::write(&stamp, &pins).map_err(Error::file("write", &stamp))?;
            }
            Ok(())
        })?;
        Ok(binary)
    }

    fn compile(&self, binary: &Path) -> Result<()> {
        let unfinished = binary.with_extension("unfinished");
        let mut go = self.go();
        go.args(["build", "-v", "-trimpath", "-ldflags", self.linker_flags, "-o"]).arg(&unfinished).arg(self.package);
        let title = format!("building {} from source, once", self.name);
        build::run(&Step { title: &title, lines: self.count_packages()?, advice: self.advice }, go)?;
        fs::rename(&unfinished, binary).map_err(Error::file("put the new binary at", binary))
    }

    /// `go build -v` names each package that it compiles; this many there are at most.
    fn count_packages(&self) -> Result<Option<u64>> {
        let mut go = self.go();
        go.args(["list", "-deps", self.package]);
        let output = go.output().map_err(|source| Error::Program { program: "go".to_owned(), source, advice: self.advice.to_owned() })?;
        if output.status.success() {
            let lines = String::from_utf8_lossy(&output.stdout).lines().count();
            return Ok(u64::try_from(lines).ok());
        }
        Err(Error::Failed {
            command: build::shown(&go),
            status: output.status.to_string(),
            advice: self.advice.to_owned(),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn go(&self) -> Command {
        let mut go = Command::new("go");
        go.arg("-C").arg(folder(self.module));
        go
    }
}

/// The text of a module's `go.mod`.
///
/// # Errors
/// When it cannot be read.
pub fn pins(module: &str) -> Result<String> {
    let file = folder(module).join("go.mod");
    fs::read_to_string(&file).map_err(Error::file("read", &file))
}

fn folder(module: &str) -> PathBuf {
    places::workspace().join("tests").join(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_not_there_is_named() {
        let program = Program { name: "x", package: "example.com/x", module: "no-such-module", linker_flags: "", advice: "look" };
        let text = program.built().expect_err("there is no such module").to_string();
        assert!(text.contains("no-such-module/go.mod"), "{text}");
    }

    #[test]
    fn a_package_that_the_module_does_not_pin_is_an_error_with_advice() {
        let package = "example.com/no/such/package";
        let program = Program { name: "x", package, module: "versitygw", linker_flags: "", advice: "look at the pins" };
        let text = program.count_packages().expect_err("it is not pinned").to_string();
        assert!(text.contains(package) && text.contains("look at the pins"), "{text}");
    }
}
