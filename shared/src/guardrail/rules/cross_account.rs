//! What the bucket policy lets other accounts do. Source: Security Hub, S3.6 (s3-bucket-blacklisted-actions-prohibited).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::accounts::accounts;
use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason, quote};
use crate::guardrail::globs::{Fit, Globs};
use crate::guardrail::marks::Marks;
use crate::guardrail::policy::{Principal, Statement};
use crate::guardrail::subject::Subject;
use crate::guardrail::template::Placeholder;
use crate::guardrail::types::Action;

const FIELD: &str = "spec.policy";

/// What the bucket policy lets other accounts do than the one that owns the bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CrossAccount {
    /// The other accounts that may be let in, 12 digits each.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed_principal_accounts: Option<Vec<String>>,
    /// Actions that no other account may be allowed, such as s3:PutBucketPolicy.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(min = 1, max = 128)))]
    pub forbidden_actions: Option<Vec<String>>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

#[derive(Debug)]
struct Compiled {
    accounts: Option<Globs>,
    actions: Vec<String>,
}

impl Parameters for CrossAccount {
    const ID: &'static str = "crossAccount";
    const DIRECTORY: bool = true;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        let actions = self.forbidden_actions.clone().unwrap_or_default();
        let list = at.member("forbiddenActions");
        let odd = |action: &&String| !(action.starts_with("s3:") || action.starts_with("s3express:")) || action.contains(['*', '?']);
        for (index, action) in actions.iter().enumerate().filter(|(_, action)| odd(action)).take(Marks::MOST) {
            let message = format!("{} is no action of S3; write each in full, such as s3:PutBucketPolicy", quote(action));
            to.deny("guardrail-action", Reason::Invalid, list.index(index), message);
        }
        if self.forbidden_actions.as_ref().is_some_and(Vec::is_empty) {
            to.deny("guardrail-list-empty", Reason::Required, list, "an empty list forbids nothing; list some, or leave the field out");
        }
        let accounts = self.allowed_principal_accounts.as_ref().map(|all| accounts(all, &at.member("allowedPrincipalAccounts"), to));
        Box::new(Compiled { accounts, actions })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        if subject.spec().is_none() {
            return to.skip();
        }
        let policy = match subject.policy() {
            Some(Ok(policy)) => policy,
            Some(Err(_)) => return to.error(FIELD, "the policy cannot be read, so that nobody knows whom it lets in"),
            None if subject.policy_is_unknown() => return to.skip(),
            None => return,
        };
        for statement in policy.allows() {
            self.statement(statement, subject, to);
        }
    }
}

/// Somebody else than the account that owns the bucket.
enum Other<'s> {
    Account(&'s str),
    Nameless(String),
}

impl Compiled {
    fn statement(&self, statement: &Statement<'_>, subject: &Subject<'_>, to: &mut Marks) {
        let mut others = Vec::new();
        for principal in statement.principals() {
            match principal {
                Principal::Account(account) => others.push(Other::Account(account)),
                Principal::Everybody => match statement.accounts_of_conditions() {
                    Some(accounts) => others.extend(accounts.into_iter().map(Other::Account)),
                    None => others.push(Other::Nameless("everybody".to_owned())),
                },
                Principal::Other(text) => others.push(Other::Nameless(format!("{}, whose account is not known", quote(text)))),
            }
        }
        let own = subject.account();
        if own.is_none() && others.iter().any(|other| matches!(other, Other::Account(_))) {
            return to.unknown(FIELD, Placeholder::Account);
        }
        others.retain(|other| !matches!(other, Other::Account(account) if Some(*account) == own));
        for other in &others {
            self.account(statement, other, subject, to);
        }
        let forbidden = self.actions.iter().find(|action| statement.covers(action));
        if let (Some(action), Some(other)) = (forbidden, others.first()) {
            let who = match other {
                Other::Account(account) => format!("account {account}"),
                Other::Nameless(text) => text.clone(),
            };
            to.fail(Reason::Forbidden, FIELD, format!("statement {} allows {action} to {who}; take it away", statement.name));
        }
    }

