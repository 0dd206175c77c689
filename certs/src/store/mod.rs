//! Where the certificates are kept. Both kinds of place are read, changed and written as one: of two writers one sees the other's result.

mod folder;
mod secret;

pub use folder::Folder;
pub use secret::SecretStore;

use crate::{error::Result, material::Files};

/// A place for [`Files`].
#[derive(Clone, Debug)]
pub enum Store {
    /// A folder.
    Folder(Folder),
    /// A Secret.
    Secret(Box<SecretStore>),
}

impl Store {
    /// The place in words, for messages.
    #[must_use]
    pub fn place(&self) -> String {
        match self {
            Self::Folder(folder) => folder.place(),
            Self::Secret(secret) => secret.place(),
        }
    }

    /// What is there; empty where nothing is.
    ///
    /// # Errors
    /// [`crate::Error::Folder`] or [`crate::Error::Api`].
    pub async fn load(&self) -> Result<Files> {
        match self {
            Self::Folder(folder) => folder.load(),
            Self::Secret(secret) => secret.load().await,
        }
    }

    /// Reads, lets `change` decide, and writes what it gives (`None`: nothing is written). `change` may be called again, with what
    /// somebody else wrote meanwhile.
    ///
    /// # Errors
    /// Those of `change`, [`crate::Error::Folder`], [`crate::Error::Api`], or [`crate::Error::Contended`].
    pub async fn change<T>(&self, change: impl FnMut(&Files) -> Result<(Option<Files>, T)>) -> Result<T> {
        match self {
            Self::Folder(folder) => folder.change(change),
            Self::Secret(secret) => secret.change(change).await,
        }
    }
}
