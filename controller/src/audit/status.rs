//! The status of guardrails and exceptions that follows from an audit. Pure.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use shared::bucket::Condition;
use shared::guardrail::types::{BucketGuardrailExceptionStatus, BucketGuardrailStatus};
use shared::guardrail::{Exception, Guardrail};

use super::tally::{Of, Tally};

/// Says whether it can be used, and why not.
const READY: &str = "Ready";

/// The status of a guardrail: it can be used, or why not.
#[must_use]
pub(super) fn of_guardrail(
    old: &BucketGuardrailStatus,
    generation: Option<i64>,
    ready: Result<&Guardrail, &str>,
    found: Option<&Of>,
    now: Timestamp,
) -> BucketGuardrailStatus {
    let (reason, message) = match ready {
        Ok(guardrail) => ("Compiled", guardrail.warnings().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
        Err(why) => ("CannotBeUsed", why.to_owned()),
    };
    let judges = ready.is_ok_and(Guardrail::is_for_background);
    let found = found.filter(|_| ready.is_ok());
    BucketGuardrailStatus {
        observed_generation: generation,
        conditions: Some(vec![condition(old.conditions.as_deref(), ready.is_ok(), reason, message, generation, now)]),
        matched_buckets: found.map(|of| of.matched),
        violations: found.filter(|_| judges).map(|of| of.violations),
        samples: found.filter(|_| judges).map(Of::samples).filter(|samples| !samples.is_empty()),
        last_audit_time: found.map(|_| Time(whole(now))),
    }
}

/// The status of an exception: whether it counts, and whom it lets off.
#[must_use]
pub(super) fn of_exception(
    old: &BucketGuardrailExceptionStatus,
    generation: Option<i64>,
    ready: Result<&Exception, &str>,
    tally: &Tally,
    now: Timestamp,
) -> BucketGuardrailExceptionStatus {
    let active = ready.is_ok_and(|exception| exception.is_active(now));
    let (reason, message) = match ready {
        Ok(_) if active => ("Active", String::new()),
        Ok(exception) => ("Expired", format!("it ended at {} and lets nobody off", exception.expires_at())),
        Err(why) => ("CannotBeUsed", why.to_owned()),
    };
    let used_by = ready.map(|exception| tally.used_by(exception.name())).unwrap_or_default();
    BucketGuardrailExceptionStatus {
        active: Some(active),
        last_used: if used_by.is_empty() { old.last_used.clone() } else { Some(Time(whole(now))) },
        used_by: Some(used_by).filter(|used_by| !used_by.is_empty()),
        observed_generation: generation,
        conditions: Some(vec![condition(old.conditions.as_deref(), ready.is_ok() && active, reason, message, generation, now)]),
    }
}

fn condition(old: Option<&[Condition]>, ready: bool, reason: &str, message: String, generation: Option<i64>, now: Timestamp) -> Condition {
    let status = if ready { "True" } else { "False" };
    let before = old.unwrap_or_default().iter().find(|condition| condition.type_ == READY && condition.status == status);
    Condition {
        last_transition_time: before.and_then(|before| before.last_transition_time.clone()).or_else(|| Some(Time(whole(now)))),
        message: Some(message).filter(|message| !message.is_empty()),
        observed_generation: generation,
        reason: Some(reason.to_owned()),
        status: status.to_owned(),
        type_: READY.to_owned(),
    }
}

/// Statuses hold whole seconds.
fn whole(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::guardrail::types::{BucketGuardrail, BucketGuardrailException};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn guardrail(spec: &serde_json::Value) -> Guardrail {
        Guardrail::compile(&BucketGuardrail::new("base", serde_json::from_value(spec.clone()).unwrap())).unwrap()
    }

    #[test]
    fn a_guardrail_says_whether_it_is_used_and_what_was_found() {
        let mut of = Of::default();
        (of.matched, of.violations.deny) = (3, 2);
        let used = guardrail(&json!({"rules": {"website": "Forbidden"}}));
        let status = of_guardrail(&BucketGuardrailStatus::default(), Some(4), Ok(&used), Some(&of), at(100));
        let text = serde_json::to_value(&status).unwrap();
        assert_eq!((&text["matchedBuckets"], &text["violations"]["deny"], &text["observedGeneration"]), (&json!(3), &json!(2), &json!(4)));
        assert_eq!((&text["conditions"][0]["status"], &text["conditions"][0]["reason"]), (&json!("True"), &json!("Compiled")));
        let later = of_guardrail(&status, Some(4), Ok(&used), Some(&of), at(200));
        assert_eq!(later.conditions, status.conditions, "it is so since then");
        let silent = guardrail(&json!({"background": false, "rules": {"website": "Forbidden"}}));
        let silent = of_guardrail(&status, Some(5), Ok(&silent), Some(&of), at(200));
        assert_eq!((silent.matched_buckets, silent.violations), (Some(3), None), "nobody looked");
        let broken = of_guardrail(&status, Some(5), Err("spec.rules: no"), None, at(200));
        let text = serde_json::to_value(&broken).unwrap();
        assert_eq!((&text["conditions"][0]["status"], &text["conditions"][0]["message"]), (&json!("False"), &json!("spec.rules: no")));
        assert_eq!((broken.matched_buckets, broken.last_audit_time), (None, None));
    }

    #[test]
    fn an_exception_says_whether_it_counts_and_whom_it_lets_off() {
        let spec = json!({"guardrails": [{"name": "base", "rules": ["tls"]}], "buckets": [{"namespace": "a", "name": "b"}], "reason": "ticket SEC-1234", "expiresAt": "2027-01-01T00:00:00Z"});
        let exception = Exception::compile(&BucketGuardrailException::new("legacy", serde_json::from_value(spec).unwrap()), None).unwrap();
        let mut tally = Tally::default();
        tally.exceptions.insert("legacy".into(), ["a/b".to_owned()].into());
        let none = BucketGuardrailExceptionStatus::default();
        let used = of_exception(&none, Some(1), Ok(&exception), &tally, at(100));
        assert_eq!((used.active, used.used_by.as_deref()), (Some(true), Some(&["a/b".to_owned()][..])));
        let ended = of_exception(&used, Some(1), Ok(&exception), &Tally::default(), "2027-01-01T00:00:00Z".parse().unwrap());
        assert_eq!((ended.active, ended.used_by, ended.last_used), (Some(false), None, used.last_used), "when it was used last stays");
        assert_eq!(ended.conditions.unwrap()[0].reason.as_deref(), Some("Expired"));
    }
}
