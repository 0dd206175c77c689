//! The rules that are in force, and what they do to one call.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::bucket::TokenBucket;
use super::chance::Chance;
use super::rule::{Act, FaultRule, Spoil};
use crate::s3::behind::Behind;
use crate::s3::error::S3Error;
use crate::s3::glob;
use crate::s3::identity::Caller;
use crate::s3::operation::Operation;
use crate::s3::{actions, directory};

/// The number of a rule.
pub type FaultId = u64;

/// The rules that are in force. The first rule that ends a call wins; delays add up.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Rules>);

#[derive(Debug, Default)]
struct Rules {
    next: FaultId,
    active: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    id: FaultId,
    rule: FaultRule,
    matched: u64,
    struck: u64,
    chance: Chance,
    tokens: HashMap<String, TokenBucket>,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) operation: &'static Operation,
    pub(crate) sub_resource: Option<&'static str>,
    pub(crate) bucket: Option<&'a str>,
    pub(crate) caller: &'a Caller,
}

/// What becomes of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) delay: Duration,
    /// How long the answer takes once it is done.
    pub(crate) delay_after: Duration,
    /// What happens in its place.
    pub(crate) before: Option<Interruption>,
    /// What happens once it is done.
    pub(crate) after: Option<Interruption>,
    pub(crate) behind: Behind,
    /// What happens to the answer on its way.
    pub(crate) spoil: Option<Spoil>,
    pub(crate) legacy: bool,
}

/// A call that does not end as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    Fail(S3Error),
    /// This status and body.
    Raw(u16, String),
    Cut,
}

impl Faults {
    /// Puts a rule in force.
    pub fn add(&self, rule: FaultRule) -> FaultId {
        let mut rules = self.lock();
        rules.next += 1;
        let id = rules.next;
        let chance = Chance::new(rule.seed);
        rules.active.push(Active { id, rule, matched: 0, struck: 0, chance, tokens: HashMap::new() });
        id
    }

    /// Takes these sub-resources for the bucket itself, as stores do that do not know them.
    pub fn legacy_router(&self, sub_resources: &[&str]) -> Vec<FaultId> {
        sub_resources.iter().map(|query| self.add(FaultRule::new(Act::LegacyRouter).sub_resource(query))).collect()
    }

    /// Answers 501 to these sub-resources.
    pub fn not_implemented(&self, sub_resources: &[&str]) -> Vec<FaultId> {
        sub_resources.iter().map(|query| self.add(FaultRule::new(Act::NotImplemented).sub_resource(query))).collect()
    }

    /// Denies an IAM operation, such as `PutBucketPolicy`, to everybody.
    pub fn deny(&self, operation: &str) -> FaultId {
        self.add(FaultRule::new(Act::Deny).on(operation))
    }

    /// 503 SlowDown for an account that asks faster than this; `burst` calls may come at once.
    pub fn rate_limit(&self, per_second: f64, burst: f64) -> FaultId {
        self.add(FaultRule::new(Act::RateLimit { per_second, burst }))
    }

    /// How often a rule struck.
    pub fn struck(&self, id: FaultId) -> u64 {
        self.lock().active.iter().find(|active| active.id == id).map_or(0, |active| active.struck)
    }

    /// The rules in force.
    pub fn rules(&self) -> Vec<(FaultId, FaultRule)> {
        self.lock().active.iter().map(|active| (active.id, active.rule.clone())).collect()
    }

    /// Takes a rule out of force; whether it was in force.
    pub fn remove(&self, id: FaultId) -> bool {
        let mut rules = self.lock();
        let before = rules.active.len();
        rules.active.retain(|active| active.id != id);
        rules.active.len() < before
    }

    /// Takes every rule out of force.
    pub fn clear(&self) {
        self.lock().active.clear();
    }

