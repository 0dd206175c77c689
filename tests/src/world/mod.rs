//! The whole world of Cooper on this machine: control plane, S3, certificates, webhook and controller, each a real process (the S3
//! model is a server inside of this one).
//!
//! The services run as the binaries that are shipped, with the arguments of `deploy/` (addresses apart), each with a token of its own
//! ServiceAccount and so with the rights that `deploy/` gives it.

mod besides;
mod launches;
mod options;
mod replicas;
mod start;
mod wait;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::api::PostParams;
use kube::{Api, Client};
use shared::Bucket;
use tokio::process::Command;

pub use self::launches::override_flags;
pub use self::options::{ACCOUNT, Elsewhere, Options, REGION};
use self::replicas::Webhooks;
pub use self::wait::{PATIENCE, condition, is_ready};
use crate::background::Background;
use crate::binaries::Binaries;
use crate::control_plane::ControlPlane;
use crate::error::{Error, Result};
use crate::install::Manifests;
use crate::kubectl::{Kubectl, Output};
use crate::s3::S3Model;
use crate::service::Service;

/// A running world. Dropping it ends everything. All methods take `&self`, so that the tests of a binary can share one.
// Fields are dropped in this order: the services first, then what they talk to.
#[derive(Debug)]
pub struct World {
    controller: Service,
    webhooks: Webhooks,
    certs: Service,
    _background: Background,
    plane: ControlPlane,
    s3: S3Model,
    manifests: Manifests,
    binaries: &'static Binaries,
    options: Options,
    namespaces: AtomicU32,
}

impl World {
    /// Builds the binaries if they are not up to date, starts the control plane, installs `deploy/`, starts the services and waits
    /// until they are ready and the API server refuses bad Buckets. About five seconds when all is built.
    ///
    /// # Errors
    /// When a part does not come up; the text has the end of its log.
    pub async fn start(options: Options) -> Result<Self> {
        Box::pin(start::start(options)).await
    }

    /// kubectl as the administrator.
    #[must_use]
    pub fn kubectl(&self) -> Kubectl {
        self.plane.kubectl()
    }

    /// A client as the administrator. It belongs to the async runtime that calls this: take one per test.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn client(&self) -> Result<Client> {
        self.plane.client().await
    }

    /// The Buckets of a namespace, as the administrator.
    ///
    /// # Errors
    /// When the client cannot be made.
    pub async fn buckets(&self, namespace: &str) -> Result<Api<Bucket>> {
        Ok(Api::namespaced(self.client().await?, namespace))
    }

    /// The control plane: other identities, kubeconfigs, the audit log.
    #[must_use]
    pub const fn plane(&self) -> &ControlPlane {
        &self.plane
    }

    /// The S3 model. It runs even if the controller works elsewhere.
    #[must_use]
    pub const fn s3(&self) -> &S3Model {
        &self.s3
    }

    /// `cooper-controller`.
    #[must_use]
    pub const fn controller(&self) -> &Service {
        &self.controller
    }

    /// `cooper-webhook`, its first replica.
    #[must_use]
    pub const fn webhook(&self) -> &Service {
        &self.webhooks.first
    }

    /// All replicas of `cooper-webhook`.
    pub fn webhooks(&self) -> impl Iterator<Item = &Service> {
        std::iter::once(&self.webhooks.first).chain(&self.webhooks.others)
    }

    /// Restarts all replicas of `cooper-webhook`, the next one only once the last one is back and in service. Gives how many there are.
    ///
    /// # Errors
    /// One does not end, or does not come back.
    pub async fn restart_webhooks(&self) -> Result<usize> {
        for (number, webhook) in self.webhooks().enumerate() {
            webhook.restart().await?;
            self.webhooks.behind.in_service(number).await;
        }
        Ok(self.webhooks().count())
    }

    /// How many connections to the balancer of the replicas found none of them: a fault of the harness, not of the webhook.
    #[must_use]
    pub fn lost_connections(&self) -> usize {
        self.webhooks.behind.lost()
    }

    /// `cooper-certs run`.
    #[must_use]
    pub const fn certs(&self) -> &Service {
        &self.certs
    }

    /// What was installed.
    #[must_use]
    pub const fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    /// Runs `cooper-certs` with other arguments, under its own ServiceAccount.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn cooper_certs(&self, args: &[&str]) -> Result<Output> {
        let account = self.manifests.deployment("cooper-certs")?.service_account;
        let kubeconfig = self.plane.kubeconfig_for_service_account(crate::install::NAMESPACE, &account).await?;
        let command = format!("cooper-certs {}", args.join(" "));
        let output = Command::new(&self.binaries.certs).args(args).env("KUBECONFIG", kubeconfig).kill_on_drop(true).output().await;
        let failed = |source| Error::Program { program: command.clone(), source, advice: "is it built?".to_owned() };
        let output = output.map_err(failed)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Output { command, code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }

    /// Makes a namespace with a name of its own (`PREFIX-NUMBER`) and these annotations, and returns its name.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn namespace(&self, prefix: &str, annotations: &[(&str, &str)]) -> Result<String> {
        let name = format!("{prefix}-{}", self.namespaces.fetch_add(1, Ordering::Relaxed));
        let annotations: BTreeMap<_, _> = annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let metadata = ObjectMeta { name: Some(name.clone()), annotations: Some(annotations), ..ObjectMeta::default() };
        let namespace = Namespace { metadata, ..Namespace::default() };
        let doing = format!("make the namespace {name}");
        Api::all(self.client().await?).create(&PostParams::default(), &namespace).await.map_err(Error::kubernetes(doing))?;
        Ok(name)
    }

    /// The ends of the services' logs, for messages.
    #[must_use]
    pub fn logs(&self) -> String {
        let services = [&self.controller, &self.certs].into_iter().chain(self.webhooks());
        services.map(Service::log_tail).collect::<Vec<_>>().join("\n")
    }
}
