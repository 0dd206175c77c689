//! MiniStack: an S3 that nobody here wrote, with regions, accounts and IAM checks. It keeps us honest about our own S3 model.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use aws_credential_types::Credentials;

use crate::build::{self, Step};
use crate::control_plane::blocking;
use crate::error::{Error, Result};
use crate::lock::exclusively;
use crate::process::{Launch, Process};
use crate::scratch::Scratch;
use crate::{places, port};

const START_LIMIT: Duration = Duration::from_mins(1);
/// How often a start is tried when another process takes the port first.
const ATTEMPTS: u32 = 4;
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
        let mut attempt = 1;
        loop {
            match Self::start_on(&program, port::free()?).await {
                Err(Error::Ended { tail, .. }) if attempt < ATTEMPTS && port::was_taken(&tail) => attempt += 1,
                outcome => return outcome,
            }
        }
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

/// The executable in `target/ministack-venv`, installed if it is missing or older than the pins.
fn installed() -> Result<PathBuf> {
    let venv = places::target_dir().join("ministack-venv");
    let program = venv.join("bin/ministack");
    let requirements = places::workspace().join("tests/ministack/requirements.txt");
    let pins = fs::read_to_string(&requirements).map_err(Error::file("read", &requirements))?;
    let stamp = venv.join("installed-from");

    exclusively(&places::target_dir().join("ministack.lock"), || {
        if program.is_file() && fs::read_to_string(&stamp).is_ok_and(|installed_from| installed_from == pins) {
            return Ok(());
        }
        let mut python = Command::new("python3");
        python.args(["-m", "venv", "--clear"]).arg(&venv);
        build::run(&Step { title: "making a Python environment for MiniStack, once", lines: None, advice: ADVICE }, python)?;
        let mut pip = Command::new(venv.join("bin/python"));
        pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps", "--requirement"]).arg(&requirements);
        build::run(&Step { title: "installing MiniStack, once", lines: None, advice: ADVICE }, pip)?;
        fs::write(&stamp, &pins).map_err(Error::file("write", &stamp))
    })?;
    Ok(program)
}
