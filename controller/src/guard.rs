//! What a Bucket is refused for before S3 is asked anything: the admission rules once more, for writes that got past the webhook.

use std::fmt::Write as _;

use shared::Bucket;
use shared::admission::{self, Claims, Settings};
use shared::guardrail::Levels;

use crate::audit;
use crate::context::Annotations;
use crate::report::State;

/// Why the Bucket is refused; `None` where it is not. What guardrails let pass at admission passes here too (`levels`); what they refuse
/// is told by the audit and stops nobody: the Bucket may be older than the guardrail.
#[must_use]
pub fn refusal(bucket: &Bucket, namespace: &Annotations, settings: &Settings, claims: &dyn Claims, levels: &Levels) -> Option<State> {
    let request = audit::request(bucket, namespace, settings, claims);
    let verdict = levels.apply(admission::findings(&request), &request).verdict;
    let first = verdict.denials().next()?;
    let mut message = String::new();
    for finding in verdict.denials() {
        let _ = write!(message, "{}{finding}", if message.is_empty() { "" } else { "; " });
    }
    Some(State::terminal(&first.rule, &message))
}

#[cfg(test)]
mod tests {
    use shared::BucketSpec;
    use shared::guardrail::types::{BucketGuardrail, BucketGuardrailSpec};
    use shared::guardrail::{Guardrail, Guardrails, Review};
    use std::sync::Arc;

    use jiff::Timestamp;
    use shared::admission::{Claim, Holder};

    use super::*;

    struct Held(Holder);

    impl Claims for Held {
        fn holder(&self, _: &str, _: &str, _: &Bucket) -> Holder {
            self.0.clone()
        }
    }

    fn bucket(name: &str) -> Bucket {
        let mut bucket = Bucket::new("b", BucketSpec { name: name.to_owned(), ..BucketSpec::default() });
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket
    }

    fn settings() -> Settings {
        Settings { default_region: Some("eu-west-1".to_owned()), controller_tags: 2, ..Settings::default() }
    }

    fn refused(bucket: &Bucket, holder: Holder) -> Option<(String, String)> {
        match refusal(bucket, &Annotations::new(), &settings(), &Held(holder), &Levels::default()) {
            Some(State::Terminal { reason, message, .. }) => Some((reason, message)),
            None => None,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_good_bucket_passes() {
        assert_eq!(refused(&bucket("team-a-logs"), Holder::Nobody), None);
    }

    #[test]
    fn what_the_webhook_would_refuse_is_refused_in_the_same_words() {
        let (reason, message) = refused(&bucket("Team_A"), Holder::Nobody).unwrap();
        assert!(message.contains(&format!("[{reason}] spec.name: ")), "{reason}: {message}");
    }

    #[test]
    fn a_second_claim_is_refused() {
        let claim = Claim { namespace: "team-b".to_owned(), name: "logs".to_owned() };
        let (reason, message) = refused(&bucket("team-a-logs"), Holder::Bucket(claim)).unwrap();
        assert_eq!(reason, "bucket-claimed-twice");
        assert!(message.contains("team-b/logs"), "{message}");
    }
    #[test]
    fn what_a_guardrail_lets_pass_passes_and_what_it_raises_stops_nobody() {
        let levels = |levels: &str| {
            let spec: BucketGuardrailSpec = serde_json::from_str(&format!("{{\"builtinRules\": {{{levels}}}}}")).unwrap();
            let guardrail = Guardrail::compile(&BucketGuardrail::new("base", spec)).unwrap();
            let guardrails = Guardrails::new([Arc::new(guardrail)], []);
            let (bad, settings, claims) = (bucket("Team_A"), settings(), Held(Holder::Nobody));
            let annotations = Annotations::new();
            let request = audit::request(&bad, &annotations, &settings, &claims);
            guardrails.levels(&Review { audit: true, ..Review::of(&request, Timestamp::UNIX_EPOCH) }).softened()
        };
        let refused = |of: &Levels| {
            let bad = bucket("Team_A");
            refusal(&bad, &Annotations::new(), &settings(), &Held(Holder::Nobody), of).is_some()
        };
        assert!(refused(&levels("")) && refused(&levels("\"name-charset\": \"Deny\"")));
        assert!(!refused(&levels("\"name-charset\": \"Warn\"")) && !refused(&levels("\"name-charset\": \"Off\"")));
    }
}
