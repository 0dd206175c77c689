//! The log file of a process.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use crate::error::{Error, Result};

/// Opens the log twice, for both outputs, at its end.
pub(super) fn open(path: &Path) -> Result<(File, File)> {
    let file = OpenOptions::new().create(true).append(true).open(path).map_err(Error::file("open the log", path))?;
    let second = file.try_clone().map_err(Error::file("open the log", path))?;
    Ok((file, second))
}

/// The last `lines` of a file; empty if it cannot be read, as this serves error messages.
#[must_use]
pub fn tail(path: &Path, lines: usize) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all = text.lines().collect::<Vec<_>>();
    all[all.len().saturating_sub(lines)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_the_last_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        fs::write(&path, "one\ntwo\nthree\n").expect("a file");
        assert_eq!(tail(&path, 2), "two\nthree");
        assert_eq!(tail(&path, 9), "one\ntwo\nthree");
        assert_eq!(tail(&folder.path().join("none"), 9), "");
    }
}
