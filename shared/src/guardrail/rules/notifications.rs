//! Where events go.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::subject::{Absence, Subject};
use crate::guardrail::types::Action;

use super::accounts::accounts;
use super::replication::within;
use crate::admission::quote;
use crate::arn::Arn;
use crate::guardrail::globs::{Globs, listed};
use crate::subconfig::{self, Notification, SubConfig};

/// Where events go.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notifications {
    /// Whether events have to go anywhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The accounts that may own queues, topics and functions, 12 digits each.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 256), inner(length(max = 1024)))]
    pub allowed_accounts: Option<Vec<String>>,
    /// The services that events may go to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 4))]
    pub services: Option<Vec<Service>>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// A service that events may go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// Queues.
    Sqs,
    /// Topics.
    Sns,
    /// Functions.
    Lambda,
    /// Amazon EventBridge, in the account of the bucket.
    EventBridge,
}

impl Service {
    fn as_str(self) -> &'static str {
        match self {
            Self::Sqs => "sqs",
            Self::Sns => "sns",
            Self::Lambda => "lambda",
            Self::EventBridge => "eventbridge",
        }
    }
}

#[derive(Debug)]
struct Compiled {
    required: bool,
    accounts: Option<Globs>,
    services: Option<Vec<Service>>,
}

impl Parameters for Notifications {
    const ID: &'static str = "notifications";
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, at: &Path<'_>, to: &mut Findings) -> Box<dyn Check> {
        if self.services.as_ref().is_some_and(Vec::is_empty) {
            let message = "an empty list would refuse every target; list some, or leave the field out";
            to.deny("guardrail-list-empty", Reason::Required, at.member("services"), message);
        }
        let accounts = self.allowed_accounts.as_ref().map(|list| accounts(list, &at.member("allowedAccounts"), to));
        Box::new(Compiled { required: self.required == Some(true), accounts, services: self.services.clone() })
    }
}

impl Check for Compiled {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "spec.notification";
        let Some(spec) = subject.spec() else { return to.skip() };
        let none = Notification::default();
        let notification = spec.notification.as_ref().unwrap_or(&none);
        let bridge = notification.event_bridge_configuration.as_ref().is_some_and(|bridge| bridge.enabled != Some(false));
        let queues = notification.queue_configurations.iter().flatten().map(|of| of.queue_arn.as_deref());
        let topics = notification.topic_configurations.iter().flatten().map(|of| of.topic_arn.as_deref());
        let functions = notification.lambda_function_configurations.iter().flatten().map(|of| of.lambda_function_arn.as_deref());
        let queues = queues.enumerate().map(|(at, arn)| (Service::Sqs, "queueConfigurations", "queueARN", at, arn));
        let topics = topics.enumerate().map(|(at, arn)| (Service::Sns, "topicConfigurations", "topicARN", at, arn));
        let functions =
            functions.enumerate().map(|(at, arn)| (Service::Lambda, "lambdaFunctionConfigurations", "lambdaFunctionARN", at, arn));
        let mut any = bridge;
        if bridge {
            self.service(Service::EventBridge, format_args!("{FIELD}.eventBridgeConfiguration"), to);
        }
        for (service, list, member, index, arn) in queues.chain(topics).chain(functions) {
            any = true;
            self.service(service, format_args!("{FIELD}.{list}[{index}]"), to);
            if let (Some(accounts), Some(arn)) = (&self.accounts, arn) {
                let field = format_args!("{FIELD}.{list}[{index}].{member}");
                match Arn::parse(arn) {
                    Some(arn) => within(accounts, arn.account, "account", subject, field, to),
                    None => to.fail(Reason::Invalid, field, format!("{} is no ARN, so that its account is not known", quote(arn))),
                }
            }
        }
        if any {
            return;
        }
        if subject.absence(subconfig::Notification::NAME) == Absence::Unknown {
            to.skip();
        } else if self.required {
            to.fail(Reason::Required, FIELD, "events have to go somewhere; add a queue, a topic, a function or EventBridge");
        }
    }
}

impl Compiled {
    fn service(&self, service: Service, field: impl std::fmt::Display, to: &mut Marks) {
        let Some(services) = self.services.as_ref().filter(|services| !services.contains(&service)) else { return };
        let allowed: Vec<&str> = services.iter().map(|service| service.as_str()).collect();
        to.fail(Reason::Forbidden, field, format!("{} is not allowed; use {}", service.as_str(), listed(&allowed)));
    }
}

#[cfg(test)]
mod tests {
    use crate::guardrail::rules::testing::{judged, world};

    #[test]
    fn events_go_where_they_may() {
        let rule = r#"notifications: {required: true, allowedAccounts: ["111122223333"], services: [sqs, eventbridge]}"#;
        let to = |notification: &str| world().section("notification", notification);
        assert!(judged(rule, &to(r#"{"eventBridgeConfiguration":{}}"#)).is_empty());
        assert!(judged(rule, &to(r#"{"queueConfigurations":[{"queueARN":"arn:aws:sqs:eu-west-1:111122223333:q"}]}"#)).is_empty());
        assert_eq!(
            judged(rule, &to(r#"{"topicConfigurations":[{"topicARN":"arn:aws:sns:eu-west-1:444455556666:t"}]}"#)),
            [
                "spec.notification.topicConfigurations[0]: sns is not allowed; use sqs or eventbridge",
                "spec.notification.topicConfigurations[0].topicARN: account \"444455556666\" is not allowed; use 111122223333",
            ]
        );
        assert_eq!(judged(rule, &to(r#"{"eventBridgeConfiguration":{"enabled":false}}"#)).len(), 1);
        assert_eq!(judged(rule, &world()).len(), 1);
    }
}
