//! Versioning. S3 API: GetBucketVersioning, PutBucketVersioning; there is no call that takes it away.
//!
//! MFA Delete is not managed. S3 takes a change of it only from the root user with a code from the user's device in the header
//! `x-amz-mfa`, and where it is on, no other change of versioning without that code either. A put that does not name it leaves it.

pub(crate) mod change;
mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{SubConfig, object_lock};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::Place;

#[cfg(test)]
pub(crate) use findings::cases;

const ENABLED: &str = "Enabled";
const SUSPENDED: &str = "Suspended";

/// Whether S3 keeps earlier versions of objects.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Versioning {
    /// Enabled, or Suspended: no new versions, those that are there stay. Suspended is also what a bucket is left with whose
    /// versioning was once on and is no longer asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl Versioning {
    fn of(status: &str) -> Self {
        Self { status: Some(status.to_owned()) }
    }

    /// New versions are kept.
    pub(super) fn enabled() -> Self {
        Self::of("Enabled")
    }
}

impl SubConfig for Versioning {
    const NAME: &'static str = "versioning";
    const FIELD: &'static str = "versioning";
    const ABSENT: &'static str = "off (Suspended where it was on); Enabled with object lock";
    /// S3 suspends it for nobody where objects can be locked, and other stores might.
    const HINGES_ON: &'static [&'static str] = &["object_lock"];

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.versioning.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.versioning = Some(self);
    }

    /// `Suspended` says as little as no status: neither bucket makes new versions, and S3 has no way back from the one to the
    /// other. So a bucket that never was versioned is not written to only to say `Suspended`.
    fn normalise(self) -> Option<Self> {
        self.status.filter(|status| !status.is_empty() && status != SUSPENDED).map(|status| Self { status: Some(status) })
    }

    fn nothing() -> Option<Self> {
        Some(Self::of(SUSPENDED))
    }

    /// Whoever looks at the bucket sees `Suspended`.
    fn shown(self) -> Option<Self> {
        Some(self).filter(|section| section.status.as_ref().is_some_and(|status| !status.is_empty()))
    }

    /// Off; on where objects can be locked, which S3 does by itself and does not let anybody suspend. A spec that asks for
    /// `Suspended` in so many words is not overruled: S3 refuses it, and the status says so.
    /// Source: S3 User Guide, "Object Lock considerations".
    fn absent(spec: &BucketSpec) -> Option<Self> {
        let suspends = Self::declared(spec).is_some_and(|section| section.into_owned().shown().is_some());
        Self::after_create(spec, &Place::default()).filter(|_| !suspends)
    }

    fn after_create(spec: &BucketSpec, _place: &Place) -> Option<Self> {
        object_lock::is_asked_for(spec).then(Self::enabled)
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }

    fn absent_findings(at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::absent_findings(at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::VersioningConfiguration;

    use super::Versioning;
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    impl Remote for Versioning {
        const GET: Operation = Operation { name: "GetBucketVersioning", action: "s3:GetBucketVersioning" };
        const PUT: Operation = Operation { name: "PutBucketVersioning", action: "s3:PutBucketVersioning" };
        const DELETE: Operation = Self::PUT;

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_versioning().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                Ok(answer) => Ok(Self::from_sdk(answer.status.as_ref().map_or("", |status| status.as_str()))),
                Err(error) => unread(Self::GET, &[], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_bucket_versioning().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.versioning_configuration(want.to_sdk()).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        /// Suspends it.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::of("Suspended"), Some(have)).await
        }
    }

    impl Versioning {
        /// A bucket that never was versioned has no status. A status that S3 does not have is no answer to build on.
        pub(super) fn from_sdk(status: &str) -> Have<Self> {
            match status {
                "" => Have::Empty,
                "Enabled" | "Suspended" => Have::Value(Self::of(status)),
                _ => Have::Unsupported,
            }
        }

        fn to_sdk(&self) -> VersioningConfiguration {
            VersioningConfiguration::builder().set_status(self.status.as_deref().map(Into::into)).build()
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::subconfig::{self, Difference, Have, ObjectLock, Observed, Step};
    use crate::unset::UnsetFields;

    fn locked() -> BucketSpec {
        BucketSpec { object_lock_enabled_for_bucket: Some(true), ..BucketSpec::default() }
    }

    fn plan(want: Option<&str>, have: &Have<Versioning>) -> Step<Versioning> {
        let spec = BucketSpec { versioning: want.map(Versioning::of), ..BucketSpec::default() };
        Step::plan(&spec, have, &Place::default())
    }

    #[test]
    fn suspended_never_versioned_and_silence_are_one() {
        for want in [None, Some(""), Some("Suspended")] {
            assert_eq!(plan(want, &Have::Empty), Step::None, "{want:?}");
            assert_eq!(plan(want, &Have::Value(Versioning::of("Suspended"))), Step::None, "{want:?}");
            let have = Versioning::of("Enabled");
            assert_eq!(plan(want, &Have::Value(have.clone())), Step::Remove { have }, "{want:?}");
        }
    }

    /// Weakness of others: a bucket that was adopted and whose spec says nothing of versions stops to keep them.
    #[test]
    fn a_bucket_that_is_not_managed_keeps_its_versions() {
        let have = Versioning::enabled();
        for unset in [UnsetFields::Reset, UnsetFields::Ignore] {
            let step = plan(None, &Have::Value(have.clone())).managed(&BucketSpec::default(), unset);
            assert_eq!(step.is_none(), unset == UnsetFields::Ignore, "{step:?}");
        }
        let empty = BucketSpec { versioning: Some(Versioning::default()), ..BucketSpec::default() };
        let suspended = Have::Value(Versioning::of("Suspended"));
        assert_eq!(Step::plan(&empty, &suspended, &Place::default()), Step::None, "an empty section says nothing");
    }

    #[test]
    fn people_are_shown_that_it_was_suspended() {
        let differences = plan(Some("Enabled"), &Have::Value(Versioning::of("Suspended"))).differences();
        assert_eq!(differences.len(), 1, "{differences:?}");
        let Difference { field, desired, observed } = &differences[0];
        assert_eq!((field.as_str(), desired, observed), ("spec.versioning.status", &json!("Enabled"), &json!("Suspended")));
    }

    #[test]
    fn people_are_shown_what_it_goes_back_to() {
        for want in [None, Some("Suspended")] {
            let differences = plan(want, &Have::Value(Versioning::enabled())).differences();
            let (desired, observed) = (json!("Suspended"), json!("Enabled"));
            assert_eq!(differences, [Difference { field: "spec.versioning.status".to_owned(), desired, observed }], "{want:?}");
        }
    }

    #[test]
    fn object_lock_keeps_it_on() {
        let spec = locked();
        let have = Have::from(Versioning::after_create(&spec, &Place::default()));
        assert_eq!(have, Have::Value(Versioning::of("Enabled")));
        assert_eq!(Step::plan(&spec, &have, &Place::default()), Step::None);
    }

    /// S3 refuses it. Saying nothing, the Bucket would count as in sync with a spec that S3 does not hold.
    #[test]
    fn a_spec_that_suspends_it_beside_object_lock_is_not_overruled_in_silence() {
        for lock in [Some(true), None] {
            let (versioning, on) = (Some(Versioning::of("Suspended")), ObjectLock::declared(&locked()).unwrap().into_owned());
            let spec = BucketSpec { versioning, object_lock_enabled_for_bucket: lock, ..BucketSpec::default() };
            let observed = Observed { versioning: Have::Value(Versioning::enabled()), object_lock: Have::Value(on), ..Observed::default() };
            let plan = subconfig::plan(&spec, &observed, &Place::default(), UnsetFields::Reset);
            assert!(matches!(plan.versioning, Step::Remove { .. }), "{plan:?}");
        }
        let created =
            Versioning::after_create(&BucketSpec { versioning: Some(Versioning::of("Suspended")), ..locked() }, &Place::default());
        assert_eq!(created, Some(Versioning::enabled()), "S3 turns it on with the lock");
    }

    #[test]
    fn a_status_that_s3_lacks_is_sent_so_that_s3_says_no() {
        assert!(matches!(plan(Some("enabled"), &Have::Value(Versioning::of("Enabled"))), Step::Put { .. }));
    }

    #[cfg(feature = "s3")]
    #[test]
    fn mfa_delete_is_no_difference_and_not_sent() {
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        let (store, runtime) = (Store::new_bucket(), runtime());
        let s3 = store.bucket();
        store
            .set("versioning", "<VersioningConfiguration><Status>Enabled</Status><MfaDelete>Enabled</MfaDelete></VersioningConfiguration>");
        let have = runtime.block_on(Versioning::read(&s3)).unwrap();
        assert_eq!(plan(Some("Enabled"), &have), Step::None);
        runtime.block_on(Versioning::put(&s3, &Versioning::of("Suspended"), None)).unwrap();
        let document = store.document("versioning").unwrap();
        assert!(document.contains("Suspended") && !document.contains("MfaDelete"), "{document}");
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_status_that_s3_lacks_is_no_answer() {
        assert_eq!(Versioning::from_sdk("Off"), Have::Unsupported);
        assert_eq!(plan(None, &Versioning::from_sdk("Off")), Step::None);
        assert_eq!(plan(Some("Enabled"), &Versioning::from_sdk("Off")), Step::Unsupported);
    }
}
