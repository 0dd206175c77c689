//! The commands: from flags to jobs.

use std::{
    collections::BTreeSet,
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use kube::{Client, Config};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::sleep,
};

use crate::{
    args::{Args, Command, Configurations, Inject, Lives, Mint, Place, Rotate, Run},
    converge::{Job, Reached, Trust, converge},
    error::{Error, Result},
    inject::{Kind, Targets},
    material::{self, CA_CERT, Cert, Demand, Flaw, Serving, Step},
    store::{Folder, SecretStore, Store},
};

/// The first pause of `run` after a failure; it doubles up to the interval.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(1);

/// Runs the command.
///
/// # Errors
/// Whatever kept it from being done; see [`Error::exit_code`].
pub async fn run(args: Args) -> Result<()> {
    match args.command {
        Command::Mint(args) => mint(args).await,
        Command::Rotate(args) => rotate(args).await,
        Command::Inject(args) => inject(args).await,
        Command::Run(args) => repeat(args).await,
    }
}

async fn mint(args: Mint) -> Result<()> {
    let store = store(&args.place).await?;
    let demand = demand(args.hosts, args.lives);
    if args.force {
        let now = Timestamp::now();
        store.change(|_| Ok((Some(material::apply(None, &Step::Begin, &demand, now)?.files()), ()))).await?;
        say(&format!("{}: {} in place of whatever was there (asked for)", store.place(), Step::Begin));
    }
    let job = Job { store, demand, trust: Trust::Untouched, force: None, clock: Arc::new(Timestamp::now) };
    summary(&converge(&job, |line| say(&line)).await?);
    Ok(())
}

async fn rotate(args: Rotate) -> Result<()> {
    let store = store(&args.place).await?;
    let hosts = if args.hosts.is_empty() { hosts_of(&store).await? } else { args.hosts };
    let trust = if args.configurations.is_empty() {
        Trust::Elsewhere { done: args.bundle_distributed }
    } else {
        args.configurations.trust().await?
    };
    let by_hand = matches!(trust, Trust::Elsewhere { .. });
    let job = Job { store, demand: demand(hosts, args.lives), trust, force: args.force, clock: Arc::new(Timestamp::now) };
    let reached = converge(&job, |line| say(&line)).await?;
    summary(&reached);
    match (reached.next, reached.again) {
        (Some(_), _) if by_hand => {
            say("next: give ca.crt to everybody who calls the webhook, then run rotate again with --bundle-distributed");
        }
        (Some(_), Some(again)) => say(&format!("next: run rotate again after {again:.0}, then the next CA signs")),
        _ => {}
    }
    Ok(())
}

async fn inject(args: Inject) -> Result<()> {
    let store = store(&args.place).await?;
    let Trust::Injected { targets, .. } = args.configurations.trust().await? else { return Ok(()) };
    let files = store.load().await?;
    let flaw = |why: String| Error::Material { place: store.place(), flaw: Flaw::Broken { file: CA_CERT, why } };
    let pem = files.get(CA_CERT).ok_or_else(|| flaw("it is not there; run mint first".to_owned()))?;
    let bundle = Cert::read_all(pem).map_err(flaw)?;
    for one in targets.inject(&Cert::bundle(&bundle), Timestamp::now()).await? {
        say(&format!("{}: {}", one.object, if one.changed { "wrote caBundle" } else { "has this caBundle already" }));
    }
    Ok(())
}

async fn repeat(args: Run) -> Result<()> {
    let mut term = listen(SignalKind::terminate())?;
    let mut interrupt = listen(SignalKind::interrupt())?;
    let work = async {
        let store = store(&args.place).await?;
        let trust = args.configurations.trust().await?;
        let job = Job { store, demand: demand(args.hosts, args.lives), trust, force: None, clock: Arc::new(Timestamp::now) };
        say(&format!("looking after {} every {:#}", job.store.place(), args.interval));
        forever(&job, args.interval).await;
        Ok(())
    };
    tokio::select! {
        done = work => done,
        _ = term.recv() => { say("stopping: SIGTERM"); Ok(()) }
        _ = interrupt.recv() => { say("stopping: SIGINT"); Ok(()) }
    }
}

