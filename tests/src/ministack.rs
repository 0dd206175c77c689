//! MiniStack: an S3 that nobody here wrote, with regions, accounts and IAM checks. It keeps us honest about our own S3 model.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_credential_types::Credentials;

use crate::control_plane::blocking;
use crate::error::Result;
use crate::port;
use crate::process::{Launch, Process};
use crate::scratch::Scratch;
use crate::venv::Venv;

const START_LIMIT: Duration = Duration::from_mins(1);
/// The secret of every account's root key, as MiniStack documents it.
const SECRET: &str = "test";
const ADVICE: &str = "MiniStack is installed from PyPI into target/ministack-venv; it needs python3 (3.10 or later) with venv and pip, \
    and a way to the package index";

/// A running MiniStack on a free port of loopback, empty, with its authentication and IAM checks on. Dropping it ends it.
#[derive(Debug)]
pub struct MiniStack {
    process: Process,
    endpoint: String,
    _scratch: Scratch,
}

impl MiniStack {
    /// Installs it if needed (once per checkout, some seconds; other processes wait), starts it and waits until it is ready.
    ///
    /// # Errors
    /// When Python is missing, the installation fails or it does not come up; the text has the end of its log.
    pub async fn start() -> Result<Self> {
        let program = blocking(installed).await?;
        port::retrying(async || Self::start_on(&program, port::free()?).await).await
    }

    async fn start_on(program: &Path, port: u16) -> Result<Self> {
        let scratch = Scratch::new("ministack")?;
        let launch = Launch::new("MiniStack", program, scratch.file("ministack.log")?)
            .env("BIND_HOST", "127.0.0.1") // its own default is every interface
            .env("GATEWAY_PORT", port.to_string())
            .env("AUTH", "true")
            .env("AWS_ACCESS_KEY_ID", SECRET)
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("DOCKER_HOST", "unix:///nonexistent") // else it looks for containers to remove
            .env("S3_PERSIST", "0")
            .env("PERSIST_STATE", "0")
            .env("STATE_DIR", scratch.path().join("state"))
            .env("TMPDIR", scratch.path());
        let mut process = Process::spawn(&launch)?;
        let endpoint = format!("http://127.0.0.1:{port}");
        process.ready(&format!("{endpoint}/_ministack/health"), START_LIMIT).await?;
        Ok(Self { process, endpoint, _scratch: scratch })
    }

    /// The endpoint for S3, STS and IAM, `http://127.0.0.1:PORT`; buckets go in the path.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The root credentials of an account (12 digits): its access key is the account number.
    #[must_use]
    pub fn credentials(&self, account: &str) -> Credentials {
        Credentials::new(account, SECRET, None, None, "ministack")
    }

    /// The end of its log, for messages.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

/// The executable in `target/ministack-venv`.
fn installed() -> Result<PathBuf> {
    let venv = Venv { title: "MiniStack", name: "ministack", python: Path::new("python3"), advice: ADVICE };
    Ok(venv.installed()?.join("ministack"))
}
