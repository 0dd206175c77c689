//! A certificate and the facts in it that matter here.

use std::{collections::BTreeSet, fmt, net::IpAddr};

use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use x509_parser::{certificate::X509Certificate, extensions::GeneralName, prelude::FromDer, x509::SubjectPublicKeyInfo};

/// A certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Cert {
    der: Vec<u8>,
    subject: String,
    not_before: Timestamp,
    not_after: Timestamp,
    public_key: Vec<u8>,
    hosts: BTreeSet<String>,
    is_ca: bool,
}

impl Cert {
    /// Reads one certificate in DER.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(der: &[u8]) -> Result<Self, String> {
        let (_, parsed) = X509Certificate::from_der(der).map_err(|error| format!("it is no X.509 certificate ({error})"))?;
        let when = |time: i64| Timestamp::from_second(time).map_err(|error| format!("its validity is out of range ({error})"));
        Ok(Self {
            der: der.to_vec(),
            subject: parsed.subject().to_string(),
            not_before: when(parsed.validity().not_before.timestamp())?,
            not_after: when(parsed.validity().not_after.timestamp())?,
            public_key: parsed.public_key().raw.to_vec(),
            hosts: hosts(&parsed)?,
            is_ca: parsed.is_ca(),
        })
    }

    /// Reads all certificates of a PEM text, at least one; text between the blocks is a comment.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read_all(pem: &[u8]) -> Result<Vec<Self>, String> {
        let certs: Vec<Self> = CertificateDer::pem_slice_iter(pem)
            .map(|der| Self::read(&der.map_err(|error| format!("it is no PEM ({error})"))?))
            .collect::<Result<_, _>>()?;
        if certs.is_empty() { Err("it holds no certificate in PEM".to_owned()) } else { Ok(certs) }
    }

    /// The certificate in PEM: lines of 64 characters (RFC 7468).
    #[must_use]
    pub fn pem(&self) -> String {
        let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
        for (at, character) in STANDARD.encode(&self.der).chars().enumerate() {
            if at > 0 && at % 64 == 0 {
                text.push('\n');
            }
            text.push(character);
        }
        text.push_str("\n-----END CERTIFICATE-----\n");
        text
    }

    /// The certificates in PEM, one after the other.
    #[must_use]
    pub fn bundle<'a>(certs: impl IntoIterator<Item = &'a Self>) -> String {
        certs.into_iter().map(Self::pem).collect()
    }

    /// The certificate in DER.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// When it stops being valid.
    #[must_use]
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// When it begins to be valid.
    #[must_use]
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The public key, DER (SubjectPublicKeyInfo).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The DNS names and IP addresses that it speaks for, in the form of [`crate::args::host`].
    #[must_use]
    pub fn hosts(&self) -> &BTreeSet<String> {
        &self.hosts
    }

    /// Whether it may sign others.
    #[must_use]
    pub fn is_ca(&self) -> bool {
        self.is_ca
    }

    /// Whether it is valid now or will be.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.not_after
    }

    /// When it is to be renewed: at two thirds of its life.
    #[must_use]
    pub fn due(&self) -> Timestamp {
        let life = self.not_after.duration_since(self.not_before);
        self.not_before.saturating_add(SignedDuration::from_secs(life.as_secs() / 3 * 2)).unwrap_or(self.not_after)
    }

    /// Whether the CA's key made this certificate's signature.
    #[must_use]
    pub fn is_signed_by(&self, ca: &Self) -> bool {
        let Ok((_, parsed)) = X509Certificate::from_der(&self.der) else { return false };
        let Ok((_, key)) = SubjectPublicKeyInfo::from_der(&ca.public_key) else { return false };
        parsed.verify_signature(Some(&key)).is_ok()
    }
}

impl fmt::Display for Cert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (until {})", self.subject, self.not_after)
    }
}

impl fmt::Debug for Cert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The DNS names and IP addresses among the subject's alternative names (RFC 5280 section 4.2.1.6).
fn hosts(parsed: &X509Certificate<'_>) -> Result<BTreeSet<String>, String> {
    let names = parsed.subject_alternative_name().map_err(|error| format!("its alternative names cannot be read ({error})"))?;
    let Some(names) = names else { return Ok(BTreeSet::new()) };
    Ok(names.value.general_names.iter().filter_map(host).collect())
}

/// One alternative name, if it is a DNS name or an IP address.
fn host(name: &GeneralName<'_>) -> Option<String> {
    if let GeneralName::DNSName(name) = name {
        return Some(name.to_ascii_lowercase());
    }
    let GeneralName::IPAddress(bytes) = name else { return None };
    let address = <[u8; 4]>::try_from(*bytes).map(IpAddr::from).or_else(|_| <[u8; 16]>::try_from(*bytes).map(IpAddr::from));
    address.ok().map(|address| address.to_string())
}
