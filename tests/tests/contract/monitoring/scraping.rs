//! A Prometheus for a world: it scrapes the services, and the API server, with the rules of `deploy/`.

use serde_json::Value;
use tests::prometheus::{Alert, Prometheus, Target};
use tests::world::World;

use super::yaml;
use crate::team::{Failure, Outcome};

/// What `for:` is in these tests. Nothing else of the rules is changed: not an expression, not a label, not a text.
const SOON: &str = "2s";

/// The rule file with each `for:` shortened.
fn impatient_rules() -> Result<String, Failure> {
    let mut rules = yaml("rules.yaml")?;
    let groups = rules["groups"].as_array_mut().ok_or("no groups")?;
    for rule in groups.iter_mut().filter_map(|group| group["rules"].as_array_mut()).flatten() {
        if rule["for"].is_string() {
            rule["for"] = SOON.into();
        }
    }
    Ok(rules.to_string())
}

/// The services, with the labels that the operator's discovery gives them.
pub(super) fn services(world: &World) -> Result<Vec<Target>, Failure> {
    let here = |job: &str, url: &str| Target::new(job, url).label("namespace", "cooper-system");
    let controller = here("cooper-controller-metrics", world.controller().metrics_url()?);
    Ok(vec![controller, here("cooper-webhook", world.webhook().metrics_url()?)])
}

/// The API server, asked as a ServiceAccount that may read its metrics.
pub(super) async fn api_server(world: &World) -> Result<Target, Failure> {
    let kubectl = world.kubectl().in_namespace("default");
    let grant: [&[&str]; 3] = [
        &["create", "serviceaccount", "prometheus"],
        &["create", "clusterrole", "metrics-reader", "--verb=get", "--non-resource-url=/metrics"],
        &["create", "clusterrolebinding", "prometheus", "--clusterrole=metrics-reader", "--serviceaccount=default:prometheus"],
    ];
    for command in grant {
        kubectl.run(command).await?.ok()?;
    }
    let token = kubectl.run(&["create", "token", "prometheus"]).await?.ok()?.stdout.trim().to_owned();
    let target = Target::new("apiserver", &format!("{}/metrics", world.plane().url()));
    Ok(Target { token: Some(token), is_large: true, ..target })
}

/// Starts it, and waits until each target was scraped.
pub(super) async fn prometheus(world: &World, targets: &[Target]) -> Result<Prometheus, Failure> {
    let prometheus = Prometheus::start(targets, &impatient_rules()?).await?;
    let up = format!("count(up == 1) == {}", targets.len());
    world.until("Prometheus to scrape everything", || async { prometheus.query(&up).await.ok()?.pop() }).await?;
    Ok(prometheus)
}

/// The alert of this name, in this state and with these labels, once there is one.
pub(super) async fn told(
    world: &World,
    prometheus: &Prometheus,
    name: &str,
    state: &str,
    labels: &[(&str, &str)],
) -> Result<Alert, Failure> {
    let question = || async { find(prometheus, name, state, labels).await };
    Ok(world.until(&format!("the alert {name} {labels:?} to be {state}"), question).await?)
}

/// Waits until there is no such alert, firing or pending.
pub(super) async fn over(world: &World, prometheus: &Prometheus, name: &str, labels: &[(&str, &str)]) -> Outcome {
    let question = || async {
        let alerts = prometheus.alerts().await.ok()?;
        (!alerts.iter().any(|alert| is(alert, name, labels))).then_some(())
    };
    Ok(world.until(&format!("the alert {name} {labels:?} to end"), question).await?)
}

async fn find(prometheus: &Prometheus, name: &str, state: &str, labels: &[(&str, &str)]) -> Option<Alert> {
    prometheus.alerts().await.ok()?.into_iter().find(|alert| is(alert, name, labels) && alert.state == state)
}

fn is(alert: &Alert, name: &str, labels: &[(&str, &str)]) -> bool {
    alert.label("alertname") == name && labels.iter().all(|(label, value)| alert.label(label) == *value)
}

#[test]
fn nothing_but_the_patience_of_the_rules_is_changed() -> Outcome {
    let patient = yaml("rules.yaml")?;
    let mut impatient: Value = serde_json::from_str(&impatient_rules()?)?;
    assert_ne!(impatient, patient);
    for (group, before) in patient["groups"].as_array().ok_or("no groups")?.iter().enumerate() {
        for (rule, before) in before["rules"].as_array().ok_or("no rules")?.iter().enumerate() {
            if let Some(patience) = before.get("for") {
                impatient["groups"][group]["rules"][rule]["for"] = patience.clone();
            }
        }
    }
    assert_eq!(impatient, patient);
    Ok(())
}
