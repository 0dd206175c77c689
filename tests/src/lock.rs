//! One at a time among processes: test binaries run side by side and must not build the same thing twice.

use std::fs::{self, File};
use std::path::Path;

use crate::error::{Error, Result};

/// Runs `work` while holding an exclusive lock on `path` (made if it is missing). Blocks while another process holds it; the lock
/// goes with the process, so a crash leaves none behind.
///
/// # Errors
/// When the lock file cannot be made or locked, and whatever `work` returns.
pub fn exclusively<T>(path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::file("make the folder", folder))?;
    }
    let file = File::create(path).map_err(Error::file("make the lock file", path))?;
    file.lock().map_err(Error::file("lock", path))?;
    let outcome = work();
    drop(file);
    outcome
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn work_never_overlaps() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("nested/lock");
        let inside = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    exclusively(&path, || {
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        std::thread::yield_now();
                        inside.fetch_sub(1, Ordering::SeqCst);
                        Ok(())
                    })
                    .expect("the lock works");
                });
            }
        });
    }
}
