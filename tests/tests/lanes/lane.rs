//! A lane: a server, the world that works on it, and what the server lacks.

use std::io::Write as _;

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};
use aws_sdk_s3::types::{BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, VersioningConfiguration};
use serde_json::{Value, json};
use shared::subconfig::NAMES;
use tests::kubectl::Kubectl;
use tests::world::{REGION, World};

use super::rows::{Home, Row, Site, done, table};
use tests::failure::Outcome;

/// A sub-configuration that a server has not, or has otherwise than S3.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lack {
    pub(crate) config: &'static str,
    pub(crate) why: &'static str,
}

/// One server with everything around it.
pub(crate) struct Lane {
    pub(crate) name: &'static str,
    /// The plain SDK, as the owner of the buckets: it knows nothing of Cooper.
    pub(crate) owner: Client,
    pub(crate) world: World,
    pub(crate) namespace: String,
    pub(crate) kubectl: Kubectl,
    /// The buckets' common part.
    pub(crate) site: Site,
    pub(crate) lacks: &'static [Lack],
}

impl Lane {
    /// A lane in a running world, with the bucket that logs and replicas go to.
    pub(crate) async fn new(name: &'static str, owner: Client, world: World, site: Site, lacks: &'static [Lack]) -> Outcome<Self> {
        create(&owner, &site.target).await?;
        let namespace = world.namespace("lane", &[]).await?;
        let kubectl = world.kubectl().in_namespace(&namespace);
        Ok(Self { name, owner, world, namespace, kubectl, site, lacks })
    }

    /// The site of one bucket.
    pub(crate) fn site(&self, bucket: &str) -> Site {
        Site { bucket: bucket.to_owned(), ..self.site.clone() }
    }

    /// The rows for one bucket that the server implements.
    pub(crate) fn implemented(&self, site: &Site, home: Home) -> Vec<Row> {
        table(site).into_iter().filter(|row| row.home == home && NAMES.contains(&row.config) && !self.lacks(row)).collect()
    }

    /// The rows that it lacks.
    pub(crate) fn lacking(&self) -> Vec<Row> {
        table(&self.site).into_iter().filter(|row| NAMES.contains(&row.config) && self.lacks(row)).collect()
    }

    /// Tells people what it lacks; not through the output that a test swallows.
    pub(crate) fn tell_what_it_lacks(&self) {
        for lack in self.lacks {
            let _ = writeln!(std::io::stderr(), "{} lacks {}: {}", self.name, lack.config, lack.why);
        }
    }

    /// Whether it lacks a row.
    pub(crate) fn lacks(&self, row: &Row) -> bool {
        self.lacks.iter().any(|lack| lack.config == row.config)
    }

    /// `kubectl apply` of a Bucket that is called as its bucket.
    pub(crate) async fn apply(&self, bucket: &str, sections: &Value) -> Outcome {
        let mut spec = sections.clone();
        spec["name"] = json!(bucket);
        let metadata = json!({ "name": bucket });
        let manifest = json!({ "apiVersion": "s3.services.k8s.aws/v1alpha1", "kind": "Bucket", "metadata": metadata, "spec": spec });
        self.kubectl.apply(&manifest.to_string()).await?;
        Ok(())
    }

    /// What S3 holds of each row, in the table's words.
    pub(crate) async fn held(&self, site: &Site, rows: &[Row]) -> Vec<(&'static str, String)> {
        let mut held = Vec::new();
        for row in rows {
            let words = (row.read)(&self.owner, site).await.unwrap_or_else(|refused| refused.to_string());
            held.push((row.config, words));
        }
        held
    }

    /// A counter of the controller: the sum of the series with these labels.
    pub(crate) async fn count(&self, name: &str, labels: &[(&str, &str)]) -> Outcome<u64> {
        whole(self.world.controller().metrics().await?.value(name, labels).unwrap_or_default())
    }

    /// How many requests the controller made so far that change something.
    pub(crate) async fn writes(&self) -> Outcome<u64> {
        let scrape = self.world.controller().metrics().await?;
        let writing = |operation: &String| ["Put", "Create", "Delete", "Tag", "Untag"].iter().any(|verb| operation.starts_with(verb));
        let requests = scrape.samples().iter().filter(|sample| sample.name == "cooper_aws_requests_total");
        whole(requests.filter(|sample| sample.labels.get("operation").is_some_and(writing)).map(|sample| sample.value).sum())
    }

    /// Waits until so many more passes found everything in order.
    pub(crate) async fn checked(&self, checks: u64) -> Outcome {
        let in_sync = async || self.count("cooper_drift_checks_total", &[("result", "in_sync")]).await;
        let enough = in_sync().await? + checks;
        let question = async || in_sync().await.is_ok_and(|checks| checks >= enough).then_some(());
        Ok(self.world.until("more checks that find everything in order", question).await?)
    }

    /// Whether S3 has the bucket, by the plain SDK.
    pub(crate) async fn exists(&self, bucket: &str) -> Outcome<bool> {
        match done(self.owner.head_bucket().bucket(bucket).send().await) {
            Ok(()) => Ok(true),
            Err(refused) if refused.status == 404 => Ok(false),
            Err(refused) => Err(refused.into()),
        }
    }

    /// `kubectl delete`, until the bucket is gone from S3.
    pub(crate) async fn delete(&self, bucket: &str) -> Outcome {
        self.kubectl.run(&["delete", "bucket", bucket]).await?.ok()?;
        if self.exists(bucket).await? {
            return Err(format!("{}: the bucket {bucket} outlives its Bucket", self.name).into());
        }
        Ok(())
    }
}

/// Prometheus has floating-point numbers only.
fn whole(counter: f64) -> Outcome<u64> {
    Ok(counter.to_string().parse()?)
}

/// A client of its own, which knows nothing of Cooper.
pub(crate) fn client(endpoint: &str, region: &'static str, credentials: Credentials) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .credentials_provider(credentials)
        .build();
    Client::from_conf(config)
}

/// A versioned bucket of somebody's.
pub(crate) async fn create(s3: &Client, bucket: &str) -> Outcome {
    let here = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(REGION)).build();
    done(s3.create_bucket().bucket(bucket).create_bucket_configuration(here).send().await)?;
    let on = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    done(s3.put_bucket_versioning().bucket(bucket).versioning_configuration(on).send().await)?;
    Ok(())
}
