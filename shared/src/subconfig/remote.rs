//! The S3 half of the framework: the handle that reads and writes go through, and what becomes of their errors.

mod answer;
mod argument;
mod unprefixed;
mod whole;

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::sync::Semaphore;

use super::{AFTER, Difference, Have, Step, SubConfig};
use crate::admission::Path;
use crate::fault::{Class, Fault, Operation};
use crate::name::BucketName;

pub use answer::cause;
pub use unprefixed::unprefixed;
pub use whole::{BadAnswer, MOST_BYTES, Whole};

/// One bucket behind one client. Every call names the expected owner where it is known, so that a bucket that changed hands is
/// never touched.
#[derive(Clone, Debug)]
pub struct S3Bucket {
    /// The client of the bucket's region, account and role.
    pub client: Client,
    /// The bucket's name.
    pub name: String,
    /// The account that owns the bucket, 12 digits.
    pub owner: Option<String>,
    /// The client of S3 Control in the same place: the tags of a bucket whose ABAC is on, and of a directory bucket.
    pub control: aws_sdk_s3control::Client,
    /// The bucket's ARN, by which S3 Control names it.
    pub arn: String,
    /// Whether this pass found ABAC on: S3 takes tags by S3 Control only then.
    pub abac: Arc<AtomicBool>,
}

impl S3Bucket {
    /// A bucket of which nothing was read yet.
    #[must_use]
    pub fn new(client: Client, control: aws_sdk_s3control::Client, name: &str, owner: Option<String>, arn: String) -> Self {
        Self { client, name: name.to_owned(), owner, control, arn, abac: Arc::default() }
    }

    /// Whether this is a directory bucket.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        BucketName::new(&self.name).is_directory()
    }

    /// The account to expect. None for a directory bucket: its configuration calls answer 501 to that header.
    /// Source: S3 API reference, GetBucketPolicy, `x-amz-expected-bucket-owner`.
    #[must_use]
    pub fn expected_owner(&self) -> Option<String> {
        self.owner.clone().filter(|_| !self.is_directory())
    }
}

/// How one sub-configuration is read from and written to S3.
pub trait Remote: SubConfig {
    /// The call that reads it.
    const GET: Operation;
    /// The call that writes it.
    const PUT: Operation;
    /// The call that takes it away; [`Remote::PUT`] where S3 has none.
    const DELETE: Operation;
    /// Further calls that reading or writing it may take.
    const OTHERS: &'static [Operation] = &[];

    /// Reads it. An answer without the members that make it one is [`Have::Unsupported`], never empty.
    fn read(s3: &S3Bucket) -> impl Future<Output = Result<Have<Self>, Fault>> + Send;

    /// What to write, with what the put would otherwise wipe out and this pass did not read: right after CreateBucket nothing was.
    /// It runs beside the writes of others.
    fn complete(_s3: &S3Bucket, want: &Self) -> impl Future<Output = Result<Self, Fault>> + Send {
        std::future::ready(Ok(want.clone()))
    }

    /// Writes it, over what is there.
    fn put(s3: &S3Bucket, want: &Self, have: Option<&Self>) -> impl Future<Output = Result<(), Fault>> + Send;

    /// Takes it away, once a read returned it.
    fn remove(s3: &S3Bucket, have: &Self) -> impl Future<Output = Result<(), Fault>> + Send;
}

/// How many sub-configurations of one bucket are read at once. All of them take two round trips so, and half of the connections and
/// the memory that one would take.
pub const READS_AT_ONCE: usize = 11;

/// Reads one sub-configuration; not the ones that directory buckets lack.
pub(super) async fn read<S: Remote>(s3: &S3Bucket, gate: &Semaphore) -> Result<Have<S>, Fault> {
    if s3.is_directory() && !S::DIRECTORY_BUCKETS {
        return Ok(Have::Unread);
    }
    // The gate is never closed: there is always a permit in the end.
    let _permit = gate.acquire().await;
    Box::pin(S::read(s3)).await
}

/// What a put is going to write; nothing where the step is none.
pub(super) async fn complete<S: Remote>(s3: &S3Bucket, step: &Step<S>) -> Option<Result<S, Fault>> {
    match step {
        Step::Put { want, .. } => Some(S::complete(s3, want).await),
        Step::None | Step::Remove { .. } | Step::Unsupported | Step::Unmanaged { .. } => None,
    }
}

/// What to write first, where one write would open the bucket wider than either end state.
pub(super) fn first<S: Remote>(want: Option<&Result<S, Fault>>, have: Option<&S>) -> Option<S> {
    want?.as_ref().ok()?.interim(have?)
}

/// Writes what was completed. A narrower form that S3 holds already takes no call.
pub(super) async fn put<S: Remote>(s3: &S3Bucket, want: Option<Result<S, Fault>>, have: Option<&S>) -> Result<(), Fault> {
    let Some(want) = want.transpose()? else { return Ok(()) };
    let there = have.is_some_and(|have| have.clone().normalise() == want.clone().normalise());
    if there { Ok(()) } else { S::put(s3, &want, have).await }
}

/// A sub-configuration that could not be read.
#[derive(Debug)]
pub struct Failed {
    /// Its name.
    pub config: &'static str,
    /// Why.
    pub fault: Fault,
}

/// What became of one step.
#[derive(Debug)]
pub enum Outcome {
    /// S3 took it.
    Done,
    /// S3 refused it or was not reached.
    Failed(Fault),
    /// Another step that has to come first failed.
    HeldBack {
        /// The sub-configuration that failed.
        by: &'static str,
    },
    /// The controller may no longer write (it is stopping, or another one leads).
    Stopped,
}

