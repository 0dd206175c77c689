//! Calls that were made, and the questions that a test asks of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::operation::Access;

/// One call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the order in which calls began, from 1.
    pub number: u64,
    /// When it began, from the start of the model.
    pub at: Duration,
    /// How long it took.
    pub took: Duration,
    /// The operation as it was asked for, such as `GetBucketTagging`, also where a fault made another one of it; `Unknown` for what the
    /// model does not know.
    pub operation: &'static str,
    /// The bucket.
    pub bucket: Option<Arc<str>>,
    /// The caller's account; none where the signature did not hold.
    pub account: Option<Arc<str>>,
    /// The caller's ARN.
    pub caller: Option<Arc<str>>,
    /// The account that the caller expects to own the bucket, where it says so.
    pub expected_owner: Option<String>,
    /// Whether it can change something.
    pub access: Access,
    /// The HTTP status; 0 where the connection was cut.
    pub status: u16,
    /// The error code.
    pub code: Option<String>,
    /// The IAM actions that it takes, its own first: `s3:CreateBucket` with tags takes `s3:TagResource` too.
    pub actions: Vec<Cow<'static, str>>,
}

impl Entry {
    /// Whether it was answered with success.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn json(&self) -> Value {
        json!({
            "number": self.number,
            "atMicros": micros(self.at),
            "tookMicros": micros(self.took),
            "operation": self.operation,
            "bucket": self.bucket.as_deref(),
            "account": self.account.as_deref(),
            "caller": self.caller.as_deref(),
            "expectedOwner": self.expected_owner,
            "access": self.access,
            "status": self.status,
            "code": self.code,
            "actions": self.actions,
        })
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Some calls, in the order in which they began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls(Vec<Entry>);

impl Calls {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self(entries)
    }

    /// Those on a bucket.
    #[must_use]
    pub fn of(&self, bucket: &str) -> Self {
        self.only(|entry| entry.bucket.as_deref() == Some(bucket))
    }

    /// Those of an account.
    #[must_use]
    pub fn by(&self, account: &str) -> Self {
        self.only(|entry| entry.account.as_deref() == Some(account))
    }

    /// Those that can change something.
    #[must_use]
    pub fn writes(&self) -> Self {
        self.only(|entry| entry.access == Access::Write)
    }

    /// Those that only look.
    #[must_use]
    pub fn reads(&self) -> Self {
        self.only(|entry| entry.access == Access::Read)
    }

    /// Those of an operation.
    #[must_use]
    pub fn named(&self, operation: &str) -> Self {
        self.only(|entry| entry.operation == operation)
    }

    /// Those that were not answered with success.
    #[must_use]
    pub fn failed(&self) -> Self {
        self.only(|entry| !entry.succeeded())
    }

    /// The names of the operations, in order.
    #[must_use]
    pub fn operations(&self) -> Vec<&'static str> {
        self.0.iter().map(|entry| entry.operation).collect()
    }

    /// The IAM actions that they take.
    #[must_use]
    pub fn actions(&self) -> BTreeSet<&str> {
        self.0.iter().flat_map(|entry| &entry.actions).map(AsRef::as_ref).collect()
    }

    /// How many there are of each operation.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for entry in &self.0 {
            *counts.entry(entry.operation).or_default() += 1;
        }
        counts
    }

    fn only(&self, keep: impl Fn(&Entry) -> bool) -> Self {
        Self(self.0.iter().filter(|entry| keep(entry)).cloned().collect())
    }
}

impl Deref for Calls {
    type Target = [Entry];

    fn deref(&self) -> &[Entry] {
        &self.0
    }
}
