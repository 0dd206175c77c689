//! The way of one call: who asks, what, what the rules say, how long it takes, what is done, what is noted.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hyper::Response;

use super::error::S3Error;
use super::faults::{Body, Facts, Faults, Interruption, Verdict};
use super::identity::{Caller, Identities};
use super::journal::{Journal, Line};
use super::operation::{self, Operation};
use super::options::S3Options;
use super::reply::{self, Dialect, Reply};
use super::request::Request;
use super::route::{Job, Route, route};
use super::world::World;
use super::{access, control, directory, integrity, legacy, perform, sigv4, sts};

/// The model behind its listener.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) options: S3Options,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    world: Mutex<World>,
    identities: Mutex<Identities>,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug)]
enum Ask {
    S3(Route),
    Sts(&'static Operation),
}

impl Ask {
    fn of(request: &Request) -> Result<Self, S3Error> {
        if sts::is_sts(request) { sts::route(request).map(Self::Sts) } else { route(request).map(Self::S3) }
    }

    fn operation(&self) -> &'static Operation {
        match self {
            Self::S3(route) => route.operation,
            Self::Sts(operation) => operation,
        }
    }
}

impl Engine {
    pub(crate) fn new(options: S3Options) -> Self {
        let mut identities = Identities::default();
        options.keys.iter().for_each(|key| identities.add_key(key));
        options.roles.iter().cloned().for_each(|role| identities.add_role(role));
        let journal = Journal::new(options.journal_limit);
        let world = World { unknown_destinations: options.unknown_destinations.clone(), ..World::default() };
        Self { options, faults: Faults::default(), journal, world: Mutex::new(world), identities: Mutex::new(identities) }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn identities(&self) -> MutexGuard<'_, Identities> {
        self.identities.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request; none where the connection is to be cut.
    pub(crate) async fn answer(&self, request: &Request) -> Option<Response<Body>> {
        let wrapped = sts::is_sts(request) || control::is_control(&request.path);
        let dialect = if wrapped { Dialect::Wrapped } else { Dialect::S3 };
        let ask = Ask::of(request);
        let operation = ask.as_ref().map_or(&operation::UNKNOWN, Ask::operation);
        let mut line = self.journal.begin(operation, request);
        match self.carry_out(request, ask, &mut line).await {
            Ok(reply) => {
                line.came(reply.status, None);
                Some(reply.into_http())
            }
            Err(Interruption::Fail(error)) => {
                line.came(error.status, Some(&error.code));
                Some(reply::error(&error, dialect, &request.method, &request.path))
            }
            Err(Interruption::Raw(status, body)) => {
                line.came(status, None);
                Some(reply::raw(status, body))
            }
            Err(Interruption::Cut) => None,
        }
    }

    async fn carry_out(&self, request: &Request, ask: Result<Ask, S3Error>, line: &mut Line<'_>) -> Result<Reply, Interruption> {
        let verified = sigv4::verify(request, &self.identities(), self.options.trust_account_ids);
        let caller = verified.map_err(|error| access::refused(&self.world(), request, error))?;
        line.by(&caller.account, &caller.arn);
        integrity::check(request)?;
        let ask = ask?;
        let sub_resource = match ask {
            Ask::S3(route) => route.sub_resource(),
            Ask::Sts(_) => None,
        };
        let facts = Facts { operation: ask.operation(), sub_resource, bucket: request.bucket.as_deref(), caller: &caller };
        let verdict = self.faults.decide(facts, Instant::now());
        let takes = self.options.latency + verdict.delay;
        if let Some(interruption) = verdict.before {
            pause(takes).await;
            return Err(interruption);
        }
        let mut reply = match ask {
            Ask::S3(route) => self.on_s3(request, route, &caller, &verdict, takes).await?,
            Ask::Sts(_) => {
                pause(takes).await;
                sts::run(&mut self.identities(), request, &caller)?
            }
        };
        reply.spoil = verdict.spoil;
        pause(verdict.delay_after).await;
        verdict.after.map_or(Ok(reply), Err)
    }

    /// A write is under way for as long as it takes, and then done at once.
    async fn on_s3(&self, request: &Request, route: Route, caller: &Caller, verdict: &Verdict, takes: Duration) -> Result<Reply, S3Error> {
        let job = if verdict.legacy { legacy::reroute(route.job) } else { route.job };
        let route = Route { job, ..route };
        let _turn = if takes > Duration::ZERO && self.options.abort_overlapping_writes && perform::collides(job) {
            perform::admit(&self.world(), job, request, caller)?;
            Some(self.turn(request.bucket.as_deref().unwrap_or_default())?)
        } else {
            None
        };
        pause(takes).await;
        let reply = perform::run(&mut self.world(), route, request, caller, verdict.behind)?;
        if matches!(job, Job::CreateSession) { Ok(directory::session(&mut self.identities(), request, caller)) } else { Ok(reply) }
    }

    /// The right to write on a bucket; 409 while somebody else has it.
    fn turn(&self, bucket: &str) -> Result<Turn<'_>, S3Error> {
        if self.world().busy.insert(bucket.to_owned()) {
            Ok(Turn { engine: self, bucket: bucket.to_owned() })
        } else {
            Err(S3Error::operation_aborted())
        }
    }
}

impl From<S3Error> for Interruption {
    fn from(error: S3Error) -> Self {
        Self::Fail(error)
    }
}

/// A write that is under way; over when dropped, also where the caller went away.
struct Turn<'a> {
    engine: &'a Engine,
    bucket: String,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.engine.world().busy.remove(&self.bucket);
    }
}

async fn pause(takes: Duration) {
    if takes > Duration::ZERO {
        tokio::time::sleep(takes).await;
    }
}
