//! What the guardrails say of one Bucket: of its spec, and of what S3 holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use shared::Bucket;
use shared::admission::{Claims, Holder, Operation, Request, Settings};
use shared::guardrail::types::ResultSource;
use shared::guardrail::{Guardrails, Levels, Outcome, Params, Review, RuleResult, Source, namespace_object};

use super::seen::Held;
use crate::context::{Annotations, Context};

/// What is the same for all Buckets of an audit.
pub(super) struct Bench<'a> {
    /// The guardrails with their exceptions.
    pub guardrails: &'a Guardrails,
    /// What the operator set.
    pub settings: &'a Settings,
    /// The ConfigMaps that guardrails name.
    pub params: &'a dyn Params,
    /// The account of the controller's own credentials.
    pub account: Option<&'a str>,
    /// What time it is.
    pub now: Timestamp,
}

/// The namespace of a Bucket.
#[derive(Clone, Copy)]
pub(super) struct Namespace<'a> {
    /// Its annotations.
    pub annotations: &'a Annotations,
    /// Its labels.
    pub labels: &'a BTreeMap<String, String>,
}

/// What the guardrails say of one Bucket.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// The guardrails that are about it.
    pub matched: Vec<Arc<str>>,
    /// What is not met, and what exceptions let pass, each with where it was seen.
    pub results: Vec<(ResultSource, RuleResult)>,
    /// How many rules are met.
    pub passed: usize,
}

impl Bench<'_> {
    /// Judges the spec of the Bucket and, where it is known, what S3 holds.
    #[must_use]
    pub(super) fn judge(&self, bucket: &Bucket, namespace: Namespace<'_>, held: Option<Held>) -> Judged {
        let mut judged = Judged::default();
        self.review(bucket, namespace, Source::Spec, &mut judged);
        if let Some(Held { spec, unread }) = held {
            let mut seen = bucket.clone();
            seen.spec = Some(spec);
            self.review(&seen, namespace, Source::Observed { unread: &unread }, &mut judged);
        }
        judged
    }

    fn review(&self, bucket: &Bucket, namespace: Namespace<'_>, source: Source<'_>, to: &mut Judged) {
        self.ask(bucket, namespace, source, &Unclaimed, |review| {
            if source == Source::Spec {
                to.matched = self.guardrails.matching(review).into_iter().cloned().collect();
            }
            for result in self.guardrails.evaluate(review).results {
                if result.outcome == Outcome::Pass {
                    to.passed += 1;
                } else {
                    to.results.push((source.into(), result));
                }
            }
        });
    }

    /// The levels that the guardrails give to built-in rules for the Bucket, as far as they let something pass.
    #[must_use]
    pub(super) fn levels(&self, bucket: &Bucket, namespace: Namespace<'_>, claims: &dyn Claims) -> Levels {
        self.ask(bucket, namespace, Source::Spec, claims, |review| self.guardrails.levels(review).softened())
    }

    /// Asks the guardrails something about a Bucket.
    fn ask<T>(
        &self,
        bucket: &Bucket,
        namespace: Namespace<'_>,
        source: Source<'_>,
        claims: &dyn Claims,
        question: impl FnOnce(&Review<'_>) -> T,
    ) -> T {
        let request = request(bucket, namespace.annotations, self.settings, claims);
        let name = bucket.metadata.namespace.as_deref().unwrap_or_default();
        let object = || namespace_object(name, namespace.labels, Some(namespace.annotations));
        let object = self.guardrails.has_expressions().then(object);
        let began = Instant::now();
        let clock = || began.elapsed();
        question(&Review {
            namespace_labels: Some(namespace.labels),
            namespace: object.as_ref(),
            audit: true,
            source,
            account: self.account,
            params: self.params,
            clock: Some(&clock),
            ..Review::of(&request, self.now)
        })
    }
}

/// The levels that guardrails give to built-in rules, as far as they let something pass: what the guard asks before each pass.
#[must_use]
pub fn levels(context: &Context, bucket: &Bucket, annotations: &Annotations, claims: &dyn Claims) -> Levels {
    let guardrails = context.policies.guardrails();
    if guardrails.is_empty() {
        return Levels::default();
    }
    let (params, now) = (context.policies.config_maps(), (context.now)());
    let account = context.identity.account.as_deref();
    let bench = Bench { guardrails: &guardrails, settings: &context.admission, params: &params, account, now };
    let labels = context.labels_of(bucket).unwrap_or_default();
    bench.levels(bucket, Namespace { annotations, labels: &labels }, claims)
}

