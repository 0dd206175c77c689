//! What is deleted around a Bucket: its namespace, or the CustomResourceDefinition. Read anew, as a cache may be behind.

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::api::Api;
use kube::core::ObjectMeta;
use kube::{Client, Resource};
use shared::Bucket;

use super::decide::Going;
use crate::context::Annotations;
use crate::objects::{ObjectError, within};

/// The namespaces and definitions in the API server.
pub(super) struct Surroundings(Client);

/// What was found around a Bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// What is deleted.
    pub going: Going,
    /// The annotations of the namespace.
    pub namespace: Annotations,
}

impl Surroundings {
    /// What is behind this client.
    #[must_use]
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// Looks around a Bucket. What is gone altogether counts as being deleted.
    ///
    /// # Errors
    /// The API server did not say.
    pub(super) async fn of(&self, bucket: &Bucket) -> Result<Found, ObjectError> {
        let definitions: Api<CustomResourceDefinition> = Api::all(self.0.clone());
        let definition = definition();
        let definition = within("read the CustomResourceDefinition of Buckets", definitions.get_metadata_opt(&definition));
        let (namespace, definition) = tokio::try_join!(self.namespace(bucket), definition)?;
        let definition = definition.map(|found| found.metadata);
        let is_going = |metadata: &Option<ObjectMeta>| metadata.as_ref().is_none_or(|found| found.deletion_timestamp.is_some());
        let going = match (is_going(&definition), is_going(&namespace)) {
            (true, _) => Going::Definition,
            (false, true) => Going::Namespace,
            (false, false) => Going::Nothing,
        };
        Ok(Found { going, namespace: namespace.and_then(|found| found.annotations).unwrap_or_default() })
    }

    /// The Bucket's namespace; `None` where it is gone.
    ///
    /// # Errors
    /// The API server did not say.
    pub(super) async fn namespace(&self, bucket: &Bucket) -> Result<Option<ObjectMeta>, ObjectError> {
        let namespaces: Api<Namespace> = Api::all(self.0.clone());
        let name = bucket.metadata.namespace.as_deref().unwrap_or("default");
        let found = within("read the namespace", namespaces.get_metadata_opt(name)).await?;
        Ok(found.map(|found| found.metadata))
    }
}

/// The name of the CustomResourceDefinition of Buckets.
fn definition() -> String {
    format!("{}.{}", Bucket::plural(&()), Bucket::group(&()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_has_the_name_that_the_role_allows() {
        assert_eq!(definition(), "buckets.s3.services.k8s.aws");
        let role = include_str!("../../../deploy/rbac/controller.yaml");
        assert!(role.contains(&format!("resourceNames: [{}]", definition())), "{role}");
    }
}
