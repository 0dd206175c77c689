//! Whether requesters may have to pay: Allowed or Forbidden.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Leave, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// Whether requesters may have to pay: Allowed or Forbidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct RequestPayment(pub Leave);

impl Parameters for RequestPayment {
    const ID: &'static str = "requestPayment";
    const DIRECTORY: bool = false;

    /// A word has no room for an action of its own.
    fn action(&self) -> Option<Action> {
        None
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for RequestPayment {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        let requester = spec.request_payment.as_ref().and_then(|payment| payment.payer.as_deref()) == Some("Requester");
        if self.0 == Leave::Forbidden && requester {
            to.fail(Reason::Forbidden, "spec.requestPayment.payer", "Requester Pays is not allowed; use BucketOwner");
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn requester_pays_is_refused() {
        let by = |payer: &str| world().section("requestPayment", &format!(r#"{{"payer":"{payer}"}}"#));
        assert_eq!(
            judged("requestPayment: Forbidden", &by("Requester")),
            ["spec.requestPayment.payer: Requester Pays is not allowed; use BucketOwner"]
        );
        assert!(judged("requestPayment: Forbidden", &by("BucketOwner")).is_empty());
        assert!(judged("requestPayment: Allowed", &by("Requester")).is_empty());
    }
}
