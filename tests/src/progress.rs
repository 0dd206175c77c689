//! What a person sees while something is built: a bar or a spinner on a terminal, plain lines elsewhere.
//!
//! It writes to stderr itself and not through `eprintln!`, which the test runner would swallow.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a log without a terminal gets a line.
const LINE_EVERY: Duration = Duration::from_secs(15);

/// The progress of one piece of work.
#[derive(Debug)]
pub struct Progress {
    title: String,
    started: Instant,
    steps: u64,
    total: Option<u64>,
    shown: Shown,
}

#[derive(Debug)]
enum Shown {
    Bar(ProgressBar),
    Lines { last: Instant },
}

impl Progress {
    /// Starts showing. With a `total` of steps there is a bar, without one a spinner.
    #[must_use]
    pub fn start(title: &str, total: Option<u64>) -> Self {
        let shown = if std::io::stderr().is_terminal() {
            Shown::Bar(bar(title, total))
        } else {
            say(&format!("{title} ..."));
            Shown::Lines { last: Instant::now() }
        };
        Self { title: title.to_owned(), started: Instant::now(), steps: 0, total, shown }
    }

    /// One step is done; `what` names the one at hand.
    pub fn step(&mut self, what: &str) {
        self.steps += 1;
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.inc(1);
                bar.set_message(what.to_owned());
            }
            Shown::Lines { last } if last.elapsed() >= LINE_EVERY => {
                *last = Instant::now();
                say(&self.line(what));
            }
            Shown::Lines { .. } => {}
        }
    }

    /// The work is done, or has failed: one line stays that says how long it took.
    pub fn finish(self, outcome: &str) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
        say(&format!("{}: {outcome} after {:.0?}", self.title, self.started.elapsed()));
    }

    fn line(&self, what: &str) -> String {
        let steps = self.total.map_or_else(|| self.steps.to_string(), |total| format!("{} of {total}", self.steps.min(total)));
        format!("{}: {steps}, {:.0?}, now {what}", self.title, self.started.elapsed())
    }
}

fn bar(title: &str, total: Option<u64>) -> ProgressBar {
    let (bar, template) = match total {
        Some(total) => (ProgressBar::new(total), "{prefix} [{bar:30}] {pos}/{len} {elapsed} {wide_msg}"),
        None => (ProgressBar::new_spinner(), "{spinner} {prefix} {elapsed} {wide_msg}"),
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = bar.with_style(style).with_prefix(title.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn say(line: &str) {
    // A closed stderr is no reason to fail the work.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_the_work_is() {
        let mut progress = Progress::start("building something", Some(12));
        progress.step("part one");
        assert!(progress.line("part two").starts_with("building something: 1 of 12, "));
        progress.finish("done");
    }

    #[test]
    fn steps_beyond_the_total_do_not_show() {
        let mut progress = Progress::start("building something", Some(1));
        progress.step("one");
        progress.step("two");
        assert!(progress.line("three").contains("1 of 1"));
    }
}
