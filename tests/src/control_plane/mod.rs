//! A Kubernetes control plane for tests: real etcd, kube-apiserver and kube-controller-manager, no nodes.

mod build_tools;
mod components;
mod kubeconfig;
mod pki;
mod tools;

use std::path::{Path, PathBuf};
use std::time::Instant;

use ::http::Request;
use k8s_openapi::api::authentication::v1::{TokenRequest, TokenRequestSpec};
use k8s_openapi::api::core::v1::ServiceAccount;
use kube::api::PostParams;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Api, Client, Config};

use self::components::START_LIMIT;
use self::kubeconfig::Credential;
use self::pki::Pki;
pub use self::tools::Tools;
use crate::error::{Error, Result};
use crate::kubectl::Kubectl;
use crate::port;
use crate::process::Process;
use crate::scratch::Scratch;

/// How long the tokens of ServiceAccounts live, in seconds.
const TOKEN_SECONDS: i64 = 12 * 3600;

/// A running control plane. Dropping it stops everything and removes its files.
#[derive(Debug)]
// Fields are dropped in this order: clients of the store first, the files last.
pub struct ControlPlane {
    manager: Process,
    apiserver: Process,
    _etcd: Process,
    tools: Tools,
    pki: Pki,
    url: String,
    admin: PathBuf,
    scratch: Scratch,
}

impl ControlPlane {
    /// Starts one: finds or builds the binaries, then waits until the API server is ready (a few seconds).
    ///
    /// # Errors
    /// When the binaries cannot be found or built, or when one of them does not come up; the text has the end of its log.
    pub async fn start() -> Result<Self> {
        let tools = blocking(Tools::find).await?;
        port::retrying(|| Self::start_with(&tools)).await
    }

    async fn start_with(tools: &Tools) -> Result<Self> {
        let scratch = Scratch::new("control-plane")?;
        let pki = Pki::new()?;
        let (etcd, store) = components::etcd(tools, &scratch).await?;
        let port = port::free()?;
        let url = format!("https://127.0.0.1:{port}");
        let identity = pki.user("admin", Some(pki::MASTERS))?;
        let admin = scratch.write("admin.kubeconfig", &kubeconfig::text(&url, &pki.ca(), "admin", &Credential::Certificate(&identity)))?;
        let mut apiserver = components::apiserver(tools, &scratch, &pki, &store, port)?;
        ready(&mut apiserver, &admin).await?;
        let manager = components::manager(tools, &scratch, &admin)?;
        Ok(Self { manager, apiserver, _etcd: etcd, tools: tools.clone(), pki, url, admin, scratch })
    }

