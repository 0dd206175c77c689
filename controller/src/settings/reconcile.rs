//! How often Buckets are looked at and how much is done at once, as the flags say.

use std::time::Duration;

use shared::drift_mode::Said;
use shared::resource_tags::TagTemplates;
use shared::unset::UnsetFields;

use super::{LONGEST, SettingsError, problem};
use crate::args::reconcile::ReconcileArgs;
use crate::limiter::PerSecond;

/// How long a bucket goes unchecked where nobody says otherwise: 10 h, as in the peer.
const PERIOD: Duration = Duration::from_hours(10);

/// How often, and how much at once.
#[derive(Clone, Debug)]
pub struct ReconcileSettings {
    /// The time between two checks for drift.
    pub period: Duration,
    /// How many Buckets are worked on at the same time.
    pub concurrency: u16,
    /// How many requests may go to S3 a second, for each account and region.
    pub per_second: PerSecond,
    /// The tags that every bucket gets.
    pub tags: TagTemplates,
    /// What becomes of the sections that a spec leaves out where nobody says.
    pub unset_fields: UnsetFields,
    /// What is done about drift where nobody says.
    pub drift_mode: Said,
}

impl ReconcileSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &ReconcileArgs) -> Result<Self, SettingsError> {
        let resync = of_bucket("reconcile-resource-resync-seconds", &args.reconcile_resource_resync_seconds)?;
        let period = match resync {
            Some(seconds) => period("reconcile-resource-resync-seconds", seconds)?,
            None => period("reconcile-default-resync-seconds", args.reconcile_default_resync_seconds)?,
        };
        let syncs = of_bucket("reconcile-resource-max-concurrent-syncs", &args.reconcile_resource_max_concurrent_syncs)?;
        Ok(Self {
            period,
            concurrency: concurrency(syncs, args.reconcile_default_max_concurrent_syncs)?,
            per_second: PerSecond {
                reads: per_second("aws-reads-per-second", args.aws_reads_per_second)?,
                writes: per_second("aws-writes-per-second", args.aws_writes_per_second)?,
            },
            tags: tags(&args.resource_tags)?,
            unset_fields: unset_fields(&args.unset_fields)?,
            drift_mode: Said::parse(&args.drift_mode).map_err(|error| problem("drift-mode", error.to_string()))?,
        })
    }
}

fn period(flag: &'static str, seconds: u64) -> Result<Duration, SettingsError> {
    match seconds {
        0 => Ok(PERIOD),
        _ if seconds <= LONGEST.as_secs() => Ok(Duration::from_secs(seconds)),
        _ => Err(problem(flag, format!("{seconds} is out of range; write {} (ten years) at most", LONGEST.as_secs()))),
    }
}

/// The tags that the controller adds.
pub(crate) fn tags(entries: &[String]) -> Result<TagTemplates, SettingsError> {
    TagTemplates::parse(entries).map_err(|error| problem("resource-tags", error.to_string()))
}

pub(crate) fn unset_fields(text: &str) -> Result<UnsetFields, SettingsError> {
    UnsetFields::parse(text).ok_or_else(|| problem("unset-fields", format!("{text:?} is not understood; write reset or ignore")))
}

/// A rate; 0 means none. Less than one in ten seconds would be a way to say never.
pub(super) fn per_second(flag: &'static str, given: f64) -> Result<Option<f64>, SettingsError> {
    match given {
        0.0 => Ok(None),
        _ if (0.1..=100_000.0).contains(&given) => Ok(Some(given)),
        _ => Err(problem(flag, format!("{given} is out of range; write 0.1 to 100000, or 0 for no limit"))),
    }
}

/// The number for kind Bucket among `Kind=number` entries.
fn of_bucket(flag: &'static str, entries: &[String]) -> Result<Option<u64>, SettingsError> {
    let mut found = None;
    for entry in entries.iter().filter(|entry| !entry.is_empty()) {
        let wrong = || problem(flag, format!("{entry:?} is not understood; write Bucket=N with N above 0"));
        let (kind, number) = entry.split_once('=').ok_or_else(wrong)?;
        match (kind.trim(), number.trim().parse::<u64>()) {
            ("Bucket", Ok(number)) if number > 0 => found = Some(number),
            _ => return Err(wrong()),
        }
    }
    Ok(found)
}

fn concurrency(of_bucket: Option<u64>, default: u16) -> Result<u16, SettingsError> {
    let given = of_bucket.unwrap_or_else(|| default.into());
    let wrong = || problem("reconcile-default-max-concurrent-syncs", format!("{given} is out of range; write 1 to {}", u16::MAX));
    u16::try_from(given).ok().filter(|number| *number > 0).ok_or_else(wrong)
}