/// Brings things in order again and again. A failure is told and tried again: the webhook can go on with what it has.
async fn forever(job: &Job, interval: SignedDuration) {
    let (mut last, mut pause) = (None, FIRST_PAUSE);
    loop {
        let wait = match converge(job, |line| say(&line)).await {
            Ok(reached) => {
                if last.replace(reached.leaf.clone()).as_ref() != Some(&reached.leaf) {
                    summary(&reached);
                }
                pause = FIRST_PAUSE;
                let until = reached.again.map_or(interval, |again| again.duration_since(Timestamp::now()));
                until.clamp(FIRST_PAUSE.min(interval), interval)
            }
            Err(error) => {
                let wait = pause.min(interval);
                complain(&format!("{}; trying again in {wait:#}", error.chain()));
                pause = (pause * 2).min(interval);
                wait
            }
        };
        sleep(Duration::try_from(wait).unwrap_or(Duration::from_mins(1))).await;
    }
}

impl Configurations {
    fn is_empty(&self) -> bool {
        self.validating.is_empty() && self.mutating.is_empty()
    }

    async fn trust(&self) -> Result<Trust> {
        let validating = self.validating.iter().map(|name| (Kind::Validating, name.clone()));
        let mutating = self.mutating.iter().map(|name| (Kind::Mutating, name.clone()));
        let targets = Targets::new(client().await?, validating.chain(mutating).collect(), self.take_over);
        Ok(Trust::Injected { targets, settle: self.settle })
    }
}

async fn store(place: &Place) -> Result<Store> {
    match (&place.dir, &place.secret) {
        (Some(dir), _) => Ok(Store::Folder(Folder::new(dir))),
        (None, Some((namespace, name))) => Ok(Store::Secret(Box::new(SecretStore::new(client().await?, namespace, name)))),
        (None, None) => Err(Error::Shape { object: "command line".to_owned(), why: "--dir or --secret is needed".to_owned() }),
    }
}

/// A client that gives up in seconds: what is lost is tried again.
async fn client() -> Result<Client> {
    let failed = || Error::api("connect to the cluster");
    let mut config = Config::infer().await.map_err(|error| failed()(kube::Error::InferConfig(error)))?;
    config.connect_timeout = Some(Duration::from_secs(5));
    config.read_timeout = Some(Duration::from_secs(20));
    config.write_timeout = Some(Duration::from_secs(20));
    Client::try_from(config).map_err(failed())
}

fn demand(hosts: Vec<String>, lives: Lives) -> Demand {
    Demand { hosts: hosts.into_iter().collect::<BTreeSet<_>>(), ca_life: lives.ca_life, leaf_life: lives.leaf_life }
}

/// The names that the stored certificate is for.
async fn hosts_of(store: &Store) -> Result<Vec<String>> {
    let files = store.load().await?;
    let state = material::read(&files).map_err(|flaw| Error::Material { place: store.place(), flaw })?;
    if let Some(Serving::Pair(leaf)) = state.map(|state| state.serving) {
        return Ok(leaf.cert.hosts().iter().cloned().collect());
    }
    Err(Error::Shape {
        object: store.place(),
        why: "there is no server certificate to take the names from; name them with --host".to_owned(),
    })
}

fn listen(kind: SignalKind) -> Result<Signal> {
    signal(kind).map_err(|source| Error::Folder { action: "listen for signals of", path: "this process".into(), source })
}

/// The dates, one per line.
fn summary(reached: &Reached) {
    let date = |what: &str, cert: &Cert| say(&format!("{what} lives until {:.0}, due {:.0}", cert.not_after(), cert.due()));
    date("server certificate", &reached.leaf);
    date("CA", &reached.signer);
    if let Some(next) = &reached.next {
        date("next CA (in the bundle, does not sign yet)", next);
    }
    if reached.old > 0 {
        say(&format!("old CAs that are still trusted: {}", reached.old));
    }
}

/// One line on stdout. A reader that went away is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(io::stdout().lock(), "{:.0} {line}", Timestamp::now());
}

/// One line on stderr.
fn complain(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{:.0} {line}", Timestamp::now());
}
