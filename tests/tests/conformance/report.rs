//! What held and what did not.

/// The outcome of a section.
pub(crate) struct Report {
    pub(crate) section: &'static str,
    pub(crate) held: usize,
    pub(crate) misses: Vec<String>,
}

impl Report {
    pub(crate) fn new(section: &'static str) -> Self {
        Self { section, held: 0, misses: Vec::new() }
    }

    /// Notes a check; `detail` says what came instead.
    pub(crate) fn note(&mut self, holds: bool, detail: impl FnOnce() -> String) {
        if holds {
            self.held += 1;
        } else {
            self.misses.push(format!("{}: {}", self.section, detail()));
        }
    }
}
