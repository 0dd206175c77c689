//! The AWS CLI: what people change buckets with, and nobody here wrote.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::Semaphore;

use crate::control_plane::blocking;
use crate::error::{Error, Result};
use crate::python;
use crate::s3::{AccessKey, S3Model};
use crate::venv::Venv;

/// One command may take this long, on a busy machine too.
const LIMIT: Duration = Duration::from_mins(2);
/// How many commands of one [`AwsCli`] run at once: each takes most of a second of CPU time.
const AT_ONCE: usize = 2;
/// Those that it runs on.
const PYTHONS: [&str; 4] = ["3.13", "3.12", "3.11", "3.10"];
/// Names the interpreter to use.
const PYTHON: &str = "COOPER_AWS_CLI_PYTHON";
const ADVICE: &str = "the AWS CLI is installed from PyPI into target/awscli-venv (180 MB); it needs Python 3.10 to 3.13 with venv and pip, and \
    a way to the package index";

/// The AWS CLI as a user of an account in the S3 model.
#[derive(Debug)]
pub struct AwsCli {
    program: PathBuf,
    environment: Vec<(&'static str, String)>,
    at_once: Semaphore,
}

impl AwsCli {
    /// The CLI, installed if needed (once per checkout, some seconds; other processes wait), as an IAM user of this name, who may do all
    /// that the account may.
    ///
    /// # Errors
    /// When Python is missing or the installation fails; the text has the end of the output.
    pub async fn new(s3: &S3Model, account: &str, user: &str, region: &str) -> Result<Self> {
        let program = blocking(installed).await?;
        let key = AccessKey { account: account.to_owned(), id: user.to_owned(), secret: format!("secret of {user}") };
        s3.add_key(&key);
        Ok(Self::at(program, s3.endpoint(), key, region))
    }

    fn at(program: PathBuf, endpoint: &str, key: AccessKey, region: &str) -> Self {
        let environment = vec![
            ("AWS_ENDPOINT_URL", endpoint.to_owned()),
            ("AWS_ACCESS_KEY_ID", key.id),
            ("AWS_SECRET_ACCESS_KEY", key.secret),
            ("AWS_DEFAULT_REGION", region.to_owned()),
            ("AWS_CONFIG_FILE", "/dev/null".to_owned()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("AWS_PAGER", String::new()),
            ("LC_ALL", "C.UTF-8".to_owned()),
        ];
        Self { program, environment, at_once: Semaphore::new(AT_ONCE) }
    }

    /// Runs a command, such as `s3api put-bucket-tagging ...`, and gives what it wrote on standard output.
    ///
    /// # Errors
    /// When it cannot be started, hangs for two minutes, or fails; the text has what it said.
    pub async fn run(&self, args: &[&str]) -> Result<String> {
        let command = format!("aws {}", args.join(" "));
        let _turn = self.at_once.acquire().await.map_err(|closed| unexpected(&command, &closed.to_string()))?;
        let running = self.command(args).output();
        let output = match tokio::time::timeout(LIMIT, running).await {
            Ok(output) => output.map_err(|source| Error::Program { program: command.clone(), source, advice: ADVICE.to_owned() })?,
            Err(_) => return Err(Error::Timeout { waiting_for: command, within: LIMIT, seen: "no end".to_owned() }),
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        let said = text(&output.stdout) + &text(&output.stderr);
        let (status, advice) = (output.status.to_string(), "this is what the AWS CLI said".to_owned());
        Err(Error::Failed { command, status, advice, output: said })
    }

    /// Nothing of the environment but what is said here: profiles, keys and proxies of whoever runs the tests are none of its business.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }
}

/// The executable in `target/awscli-venv`.
fn installed() -> Result<PathBuf> {
    let python = python::find(PYTHON, &PYTHONS)?;
    let venv = Venv { title: "the AWS CLI", name: "awscli", python: &python, advice: ADVICE };
    Ok(venv.installed()?.join(Path::new("aws")))
}

fn unexpected(what: &str, reason: &str) -> Error {
    Error::Unexpected { what: what.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::S3Options;

    const ACCOUNT: &str = "111122223333";

    fn run_as(program: &str, script: &str) -> (AwsCli, Vec<String>) {
        let key = AccessKey { account: ACCOUNT.to_owned(), id: "ana".to_owned(), secret: "s".to_owned() };
        let args = ["-c", script].map(str::to_owned).to_vec();
        (AwsCli::at(PathBuf::from(program), "http://127.0.0.1:1", key, "eu-central-1"), args)
    }

    #[tokio::test]
    async fn it_is_somebody_of_its_own_and_its_faults_are_told() {
        let s3 = S3Model::start(S3Options::default()).expect("the model");
        s3.create_bucket("a-bucket", ACCOUNT, "eu-central-1").expect("a bucket");
        let aws = AwsCli::new(&s3, ACCOUNT, "ana", "eu-central-1").await.expect("the AWS CLI");
        aws.run(&["s3api", "put-bucket-versioning", "--bucket", "a-bucket", "--versioning-configuration", "Status=Enabled"])
            .await
            .expect("it works");
        assert!(s3.get("a-bucket", "versioning").is_some_and(|held| held.contains("Enabled")));
        let calls = s3.journal().of("a-bucket");
        let caller = calls.named("PutBucketVersioning").first().and_then(|entry| entry.caller.clone());
        assert_eq!(caller.as_deref(), Some("arn:aws:iam::111122223333:user/ana"));
        assert!(aws.run(&["s3api", "get-bucket-versioning", "--bucket", "a-bucket"]).await.expect("it reads").contains("Enabled"));

        let fault = aws.run(&["s3api", "get-bucket-cors", "--bucket", "a-bucket"]).await.expect_err("there is none").to_string();
        assert!(fault.contains("aws s3api get-bucket-cors --bucket a-bucket") && fault.contains("NoSuchCORSConfiguration"), "{fault}");
    }

    #[tokio::test]
    async fn it_does_not_see_who_runs_the_tests() {
        let (aws, args) = run_as("sh", "env");
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let seen = aws.run(&args).await.expect("it runs");
        assert!(seen.contains("AWS_ACCESS_KEY_ID=ana") && seen.contains("AWS_CONFIG_FILE=/dev/null"), "{seen}");
        assert!(!seen.lines().any(|line| line.starts_with("HOME=") || line.starts_with("CARGO")), "{seen}");
    }

    #[tokio::test]
    async fn a_program_that_is_not_there_is_told() {
        let (aws, _) = run_as("/no/such/aws", "");
        let fault = aws.run(&["--version"]).await.expect_err("there is none").to_string();
        assert!(fault.contains("cannot start aws --version") && fault.contains("target/awscli-venv"), "{fault}");
    }
}