    /// What becomes of a call.
    pub(crate) fn decide(&self, facts: Facts<'_>, now: Instant) -> Verdict {
        let mut verdict = Verdict::default();
        for active in &mut self.lock().active {
            if verdict.before.is_none() && active.rule.is_about(facts) && active.strikes(facts.caller, now) {
                active.add_to(&mut verdict, facts);
            }
        }
        verdict
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Rules> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FaultRule {
    fn is_about(&self, facts: Facts<'_>) -> bool {
        let fits = |pattern: &Option<String>, text: Option<&str>| {
            pattern.as_ref().is_none_or(|pattern| text.is_some_and(|text| glob::matches(pattern, text)))
        };
        fits(&self.operation, Some(facts.operation.name))
            && fits(&self.sub_resource, facts.sub_resource)
            && fits(&self.bucket, facts.bucket)
            && fits(&self.account, Some(&facts.caller.account))
            && fits(&self.caller, Some(&facts.caller.arn))
            && self.access.is_none_or(|access| access == facts.operation.access)
    }
}

impl Active {
    fn strikes(&mut self, caller: &Caller, now: Instant) -> bool {
        self.matched += 1;
        let rule = &self.rule;
        let due = self.matched > rule.after
            && rule.times.is_none_or(|times| self.struck < times)
            && rule.every.is_none_or(|every| (self.matched - rule.after).is_multiple_of(every.max(1)))
            && rule.chance.is_none_or(|chance| self.chance.strikes(chance));
        let struck = due && !self.lets_through(caller, now);
        self.struck += u64::from(struck);
        struck
    }

    /// A rate limit strikes only those who are too fast.
    fn lets_through(&mut self, caller: &Caller, now: Instant) -> bool {
        let Act::RateLimit { per_second, burst } = self.rule.act else { return false };
        let tokens = self.tokens.entry(caller.account.to_string()).or_insert_with(|| TokenBucket::full(burst, now));
        tokens.take(per_second, burst, now)
    }

    fn add_to(&mut self, verdict: &mut Verdict, facts: Facts<'_>) {
        let error = |status, code: &str, message: Option<&String>| {
            let text = message.map_or_else(|| format!("{code}: the model was told to answer this"), String::clone);
            Some(Interruption::Fail(S3Error::new(status, code.to_owned(), text)))
        };
        match &self.rule.act {
            Act::Answer { status, code, message } => verdict.before = error(*status, code, message.as_ref()),
            Act::AnswerAfter { status, code } => verdict.after = verdict.after.take().or_else(|| error(*status, code, None)),
            Act::Body { status, body } => verdict.before = Some(Interruption::Raw(*status, body.clone())),
            Act::Spoil { how } => verdict.spoil = Some(how.clone()),
            Act::Deny => verdict.before = Some(Interruption::Fail(denied(facts))),
            Act::NotImplemented => verdict.before = Some(Interruption::Fail(S3Error::not_implemented(facts.operation.name))),
            Act::Delay { milliseconds, jitter } => {
                verdict.delay += Duration::from_millis(milliseconds.saturating_add(self.chance.up_to(*jitter)));
            }
            Act::DelayAfter { milliseconds } => verdict.delay_after += Duration::from_millis(*milliseconds),
            Act::Cut => verdict.before = Some(Interruption::Cut),
            Act::CutAfter => verdict.after = Some(Interruption::Cut),
            Act::Stale { reads } => verdict.behind = verdict.behind.and(Behind::reads(*reads)),
            Act::Lag { milliseconds } => verdict.behind = verdict.behind.and(Behind::time(Duration::from_millis(*milliseconds))),
            Act::LegacyRouter => verdict.legacy = true,
            Act::RateLimit { .. } => {
                let error = S3Error::new(503, "SlowDown", "Please reduce your request rate.");
                verdict.before = Some(Interruption::Fail(error));
            }
        }
    }
}

/// 403 as IAM words it. Source: IAM User Guide, "Troubleshoot access denied error messages".
fn denied(facts: Facts<'_>) -> S3Error {
    let Caller { account, region, arn, .. } = facts.caller;
    let is_directory = facts.bucket.is_some_and(directory::is_named);
    let resource = match facts.bucket {
        Some(bucket) if is_directory => format!("arn:aws:s3express:{region}:{account}:bucket/{bucket}"),
        Some(bucket) => format!("arn:aws:s3:::{bucket}"),
        None => "*".to_owned(),
    };
    let action = actions::own(facts.operation, facts.bucket);
    let text = format!(
        "User: {arn} is not authorized to perform: {action} on resource: \"{resource}\" \
         because no identity-based policy allows the {action} action"
    );
    S3Error::new(403, "AccessDenied", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::s3::operation::{Access, CREATE_BUCKET, HEAD_BUCKET};

    fn facts<'a>(operation: &'static Operation, caller: &'a Caller) -> Facts<'a> {
        Facts { operation, sub_resource: None, bucket: Some("a-1"), caller }
    }

    fn caller() -> Caller {
        Caller { account: "111111111111".into(), arn: "arn:aws:iam::111111111111:user/u".into(), ..Caller::default() }
    }

    #[test]
    fn a_rule_strikes_what_it_is_about() {
        let caller = caller();
        for (rule, strikes) in [
            (FaultRule::slow_down(), true),
            (FaultRule::slow_down().on("Head*").bucket("a-*").account("111111111111").caller("*:user/u").access(Access::Read), true),
            (FaultRule::slow_down().on("GetBucketTagging"), false),
            (FaultRule::slow_down().bucket("b-*"), false),
            (FaultRule::slow_down().account("222222222222"), false),
            (FaultRule::slow_down().access(Access::Write), false),
            (FaultRule::slow_down().sub_resource("*"), false),
        ] {
            let faults = Faults::default();
            let id = faults.add(rule.clone());
            let verdict = faults.decide(facts(&HEAD_BUCKET, &caller), Instant::now());
            assert_eq!((verdict.before.is_some(), faults.struck(id)), (strikes, u64::from(strikes)), "{rule:?}");
        }
    }

    #[test]
    fn a_rule_strikes_when_it_is_told() {
        let caller = caller();
        let struck = |rule: FaultRule| {
            let faults = Faults::default();
            faults.add(rule);
            let strikes = |_| u8::from(faults.decide(facts(&HEAD_BUCKET, &caller), Instant::now()).before.is_some());
            (0..6).map(strikes).collect::<Vec<_>>()
        };
        assert_eq!(struck(FaultRule::slow_down().after(1).times(2)), [0, 1, 1, 0, 0, 0]);
        assert_eq!(struck(FaultRule::slow_down().every(3)), [0, 0, 1, 0, 0, 1]);
        assert_eq!(struck(FaultRule::slow_down().chance(0.0, 1)), [0; 6]);
        assert_eq!(struck(FaultRule::slow_down().chance(1.0, 1)), [1; 6]);
        assert_eq!(struck(FaultRule::new(Act::RateLimit { per_second: 0.001, burst: 2.0 })), [0, 0, 1, 1, 1, 1]);
    }

    #[test]
    fn the_first_end_wins_and_delays_add_up() {
        let caller = caller();
        let faults = Faults::default();
        faults.add(FaultRule::delay(Duration::from_millis(2), Duration::ZERO));
        faults.add(FaultRule::delay(Duration::from_millis(3), Duration::ZERO));
        faults.add(FaultRule::answer_after(500, "InternalError"));
        let first = faults.deny("CreateBucket");
        let second = faults.add(FaultRule::new(Act::Cut));
        let verdict = faults.decide(facts(&CREATE_BUCKET, &caller), Instant::now());
        assert_eq!(verdict.delay, Duration::from_millis(5));
        let Some(Interruption::Fail(error)) = verdict.before else { panic!("{verdict:?}") };
        assert!(error.message.contains("s3:CreateBucket on resource: \"arn:aws:s3:::a-1\""), "{error}");
        assert_eq!((faults.struck(first), faults.struck(second)), (1, 0));
        let there = Facts { bucket: Some("l--usw2-az1--x-s3"), ..facts(&HEAD_BUCKET, &caller) };
        assert!(denied(there).message.contains("s3express:CreateSession on resource: \"arn:aws:s3express:"));
        assert!(faults.remove(first) && !faults.remove(first));
        assert_eq!(faults.decide(facts(&CREATE_BUCKET, &caller), Instant::now()).before, Some(Interruption::Cut));
        faults.clear();
        assert_eq!(faults.decide(facts(&CREATE_BUCKET, &caller), Instant::now()), Verdict::default());
    }

    #[test]
    fn rules_are_written_in_json() {
        let text = r#"{"operation":"Get*","bucket":"a-*","times":2,"act":{"kind":"rateLimit","perSecond":1.5,"burst":2}}"#;
        let rule: FaultRule = serde_json::from_str(text).unwrap();
        let want = FaultRule::new(Act::RateLimit { per_second: 1.5, burst: 2.0 }).on("Get*").bucket("a-*").times(2);
        assert_eq!(rule, want);
        assert_eq!(serde_json::from_value::<FaultRule>(serde_json::to_value(&rule).unwrap()).unwrap(), rule);
        assert!(serde_json::from_str::<FaultRule>(r#"{"act":{"kind":"deny"},"typo":1}"#).is_err());
    }
}
