//! The tiny certificate authority of a test control plane.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

use crate::error::{Error, Result};

/// The group whose members kube-apiserver lets do everything.
pub(super) const MASTERS: &str = "system:masters";

/// A CA that signs the API server's certificate and those of its users.
pub(super) struct Pki {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A certificate with its private key, both PEM.
pub(super) struct Identity {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Pki {
    pub(super) fn new() -> Result<Self> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name("cooper-test-ca", None);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let issuer = generate("the test CA").and_then(|key| CertifiedIssuer::self_signed(params, key).map_err(fault("the test CA")))?;
        Ok(Self { issuer })
    }

    /// The CA's own certificate.
    pub(super) fn ca(&self) -> String {
        self.issuer.pem()
    }

    /// A server on loopback.
    pub(super) fn server(&self) -> Result<Identity> {
        let hosts = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(hosts).map_err(fault("kube-apiserver"))?;
        params.distinguished_name = name("kube-apiserver", None);
        self.sign(params, ExtendedKeyUsagePurpose::ServerAuth, "kube-apiserver")
    }

    /// A user as Kubernetes reads certificates: the common name is the user, the organisation a group.
    pub(super) fn user(&self, user: &str, group: Option<&str>) -> Result<Identity> {
        let mut params = CertificateParams::default();
        params.distinguished_name = name(user, group);
        self.sign(params, ExtendedKeyUsagePurpose::ClientAuth, user)
    }

    fn sign(&self, mut params: CertificateParams, usage: ExtendedKeyUsagePurpose, whose: &str) -> Result<Identity> {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![usage];
        let key = generate(whose)?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(fault(whose))?;
        Ok(Identity { certificate: certificate.pem(), key: key.serialize_pem() })
    }
}

impl std::fmt::Debug for Pki {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pki").finish_non_exhaustive()
    }
}

/// The pair that signs ServiceAccount tokens: (private, public).
pub(super) fn token_keys() -> Result<(String, String)> {
    let key = generate("the ServiceAccount issuer")?;
    Ok((key.serialize_pem(), key.public_key_pem()))
}

fn generate(whose: &str) -> Result<KeyPair> {
    KeyPair::generate().map_err(fault(whose))
}

fn name(common: &str, organisation: Option<&str>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    if let Some(organisation) = organisation {
        name.push(DnType::OrganizationName, organisation);
    }
    name
}

fn fault(whose: &str) -> impl FnOnce(rcgen::Error) -> Error {
    let what = whose.to_owned();
    move |source| Error::Certificate { what, source }
}
