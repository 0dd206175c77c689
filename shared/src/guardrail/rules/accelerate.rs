//! Whether Transfer Acceleration may be on: Allowed or Forbidden.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Leave, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// Whether Transfer Acceleration may be on: Allowed or Forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Acceleration(pub Leave);

impl Parameters for Acceleration {
    const ID: &'static str = "accelerate";
    const DIRECTORY: bool = false;

    /// A word has no room for an action of its own.
    fn action(&self) -> Option<Action> {
        None
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for Acceleration {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let on = spec.accelerate.as_ref().and_then(|accelerate| accelerate.status.as_deref()) == Some("Enabled");
        if self.0 == Leave::Forbidden && on {
            to.fail(Reason::Forbidden, "spec.accelerate.status", "Transfer Acceleration is not allowed; remove the section");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn acceleration_is_refused() {
        let to = |status: &str| world().section("accelerate", &format!(r#"{{"status":"{status}"}}"#));
        assert_eq!(judged("accelerate: Forbidden", &to("Enabled")).len(), 1);
        assert!(judged("accelerate: Forbidden", &to("Suspended")).is_empty());
        assert!(judged("accelerate: Allowed", &to("Enabled")).is_empty());
    }
}
