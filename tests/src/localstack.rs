//! LocalStack core: an S3 that nobody here wrote, with the most sub-configurations, and with queues that notifications go to.

use std::path::PathBuf;
use std::time::Duration;

use aws_credential_types::Credentials;

use crate::control_plane::blocking;
use crate::error::Result;
use crate::process::{Launch, Process};
use crate::scratch::Scratch;
use crate::venv::Venv;
use crate::{places, port, python};

const START_LIMIT: Duration = Duration::from_mins(2);
/// Any secret will do: it checks no signatures.
const SECRET: &str = "test";
/// Its metadata allows 3.10; its code takes `warnings.deprecated` from 3.13.
const PYTHONS: [&str; 1] = ["3.13"];
/// Names the interpreter to use.
const PYTHON: &str = "COOPER_LOCALSTACK_PYTHON";
const ADVICE: &str = "LocalStack is installed from PyPI into target/localstack-venv (500 MB); it needs Python 3.13 with venv and pip, and a \
    way to the package index";

/// A running LocalStack on a free port of loopback, empty. Dropping it ends it.
#[derive(Debug)]
pub struct LocalStack {
    process: Process,
    endpoint: String,
    _scratch: Scratch,
}

impl LocalStack {
    /// Installs it if needed (once per checkout, a minute or two; other processes wait), starts it and waits until it is ready.
    ///
    /// # Errors
    /// When Python is missing, the installation fails or it does not come up; the text has the end of its log.
    pub async fn start() -> Result<Self> {
        let python = blocking(installed).await?;
        port::retrying(async || Self::start_on(&python, port::free()?).await).await
    }

    async fn start_on(python: &std::path::Path, port: u16) -> Result<Self> {
        let scratch = Scratch::new("localstack")?;
        let launch = Launch::new("LocalStack", python, scratch.file("localstack.log")?)
            .args([places::workspace().join("tests/localstack/run.py")])
            .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
            .env("FILESYSTEM_ROOT", scratch.path().join("state"))
            .env("TMPDIR", scratch.path())
            .env("XDG_CACHE_HOME", scratch.path().join("cache"))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("DOCKER_HOST", "unix:///nonexistent")
            .env("DNS_ADDRESS", "0") // else it opens port 53
            .env("DISABLE_EVENTS", "1") // it reports home
            .env("SKIP_SSL_CERT_DOWNLOAD", "1");
        let mut process = Process::spawn(&launch)?;
        let endpoint = format!("http://127.0.0.1:{port}");
        process.ready(&format!("{endpoint}/_localstack/health"), START_LIMIT).await?;
        Ok(Self { process, endpoint, _scratch: scratch })
    }

    /// The endpoint for S3, STS, SQS and the like, `http://127.0.0.1:PORT`; buckets go in the path.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The credentials of an account (12 digits): its access key is the account number.
    #[must_use]
    pub fn credentials(&self, account: &str) -> Credentials {
        Credentials::new(account, SECRET, None, None, "localstack")
    }

    /// The end of its log, for messages.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

impl Drop for LocalStack {
    /// Kills it: on SIGTERM it would take seconds to put everything away.
    fn drop(&mut self) {
        self.process.kill();
    }
}

/// The interpreter in `target/localstack-venv`.
fn installed() -> Result<PathBuf> {
    let python = python::find(PYTHON, &PYTHONS)?;
    let venv = Venv { title: "LocalStack", name: "localstack", python: &python, advice: ADVICE };
    Ok(venv.installed()?.join("python"))
}
