//! A private key that does not show itself.

use std::{fmt, sync::Arc};

use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PublicKeyData};

/// A private key, with the public key that belongs to it.
#[derive(Clone)]
pub struct PrivateKey(Arc<KeyPair>);

impl PrivateKey {
    /// A new ECDSA P-256 key.
    ///
    /// # Errors
    /// The library's, if the system gives no randomness.
    pub fn generate() -> Result<Self, rcgen::Error> {
        KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map(|pair| Self(Arc::new(pair)))
    }

    /// Reads a PKCS #8 key in PEM.
    ///
    /// # Errors
    /// Why it cannot be read; the text never holds the key.
    pub fn read(pem: &[u8]) -> Result<Self, String> {
        let text = str::from_utf8(pem).map_err(|_| "it is not text".to_owned())?;
        KeyPair::from_pem(text).map(|pair| Self(Arc::new(pair))).map_err(|error| format!("it is no private key in PEM ({error})"))
    }

    /// The public key, DER (SubjectPublicKeyInfo, RFC 5280 section 4.1).
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        self.0.subject_public_key_info()
    }

    /// The key in PEM. Not for logs.
    #[must_use]
    pub fn pem(&self) -> String {
        self.0.serialize_pem()
    }

    /// For signing.
    pub(super) fn pair(&self) -> &KeyPair {
        &self.0
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(hidden)")
    }
}
