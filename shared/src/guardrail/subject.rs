//! What the rules look at: a Bucket, what follows from it, and what an absent section of it means.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use super::policy::{Policy, TlsDemand, Unreadable};
use super::template::Values;
use super::types::{BucketType, ResultSource};
use crate::admission::{AdoptionPolicy, Facts, Operation};
use crate::name::BucketName;
use crate::subconfig::{self, SubConfig, ownership_controls};
use crate::unset::UnsetFields;
use crate::{Bucket, BucketSpec, annotation, arn};

/// Where the spec comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source<'a> {
    /// The Bucket: what shall be.
    #[default]
    Spec,
    /// S3: what is. The spec was filled in from it ([`Observed::export`](crate::subconfig::Observed::export)).
    Observed {
        /// The sub-configurations that could not be read, by name ([`Observed::unread`](crate::subconfig::Observed::unread)): nothing is
        /// said of them.
        unread: &'a [&'static str],
    },
}

impl From<Source<'_>> for ResultSource {
    fn from(source: Source<'_>) -> Self {
        match source {
            Source::Spec => Self::Spec,
            Source::Observed { .. } => Self::Observed,
        }
    }
}

/// What it means that a section is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absence {
    /// What S3 gives a new bucket: public access blocked, ACLs off.
    Fresh,
    /// S3 holds nothing of it: nothing is blocked.
    Nothing,
    /// It is not known: the bucket was adopted or its unset fields are left alone, or S3 could not be read.
    Unknown,
}

/// A Bucket as the rules see it. What several guardrails ask about is worked out once.
pub(crate) struct Subject<'a> {
    pub(crate) facts: &'a Facts<'a>,
    /// The labels of its namespace; none where they are not known.
    pub(crate) labels: &'a BTreeMap<String, String>,
    pub(crate) source: Source<'a>,
    spec: Option<&'a BucketSpec>,
    pub(crate) unset: UnsetFields,
    account: Option<&'a str>,
    kind: OnceCell<BucketType>,
    unmanaged: OnceCell<bool>,
    policy: OnceCell<Option<Result<Policy<'a>, Unreadable>>>,
    arn: OnceCell<Option<String>>,
    acl: OnceCell<bool>,
    ownership: OnceCell<String>,
    /// What the policy refuses, as far as somebody asked.
    refusals: RefCell<Vec<(TlsDemand, bool)>>,
}

impl<'a> Subject<'a> {
    /// `unset` is what the controller does about absent sections, `account` that of its own credentials, where they are known.
    pub(crate) fn new(
        facts: &'a Facts<'a>,
        labels: &'a BTreeMap<String, String>,
        source: Source<'a>,
        unset: UnsetFields,
        account: Option<&'a str>,
    ) -> Self {
        Self {
            facts,
            labels,
            source,
            spec: facts.spec().filter(|_| source != Source::Spec || !facts.looks_on()),
            unset,
            account,
            kind: OnceCell::new(),
            unmanaged: OnceCell::new(),
            policy: OnceCell::new(),
            arn: OnceCell::new(),
            acl: OnceCell::new(),
            ownership: OnceCell::new(),
            refusals: RefCell::default(),
        }
    }

