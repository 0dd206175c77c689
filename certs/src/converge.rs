//! The one loop: see what is there, make the bundle known, make one step, until there is none left to make now.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::{
    error::{Error, Result},
    inject::{Injected, Targets},
    material::{self, CA_CERT, Cert, Demand, Files, Force, Scope, Serving, State, Step, TLS_CERT, TLS_KEY},
    store::Store,
};

/// More steps than any state needs (begin or tidy, introduce, promote, sign, retire).
const MAX_STEPS: u32 = 8;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What to bring about, where, and how far to go.
#[derive(Clone)]
pub struct Job {
    /// Where the certificates are kept.
    pub store: Store,
    /// What is wanted.
    pub demand: Demand,
    /// Whether a CA may be exchanged, and how it becomes trusted.
    pub trust: Trust,
    /// What to renew although it is not due.
    pub force: Option<Force>,
    /// The clock.
    pub clock: Clock,
}

/// How the bundle becomes trusted.
#[derive(Clone)]
pub enum Trust {
    /// Not our business: no CA is exchanged.
    Untouched,
    /// Somebody else sees to it, and says whether it is done.
    Elsewhere {
        /// Whether everybody has the bundle as it is stored now.
        done: bool,
    },
    /// We write it into webhook configurations.
    Injected {
        /// The configurations.
        targets: Targets,
        /// How long a bundle has to be there before a CA that it brought may sign: time for every API server to see it.
        settle: SignedDuration,
    },
}

/// Where it ended.
#[derive(Clone, Debug)]
pub struct Reached {
    /// The certificate that is served.
    pub leaf: Cert,
    /// The CA that signs.
    pub signer: Cert,
    /// The CA that waits for being trusted everywhere, if there is one.
    pub next: Option<Cert>,
    /// How many old CAs are still trusted.
    pub old: usize,
    /// When there is something to do again, as far as that is known: a bundle has settled, or something is due.
    pub again: Option<Timestamp>,
}

/// What one look at the store came to.
enum Turn {
    /// A step was made.
    Made(Step),
    /// There is none to make.
    Over(Box<Reached>),
}

/// Does what can be done now; `tell` is told each thing that was done.
///
/// # Errors
/// Those of the store and of the injection; everything done before stays done, and running again goes on from there.
pub async fn converge(job: &Job, mut tell: impl FnMut(String)) -> Result<Reached> {
    let mut force = job.force;
    for _ in 0..MAX_STEPS {
        let now = (job.clock)();
        let (trusted, settled) = publish(job, now, &mut tell).await?;
        let scope = match (&job.trust, trusted) {
            (Trust::Untouched, _) => Scope::Mint,
            (Trust::Elsewhere { .. } | Trust::Injected { .. }, trusted) => Scope::Rotate { trusted },
        };
        let step = match job.store.change(|files| one_step(job, files, &scope, force, settled, now)).await? {
            Turn::Made(step) => step,
            Turn::Over(reached) => return Ok(*reached),
        };
        tell(format!("{}: {step}", job.store.place()));
        if matches!(step, Step::Begin | Step::Sign(_) | Step::Introduce(_)) {
            force = None;
        }
    }
    Err(unsettled(job, "see the lines above"))
}

/// Reads `files`, and makes the next step if there is one; else tells where it ended.
fn one_step(
    job: &Job,
    files: &Files,
    scope: &Scope,
    force: Option<Force>,
    settled: Option<Timestamp>,
    now: Timestamp,
) -> Result<(Option<Files>, Turn)> {
    let mut readable = files.clone();
    if force == Some(Force::Leaf) {
        // Even a pair that cannot be read is replaced when asked for.
        readable.remove(TLS_CERT);
        readable.remove(TLS_KEY);
    }
    let state = read(job, files).or_else(|error| if force == Some(Force::Leaf) { read(job, &readable) } else { Err(error) })?;
    let Some(step) = material::next_step(state.as_ref(), &job.demand, scope, force, now) else {
        let reached = state.and_then(|state| reached(&state, settled, now)).ok_or_else(|| unsettled(job, "none"))?;
        return Ok((None, Turn::Over(Box::new(reached))));
    };
    let after = material::apply(state, &step, &job.demand, now)?;
    Ok((Some(after.files()), Turn::Made(step)))
}

/// Makes the stored bundle known. Gives the CAs that every API server trusts, and when a bundle that was just written has settled.
async fn publish(job: &Job, now: Timestamp, tell: &mut impl FnMut(String)) -> Result<(Vec<Cert>, Option<Timestamp>)> {
    let bundle = match job.store.load().await?.get(CA_CERT) {
        Some(pem) => Cert::read_all(pem).map_err(|why| flaw(job, material::Flaw::Broken { file: CA_CERT, why }))?,
        None => return Ok((Vec::new(), None)),
    };
    let (targets, settle) = match &job.trust {
        Trust::Untouched => return Ok((Vec::new(), None)),
        Trust::Elsewhere { done } => return Ok((if *done { bundle } else { Vec::new() }, None)),
        Trust::Injected { targets, settle } => (targets, *settle),
    };
    let injected = targets.inject(&Cert::bundle(&bundle), now).await?;
    for one in injected.iter().filter(|one| one.changed) {
        tell(format!("{}: wrote caBundle with {} CA(s)", one.object, bundle.len()));
    }
    let settled = injected.iter().filter_map(|one: &Injected| one.since).max().map(|since| since.saturating_add(settle).unwrap_or(since));
    Ok((if settled.is_none_or(|settled| settled <= now) { bundle } else { Vec::new() }, settled))
}

fn read(job: &Job, files: &Files) -> Result<Option<State>> {
    material::read(files).map_err(|error| flaw(job, error))
}

fn flaw(job: &Job, flaw: material::Flaw) -> Error {
    Error::Material { place: job.store.place(), flaw }
}

fn unsettled(job: &Job, last: &str) -> Error {
    Error::Unsettled { place: job.store.place(), steps: MAX_STEPS, last: last.to_owned() }
}

/// Where it ended, if there is a pair to serve.
fn reached(state: &State, settled: Option<Timestamp>, now: Timestamp) -> Option<Reached> {
    let Serving::Pair(leaf) = &state.serving else { return None };
    // With a next CA at hand, the signer's own date no longer matters.
    let authority = if state.next.is_some() { settled } else { Some(state.signer.cert.due()) };
    Some(Reached {
        leaf: leaf.cert.clone(),
        signer: state.signer.cert.clone(),
        next: state.next.as_ref().map(|next| next.cert.clone()),
        old: state.old.len(),
        again: [Some(leaf.cert.due()), authority].into_iter().flatten().filter(|time| *time > now).min(),
    })
}
