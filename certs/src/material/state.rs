//! From the stored form to a value that can be reasoned about, and back.

use std::fmt;

use super::{CA_CERT, CA_KEY, Cert, Files, NEXT_CERT, NEXT_KEY, OLD_LEAVES, PrivateKey, TLS_CERT, TLS_KEY};

/// A CA with its key.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The certificate.
    pub cert: Cert,
    /// Its key.
    pub key: PrivateKey,
}

/// The server certificate with its key.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The certificate.
    pub cert: Cert,
    /// Its key.
    pub key: PrivateKey,
}

/// What the webhook has to serve with.
#[derive(Clone, Debug)]
pub enum Serving {
    /// Nothing yet.
    Nothing,
    /// A certificate and a key that do not belong together, or one without the other: a write was cut short.
    Mismatch,
    /// A pair that belongs together and was signed by a CA of the bundle.
    Pair(Leaf),
}

/// Everything, as a value.
#[derive(Clone, Debug)]
pub struct State {
    /// The CA that signs.
    pub signer: Authority,
    /// The CA that will sign once it is trusted everywhere.
    pub next: Option<Authority>,
    /// CAs that sign no more, but are still trusted.
    pub old: Vec<Cert>,
    /// The last leaf of each old CA, unless it is the one that is served.
    pub old_leaves: Vec<Cert>,
    /// What is served.
    pub serving: Serving,
    /// Whether the stored form is what [`State::files`] would store: false after a write that was cut short.
    pub tidy: bool,
}

/// What is wrong with the stored form. It is never changed without being told to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A file cannot be understood.
    Broken {
        /// The file's name.
        file: &'static str,
        /// Why.
        why: String,
    },
    /// There are certificates but no key of a CA.
    Foreign,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken { file, why } => write!(
                f,
                "{file} cannot be used: {why}. Nothing was changed; restore it, or replace {} with --force",
                if *file == TLS_CERT || *file == TLS_KEY {
                    "the server certificate (rotate) or everything (mint)"
                } else {
                    "everything (mint)"
                },
            ),
            Self::Foreign => write!(
                f,
                "there is a certificate but no {CA_KEY}, so something else (cert-manager?) made it. Nothing was changed; name another place, \
                 or replace everything with mint --force"
            ),
        }
    }
}

impl State {
    /// The certificates to trust, from the oldest on: the order stays when another CA begins to sign.
    #[must_use]
    pub fn bundle(&self) -> Vec<&Cert> {
        let next = self.next.iter().map(|next| &next.cert);
        let mut bundle: Vec<&Cert> = std::iter::once(&self.signer.cert).chain(next).chain(&self.old).collect();
        bundle.sort_by_key(|cert| (cert.not_before(), cert.der()));
        bundle
    }

    /// The stored form.
    #[must_use]
    pub fn files(&self) -> Files {
        let mut files = self.authority_files();
        if let Serving::Pair(leaf) = &self.serving {
            files.set(TLS_CERT, leaf.cert.pem());
            files.set(TLS_KEY, leaf.key.pem());
        }
        files
    }

    /// The stored form, without the leaf.
    fn authority_files(&self) -> Files {
        let mut files = Files::default();
        files.set(CA_CERT, Cert::bundle(self.bundle()));
        files.set(CA_KEY, self.signer.key.pem());
        if let Some(next) = &self.next {
            files.set(NEXT_CERT, next.cert.pem());
            files.set(NEXT_KEY, next.key.pem());
        }
        if !self.old_leaves.is_empty() {
            files.set(OLD_LEAVES, Cert::bundle(&self.old_leaves));
        }
        files
    }
}

/// Reads the stored form; `None` when nothing was made yet.
///
/// # Errors
/// What is wrong, if it is something that a write cut short does not explain.
pub fn read(files: &Files) -> Result<Option<State>, Flaw> {
    let (Some(bundle), Some(key)) = (files.get(CA_CERT), files.get(CA_KEY)) else {
        // The key of a CA is written before its certificate: a key alone is a beginning that was cut short.
        let stray = files.get(CA_CERT).is_some() || files.get(TLS_CERT).is_some() || files.get(TLS_KEY).is_some();
        return if stray { Err(Flaw::Foreign) } else { Ok(None) };
    };
    let (mut old, key) = (certs(CA_CERT, bundle)?, private_key(CA_KEY, key)?);
    let signer = take(&mut old, &key.public()).ok_or_else(|| broken(CA_KEY, format!("it belongs to no certificate in {CA_CERT}")))?;
    let signer = Authority { cert: signer, key };
    let next = next(files)?.filter(|next| next.cert != signer.cert);
    if let Some(next) = &next {
        old.retain(|cert| *cert != next.cert);
    }
    let old_leaves = files.get(OLD_LEAVES).map_or(Ok(Vec::new()), |pem| certs(OLD_LEAVES, pem))?;
    let mut state = State { signer, next, old, old_leaves, serving: Serving::Nothing, tidy: true };
    state.serving = serving(files, &state)?;
    let rendered = state.authority_files();
    state.tidy = [CA_CERT, CA_KEY, NEXT_CERT, NEXT_KEY, OLD_LEAVES].iter().all(|name| rendered.get(name) == files.get(name));
    Ok(Some(state))
}

/// The next CA. Its key is written before its certificate and removed after it: a key alone does not count.
fn next(files: &Files) -> Result<Option<Authority>, Flaw> {
    let Some(pem) = files.get(NEXT_CERT) else { return Ok(None) };
    let key = files.get(NEXT_KEY).ok_or_else(|| broken(NEXT_KEY, "it is missing".to_owned()))?;
    let (mut certs, key) = (certs(NEXT_CERT, pem)?, private_key(NEXT_KEY, key)?);
    let cert = take(&mut certs, &key.public()).ok_or_else(|| broken(NEXT_KEY, format!("it does not belong to {NEXT_CERT}")))?;
    Ok(Some(Authority { cert, key }))
}

/// What there is to serve with.
fn serving(files: &Files, state: &State) -> Result<Serving, Flaw> {
    let (pem, key) = match (files.get(TLS_CERT), files.get(TLS_KEY)) {
        (None, None) => return Ok(Serving::Nothing),
        (Some(pem), Some(key)) => (pem, key),
        (Some(_), None) | (None, Some(_)) => return Ok(Serving::Mismatch),
    };
    let (mut certs, key) = (certs(TLS_CERT, pem)?, private_key(TLS_KEY, key)?);
    let cert = certs.swap_remove(0);
    if cert.public_key() != key.public() {
        return Ok(Serving::Mismatch);
    }
    if !state.bundle().iter().any(|ca| cert.is_signed_by(ca)) {
        return Err(broken(TLS_CERT, format!("it was signed by no certificate in {CA_CERT}")));
    }
    Ok(Serving::Pair(Leaf { cert, key }))
}

/// Takes the CA with this public key out of the list.
fn take(certs: &mut Vec<Cert>, public_key: &[u8]) -> Option<Cert> {
    let at = certs.iter().position(|cert| cert.is_ca() && cert.public_key() == public_key)?;
    Some(certs.remove(at))
}

fn certs(file: &'static str, pem: &[u8]) -> Result<Vec<Cert>, Flaw> {
    Cert::read_all(pem).map_err(|why| broken(file, why))
}

fn private_key(file: &'static str, pem: &[u8]) -> Result<PrivateKey, Flaw> {
    PrivateKey::read(pem).map_err(|why| broken(file, why))
}

fn broken(file: &'static str, why: String) -> Flaw {
    Flaw::Broken { file, why }
}
