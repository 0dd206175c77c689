//! What is to be checked: files, folders and standard input.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::ManifestError;

/// The most that one file may hold, in bytes; the API server takes less than that in one object.
const FILE_BYTES: u64 = 64 << 20;
/// What a file in a folder has to end in; a file that is named itself is read whatever its name is.
const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// The text of one file.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name, as it was given.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Reads all of them, folders with all that is in them, in the order of their names; `-` is standard input.
///
/// # Errors
/// One of them cannot be read.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Source>, ManifestError> {
    let mut sources = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            sources.push(read_from(io::stdin().lock(), "<stdin>")?);
            continue;
        }
        for file in files(path)? {
            let name = file.display().to_string();
            let opened = File::open(&file).map_err(|source| ManifestError::Read { name: name.clone(), source })?;
            sources.push(read_from(opened, &name)?);
        }
    }
    Ok(sources)
}

fn read_from(from: impl Read, name: &str) -> Result<Source, ManifestError> {
    let failed = |source| ManifestError::Read { name: name.to_owned(), source };
    let mut text = String::new();
    from.take(FILE_BYTES + 1).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > FILE_BYTES {
        return Err(failed(io::Error::other(format!("it holds more than {} MiB", FILE_BYTES >> 20))));
    }
    Ok(Source { name: name.to_owned(), text })
}

fn files(path: &Path) -> Result<Vec<PathBuf>, ManifestError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let failed = |source| ManifestError::Read { name: path.display().to_string(), source };
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        // A link to a folder may lead around in a circle.
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        let ending = entry.path().extension().and_then(|ending| ending.to_str().map(str::to_lowercase));
        if is_folder || ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            entries.push(entry.path());
        }
    }
    entries.sort();
    let files = entries.iter().map(|entry| files(entry)).collect::<Result<Vec<_>, _>>()?;
    Ok(files.into_iter().flatten().filter(|file| !file.is_dir()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_read_with_all_that_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("b/c")).unwrap();
        for (name, text) in [("b/c/z.yml", "z"), ("a.yaml", "a"), ("b/x.json", "x"), ("notes.txt", "n")] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let sources = read(&[folder.path().to_owned(), folder.path().join("notes.txt")]).unwrap();
        assert_eq!(sources.iter().map(|source| source.text.as_str()).collect::<Vec<_>>(), ["a", "z", "x", "n"]);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let error = read(&[PathBuf::from("no-such-file.yaml")]).unwrap_err();
        assert!(error.to_string().contains("no-such-file.yaml"), "{error}");
    }
}
