//! In which regions buckets may be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::globs::{Fit, Globs};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;
use crate::region;

/// In which regions buckets may be.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Regions {
    /// The regions, such as eu-west-1; `*` stands for anything.
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed: Vec<String>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled(Globs);

impl Parameters for Regions {
    const ID: &'static str = "regions";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let at = at.member("allowed");
        let unknown = |code: &&String| !code.contains(['*', '$']) && !region::is_known(code);
        for (index, code) in self.allowed.iter().enumerate().filter(|(_, code)| unknown(code)).take(Marks::MOST) {
            let message = format!("{code} is no region that is known.{}", region::did_you_mean(code));
            to.warn("guardrail-region", Reason::Invalid, at.index(index), message);
        }
        Box::new(Compiled(Globs::arns(&self.allowed, &at, to)))
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "metadata.annotations[services.k8s.aws/region]";
        // A Bucket without any region is the business of a built-in rule.
        let Some(region) = subject.facts.region else { return to.skip() };
        match self.0.fit(region, &subject.values()) {
            Fit::Yes => {}
            Fit::No => {
                to.fail(Reason::Forbidden, FIELD, format!("region {region} is not allowed; use {}", self.0.listed(&subject.values())));
            }
            Fit::Unknown(placeholder) => to.unknown(FIELD, placeholder),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, refused, world};

    #[test]
    fn a_region_is_in_the_list_or_refused() {
        assert!(judged("regions: {allowed: [eu-west-1]}", &world()).is_empty());
        assert!(judged("regions: {allowed: ['eu-*']}", &world()).is_empty());
        assert_eq!(
            judged("regions: {allowed: [eu-central-1, eu-north-1]}", &world()),
            ["metadata.annotations[services.k8s.aws/region]: region eu-west-1 is not allowed; use eu-central-1 or eu-north-1"]
        );
    }

    #[test]
    fn a_slip_in_the_list_is_told() {
        assert_eq!(refused("regions: {allowed: [eu-wset-1]}"), ["guardrail-region rules.regions.allowed[0]"]);
        assert_eq!(refused("regions: {allowed: []}"), ["guardrail-list-empty rules.regions.allowed"]);
    }
}
