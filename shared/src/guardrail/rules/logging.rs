//! Where the access log goes.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;

use crate::admission::quote;
use crate::guardrail::globs::{Fit, Globs};
use crate::subconfig::{self, SubConfig};

/// Where the access log goes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Logging {
    /// Whether there has to be one. Buckets that take logs need an exception.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The names of buckets that it may go to; `*` stands for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub targets: Option<Vec<String>>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled {
    required: bool,
    targets: Option<Globs>,
}

impl Parameters for Logging {
    const ID: &'static str = "logging";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let targets = self.targets.as_ref().map(|targets| Globs::arns(targets, &at.member("targets"), to));
        Box::new(Compiled { required: self.required == Some(true), targets })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "spec.logging.loggingEnabled.targetBucket";
        let Some(spec) = subject.spec() else { return to.skip() };
        let enabled = spec.logging.as_ref().and_then(|logging| logging.logging_enabled.as_ref());
        let target = enabled.and_then(|enabled| enabled.target_bucket.as_deref()).filter(|target| !target.is_empty());
        let Some(target) = target else {
            if subject.absence(subconfig::Logging::NAME) == Absence::Unknown {
                to.skip();
            } else if self.required {
                let listed =
                    self.targets.as_ref().map_or(Cow::Borrowed("a bucket that takes logs"), |targets| targets.listed(&subject.values()));
                to.fail(Reason::Required, FIELD, format!("an access log is required; set it to {listed}"));
            }
            return;
        };
        let Some(targets) = &self.targets else { return };
        match targets.fit(target, &subject.values()) {
            Fit::Yes => {}
            Fit::No => {
                let message = format!("target {} is not allowed; use {}", quote(target), targets.listed(&subject.values()));
                to.fail(Reason::Forbidden, FIELD, message);
            }
            Fit::Unknown(placeholder) => to.unknown(FIELD, placeholder),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, refused, world};

    #[test]
    fn a_log_goes_where_it_may() {
        let rule = r#"logging: {required: true, targets: ["acme-logs-${region}"]}"#;
        let to = |target: &str| world().section("logging", &format!(r#"{{"loggingEnabled":{{"targetBucket":"{target}"}}}}"#));
        assert!(judged(rule, &to("acme-logs-eu-west-1")).is_empty());
        let field = "spec.logging.loggingEnabled.targetBucket";
        assert_eq!(judged(rule, &to("x")), [format!("{field}: target \"x\" is not allowed; use acme-logs-eu-west-1")]);
        assert_eq!(judged(rule, &world()), [format!("{field}: an access log is required; set it to acme-logs-eu-west-1")]);
        assert!(judged("logging: {targets: [x]}", &world()).is_empty());
        assert_eq!(refused("logging: {targets: []}"), ["guardrail-list-empty rules.logging.targets"]);
    }
}
