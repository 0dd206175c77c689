//! Controllers besides the one of the world, and runs of the program that are no controllers.

use std::process::Stdio;

use aws_credential_types::Credentials;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::launches::Site;
use super::{ACCOUNT, Elsewhere, World};
use crate::error::{Error, Result};
use crate::install::NAMESPACE;
use crate::kubectl::Output;
use crate::s3::AccessKey;
use crate::service::Service;

impl World {
    /// Another controller on the same control plane and the S3 model, as its Deployment says, with these flags in addition to the
    /// world's. It does not run yet. `name` is that of its log and of the user as whom it calls S3, see [`Self::caller`].
    ///
    /// # Errors
    /// When there is no free port, or no token for it.
    pub async fn controller_besides(&self, name: &str, flags: &[(&str, &str)]) -> Result<Service> {
        let key = AccessKey { account: ACCOUNT.to_owned(), id: name.to_owned(), secret: "secret".to_owned() };
        self.s3.add_key(&key);
        let storage = Elsewhere::at(self.s3.endpoint(), Some(Credentials::new(key.id, key.secret, None, None, "s3-model")));
        let mut options = self.options.clone();
        options.controller_flags.extend(flags.iter().map(|(flag, value)| ((*flag).to_owned(), (*value).to_owned())));
        let site = Site { plane: &self.plane, manifests: &self.manifests, binaries: self.binaries };
        site.controller(name, &storage, &options).await
    }

    /// The caller as whom such a controller stands in the journal of the model.
    #[must_use]
    pub fn caller(name: &str) -> String {
        format!("arn:aws:iam::{ACCOUNT}:user/{name}")
    }

    /// Runs `cooper-controller` with these arguments and variables, and nothing of this machine's AWS settings, under its own
    /// ServiceAccount, until it ends.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn cooper_controller(&self, args: &[&str], env: &[(&str, &str)]) -> Result<Output> {
        self.cooper_controller_with(args, env, "").await
    }

    /// The same with a text on standard input.
    ///
    /// # Errors
    /// When it cannot be started.
    pub async fn cooper_controller_with(&self, args: &[&str], env: &[(&str, &str)], stdin: &str) -> Result<Output> {
        let account = self.manifests.deployment("cooper-controller")?.service_account;
        let kubeconfig = self.plane.kubeconfig_for_service_account(NAMESPACE, &account).await?;
        let command = format!("cooper-controller {}", args.join(" "));
        let mut program = Command::new(&self.binaries.controller);
        program.args(args).env("KUBECONFIG", kubeconfig).kill_on_drop(true);
        for variable in ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"] {
            program.env_remove(variable);
        }
        let nothing =
            [("AWS_CONFIG_FILE", "/dev/null"), ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"), ("AWS_EC2_METADATA_DISABLED", "true")];
        program.envs(nothing).envs(env.iter().copied());
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let failed = |source| Error::Program { program: command.clone(), source, advice: "is it built?".to_owned() };
        let mut child = program.spawn().map_err(failed)?;
        let pipe = child.stdin.take();
        let feed = async {
            if let Some(mut pipe) = pipe {
                // A command that does not read its input closes the pipe: no fault.
                let _ = pipe.write_all(stdin.as_bytes()).await;
            }
        };
        let output = tokio::join!(feed, child.wait_with_output()).1.map_err(failed)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Output { command, code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }
}
