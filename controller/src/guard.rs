//! What a Bucket is refused for before S3 is asked anything: the admission rules once more, for writes that got past the webhook.

use std::fmt::Write as _;

use shared::Bucket;
use shared::admission::{self, Claims, Operation, Request, Settings};

use crate::context::Annotations;
use crate::report::State;

/// Why the Bucket is refused; `None` where it is not.
#[must_use]
pub fn refusal(bucket: &Bucket, namespace: &Annotations, settings: &Settings, claims: &dyn Claims) -> Option<State> {
    denied(bucket, namespace, settings, claims)
}

fn denied(bucket: &Bucket, namespace: &Annotations, settings: &Settings, claims: &dyn Claims) -> Option<State> {
    let operation = if bucket.owns_bucket() { Operation::Update } else { Operation::Create };
    let request = Request {
        operation,
        subresource: None,
        bucket,
        old: None,
        namespace: Some(namespace),
        namespace_going: false,
        user: "",
        settings,
        claims,
    };
    let verdict = admission::findings(&request);
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

    fn refused(bucket: &Bucket, holder: Holder) -> Option<(String, String)> {
        let settings = Settings { default_region: Some("eu-west-1".to_owned()), controller_tags: 2, ..Settings::default() };
        match refusal(bucket, &Annotations::new(), &settings, &Held(holder)) {
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
}