    pub(crate) fn bucket(&self) -> &'a Bucket {
        self.facts.bucket()
    }

    /// The spec, where there is one that counts: that of a read-only Bucket is only what the controller saw.
    pub(crate) fn spec(&self) -> Option<&'a BucketSpec> {
        self.spec
    }

    pub(crate) fn kind(&self) -> BucketType {
        *self.kind.get_or_init(|| self.kind_by_name())
    }

    fn kind_by_name(&self) -> BucketType {
        let name = BucketName::new(self.facts.bucket_name().unwrap_or_default());
        let regional = || self.facts.spec().and_then(|spec| spec.namespace.as_deref()) == Some("account-regional");
        if name.is_directory() {
            BucketType::Directory
        } else if name.account_regional().is_some() || regional() {
            BucketType::AccountRegional
        } else {
            BucketType::GeneralPurpose
        }
    }

    /// The account that owns the bucket: the status knows it of one that exists, then the annotations, then the controller.
    pub(crate) fn account(&self) -> Option<&'a str> {
        let metadata = self.bucket().status.as_ref().and_then(|status| status.ack_resource_metadata.as_ref());
        let lives_in = metadata.filter(|_| self.facts.exists()).map(|metadata| metadata.owner_account_id.as_str());
        lives_in.filter(|account| !account.is_empty()).or(self.facts.account).or(self.account).filter(|account| !account.is_empty())
    }

    pub(crate) fn values(&self) -> Values<'a> {
        Values {
            namespace: self.facts.namespace_name(),
            account: self.account(),
            region: self.facts.region,
            name: self.bucket().metadata.name.as_deref().unwrap_or_default(),
        }
    }

    /// The bucket policy, read once; `None` where there is none.
    pub(crate) fn policy(&self) -> Option<&Result<Policy<'a>, Unreadable>> {
        let parse = || Some(self.spec()?.policy.as_ref()?.0.as_str()).filter(|text| !text.trim().is_empty()).map(Policy::parse);
        self.policy.get_or_init(parse).as_ref()
    }

    /// The bucket's ARN, as policies name it; `None` without a name.
    pub(crate) fn arn(&self) -> Option<&str> {
        let of = |name: &str| arn::bucket(name, self.facts.partition.unwrap_or("aws"), "", "");
        self.arn.get_or_init(|| self.facts.bucket_name().map(of)).as_deref()
    }

    /// Whether the spec grants anything by ACL.
    pub(crate) fn asks_for_acl(&self) -> bool {
        *self.acl.get_or_init(|| self.spec().is_some_and(ownership_controls::asks_for_acl))
    }

    /// The ownership that the spec asks for, or S3 gives.
    pub(crate) fn ownership(&self) -> &str {
        self.ownership.get_or_init(|| self.spec().map(ownership_controls::effective).unwrap_or_default())
    }

    /// Whether the policy refuses everybody what does not meet the demand. One that cannot be read, or is not there, refuses nothing.
    pub(crate) fn refuses(&self, demand: TlsDemand) -> bool {
        if let Some((_, refuses)) = self.refusals.borrow().iter().find(|(asked, _)| *asked == demand) {
            return *refuses;
        }
        let refuses = match (self.policy(), self.arn()) {
            (Some(Ok(policy)), Some(arn)) => policy.refuses(demand, arn),
            _ => false,
        };
        self.refusals.borrow_mut().push((demand, refuses));
        refuses
    }

    /// Whether nobody knows what it means that there is no policy.
    pub(crate) fn policy_is_unknown(&self) -> bool {
        self.absence(subconfig::Policy::NAME) == Absence::Unknown
    }

    /// What it means that the sub-configuration of this name is absent.
    pub(crate) fn absence(&self, name: &str) -> Absence {
        match self.source {
            Source::Observed { unread } if unread.contains(&name) => Absence::Unknown,
            Source::Observed { .. } => Absence::Nothing,
            Source::Spec if *self.unmanaged.get_or_init(|| self.leaves_unset_alone()) => Absence::Unknown,
            Source::Spec => Absence::Fresh,
        }
    }

    /// A new bucket is what S3 makes it, whatever becomes of its absent sections later. One that is adopted is what it is; of
    /// `adopt-or-create` nobody knows, so that it has to say what it wants.
    fn leaves_unset_alone(&self) -> bool {
        let bucket = self.bucket();
        match (AdoptionPolicy::pending(bucket), self.facts.request.operation) {
            (Some(AdoptionPolicy::Adopt), _) => true,
            (Some(AdoptionPolicy::AdoptOrCreate), _) => false,
            (None, Operation::Create) => annotation::is_true(bucket.annotation(annotation::ADOPTED)),
            (None, Operation::Update | Operation::Delete) => UnsetFields::of(bucket, self.unset) == UnsetFields::Ignore,
        }
    }
}
