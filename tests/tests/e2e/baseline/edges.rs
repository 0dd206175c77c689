//! Never stricter than the rules: all examples, and odd values at every place that a row looks at, also where a bucket is adopted or
//! only looked at. What the policy refuses, the rules refuse by the same id.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::admission::baseline::BASELINE;

use super::odd::{NAMES, SPECS, filled, values};
use super::{bucket, ground};
use crate::catalogue::examples::{all, moved, verdict};
use crate::catalogue::server::try_to_create;
use crate::team::{Failure, Outcome};

#[tokio::test]
async fn what_the_policy_refuses_the_rules_refuse() -> Outcome {
    let client = ground().await.client().await?;
    let (mut stricter, mut laxer, mut refused) = (Vec::new(), BTreeMap::<&str, usize>::new(), 0);
    let objects = objects()?;
    for object in &objects {
        let answer = try_to_create(&client, object).await?;
        // What the schema refuses has no rules in its causes; what it refuses cannot be read either.
        let Ok(verdict) = verdict(object, &BTreeMap::new()) else { continue };
        let denied: Vec<&str> = verdict.denials().map(|finding| &*finding.rule).collect();
        let rules = answer.rules();
        refused += usize::from(!rules.is_empty());
        if rules.iter().any(|rule| !is_right(rule, &denied)) || ![201, 422].contains(&answer.code) {
            stricter.push(format!("{} {}\n  {rules:?} {denied:?}\n  {}", object["metadata"], object["spec"], answer.body["message"]));
        }
        for row in BASELINE.iter().filter(|row| answer.code == 201 && denied.contains(&row.id)) {
            *laxer.entry(row.id).or_default() += 1;
        }
    }
    println!("{} Buckets, {refused} refused; passed by the policy where the rule refuses: {laxer:?}", objects.len());
    assert!(stricter.is_empty(), "{}", stricter.join("\n"));
    assert!(refused > 300, "{refused}");
    Ok(())
}

/// Whether the rules refuse it as well, by the same id or by one that knows more of the mistake and speaks in its place.
fn is_right(rule: &str, denied: &[&str]) -> bool {
    let instead: &[&str] = match rule {
        "name-charset" => &["name-is-arn-or-url", "name-placeholder"],
        "name-first-last" => &["namespace-prefix-empty"],
        _ => &[],
    };
    denied.contains(&rule) || instead.iter().any(|other| denied.contains(other))
}

fn objects() -> Result<Vec<Value>, Failure> {
    let mut objects = Vec::new();
    for example in all()?.iter().flat_map(|example| [&example.bad, &example.good]).filter(|around| around.is_a_users()) {
        objects.push(moved(&example.object, "default"));
    }
    let mut odd: Vec<Value> = NAMES.iter().map(|name| bucket(&json!({ "name": name }))).collect();
    for template in SPECS {
        odd.extend(values().iter().map(|value| bucket(&filled(template, Some(value)))));
        odd.push(bucket(&filled(template, None)));
    }
    for (key, value) in ["adoption-policy", "deletion-policy", "read-only", "owner-account-id"]
        .iter()
        .flat_map(|key| values().into_iter().map(move |value| (key, value)))
    {
        let mut annotated = bucket(&json!({ "name": "team-a-logs" }));
        annotated["metadata"]["annotations"][format!("services.k8s.aws/{key}")] = value;
        odd.push(annotated);
    }
    let spec_less = |mut object: Value| {
        object.as_object_mut().map(|members| members.remove("spec"));
        object
    };
    let modes = [("adoption-policy", "adopt-or-create"), ("adoption-policy", "adopt"), ("read-only", "True")];
    for (key, value) in modes {
        let key = format!("services.k8s.aws/{key}");
        let mut others: Vec<Value> = odd.iter().take(NAMES.len() + 120).cloned().collect();
        others.push(spec_less(bucket(&json!({}))));
        for mut object in others {
            object["metadata"]["annotations"][&key] = json!(value);
            object["metadata"]["annotations"]["services.k8s.aws/adoption-fields"] = json!(r#"{"name": "team-a-logs"}"#);
            objects.push(object);
        }
    }
    objects.extend(odd);
    Ok(objects)
}
