//! What a test does behind a controller's back: it changes and looks at buckets without a call, so that the journal does not know.

use std::sync::Arc;

use super::S3Model;
use super::admin;
use super::error::S3Error;
use super::identity::{AccessKey, Role};
use super::objects;
use super::request::Request;
use super::snapshot::{BucketState, Snapshot};
use super::subresource::{self, Put, SubResource};
use super::world::{Bucket, Doc};
use super::xml::Element;

impl S3Model {
    /// Creates a bucket with what S3 gives every new one.
    ///
    /// # Errors
    /// `BucketAlreadyExists`
    pub fn create_bucket(&self, name: &str, account: &str, region: &str) -> Result<(), S3Error> {
        let mut world = self.engine().world();
        if world.buckets.contains_key(name) {
            return Err(S3Error::new(409, "BucketAlreadyExists", format!("the model has a bucket {name} already")));
        }
        world.buckets.insert(Arc::from(name), Bucket::new(name, &Arc::from(account), region));
        Ok(())
    }

    /// Takes a bucket away, whatever is in it; whether it was there.
    pub fn delete_bucket(&self, name: &str) -> bool {
        self.engine().world().buckets.remove(name).is_some()
    }

    /// The names of all buckets.
    pub fn buckets(&self) -> Vec<String> {
        self.engine().world().buckets.keys().map(ToString::to_string).collect()
    }

    /// One bucket, if it is there.
    pub fn bucket(&self, name: &str) -> Option<BucketState> {
        self.engine().world().buckets.get(name).map(BucketState::of)
    }

    /// Puts a sub-resource as somebody else would, say `set("b", "tagging", "<Tagging>..")`; of a configuration that is kept by id, the
    /// id in the document counts.
    ///
    /// # Errors
    /// What S3 would answer.
    pub fn set(&self, bucket: &str, sub_resource: &str, document: &str) -> Result<(), S3Error> {
        let (sub, id) = named(sub_resource, document)?;
        let request = Request::put(bucket, sub.calls().query, id.as_deref(), document);
        let mut world = self.engine().world();
        let doc = sub.accept(&Put { bucket: world.bucket(bucket)?, world: &world, request: &request })?;
        world.bucket_mut(bucket)?.store(sub.kept_under(), id.as_deref(), doc);
        Ok(())
    }

    /// Puts a sub-resource that S3 would not take from anybody, such as tags that begin with `aws:`, just as it is given.
    ///
    /// # Errors
    /// `NoSuchBucket`, or an unknown sub-resource.
    pub fn force(&self, bucket: &str, sub_resource: &str, document: &str) -> Result<(), S3Error> {
        let (sub, id) = named(sub_resource, document)?;
        let doc = match Element::parse(document.as_bytes()) {
            Ok(root) => Doc::xml(&root),
            Err(_) => Doc::json(document.to_owned()),
        };
        self.engine().world().bucket_mut(bucket)?.store(sub.kept_under(), id.as_deref(), Some(doc));
        Ok(())
    }

    /// Takes a sub-resource away, say `remove("b", "policy")` or, of one that is kept by id, `remove("b", "metrics/id")`.
    ///
    /// # Errors
    /// `NoSuchBucket`, or an unknown sub-resource.
    pub fn remove(&self, bucket: &str, sub_resource: &str) -> Result<(), S3Error> {
        let (query, id) = sub_resource.split_once('/').map_or((sub_resource, None), |(query, id)| (query, Some(id)));
        let sub = subresource::of(query).ok_or_else(|| S3Error::not_implemented(query))?;
        self.engine().world().bucket_mut(bucket)?.store(sub.calls().query, id, None);
        Ok(())
    }

    /// What a sub-resource holds, by the same name as in [`S3Model::remove`]: the document that GET answers. None where S3 would say
    /// that there is none.
    pub fn get(&self, bucket: &str, sub_resource: &str) -> Option<String> {
        self.bucket(bucket).and_then(|state| state.configuration.get(sub_resource).cloned())
    }

    /// Puts an object of no content: a version more, where the bucket keeps versions.
    ///
    /// # Errors
    /// `NoSuchBucket`
    pub fn put_object(&self, bucket: &str, key: &str) -> Result<(), S3Error> {
        let mut world = self.engine().world();
        let bucket = world.bucket_mut(bucket)?;
        let versioning = objects::versioning(bucket);
        bucket.objects.put(key, 0, versioning);
        Ok(())
    }

    /// Begins an upload and leaves it unfinished.
    ///
    /// # Errors
    /// `NoSuchBucket`
    pub fn put_upload(&self, bucket: &str, key: &str) -> Result<(), S3Error> {
        self.engine().world().bucket_mut(bucket)?.objects.upload(key);
        Ok(())
    }

    /// From now on nobody may delete a version of this key for good, as under a bucket policy or a legal hold; or again.
    ///
    /// # Errors
    /// `NoSuchBucket`
    pub fn keep_object(&self, bucket: &str, key: &str, kept: bool) -> Result<(), S3Error> {
        let mut world = self.engine().world();
        let all = &mut world.bucket_mut(bucket)?.objects.kept;
        if kept {
            all.insert(key.to_owned())
        } else {
            all.remove(key)
        };
        Ok(())
    }

    /// Takes every object, version and upload of a bucket away.
    ///
    /// # Errors
    /// `NoSuchBucket`
    pub fn empty(&self, bucket: &str) -> Result<(), S3Error> {
        self.engine().world().bucket_mut(bucket)?.objects = objects::Objects::default();
        Ok(())
    }

    /// Every bucket, as a value.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot::of(&self.engine().world())
    }

    /// Forgets buckets, faults and journal; keys and roles stay.
    pub fn reset(&self) {
        admin::reset(self.engine());
    }

    /// From now on there is no queue, topic or function whose ARN fits this pattern, so that a notification to it is refused.
    pub fn without_destination(&self, pattern: &str) {
        self.engine().world().unknown_destinations.push(pattern.to_owned());
    }

    /// Adds a role, or replaces the one of the same ARN.
    pub fn add_role(&self, role: Role) {
        self.engine().identities().add_role(role);
    }

    /// Takes a role away; sessions that it handed out go on. Whether it was there.
    pub fn remove_role(&self, arn: &str) -> bool {
        self.engine().identities().roles.remove(arn).is_some()
    }

    /// Adds an access key.
    pub fn add_key(&self, key: &AccessKey) {
        self.engine().identities().add_key(key);
    }

    /// Has every role's session last so long from now on, whatever was asked for; STS itself gives a quarter of an hour at least.
    pub fn let_sessions_last(&self, seconds: u32) {
        self.engine().identities().lasts = Some(jiff::SignedDuration::from_secs(i64::from(seconds)));
    }

    /// Ends every session that STS handed out.
    pub fn expire_sessions(&self) {
        self.engine().identities().expire_sessions();
    }
}

/// The sub-resource of a name and, where it is kept by id, the id in the document.
fn named(sub_resource: &str, document: &str) -> Result<(&'static dyn SubResource, Option<String>), S3Error> {
    let sub = subresource::of(sub_resource).ok_or_else(|| S3Error::not_implemented(sub_resource))?;
    if sub.calls().list.is_none() {
        return Ok((sub, None));
    }
    let root = Element::parse(document.as_bytes()).map_err(|_| S3Error::malformed_xml())?;
    let id = root.text_of("Id").ok_or_else(S3Error::malformed_xml)?;
    Ok((sub, Some(id.to_owned())))
}
