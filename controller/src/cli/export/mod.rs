//! `cooper-controller export`: manifests of buckets that are there. Applied, each takes its bucket over and changes nothing in S3.

mod clean;
mod listing;
mod look;
mod manifest;
mod name;
mod output;

use std::process::ExitCode;

use shared::{object_name, region};

use self::look::Found;
use self::manifest::Writer;
use self::output::Output;
use super::session::Session;
use super::{CliError, plural, pool, progress};
use crate::args::export::ExportArgs;
use crate::settings::SettingsError;
use crate::settings::reconcile::tags;

/// Exports what was asked for, and tells what could not be.
pub async fn run(args: ExportArgs) -> ExitCode {
    match export(args).await {
        Ok(code) => code,
        Err(error) => error.complain("export"),
    }
}

/// How it went.
#[derive(Default)]
struct Count {
    exported: usize,
    refused: usize,
    failed: usize,
}

async fn export(mut args: ExportArgs) -> Result<ExitCode, CliError> {
    check(&args)?;
    let tags = tags(&args.resource_tags)?;
    // Where nobody says what the controller's own region is, each manifest names its region.
    let home = args.aws.aws_region.clone();
    args.aws.aws_region = home.clone().or_else(|| args.region.first().cloned());
    let session = Session::open(args.aws.clone(), tags).await?;
    let targets = tokio::select! {
        biased;
        () = session.stop.cancelled() => return Err(CliError::Interrupted { done: 0, total: 0 }),
        targets = listing::targets(&session, &args) => targets?,
    };
    let output = Output::open(args.output.clone())?;
    let writer = Writer { namespace: args.namespace.as_deref(), home: home.as_deref() };
    let mut count = Count::default();
    let (writer, session) = (&writer, &session);
    let look = |target| async move { look::at(session, target, writer).await };
    let total = targets.len();
    let take = |progress: &progress::Progress, (name, found): (String, Result<Found, String>)| {
        let found = match found {
            Ok(found) => found,
            Err(why) => {
                count.failed += 1;
                progress.aside(|| progress::say(&format!("cooper-controller export: {name}: not exported: {why}")));
                return Ok(());
            }
        };
        progress.aside(|| {
            for remark in &found.remarks {
                progress::say(&format!("cooper-controller export: {name}: {remark}"));
            }
            output.write(&found.manifest)
        })?;
        count.exported += 1;
        count.refused += usize::from(found.is_refused);
        Ok(())
    };
    pool::each("export", targets, args.concurrency, &session.stop, look, take).await?;
    progress::say(&format!("cooper-controller export: {}", count.told(total)));
    Ok(if count.failed + count.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Count {
    fn told(&self, total: usize) -> String {
        let mut parts = vec![format!("{} of {} exported", self.exported, plural(total, "bucket"))];
        if self.refused > 0 {
            parts.push(format!("{} would be refused by admission", plural(self.refused, "manifest")));
        }
        if self.failed > 0 {
            parts.push(format!("{} left out", self.failed));
        }
        parts.join(", ")
    }
}

/// What a request would be spoilt by, or a manifest.
fn check(args: &ExportArgs) -> Result<(), CliError> {
    let problem = |flag, problem| CliError::from(SettingsError { flag, problem });
    if let Some(namespace) = args.namespace.as_ref().filter(|namespace| !object_name::is_label(namespace)) {
        return Err(problem("namespace", format!("{namespace:?} is no namespace; write small letters, digits and hyphens")));
    }
    if let Some(bad) = args.region.iter().find(|one| !region::is_well_formed(one)) {
        return Err(problem("region", format!("{bad:?} is no region; write one such as eu-west-1{}", region::did_you_mean(bad))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts() {
        let count = Count { exported: 3, refused: 0, failed: 0 };
        assert_eq!(count.told(3), "3 of 3 buckets exported");
        let count = Count { exported: 1, refused: 1, failed: 2 };
        assert_eq!(count.told(3), "1 of 3 buckets exported, 1 manifest would be refused by admission, 2 left out");
    }
}
