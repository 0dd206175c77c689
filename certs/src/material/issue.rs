//! Makes keys and certificates.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose,
    date_time_ymd,
};

use super::{Authority, Cert, Leaf, PrivateKey};
use crate::error::{Error, Result};

/// Certificates begin this much before they are made, so that a clock that is behind accepts them; less for very short lives.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// A new CA with a key of its own, valid for `life`. Its name carries the time, so that two CAs of one bundle can be told apart.
///
/// # Errors
/// [`Error::Issue`] if the library cannot make it.
pub fn authority(life: SignedDuration, now: Timestamp) -> Result<Authority> {
    let failed = |source| Error::Issue { what: "a CA", source };
    let key = PrivateKey::generate().map_err(failed)?;
    let mut params = params(&format!("cooper-webhook-ca {now:.0}"), life, now, None);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    let made = params.self_signed(key.pair()).map_err(failed)?;
    Ok(Authority { cert: cert(&made)?, key })
}

/// A new server certificate with a key of its own, signed by the CA, for `life` but no longer than the CA itself.
///
/// # Errors
/// [`Error::Issue`] if the library cannot make it, for example for a name that is no DNS name.
pub fn leaf(ca: &Authority, hosts: &BTreeSet<String>, life: SignedDuration, now: Timestamp) -> Result<Leaf> {
    let failed = |source| Error::Issue { what: "a server certificate", source };
    let key = PrivateKey::generate().map_err(failed)?;
    let names: Vec<String> = hosts.iter().cloned().collect();
    let mut params = params("cooper-webhook", life, now, Some(ca.cert.not_after()));
    params.subject_alt_names = CertificateParams::new(names).map_err(failed)?.subject_alt_names;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let issuer = Issuer::from_ca_cert_der(&ca.cert.der().into(), ca.key.pair()).map_err(failed)?;
    let made = params.signed_by(key.pair(), &issuer).map_err(failed)?;
    Ok(Leaf { cert: cert(&made)?, key })
}

/// The facts of what was just made.
fn cert(made: &Certificate) -> Result<Cert> {
    Cert::read(made.der()).map_err(|_| Error::Issue { what: "a certificate", source: rcgen::Error::CouldNotParseCertificate })
}

/// What all certificates have.
fn params(name: &str, life: SignedDuration, now: Timestamp, latest: Option<Timestamp>) -> CertificateParams {
    let end = now.saturating_add(life).unwrap_or(Timestamp::MAX);
    let early = CLOCK_SKEW.min(life / 10);
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(1970, 1, 1) + since_1970(now.saturating_sub(early).unwrap_or(now));
    params.not_after = date_time_ymd(1970, 1, 1) + since_1970(latest.map_or(end, |latest| end.min(latest)));
    params
}

/// Whole seconds since 1970, within the years 1970 to 9999 that a certificate can name (RFC 5280 section 4.1.2.5).
fn since_1970(time: Timestamp) -> Duration {
    const END_OF_9999: u64 = 253_402_300_799;
    Duration::from_secs(u64::try_from(time.as_second()).unwrap_or(0).min(END_OF_9999))
}
