//! Attribute-based access control: whether the tags of the bucket count in IAM policies. S3 API: GetBucketAbac, PutBucketAbac.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SubConfig;
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::Place;

#[cfg(test)]
pub(crate) use findings::cases;

const DISABLED: &str = "Disabled";

/// Attribute-based access control by the tags of the bucket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Abac {
    /// Enabled or Disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl Abac {
    fn of(status: &str) -> Self {
        Self { status: Some(status.to_owned()) }
    }
}

impl SubConfig for Abac {
    const NAME: &'static str = "abac";
    const FIELD: &'static str = "abac";
    const ABSENT: &'static str = "Disabled";
    /// Tags decide on access from then on.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.abac.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.abac = Some(self);
    }

    /// `Disabled` says as little as no status: it is what every bucket is until somebody enables it.
    fn normalise(self) -> Option<Self> {
        self.status.filter(|status| !status.is_empty() && status != DISABLED).map(|status| Self { status: Some(status) })
    }

    fn after_create(_spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Self::nothing()
    }

    fn nothing() -> Option<Self> {
        Some(Self::of(DISABLED))
    }

    fn shown(self) -> Option<Self> {
        Some(self).filter(|section| section.status.as_ref().is_some_and(|status| !status.is_empty()))
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use std::sync::atomic::Ordering;

    use aws_sdk_s3::types::AbacStatus;

    use super::{Abac, DISABLED};
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    const ENABLED: &str = "Enabled";

    impl Remote for Abac {
        const GET: Operation = Operation { name: "GetBucketAbac", action: "s3:GetBucketABAC" };
        const PUT: Operation = Operation { name: "PutBucketAbac", action: "s3:PutBucketABAC" };
        const DELETE: Operation = Self::PUT;

        /// Leaves word of what it found: tags are written in another way where it is on.
        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_abac().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            let have = match call.send().await {
                Ok(answer) => Self::from_sdk(answer.abac_status.as_ref()),
                Err(error) => unread(Self::GET, &[], error)?,
            };
            s3.abac.store(have == Have::Value(Self::of(ENABLED)), Ordering::Relaxed);
            Ok(have)
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let status = AbacStatus::builder().set_status(want.status.as_deref().map(Into::into)).build();
            let call = s3.client.put_bucket_abac().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.abac_status(status).send().await.map_err(|error| fault(Self::PUT, error))?;
            s3.abac.store(want.status.as_deref() == Some(ENABLED), Ordering::Relaxed);
            Ok(())
        }

        /// Disables it.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::of(DISABLED), Some(have)).await
        }
    }

    impl Abac {
        /// S3 always names the status; an answer without one, or with another, is no answer to build on.
        pub(super) fn from_sdk(answer: Option<&AbacStatus>) -> Have<Self> {
            match answer.and_then(AbacStatus::status).map_or("", |status| status.as_str()) {
                status @ (ENABLED | DISABLED) => Have::Value(Self::of(status)),
                _ => Have::Unsupported,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::subconfig::{Difference, Have, Step};

    fn plan(want: Option<&str>, have: &Have<Abac>) -> Step<Abac> {
        let abac = want.map(|status| Abac { status: Some(status.to_owned()).filter(|status| !status.is_empty()) });
        Step::plan(&BucketSpec { abac, ..BucketSpec::default() }, have, &Place::default())
    }

    #[test]
    fn taking_the_field_away_disables_it_and_an_empty_section_says_no_more() {
        let have = Abac::of("Enabled");
        for want in [None, Some(""), Some(DISABLED)] {
            let step = plan(want, &Have::Value(have.clone()));
            assert_eq!(step, Step::Remove { have: have.clone() }, "{want:?}");
            let difference = Difference { field: "spec.abac.status".to_owned(), desired: json!(DISABLED), observed: json!("Enabled") };
            assert_eq!(step.differences(), [difference], "{want:?}");
            for off in [Have::Empty, Have::Value(Abac::of(DISABLED))] {
                assert_eq!(plan(want, &off), Step::None, "{want:?} {off:?}");
            }
        }
    }

    #[test]
    fn enabling_it_names_the_member() {
        let fields: Vec<_> = plan(Some("Enabled"), &Have::Value(Abac::of(DISABLED))).differences().into_iter().map(|d| d.field).collect();
        assert_eq!(fields, ["spec.abac.status"]);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn an_answer_without_a_status_is_no_answer() {
        use aws_sdk_s3::types::AbacStatus;

        assert_eq!(Abac::from_sdk(None), Have::Unsupported);
        assert_eq!(Abac::from_sdk(Some(&AbacStatus::builder().build())), Have::Unsupported);
        assert_eq!(Abac::from_sdk(Some(&AbacStatus::builder().status("On".into()).build())), Have::Unsupported);
        assert_eq!(plan(Some(DISABLED), &Have::Unsupported), Step::None, "a store without it does what the spec says");
        assert_eq!(plan(Some("Enabled"), &Have::Unsupported), Step::Unsupported);
    }
}
