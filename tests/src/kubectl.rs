//! kubectl: what a user would do, as the user would do it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::error::{Error, Result};

/// One command may take this long, whatever it waits for itself.
const LIMIT: Duration = Duration::from_mins(3);

/// kubectl with an identity and, perhaps, a namespace.
#[derive(Debug, Clone)]
pub struct Kubectl {
    program: PathBuf,
    kubeconfig: PathBuf,
    home: PathBuf,
    namespace: Option<String>,
    folder: Option<PathBuf>,
}

/// What a command said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// The command as a user would type it: no paths of this machine, no connection flags.
    pub command: String,
    /// The exit code; `None` if it was killed.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error: refusals and admission warnings (`Warning: ...`).
    pub stderr: String,
}

impl Output {
    /// True if it exited with 0.
    #[must_use]
    pub const fn success(&self) -> bool {
        matches!(self.code, Some(0))
    }

    /// The output of a command that worked.
    ///
    /// # Errors
    /// [`Error::Failed`] with both outputs otherwise.
    pub fn ok(self) -> Result<Self> {
        if self.success() {
            return Ok(self);
        }
        let status = self.code.map_or_else(|| "killed".to_owned(), |code| format!("exit code {code}"));
        let output = format!("{}{}", self.stdout, self.stderr);
        Err(Error::Failed { command: self.command, status, advice: "this is what kubectl said".to_owned(), output })
    }
}

impl Kubectl {
    /// `program` as the user of `kubeconfig`. `home` keeps its caches; the caller's own kubectl settings are not read.
    #[must_use]
    pub fn new(program: &Path, kubeconfig: &Path, home: &Path) -> Self {
        Self {
            program: program.to_path_buf(),
            kubeconfig: kubeconfig.to_path_buf(),
            home: home.to_path_buf(),
            namespace: None,
            folder: None,
        }
    }

    /// The same, in a namespace.
    #[must_use]
    pub fn in_namespace(&self, namespace: &str) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..self.clone() }
    }

    /// The same, run in a folder, so that the files it names can be given as a user there would.
    #[must_use]
    pub fn in_folder(&self, folder: &Path) -> Self {
        Self { folder: Some(folder.to_path_buf()), ..self.clone() }
    }

    /// The executable.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Runs a command to its end, whatever its exit code.
    ///
    /// # Errors
    /// When kubectl cannot be started or hangs for three minutes.
    pub async fn run(&self, args: &[&str]) -> Result<Output> {
        self.run_with(args, "").await
    }

    /// Runs a command with a text on standard input, as in `kubectl apply -f -`.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub async fn run_with(&self, args: &[&str], stdin: &str) -> Result<Output> {
        let command = self.shown(args);
        let failed = |source| Error::Program { program: command.clone(), source, advice: "is this kubectl executable?".to_owned() };
        let mut child = self.command(args).spawn().map_err(failed)?;
        let pipe = child.stdin.take();
        let feed = async {
            if let Some(mut pipe) = pipe {
                // A command that does not read its input closes the pipe: no fault.
                let _ = pipe.write_all(stdin.as_bytes()).await;
            }
        };
        let both = async { tokio::join!(feed, child.wait_with_output()).1 };
        let output = match tokio::time::timeout(LIMIT, both).await {
            Ok(output) => output.map_err(failed)?,
            Err(_) => return Err(Error::Timeout { waiting_for: command, within: LIMIT, seen: "no end".to_owned() }),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Output { command, code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) })
    }

    /// `kubectl apply -f -`, which must work. The output's stderr has the admission warnings.
    ///
    /// # Errors
    /// When it is refused or fails; the text has what kubectl said.
    pub async fn apply(&self, manifest: &str) -> Result<Output> {
        self.run_with(&["apply", "-f", "-"], manifest).await?.ok()
    }

    /// `kubectl apply -f -`, which must be refused: returns what the user reads.
    ///
    /// # Errors
    /// When it is accepted.
    pub async fn apply_refused(&self, manifest: &str) -> Result<String> {
        let output = self.run_with(&["apply", "-f", "-"], manifest).await?;
        if output.success() {
            return Err(Error::Unexpected { what: output.command, reason: format!("it should be refused, but: {}", output.stdout) });
        }
        Ok(output.stderr)
    }

    /// `kubectl get RESOURCE -o json`, for example `bucket/logs`.
    ///
    /// # Errors
    /// When there is none, or when it cannot be read.
    pub async fn get_json(&self, resource: &str) -> Result<Value> {
        let output = self.run(&["get", resource, "-o", "json"]).await?.ok()?;
        serde_json::from_str(&output.stdout).map_err(|fault| Error::Unexpected { what: output.command, reason: fault.to_string() })
    }

    /// `kubectl wait RESOURCE --for=CONDITION`, for example `condition=Ready`, `delete` or `jsonpath={.status.x}=y`.
    ///
    /// # Errors
    /// When it does not happen; the text then has the object as it is.
    pub async fn wait_for(&self, resource: &str, condition: &str, within: Duration) -> Result<Output> {
        let (condition, timeout) = (format!("--for={condition}"), format!("--timeout={}s", within.as_secs()));
        let output = self.run(&["wait", resource, &condition, &timeout]).await?;
        if output.success() {
            return Ok(output);
        }
        let object = self.run(&["get", resource, "-o", "yaml"]).await?;
        let seen = format!("{}{}\n{}{}", output.stdout, output.stderr, object.stdout, object.stderr);
        Err(Error::Timeout { waiting_for: output.command, within, seen })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(args)
            .args(self.namespace.iter().map(|namespace| format!("--namespace={namespace}")))
            .env("KUBECONFIG", &self.kubeconfig)
            .env("HOME", &self.home)
            .env("KUBECACHEDIR", self.home.join("cache"))
            .env("KUBERC", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }

    /// The command as a user would type it.
    #[must_use]
    pub fn shown(&self, args: &[&str]) -> String {
        let namespace = self.namespace.iter().map(|namespace| format!("-n {namespace}"));
        let words = args.iter().map(|word| (*word).to_owned());
        std::iter::once("kubectl".to_owned()).chain(namespace).chain(words).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stand-in that tells how it was called.
    fn echo(folder: &Path, script: &str) -> Kubectl {
        use std::os::unix::fs::PermissionsExt as _;
        let program = folder.join("kubectl");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("its mode");
        Kubectl::new(&program, &folder.join("me.kubeconfig"), folder)
    }

    #[tokio::test]
    async fn arguments_namespace_identity_and_input_reach_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let kubectl = echo(folder.path(), r#"echo "$@"; basename "$KUBECONFIG"; cat"#).in_namespace("team-a");
        let output = kubectl.run_with(&["get", "buckets"], "the manifest").await.expect("it runs");
        assert_eq!(output.stdout, "get buckets --namespace=team-a\nme.kubeconfig\nthe manifest");
        assert_eq!(output.command, "kubectl -n team-a get buckets");
        assert!(output.success());
    }

    #[tokio::test]
    async fn a_failure_keeps_what_was_said() {
        let folder = tempfile::tempdir().expect("a folder");
        let kubectl = echo(folder.path(), "echo 'denied: name' >&2; exit 1");
        let fault = kubectl.apply("x").await.expect_err("it exits 1");
        assert!(fault.to_string().contains("kubectl apply -f -") && fault.to_string().contains("denied: name"), "{fault}");
        assert_eq!(kubectl.apply_refused("x").await.expect("it is refused"), "denied: name\n");
    }
}
