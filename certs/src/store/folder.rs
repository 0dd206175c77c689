//! A folder: one file per name. Each file is replaced as a whole, in an order in which every cut leaves a state that can be completed.
//! A lock file keeps other processes of ours out; readers need no lock.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use crate::{
    error::{Error, Result},
    material::{Edit, Files, NAMES},
};

/// The lock file: exists from the first write on, and means nothing when nobody holds it.
const LOCK: &str = ".lock";

/// A folder with certificates.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder, which need not exist yet.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub(super) fn place(&self) -> String {
        format!("folder {}", self.0.display())
    }

    pub(super) fn load(&self) -> Result<Files> {
        let mut files = Files::default();
        for name in NAMES {
            let path = self.0.join(name);
            match fs::read(&path) {
                Ok(content) => files.set(name, content),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(source) => return Err(Error::Folder { action: "read", path, source }),
            }
        }
        Ok(files)
    }

    pub(super) fn change<T>(&self, mut change: impl FnMut(&Files) -> Result<(Option<Files>, T)>) -> Result<T> {
        let _lock = self.lock()?;
        let before = self.load()?;
        let (after, answer) = change(&before)?;
        if let Some(after) = after {
            self.write(&before, &after)?;
        }
        Ok(answer)
    }

    /// Holds the folder until the file is dropped.
    fn lock(&self) -> Result<File> {
        let failed = |action, path: &Path| {
            let path = path.to_owned();
            move |source| Error::Folder { action, path, source }
        };
        DirBuilder::new().recursive(true).mode(0o755).create(&self.0).map_err(failed("make", &self.0))?;
        let path = self.0.join(LOCK);
        let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(failed("open", &path))?;
        file.lock().map_err(failed("lock", &path))?;
        Ok(file)
    }

    /// Brings the folder from one form to the other.
    fn write(&self, before: &Files, after: &Files) -> Result<()> {
        for edit in before.edits(after) {
            let (action, name, done) = match edit {
                Edit::Put(name) => ("write", name, replace(&self.0, name, after.get(name).unwrap_or_default())),
                Edit::Remove(name) => ("remove", name, fs::remove_file(self.0.join(name))),
            };
            done.map_err(|source| Error::Folder { action, path: self.0.join(name), source })?;
        }
        File::open(&self.0).and_then(|folder| folder.sync_all()).map_err(|source| Error::Folder {
            action: "sync",
            path: self.0.clone(),
            source,
        })
    }
}

/// Replaces one file as a whole. Keys are for the owner only, from the first byte on.
fn replace(folder: &Path, name: &str, content: &[u8]) -> io::Result<()> {
    let new = folder.join(format!(".{name}.new"));
    match fs::remove_file(&new) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let is_key = Path::new(name).extension().is_some_and(|extension| extension == "key");
    let mut file = OpenOptions::new().write(true).create_new(true).mode(if is_key { 0o600 } else { 0o644 }).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&new, folder.join(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::material::{CA_CERT, NEXT_CERT, NEXT_KEY, TLS_KEY};

    fn files(pairs: &[(&'static str, &str)]) -> Files {
        let mut files = Files::default();
        for (name, content) in pairs {
            files.set(name, *content);
        }
        files
    }

    #[test]
    fn what_is_written_is_read_and_what_is_left_out_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::new(dir.path().join("new/deep"));
        assert!(folder.load().unwrap().is_empty());
        let first = files(&[(NEXT_KEY, "k"), (NEXT_CERT, "c"), (CA_CERT, "one")]);
        folder.change(|_| Ok((Some(first.clone()), ()))).unwrap();
        assert_eq!(folder.load().unwrap(), first);
        let second = files(&[(CA_CERT, "two")]);
        folder.change(|before| Ok((Some(second.clone()), assert_eq!(*before, first)))).unwrap();
        assert_eq!(folder.load().unwrap(), second);
    }

    #[test]
    fn keys_are_for_the_owner_only_even_where_an_open_file_was_left_behind() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(".tls.key.new"), "left behind").unwrap();
        let folder = Folder::new(dir.path());
        folder.change(|_| Ok((Some(files(&[(TLS_KEY, "secret"), (CA_CERT, "open")])), ()))).unwrap();
        let mode = |name| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(TLS_KEY), 0o600);
        assert_eq!(mode(CA_CERT) & 0o400, 0o400);
        assert!(!dir.path().join(".tls.key.new").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("file");
        fs::write(&file, "in the way").unwrap();
        let error = Folder::new(&file).change(|_| Ok((None, ()))).unwrap_err();
        assert!(error.chain().contains(file.to_str().unwrap()), "{}", error.chain());
        assert_eq!(error.category(), "folder");
    }
}
