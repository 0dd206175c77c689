//! What kind of world a test wants.

use std::time::Duration;

use aws_credential_types::Credentials;

use crate::s3::S3Options;

/// The region of everything that names none.
pub const REGION: &str = "eu-central-1";
/// The account that the controller works for in the S3 model.
pub const ACCOUNT: &str = "111122223333";

/// What to start, and how it differs from what `deploy/` says.
#[derive(Debug, Clone)]
pub struct Options {
    /// Start the webhook and its certificates; without it the webhook configurations are not installed either, and every write passes.
    pub webhook: bool,
    /// Start the controller; without it [`super::World::controller`] can still be started later.
    pub controller: bool,
    /// How many replicas of the webhook; more than one stand behind a balancer, which is their Service.
    pub webhook_replicas: usize,
    /// How often each replica's folder is made as the Secret is, but for the first one's: kubelets are not in step.
    pub kubelet: Duration,
    /// The controller's and the webhook's default region.
    pub region: String,
    /// How the S3 model behaves.
    pub s3: S3Options,
    /// The S3 that the controller works on; `None` is the model.
    pub elsewhere: Option<Elsewhere>,
    /// Flags of the controller, without `=`: name (`--watch-namespace`) and value. They replace those of the Deployment.
    pub controller_flags: Vec<(String, String)>,
    /// Flags of the webhook.
    pub webhook_flags: Vec<(String, String)>,
    /// Flags of `cooper-certs run`.
    pub certs_flags: Vec<(String, String)>,
    /// Another controller executable than the one of this workspace.
    pub controller_program: Option<std::path::PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            webhook: true,
            controller: true,
            webhook_replicas: 1,
            kubelet: Duration::from_secs(1),
            region: REGION.to_owned(),
            s3: S3Options::default(),
            elsewhere: None,
            controller_flags: Vec::new(),
            webhook_flags: Vec::new(),
            certs_flags: Vec::new(),
            controller_program: None,
        }
    }
}

impl Options {
    /// Sets a flag of the controller.
    #[must_use]
    pub fn controller_flag(mut self, name: &str, value: &str) -> Self {
        self.controller_flags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a flag of the webhook.
    #[must_use]
    pub fn webhook_flag(mut self, name: &str, value: &str) -> Self {
        self.webhook_flags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets a flag of `cooper-certs run`.
    #[must_use]
    pub fn certs_flag(mut self, name: &str, value: &str) -> Self {
        self.certs_flags.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Has every bucket checked for drift this often, in seconds.
    #[must_use]
    pub fn check_every(self, seconds: u32) -> Self {
        self.controller_flag("--reconcile-resource-resync-seconds", &format!("Bucket={seconds}"))
    }

    /// Has the controller work on this S3.
    #[must_use]
    pub fn on(mut self, elsewhere: Elsewhere) -> Self {
        self.elsewhere = Some(elsewhere);
        self
    }
}

/// An S3 that is not the model.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// Its address; `None` is AWS itself.
    pub endpoint: Option<String>,
    /// The controller's identity there; `None` leaves it to the environment of this process.
    pub credentials: Option<Credentials>,
}

impl Elsewhere {
    /// An S3 at an address.
    #[must_use]
    pub fn at(endpoint: &str, credentials: Option<Credentials>) -> Self {
        Self { endpoint: Some(endpoint.to_owned()), credentials }
    }

    /// AWS itself, with the credentials that the environment gives. It costs money.
    #[must_use]
    pub const fn aws() -> Self {
        Self { endpoint: None, credentials: None }
    }
}
