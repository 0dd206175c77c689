//! What the services show, as Prometheus' own linter and its own parser see it, and the names that rules and dashboards ask for.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};

use tests::prometheus::promtool;
use tests::scrape::Scrape;
use tests::service::Service;

use super::{DASHBOARDS, folder};
use crate::team::{Failure, Outcome};

/// Metrics that have series only with what the story does not have: roles whose sessions end, two writers that fight, a pause, an adoption,
/// unset sections that are left alone. That a service knows them at all is looked at in `--test house`.
const OF_OTHER_STORIES: [&str; 5] = [
    "cooper_aws_credentials_expiry_timestamp_seconds",
    "cooper_bucket_drift_contested",
    "cooper_bucket_paused",
    "cooper_bucket_plan_pending",
    "cooper_unmanaged_sections",
];

/// `promtool check metrics` has nothing to say about the page of a service.
pub(super) async fn clean(service: &Service) -> Outcome {
    let page = service.metrics_page().await?;
    let mut promtool = Command::new(promtool()?);
    promtool.args(["check", "metrics"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = promtool.spawn()?;
    child.stdin.take().ok_or("no input")?.write_all(page.as_bytes())?;
    let output = child.wait_with_output()?;
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.is_empty(), "{}: {told}", service.name());
    Ok(())
}

/// Each name that a rule or a dashboard asks for is on one of the pages.
pub(super) fn names_are_there(pages: &[Scrape]) -> Outcome {
    let shown: BTreeSet<&str> = pages.iter().flat_map(Scrape::samples).map(|sample| sample.name.as_str()).collect();
    // Texts name a histogram as a whole, which no series does.
    let is_shown = |name: &str| shown.contains(name) || shown.contains(format!("{name}_count").as_str());
    let missing: Vec<String> = asked()?.into_iter().filter(|name| !is_shown(name)).collect();
    assert_eq!(missing, OF_OTHER_STORIES, "what is asked for and not shown");
    Ok(())
}

fn asked() -> Result<BTreeSet<String>, Failure> {
    let files = DASHBOARDS.map(|name| format!("dashboards/{name}"));
    let mut names = BTreeSet::new();
    for file in files.iter().map(String::as_str).chain(["rules.yaml"]) {
        let text = fs::read_to_string(folder().join(file))?;
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && !"_:".contains(letter));
        // A word that ends in "_" is the beginning of a pattern; one with a colon is recorded.
        let metrics = words.filter(|word| word.starts_with("cooper_") || word.starts_with("process_"));
        names.extend(metrics.filter(|word| !word.ends_with(['_', ':']) && !word.contains(':')).map(str::to_owned));
    }
    Ok(names)
}
