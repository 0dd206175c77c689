//! The bucket policy. S3 API: GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy.

mod canonical;
#[cfg(test)]
pub(super) mod equivalence;
mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::canonical::canonical;
use super::SubConfig;
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};

#[cfg(test)]
pub(crate) use findings::cases;
pub use findings::facts::{PolicyFacts, StatementFacts};
pub(crate) use findings::is_narrowing;

/// The bucket policy: a JSON document as text. S3 is sent the text as it is; what is compared is what it means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Policy(pub String);

impl SubConfig for Policy {
    const NAME: &'static str = "policy";
    const FIELD: &'static str = "policy";
    const ABSENT: &'static str = "no policy";
    /// A policy that S3 takes for public is refused while public policies are blocked.
    const AFTER: &'static [&'static str] = &["public_access_block"];
    const DIRECTORY_BUCKETS: bool = true;
    /// It lets others in or shuts people out.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.policy.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.policy = Some(self);
    }

    /// A text that is no JSON object is compared as text: S3 will say what is wrong with it.
    fn normalise(self) -> Option<Self> {
        let text = self.0.trim();
        let spelled = || canonical(text).map_or_else(|| text.to_owned(), |policy| policy.to_string());
        (!text.is_empty()).then(|| Self(spelled()))
    }

    /// The document, so that a difference names the member of the statement.
    fn compared(&self) -> Value {
        canonical(&self.0).unwrap_or_else(|| Value::String(self.0.clone()))
    }

    fn findings(&self, at: &Path<'_>, facts: &Facts<'_>, to: &mut Findings) {
        findings::findings(self, at, facts, to);
    }
}

#[cfg(feature = "s3")]
mod remote {
    use super::Policy;
    use super::canonical::canonical;
    use crate::fault::{Fault, Operation};
    use crate::subconfig::Have;
    use crate::subconfig::remote::{Remote, S3Bucket, fault, unread};

    impl Remote for Policy {
        const GET: Operation = Operation { name: "GetBucketPolicy", action: "s3:GetBucketPolicy" };
        const PUT: Operation = Operation { name: "PutBucketPolicy", action: "s3:PutBucketPolicy" };
        const DELETE: Operation = Operation { name: "DeleteBucketPolicy", action: "s3:DeleteBucketPolicy" };

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_policy().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                Ok(answer) => Ok(Self::from_sdk(answer.policy)),
                Err(error) => unread(Self::GET, &["NoSuchBucketPolicy"], error),
            }
        }

        /// The first byte has to be the brace. The flag that would let the caller lock itself out stays off; directory buckets do
        /// not know it.
        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_bucket_policy().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            let call = call.policy(want.0.trim()).set_confirm_remove_self_bucket_access((!s3.is_directory()).then_some(false));
            call.send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        async fn remove(s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
            let call = s3.client.delete_bucket_policy().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
        }
    }

    impl Policy {
        /// The SDK hands out whatever the body was: a list of objects in XML is no policy, nor is a document without statements.
        pub(super) fn from_sdk(body: Option<String>) -> Have<Self> {
            let is_policy = |text: &String| canonical(text).is_some_and(|policy| policy.get("Statement").is_some());
            body.filter(is_policy).map_or(Have::Unsupported, |text| Have::Value(Self(text)))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::place::Place;
    use crate::subconfig::{Have, Step};

    fn plan(want: &str, have: &Have<Policy>) -> Step<Policy> {
        let spec = BucketSpec { policy: Some(Policy(want.to_owned())), ..BucketSpec::default() };
        Step::plan(&spec, have, &Place::default())
    }

    #[test]
    fn blank_is_none() {
        assert_eq!(plan(" \n", &Have::Empty), Step::None);
        let have = Policy(r#"{"Statement":[]}"#.to_owned());
        assert_eq!(plan("", &Have::Value(have.clone())), Step::Remove { have });
    }

    #[test]
    fn white_space_is_no_difference_and_the_users_text_is_sent() {
        let text = "\n{ \"Statement\": [ ] }\n";
        assert_eq!(plan(text, &Have::Value(Policy(r#"{"Statement":[]}"#.to_owned()))), Step::None);
        assert_eq!(plan(text, &Have::Empty), Step::Put { want: Policy(text.to_owned()), have: None });
    }

    #[test]
    fn no_json_is_compared_as_text() {
        assert_eq!(plan(" nonsense ", &Have::Value(Policy("nonsense".to_owned()))), Step::None);
        assert!(matches!(plan("nonsense", &Have::Value(Policy("{}".to_owned()))), Step::Put { .. }));
    }

    #[test]
    fn a_difference_names_statement_and_member() {
        let policy = |action: &str| json!({"Statement": [{"Sid": "read", "Action": action}, {"Sid": "tls", "Action": "s3:*"}]}).to_string();
        let step = plan(&policy("s3:GetObject"), &Have::Value(Policy(policy("s3:PutObject"))));
        let differences = step.differences();
        assert_eq!(differences.iter().map(|d| d.field.as_str()).collect::<Vec<_>>(), ["spec.policy.Statement[read].Action[0]"]);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn a_body_that_is_no_policy_is_no_answer() {
        for body in [None, Some(""), Some("<ListBucketResult/>"), Some("[]"), Some("{}"), Some("\"x\"")] {
            assert_eq!(Policy::from_sdk(body.map(str::to_owned)), Have::Unsupported, "{body:?}");
        }
        assert!(matches!(Policy::from_sdk(Some(r#"{"Statement":[]}"#.to_owned())), Have::Value(_)));
    }
}
