//! `cooper-controller plan`: what a reconcile of these manifests would change in S3.

mod cluster;
mod outlook;
mod report;
mod subject;

use std::io::{self, Write as _};
use std::process::ExitCode;

use shared::manifest;
use shared::{admission, object_name};

use self::cluster::Cluster;
use self::outlook::{Lookout, Outlook};
use self::report::Told;
use self::subject::Subject;
use super::session::Session;
use super::{CliError, pool, progress};
use crate::args::plan::PlanArgs;
use crate::settings::SettingsError;
use crate::settings::reconcile::{tags, unset_fields};

/// The exit code where something would change.
const DIFFERENT: u8 = 2;

/// Plans for all Buckets in the files, and tells it.
pub async fn run(args: PlanArgs) -> ExitCode {
    match plan(args).await {
        Ok(code) => code,
        Err(error) => error.complain("plan"),
    }
}

async fn plan(mut args: PlanArgs) -> Result<ExitCode, CliError> {
    if !object_name::is_label(&args.namespace) {
        let problem = format!("{:?} is no namespace; write small letters, digits and hyphens", args.namespace);
        return Err(SettingsError { flag: "namespace", problem }.into());
    }
    let (tags, unset) = (tags(&args.resource_tags)?, unset_fields(&args.unset_fields)?);
    args.aws.aws_region = args.region.take().or(args.aws.aws_region);
    let mut files = subject::Files::of(manifest::read(&args.filename)?, &args.namespace);
    for line in files.skipped() {
        progress::say(&format!("cooper-controller plan: {line}"));
    }
    let session = Session::open(args.aws, tags).await?;
    let cluster = if args.cluster { Some(Cluster::connect().await?) } else { None };
    if let Some(cluster) = &cluster {
        cluster.fill(&mut files).await?;
    }
    let settings = admission::Settings {
        default_region: session.identity.default_region.clone(),
        controller_tags: session.identity.tags.len(),
        unset,
        ..admission::Settings::default()
    };
    let subjects = files.judged(&settings);
    let lookout = Lookout { session: &session, roles: cluster.map(Cluster::into_roles), unset };
    let mut told: Vec<Told> = Vec::new();
    let look = async |subject: Subject| {
        let outlook = if subject.is_refused() { Outlook::refused() } else { lookout.of(&subject).await };
        Told { subject, outlook }
    };
    let take = |_: &progress::Progress, one| {
        told.push(one);
        Ok(())
    };
    pool::each("plan", subjects, args.concurrency, &session.stop, &look, take).await?;
    let mut out = io::stdout().lock();
    report::write(args.output, &told, args.cluster, &mut out).and_then(|()| out.flush()).map_err(CliError::of_output)?;
    Ok(exit_code(&told))
}

/// What could not be worked out goes before what differs: who trusts the second has to know of the first.
fn exit_code(told: &[Told]) -> ExitCode {
    if told.iter().any(Told::is_unclear) {
        ExitCode::FAILURE
    } else if told.iter().any(|one| one.outlook.changes() > 0) {
        ExitCode::from(DIFFERENT)
    } else {
        ExitCode::SUCCESS
    }
}
