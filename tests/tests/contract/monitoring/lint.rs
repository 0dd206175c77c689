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

/// Metrics that have series only while something is the case that the story does not have.
const OF_OTHER_STORIES: [&str; 0] = [];

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
    let missing: Vec<String> = asked()?.into_iter().filter(|name| !shown.contains(name.as_str())).collect();
    assert_eq!(missing, OF_OTHER_STORIES, "on the left: not shown");
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
