//! How each service is started: as its Deployment says, with addresses of loopback, its own ServiceAccount's token and one S3.

use std::ffi::OsString;
use std::path::Path;

use super::options::{Elsewhere, Options};
use crate::binaries::Binaries;
use crate::control_plane::ControlPlane;
use crate::error::Result;
use crate::install::{Deployment, MUTATING, Manifests, NAMESPACE, SECRET, VALIDATING, with_flag};
use crate::port;
use crate::process::Launch;
use crate::service::Service;

/// What every launch needs.
pub(super) struct Site<'a> {
    pub(super) plane: &'a ControlPlane,
    pub(super) manifests: &'a Manifests,
    pub(super) binaries: &'a Binaries,
}

impl Site<'_> {
    /// `cooper-certs run`: certificate and CA in the Secret, `caBundle` in the webhook configurations.
    pub(super) async fn certs(&self, options: &Options) -> Result<Service> {
        let deployment = self.manifests.deployment("cooper-certs")?;
        let secret = format!("{NAMESPACE}/{SECRET}");
        let flags = [("--host", "127.0.0.1"), ("--secret", &secret), ("--validating", VALIDATING), ("--mutating", MUTATING)];
        let flags = flags.map(|(flag, value)| (flag, value.to_owned()));
        let mut launch = self.launch("cooper-certs", &self.binaries.certs, &deployment, flags).await?;
        override_flags(&mut launch, &options.certs_flags);
        Ok(Service::new(launch, None, None))
    }

    /// A replica of the webhook on `port`, with its certificate in `folder`.
    pub(super) async fn webhook(&self, name: &str, port: u16, folder: &Path, options: &Options) -> Result<Service> {
        let deployment = self.manifests.deployment("cooper-webhook")?;
        let admin = format!("127.0.0.1:{}", port::free()?);
        let flags = [
            ("--listen", format!("127.0.0.1:{port}")),
            ("--admin-addr", admin.clone()),
            ("--cert-dir", folder.display().to_string()),
            ("--cert-poll-seconds", "0.2".to_owned()),
            ("--default-region", options.region.clone()),
        ];
        let mut launch = self.launch(name, &self.binaries.webhook, &deployment, flags).await?;
        override_flags(&mut launch, &options.webhook_flags);
        Ok(Service::new(launch, Some(format!("http://{admin}/readyz")), Some(format!("http://{admin}/metrics"))))
    }

    /// The controller on an S3.
    pub(super) async fn controller(&self, name: &str, s3: &Elsewhere, options: &Options) -> Result<Service> {
        let deployment = self.manifests.deployment("cooper-controller")?;
        let (metrics, health) = (format!("127.0.0.1:{}", port::free()?), format!("127.0.0.1:{}", port::free()?));
        let flags = [
            ("--metrics-addr", metrics.clone()),
            ("--healthz-addr", health.clone()),
            ("--admin-addr", format!("127.0.0.1:{}", port::free()?)),
            ("--aws-region", options.region.clone()),
            // Tests delete more than anybody would by hand; the one about this bound sets it.
            ("--max-deletions-per-minute", "0".to_owned()),
        ];
        let program = options.controller_program.as_deref().unwrap_or(&self.binaries.controller);
        let mut launch = self.launch(name, program, &deployment, flags).await?;
        if let Some(endpoint) = &s3.endpoint {
            let flags = [
                ("--aws-endpoint-url", endpoint.as_str()),
                ("--allow-unsafe-aws-endpoint-urls", "true"),
                ("--aws-endpoint-use-path-style", "true"),
            ];
            override_flags(&mut launch, &flags.map(|(flag, value)| (flag.to_owned(), value.to_owned())));
        }
        if let Some(credentials) = &s3.credentials {
            launch = with_credentials(launch, credentials);
        }
        override_flags(&mut launch, &options.controller_flags);
        Ok(Service::new(launch, Some(format!("http://{health}/readyz")), Some(format!("http://{metrics}/metrics"))))
    }

    async fn launch<const N: usize>(
        &self,
        name: &str,
        program: &Path,
        deployment: &Deployment,
        flags: [(&str, String); N],
    ) -> Result<Launch> {
        let kubeconfig = self.plane.kubeconfig_for_service_account(NAMESPACE, &deployment.service_account).await?;
        let args = flags.iter().fold(deployment.args.clone(), |args, (flag, value)| with_flag(&args, flag, value));
        let mut launch = Launch::new(name, program, self.plane.scratch().file(format!("{name}.log"))?).args(args);
        launch.env.extend(deployment.env.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))));
        Ok(launch.env("KUBECONFIG", kubeconfig))
    }
}

/// Sets flags of a launch, replacing those that are there.
pub fn override_flags(launch: &mut Launch, flags: &[(String, String)]) {
    let args = launch.args.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
    let args = flags.iter().fold(args, |args, (flag, value)| with_flag(&args, flag, value));
    launch.args = args.into_iter().map(OsString::from).collect();
}

/// The identity goes through the environment, and nothing else of this machine's AWS settings is read.
fn with_credentials(launch: Launch, credentials: &aws_credential_types::Credentials) -> Launch {
    launch
        .env("AWS_ACCESS_KEY_ID", credentials.access_key_id())
        .env("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key())
        .env("AWS_SESSION_TOKEN", credentials.session_token().unwrap_or_default())
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
}
