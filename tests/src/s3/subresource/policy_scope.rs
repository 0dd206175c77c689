//! What the policy of a bucket can speak of: the actions of its kind of bucket, and resources that are the bucket or stand in it.

use super::policy_actions::{BUCKET, DIRECTORY, OBJECT};
use crate::s3::glob;
use crate::s3::world::{Bucket, partition};

/// The actions and resources of one bucket.
pub(super) struct Scope<'a> {
    bucket: &'a Bucket,
    service: &'static str,
    on_bucket: &'static [&'static str],
    on_objects: &'static [&'static str],
}

impl<'a> Scope<'a> {
    pub(super) fn of(bucket: &'a Bucket) -> Self {
        if bucket.is_directory() {
            Self { bucket, service: "s3express", on_bucket: DIRECTORY, on_objects: &[] }
        } else {
            Self { bucket, service: "s3", on_bucket: BUCKET, on_objects: OBJECT }
        }
    }

    /// Whether a pattern of actions takes in one that there is.
    pub(super) fn knows(&self, action: &str) -> bool {
        self.applies(action, self.on_bucket) || self.applies(action, self.on_objects)
    }

    /// Whether a resource names this bucket or something in it.
    pub(super) fn holds(&self, resource: &str) -> bool {
        if self.bucket.is_directory() {
            return resource.starts_with("arn:") && glob::matches(resource, &self.bucket.arn());
        }
        let pattern = resource.strip_prefix(&format!("arn:{}:s3:::", partition(&self.bucket.region)));
        pattern.is_some_and(|pattern| glob::matches(pattern.split('/').next().unwrap_or_default(), &self.bucket.name))
    }

    /// Whether an action can be done to one of the resources.
    pub(super) fn acts_on(&self, action: &str, resources: &[&str]) -> bool {
        let on_bucket = |resource: &&str| {
            let pattern = resource.rsplit_once(":::").map(|(_, pattern)| glob::matches(pattern, &self.bucket.name));
            pattern.unwrap_or_else(|| glob::matches(resource, &self.bucket.arn()))
        };
        let on_objects = |resource: &&str| resource.contains('/') || resource.ends_with('*');
        (self.applies(action, self.on_bucket) && resources.iter().any(on_bucket))
            || (self.applies(action, self.on_objects) && resources.iter().any(on_objects))
    }

    /// Whether a pattern takes in one of these actions. Case does not count.
    fn applies(&self, pattern: &str, actions: &[&str]) -> bool {
        let pattern = pattern.to_ascii_lowercase();
        let name = match pattern.split_once(':') {
            Some((service, name)) if service == self.service => name,
            None if pattern == "*" => "*",
            _ => return false,
        };
        actions.iter().any(|action| glob::matches(name, &action.to_ascii_lowercase()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_bucket_has_actions_and_an_arn_of_its_own() {
        let bucket = Bucket::new("l--usw2-az1--x-s3", &"111111111111".into(), "us-west-2");
        let (scope, arn) = (Scope::of(&bucket), bucket.arn());
        assert_eq!(arn, "arn:aws:s3express:us-west-2:111111111111:bucket/l--usw2-az1--x-s3");
        assert!(scope.knows("s3express:CreateSession") && scope.knows("s3express:*") && !scope.knows("s3:GetObject"));
        assert!(scope.holds(&arn) && !scope.holds("arn:aws:s3:::l--usw2-az1--x-s3") && !scope.holds("*"));
        assert!(scope.acts_on("s3express:CreateSession", &[&arn]) && !scope.acts_on("s3express:CreateSession", &["arn:aws:s3express:x"]));
    }
}
