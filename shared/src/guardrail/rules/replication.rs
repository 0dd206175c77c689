//! Where objects are copied to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;

use super::accounts::accounts;
use crate::admission::quote;
use crate::arn::Arn;
use crate::guardrail::globs::{Fit, Globs};
use crate::subconfig::{self, SubConfig};

/// Where objects are copied to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Replication {
    /// Whether there has to be an Enabled replication rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The accounts that may own the destinations, 12 digits each. A destination then has to name its account.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed_destination_accounts: Option<Vec<String>>,
    /// The names of buckets that may be destinations; `*` stands for anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed_destination_buckets: Option<Vec<String>>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled {
    required: bool,
    accounts: Option<Globs>,
    buckets: Option<Globs>,
}

impl Parameters for Replication {
    const ID: &'static str = "replication";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let own = self.allowed_destination_accounts.as_ref();
        let accounts = own.map(|list| accounts(list, &at.member("allowedDestinationAccounts"), to));
        let own = self.allowed_destination_buckets.as_ref();
        let buckets = own.map(|list| Globs::arns(list, &at.member("allowedDestinationBuckets"), to));
        Box::new(Compiled { required: self.required == Some(true), accounts, buckets })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "spec.replication.rules";
        let Some(spec) = subject.spec() else { return to.skip() };
        let rules = spec.replication.as_ref().and_then(|replication| replication.rules.as_deref()).unwrap_or_default();
        if rules.is_empty() && subject.absence(subconfig::Replication::NAME) == Absence::Unknown {
            return to.skip();
        }
        if self.required && !rules.iter().any(|rule| rule.status.as_deref() == Some("Enabled")) {
            to.fail(Reason::Required, FIELD, "an Enabled replication rule is required; add one");
        }
        for (index, destination) in rules.iter().enumerate().filter_map(|(index, rule)| Some((index, rule.destination.as_ref()?))) {
            if let Some(accounts) = &self.accounts {
                let field = format_args!("{FIELD}[{index}].destination.account");
                match destination.account.as_deref().filter(|account| !account.is_empty()) {
                    Some(account) => within(accounts, account, "account", subject, field, to),
                    None => to.fail(
                        Reason::Required,
                        field,
                        format!("name the account of the destination: {}", accounts.listed(&subject.values())),
                    ),
                }
            }
            if let (Some(buckets), Some(arn)) = (&self.buckets, destination.bucket.as_deref()) {
                let name = Arn::parse(arn).map_or(arn, |arn| arn.resource);
                within(buckets, name, "bucket", subject, format_args!("{FIELD}[{index}].destination.bucket"), to);
            }
        }
    }
}

/// Says so where the value is not in the list.
pub(super) fn within(list: &Globs, value: &str, what: &str, subject: &Subject<'_>, field: impl std::fmt::Display, to: &mut Marks) {
    match list.fit(value, &subject.values()) {
        Fit::Yes => {}
        Fit::No => {
            to.fail(Reason::Forbidden, field, format!("{what} {} is not allowed; use {}", quote(value), list.listed(&subject.values())));
        }
        Fit::Unknown(placeholder) => to.unknown(field, placeholder),
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, refused, world};

    #[test]
    fn copies_go_where_they_may() {
        let rule =
            r#"replication: {required: true, allowedDestinationAccounts: ["111122223333"], allowedDestinationBuckets: ["acme-dr-*"]}"#;
        let to = |bucket: &str, account: &str, status: &str| {
            let destination = format!(r#"{{"bucket":"arn:aws:s3:::{bucket}"{account}}}"#);
            world().section("replication", &format!(r#"{{"rules":[{{"status":"{status}","destination":{destination}}}]}}"#))
        };
        assert!(judged(rule, &to("acme-dr-1", r#","account":"111122223333""#, "Enabled")).is_empty());
        assert_eq!(
            judged(rule, &to("other", "", "Disabled")),
            [
                "spec.replication.rules: an Enabled replication rule is required; add one",
                "spec.replication.rules[0].destination.account: name the account of the destination: 111122223333",
                "spec.replication.rules[0].destination.bucket: bucket \"other\" is not allowed; use acme-dr-*",
            ]
        );
        let foreign = judged(rule, &to("acme-dr-1", r#","account":"444455556666""#, "Enabled"));
        assert_eq!(foreign, ["spec.replication.rules[0].destination.account: account \"444455556666\" is not allowed; use 111122223333"]);
        assert!(judged("replication: {required: false}", &world()).is_empty());
        assert_eq!(
            refused("replication: {allowedDestinationAccounts: ['1']}"),
            ["guardrail-account rules.replication.allowedDestinationAccounts[0]"]
        );
    }
}
