//! Who owns uploaded objects. S3 API: GetBucketOwnershipControls, PutBucketOwnershipControls. DeleteBucketOwnershipControls is never
//! called: it makes ACLs work again, and some other stores take the call for DeleteBucket.

mod findings;

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Acl, SubConfig, normal};
use crate::BucketSpec;
use crate::admission::{Facts, Findings, Path};
use crate::place::Place;

#[cfg(test)]
pub(crate) use findings::cases;

/// Who owns uploaded objects, and whether ACLs work at all. Left out, the bucket owner owns them and ACLs are off, unless the spec
/// asks for an ACL.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnershipControls {
    /// Exactly one rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<OwnershipRule>>,
}

/// Who owns uploaded objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct OwnershipRule {
    /// BucketOwnerEnforced (ACLs are off), BucketOwnerPreferred (the bucket owner, where the upload says so) or ObjectWriter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object_ownership: Option<String>,
}

/// The ownership that the spec asks for, in words or by what follows from it: what CreateBucket is given as ObjectOwnership.
#[must_use]
pub fn effective(spec: &BucketSpec) -> String {
    let controls = OwnershipControls::declared(spec).map(Cow::into_owned).and_then(SubConfig::normalise);
    let declared = controls.and_then(|controls| controls.rules?.into_iter().find_map(|rule| rule.object_ownership));
    declared.unwrap_or_else(|| undeclared(spec).to_owned())
}

/// The ownership where `ownershipControls` says nothing. ACLs need another one than S3 gives a new bucket.
/// Source: S3 User Guide, "Controlling ownership of objects and disabling ACLs for your bucket".
fn undeclared(spec: &BucketSpec) -> &str {
    match spec.object_ownership.as_deref() {
        Some(ownership) if !ownership.is_empty() => ownership,
        _ if asks_for_acl(spec) => "BucketOwnerPreferred",
        _ => "BucketOwnerEnforced",
    }
}

/// Whether the spec grants anything by ACL.
pub(crate) fn asks_for_acl(spec: &BucketSpec) -> bool {
    Acl::declared(spec).is_some_and(|acl| acl.into_owned().normalise().is_some())
}

impl OwnershipControls {
    fn of(ownership: &str) -> Self {
        Self { rules: Some(vec![OwnershipRule { object_ownership: Some(ownership.to_owned()) }]) }
    }
}

impl SubConfig for OwnershipControls {
    const NAME: &'static str = "ownership_controls";
    const FIELD: &'static str = "ownershipControls";
    const ABSENT: &'static str = "BucketOwnerEnforced; objectOwnership, or BucketOwnerPreferred where an ACL is asked for";
    /// Grants and the ACLs of objects have no effect any more, or one again.
    const ENDANGERS: bool = true;

