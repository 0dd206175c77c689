//! Object Lock and its default retention. S3 API: GetObjectLockConfiguration, PutObjectLockConfiguration. What is on stays on: S3
//! has no call that turns Object Lock off.

mod findings;
#[cfg(feature = "s3")]
mod remote;
mod types;

pub use types::{DefaultRetention, EventHold, ObjectLock, ObjectLockConfiguration, ObjectLockRule};

use std::borrow::Cow;

use super::versioning::Versioning;
use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::Place;

#[cfg(test)]
pub(crate) use findings::cases;
pub(crate) use findings::{is_on, is_turned_on};

/// Whether the spec asks for Object Lock, in words or by a rule that needs it: what CreateBucket is given.
#[must_use]
pub fn is_asked_for(spec: &BucketSpec) -> bool {
    let section = ObjectLock::declared(spec).and_then(|section| section.into_owned().normalise());
    section.is_some_and(|section| section.object_lock_enabled_for_bucket == Some(true))
}

impl SubConfig for ObjectLock {
    const NAME: &'static str = "object_lock";
    const FIELD: &'static str = "objectLockConfiguration";
    const FIELDS: &'static [&'static str] = &["objectLockConfiguration", "objectLockEnabledForBucket"];
    const ABSENT: &'static str = "no default retention; Object Lock that is on stays on";
    /// S3 locks only where versioning is Enabled.
    const AFTER: &'static [&'static str] = &["versioning"];
    /// What is locked cannot be deleted, and the lock itself stays.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        let section = Self {
            object_lock_configuration: spec.object_lock_configuration.clone(),
            object_lock_enabled_for_bucket: spec.object_lock_enabled_for_bucket,
        };
        (section != Self::default()).then_some(Cow::Owned(section))
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.object_lock_configuration = self.object_lock_configuration;
        spec.object_lock_enabled_for_bucket = self.object_lock_enabled_for_bucket;
    }

    /// A rule asks for Object Lock where the spec does not say. Off and no rule is nothing.
    fn normalise(self) -> Option<Self> {
        let retention = self.object_lock_configuration.and_then(|configuration| configuration.rule?.default_retention);
        let retention = retention.and_then(DefaultRetention::normalise);
        let on = self.object_lock_enabled_for_bucket.unwrap_or_else(|| retention.is_some());
        (on || retention.is_some()).then(|| Self { object_lock_enabled_for_bucket: Some(on), ..Self::keeping(retention) })
    }

    /// The flag rides on CreateBucket, the rule does not.
    fn after_create(spec: &BucketSpec, _place: &Place) -> Option<Self> {
        is_asked_for(spec).then(Self::on)
    }

    /// The event hold, where the rule stays.
    fn inherit(mut self, have: &Self) -> Self {
        let held = have.retention().and_then(|retention| retention.default_event_hold.clone());
        let retention =
            self.object_lock_configuration.as_mut().and_then(|configuration| configuration.rule.as_mut()?.default_retention.as_mut());
        if let Some(retention) = retention.filter(|retention| **retention != DefaultRetention::default()) {
            retention.default_event_hold = retention.default_event_hold.take().or(held);
        }
        self
    }

    /// Where the spec says no more than that objects can be locked, and they can, the rule is left out.
    fn is_left_out(spec: &BucketSpec, have: Option<&Self>) -> bool {
        let on = |section: &Self| section.object_lock_enabled_for_bucket == Some(true);
        let Some(declared) = Self::declared(spec) else { return true };
        declared.object_lock_configuration.is_none() && on(&declared) && have.is_some_and(on)
    }

    /// Object Lock itself, and versioning, which S3 lets nobody suspend beside it. A spec that says no to the lock keeps its no.
    /// Source: S3 User Guide, "Object Lock considerations".
    fn bind(&self, spec: &BucketSpec) -> Option<BucketSpec> {
        let on = self.object_lock_enabled_for_bucket == Some(true);
        let silent = Versioning::declared(spec).is_none_or(|section| section.into_owned().status.is_none_or(|status| status.is_empty()));
        match spec.object_lock_enabled_for_bucket {
            None if on => Some(BucketSpec { object_lock_enabled_for_bucket: Some(true), ..spec.clone() }),
            Some(false) if on && silent => Some(BucketSpec { versioning: Some(Versioning::enabled()), ..spec.clone() }),
            None | Some(_) => None,
        }
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }

    fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(&Self::default(), at, facts, to);
    }
}