/// One step that was carried out, or not.
#[derive(Debug)]
pub struct Ran {
    /// The sub-configuration.
    pub config: &'static str,
    /// What differed.
    pub differences: Vec<Difference>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether only a narrower form of it was written so far; false once all writes of the plan were tried.
    pub interim: bool,
}

/// All steps of a plan, in the order in which they ran.
#[derive(Debug, Default)]
pub struct Applied {
    /// The steps.
    pub ran: Vec<Ran>,
}

impl Applied {
    pub(super) async fn run<S: SubConfig>(
        &mut self,
        config: &'static str,
        step: &Step<S>,
        may_write: &(dyn Fn() -> bool + Sync),
        call: impl Future<Output = Result<(), Fault>> + Send,
    ) {
        let outcome = self.outcome(config, matches!(step, Step::Remove { .. }), may_write, call).await;
        self.ran.push(Ran { config, differences: step.differences(), outcome, interim: false });
    }

    /// What was written last was a narrower form, and the rest of it has to follow.
    pub(super) fn mark_interim(&mut self, interim: bool) {
        if let Some(ran) = self.ran.last_mut() {
            ran.interim = interim && matches!(ran.outcome, Outcome::Done);
        }
    }

    pub(super) fn is_interim(&self, config: &str) -> bool {
        self.ran.iter().any(|ran| ran.config == config && ran.interim)
    }

    /// Whether something failed so far that comes after this one: a removal, as those run first.
    pub(super) fn failed_after(&self, config: &'static str) -> bool {
        self.holds_back(config, true).is_some()
    }

    /// Writes the rest of a step, unless something failed that has to come before.
    pub(super) async fn finish(
        &mut self,
        config: &'static str,
        may_write: &(dyn Fn() -> bool + Sync),
        call: impl Future<Output = Result<(), Fault>> + Send,
    ) {
        let outcome = self.outcome(config, true, may_write, call).await;
        if let Some(ran) = self.ran.iter_mut().find(|ran| ran.config == config) {
            (ran.outcome, ran.interim) = (outcome, false);
        }
    }

    pub(super) fn refuse(&mut self, config: &'static str, fault: Fault) {
        self.ran.push(Ran { config, differences: Vec::new(), outcome: Outcome::Failed(fault), interim: false });
    }

    /// `last` where the call has to come after what depends on it, instead of before.
    async fn outcome(
        &self,
        config: &'static str,
        last: bool,
        may_write: &(dyn Fn() -> bool + Sync),
        call: impl Future<Output = Result<(), Fault>> + Send,
    ) -> Outcome {
        if !may_write() {
            return Outcome::Stopped;
        }
        if let Some(by) = self.holds_back(config, last) {
            return Outcome::HeldBack { by };
        }
        match call.await {
            Ok(()) => Outcome::Done,
            Err(fault) => Outcome::Failed(fault),
        }
    }

    /// The failed step that this one waits for: a put for what it comes after, a removal for what comes after it.
    fn holds_back(&self, config: &'static str, last: bool) -> Option<&'static str> {
        let after = |name: &str| AFTER.iter().find(|(of, _)| *of == name).map_or(&[] as &[&str], |(_, after)| after);
        let depends = |on: &'static str| if last { after(on).contains(&config) } else { after(config).contains(&on) };
        self.ran.iter().filter(|ran| !matches!(ran.outcome, Outcome::Done)).map(|ran| ran.config).find(|failed| depends(failed))
    }
}

/// The fault behind an SDK error.
pub fn fault<E>(operation: Operation, error: SdkError<E, HttpResponse>) -> Fault
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    let (class, code, message) = answer::told(&error);
    Fault { class, operation, code, message, source: Some(Arc::new(error)) }
}

/// What a failed read means: nothing is there (one of the `missing` codes), the store does not implement it, or a fault.
pub(super) fn unread<S, E>(operation: Operation, missing: &[&str], error: SdkError<E, HttpResponse>) -> Result<Have<S>, Fault>
where
    E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
{
    const UNSUPPORTED: &[&str] = &["NotImplemented", "MethodNotAllowed", "UnsupportedArgument", "UnsupportedOperation", "XNotImplemented"];
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    match error.code() {
        Some(code) if missing.contains(&code) => Ok(Have::Empty),
        Some(code) if UNSUPPORTED.contains(&code) => Ok(Have::Unsupported),
        _ if status == 501 => Ok(Have::Unsupported),
        // A whole document with another root element: the store routed the query to a call that it does know.
        _ if (200..300).contains(&status) && !answer::is_bad(&error) => Ok(Have::Unsupported),
        _ => Err(fault(operation, error)),
    }
}

/// The fault of a value that does not fit into a request; admission refuses such a spec.
pub(super) fn unsendable(operation: Operation, at: &Path<'_>, why: &str) -> Fault {
    let (class, code) = (Class::Terminal, "InvalidSpec".to_owned());
    Fault { class, operation, code, message: format!("{at}: {why}"), source: None }
}

/// An integer of the API as the 32 bits that S3 takes.
pub(super) fn int32(operation: Operation, at: &Path<'_>, value: Option<i64>) -> Result<Option<i32>, Fault> {
    let narrow = |wide| {
        i32::try_from(wide).map_err(|_| unsendable(operation, at, &format!("{wide} does not fit into 32 bits; use a smaller number")))
    };
    value.map(narrow).transpose()
}

/// A required member of an answer; the SDK fills in a phrase where S3 left it out.
pub(super) fn given(text: &str) -> Option<String> {
    (!text.is_empty() && text != "no value was set").then(|| text.to_owned())
}
