//! What the API server has and allows.

use kube::Client;
use shared::telemetry::Chain;

use super::{Finding, rights, schema};
use crate::app;
use crate::lease::{LeaseStore, Mode};
use crate::settings::Settings;
use crate::watch::Scope;

/// Looks at the definitions, the Buckets, the Lease and the rights.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let client = match app::client().await {
        Ok(client) => client,
        Err(error) => {
            return vec![Finding::Error(format!("no way to the API server; run in a cluster, or set KUBECONFIG: {}", Chain(&error)))];
        }
    };
    let version = match client.apiserver_version().await {
        Ok(version) => version.git_version,
        Err(error) => return vec![Finding::Error(format!("the API server does not answer; check KUBECONFIG: {}", Chain(&error)))],
    };
    let mut findings = vec![Finding::Fine(format!("API server {version}"))];
    findings.extend(schema::findings(&client, settings).await);
    let scope = Scope { namespaces: settings.watch.namespaces.clone(), selector: settings.watch.selector.clone() };
    findings.push(match app::probe(&client, &scope).await {
        Ok(()) => Finding::Fine("Buckets can be listed".to_owned()),
        Err(error) => Finding::Error(Chain(&error).to_string()),
    });
    findings.push(lease(&client, settings).await);
    findings.extend(rights::findings(&client, settings).await);
    findings
}

async fn lease(client: &Client, settings: &Settings) -> Finding {
    let namespace = settings.leader.namespace.as_deref().unwrap_or_else(|| client.default_namespace());
    let store = LeaseStore::new(client.clone(), namespace, &settings.leader.lease);
    match store.read().await {
        Ok(lease) => {
            let spec = lease.and_then(|lease| lease.spec);
            let holder = spec.and_then(|spec| spec.holder_identity).filter(|holder| !holder.is_empty());
            let holder = holder.map_or_else(|| "nobody".to_owned(), |holder| format!("{holder:?}"));
            Finding::Fine(format!("the Lease {namespace}/{} is held by {holder}", settings.leader.lease))
        }
        Err(error) if settings.leader.mode == Mode::Respect => Finding::Warning(Chain(&error).to_string()),
        Err(error) => Finding::Error(Chain(&error).to_string()),
    }
}
