//! Reading a certificate and its key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The file of the certificate chain, leaf first, as in a Kubernetes TLS Secret.
pub(crate) const CERTIFICATE_FILE: &str = "tls.crt";
/// The file of the private key.
pub(crate) const KEY_FILE: &str = "tls.key";

/// Why a certificate is not taken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file is not there or cannot be read.
    #[error("{path} cannot be read; mount the Secret with tls.crt and tls.key there or set --cert-dir")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A file is not PEM, or there is no certificate or key in it.
    #[error("{file} holds no {what} in PEM; let cooper-certs mint it again")]
    Pem {
        /// `tls.crt` or `tls.key`.
        file: &'static str,
        /// What is missing.
        what: &'static str,
        /// What is there instead, where something is.
        #[source]
        source: Option<rustls_pki_types::pem::Error>,
    },
    /// The leaf is no X.509 certificate.
    #[error("the first certificate in tls.crt is no X.509 certificate: {0}; let cooper-certs mint it again")]
    X509(String),
    /// The certificate has ended.
    #[error("the certificate in tls.crt ended at {not_after} (seconds since 1970, now {now}); let cooper-certs mint a new one")]
    Expired {
        /// Its end, in seconds since 1970.
        not_after: i64,
        /// The clock.
        now: i64,
    },
    /// Certificate and key do not belong together, or the key is of a kind that is not supported.
    #[error("tls.crt and tls.key do not make a usable pair; write both at once, as a Secret does")]
    Pair(#[source] rustls::Error),
}

impl TlsError {
    /// The kind of error, for a log line.
    #[must_use]
    pub fn category(&self) -> &'static str {
        match self {
            Self::Read { .. } => "certificate-read",
            Self::Pem { .. } => "certificate-pem",
            Self::X509(_) => "certificate-x509",
            Self::Expired { .. } => "certificate-expired",
            Self::Pair(_) => "certificate-pair",
        }
    }
}

/// The contents of the two files.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Files {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    /// Reads both files.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(crate) fn read(dir: &Path) -> Result<Self, TlsError> {
        let read = |file| {
            let path = dir.join(file);
            std::fs::read(&path).map_err(|source| TlsError::Read { path, source })
        };
        Ok(Self { certificate: read(CERTIFICATE_FILE)?, key: read(KEY_FILE)? })
    }
}

/// A certificate ready to serve with.
pub(crate) struct Certificate {
    /// TLS 1.2 and 1.3, HTTP/1.1, no client certificates.
    pub config: Arc<ServerConfig>,
    /// The leaf's end in seconds since 1970.
    pub not_after: i64,
}

impl Certificate {
    /// Checks the files' contents at the time `now`, in seconds since 1970.
    ///
    /// # Errors
    /// They make no pair that clients could trust now.
    pub(crate) fn from_files(files: &Files, now: i64) -> Result<Self, TlsError> {
        let no_certificate = |source| TlsError::Pem { file: CERTIFICATE_FILE, what: "certificate", source };
        let chain = CertificateDer::pem_slice_iter(&files.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| no_certificate(Some(error)))?;
        let leaf = chain.first().ok_or_else(|| no_certificate(None))?;
        let (_, leaf) = X509Certificate::from_der(leaf).map_err(|error| TlsError::X509(error.to_string()))?;
        let not_after = leaf.validity().not_after.timestamp();
        if not_after <= now {
            return Err(TlsError::Expired { not_after, now });
        }
        let key = PrivateKeyDer::from_pem_slice(&files.key).map_err(|error| TlsError::Pem {
            file: KEY_FILE,
            what: "private key",
            source: Some(error),
        })?;
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Pair)?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(TlsError::Pair)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self { config: Arc::new(config), not_after })
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair};

    use super::*;

    fn pair() -> (Vec<u8>, Vec<u8>) {
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        (certificate.pem().into_bytes(), key.serialize_pem().into_bytes())
    }

    fn category(certificate: &[u8], key: &[u8], now: i64) -> &'static str {
        let files = Files { certificate: certificate.to_owned(), key: key.to_owned() };
        Certificate::from_files(&files, now).map_or_else(|error| error.category(), |_| "taken")
    }

    #[test]
    fn only_a_pair_that_belongs_together_and_has_not_ended_is_taken() {
        let ((certificate, key), (_, other_key)) = (pair(), pair());
        assert_eq!(category(&certificate, &key, 0), "taken");
        assert_eq!(category(&certificate, &other_key, 0), "certificate-pair");
        assert_eq!(category(&certificate, &key, i64::MAX), "certificate-expired");
        assert_eq!(category(b"", &key, 0), "certificate-pem");
        assert_eq!(category(&certificate[..certificate.len() / 2], &key, 0), "certificate-pem");
        assert_eq!(category(&certificate, b"no key", 0), "certificate-pem");
        let no_x509 = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(category(no_x509, &key, 0), "certificate-x509");
    }

    #[test]
    fn a_missing_file_is_named() {
        let Err(error) = Files::read(Path::new("/nowhere")) else { panic!("read") };
        assert_eq!((error.category(), error.to_string().contains("/nowhere/tls.crt")), ("certificate-read", true));
    }
}
