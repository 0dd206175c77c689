//! Where things are: the workspace and cargo's target directory.

use std::path::{Path, PathBuf};

/// The root of the workspace: the folder of `Cargo.toml`, `deploy/` and the crates.
#[must_use]
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's target directory, found from the running executable (cargo marks it with `CACHEDIR.TAG`), so that it is right whatever
/// `CARGO_TARGET_DIR` or the configuration say.
#[must_use]
pub fn target_dir() -> PathBuf {
    marked_ancestor().unwrap_or_else(|| std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from))
}

/// True if the running executable was built with `--release`: the services are then built the same way.
#[must_use]
pub fn is_release() -> bool {
    !cfg!(debug_assertions)
}

fn marked_ancestor() -> Option<PathBuf> {
    let executable = std::env::current_exe().ok()?;
    executable.ancestors().skip(1).find(|folder| folder.join("CACHEDIR.TAG").is_file()).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_holds_the_crates() {
        assert!(workspace().join("tests/Cargo.toml").is_file());
    }

    #[test]
    fn the_target_directory_holds_this_executable() {
        let executable = std::env::current_exe().expect("a test has an executable");
        assert!(executable.starts_with(target_dir()), "{} is not below {}", executable.display(), target_dir().display());
    }
}
