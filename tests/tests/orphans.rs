//! A test that is killed leaves no process and no file behind.

#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::process::{Launch, Process};
use tests::scratch::Scratch;

/// Where the test that is going to be killed writes what it started; only set for that one.
const VICTIM: &str = "COOPER_TEST_VICTIM";

#[test]
fn a_killed_test_leaves_nothing_behind() {
    if let Some(report) = std::env::var_os(VICTIM) {
        victim(Path::new(&report));
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let report = folder.path().join("report");
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "a_killed_test_leaves_nothing_behind"])
        .env(VICTIM, &report)
        .stdout(Stdio::null())
        .spawn()
        .expect("it starts");
    wait("the victim to start something", || fs::read_to_string(&report).is_ok_and(|text| text.ends_with('\n')));
    let text = fs::read_to_string(&report).expect("a report");
    let (pid, scratch) = text.trim().split_once(' ').expect("a process and a folder");
    assert!(runs(pid) && Path::new(scratch).is_dir());

    child.kill().expect("SIGKILL");
    child.wait().expect("it is dead");
    wait("the process to end", || !runs(pid));
    wait("the folder to go", || !Path::new(scratch).exists());
}

fn victim(report: &Path) {
    let scratch = Scratch::new("victim").expect("a folder");
    let launch = Launch::new("sleeper", "sleep", scratch.file("log").expect("a file")).args(["600"]);
    let process = Process::spawn(&launch).expect("it starts");
    let half_written = report.with_extension("tmp");
    fs::write(&half_written, format!("{} {}\n", process.pid(), scratch.path().display())).expect("a report");
    fs::rename(half_written, report).expect("a report");
    std::thread::sleep(Duration::from_mins(10));
}

/// A zombie does not run: it only waits for somebody to ask how it ended.
fn runs(pid: &str) -> bool {
    let output = Command::new("ps").args(["-o", "stat=", "-p", pid]).output().expect("ps runs");
    let state = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

fn wait(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
