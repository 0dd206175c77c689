//! Which IAM roles a Bucket may name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::globs::{Fit, Globs};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// Which IAM roles a Bucket may name, by its annotation or by that of its namespace. A role that the controller finds by other means
/// (teams, IAMRoleSelectors) is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct IamRoles {
    /// ARNs; `*` stands for anything but a colon.
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed: Vec<String>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled(Globs);

impl Parameters for IamRoles {
    const ID: &'static str = "iamRoles";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let at = at.member("allowed");
        for (index, arn) in self.allowed.iter().enumerate().filter(|(_, arn)| !is_arn(arn)).take(Marks::MOST) {
            let message = format!("{} fits no role; use arn:aws:iam::<account>:role/<name>", quote(arn));
            to.deny("guardrail-arn", Reason::Invalid, at.index(index), message);
        }
        Box::new(Compiled(Globs::arns(&self.allowed, &at, to)))
    }
}

/// A star does not cross a colon, so that six parts are needed.
pub(super) fn is_arn(pattern: &str) -> bool {
    let starts = pattern.starts_with("arn:") || pattern.starts_with("*:");
    pattern.is_empty() || starts && pattern.matches(':').count() >= 5
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        let Some(role) = subject.facts.role else { return to.skip() };
        match self.0.fit(role.value, &subject.values()) {
            Fit::Yes => {}
            Fit::No => to.fail(
                Reason::Forbidden,
                role,
                format!("role {} is not allowed; use {}", quote(role.value), self.0.listed(&subject.values())),
            ),
            Fit::Unknown(placeholder) => to.unknown(role, placeholder),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::annotation;
    use crate::guardrail::rules::testing::{judged, refused, world};

    const RULE: &str = r#"iamRoles: {allowed: ["arn:aws:iam::111122223333:role/s3-${namespace}-*"]}"#;

    #[test]
    fn a_role_is_in_the_list() {
        let with = |role: &str| judged(RULE, &world().annotate(annotation::ROLE_ARN, role));
        assert!(with("arn:aws:iam::111122223333:role/s3-team-a-logs").is_empty());
        let refused = with("arn:aws:iam::111122223333:role/s3-team-b-logs");
        assert!(refused[0].starts_with("metadata.annotations[s3.services.k8s.aws/iam-role-arn]: role "), "{refused:?}");
        assert!(judged(RULE, &world()).is_empty(), "none is named");
        assert_eq!(judged(RULE, &world().namespace(annotation::ROLE_ARN, "arn:aws:iam::1:role/x")).len(), 1);
    }

    #[test]
    fn what_fits_no_role_is_refused() {
        assert_eq!(refused(r#"iamRoles: {allowed: ["s3-*"]}"#), ["guardrail-arn rules.iamRoles.allowed[0]"]);
        assert!(refused(RULE).is_empty());
    }
}
