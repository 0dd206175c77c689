//! What guardrails ask about a bucket policy: nobody reads JSON in an expression.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Statement, access, condition, principal, public, resource, statements};
use crate::admission::{Facts, Path};
use crate::policy_document::{self, Member, Value};

/// `bucket.policy` in the expressions of guardrails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each answers a question of its own")]
pub struct PolicyFacts {
    /// Whether there is a policy.
    pub present: bool,
    /// Whether it can be read; of one that cannot be nothing else is known.
    pub readable: bool,
    /// Whether somebody is let in whom nothing narrows down: S3's own meaning of public, as far as the document tells.
    pub public: bool,
    /// Whether everybody is refused every action on the objects over plain HTTP.
    pub denies_insecure_transport: bool,
    /// The accounts that are let in beside the bucket's own, sorted; all where that is not known.
    pub external_accounts: Vec<String>,
    /// The statements, in their order.
    pub statements: Vec<StatementFacts>,
}

/// An item of `bucket.policy.statements`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StatementFacts {
    /// Its id.
    pub sid: String,
    /// Allow or Deny.
    pub effect: String,
    /// Whether it lets somebody in whom nothing narrows down.
    pub public: bool,
    /// Whether it is about everybody.
    pub anybody: bool,
    /// The accounts that it names, sorted.
    pub accounts: Vec<String>,
    /// All that it names as Principal: ARNs, accounts, services, users.
    pub principals: Vec<String>,
    /// All that it names as NotPrincipal.
    pub not_principals: Vec<String>,
    /// The actions.
    pub actions: Vec<String>,
    /// All actions but these.
    pub not_actions: Vec<String>,
    /// The resources.
    pub resources: Vec<String>,
    /// All resources but these.
    pub not_resources: Vec<String>,
    /// The keys of its conditions, as they are spelled.
    pub condition_keys: Vec<String>,
}

impl PolicyFacts {
    /// The facts of the policy of a request; `own` is the bucket's account.
    pub(crate) fn of(facts: &Facts<'_>, own: Option<&str>) -> Self {
        let policy = facts.spec().and_then(|spec| spec.policy.as_ref()).map_or("", |policy| policy.0.trim());
        if policy.is_empty() {
            return Self::default();
        }
        let Ok(document) = policy_document::parse(policy) else { return Self { present: true, ..Self::default() } };
        let name = facts.bucket_name().unwrap_or_default();
        let mut this = Self { present: true, readable: true, ..Self::default() };
        let mut accounts = BTreeSet::new();
        let root = Path::root("spec");
        for member in document.members.iter().filter(|member| member.name.eq_ignore_ascii_case("Statement")) {
            statements(&member.value, &root, |statement, _| {
                let of_statement = StatementFacts::of(statement);
                this.public |= of_statement.public;
                this.denies_insecure_transport |= denies_insecure_transport(statement, name, facts.is_directory());
                if statement.allows() {
                    accounts.extend(of_statement.accounts.iter().filter(|account| own != Some(account.as_str())).cloned());
                }
                this.statements.push(of_statement);
            });
        }
        Self { external_accounts: accounts.into_iter().collect(), ..this }
    }
}

impl StatementFacts {
    fn of(statement: &Statement<'_>) -> Self {
        let texts = |name: &str| statement.texts(name).map(str::to_owned).collect();
        let text = |name: &str| statement.get(name).and_then(Value::text).unwrap_or_default().to_owned();
        let anybody = principal::is_anybody(statement);
        // All but some are too many.
        let open = anybody || statement.get("NotPrincipal").is_some();
        let accounts: BTreeSet<&str> = principal::identities(statement).filter_map(principal::account).collect();
        Self {
            sid: text("Sid"),
            effect: text("Effect"),
            public: statement.allows() && open && !condition::tests(statement).any(|test| public::narrows(&test)),
            anybody,
            accounts: accounts.into_iter().map(str::to_owned).collect(),
            principals: principals(statement.get("Principal")),
            not_principals: principals(statement.get("NotPrincipal")),
            actions: texts("Action"),
            not_actions: texts("NotAction"),
            resources: texts("Resource"),
            not_resources: texts("NotResource"),
            condition_keys: condition::tests(statement).map(|test| test.key.to_owned()).collect(),
        }
    }
}

fn principals(value: Option<&Value<'_>>) -> Vec<String> {
    let texts = |value: &Value<'_>| value.items().iter().filter_map(Value::text).map(str::to_owned).collect::<Vec<_>>();
    match value {
        Some(Value::Object(members)) => members.iter().flat_map(|Member { value, .. }| texts(value)).collect(),
        Some(other) => texts(other),
        None => Vec::new(),
    }
}

