//! Programs out of Debian packages: taken from `PATH`, else unpacked into `target/debian/`, without root and without a change to the
//! system.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{self, Step};
use crate::error::{Error, Result};
use crate::lock::exclusively;
use crate::places;

/// The path of `program`: the one on `PATH`, else the one that the Debian package has, downloaded and unpacked once. That does for
/// programs whose libraries are there already; where a package brings many, take [`install`]. Blocks; processes that want the same
/// package wait for the first of them.
///
/// The machine's own package lists are used. Where there are none, or they name a version that is gone, newer ones are fetched into
/// `target/debian/`.
///
/// # Errors
/// When there is neither: no apt, no network, no such package, or no such program in it. The text says what to install.
pub fn program(package: &str, program: &str) -> Result<PathBuf> {
    match on_path(program) {
        Some(found) => Ok(found),
        None => Apt::here().unpacked(package, program),
    }
}

/// The path of `program`, installed on this machine with all that its Debian package depends on, where it is not on `PATH` yet. That
/// takes root. Blocks.
///
/// # Errors
/// For anybody but root, and when apt fails. The text says what to run.
pub fn install(package: &str, program: &str) -> Result<PathBuf> {
    if let Some(found) = on_path(program) {
        return Ok(found);
    }
    if !rustix::process::geteuid().is_root() {
        let reason = format!("there is no {program} on PATH, and only root may install it; run: sudo apt-get install {package}");
        return Err(Error::Unexpected { what: format!("the Debian package {package}"), reason });
    }
    Apt::here().installed(package)?;
    on_path(program).ok_or_else(|| lacks(package, program))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

fn lacks(package: &str, program: &str) -> Error {
    Error::Unexpected { what: format!("the Debian package {package}"), reason: format!("it has no program {program} in usr/bin") }
}

/// apt, and where it may write.
struct Apt {
    apt: OsString,
    folder: PathBuf,
}

impl Apt {
    fn here() -> Self {
        Self { apt: "apt-get".into(), folder: places::target_dir().join("debian") }
    }

    fn unpacked(&self, package: &str, program: &str) -> Result<PathBuf> {
        let path = self.folder.join(package).join("usr/bin").join(program);
        exclusively(&self.lock(), || if path.is_file() { Ok(()) } else { self.unpack(package) })?;
        if path.is_file() { Ok(path) } else { Err(lacks(package, program)) }
    }

    fn unpack(&self, package: &str) -> Result<()> {
        let unfinished = self.folder.join(format!("{package}.unfinished"));
        empty(&unfinished)?;
        let download = |options: &[OsString]| {
            let mut apt = Command::new(&self.apt);
            apt.current_dir(&unfinished).args(["-o", "APT::Sandbox::User=root"]).args(options).args(["download", package]);
            run(&format!("downloading the Debian package {package}, once"), package, apt)
        };
        if download(&[]).is_err() {
            self.fetch_lists(package)?;
            download(&self.private())?;
        }
        for entry in fs::read_dir(&unfinished).map_err(Error::file("read", &unfinished))? {
            let file = entry.map_err(Error::file("read", &unfinished))?.path();
            if file.extension().is_some_and(|ending| ending == "deb") {
                let mut dpkg = Command::new("dpkg-deb");
                dpkg.arg("-x").arg(&file).arg(&unfinished);
                run(&format!("unpacking {package}"), package, dpkg)?;
                fs::remove_file(&file).map_err(Error::file("remove", &file))?;
            }
        }
        let finished = self.folder.join(package);
        if finished.exists() {
            fs::remove_dir_all(&finished).map_err(Error::file("remove", &finished))?;
        }
        fs::rename(&unfinished, &finished).map_err(Error::file("put the package at", finished))
    }

    fn installed(&self, package: &str) -> Result<()> {
        exclusively(&self.lock(), || {
            let install = || {
                let mut apt = Command::new(&self.apt);
                apt.env("DEBIAN_FRONTEND", "noninteractive").args(["install", "--yes", "--no-install-recommends", package]);
                run(&format!("installing the Debian package {package}"), package, apt)
            };
            if install().is_ok() {
                return Ok(());
            }
            let mut update = Command::new(&self.apt);
            update.arg("update");
            run("fetching the lists of Debian packages", package, update)?;
            install()
        })
    }

    fn fetch_lists(&self, package: &str) -> Result<()> {
        let partial = self.lists().join("partial");
        fs::create_dir_all(&partial).map_err(Error::file("make the folder", &partial))?;
        let mut apt = Command::new(&self.apt);
        apt.args(["-o", "APT::Sandbox::User=root"]).args(self.private()).arg("update");
        run("fetching the lists of Debian packages, once", package, apt)
    }

    /// Options that keep apt out of the system's own state.
    fn private(&self) -> Vec<OsString> {
        let option = |name: &str, path: &Path| {
            let mut option = OsString::from(name);
            option.push(path);
            [OsString::from("-o"), option]
        };
        [option("Dir::State::Lists=", &self.lists()), option("Dir::Cache=", &self.folder.join("cache"))].concat()
    }

    fn lists(&self) -> PathBuf {
        self.folder.join("lists")
    }

    fn lock(&self) -> PathBuf {
        self.folder.join("lock")
    }
}

fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(Error::file("remove", folder))?;
    }
    fs::create_dir_all(folder).map_err(Error::file("make the folder", folder))
}

