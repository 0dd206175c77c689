//! The pictures of the dashboards in `deploy/monitoring/`, drawn from what the real Prometheus of the story has. With UPDATE_PICTURES=1
//! the story is longer and the files are written; else the pictures are drawn and looked at only.

use std::fs;
use std::time::{Duration, SystemTime};

use quick_xml::Reader;
use quick_xml::events::Event;
use tests::picture::{Span, draw};
use tests::prometheus::Prometheus;

use super::{dashboard, folder};
use crate::modes::tagging;
use crate::team::{Failure, Outcome, Team};

const UPDATE: &str = "UPDATE_PICTURES";
/// How long the story of a picture is.
const LONG: Duration = Duration::from_mins(2);

/// Seconds since 1970.
pub(super) fn now() -> Result<f64, Failure> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64())
}

/// The values of the dashboards' variables for a Bucket.
pub(super) fn variables<'a>(team: &'a Team<'_>, bucket: &'a str) -> [(&'a str, &'a str); 3] {
    [("__rate_interval", "15s"), ("namespace", &team.namespace), ("name", bucket)]
}

/// For pictures: Buckets are made, and one is changed behind the controller's back again and again.
pub(super) async fn busy(team: &Team<'_>, start: f64) -> Outcome {
    if std::env::var_os(UPDATE).is_none() {
        return Ok(());
    }
    let mut round = 0;
    while now()? < start + LONG.as_secs_f64() / 2.0 {
        team.make(&format!("made-{round}"), &serde_json::json!({ "versioning": { "status": "Enabled" } })).await?;
        team.world.s3().set(&team.s3_name("reports"), "tagging", &tagging(&[("team", &round.to_string())]))?;
        tokio::time::sleep(Duration::from_secs(6)).await;
        round += 1;
    }
    Ok(())
}

/// Draws both dashboards: each is whole XML and has the title of each panel.
pub(super) async fn drawn(team: &Team<'_>, prometheus: &Prometheus, start: f64) -> Outcome {
    let update = std::env::var_os(UPDATE).is_some();
    while update && now()? < start + LONG.as_secs_f64() {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let span = Span { from: start, to: now()? };
    for (name, bucket) in [("fleet", ""), ("bucket", "logs")] {
        let dashboard = dashboard(&format!("{name}.json"))?;
        let variables = variables(team, bucket);
        let picture = draw(&dashboard, prometheus, &variables, span).await?;
        if update {
            fs::write(folder().join(format!("{name}.svg")), &picture)?;
        }
        let texts = texts(&picture)?;
        for panel in &dashboard.panels {
            let title = tests::dashboard::filled(&panel.title, &variables);
            assert!(texts.contains(&title), "{name}: {title} is not among {texts:?}");
        }
    }
    Ok(())
}

/// All words of a picture.
fn texts(picture: &str) -> Result<Vec<String>, Failure> {
    let mut reader = Reader::from_str(picture);
    let mut texts = vec![String::new()];
    loop {
        let event = reader.read_event()?;
        if matches!(event, Event::Eof) {
            return Ok(texts);
        }
        if matches!(event, Event::End(_)) {
            texts.push(String::new());
        }
        if let (Event::Text(part), Some(text)) = (event, texts.last_mut()) {
            text.push_str(part.decode()?.trim_start_matches('\n'));
        }
    }
}
