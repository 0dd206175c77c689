//! One bucket in the S3 model, with the buckets that it sends logs and copies to, and what a controller does to it.

use serde_json::{Value, json};
use shared::BucketSpec;
use shared::place::Place;
use shared::subconfig::remote::{Applied, Outcome, S3Bucket};
use shared::subconfig::{Difference, Observed, Plan, apply, observe, plan};
use shared::unset::UnsetFields;
use tests::s3::{S3Model, S3Options};

pub(crate) const ACCOUNT: &str = "111111111111";
pub(crate) const REGION: &str = "eu-west-1";
/// Another account and region, for copies.
const OTHER: (&str, &str) = ("222222222222", "us-west-2");
pub(crate) const NAME: &str = "laws";

pub(crate) struct World {
    pub(crate) model: S3Model,
}

impl World {
    /// A bucket as S3 makes it.
    pub(crate) fn new() -> Self {
        let model = S3Model::start(S3Options::default()).unwrap();
        model.create_bucket(NAME, ACCOUNT, REGION).unwrap();
        for (name, (account, region)) in
            [("laws-copies", (ACCOUNT, REGION)), ("laws-copiesx", (ACCOUNT, REGION)), ("laws-copies-elsewhere", OTHER)]
        {
            model.create_bucket(name, account, region).unwrap();
            model.set(name, "versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>").unwrap();
        }
        for name in ["laws-logs", "laws-logsx", "laws-granted-logs", "laws-granted-logsx"] {
            model.create_bucket(name, ACCOUNT, REGION).unwrap();
            let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject", "Resource": format!("arn:aws:s3:::{name}/*")}]});
            model.set(name, "policy", &policy.to_string()).unwrap();
        }
        for name in ["laws-granted-logs", "laws-granted-logsx"] {
            let rule = "<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></OwnershipControls>";
            model.set(name, "ownershipControls", rule).unwrap();
        }
        Self { model }
    }

    /// The bucket anew, as the next pass sees it.
    fn next(&self) -> S3Bucket {
        self.model.s3_bucket(NAME, ACCOUNT, REGION)
    }

    pub(crate) async fn observe(&self) -> (S3Bucket, Observed) {
        let s3 = self.next();
        let (observed, failed) = observe(&s3).await;
        assert!(failed.is_empty(), "{failed:?}");
        (s3, observed)
    }

    /// What a pass would do now.
    pub(crate) async fn plan(&self, spec: &BucketSpec) -> Plan {
        plan(spec, &self.observe().await.1, &Place::default(), UnsetFields::Reset)
    }

    /// What differs now, by sub-configuration.
    pub(crate) async fn differences(&self, spec: &BucketSpec) -> Vec<(&'static str, Vec<Difference>)> {
        self.plan(spec).await.differences()
    }

    /// Observe, plan, apply, whatever comes of it.
    pub(crate) async fn attempt(&self, spec: &BucketSpec) -> Applied {
        let (s3, observed) = self.observe().await;
        apply(&s3, &plan(spec, &observed, &Place::default(), UnsetFields::Reset), &|| true).await
    }

    /// Observe, plan, apply; the sub-configurations that were written, all of them with success.
    pub(crate) async fn pass(&self, spec: &BucketSpec) -> Vec<&'static str> {
        let applied = self.attempt(spec).await;
        for ran in &applied.ran {
            assert!(matches!(ran.outcome, Outcome::Done), "{ran:?}");
        }
        applied.ran.into_iter().map(|ran| ran.config).collect()
    }

    /// One pass to convergence, and none that writes afterwards.
    pub(crate) async fn settles(&self, spec: &BucketSpec) {
        self.pass(spec).await;
        let writes = self.model.journal().calls().writes().len();
        assert_eq!(self.differences(spec).await, [], "a second pass found more to do");
        assert!(self.pass(spec).await.is_empty());
        assert_eq!(self.model.journal().calls().writes().len(), writes);
    }

    /// What the bucket holds, so that it can be compared.
    pub(crate) fn held(&self) -> std::collections::BTreeMap<String, String> {
        self.model.bucket(NAME).unwrap().configuration
    }
}

/// A spec of these sections.
pub(crate) fn spec(sections: &Value) -> BucketSpec {
    let mut spec = sections.clone();
    spec["name"] = json!(NAME);
    serde_json::from_value(spec).unwrap()
}
