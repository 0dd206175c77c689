//! What the audience sees.

use std::io::{IsTerminal as _, Stdout, Write as _};

use crate::error::{Error, Result};
use crate::kubectl::{Kubectl, Output};

/// Prints the story: chapters, commands with their output, checks. Colours only on a terminal.
#[derive(Debug)]
pub(super) struct Stage {
    out: Stdout,
    colours: bool,
    chapters: u32,
    checks: u32,
}

impl Stage {
    pub(super) fn new() -> Self {
        let out = std::io::stdout();
        let colours = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Self { out, colours, chapters: 0, checks: 0 }
    }

    /// Opens a chapter.
    pub(super) fn chapter(&mut self, title: &str) {
        self.chapters += 1;
        let title = format!("{}. {title}", self.chapters);
        self.say(&format!("\n{}\n{}", self.paint("1", &title), "-".repeat(title.chars().count())));
    }

    /// Tells something.
    pub(super) fn tell(&self, text: &str) {
        self.say(text);
    }

    /// Shows a command that is about to run.
    pub(super) fn command(&self, command: &str) {
        self.say(&format!("{} {}", self.paint("36", "$"), self.paint("1", command)));
    }

    /// Shows what a command said.
    pub(super) fn output(&self, text: &str) {
        for line in text.trim_end().lines() {
            self.say(&format!("  {line}"));
        }
    }

    /// Runs kubectl in view of the audience, whatever it says.
    pub(super) async fn kubectl(&self, kubectl: &Kubectl, args: &[&str]) -> Result<Output> {
        self.command(&kubectl.shown(args));
        let output = kubectl.run(args).await?;
        self.output(&output.stdout);
        self.output(&output.stderr);
        Ok(output)
    }

    /// As [`Self::kubectl`], with a text on standard input; `typed` is what a user would type.
    pub(super) async fn kubectl_with(&self, kubectl: &Kubectl, typed: &str, args: &[&str], stdin: &str) -> Result<Output> {
        self.command(typed);
        let output = kubectl.run_with(args, stdin).await?;
        self.output(&output.stdout);
        self.output(&output.stderr);
        Ok(output)
    }

    /// Shows that something holds, or ends the story.
    pub(super) fn check(&mut self, claim: &str, holds: bool) -> Result<()> {
        if !holds {
            self.say(&format!("{} {claim}", self.paint("31", "✗")));
            return Err(Error::Claim { claim: claim.to_owned() });
        }
        self.checks += 1;
        self.say(&format!("{} {claim}", self.paint("32", "✓")));
        Ok(())
    }

    /// How many claims held.
    pub(super) const fn checks(&self) -> u32 {
        self.checks
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn say(&self, text: &str) {
        // Whoever closed our output has seen enough.
        let _ = writeln!(&self.out, "{text}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_that_does_not_hold_ends_the_story() {
        let mut stage = Stage::new();
        stage.check("water is wet", true).expect("it holds");
        let fault = stage.check("water is dry", false).expect_err("it does not hold");
        assert!(fault.to_string().contains("water is dry"), "{fault}");
        assert_eq!(stage.checks(), 1);
    }
}
