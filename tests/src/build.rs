//! Runs a builder (go, cargo, pip) to its end while its progress is shown.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;

use crate::error::{Error, Result};
use crate::progress::Progress;

/// How many lines of a failed builder's output an error shows.
const TAIL: usize = 40;

/// A builder to run.
#[derive(Debug)]
pub struct Step<'a> {
    /// What a person sees, for example `building kube-apiserver`.
    pub title: &'a str,
    /// How many lines the builder is going to write, if that is known; it makes the bar.
    pub lines: Option<u64>,
    /// What to do when the builder cannot be started or fails.
    pub advice: &'a str,
}

/// Runs `command` and waits for it. Both outputs are read line by line: each line is a step of the progress.
///
/// # Errors
/// [`Error::Program`] when it cannot be started, [`Error::Failed`] with the end of its output when it fails.
pub fn run(step: &Step<'_>, mut command: Command) -> Result<()> {
    let shown = shown(&command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| Error::Program { program: shown.clone(), source, advice: step.advice.to_owned() })?;
    let (lines, received) = mpsc::channel();
    let readers = [child.stdout.take().map(|pipe| forward(pipe, lines.clone())), child.stderr.take().map(|pipe| forward(pipe, lines))];

    let mut progress = Progress::start(step.title, step.lines);
    let mut tail = VecDeque::with_capacity(TAIL);
    for line in received {
        progress.step(&line);
        if tail.len() == TAIL {
            tail.pop_front();
        }
        tail.push_back(line);
    }
    for reader in readers.into_iter().flatten() {
        // A reader only ends; it has nothing to tell.
        let _ = reader.join();
    }
    let status = child.wait().map_err(|source| Error::Program { program: shown.clone(), source, advice: step.advice.to_owned() })?;
    progress.finish(if status.success() { "done" } else { "failed" });
    if status.success() {
        return Ok(());
    }
    let output = tail.into_iter().collect::<Vec<_>>().join("\n");
    Err(Error::Failed { command: shown, status: ending(status), advice: step.advice.to_owned(), output })
}

/// The command as a user would type it.
#[must_use]
pub fn shown(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|word| {
            let word = word.to_string_lossy();
            if word.contains(char::is_whitespace) { format!("'{word}'") } else { word.into_owned() }
        })
        .collect::<Vec<_>>()
        .join(" ")
}

/// How a process ended, in words.
#[must_use]
pub fn ending(status: ExitStatus) -> String {
    status.to_string()
}

fn forward(pipe: impl Read + Send + 'static, lines: mpsc::Sender<String>) -> std::thread::JoinHandle<()> {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).split(b'\n').map_while(std::io::Result::ok) {
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if lines.send(line).is_err() {
                break;
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step() -> Step<'static> {
        Step { title: "testing the runner", lines: None, advice: "look at the script" }
    }

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_good_builder_passes() {
        run(&step(), sh("echo one; echo two >&2")).expect("it exits 0");
    }

    #[test]
    fn a_bad_builder_shows_the_end_of_its_output() {
        let fault = run(&step(), sh("for i in $(seq 100); do echo line-$i; done; echo broken >&2; exit 3")).expect_err("it exits 3");
        let text = fault.to_string();
        assert!(text.contains("broken") && text.contains("line-100") && text.contains("look at the script"), "{text}");
        assert!(!text.contains("line-5\n"), "only the tail: {text}");
    }

    #[test]
    fn a_missing_builder_is_named_with_advice() {
        let text = run(&step(), Command::new("no-such-builder-here")).expect_err("there is none").to_string();
        assert!(text.contains("no-such-builder-here") && text.contains("look at the script"), "{text}");
    }
}
