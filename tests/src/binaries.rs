//! Cooper's own executables, built as the running test was.

use std::path::PathBuf;
use std::process::Command;

use tokio::sync::OnceCell;

use crate::build::{self, Step};
use crate::control_plane::blocking;
use crate::error::Result;
use crate::lock::exclusively;
use crate::places;

static BUILT: OnceCell<Binaries> = OnceCell::const_new();

/// The executables that are shipped.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// `cooper-webhook`.
    pub webhook: PathBuf,
    /// `cooper-controller`.
    pub controller: PathBuf,
    /// `cooper-certs`.
    pub certs: PathBuf,
}

impl Binaries {
    /// Has cargo bring them up to date, once per process, with the profile of the running executable. The progress is shown.
    ///
    /// # Errors
    /// When cargo is missing or the build fails; the text has the end of its output.
    pub async fn build() -> Result<&'static Self> {
        BUILT.get_or_try_init(|| blocking(build)).await
    }
}

fn build() -> Result<Binaries> {
    let target = places::target_dir();
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(places::workspace()).env("CARGO_TARGET_DIR", &target).env("CARGO_TERM_PROGRESS_WHEN", "never");
    // The whole workspace, so that what `cargo test --workspace` has built can be used as it is; but to link this crate's own
    // executables for release takes minutes, and nobody asks for them here.
    let what: &[&str] = if places::is_release() { &["--release", "-p=webhook", "-p=controller", "-p=certs"] } else { &["--workspace"] };
    cargo.args(["build", "--bins"]).args(what);
    let step = Step { title: "building Cooper", lines: None, advice: "the compiler's message is below" };
    exclusively(&target.join("cooper-binaries.lock"), || build::run(&step, cargo))?;

    let folder = target.join(if places::is_release() { "release" } else { "debug" });
    let path = |name: &str| folder.join(name);
    Ok(Binaries { webhook: path("cooper-webhook"), controller: path("cooper-controller"), certs: path("cooper-certs") })
}
