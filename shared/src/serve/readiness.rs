//! Readiness as one value that says what is missing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The parts that must be there before a service may be sent work. Clones share the state.
#[derive(Clone, Debug)]
pub struct Readiness(Arc<[Part]>);

#[derive(Debug)]
struct Part {
    name: &'static str,
    ready: AtomicBool,
}

impl Readiness {
    /// Nothing is there yet; `parts` are what will be waited for.
    #[must_use]
    pub fn new(parts: &[&'static str]) -> Self {
        Self(parts.iter().map(|&name| Part { name, ready: AtomicBool::new(false) }).collect())
    }

    /// Says that a part is there, or is gone. A name that was not given to [`new`](Self::new) changes nothing but the log.
    pub fn set(&self, part: &str, ready: bool) {
        let Some(known) = self.0.iter().find(|known| known.name == part) else {
            tracing::error!(part, "readiness knows no such part; add it to Readiness::new");
            return;
        };
        if known.ready.swap(ready, Ordering::AcqRel) != ready {
            tracing::info!(part, ready, "readiness changed");
        }
    }

    /// What is not there, in the order given to [`new`](Self::new); empty when the service is ready.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        self.0.iter().filter(|part| !part.ready.load(Ordering::Acquire)).map(|part| part.name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_missing_until_all_is_there() {
        let readiness = Readiness::new(&["certificate", "namespaces"]);
        let elsewhere = readiness.clone();
        assert_eq!(readiness.missing(), ["certificate", "namespaces"]);
        elsewhere.set("certificate", true);
        elsewhere.set("no such part", true);
        assert_eq!(readiness.missing(), ["namespaces"]);
        elsewhere.set("namespaces", true);
        assert_eq!(readiness.missing(), [""; 0]);
        elsewhere.set("certificate", false);
        assert_eq!(readiness.missing(), ["certificate"]);
    }
}