    /// The address of the API server, `https://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The kubeconfig of the administrator.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.admin
    }

    /// A folder for files that should go with this control plane.
    #[must_use]
    pub fn scratch(&self) -> &Scratch {
        &self.scratch
    }

    /// kubectl as the administrator.
    #[must_use]
    pub fn kubectl(&self) -> Kubectl {
        self.kubectl_as(&self.admin)
    }

    /// kubectl as somebody else.
    #[must_use]
    pub fn kubectl_as(&self, kubeconfig: &Path) -> Kubectl {
        Kubectl::new(&self.tools.kubectl, kubeconfig, &self.scratch.path().join("home"))
    }

    /// A client as the administrator. It belongs to the async runtime that calls this: take one per test.
    ///
    /// # Errors
    /// When the kubeconfig cannot be used.
    pub async fn client(&self) -> Result<Client> {
        self.client_as(&self.admin).await
    }

    /// A client as somebody else.
    ///
    /// # Errors
    /// When the kubeconfig cannot be used.
    pub async fn client_as(&self, kubeconfig: &Path) -> Result<Client> {
        client_of(kubeconfig).await
    }

    /// A new kubeconfig for a person with a client certificate. Kubernetes takes any name; rights come from RBAC alone.
    ///
    /// # Errors
    /// When the certificate cannot be made or the file not be written.
    pub fn kubeconfig_for_user(&self, user: &str, group: Option<&str>) -> Result<PathBuf> {
        let identity = self.pki.user(user, group)?;
        self.write_kubeconfig(user, &Credential::Certificate(&identity))
    }

    /// A new kubeconfig with a token of a ServiceAccount, as its pods would get it (TokenRequest API, twelve hours).
    ///
    /// # Errors
    /// When the ServiceAccount does not exist.
    pub async fn kubeconfig_for_service_account(&self, namespace: &str, name: &str) -> Result<PathBuf> {
        let accounts: Api<ServiceAccount> = Api::namespaced(self.client().await?, namespace);
        let spec = TokenRequestSpec { expiration_seconds: Some(TOKEN_SECONDS), ..TokenRequestSpec::default() };
        let request = TokenRequest { spec, ..TokenRequest::default() };
        let doing = format!("get a token for the ServiceAccount {namespace}/{name}");
        let answer = accounts.create_token_request(name, &PostParams::default(), &request).await.map_err(Error::kubernetes(&doing))?;
        let token = answer.status.map(|status| status.token).unwrap_or_default();
        self.write_kubeconfig(&format!("{namespace}-{name}"), &Credential::Token(&token))
    }

    /// The API server's audit log: every write, one JSON object per line (`audit.k8s.io/v1`), without bodies.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn audit_log(&self) -> Result<String> {
        let path = components::audit_log(&self.scratch)?;
        std::fs::read_to_string(&path).map_err(Error::file("read", path))
    }

    /// Fails if a part of the control plane has ended, with the end of its log.
    ///
    /// # Errors
    /// [`Error::Ended`].
    pub fn still_running(&mut self) -> Result<()> {
        self.apiserver.still_running()?;
        self.manager.still_running()
    }

    fn write_kubeconfig(&self, user: &str, credential: &Credential<'_>) -> Result<PathBuf> {
        let file = format!("{}.kubeconfig", user.replace(|letter: char| !letter.is_ascii_alphanumeric(), "-"));
        self.scratch.write(file, &kubeconfig::text(&self.url, &self.pki.ca(), user, credential))
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        // All at once, so that nobody waits for somebody who waits for a peer; each Process then sees its child end.
        self.manager.kill();
        self.apiserver.terminate();
    }
}

/// A client for a kubeconfig, on the async runtime that calls this.
pub(crate) async fn client_of(kubeconfig: &Path) -> Result<Client> {
    let unusable = |reason: String| Error::Unexpected { what: format!("the kubeconfig {}", kubeconfig.display()), reason };
    let file = Kubeconfig::read_from(kubeconfig).map_err(|fault| unusable(fault.to_string()))?;
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await.map_err(|fault| unusable(fault.to_string()))?;
    Client::try_from(config).map_err(|fault| unusable(fault.to_string()))
}

async fn ready(apiserver: &mut Process, admin: &Path) -> Result<()> {
    let client = client_of(admin).await?;
    let deadline = Instant::now() + START_LIMIT;
    loop {
        apiserver.still_running()?;
        let request = Request::get("/readyz?verbose")
            .body(Vec::new())
            .map_err(|fault| Error::Unexpected { what: "/readyz".to_owned(), reason: fault.to_string() })?;
        let seen = match client.request_text(request).await {
            Ok(_) => return Ok(()),
            Err(fault) => fault.to_string(),
        };
        if Instant::now() >= deadline {
            let seen = format!("{seen}\nthe end of its log:\n{}", apiserver.log_tail());
            return Err(Error::Timeout { waiting_for: "kube-apiserver to be ready".to_owned(), within: START_LIMIT, seen });
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

/// Runs work that blocks for long (a build) without stopping the async runtime.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(fault) => Err(Error::Unexpected { what: "a background task".to_owned(), reason: fault.to_string() }),
    }
}
