//! What is said about a FieldExport: conditions and Events. Pure. The conditions are the peer's; an empty list means that the value is in
//! place and there is nothing to say.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use shared::bucket::{Condition, ConditionType};
use shared::field_export::FieldExport;

use super::order::Order;
use super::trouble::Trouble;
use crate::events::Note;
use crate::text;

/// The reason of the condition that another namespace is written to; the peer's.
const OPT_IN: &str = "CrossNamespaceOptInRequired";

/// The conditions after a pass.
#[must_use]
pub fn conditions(export: &FieldExport, order: Option<&Order>, trouble: Option<&Trouble>, now: Timestamp) -> Vec<Condition> {
    let advice = order.filter(|order| !order.target.is_in_namespace_of(export)).map(|order| {
        let message = format!(
            "{} is in another namespace than the FieldExport; that works while the controller runs with --enable-cross-namespace=true",
            order.target.object()
        );
        (ConditionType::Advisory, OPT_IN, message)
    });
    let trouble = trouble.map(|trouble| {
        let kind = if trouble.is_terminal() { ConditionType::Terminal } else { ConditionType::Recoverable };
        (kind, trouble.category(), text::shortened(&trouble.to_string(), text::MESSAGE))
    });
    let condition = |(kind, reason, message): (ConditionType, &str, String)| Condition {
        last_transition_time: Some(
            known(export, kind).and_then(|old| old.last_transition_time.clone()).unwrap_or_else(|| Time(seconds(now))),
        ),
        message: Some(message),
        observed_generation: export.metadata.generation,
        reason: Some(reason.to_owned()),
        status: "True".to_owned(),
        type_: kind.as_str().to_owned(),
    };
    trouble.into_iter().chain(advice).map(condition).collect()
}

/// The Event about a failed pass; only where it differs from what the status says already.
#[must_use]
pub fn failure(export: &FieldExport, trouble: &Trouble) -> Option<Note> {
    let kind = if trouble.is_terminal() { ConditionType::Terminal } else { ConditionType::Recoverable };
    let message = text::shortened(&trouble.to_string(), text::MESSAGE);
    let known = known(export, kind).is_some_and(|old| old.message.as_ref() == Some(&message));
    (!known).then(|| Note::warning(trouble.category(), "Export", &message))
}

/// The Event about a value that was written; never the value, which may be a secret.
#[must_use]
pub fn success(order: &Order) -> Note {
    let Order { path, source, target } = order;
    let path = text::shortened(path, text::VALUE);
    Note::normal("Exported", "Export", &format!("copied {path} of Bucket {source} to {}, key {}", target.object(), target.key))
}

/// A condition that the status has.
fn known(export: &FieldExport, kind: ConditionType) -> Option<&Condition> {
    export.status.as_ref()?.conditions.iter().find(|condition| condition.type_ == kind.as_str())
}

/// Statuses hold whole seconds.
fn seconds(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// The FieldExport, as logs name it.
#[must_use]
pub fn name(export: &FieldExport) -> String {
    format!("{}/{}", export.namespace().unwrap_or_default(), export.name_any())
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::field_export::FieldExportStatus;

    use super::super::order::Reach;
    use super::*;

    fn export(namespace: &str) -> FieldExport {
        let resource = json!({ "group": "s3.services.k8s.aws", "kind": "Bucket", "name": "photos" });
        let to = json!({ "kind": "secret", "name": "app", "namespace": namespace, "key": "ARN" });
        let metadata = json!({ "name": "arn", "namespace": "shop", "generation": 3 });
        serde_json::from_value(
            json!({ "metadata": metadata, "spec": { "from": { "path": ".spec.name", "resource": resource }, "to": to } }),
        )
        .unwrap()
    }

    fn reach() -> Reach {
        Reach { cross_namespace: true, guarded: Vec::new() }
    }

    fn told(export: &FieldExport, trouble: Option<&Trouble>) -> Vec<(String, String)> {
        let order = Order::of(export, &reach()).ok();
        let conditions = conditions(export, order.as_ref(), trouble, Timestamp::UNIX_EPOCH);
        conditions.into_iter().map(|condition| (condition.type_, condition.reason.unwrap_or_default())).collect()
    }

    fn pair(kind: &str, reason: &str) -> (String, String) {
        (kind.to_owned(), reason.to_owned())
    }

    #[test]
    fn success_is_an_empty_list() {
        assert_eq!(told(&export("shop"), None), []);
        assert_eq!(told(&export("other"), None), [pair("ACK.Advisory", OPT_IN)]);
    }

    #[test]
    fn trouble_is_terminal_or_recoverable() {
        let missing = Trouble::NoTarget { object: "Secret shop/app".to_owned() };
        assert_eq!(told(&export("shop"), Some(&missing)), [pair("ACK.Recoverable", "TargetNotFound")]);
        assert_eq!(told(&export("shop"), Some(&Trouble::NoSpec)), [pair("ACK.Terminal", "SpecInvalid")]);
        assert_eq!(told(&export("other"), Some(&missing)).len(), 2);
    }

    #[test]
    fn a_failure_is_told_until_it_changes_and_keeps_its_time() {
        let mut export = export("shop");
        let missing = |object: &str| Trouble::NoTarget { object: object.to_owned() };
        assert!(failure(&export, &missing("Secret a/b")).is_some_and(|note| note.warning && note.reason == "TargetNotFound"));
        let conditions = conditions(&export, None, Some(&missing("Secret a/b")), Timestamp::UNIX_EPOCH);
        export.status = Some(FieldExportStatus { conditions });
        assert_eq!(failure(&export, &missing("Secret a/b")), None);
        assert!(failure(&export, &missing("Secret a/c")).is_some());
        let later = super::conditions(&export, None, Some(&missing("Secret a/c")), Timestamp::now());
        assert_eq!(later[0].last_transition_time, Some(Time(Timestamp::UNIX_EPOCH)));
        assert_eq!(later[0].observed_generation, Some(3));
    }

    #[test]
    fn a_success_names_all_but_the_value() {
        let note = success(&Order::of(&export("shop"), &reach()).unwrap());
        assert_eq!(note.text, "copied .spec.name of Bucket photos to Secret shop/app, key ARN");
    }
}
