//! One long-running child process: log file, readiness, signals, and never an orphan.

mod log;

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

pub use self::log::tail;
use crate::error::{Error, Result};
use crate::guard::Guard;
use crate::http;

/// How long a process may take to end after SIGTERM before it is killed on drop.
const GRACE: Duration = Duration::from_secs(5);
/// How often a state is asked for while it is waited for.
const POLL: Duration = Duration::from_millis(50);
/// How many lines of its log an error shows.
const TAIL: usize = 30;

/// What to start.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What errors call it.
    pub name: String,
    /// The executable.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
    /// Variables added to our own environment.
    pub env: Vec<(OsString, OsString)>,
    /// Where both its outputs go; appended, so that a restart keeps the history.
    pub log: PathBuf,
}

impl Launch {
    /// A launch without arguments.
    #[must_use]
    pub fn new(name: &str, program: impl Into<PathBuf>, log: impl Into<PathBuf>) -> Self {
        Self { name: name.to_owned(), program: program.into(), args: Vec::new(), env: Vec::new(), log: log.into() }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<A: Into<OsString>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    /// Adds a variable.
    #[must_use]
    pub fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }
}

/// A running child. Dropping it ends it: SIGTERM, five seconds, SIGKILL. If this process is killed, its guard kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    log: PathBuf,
    child: Child,
    guard: Option<Guard>,
    ended: Option<ExitStatus>,
}

impl Process {
    /// Starts it. It may still fail in the next moment: see [`Self::ready`].
    ///
    /// # Errors
    /// When the log cannot be opened or the program cannot be started.
    pub fn spawn(launch: &Launch) -> Result<Self> {
        let (out, err) = log::open(&launch.log)?;
        let child = Command::new(&launch.program)
            .args(&launch.args)
            .envs(launch.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            // Its own group: a Ctrl-C on the terminal is for us; we end our children in order.
            .process_group(0)
            .spawn()
            .map_err(|source| Error::Program {
                program: launch.program.display().to_string(),
                source,
                advice: "is it built, and is it executable?".to_owned(),
            })?;
        let mut process = Self { name: launch.name.clone(), log: launch.log.clone(), child, guard: None, ended: None };
        process.guard = Some(Guard::kill_process(process.pid())?);
        Ok(process)
    }

    /// Its process id.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none()
            && let Ok(Some(status)) = self.child.try_wait()
        {
            self.ended = Some(status);
            self.guard = None; // the id may now belong to somebody else
        }
        self.ended
    }

    /// Waits until `url` answers 200, and fails at once when the process ends.
    ///
    /// # Errors
    /// [`Error::Ended`] or [`Error::Timeout`], both with the end of its log.
    pub async fn ready(&mut self, url: &str, within: Duration) -> Result<()> {
        let deadline = Instant::now() + within;
        loop {
            self.still_running()?;
            let seen = match http::get(url).await {
                Ok((200, _)) => return Ok(()),
                Ok((status, body)) => format!("{status}: {body}"),
                Err(fault) => fault.to_string(),
            };
            if Instant::now() >= deadline {
                let seen = format!("{seen}\nthe end of its log:\n{}", self.log_tail());
                return Err(Error::Timeout { waiting_for: format!("{} to be ready at {url}", self.name), within, seen });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Fails if the process has ended.
    ///
    /// # Errors
    /// [`Error::Ended`] with the end of its log.
    pub fn still_running(&mut self) -> Result<()> {
        let Some(status) = self.ended() else { return Ok(()) };
        Err(Error::Ended { name: self.name.clone(), status: status.to_string(), log: self.log.clone(), tail: self.log_tail() })
    }

    /// Asks it to end (SIGTERM) and does not wait.
    pub fn terminate(&mut self) {
        self.signal(Signal::TERM);
    }

    /// Kills it (SIGKILL), as a crash of the node would, and waits until it is gone.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        if self.ended.is_none() {
            self.ended = self.child.wait().ok();
        }
        self.guard = None;
    }

    /// Waits for it to end by itself or after [`Self::terminate`].
    ///
    /// # Errors
    /// [`Error::Timeout`] with the end of its log.
    pub async fn exit(&mut self, within: Duration) -> Result<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.ended() {
                return Ok(status);
            }
            if Instant::now() >= deadline {
                return Err(Error::Timeout { waiting_for: format!("{} to end", self.name), within, seen: self.log_tail() });
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Where its output goes.
    #[must_use]
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// The last lines of its output.
    #[must_use]
    pub fn log_tail(&self) -> String {
        tail(&self.log, TAIL)
    }

    fn signal(&mut self, signal: Signal) {
        // Nothing to signal once it was reaped: its id may belong to another process.
        if self.ended().is_none() {
            let _ = kill_process(Pid::from_child(&self.child), signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.terminate();
        let deadline = Instant::now() + GRACE;
        while self.ended().is_none() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(10));
        }
        self.kill();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(folder: &Path, script: &str) -> Process {
        let launch = Launch::new("script", "sh", folder.join("script.log")).args(["-c", script]).env("GREETING", "hello");
        Process::spawn(&launch).expect("sh starts")
    }

    #[tokio::test]
    async fn output_goes_to_the_log_and_the_exit_code_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = sh(folder.path(), "echo $GREETING; echo there >&2; exit 7");
        let status = process.exit(Duration::from_secs(20)).await.expect("it ends");
        assert_eq!(status.code(), Some(7));
        assert_eq!(process.log_tail(), "hello\nthere");
        let fault = process.still_running().expect_err("it ended");
        assert_eq!(fault.category(), "ended");
        assert!(fault.to_string().contains("there"), "{fault}");
    }

    #[tokio::test]
    async fn sigterm_can_be_handled_and_sigkill_cannot() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut polite = sh(folder.path(), "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done");
        while !polite.log_tail().contains("up") {
            tokio::time::sleep(POLL).await;
        }
        polite.terminate();
        assert!(polite.exit(Duration::from_secs(20)).await.expect("it ends").success());
        assert!(polite.log_tail().contains("bye"));

        let mut deaf = sh(folder.path(), "trap '' TERM; while :; do sleep 0.05; done");
        deaf.kill();
        assert!(deaf.ended().is_some_and(|status| !status.success()));
    }

    #[tokio::test]
    async fn a_process_that_ends_instead_of_being_ready_says_why() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut process = sh(folder.path(), "echo no such flag >&2; exit 2");
        let fault = process.ready("http://127.0.0.1:1/readyz", Duration::from_secs(20)).await.expect_err("it ended");
        assert!(fault.to_string().contains("no such flag"), "{fault}");
    }
}
