//! The dashboards as files: whole, without overlaps, and for every Grafana and every Prometheus.

use std::collections::BTreeSet;

use tests::dashboard::Dashboard;

use super::{DASHBOARDS, dashboard, rules};
use crate::team::{Failure, Outcome};

fn all() -> Result<Vec<Dashboard>, Failure> {
    DASHBOARDS.iter().map(|name| dashboard(name)).collect()
}

#[test]
fn each_panel_has_an_identity_a_question_and_a_place_of_its_own() -> Outcome {
    let mut uids = BTreeSet::new();
    for dashboard in all()? {
        assert!(uids.insert(dashboard.uid.clone()) && dashboard.schema_version >= 39, "{}", dashboard.title);
        let ids: BTreeSet<u32> = dashboard.panels.iter().map(|panel| panel.id).collect();
        assert_eq!(ids.len(), dashboard.panels.len(), "{}: identities", dashboard.title);
        for (number, panel) in dashboard.panels.iter().enumerate() {
            let place = panel.grid_pos;
            assert!(place.w > 0 && place.h > 0 && place.x + place.w <= 24, "{}: {place:?}", panel.title);
            let others = &dashboard.panels[number + 1..];
            assert!(others.iter().all(|other| !place.overlaps(other.grid_pos)), "{} is below another one", panel.title);
            assert_eq!(panel.targets.is_empty(), panel.kind == "row", "{}", panel.title);
            assert!(["row", "stat", "timeseries", "table", "state-timeline"].contains(&panel.kind.as_str()), "{}", panel.title);
        }
    }
    Ok(())
}

#[test]
fn they_work_with_any_data_source_and_know_their_variables() -> Outcome {
    for dashboard in all()? {
        let known: Vec<&str> = dashboard.templating.list.iter().map(|variable| variable.name.as_str()).collect();
        assert_eq!(dashboard.templating.list[0].kind, "datasource");
        for target in dashboard.panels.iter().flat_map(|panel| &panel.targets) {
            assert_eq!((target.datasource.kind.as_str(), target.datasource.uid.as_str()), ("prometheus", "${datasource}"));
            let asked =
                target.expr.split('$').skip(1).map(|rest| rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next());
            for variable in asked.flatten() {
                assert!(known.contains(&variable) || variable == "__rate_interval", "{variable} in {}", target.expr);
            }
        }
    }
    Ok(())
}

#[test]
fn recorded_series_are_those_of_the_rule_file() -> Outcome {
    let recorded: BTreeSet<String> = rules("record")?.iter().filter_map(|rule| rule["record"].as_str().map(str::to_owned)).collect();
    let dashboards = all()?;
    let targets = dashboards.iter().flat_map(|dashboard| &dashboard.panels).flat_map(|panel| &panel.targets);
    let words = targets.flat_map(|target| target.expr.split(|letter: char| !letter.is_alphanumeric() && !"_:".contains(letter)));
    let asked: Vec<&str> = words.filter(|word| word.starts_with("cooper:")).collect();
    assert!(!asked.is_empty() && asked.iter().all(|name| recorded.contains(*name)), "{asked:?}");
    Ok(())
}