impl ObjectLock {
    /// Object Lock without a rule.
    fn on() -> Self {
        Self { object_lock_enabled_for_bucket: Some(true), ..Self::default() }
    }

    /// A rule, and no word of the lock itself.
    fn keeping(retention: Option<DefaultRetention>) -> Self {
        let rule = retention.map(|retention| ObjectLockRule { default_retention: Some(retention) });
        Self { object_lock_configuration: rule.map(|rule| ObjectLockConfiguration { rule: Some(rule) }), ..Self::default() }
    }

    fn retention(&self) -> Option<&DefaultRetention> {
        self.object_lock_configuration.as_ref()?.rule.as_ref()?.default_retention.as_ref()
    }
}

impl DefaultRetention {
    /// `None` where it says nothing.
    fn normalise(self) -> Option<Self> {
        let hold = self.default_event_hold.and_then(normal::said);
        normal::said(Self { mode: normal::text(self.mode), default_event_hold: hold, ..self })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::subconfig::{Have, Observed, Plan, Step, plan};
    use crate::unset::UnsetFields;

    fn spec(mut members: Value) -> BucketSpec {
        members["name"] = json!("laws");
        serde_json::from_value(members).unwrap()
    }

    fn rule(days: i64) -> Value {
        json!({"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": days}}})
    }

    /// What is planned for a bucket with versioning and this Object Lock.
    fn planned(want: Value, have: Value) -> Plan {
        let (lock, versioning) = (Have::Value(serde_json::from_value(have).unwrap()), Have::Value(Versioning::enabled()));
        let observed = Observed { object_lock: lock, versioning, ..Observed::default() };
        plan(&spec(want), &observed, &Place::default(), UnsetFields::Reset)
    }

    fn on() -> Value {
        json!({"objectLockEnabledForBucket": true})
    }

    fn on_with(days: i64) -> Value {
        json!({"objectLockEnabledForBucket": true, "objectLockConfiguration": rule(days)})
    }

    /// Weaknesses of others: a lock that the spec does not mention leads to a put that S3 refuses, and versioning to be suspended.
    #[test]
    fn a_lock_that_is_on_and_not_mentioned_needs_nothing() {
        for want in [json!({}), on(), json!({"objectLockConfiguration": {}}), json!({"versioning": {"status": "Enabled"}})] {
            assert_eq!(planned(want.clone(), on()), Plan::default(), "{want}");
        }
    }

    #[test]
    fn a_rule_is_compared_and_taken_away_member_by_member() {
        let fields = |want, have| {
            let step = planned(want, have).object_lock;
            assert!(matches!(&step, Step::Put { want, .. } if want.clone().normalise().is_some()), "{step:?}");
            step.differences().into_iter().map(|difference| difference.field).collect::<Vec<_>>()
        };
        let days = "spec.objectLockConfiguration.rule.defaultRetention.days";
        assert_eq!(fields(on_with(2), on_with(1)), [days]);
        assert_eq!(fields(json!({"objectLockConfiguration": rule(2)}), on_with(1)), [days]);
        for want in [json!({}), on(), json!({"objectLockEnabledForBucket": true, "objectLockConfiguration": {"rule": {}}})] {
            assert_eq!(fields(want, on_with(1)), ["spec.objectLockConfiguration"]);
        }
        assert_eq!(planned(json!({"objectLockConfiguration": rule(1)}), on_with(1)), Plan::default());
    }

    #[test]
    fn an_event_hold_that_the_spec_does_not_mention_stays() {
        let mut have = on_with(1);
        have["objectLockConfiguration"]["rule"]["defaultRetention"]["defaultEventHold"] = json!({"days": 7});
        assert_eq!(planned(on_with(1), have.clone()), Plan::default());
        let Step::Put { want, .. } = planned(on_with(2), have.clone()).object_lock else { panic!("no put") };
        assert_eq!(want.retention().unwrap().default_event_hold, Some(EventHold { days: Some(7), years: None }));
        let Step::Put { want, .. } = planned(on(), have).object_lock else { panic!("no put") };
        assert_eq!(want.normalise(), Some(ObjectLock::on()), "it goes with the rule");
    }

    /// Adopted buckets: new objects must not lose their retention to a spec that does not mention it.
    #[test]
    fn a_rule_that_is_left_out_stays_where_such_sections_are_not_managed() {
        let step = |want: Value, have: Value| {
            let observed = Observed { object_lock: serde_json::from_value(have).map_or(Have::Empty, Have::Value), ..Observed::default() };
            plan(&spec(want), &observed, &Place::default(), UnsetFields::Ignore).object_lock
        };
        for want in [json!({}), on()] {
            let step = step(want.clone(), on_with(1));
            assert!(matches!(step, Step::Unmanaged { .. }) && step.differences().len() == 1, "{want}: {step:?}");
        }
        assert!(matches!(step(on(), json!(null)), Step::Put { .. }), "the lock itself is asked for");
        for want in [json!({"objectLockConfiguration": {}}), on_with(2)] {
            assert!(matches!(step(want.clone(), on_with(1)), Step::Put { .. }), "{want}");
        }
        assert!(matches!(step(json!({"objectLockEnabledForBucket": false}), on_with(1)), Step::Remove { .. }), "which is a fault");
    }

    #[test]
    fn a_lock_is_asked_for_in_words_or_by_a_rule() {
        for (want, asked) in [
            (json!({}), false),
            (json!({"objectLockEnabledForBucket": false}), false),
            (json!({"objectLockConfiguration": {}}), false),
            (on(), true),
            (json!({"objectLockConfiguration": rule(1)}), true),
            (json!({"objectLockEnabledForBucket": false, "objectLockConfiguration": rule(1)}), false),
        ] {
            assert_eq!(is_asked_for(&spec(want.clone())), asked, "{want}");
            assert_eq!(Versioning::absent(&spec(want.clone())).is_some(), asked, "versioning follows: {want}");
        }
        let existing = Observed { object_lock: Have::Empty, versioning: Have::Empty, ..Observed::default() };
        let plan = plan(&spec(on()), &existing, &Place::default(), UnsetFields::Reset);
        assert_eq!(plan.differences().into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["versioning", "object_lock"]);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn what_nobody_can_do_is_a_fault_without_a_call() {
        use crate::fault::Class;
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        let store = Store::new_bucket();
        let off = json!({"objectLockEnabledForBucket": false});
        let plan = planned(off.clone(), on());
        assert_eq!(plan.versioning, Step::None, "a spec that says nothing of versioning does not suspend it");
        let Step::Remove { have } = plan.object_lock else { panic!("no step") };
        let fault = runtime().block_on(ObjectLock::remove(&store.bucket(), &have)).unwrap_err();
        assert!(fault.class == Class::Terminal && fault.to_string().contains("cannot be turned off"), "{fault}");

        let Step::Put { want, .. } =
            planned(json!({"objectLockEnabledForBucket": false, "objectLockConfiguration": rule(1)}), on()).object_lock
        else {
            panic!("no put")
        };
        let fault = runtime().block_on(ObjectLock::put(&store.bucket(), &want, None)).unwrap_err();
        assert!(fault.class == Class::Terminal && fault.to_string().contains("spec.objectLockEnabledForBucket"), "{fault}");

        let long: ObjectLock = serde_json::from_value(on_with(i64::from(i32::MAX) + 1)).unwrap();
        let fault = runtime().block_on(ObjectLock::put(&store.bucket(), &long, None)).unwrap_err();
        assert!(fault.to_string().contains("spec.objectLockConfiguration.rule.defaultRetention.days: 2147483648"), "{fault}");
        assert_eq!(store.calls(), [""; 0]);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn an_answer_without_the_lock_is_none() {
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        for members in ["", "<Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>1</Days></DefaultRetention></Rule>"] {
            let answer = format!("<ObjectLockConfiguration>{members}</ObjectLockConfiguration>");
            let have = runtime().block_on(ObjectLock::read(&Store::answering(200, &answer).bucket())).unwrap();
            assert_eq!(have, Have::Unsupported, "{members}");
        }
    }
}
