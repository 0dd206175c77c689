//! No orphans, without `unsafe`: a tiny shell holds the other end of a pipe and cleans up when we are gone.
//!
//! Rust runs no destructors when a process is killed, nor for statics. The kernel closes our end of the pipe in every case; the
//! shell's `read` then fails and it does what we could not. A word through the pipe tells it that there is nothing left to do.
//! Linux's parent-death signal would need `unsafe`, and it fires when the *thread* that started the child ends.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::error::{Error, Result};

const KILL_PROCESS: &str = r#"trap '' INT TERM HUP; read -r word || kill -KILL "$1" 2>/dev/null"#;
// The processes that write there are being killed by their own guards at this moment.
const REMOVE_FOLDER: &str = r#"trap '' INT TERM HUP; read -r word || { sleep 0.3; rm -rf -- "$1"; }"#;

/// The watching shell. Dropping it calls it off: drop it only when what it guards is gone.
#[derive(Debug)]
pub struct Guard {
    shell: Child,
}

impl Guard {
    /// Kills the process if this one ends without calling the guard off.
    ///
    /// # Errors
    /// When `sh` cannot be started.
    pub fn kill_process(pid: u32) -> Result<Self> {
        Self::start(KILL_PROCESS, pid.to_string().as_ref())
    }

    /// Removes the folder if this process ends without calling the guard off.
    ///
    /// # Errors
    /// When `sh` cannot be started.
    pub fn remove_folder(folder: &Path) -> Result<Self> {
        Self::start(REMOVE_FOLDER, folder.as_os_str())
    }

    fn start(script: &str, subject: &OsStr) -> Result<Self> {
        let shell = Command::new("sh")
            .args(["-c", script, "cooper-test-guard"])
            .arg(subject)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Its own group: a Ctrl-C on the terminal must not end the guard before its duty.
            .process_group(0)
            .spawn()
            .map_err(|source| Error::Program { program: "sh".to_owned(), source, advice: "the harness needs a POSIX shell".to_owned() })?;
        Ok(Self { shell })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.shell.stdin.take() {
            // If the shell is gone already, there is nobody to call off.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.shell.wait();
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn sleeper() -> Child {
        Command::new("sleep").arg("600").spawn().expect("sleep starts")
    }

    #[test]
    fn the_process_is_killed_when_the_pipe_closes() {
        let mut sleeper = sleeper();
        let mut guard = Guard::kill_process(sleeper.id()).expect("a guard");
        drop(guard.shell.stdin.take()); // what the kernel does when this process dies
        let status = sleeper.wait().expect("the sleeper ends");
        assert!(!status.success());
    }

    #[test]
    fn a_guard_that_is_called_off_kills_nothing() {
        let mut sleeper = sleeper();
        drop(Guard::kill_process(sleeper.id()).expect("a guard"));
        assert!(sleeper.try_wait().expect("its state").is_none());
        sleeper.kill().expect("it can be killed");
        sleeper.wait().expect("it ends");
    }

    #[test]
    fn the_folder_is_removed_when_the_pipe_closes() {
        let folder = tempfile::tempdir().expect("a folder").keep();
        std::fs::write(folder.join("file"), "x").expect("a file");
        let mut guard = Guard::remove_folder(&folder).expect("a guard");
        drop(guard.shell.stdin.take());
        let deadline = Instant::now() + Duration::from_secs(20);
        while folder.exists() && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(!folder.exists());
    }
}
