//! Lifecycle rules. S3 API: GetBucketLifecycleConfiguration, PutBucketLifecycleConfiguration, DeleteBucketLifecycle.

mod filter;
mod findings;
mod id;
#[cfg(feature = "s3")]
mod remote;
mod rule;
mod types;
#[cfg(feature = "s3")]
mod wire;

pub use types::{
    AbortIncompleteMultipartUpload, Lifecycle, LifecycleAnd, LifecycleExpiration, LifecycleFilter, LifecycleRule, LifecycleTransition,
    NoncurrentExpiration, NoncurrentTransition,
};

use std::borrow::Cow;

use super::{SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

/// What S3 takes for the smallest size where a put does not say.
/// Source: S3 API reference, PutBucketLifecycleConfiguration, `x-amz-transition-default-minimum-object-size`.
const DEFAULT_SIZE: &str = "all_storage_classes_128K";

impl SubConfig for Lifecycle {
    const NAME: &'static str = "lifecycle";
    const FIELD: &'static str = "lifecycle";
    const ABSENT: &'static str = "no rules";
    const DIRECTORY_BUCKETS: bool = true;
    /// Rules delete objects and move them to where they are not at hand.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.lifecycle.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.lifecycle = Some(self);
    }

    /// The rules by id: their order means nothing to S3. Nothing without rules.
    fn normalise(self) -> Option<Self> {
        let mut rules: Vec<LifecycleRule> = self.rules.unwrap_or_default().into_iter().map(LifecycleRule::normalise).collect();
        rules.sort_unstable();
        let size = normal::text(self.transition_default_minimum_object_size);
        normal::list(rules).map(|rules| Self { rules: Some(rules), transition_default_minimum_object_size: size })
    }

    /// The ids that S3 made for rules without one, and the smallest size of an object that S3 moves where the spec does not say. A
    /// store that does not say has the default.
    fn inherit(mut self, have: &Self) -> Self {
        id::inherit(self.rules.as_deref_mut().unwrap_or_default(), have.rules.as_deref().unwrap_or_default());
        let held = &have.transition_default_minimum_object_size;
        let declared = normal::text(self.transition_default_minimum_object_size);
        let declared = declared.filter(|size| held.is_some() || size != DEFAULT_SIZE);
        self.transition_default_minimum_object_size = declared.or_else(|| held.clone());
        self
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }

    fn absent_findings(at: &Path<'_>, _facts: &Facts<'_>, to: &mut Findings) {
        findings::lifecycle_no_abort_rule(&[], at, to);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn of(rules: &Value) -> Lifecycle {
        serde_json::from_value(json!({ "rules": rules })).unwrap()
    }

    fn plan(want: &Value, have: Lifecycle) -> Step<Lifecycle> {
        let spec = BucketSpec { lifecycle: Some(of(want)), ..BucketSpec::default() };
        Step::plan(&spec, &Have::Value(have), &Place::default())
    }

    fn expire(id: Option<&str>, days: i64) -> Value {
        json!({"id": id, "status": "Enabled", "filter": {"prefix": "a/"}, "expiration": {"days": days}})
    }

    #[test]
    fn order_and_made_ids_are_no_difference() {
        let want = json!([expire(None, 1), expire(Some("named"), 1), expire(None, 1), expire(None, 2)]);
        let have = json!([expire(Some("named"), 1), expire(Some("x"), 2), expire(Some("y"), 1), expire(Some("z"), 1)]);
        assert_eq!(plan(&want, of(&have)), Step::None);
    }

    #[test]
    fn a_rule_that_is_written_again_keeps_its_id_and_the_size() {
        let have = Lifecycle {
            transition_default_minimum_object_size: Some("varies_by_storage_class".to_owned()),
            ..of(&json!([expire(Some("x"), 1)]))
        };
        let step = plan(&json!([expire(None, 30)]), have);
        let fields: Vec<_> = step.differences().into_iter().map(|difference| difference.field).collect();
        assert_eq!(fields, ["spec.lifecycle.rules[x].expiration.days"]);
        let Step::Put { want, .. } = step else { panic!("no put") };
        assert_eq!(want.transition_default_minimum_object_size.as_deref(), Some("varies_by_storage_class"));
        assert_eq!(want.rules.unwrap()[0].id.as_deref(), Some("x"));
    }

    #[test]
    fn a_declared_size_is_compared_and_one_that_is_not_declared_never_differs() {
        let of = |size: Option<&str>| Lifecycle {
            transition_default_minimum_object_size: size.map(str::to_owned),
            ..of(&json!([expire(Some("x"), 1)]))
        };
        let plan = |want: Option<&str>, have| {
            let spec = BucketSpec { lifecycle: Some(of(want)), ..BucketSpec::default() };
            Step::plan(&spec, &Have::Value(of(have)), &Place::default())
        };
        let (small, varies) = (Some(DEFAULT_SIZE), Some("varies_by_storage_class"));
        for (want, have) in
            [(None, None), (None, small), (None, varies), (Some(""), varies), (small, small), (small, None), (varies, varies)]
        {
            assert_eq!(plan(want, have), Step::None, "{want:?} {have:?}");
        }
        for (want, have) in [(small, varies), (varies, small), (varies, None)] {
            let step = plan(want, have);
            let fields: Vec<_> = step.differences().into_iter().map(|difference| difference.field).collect();
            assert_eq!(fields, ["spec.lifecycle.transitionDefaultMinimumObjectSize"], "{want:?} {have:?}");
            assert!(matches!(&step, Step::Put { want: put, .. } if put.transition_default_minimum_object_size.as_deref() == want));
        }
    }

    #[test]
    fn a_rule_too_many_is_a_difference() {
        let step = plan(&json!([expire(None, 1)]), of(&json!([expire(Some("x"), 1), expire(Some("y"), 1)])));
        assert_eq!(step.differences().iter().map(|d| d.field.as_str()).collect::<Vec<_>>(), ["spec.lifecycle.rules[y]"]);
    }

    #[test]
    fn no_rules_are_none() {
        let have = of(&json!([expire(Some("x"), 1)]));
        assert_eq!(plan(&json!([]), have.clone()), Step::Remove { have });
    }

    #[cfg(feature = "s3")]
    #[test]
    fn the_size_and_the_made_id_survive_a_write() {
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        let (store, runtime) = (Store::new_bucket(), runtime());
        let s3 = store.bucket();
        runtime.block_on(Lifecycle::put(&s3, &of(&json!([expire(None, 1)])), None)).unwrap();
        store.set_size("varies_by_storage_class");
        let Have::Value(have) = runtime.block_on(Lifecycle::read(&s3)).unwrap() else { panic!("nothing there") };
        let Step::Put { want, have } = plan(&json!([expire(None, 30)]), have) else { panic!("no put") };
        runtime.block_on(Lifecycle::put(&s3, &want, have.as_ref())).unwrap();
        assert_eq!(store.size().as_deref(), Some("varies_by_storage_class"));
        let document = store.document("lifecycle").unwrap();
        assert!(document.contains("<ID>made-0</ID>") && document.contains("<Days>30</Days>"), "{document}");
    }

    #[cfg(feature = "s3")]
    #[test]
    fn what_does_not_fit_is_a_fault_that_names_the_field() {
        use crate::subconfig::{laws::remote::runtime, laws::store::Store, remote::Remote};

        let put = |rule: &Value| {
            let store = Store::new_bucket();
            let fault = runtime().block_on(Lifecycle::put(&store.bucket(), &of(&json!([rule])), None)).unwrap_err();
            assert_eq!((fault.class, store.document("lifecycle")), (crate::fault::Class::Terminal, None));
            fault.to_string()
        };
        let days = put(&expire(None, i64::from(i32::MAX) + 1));
        assert!(days.contains("spec.lifecycle.rules[0].expiration.days: 2147483648"), "{days}");
        let date = put(&json!({"status": "Enabled", "transitions": [{"days": 1}, {"date": "soon"}]}));
        assert!(date.contains("spec.lifecycle.rules[0].transitions[") && date.contains("\"soon\" is no instant"), "{date}");
        let status = put(&json!({"expiration": {"days": 1}}));
        assert!(status.contains("status"), "{status}");
    }
}