    fn declared(spec: &BucketSpec) -> Option<Cow<'_, Self>> {
        spec.ownership_controls.as_ref().map(Cow::Borrowed)
    }

    fn declare(self, spec: &mut BucketSpec) {
        spec.ownership_controls = Some(self);
    }

    fn normalise(self) -> Option<Self> {
        let rules = self.rules.into_iter().flatten();
        let rules = rules.filter_map(|rule| normal::text(rule.object_ownership).map(|text| OwnershipRule { object_ownership: Some(text) }));
        normal::list(rules.collect()).map(|rules| Self { rules: Some(rules) })
    }

    fn absent(spec: &BucketSpec) -> Option<Self> {
        Some(Self::of(undeclared(spec)))
    }

    /// It rides on CreateBucket.
    fn after_create(spec: &BucketSpec, _place: &Place) -> Option<Self> {
        Some(Self::of(&effective(spec)))
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
    use aws_sdk_s3::types::{OwnershipControls as S3Controls, OwnershipControlsRule as S3Rule};

    use super::{OwnershipControls, OwnershipRule};
    use crate::fault::{Fault, Operation};
    use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread};
    use crate::subconfig::{Have, SubConfig};

    impl Remote for OwnershipControls {
        const GET: Operation = Operation { name: "GetBucketOwnershipControls", action: "s3:GetBucketOwnershipControls" };
        const PUT: Operation = Operation { name: "PutBucketOwnershipControls", action: "s3:PutBucketOwnershipControls" };
        const DELETE: Operation = Self::PUT;

        async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
            let call = s3.client.get_bucket_ownership_controls().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            match call.send().await {
                // Without a rule it is no answer to this question.
                Ok(answer) => {
                    let controls = answer.ownership_controls.map(Self::from_sdk).filter(|controls| controls.clone().normalise().is_some());
                    Ok(controls.map_or(Have::Unsupported, Have::Value))
                }
                Err(error) => unread(Self::GET, &["OwnershipControlsNotFoundError"], error),
            }
        }

        async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
            let call = s3.client.put_bucket_ownership_controls().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
            call.ownership_controls(want.to_sdk()?).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
        }

        /// Back to what S3 gives a new bucket.
        async fn remove(s3: &S3Bucket, have: &Self) -> Result<(), Fault> {
            Self::put(s3, &Self::of("BucketOwnerEnforced"), Some(have)).await
        }
    }

    impl OwnershipControls {
        fn from_sdk(controls: S3Controls) -> Self {
            let rule = |rule: S3Rule| OwnershipRule { object_ownership: given(rule.object_ownership.as_str()) };
            Self { rules: Some(controls.rules.into_iter().map(rule).collect()) }
        }

        fn to_sdk(&self) -> Result<S3Controls, Fault> {
            let rule =
                |rule: &OwnershipRule| S3Rule::builder().set_object_ownership(rule.object_ownership.as_deref().map(Into::into)).build();
            let rules = self.rules.iter().flatten().map(rule).collect::<Result<_, _>>();
            let rules = rules.map_err(|error| Fault::unbuildable(Self::PUT, error))?;
            S3Controls::builder().set_rules(Some(rules)).build().map_err(|error| Fault::unbuildable(Self::PUT, error))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::subconfig::{Have, Step};

    fn effective_of(mut spec: Value) -> String {
        spec["name"] = json!("logs");
        effective(&serde_json::from_value(spec).unwrap())
    }

    #[test]
    fn follows_from_the_acl_only_where_the_spec_says_nothing() {
        for quiet in [json!({}), json!({"acl": "private"}), json!({"acl": "private|bucket-owner-read", "grantFullControl": "id=\"1\""})] {
            assert_eq!(effective_of(quiet.clone()), "BucketOwnerEnforced", "{quiet}");
        }
        for loud in [json!({"acl": "public-read"}), json!({"acl": "log-delivery-write|private"}), json!({"grantReadACP": "uri=\"x\""})] {
            assert_eq!(effective_of(loud.clone()), "BucketOwnerPreferred", "{loud}");
        }
        assert_eq!(effective_of(json!({"acl": "public-read", "objectOwnership": "ObjectWriter"})), "ObjectWriter");
        let rules = json!({"rules": [{"objectOwnership": "BucketOwnerEnforced"}]});
        assert_eq!(effective_of(json!({"objectOwnership": "ObjectWriter", "ownershipControls": rules})), "BucketOwnerEnforced");
    }

    /// Weakness of others: a section that is left out makes ACLs work again.
    #[test]
    fn silence_turns_acls_off_even_where_s3_holds_nothing() {
        for have in [Have::Empty, Have::Value(OwnershipControls::of("ObjectWriter"))] {
            let step = Step::plan(&BucketSpec::default(), &have, &Place::default());
            assert!(matches!(&step, Step::Put { want, .. } if *want == OwnershipControls::of("BucketOwnerEnforced")), "{step:?}");
        }
    }

    #[test]
    fn no_rules_say_nothing() {
        assert_eq!(effective_of(json!({"acl": "public-read", "ownershipControls": {"rules": []}})), "BucketOwnerPreferred");
        assert_eq!(effective_of(json!({"ownershipControls": {"rules": [{"objectOwnership": ""}]}})), "BucketOwnerEnforced");
    }
}
