//! Where manifests go: one file each, or one after the other to standard output.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::manifest::Manifest;
use crate::cli::CliError;

/// Where manifests go.
pub(super) struct Output {
    folder: Option<PathBuf>,
}

impl Output {
    /// The folder, made where it is missing; standard output without one.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub(super) fn open(folder: Option<PathBuf>) -> Result<Self, CliError> {
        if let Some(path) = &folder {
            fs::create_dir_all(path).map_err(|source| CliError::Write { path: path.clone(), source })?;
        }
        Ok(Self { folder })
    }

    /// Writes one manifest, whole. A file of that name is replaced.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn write(&self, manifest: &Manifest) -> Result<(), CliError> {
        let yaml = manifest.yaml()?;
        let Some(folder) = &self.folder else {
            let mut out = io::stdout().lock();
            return write!(out, "---\n{yaml}").and_then(|()| out.flush()).map_err(CliError::of_output);
        };
        let path = folder.join(manifest.file_name());
        fs::write(&path, yaml).map_err(|source| CliError::Write { path, source })
    }
}
