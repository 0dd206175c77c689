//! A Secret of type `kubernetes.io/tls`. It is written as a whole with the resourceVersion that was read, so that of two writers one
//! gets a conflict and reads again. Keys of others in the same Secret are kept.

use std::collections::BTreeMap;

use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{
    Api, Client,
    api::{ObjectMeta, PostParams},
};

use crate::{
    error::{Error, Result},
    inject::MANAGER,
    material::{Files, NAMES, TLS_CERT, TLS_KEY},
};

/// How often a change is tried when others write the Secret at the same time.
const TRIES: u32 = 8;

/// A Secret with certificates.
#[derive(Clone)]
pub struct SecretStore {
    secrets: Api<Secret>,
    namespace: String,
    name: String,
}

impl SecretStore {
    /// A Secret, which need not exist yet.
    #[must_use]
    pub fn new(client: Client, namespace: &str, name: &str) -> Self {
        Self { secrets: Api::namespaced(client, namespace), namespace: namespace.to_owned(), name: name.to_owned() }
    }

    pub(super) fn place(&self) -> String {
        format!("Secret {}/{}", self.namespace, self.name)
    }

    pub(super) async fn load(&self) -> Result<Files> {
        Ok(self.get().await?.map_or_else(Files::default, |secret| files(&secret)))
    }

    pub(super) async fn change<T>(&self, mut change: impl FnMut(&Files) -> Result<(Option<Files>, T)>) -> Result<T> {
        for _ in 0..TRIES {
            let secret = self.get().await?;
            let (after, answer) = change(&secret.as_ref().map_or_else(Files::default, files))?;
            let Some(after) = after else { return Ok(answer) };
            if self.write(secret, &after).await? {
                return Ok(answer);
            }
        }
        Err(Error::Contended { place: self.place(), tries: TRIES })
    }

    async fn get(&self) -> Result<Option<Secret>> {
        self.secrets.get_opt(&self.name).await.map_err(Error::api(format!("get {}", self.place())))
    }

    /// Creates or replaces the Secret; false if somebody else was quicker.
    async fn write(&self, before: Option<Secret>, after: &Files) -> Result<bool> {
        let params = PostParams { field_manager: Some(MANAGER.to_owned()), ..PostParams::default() };
        let (action, written) = if let Some(mut secret) = before {
            put(&mut secret, after);
            ("update", self.secrets.replace(&self.name, &params, &secret).await)
        } else {
            ("create", self.secrets.create(&params, &self.fresh(after)).await)
        };
        match written {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_already_exists() => Ok(false),
            // Deleted between reading and writing: read again.
            Err(kube::Error::Api(status)) if status.is_not_found() && action == "update" => Ok(false),
            Err(error) => Err(Error::api(format!("{action} {}", self.place()))(error)),
        }
    }

    /// A new Secret. The type asks for both members of the pair, which the first write always has.
    fn fresh(&self, files: &Files) -> Secret {
        let labels = [("app.kubernetes.io/name", MANAGER), ("app.kubernetes.io/part-of", "cooper")];
        let mut secret = Secret {
            metadata: ObjectMeta {
                name: Some(self.name.clone()),
                namespace: Some(self.namespace.clone()),
                labels: Some(labels.map(|(key, value)| (key.to_owned(), value.to_owned())).into()),
                ..ObjectMeta::default()
            },
            type_: Some("kubernetes.io/tls".to_owned()),
            ..Secret::default()
        };
        put(&mut secret, files);
        secret
    }
}

impl std::fmt::Debug for SecretStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.place())
    }
}

/// Our members of the Secret. An empty member counts as absent: some tools make a `kubernetes.io/tls` Secret with empty members.
fn files(secret: &Secret) -> Files {
    let mut files = Files::default();
    let data = secret.data.as_ref();
    for name in NAMES {
        if let Some(content) = data.and_then(|data| data.get(name)).filter(|content| !content.0.is_empty()) {
            files.set(name, content.0.clone());
        }
    }
    files
}

/// Sets our members; those of the pair are never removed, only emptied, since the Secret's type asks for them.
fn put(secret: &mut Secret, files: &Files) {
    let data = secret.data.get_or_insert_with(BTreeMap::new);
    for name in NAMES {
        match files.get(name) {
            Some(content) => {
                data.insert(name.to_owned(), ByteString(content.to_vec()));
            }
            None if name == TLS_CERT || name == TLS_KEY => {
                data.insert(name.to_owned(), ByteString(Vec::new()));
            }
            None => {
                data.remove(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::material::CA_CERT;

    #[test]
    fn members_of_others_stay_and_empty_ones_count_as_absent() {
        let mut secret = Secret {
            data: Some(BTreeMap::from([
                ("theirs".to_owned(), ByteString(b"kept".to_vec())),
                (TLS_KEY.to_owned(), ByteString(Vec::new())),
                (CA_CERT.to_owned(), ByteString(b"old".to_vec())),
            ])),
            ..Secret::default()
        };
        assert!(files(&secret).get(TLS_KEY).is_none());
        let mut wanted = Files::default();
        wanted.set(TLS_KEY, "key");
        put(&mut secret, &wanted);
        let data = secret.data.unwrap();
        assert_eq!(data["theirs"].0, b"kept");
        assert_eq!(data[TLS_KEY].0, b"key");
        assert!(data[TLS_CERT].0.is_empty());
        assert!(!data.contains_key(CA_CERT));
    }
}
