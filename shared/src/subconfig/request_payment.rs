//! Requester Pays. S3 API: GetBucketRequestPayment, PutBucketRequestPayment; there is no call that takes it away.

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

const OWNER: &str = "BucketOwner";

/// Who pays for requests and downloads.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestPayment {
    /// BucketOwner or Requester.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
}

impl RequestPayment {
    fn by(payer: &str) -> Self {
        Self { payer: Some(payer.to_owned()) }
    }
}

impl SubConfig for RequestPayment {
    const NAME: &'static str = "request_payment";
    const FIELD: &'static str = "requestPayment";
    const ABSENT: &'static str = "BucketOwner";
    /// Who does not say that they pay is refused.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.request_payment.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.request_payment = Some(self);
    }

    /// `BucketOwner` says as little as no payer: the owner pays unless somebody says otherwise.
    fn normalise(self) -> Option<Self> {
        self.payer.filter(|payer| !payer.is_empty() && payer != OWNER).map(|payer| Self { payer: Some(payer) })
    }

    fn after_create(_spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Self::nothing()
    }

    fn nothing() -> Option<Self> {
        Some(Self::by(OWNER))
    }

    fn shown(self) -> Option<Self> {
        Some(self).filter(|section| section.payer.as_ref().is_some_and(|payer| !payer.is_empty()))
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use aws_sdk_s3::types::RequestPaymentConfiguration;

    use super::{OWNER, RequestPayment};
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    impl Remote for RequestPayment {
        const GET: Operation = Operation { name: "GetBucketRequestPayment", action: "s3:GetBucketRequestPayment" };
        const PUT: Operation = Operation { name: "PutBucketRequestPayment", action: "s3:PutBucketRequestPayment" };
        const DELETE: Operation = Self::PUT;

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_request_payment().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                Ok(answer) => Ok(Self::from_sdk(answer.payer.as_ref().map_or("", |payer| payer.as_str()))),
                Err(error) => unread(Self::GET, &[], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let payer = want.payer.as_deref().unwrap_or(OWNER);
            let configuration = RequestPaymentConfiguration::builder().payer(payer.into()).build();
            let configuration = configuration.map_err(|error| Fault::unbuildable(Self::PUT, error))?;
            let call = s3.client.put_bucket_request_payment().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.request_payment_configuration(configuration).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        /// Lets the owner pay.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::by(OWNER), Some(have)).await
        }
    }

    impl RequestPayment {
        /// S3 always names the payer; an answer without one, or with another, is no answer to build on.
        pub(super) fn from_sdk(payer: &str) -> Have<Self> {
            match payer {
                OWNER | "Requester" => Have::Value(Self::by(payer)),
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

    fn plan(want: Option<RequestPayment>, have: &Have<RequestPayment>) -> Step<RequestPayment> {
        Step::plan(&BucketSpec { request_payment: want, ..BucketSpec::default() }, have, &Place::default())
    }

    #[test]
    fn the_owner_pays_unless_somebody_says_otherwise() {
        let have = RequestPayment::by("Requester");
        for want in [None, Some(RequestPayment::default()), Some(RequestPayment::by("")), Some(RequestPayment::by(OWNER))] {
            assert_eq!(plan(want.clone(), &Have::Value(RequestPayment::by(OWNER))), Step::None, "{want:?}");
            let step = plan(want, &Have::Value(have.clone()));
            assert_eq!(step, Step::Remove { have: have.clone() });
            let difference =
                Difference { field: "spec.requestPayment.payer".to_owned(), desired: json!(OWNER), observed: json!("Requester") };
            assert_eq!(step.differences(), [difference]);
        }
        assert!(matches!(plan(Some(have), &Have::Value(RequestPayment::by(OWNER))), Step::Put { .. }));
    }

    #[cfg(feature = "s3")]
    #[test]
    fn an_answer_without_a_payer_is_no_answer() {
        for payer in ["", "Nobody"] {
            assert_eq!(RequestPayment::from_sdk(payer), Have::Unsupported, "{payer:?}");
        }
        assert_eq!(plan(Some(RequestPayment::by(OWNER)), &Have::Unsupported), Step::None, "a store without it does what the spec says");
        assert_eq!(plan(Some(RequestPayment::by("Requester")), &Have::Unsupported), Step::Unsupported);
    }
}