    fn account(&self, statement: &Statement<'_>, other: &Other<'_>, subject: &Subject<'_>, to: &mut Marks) {
        let Some(allowed) = &self.accounts else { return };
        let name = &statement.name;
        match other {
            Other::Account(account) => match allowed.fit(account, &subject.values()) {
                Fit::Yes => {}
                Fit::No => {
                    let message = format!(
                        "statement {name} lets in account {}, which is not allowed; use {}",
                        quote(account),
                        allowed.listed(&subject.values())
                    );
                    to.fail(Reason::Forbidden, FIELD, message);
                }
                Fit::Unknown(placeholder) => to.unknown(FIELD, placeholder),
            },
            Other::Nameless(who) => {
                to.fail(
                    Reason::Forbidden,
                    FIELD,
                    format!("statement {name} lets in {who}; name principals of {}", allowed.listed(&subject.values())),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::annotation;
    use crate::guardrail::rules::testing::{judged, refused, world};

    const RULE: &str = r#"crossAccount: {allowedPrincipalAccounts: ["444455556666"], forbiddenActions: ["s3:PutBucketPolicy"]}"#;

    fn allow(principal: &str, action: &str, more: &str) -> World {
        let statement = format!(r#"{{"Sid":"x","Effect":"Allow","Principal":{principal},"Action":"{action}","Resource":"*"{more}}}"#);
        let text = serde_json::to_string(&format!(r#"{{"Statement":{statement}}}"#)).unwrap();
        world().annotate(annotation::OWNER_ACCOUNT_ID, "111122223333").section("policy", &text)
    }

    #[test]
    fn own_and_listed_accounts_may_come_in() {
        for good in [r#"{"AWS":"arn:aws:iam::111122223333:root"}"#, r#"{"AWS":"444455556666"}"#, r#"{"Service":"x.amazonaws.com"}"#] {
            assert!(judged(RULE, &allow(good, "s3:GetObject", "")).is_empty(), "{good}");
        }
        let account = r#","Condition":{"StringEquals":{"aws:PrincipalAccount":"444455556666"}}"#;
        assert!(judged(RULE, &allow(r#""*""#, "s3:GetObject", account)).is_empty());
        for (bad, said) in [
            (r#"{"AWS":"777788889999"}"#, "statement \"x\" lets in account \"777788889999\", which is not allowed; use 444455556666"),
            (r#""*""#, "statement \"x\" lets in everybody; name principals of 444455556666"),
            (r#"{"CanonicalUser":"79"}"#, "statement \"x\" lets in \"79\", whose account is not known; name principals of 444455556666"),
        ] {
            assert_eq!(judged(RULE, &allow(bad, "s3:GetObject", "")), [format!("spec.policy: {said}")]);
        }
        assert!(judged(RULE, &world()).is_empty());
    }

    #[test]
    fn some_actions_are_for_nobody_else() {
        let own = r#"{"AWS":"111122223333"}"#;
        let other = r#"{"AWS":"444455556666"}"#;
        assert!(judged(RULE, &allow(own, "s3:*", "")).is_empty());
        assert!(judged(RULE, &allow(other, "s3:Get*", "")).is_empty());
        assert_eq!(
            judged(RULE, &allow(other, "s3:Put*", "")),
            ["spec.policy: statement \"x\" allows s3:PutBucketPolicy to account 444455556666; take it away"]
        );
        let ownerless = allow(other, "s3:*", "").bucket(|bucket| {
            bucket.metadata.annotations.as_mut().unwrap().remove(annotation::OWNER_ACCOUNT_ID);
        });
        assert!(judged(RULE, &ownerless)[0].starts_with("error spec.policy"));
    }

    #[test]
    fn actions_are_written_in_full() {
        assert_eq!(
            refused("crossAccount: {forbiddenActions: ['s3:Put*', x]}"),
            ["guardrail-action rules.crossAccount.forbiddenActions[0]", "guardrail-action rules.crossAccount.forbiddenActions[1]",]
        );
    }
}
