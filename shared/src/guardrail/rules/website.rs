//! Whether a bucket may be a web site: Allowed or Forbidden.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Leave, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// Whether a bucket may be a web site: Allowed or Forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Website(pub Leave);

impl Parameters for Website {
    const ID: &'static str = "website";
    const DIRECTORY: bool = false;

    /// A word has no room for an action of its own.
    fn action(&self) -> Option<Action> {
        None
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for Website {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let is_site = spec.website.as_ref().is_some_and(|website| *website != crate::subconfig::Website::default());
        if self.0 == Leave::Forbidden && is_site {
            to.fail(Reason::Forbidden, "spec.website", "a web site is not allowed; remove the section");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn a_site_is_refused() {
        let site = || world().section("website", r#"{"indexDocument":{"suffix":"index.html"}}"#);
        assert_eq!(judged("website: Forbidden", &site()), ["spec.website: a web site is not allowed; remove the section"]);
        assert!(judged("website: Allowed", &site()).is_empty());
        assert!(judged("website: Forbidden", &world().section("website", "{}")).is_empty());
    }
}
