//! `cargo demo`: Cooper's story on this machine, told with the commands that a user would type, and proven step by step.

mod args;
mod held;
mod stage;
mod story;
mod theatre;

use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

pub use self::args::Args;
use self::stage::Stage;
use self::theatre::Theatre;
use crate::error::{Error, Result};

/// What a shell reports for a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// Tells the story; on Ctrl-C or SIGTERM everything ends in order. 0 is a story told to its end.
pub async fn run(args: Args) -> ExitCode {
    Box::pin(play(args)).await
}

async fn play(args: Args) -> ExitCode {
    let opened = tokio::select! {
        opened = open(&args) => opened,
        () = interrupted() => return stopped(),
    };
    let (mut stage, theatre) = match opened {
        Ok(opened) => opened,
        Err(fault) => return failed(&fault),
    };
    let told = tokio::select! {
        told = tell(&args, &mut stage, &theatre) => Some(told),
        () = interrupted() => None,
    };
    match told {
        Some(Ok(())) => {
            if args.keep {
                interrupted().await;
                stopped();
            }
            ExitCode::SUCCESS
        }
        Some(Err(fault)) => {
            theatre.clear().await;
            failed(&fault)
        }
        None => {
            let code = stopped();
            theatre.clear().await;
            code
        }
    }
}

async fn open(args: &Args) -> Result<(Stage, Theatre)> {
    let stage = Stage::new();
    stage.tell("Starting etcd, kube-apiserver, an S3, and Cooper's certs, webhook and controller ...");
    let theatre = Theatre::open(args).await?;
    stage.tell(&format!("All are up: Kubernetes at {}, S3 is {}.", theatre.world.plane().url(), theatre.storage));
    stage.tell("Cooper was installed as you would install it: kubectl apply -k deploy/");
    Ok((stage, theatre))
}

async fn tell(args: &Args, stage: &mut Stage, theatre: &Theatre) -> Result<()> {
    story::tell(stage, theatre).await?;
    stage.tell(&format!("\nThat was the story; {} claims were checked.", stage.checks()));
    if args.keep {
        stage.tell(&invitation(theatre)?);
    }
    Ok(())
}

fn failed(fault: &Error) -> ExitCode {
    eprintln!("\ndemo: {fault}");
    ExitCode::FAILURE
}

fn stopped() -> ExitCode {
    eprintln!("\nstopping everything");
    ExitCode::from(INTERRUPTED)
}

fn invitation(theatre: &Theatre) -> Result<String> {
    let world = &theatre.world;
    let kubectl = world.kubectl();
    let folder = kubectl.program().parent().unwrap_or_else(|| kubectl.program()).display();
    Ok(format!(
        "\nEverything stays up until Ctrl-C. In another terminal, in this folder:\n\
         \n  export PATH={folder}:$PATH\n  export KUBECONFIG={kubeconfig}\n\
         \n  kubectl apply -f tests/demo/bucket.yaml\n  kubectl get buckets -A --watch\n  kubectl explain bucket.spec\n  \
         curl -s {controller} | grep ^cooper_\n  curl -s {webhook} | grep ^cooper_\n{meddle}\nLogs: {logs}",
        kubeconfig = world.plane().kubeconfig().display(),
        controller = world.controller().metrics_url()?,
        webhook = world.webhook().metrics_url()?,
        meddle = theatre.meddle(),
        logs = world.plane().scratch().path().display(),
    ))
}

/// Returns when somebody wants the demo to end.
async fn interrupted() {
    let listen =
        |kind| signal(kind).map_err(|source| Error::Program { program: "a signal handler".to_owned(), source, advice: String::new() });
    match (listen(SignalKind::interrupt()), listen(SignalKind::terminate())) {
        (Ok(mut interrupt), Ok(mut terminate)) => {
            tokio::select! {
                _ = interrupt.recv() => (),
                _ = terminate.recv() => (),
            }
        }
        // Without a handler the signal ends this process, and the guards end the children.
        _ => std::future::pending().await,
    }
}