/// Stricter than the rule policy-no-tls-deny, which only reminds: one Deny has to be about everybody, every action and every object,
/// under no other condition.
fn denies_insecure_transport(statement: &Statement<'_>, name: &str, is_directory: bool) -> bool {
    let mut tests = condition::tests(statement);
    let only_http = tests.next().is_some_and(|test| access::refuses_plain_http(&test)) && tests.next().is_none();
    let service = if is_directory { "s3express" } else { "s3" };
    let every_action = statement.texts("Action").any(|action| action == "*" || action.eq_ignore_ascii_case(&format!("{service}:*")));
    let objects = |resource: &str| resource == "*" || is_directory || resource::reach(resource, name).is_some_and(|reach| reach.objects);
    statement.denies() && principal::is_anybody(statement) && only_http && every_action && statement.texts("Resource").any(objects)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::admission::Request;
    use crate::admission::testing::World;

    fn facts(policy: &str, account: Option<&str>) -> PolicyFacts {
        let world = World::new().section("policy", &Value::from(policy).to_string());
        let world = match account {
            Some(account) => world.annotate(crate::annotation::OWNER_ACCOUNT_ID, account),
            None => world,
        };
        let request = Request { namespace: None, ..world.request() };
        let facts = Facts::of(&request);
        PolicyFacts::of(&facts, facts.account)
    }

    fn of(statements: &Value) -> PolicyFacts {
        facts(&json!({"Version": "2012-10-17", "Statement": statements}).to_string(), Some("111122223333"))
    }

    #[test]
    fn what_is_no_policy_says_nothing() {
        assert_eq!(facts(" ", None), PolicyFacts::default());
        assert_eq!(facts("{", None), PolicyFacts { present: true, ..PolicyFacts::default() });
    }

    #[test]
    fn the_public_is_whom_nothing_narrows_down() {
        let allow = |principal: Value, condition: Value| json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*", "Condition": condition});
        assert!(of(&json!([allow(json!("*"), json!({}))])).public);
        assert!(of(&allow(json!({"AWS": ["*"]}), json!({"Bool": {"aws:SecureTransport": "true"}}))).public);
        assert!(!of(&allow(json!("*"), json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}))).public);
        assert!(!of(&allow(json!({"AWS": "444455556666"}), json!({}))).public);
        assert!(of(&json!({"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "*", "Resource": "*"})).public);
        assert!(!of(&json!({"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"})).public);
    }

    #[test]
    fn accounts_that_are_let_in_are_told_but_for_the_own() {
        let statements = json!([
            {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::444455556666:root", "111122223333", "222233334444"]}, "Action": ["s3:GetObject"]},
            {"Effect": "Deny", "Principal": {"AWS": "999999999999", "Service": "logging.s3.amazonaws.com"}, "NotAction": "s3:*", "Condition": {"Bool": {"aws:x": "true"}}},
        ]);
        let facts = of(&statements);
        assert_eq!(facts.external_accounts, ["222233334444", "444455556666"]);
        let [first, second] = facts.statements.as_slice() else { panic!("{facts:?}") };
        assert_eq!((first.sid.as_str(), first.effect.as_str(), first.actions.as_slice()), ("a", "Allow", &["s3:GetObject".to_owned()][..]));
        assert_eq!(first.accounts, ["111122223333", "222233334444", "444455556666"]);
        assert_eq!(second.principals, ["999999999999", "logging.s3.amazonaws.com"]);
        assert_eq!((second.not_actions.len(), second.condition_keys.as_slice()), (1, &["aws:x".to_owned()][..]));
    }

    #[test]
    fn plain_http_is_refused_only_by_a_deny_for_all() {
        let deny = |changes: Value| {
            let mut statement = json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*",
                "Resource": ["arn:aws:s3:::team-a-logs", "arn:aws:s3:::team-a-logs/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}});
            for (name, value) in changes.as_object().unwrap() {
                statement[name] = value.clone();
            }
            of(&statement).denies_insecure_transport
        };
        assert!(deny(json!({})));
        assert!(deny(json!({"Principal": {"AWS": "*"}, "Action": ["*"], "Resource": "*"})));
        for changes in [
            json!({"Effect": "Allow"}),
            json!({"Principal": {"AWS": "111122223333"}}),
            json!({"Action": "s3:GetObject"}),
            json!({"Resource": "arn:aws:s3:::team-a-logs"}),
            json!({"Resource": "arn:aws:s3:::other/*"}),
            json!({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            json!({"Condition": {"Bool": {"aws:SecureTransport": "false"}, "StringEquals": {"aws:x": "y"}}}),
        ] {
            assert!(!deny(changes.clone()), "{changes}");
        }
    }
}
