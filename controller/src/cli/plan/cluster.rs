//! What the API server knows that the files do not say.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Namespace;
use kube::Client;
use kube::api::Api;
use shared::Bucket;

use super::subject::Files;
use crate::app;
use crate::cli::CliError;
use crate::references::Roles;

/// The way to the API server.
pub(super) struct Cluster(Client);

impl Cluster {
    /// The cluster that kubectl would ask.
    ///
    /// # Errors
    /// No configuration was found, or it cannot be used.
    pub(super) async fn connect() -> Result<Self, CliError> {
        app::client().await.map(Self).map_err(CliError::Kubeconfig)
    }

    /// Adds the annotations of namespaces and the Buckets that are there. A Namespace among the files wins where both say something,
    /// as it would be applied too.
    ///
    /// # Errors
    /// The API server refused, or was not reached.
    pub(super) async fn fill(&self, files: &mut Files) -> Result<(), CliError> {
        let names: BTreeSet<(String, String)> =
            files.names().map(|(namespace, name)| (namespace.to_owned(), name.to_owned())).filter(|(_, name)| !name.is_empty()).collect();
        let namespaces: BTreeSet<&String> = names.iter().map(|(namespace, _)| namespace).collect();
        let all: Api<Namespace> = Api::all(self.0.clone());
        for name in namespaces {
            let failed = |source| CliError::Cluster { what: format!("namespace {name:?}"), source };
            let found = all.get_metadata_opt(name).await.map_err(failed)?;
            let mut annotations = found.and_then(|found| found.metadata.annotations).unwrap_or_default();
            annotations.extend(files.namespaces.remove(name).unwrap_or_default());
            files.namespaces.insert(name.clone(), annotations);
        }
        let mut live = BTreeMap::new();
        for (namespace, name) in names {
            let failed = |source| CliError::Cluster { what: format!("Bucket {namespace}/{name}"), source };
            let api: Api<Bucket> = Api::namespaced(self.0.clone(), &namespace);
            if let Some(found) = api.get_opt(&name).await.map_err(failed)? {
                live.insert((namespace, name), found);
            }
        }
        files.live = Some(live);
        Ok(())
    }

    /// The Roles that specs refer to. Whether they may be in other namespaces, the controller's flags say.
    pub(super) fn into_roles(self) -> Roles {
        Roles::new(self.0, true)
    }
}
