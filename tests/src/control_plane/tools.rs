//! The binaries of the control plane: found on the machine, else built once from Go modules.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::build_tools;
use crate::error::{Error, Result};

/// Where `setup-envtest` and kubebuilder put their binaries.
const KUBEBUILDER: &str = "/usr/local/kubebuilder/bin";
/// The variable that names such a folder; the same as in Go's envtest.
const ASSETS: &str = "KUBEBUILDER_ASSETS";
/// What a folder of the machine must hold to be used. They come from one place, so that their versions fit.
const NEEDED: [&str; 3] = ["etcd", "kube-apiserver", "kubectl"];
/// Not part of the usual asset bundles: built when it is not there.
const MANAGER: &str = "kube-controller-manager";

/// The executables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tools {
    /// The store.
    pub etcd: PathBuf,
    /// The API server.
    pub apiserver: PathBuf,
    /// What a user would use.
    pub kubectl: PathBuf,
    /// Runs the few controllers that our tests need.
    pub manager: PathBuf,
}

impl Tools {
    /// Finds them in `KUBEBUILDER_ASSETS`, `/usr/local/kubebuilder/bin` or `PATH`, or builds them into `target/control-plane`
    /// (some minutes, once; other processes wait for it). Blocks.
    ///
    /// # Errors
    /// When `KUBEBUILDER_ASSETS` names a folder that lacks one, or when there is none and Go is missing or fails.
    pub fn find() -> Result<Self> {
        if let Some(folder) = std::env::var_os(ASSETS).filter(|value| !value.is_empty()) {
            return Self::in_assets(Path::new(&folder));
        }
        let folders = std::iter::once(PathBuf::from(KUBEBUILDER)).chain(std::iter::once_with(path_folders).flatten());
        match Self::in_one_of(folders) {
            Some(found) => found.complete(),
            None => Self::build(),
        }
    }

    fn in_assets(folder: &Path) -> Result<Self> {
        let missing = NEEDED.into_iter().filter(|name| !is_executable(&folder.join(name))).collect::<Vec<_>>();
        if missing.is_empty() {
            return Found { folder: folder.to_path_buf() }.complete();
        }
        Err(Error::Unexpected {
            what: format!("{ASSETS} ({})", folder.display()),
            reason: format!("it lacks {}; unset the variable to have them built", missing.join(", ")),
        })
    }

    fn in_one_of(folders: impl Iterator<Item = PathBuf>) -> Option<Found> {
        folders.into_iter().find(|folder| NEEDED.iter().all(|name| is_executable(&folder.join(name)))).map(|folder| Found { folder })
    }

    fn build() -> Result<Self> {
        Ok(Self {
            etcd: build_tools::built("etcd")?,
            apiserver: build_tools::built("kube-apiserver")?,
            kubectl: build_tools::built("kubectl")?,
            manager: build_tools::built(MANAGER)?,
        })
    }
}

/// A folder with everything but, perhaps, the controller manager.
#[derive(Debug, PartialEq, Eq)]
struct Found {
    folder: PathBuf,
}

impl Found {
    fn complete(self) -> Result<Tools> {
        let manager = self.folder.join(MANAGER);
        let manager = if is_executable(&manager) { manager } else { build_tools::built(MANAGER)? };
        let [etcd, apiserver, kubectl] = NEEDED.map(|name| self.folder.join(name));
        Ok(Tools { etcd, apiserver, kubectl, manager })
    }
}

fn path_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH")
        .map(|path: std::ffi::OsString| std::env::split_paths(AsRef::<OsStr>::as_ref(&path)).collect())
        .unwrap_or_default()
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn folder_with(names: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for name in names {
            let path = folder.path().join(name);
            fs::write(&path, "#!/bin/sh\n").expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its mode");
        }
        folder
    }

    #[test]
    fn a_folder_counts_only_when_it_is_complete() {
        let partial = folder_with(&["kubectl"]);
        let whole = folder_with(&["kubectl", "etcd", "kube-apiserver"]);
        let folders = [partial.path().to_path_buf(), whole.path().to_path_buf()];
        assert_eq!(Tools::in_one_of(folders.into_iter()), Some(Found { folder: whole.path().to_path_buf() }));
        assert_eq!(Tools::in_one_of(std::iter::once(partial.path().to_path_buf())), None);
    }

    #[test]
    fn the_controller_manager_is_taken_from_the_folder_that_has_it() {
        let folder = folder_with(&["kubectl", "etcd", "kube-apiserver", MANAGER]);
        let tools = Tools::in_assets(folder.path()).expect("complete");
        assert_eq!(tools.manager, folder.path().join(MANAGER));
    }

    #[test]
    fn assets_that_lack_something_are_an_error_not_a_fallback() {
        let folder = folder_with(&["etcd", "kubectl"]);
        let text = Tools::in_assets(folder.path()).expect_err("no kube-apiserver").to_string();
        assert!(text.contains("lacks kube-apiserver"), "{text}");
    }
}
