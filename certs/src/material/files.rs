//! The stored form: named byte strings, the same in a folder (file names) and in a Secret (keys).

use std::{collections::BTreeMap, fmt};

/// The server certificate, PEM. The name is that of the Secret type `kubernetes.io/tls`.
pub const TLS_CERT: &str = "tls.crt";
/// The key of the server certificate, PEM (PKCS #8).
pub const TLS_KEY: &str = "tls.key";
/// The bundle to trust, PEM: the signing CA, the next one while it is being introduced, and old ones while a leaf of theirs lives.
pub const CA_CERT: &str = "ca.crt";
/// The key of the signing CA, PEM (PKCS #8). The signing CA is the one in the bundle that this key belongs to.
pub const CA_KEY: &str = "ca.key";
/// The CA that will sign once the bundle that holds it is everywhere, PEM.
pub const NEXT_CERT: &str = "next-ca.crt";
/// The key of the next CA, PEM (PKCS #8).
pub const NEXT_KEY: &str = "next-ca.key";
/// Per old CA the last certificate that it signed, PEM: while one of them is alive, its CA stays in the bundle.
pub const OLD_LEAVES: &str = "old-tls.crt";

/// All names, in the order in which a folder writes them. Whatever a crash leaves behind is a state that [`super::read`] understands:
/// a key is there before its certificate, a CA before what it signed.
pub const NAMES: [&str; 7] = [OLD_LEAVES, NEXT_KEY, NEXT_CERT, CA_KEY, CA_CERT, TLS_KEY, TLS_CERT];

/// One edit of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Replace the file as a whole.
    Put(&'static str),
    /// Remove the file.
    Remove(&'static str),
}

/// The stored form of everything.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<&'static str, Vec<u8>>);

impl Files {
    /// The content under a name, if it is there.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Stores content under one of [`NAMES`].
    pub fn set(&mut self, name: &'static str, content: impl Into<Vec<u8>>) {
        self.0.insert(name, content.into());
    }

    /// Forgets a name.
    pub fn remove(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// What a folder has to write and remove, one after the other, to come from here to `after`. A cut after any of them leaves what
    /// [`super::read`] can complete. Certificates are removed before their keys: a key alone counts as nothing.
    #[must_use]
    pub fn edits(&self, after: &Self) -> Vec<Edit> {
        let puts = NAMES.into_iter().filter(|name| after.get(name).is_some() && after.get(name) != self.get(name)).map(Edit::Put);
        let removed = NAMES.into_iter().rev().filter(|name| after.get(name).is_none() && self.get(name).is_some());
        puts.chain(removed.map(Edit::Remove)).collect()
    }

    /// Whether nothing at all is stored.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Files {
    /// Names only: the contents hold private keys.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
