//! versitygw: a gateway from S3 to a file system, which nobody here wrote. It has the small half of the sub-configurations and says
//! "not implemented" of the others.

use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_credential_types::Credentials;

use crate::control_plane::blocking;
use crate::error::{Error, Result};
use crate::go::Program;
use crate::port;
use crate::process::{Launch, Process};
use crate::scratch::Scratch;

const START_LIMIT: Duration = Duration::from_mins(1);
const SECRET: &str = "versitygw-secret";
const ADVICE: &str = "versitygw is built from source into target/versitygw; install Go (go.dev/dl, 1.26 or later) and let it reach its \
    module proxy";

/// A running versitygw on a free port of loopback, with an empty folder behind it and one user. Dropping it ends it.
#[derive(Debug)]
pub struct VersityGw {
    process: Process,
    endpoint: String,
    user: String,
    _scratch: Scratch,
}

impl VersityGw {
    /// Builds it if needed (once per checkout, one or two minutes; other processes wait), starts it and waits until it is ready.
    ///
    /// Buckets belong to `user`, its root user: the name is both the access key and what S3 calls the account.
    ///
    /// # Errors
    /// When Go is missing, the build fails or it does not come up; the text has the end of its log.
    pub async fn start(user: &str, region: &str) -> Result<Self> {
        let program = blocking(built).await?;
        port::retrying(async || Self::start_on(&program, port::free()?, user, region).await).await
    }

    async fn start_on(program: &Path, port: u16, user: &str, region: &str) -> Result<Self> {
        let scratch = Scratch::new("versitygw")?;
        let folder = |name: &str| {
            let path = scratch.path().join(name);
            std::fs::create_dir_all(&path).map_err(Error::file("make the folder", path.clone()))?;
            Ok::<_, Error>(path.into_os_string())
        };
        let address = format!("127.0.0.1:{port}");
        let launch = Launch::new("versitygw", program, scratch.file("versitygw.log")?)
            .args(["--port", &address, "--access", user, "--secret", SECRET, "--region", region])
            .args(["--keep-alive", "--quiet", "--health", "/health", "--iam-dir"])
            .args([folder("users")?])
            .args(["posix", "--versioning-dir"])
            .args([folder("versions")?])
            .args(["--sidecar"]) // not every file system has extended attributes
            .args([folder("configurations")?, folder("buckets")?]);
        let mut process = Process::spawn(&launch)?;
        let endpoint = format!("http://{address}");
        process.ready(&format!("{endpoint}/health"), START_LIMIT).await?;
        Ok(Self { process, endpoint, user: user.to_owned(), _scratch: scratch })
    }

    /// The endpoint for S3, `http://127.0.0.1:PORT`; buckets go in the path. It has no STS.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The credentials of its one user.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        Credentials::new(self.user.as_str(), SECRET, None, None, "versitygw")
    }

    /// The end of its log, for messages.
    #[must_use]
    pub fn log_tail(&self) -> String {
        self.process.log_tail()
    }
}

fn built() -> Result<PathBuf> {
    let package = "github.com/versity/versitygw/cmd/versitygw";
    Program { name: "versitygw", package, module: "versitygw", linker_flags: "-s -w", advice: ADVICE }.built()
}
