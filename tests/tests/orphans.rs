//! A test that is killed, and a browser that ends, leave no process and no file behind.

#![cfg(test)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tests::browser::Browser;
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

#[test]
fn browsers_that_end_leave_nothing_behind() {
    let browsers: Vec<Browser> = (0..4).map(|_| Browser::start().expect("it starts")).collect();
    let ended: Vec<_> = browsers.into_iter().map(|browser| std::thread::spawn(move || left_by(browser))).collect();
    let left: Vec<String> = ended.into_iter().flat_map(|thread| thread.join().expect("it ends")).collect();
    assert_eq!(left, [""; 0]);
}

/// The processes and files that are left when the browser has ended.
fn left_by(browser: Browser) -> Vec<String> {
    let folder = browser.folder().to_owned();
    drop(browser);
    // Somebody who ends later could still write.
    std::thread::sleep(Duration::from_secs(2));
    let output = Command::new("pgrep").args(["--full", "--list-full"]).arg(&folder).output().expect("pgrep runs");
    let processes = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect::<Vec<_>>();
    let files = folder.exists().then(|| format!("{} is still there", folder.display()));
    processes.into_iter().chain(files).collect()
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
