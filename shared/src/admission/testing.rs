//! A world in which one rule is tried: a good Bucket in a good namespace, and everything that can be changed about them.

use std::collections::BTreeMap;

use super::{Claims, Holder, Neighbour, Operation, Profile, Request, Settings, Verdict, findings};
use crate::bucket::{AckResourceMetadata, FINALIZER};
use crate::subconfig::{Tagging, tagging::Tag};
use crate::unset::UnsetFields;
use crate::{Bucket, BucketSpec, BucketStatus, annotation, place, region};

const CONTROLLER: &str = "system:serviceaccount:cooper-system:cooper-controller";

/// One rule with a world in which it speaks and a neighbour in which it is silent.
pub(crate) struct Case {
    pub(crate) rule: &'static str,
    pub(crate) bad: World,
    pub(crate) good: World,
    /// Rules that only warn and speak along with it.
    pub(crate) company: &'static [&'static str],
}

pub(crate) fn case(rule: &'static str, bad: World, good: World) -> Case {
    Case { rule, bad, good, company: &[] }
}

impl Case {
    pub(crate) fn with(self, company: &'static [&'static str]) -> Self {
        Self { company, ..self }
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) operation: Operation,
    pub(crate) subresource: Option<&'static str>,
    pub(crate) bucket: Bucket,
    pub(crate) old: Option<Bucket>,
    pub(crate) namespace: Option<BTreeMap<String, String>>,
    pub(crate) namespace_going: bool,
    pub(crate) user: String,
    pub(crate) settings: Settings,
    pub(crate) holder: Holder,
    pub(crate) beside: Option<Box<World>>,
}

impl Claims for World {
    fn holder(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Holder {
        self.holder.clone()
    }

    fn neighbour(&self, bucket_name: &str, partition: &str, _asking: &Bucket) -> Neighbour {
        let other = self.beside.as_ref().filter(|other| other.bucket.bucket_name() == Some(bucket_name));
        let profile = other.map(|other| Profile::of(&other.bucket).placed(other.namespace.as_ref(), None));
        let in_partition = |profile: &Profile| profile.region.as_deref().and_then(region::partition).unwrap_or("aws") == partition;
        match (&self.holder, profile.filter(in_partition)) {
            (Holder::Unknown, _) => Neighbour::Unknown,
            (_, Some(profile)) => Neighbour::Bucket(profile),
            (_, None) => Neighbour::Nobody,
        }
    }
}

/// Making a Bucket as alice, and changing what she makes.
impl World {
    pub(crate) fn new() -> Self {
        let mut bucket = Bucket::new("logs", BucketSpec { name: "team-a-logs".to_owned(), ..BucketSpec::default() });
        bucket.metadata.namespace = Some("team-a".to_owned());
        let settings = Settings { controller_tags: 2, controllers: vec![CONTROLLER.to_owned()], ..Settings::default() };
        let world = Self {
            operation: Operation::Create,
            subresource: None,
            bucket,
            old: None,
            namespace: Some(BTreeMap::new()),
            namespace_going: false,
            user: "alice".to_owned(),
            settings,
            holder: Holder::Nobody,
            beside: None,
        };
        world.region("eu-west-1").tag("team", "a")
    }

    pub(crate) fn bucket(mut self, change: impl FnOnce(&mut Bucket)) -> Self {
        change(&mut self.bucket);
        self
    }

    pub(crate) fn spec(self, change: impl FnOnce(&mut BucketSpec)) -> Self {
        self.bucket(|bucket| change(bucket.spec.as_mut().unwrap()))
    }

    pub(crate) fn without_spec(self) -> Self {
        self.bucket(|bucket| bucket.spec = None)
    }

    pub(crate) fn named(self, name: &str) -> Self {
        self.spec(|spec| name.clone_into(&mut spec.name))
    }

    /// Sets a section of the spec from JSON.
    pub(crate) fn section(self, field: &str, json: &str) -> Self {
        self.spec(|spec| {
            let mut whole = serde_json::to_value(&*spec).unwrap();
            whole[field] = serde_json::from_str(json).unwrap();
            *spec = serde_json::from_value(whole).unwrap();
        })
    }

