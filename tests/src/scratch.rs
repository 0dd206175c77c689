//! A temporary folder that goes with us, even when we are killed.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::error::{Error, Result};
use crate::guard::Guard;

/// A temporary folder; removed on drop, or by its guard when the process is killed.
#[derive(Debug)]
pub struct Scratch {
    folder: TempDir,
    _guard: Guard,
}

impl Scratch {
    /// Makes the folder. `name` is part of its name, for whoever finds it.
    ///
    /// # Errors
    /// When the folder or its guard cannot be made.
    pub fn new(name: &str) -> Result<Self> {
        let prefix = format!("cooper-{name}-");
        let folder = tempfile::Builder::new().prefix(&prefix).tempdir().map_err(Error::file("make a folder in", std::env::temp_dir()))?;
        let guard = Guard::remove_folder(folder.path())?;
        Ok(Self { folder, _guard: guard })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The path of a file in it; the folders on the way are made.
    ///
    /// # Errors
    /// When such a folder cannot be made.
    pub fn file(&self, name: impl AsRef<Path>) -> Result<PathBuf> {
        let path = self.path().join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::file("make the folder", parent))?;
        }
        Ok(path)
    }

    /// Writes a file in it and returns its path. Whoever reads it meanwhile sees the old one or the new one, and never half of it: tests that
    /// run at the same time write the same kubeconfig.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: impl AsRef<Path>, content: &str) -> Result<PathBuf> {
        let path = self.file(name)?;
        let written = NamedTempFile::new_in(self.path()).and_then(|mut beside| {
            beside.write_all(content.as_bytes())?;
            Ok(beside.persist(&path)?)
        });
        written.map_err(Error::file("write", path.clone()))?;
        Ok(path)
    }
}
