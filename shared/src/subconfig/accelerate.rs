//! Transfer Acceleration. S3 API: GetBucketAccelerateConfiguration, PutBucketAccelerateConfiguration; there is no call that takes it
//! away.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SubConfig;
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;

const SUSPENDED: &str = "Suspended";

/// Transfer Acceleration: data goes through the edge location next to the client. S3 refuses it where the bucket's name has dots.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Accelerate {
    /// Enabled or Suspended. Once set, it cannot be taken away, only suspended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

impl Accelerate {
    fn of(status: &str) -> Self {
        Self { status: Some(status.to_owned()) }
    }
}

impl SubConfig for Accelerate {
    const NAME: &'static str = "accelerate";
    const FIELD: &'static str = "accelerate";
    const ABSENT: &'static str = "off (Suspended where it was on)";

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.accelerate.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.accelerate = Some(self);
    }

    /// `Suspended` says as little as no status: neither bucket is accelerated, and S3 has no way back from the one to the other. So
    /// a bucket that never was accelerated is not written to only to say `Suspended`.
    fn normalise(self) -> Option<Self> {
        self.status.filter(|status| !status.is_empty() && status != SUSPENDED).map(|status| Self { status: Some(status) })
    }

    fn nothing() -> Option<Self> {
        Some(Self::of(SUSPENDED))
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
    use aws_sdk_s3::types::AccelerateConfiguration;

    use super::{Accelerate, SUSPENDED};
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    impl Remote for Accelerate {
        const GET: Operation = Operation { name: "GetBucketAccelerateConfiguration", action: "s3:GetAccelerateConfiguration" };
        const PUT: Operation = Operation { name: "PutBucketAccelerateConfiguration", action: "s3:PutAccelerateConfiguration" };
        const DELETE: Operation = Self::PUT;

        /// Regions without Transfer Acceleration answer that they do not implement it.
        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_accelerate_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                Ok(answer) => Ok(Self::from_sdk(answer.status.as_ref().map_or("", |status| status.as_str()))),
                Err(error) => unread(Self::GET, &[], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let configuration = AccelerateConfiguration::builder().set_status(want.status.as_deref().map(Into::into)).build();
            let call = s3.client.put_bucket_accelerate_configuration().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.accelerate_configuration(configuration).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        /// Suspends it.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::of(SUSPENDED), Some(have)).await
        }
    }

    impl Accelerate {
        /// A bucket that never was accelerated has no status; the SDK has seen that the document is the one that was asked for.
        pub(super) fn from_sdk(status: &str) -> Have<Self> {
            match status {
                "" => Have::Empty,
                "Enabled" | SUSPENDED => Have::Value(Self::of(status)),
                _ => Have::Unsupported,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn plan(want: Option<&str>, have: &Have<Accelerate>) -> Step<Accelerate> {
        let spec = BucketSpec { accelerate: want.map(Accelerate::of), ..BucketSpec::default() };
        Step::plan(&spec, have, &Place::default())
    }

    #[test]
    fn suspended_never_accelerated_and_silence_are_one() {
        for want in [None, Some(""), Some(SUSPENDED)] {
            assert_eq!(plan(want, &Have::Empty), Step::None, "{want:?}");
            assert_eq!(plan(want, &Have::Value(Accelerate::of(SUSPENDED))), Step::None, "{want:?}");
            let have = Accelerate::of("Enabled");
            let step = plan(want, &Have::Value(have.clone()));
            assert_eq!(step, Step::Remove { have }, "{want:?}");
            assert_eq!(step.differences()[0].field, "spec.accelerate.status");
        }
        assert!(matches!(plan(Some("Enabled"), &Have::Empty), Step::Put { .. }));
    }

    #[cfg(feature = "s3")]
    #[test]
    fn what_is_no_status_is_no_answer() {
        assert_eq!(Accelerate::from_sdk("Paused"), Have::Unsupported);
        assert_eq!(plan(None, &Have::Unsupported), Step::None);
        assert_eq!(plan(Some("Enabled"), &Have::Unsupported), Step::Unsupported);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_name_with_dots_is_refused_by_s3_and_that_is_final() {
        use crate::fault::Class;
        use crate::subconfig::laws::{remote::runtime, store::Store};
        use crate::subconfig::remote::Remote;

        let refusal = "<Error><Code>InvalidRequest</Code><Message>no periods (.) in the name, please</Message></Error>";
        let s3 = Store::answering(400, refusal).bucket();
        let fault = runtime().block_on(Accelerate::put(&s3, &Accelerate::of("Enabled"), None)).unwrap_err();
        assert_eq!(fault.class, Class::Terminal);
        assert!(fault.to_string().contains("periods"), "{fault}");
    }
}