/// The Bucket as it is, as something that somebody asks for.
#[must_use]
pub fn request<'a>(bucket: &'a Bucket, namespace: &'a Annotations, settings: &'a Settings, claims: &'a dyn Claims) -> Request<'a> {
    Request {
        operation: if bucket.owns_bucket() { Operation::Update } else { Operation::Create },
        subresource: None,
        bucket,
        old: None,
        namespace: Some(namespace),
        namespace_going: false,
        user: "",
        settings,
        claims,
    }
}

/// No guardrail asks who else claims a name.
struct Unclaimed;

impl Claims for Unclaimed {
    fn holder(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Holder {
        Holder::Unknown
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::BucketSpec;
    use shared::guardrail::types::{BucketGuardrail, BucketGuardrailSpec};
    use shared::guardrail::{Guardrail, NoParams};

    use super::*;

    fn guardrails(spec: &serde_json::Value) -> Guardrails {
        let spec: BucketGuardrailSpec = serde_json::from_value(spec.clone()).unwrap();
        Guardrails::new([Arc::new(Guardrail::compile(&BucketGuardrail::new("base", spec)).unwrap())], [])
    }

    fn judge(guardrails: &Guardrails, bucket: &Bucket, holds: Option<Held>) -> (usize, Vec<String>) {
        let settings = Settings::default();
        let bench = Bench { guardrails, settings: &settings, params: &NoParams, account: None, now: Timestamp::UNIX_EPOCH };
        let (annotations, labels) = (Annotations::new(), BTreeMap::from([("tier".to_owned(), "prod".to_owned())]));
        let judged = bench.judge(bucket, Namespace { annotations: &annotations, labels: &labels }, holds);
        let said = |(source, result): &(ResultSource, RuleResult)| format!("{} {} {}", source.as_str(), result.rule, result.field);
        (judged.matched.len(), judged.results.iter().map(said).collect())
    }

    fn bucket() -> Bucket {
        let mut bucket = Bucket::new("b", BucketSpec { name: "logs".to_owned(), ..BucketSpec::default() });
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket
    }

    #[test]
    fn the_spec_and_what_s3_holds_are_judged_each_for_itself() {
        let wanted = json!({"match": {"namespaceSelector": {"matchLabels": {"tier": "prod"}}}, "rules": {"versioning": {"state": "Enabled"}, "publicAccess": {"blockAll": "Required"}}});
        let guardrails = guardrails(&wanted);
        assert_eq!(judge(&guardrails, &bucket(), None), (1, vec!["spec versioning spec.versioning.status".to_owned()]));
        let bare = Held { spec: bucket().spec.unwrap(), unread: Vec::new() };
        let (_, said) = judge(&guardrails, &bucket(), Some(bare));
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[1..].iter().all(|said| said.starts_with("observed ")), "a bucket without a public access block has none: {said:?}");
        let unread = Held { spec: bucket().spec.unwrap(), unread: vec!["versioning", "public_access_block"] };
        assert_eq!(judge(&guardrails, &bucket(), Some(unread)).1.len(), 1, "nothing is said of what was not read");
    }

    #[test]
    fn what_is_not_for_the_background_or_not_about_the_bucket_is_not_asked() {
        let rules = json!({"versioning": {"state": "Enabled"}});
        assert_eq!(judge(&guardrails(&json!({"background": false, "rules": rules})), &bucket(), None).1, Vec::<String>::new());
        assert_eq!(judge(&guardrails(&json!({"match": {"namespaces": ["other"]}, "rules": rules})), &bucket(), None).0, 0);
    }

    /// A guardrail that is about Buckets by an expression over their namespace softens for these as at admission.
    #[test]
    fn levels_follow_what_expressions_say_of_the_namespace() {
        let condition = json!([{"name": "prod", "expression": "namespaceObject.metadata.labels['tier'] == 'prod'"}]);
        let softened = |tier: &str| {
            let guardrails = guardrails(&json!({"match": {"matchConditions": condition}, "builtinRules": {"accelerate-dots": "Off"}}));
            let settings = Settings::default();
            let bench =
                Bench { guardrails: &guardrails, settings: &settings, params: &NoParams, account: None, now: Timestamp::UNIX_EPOCH };
            let (annotations, labels) = (Annotations::new(), BTreeMap::from([("tier".to_owned(), tier.to_owned())]));
            bench.levels(&bucket(), Namespace { annotations: &annotations, labels: &labels }, &Unclaimed) != Levels::default()
        };
        assert!(softened("prod") && !softened("test"));
    }
}
