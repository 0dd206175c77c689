//! Which accounts may own buckets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::globs::{Fit, Globs};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::Subject;
use crate::guardrail::template::Placeholder;
use crate::guardrail::types::Action;
use crate::role;

/// Which accounts may own buckets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Accounts {
    /// The accounts, 12 digits each, in quotes.
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed: Vec<String>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled(Globs);

impl Parameters for Accounts {
    const ID: &'static str = "accounts";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        Box::new(Compiled(accounts(&self.allowed, &at.member("allowed"), to)))
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "metadata.annotations[services.k8s.aws/owner-account-id]";
        let Some(account) = subject.account() else { return to.unknown(FIELD, Placeholder::Account) };
        match self.0.fit(account, &subject.values()) {
            Fit::Yes => {}
            Fit::No => {
                let message = format!("account {} is not allowed; use {}", quote(account), self.0.listed(&subject.values()));
                to.fail(Reason::Forbidden, FIELD, message);
            }
            Fit::Unknown(placeholder) => to.unknown(FIELD, placeholder),
        }
    }
}

/// Reads a list of accounts.
pub(super) fn accounts(list: &[String], at: &Path<'_>, to: &mut Findings) -> Globs {
    let malformed = |account: &&String| !account.is_empty() && !account.contains(['*', '$']) && !role::is_account(account);
    for (index, account) in list.iter().enumerate().filter(|(_, account)| malformed(account)).take(Marks::MOST) {
        let message = format!(r#"{} is no account; use 12 digits in quotes, such as "123456789012""#, quote(account));
        to.deny("guardrail-account", Reason::Invalid, at.index(index), message);
    }
    Globs::arns(list, at, to)
}

#[cfg(test)]
mod tests {
    use crate::annotation;
    use crate::guardrail::rules::testing::{judged, refused, world};

    #[test]
    fn the_owner_is_in_the_list() {
        let rule = r#"accounts: {allowed: ["111122223333"]}"#;
        let owned = |account: &str| world().annotate(annotation::OWNER_ACCOUNT_ID, account);
        assert!(judged(rule, &owned("111122223333")).is_empty());
        let field = "metadata.annotations[services.k8s.aws/owner-account-id]";
        assert_eq!(judged(rule, &owned("444455556666")), [format!("{field}: account \"444455556666\" is not allowed; use 111122223333")]);
        let unknown = judged(rule, &world());
        assert!(unknown[0].starts_with(&format!("error {field}: ")), "{unknown:?}");
        let lives_in = world().existing().update();
        assert!(judged(r#"accounts: {allowed: ["123456789012"]}"#, &lives_in).is_empty(), "the status of a bucket that exists knows it");
    }

    #[test]
    fn an_account_has_twelve_digits() {
        assert_eq!(refused(r#"accounts: {allowed: ["1234"]}"#), ["guardrail-account rules.accounts.allowed[0]"]);
    }
}
