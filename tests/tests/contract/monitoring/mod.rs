//! What `deploy/monitoring/` has for Prometheus and Grafana: rules, monitors and dashboards, on a real Prometheus that scrapes the
//! running services.

mod dashboards;
mod down;
mod lint;
mod manifests;
mod pictures;
mod rules;
mod scraping;
mod story;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tests::dashboard::Dashboard;
use tests::places;
use tests::world::{Options, World};
use tokio::sync::OnceCell;

use super::team::Failure;

/// The world of these tests, where each Bucket is checked every few seconds and has series of its own.
async fn world() -> &'static World {
    static WORLD: OnceCell<World> = OnceCell::const_new();
    let options = || Options::default().check_every(3).controller_flag("--bucket-metrics", "all");
    WORLD.get_or_init(|| async { World::start(options()).await.unwrap_or_else(|fault| panic!("{fault}")) }).await
}

fn folder() -> PathBuf {
    places::workspace().join("deploy/monitoring")
}

fn yaml(file: &str) -> Result<Value, Failure> {
    Ok(serde_saphyr::from_str(&fs::read_to_string(folder().join(file))?)?)
}

/// All rules of rules.yaml that are of a kind: `alert` or `record`.
fn rules(kind: &str) -> Result<Vec<Value>, Failure> {
    let file = yaml("rules.yaml")?;
    let groups = file["groups"].as_array().ok_or("no groups")?;
    let all = groups.iter().filter_map(|group| group["rules"].as_array()).flatten();
    let found: Vec<Value> = all.filter(|rule| rule[kind].is_string()).cloned().collect();
    if found.is_empty() {
        Err(format!("rules.yaml has no {kind}"))?;
    }
    Ok(found)
}

fn dashboard(name: &str) -> Result<Dashboard, Failure> {
    Ok(Dashboard::read(&folder().join("dashboards").join(name))?)
}

const DASHBOARDS: [&str; 2] = ["fleet.json", "bucket.json"];
