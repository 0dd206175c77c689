//! Reads one bucket whole, and has its manifest written.

use shared::Bucket;
use shared::admission::{self, Claims, Holder, Settings, Severity};
use shared::fault::Fault;
use shared::place::{self, Offers, Place};
use shared::subconfig;
use shared::subconfig::remote::S3Bucket;

use super::listing::Target;
use super::manifest::{Manifest, Writer, empty};
use crate::audit;
use crate::cli::session::Session;
use crate::context::Annotations;
use crate::observe::{self, Exists};
use crate::text;

/// A bucket that was read.
pub(super) struct Found {
    /// What to write.
    pub manifest: Manifest,
    /// What people have to know of it.
    pub remarks: Vec<String>,
    /// Whether admission would refuse the manifest.
    pub is_refused: bool,
}

/// The bucket's name, and its manifest, or why there is none.
pub(super) async fn at(session: &Session, target: Target, writer: &Writer<'_>) -> (String, Result<Found, String>) {
    let found = read(session, &target, writer).await;
    (target.name, found)
}

async fn read(session: &Session, target: &Target, writer: &Writer<'_>) -> Result<Found, String> {
    let (s3, place) = locate(session, target).await?;
    let (observed, unread) = subconfig::observe(&s3).await;
    if !unread.is_empty() {
        let faults: Vec<String> = unread.iter().map(|failed| format!("{}: {}", failed.config, told(&failed.fault))).collect();
        return Err(format!("all of it has to be read first; {}", text::list_by("; ", faults.iter().map(String::as_str))));
    }
    let manifest = writer.manifest(&s3.name, &observed, &place);
    let mut remarks: Vec<String> = session
        .unknown
        .noted(&s3.name)
        .into_iter()
        .map(|member| format!("{member} is not in the API of Bucket; it is left as it is in S3"))
        .collect();
    let findings = findings(&manifest.bucket, session);
    let is_refused = findings.iter().any(|(severity, _)| *severity == Severity::Deny);
    remarks.extend(findings.into_iter().map(|(severity, text)| match severity {
        Severity::Deny => format!("admission would refuse it: {text}"),
        Severity::Warn => format!("admission warns: {text}"),
    }));
    Ok(Found { manifest, remarks, is_refused })
}

/// Where the bucket is: in the region that the list named, else in the default one, else where S3 then says.
async fn locate(session: &Session, target: &Target) -> Result<(S3Bucket, Place), String> {
    let mut region = target.region.clone();
    loop {
        let place = place(session, &target.name, region.as_deref())?;
        let s3 = session.aws.bucket(&place, &target.name);
        match observe::exists(&s3, &place).await {
            Ok(Exists::Here) => return Ok((s3, place)),
            Ok(Exists::Elsewhere { region: Some(other) }) if region.is_none() => region = Some(other),
            Ok(Exists::Elsewhere { region }) => {
                return Err(format!("it is in {}, and not in {}", region.as_deref().unwrap_or("another region"), place.region));
            }
            Ok(Exists::No | Exists::Unsure(_)) => return Err(format!("there is no such bucket (asked in {})", place.region)),
            Err(fault) => return Err(told(&fault)),
        }
    }
}

/// The place of a Bucket of this name. The tags of the controller count by their keys alone.
fn place(session: &Session, name: &str, region: Option<&str>) -> Result<Place, String> {
    let bucket = empty(name, region);
    place::resolve(&bucket, &Annotations::new(), &session.identity, Offers::None).map_err(|unplaced| unplaced.to_string())
}

fn told(fault: &Fault) -> String {
    format!("{}: {}", fault.class.as_str(), text::shortened(&fault.to_string(), text::MESSAGE))
}

/// What admission would say of it. Who else claims the bucket, nobody here knows.
fn findings(bucket: &Bucket, session: &Session) -> Vec<(Severity, String)> {
    let settings = Settings {
        default_region: session.identity.default_region.clone(),
        controller_tags: session.identity.tags.len(),
        ..Settings::default()
    };
    let annotations = Annotations::new();
    let verdict = admission::findings(&audit::request(bucket, &annotations, &settings, &Unclaimed));
    verdict.findings.into_iter().map(|finding| (finding.severity, finding.to_string())).collect()
}

struct Unclaimed;

impl Claims for Unclaimed {
    fn holder(&self, _bucket_name: &str, _partition: &str, _asking: &Bucket) -> Holder {
        Holder::Unknown
    }
}
