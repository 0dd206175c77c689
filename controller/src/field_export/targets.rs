//! Writes of ConfigMaps and Secrets: one key, by a merge patch. The answers hold metadata only, so what else such an object holds never
//! gets here.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::Client;
use kube::api::{Api, Patch};
use kube::core::PartialObjectMeta;
use serde_json::{Value, json};
use shared::field_export::TargetKind;
use shared::telemetry::Chain;

use super::order::Target;
use super::trouble::Trouble;
use crate::objects::{self, TIMEOUT};
use crate::text;

/// The most that is told of an answer, in characters.
const LONGEST: usize = 4 * text::VALUE;

/// The ConfigMaps and Secrets in the API server.
#[derive(Clone)]
pub struct Targets(Client);

impl Targets {
    /// Those behind this client.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// Sets the key.
    ///
    /// # Errors
    /// The object is not there, or does not take it.
    pub async fn set(&self, target: &Target, value: &str) -> Result<(), Trouble> {
        let value = match target.kind {
            TargetKind::ConfigMap => json!(value),
            TargetKind::Secret => json!(ByteString(value.as_bytes().to_vec())),
        };
        self.patch(target, value).await
    }

    /// Removes the key. Where the object is gone, so is the key.
    ///
    /// # Errors
    /// The object keeps it.
    pub async fn clear(&self, target: &Target) -> Result<(), Trouble> {
        match self.patch(target, Value::Null).await {
            Err(Trouble::NoTarget { .. }) => Ok(()),
            other => other,
        }
    }

    async fn patch(&self, target: &Target, value: Value) -> Result<(), Trouble> {
        let patch = json!({ "data": { &target.key: value } });
        let (client, namespace, name) = (self.0.clone(), &target.namespace, &target.name);
        let (patch, params) = (Patch::Merge(&patch), objects::params());
        let answer = tokio::time::timeout(TIMEOUT, async {
            match target.kind {
                TargetKind::ConfigMap => {
                    Api::<ConfigMap>::namespaced(client, namespace).patch_metadata(name, &params, &patch).await.map(gone)
                }
                TargetKind::Secret => Api::<Secret>::namespaced(client, namespace).patch_metadata(name, &params, &patch).await.map(gone),
            }
        });
        match answer.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(refused(target, &error)),
            Err(_) => Err(Trouble::TargetUnreached { object: target.object(), why: format!("no answer within {TIMEOUT:?}") }),
        }
    }
}

fn gone<K>(_: PartialObjectMeta<K>) {}

fn refused(target: &Target, error: &kube::Error) -> Trouble {
    let object = target.object();
    let unreached = |why: String| Trouble::TargetUnreached { object: target.object(), why: text::shortened(&why, LONGEST) };
    let kube::Error::Api(status) = error else { return unreached(Chain(error).to_string()) };
    match status.code {
        404 => Trouble::NoTarget { object },
        409 | 429 => unreached(status.message.clone()),
        code if code < 500 => Trouble::TargetRefused { object, code, why: text::shortened(&status.message, LONGEST) },
        _ => unreached(status.message.clone()),
    }
}

#[cfg(test)]
mod tests {
    use kube::core::Status;

    use super::*;

    #[test]
    fn an_object_that_is_missing_one_that_refuses_and_a_silent_api_server_are_told_apart() {
        let target = Target::parse("secret/shop/app/k").unwrap();
        let category = |code: u16| {
            let status = Status::failure("no", "Reason").with_code(code);
            refused(&target, &kube::Error::Api(status.boxed())).category()
        };
        assert_eq!([404, 403, 422].map(category), ["TargetNotFound", "TargetRefused", "TargetRefused"]);
        assert_eq!([409, 429, 500].map(category), ["TargetUnreachable"; 3]);
    }
}