fn run(title: &str, package: &str, command: Command) -> Result<()> {
    let advice = format!("install the Debian package {package} (or the same program by other means) so that it is on PATH");
    build::run(&Step { title, lines: None, advice: &advice }, command)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// Downloads only by lists of its own: the machine's have the package no more. Each call is a line of `calls`.
    const SCRIPT: &str = r#"#!/bin/sh
echo "$*" >> "$(dirname "$0")/calls"
case "$*" in
*update*) exit 0 ;;
*Dir::State::Lists=*download*) ;;
*) echo 'E: Failed to fetch'; exit 100 ;;
esac
mkdir -p deb/DEBIAN deb/usr/bin
printf 'Package: hello\nVersion: 1\nArchitecture: all\nMaintainer: a <a@example.com>\nDescription: a test\n' > deb/DEBIAN/control
echo hello > deb/usr/bin/hello-debian
dpkg-deb -b deb hello_1_all.deb && rm -r deb
"#;

    fn fake() -> (tempfile::TempDir, Apt) {
        let folder = tempfile::tempdir().expect("a folder");
        let apt = folder.path().join("apt-get");
        fs::write(&apt, SCRIPT).expect("a script");
        fs::set_permissions(&apt, fs::Permissions::from_mode(0o755)).expect("it can be run");
        let apt = Apt { apt: apt.into(), folder: folder.path().join("debian") };
        (folder, apt)
    }

    #[test]
    fn a_package_is_unpacked_once_and_with_new_lists_where_the_old_ones_do_not_do() {
        let (folder, apt) = fake();
        let path = apt.unpacked("hello", "hello-debian").expect("it is unpacked");
        assert_eq!(fs::read_to_string(&path).expect("the program"), "hello\n");
        assert_eq!(apt.unpacked("hello", "hello-debian").expect("it is there"), path);
        let calls = fs::read_to_string(folder.path().join("calls")).expect("the calls");
        assert_eq!(calls.lines().count(), 3, "one download in vain, the lists, one download: {calls}");
        let text = apt.unpacked("hello", "other").expect_err("it has no such program").to_string();
        assert!(text.contains("hello") && text.contains("other"), "{text}");
    }

    #[test]
    fn an_apt_that_is_not_there_is_an_error_with_advice() {
        let folder = tempfile::tempdir().expect("a folder");
        let apt = Apt { apt: "no-such-apt".into(), folder: folder.path().into() };
        let text = apt.unpacked("hello", "hello").expect_err("there is no apt").to_string();
        assert!(text.contains("no-such-apt") && text.contains("install the Debian package hello"), "{text}");
    }

    #[test]
    fn what_is_on_the_path_is_taken_from_there() {
        let shell = program("no-such-package", "sh").expect("every machine has sh");
        assert!(shell.ends_with("sh") && shell.is_file());
        assert_eq!(install("no-such-package", "sh").expect("nothing to install"), shell);
    }
}
