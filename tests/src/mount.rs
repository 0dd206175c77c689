//! What the kubelet does for a pod that mounts a Secret: its keys as files, swapped all at once when the Secret changes.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client};

use crate::error::{Error, Result};

/// A folder that follows a Secret.
#[derive(Debug)]
pub struct Mount {
    folder: PathBuf,
    keys: Vec<&'static str>,
    version: u64,
    shown: BTreeMap<String, Vec<u8>>,
}

impl Mount {
    /// A mount of some keys of a Secret, empty until [`Self::show`] is called. The folder is made.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: &Path, keys: &[&'static str]) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::file("make the folder", folder))?;
        Ok(Self { folder: folder.to_path_buf(), keys: keys.to_vec(), version: 0, shown: BTreeMap::new() })
    }

    /// Looks at the Secret this often, for ever; run it in the background. (The kubelet takes up to a minute.)
    pub async fn follow(mut self, client: Client, namespace: String, name: String, every: Duration) {
        let secrets: Api<Secret> = Api::namespaced(client, &namespace);
        loop {
            // An API server that does not answer, or a Secret that is not there (yet), leaves the files as they are, as with the kubelet.
            if let Ok(Some(secret)) = secrets.get_opt(&name).await {
                let files = secret.data.unwrap_or_default().into_iter().map(|(key, value)| (key, value.0)).collect();
                if let Err(fault) = self.show(&files) {
                    tracing::error!(%fault, "cannot show a Secret as files");
                }
            }
            tokio::time::sleep(every).await;
        }
    }

    /// Shows these files: written beside, then the link `..data` is moved in one step, so that no reader sees half of them.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn show(&mut self, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
        let wanted = files.iter().filter(|(key, _)| self.keys.contains(&key.as_str()));
        let wanted: BTreeMap<_, _> = wanted.map(|(key, content)| (key.clone(), content.clone())).collect();
        if wanted.is_empty() || wanted == self.shown {
            return Ok(());
        }
        self.version += 1;
        let (old, new) = (format!("..{}", self.version - 1), format!("..{}", self.version));
        let folder = self.folder.join(&new);
        fs::create_dir_all(&folder).map_err(Error::file("make the folder", &folder))?;
        for (key, content) in &wanted {
            let file = folder.join(key);
            fs::write(&file, content).map_err(Error::file("write", &file))?;
            let link = self.folder.join(key);
            if !link.is_symlink() {
                symlink(Path::new("..data").join(key), &link).map_err(Error::file("link", &link))?;
            }
        }
        let (data, next) = (self.folder.join("..data"), self.folder.join("..next"));
        symlink(&new, &next).map_err(Error::file("link", &next))?;
        fs::rename(&next, &data).map_err(Error::file("replace", &data))?;
        // The first version has no forerunner.
        let _ = fs::remove_dir_all(self.folder.join(old));
        self.shown = wanted;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_follow_the_secret_and_other_keys_stay_out() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Mount::new(folder.path(), &["tls.crt", "tls.key"]).expect("a mount");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).ok();
        assert_eq!(read("tls.crt"), None);
        for round in ["one", "two", "two"] {
            let files = ["tls.crt", "tls.key", "ca.key"].map(|key| (key.to_owned(), format!("{key} {round}").into_bytes()));
            mount.show(&files.into()).expect("shown");
            assert_eq!(read("tls.crt"), Some(format!("tls.crt {round}")));
            assert_eq!(read("tls.key"), Some(format!("tls.key {round}")));
            assert_eq!(read("ca.key"), None);
        }
        assert_eq!(mount.version, 2, "the same content again is no new version");
        assert!(!folder.path().join("..1").exists());
    }
}
