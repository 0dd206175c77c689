//! How etcd, kube-apiserver and kube-controller-manager are started. Flags: the reference pages of each at kubernetes.io and etcd.io.

use std::path::Path;
use std::time::Duration;

use super::pki::{self, Pki};
use super::tools::Tools;
use crate::error::Result;
use crate::port;
use crate::process::{Launch, Process};
use crate::scratch::Scratch;

/// Plenty on a busy machine; a start takes some seconds.
pub(super) const START_LIMIT: Duration = Duration::from_secs(90);

/// Only writes are audited, without bodies: enough to see who wrote what, and how often.
const AUDIT_POLICY: &str = r#"{"apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"], "rules": [
  {"level": "Metadata", "verbs": ["create", "update", "patch", "delete", "deletecollection"]}, {"level": "None"}]}"#;

/// Starts etcd; returns it with the address for the API server.
pub(super) async fn etcd(tools: &Tools, scratch: &Scratch) -> Result<(Process, String)> {
    let (client, peer) = (format!("http://127.0.0.1:{}", port::free()?), format!("http://127.0.0.1:{}", port::free()?));
    let data = scratch.file(format!("etcd-data-{}", port_of(&client)))?;
    let launch = Launch::new("etcd", &tools.etcd, scratch.file("etcd.log")?)
        .args(["--name=cooper", "--unsafe-no-fsync", "--log-level=warn"])
        .args([format!("--data-dir={}", data.display()), format!("--initial-cluster=cooper={peer}")])
        .args([format!("--listen-client-urls={client}"), format!("--advertise-client-urls={client}")])
        .args([format!("--listen-peer-urls={peer}"), format!("--initial-advertise-peer-urls={peer}")]);
    let mut process = Process::spawn(&launch)?;
    process.ready(&format!("{client}/health"), START_LIMIT).await?;
    Ok((process, client))
}

/// Starts kube-apiserver on `port`; it is not ready yet.
pub(super) fn apiserver(tools: &Tools, scratch: &Scratch, pki: &Pki, etcd: &str, port: u16) -> Result<Process> {
    let file = |name: &str, content: &str| scratch.write(format!("pki/{name}"), content).map(|path| path.display().to_string());
    let server = pki.server()?;
    let (signing, verifying) = pki::token_keys()?;
    let verifying = file("service-account.pub", &verifying)?;
    let launch = Launch::new("kube-apiserver", &tools.apiserver, scratch.file("kube-apiserver.log")?)
        .args([format!("--etcd-servers={etcd}"), format!("--secure-port={port}")])
        .args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none"])
        .args(["--service-cluster-ip-range=10.0.0.0/24", "--profiling=false", "--authorization-mode=RBAC"])
        // No controller makes the default ServiceAccounts and their ConfigMaps that this plugin would wait for.
        .args(["--disable-admission-plugins=ServiceAccount"])
        .args([format!("--client-ca-file={}", file("ca.crt", &pki.ca())?)])
        .args([format!("--tls-cert-file={}", file("server.crt", &server.certificate)?)])
        .args([format!("--tls-private-key-file={}", file("server.key", &server.key)?)])
        .args(["--service-account-issuer=https://kubernetes.default.svc".to_owned(), format!("--service-account-key-file={verifying}")])
        .args([format!("--service-account-signing-key-file={}", file("service-account.key", &signing)?)])
        .args([format!("--audit-policy-file={}", scratch.write("audit-policy.json", AUDIT_POLICY)?.display())])
        .args([format!("--audit-log-path={}", audit_log(scratch)?.display())]);
    Process::spawn(&launch)
}

/// Starts kube-controller-manager with the controllers that make the API behave as users know it: aggregated roles (`admin`, `edit`,
/// `view`), the end of a namespace, garbage collection by owner reference, and type checks of admission policies.
pub(super) fn manager(tools: &Tools, scratch: &Scratch, kubeconfig: &Path) -> Result<Process> {
    let launch = Launch::new("kube-controller-manager", &tools.manager, scratch.file("kube-controller-manager.log")?)
        .args([format!("--kubeconfig={}", kubeconfig.display())])
        .args(["--controllers=clusterrole-aggregation-controller,namespace-controller,garbage-collector-controller,\
                validatingadmissionpolicy-status-controller"])
        .args(["--leader-elect=false", "--secure-port=0"]);
    Process::spawn(&launch)
}

/// Where the API server writes its audit log, one JSON object per line.
pub(super) fn audit_log(scratch: &Scratch) -> Result<std::path::PathBuf> {
    scratch.file("audit.log")
}

fn port_of(url: &str) -> &str {
    url.rsplit(':').next().unwrap_or_default()
}