    pub(crate) fn tag(self, key: &str, value: &str) -> Self {
        self.tags(|tags| tags.push(Tag::new(key, value)))
    }

    pub(crate) fn tags(self, change: impl FnOnce(&mut Vec<Tag>)) -> Self {
        self.spec(|spec| change(spec.tagging.get_or_insert_with(Tagging::default).tag_set.get_or_insert_with(Vec::new)))
    }

    pub(crate) fn annotate(self, key: &str, value: &str) -> Self {
        self.bucket(|bucket| {
            bucket.metadata.annotations.get_or_insert_with(BTreeMap::new).insert(key.to_owned(), value.to_owned());
        })
    }

    pub(crate) fn region(self, code: &str) -> Self {
        self.annotate(annotation::REGION, code)
    }

    pub(crate) fn adopting(self, policy: &str, fields: &str) -> Self {
        self.annotate(annotation::ADOPTION_POLICY, policy).annotate(annotation::ADOPTION_FIELDS, fields)
    }
}

/// What stands around the Bucket, and what is done with it.
impl World {
    /// An annotation of the namespace.
    pub(crate) fn namespace(mut self, key: &str, value: &str) -> Self {
        self.namespace.get_or_insert_with(BTreeMap::new).insert(key.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn unknown_namespace(mut self) -> Self {
        self.namespace = None;
        self
    }

    pub(crate) fn holder(mut self, holder: Holder) -> Self {
        self.holder = holder;
        self
    }

    /// The Bucket of the other world stands beside this one.
    pub(crate) fn beside(mut self, other: World) -> Self {
        self.beside = Some(Box::new(other));
        self
    }

    /// The operator lets sections alone that a spec leaves out.
    pub(crate) fn leaving_unset(mut self) -> Self {
        self.settings.unset = UnsetFields::Ignore;
        self
    }

    pub(crate) fn by_controller(mut self) -> Self {
        CONTROLLER.clone_into(&mut self.user);
        self
    }

    /// The S3 bucket exists: the finalizer and the status say so.
    pub(crate) fn existing(self) -> Self {
        self.bucket(|bucket| {
            let name = bucket.bucket_name().unwrap_or_default();
            let metadata = AckResourceMetadata {
                arn: Some(format!("arn:aws:s3:::{name}")),
                owner_account_id: "123456789012".to_owned(),
                partition: Some("aws".to_owned()),
                region: place::region(bucket, None, None).unwrap_or("eu-west-1").to_owned(),
            };
            bucket.status = Some(BucketStatus { ack_resource_metadata: Some(metadata), ..BucketStatus::default() });
            bucket.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        })
    }

    /// What stands there now is stored; what follows changes it.
    pub(crate) fn update(mut self) -> Self {
        self.operation = Operation::Update;
        self.old = Some(self.bucket.clone());
        self
    }

    pub(crate) fn status(mut self) -> Self {
        self.subresource = Some("status");
        self
    }

    pub(crate) fn delete(mut self) -> Self {
        self.operation = Operation::Delete;
        self
    }

    /// The controller asks whether to go on with an existing bucket.
    pub(crate) fn guard(mut self) -> Self {
        self.operation = Operation::Update;
        self.old = None;
        self.user = String::new();
        self
    }

    pub(crate) fn request(&self) -> Request<'_> {
        Request {
            operation: self.operation,
            subresource: self.subresource,
            bucket: &self.bucket,
            old: self.old.as_ref(),
            namespace: self.namespace.as_ref(),
            namespace_going: self.namespace_going,
            user: &self.user,
            settings: &self.settings,
            claims: self,
        }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        let verdict = findings(&self.request());
        assert!(verdict.broken.is_empty(), "{verdict:?}");
        verdict
    }

    /// The ids of the rules that spoke.
    pub(crate) fn rules(&self) -> Vec<&'static str> {
        self.verdict().rules().into_iter().map(id).collect()
    }
}

/// The id as it stands in the list of rules.
pub(crate) fn id(rule: &str) -> &'static str {
    super::find(rule).map_or("not in the list of rules", |rule| rule.id)
}
