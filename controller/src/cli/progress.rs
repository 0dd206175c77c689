//! How far a command is: a bar on a terminal, a line for each tenth elsewhere. All of it on standard error, as standard output is for
//! what the command is there for.

use std::io::{IsTerminal as _, Write as _, stderr};

use indicatif::{ProgressBar, ProgressStyle};

/// Fewer buckets than these are read before anybody wonders.
const FEW: usize = 20;

/// The progress of one command.
#[derive(Debug)]
pub(super) struct Progress {
    command: &'static str,
    total: usize,
    done: usize,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Nothing of so many buckets is done yet.
    pub(super) fn start(command: &'static str, total: usize) -> Self {
        let bar = stderr().is_terminal().then(|| bar(command, total));
        Self { command, total, done: 0, bar }
    }

    /// One more is done.
    pub(super) fn step(&mut self) {
        self.done += 1;
        match &self.bar {
            Some(bar) => bar.inc(1),
            None if is_told(self.done, self.total) => {
                say(&format!("cooper-controller {}: {} of {} buckets", self.command, self.done, self.total));
            }
            None => {}
        }
    }

    /// How many are done.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Writes something beside the bar.
    pub(super) fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A line on standard error. Where nobody listens there is nobody to tell.
pub(super) fn say(line: &str) {
    let _ = writeln!(stderr(), "{line}");
}

fn bar(command: &str, total: usize) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(total).unwrap_or(u64::MAX));
    let template = format!("{command} {{bar:40}} {{pos}}/{{len}} buckets, {{eta}} left");
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Whether a line is due: after each tenth of them, where they are many.
fn is_told(done: usize, total: usize) -> bool {
    total >= FEW && (done * 10) / total > ((done - 1) * 10) / total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_are_told_by_tenths_and_few_are_not() {
        let told = |total: usize| (1..=total).filter(|done| is_told(*done, total)).collect::<Vec<_>>();
        assert_eq!(told(300), [30, 60, 90, 120, 150, 180, 210, 240, 270, 300]);
        assert_eq!(told(25).len(), 10);
        assert_eq!(told(FEW - 1), [0; 0]);
    }

    #[test]
    fn each_step_counts_once() {
        let mut progress = Progress::start("plan", 2);
        progress.step();
        assert_eq!((progress.done(), progress.aside(|| 7)), (1, 7));
    }
}
