//! The objects for the Prometheus operator: the same rules, and selectors and ports that the Services and Pods of `deploy/` have.

use std::fs;

use serde_json::{Value, json};
use tests::places;

use super::{folder, world, yaml};
use crate::team::{Failure, Outcome};

/// What `kubectl kustomize` makes of a folder.
async fn rendered(path: &str) -> Result<Vec<Value>, Failure> {
    let folder = places::workspace().join(path);
    let output = world().await.kubectl().run(&["kustomize", &folder.display().to_string()]).await?.ok()?;
    Ok(serde_saphyr::from_multiple(&output.stdout)?)
}

fn of_kind<'a>(objects: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    objects.iter().filter(move |object| object["kind"] == kind)
}

#[test]
fn the_object_of_the_operator_has_the_rules_of_the_file() -> Outcome {
    let text = fs::read_to_string(folder().join("rules.yaml"))?;
    let (_, groups) = text.split_once("\ngroups:\n").ok_or("no groups")?;
    let path = folder().join("prometheusrule.yaml");
    let before = fs::read_to_string(&path)?;
    let (head, _) = before.split_once("\n  groups:\n").ok_or("no groups")?;
    let indented = groups.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") });
    let wanted = format!("{head}\n  groups:\n{}", indented.collect::<String>());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::write(&path, &wanted)?;
    }
    assert_eq!(fs::read_to_string(&path)?, wanted, "UPDATE_GENERATED=1 makes it anew");
    let object = yaml("prometheusrule.yaml")?;
    assert_eq!((&object["kind"], &object["apiVersion"]), (&json!("PrometheusRule"), &json!("monitoring.coreos.com/v1")));
    assert_eq!(object["spec"], yaml("rules.yaml")?);
    Ok(())
}

#[tokio::test]
async fn the_folder_is_one_that_kustomize_takes() -> Outcome {
    let objects = rendered("deploy/monitoring").await?;
    let kinds: Vec<&str> = objects.iter().filter_map(|object| object["kind"].as_str()).collect();
    assert_eq!(kinds, ["ConfigMap", "PrometheusRule", "ServiceMonitor", "ServiceMonitor"]);
    assert!(objects.iter().all(|object| object["metadata"]["namespace"] == "cooper-system"));
    let dashboards = &objects[0];
    assert_eq!(dashboards["metadata"]["labels"]["grafana_dashboard"], "1");
    for name in super::DASHBOARDS {
        assert_eq!(dashboards["data"][name], fs::read_to_string(folder().join("dashboards").join(name))?);
    }
    let without = rendered("deploy").await?;
    assert!(of_kind(&without, "ServiceMonitor").next().is_none(), "deploy/ does without the operator's definitions");
    Ok(())
}

#[tokio::test]
async fn each_monitor_finds_its_service_or_pods_and_their_port() -> Outcome {
    let objects = rendered("deploy").await?;
    let services: Vec<Value> = of_kind(&objects, "Service").cloned().collect();
    let pods: Vec<Value> = of_kind(&objects, "Deployment").map(|object| object["spec"]["template"].clone()).collect();
    let mut found = Vec::new();
    for file in ["servicemonitor.yaml", "podmonitor.yaml"] {
        let monitors: Vec<Value> = serde_saphyr::from_multiple(&fs::read_to_string(folder().join(file))?)?;
        for monitor in monitors {
            let (candidates, endpoints) = match monitor["kind"].as_str() {
                Some("ServiceMonitor") => (&services, "endpoints"),
                _ => (&pods, "podMetricsEndpoints"),
            };
            let wanted = monitor["spec"]["selector"]["matchLabels"].as_object().ok_or("no selector")?;
            let fits = |object: &&Value| wanted.iter().all(|(label, value)| object["metadata"]["labels"][label] == *value);
            let selected: Vec<&Value> = candidates.iter().filter(fits).collect();
            assert_eq!(selected.len(), 1, "{monitor}");
            for endpoint in monitor["spec"][endpoints].as_array().ok_or("no endpoints")? {
                assert_eq!((&endpoint["honorLabels"], &endpoint["path"]), (&json!(true), &json!("/metrics")));
                let port = &endpoint["port"];
                found.push(number(selected[0], port).ok_or_else(|| format!("no port {port} in {}", selected[0]))?);
            }
        }
    }
    assert_eq!(found, [8080, 9080, 8080, 9080], "the ports of --metrics-addr and --admin-addr");
    Ok(())
}

/// The number of a Service's or a Pod's port of this name.
fn number(object: &Value, name: &Value) -> Option<u64> {
    let containers = object["spec"]["containers"].as_array().into_iter().flatten();
    let of_pod = containers.filter_map(|container| container["ports"].as_array()).flatten();
    let mut ports = object["spec"]["ports"].as_array().into_iter().flatten().chain(of_pod);
    let port = ports.find(|port| port["name"] == *name)?;
    port["port"].as_u64().or_else(|| port["containerPort"].as_u64())
}
