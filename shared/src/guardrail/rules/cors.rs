//! What web pages of other origins may do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Leave, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// What web pages of other origins may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Cors {
    /// Whether a rule may be for every origin (`*`, `https://*`): Allowed or Forbidden.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wildcard_origin: Option<Leave>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

impl Parameters for Cors {
    const ID: &'static str = "cors";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for Cors {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(spec) = subject.spec() else { return to.skip() };
        if !Leave::is_forbidden(self.wildcard_origin) {
            return;
        }
        let rules = spec.cors.iter().flat_map(|cors| cors.cors_rules.iter().flatten()).enumerate();
        for (index, rule) in rules {
            for (place, origin) in rule.allowed_origins.iter().flatten().enumerate().filter(|(_, origin)| is_everywhere(origin)) {
                let field = format_args!("spec.cors.corsRules[{index}].allowedOrigins[{place}]");
                to.fail(Reason::Forbidden, field, format!("{} is every origin, which is not allowed; name those you need", quote(origin)));
            }
        }
    }
}

fn is_everywhere(origin: &str) -> bool {
    origin.split_once("://").map_or(origin, |(_, host)| host) == "*"
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn every_origin_is_refused_and_a_part_of_them_is_not() {
        let rule = "cors: {wildcardOrigin: Forbidden}";
        let from = |origin: &str| {
            world().section("cors", &format!(r#"{{"corsRules":[{{"allowedMethods":["GET"],"allowedOrigins":["{origin}"]}}]}}"#))
        };
        for every in ["*", "https://*", "http://*"] {
            let said = judged(rule, &from(every));
            assert!(said[0].starts_with("spec.cors.corsRules[0].allowedOrigins[0]: "), "{said:?}");
        }
        assert!(judged(rule, &from("https://*.example.com")).is_empty());
        assert!(judged("cors: {}", &from("*")).is_empty());
    }
}
