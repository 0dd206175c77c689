//! `webhook/tests/webhook/examples.json`: the examples of all rules, for those that judge them through a real webhook or a real API server.
//! Written anew with `UPDATE_PAGES=1 cargo test -p shared examples`.

use serde_json::{Value, json};

use super::catalogue::cases;
use super::page::is_current;
use super::testing::{Case, World};
use super::{Holder, Operation, Severity};
use crate::Bucket;

/// Longer ones, of rules about hundreds of entries, stay out of the file: it is to be read by people as well.
const LONGEST: usize = 64 << 10;

fn example(case: &Case) -> Value {
    let verdict = case.bad.verdict();
    let denied = verdict.findings.iter().any(|finding| finding.rule == case.rule && finding.severity == Severity::Deny);
    json!({"rule": case.rule, "denied": denied, "company": case.company, "bad": world(&case.bad), "good": world(&case.good)})
}

fn world(world: &World) -> Value {
    let operation = match world.operation {
        Operation::Create => "CREATE",
        Operation::Update => "UPDATE",
        Operation::Delete => "DELETE",
    };
    let holder = match &world.holder {
        Holder::Bucket(claim) => {
            let mut holder = Bucket::new(&claim.name, world.bucket.spec.clone().unwrap_or_default());
            holder.metadata.namespace = Some(claim.namespace.clone());
            Some((json!({}), holder))
        }
        Holder::Nobody | Holder::Unknown => None,
    };
    let beside = world.beside.iter().map(|beside| {
        let mut bucket = beside.bucket.clone();
        bucket.metadata.name = Some("beside".to_owned());
        (json!(beside.namespace), bucket)
    });
    let others = beside.chain(holder).map(|(namespace, bucket)| json!({"namespace": namespace, "object": bucket}));
    json!({
        "operation": operation,
        "subresource": world.subresource,
        "object": world.bucket,
        "oldObject": world.old,
        "namespace": world.namespace,
        "namespaceGoing": world.namespace_going,
        "user": world.user,
        "defaultRegion": world.settings.default_region,
        "controllerTags": world.settings.controller_tags,
        "controllers": world.settings.controllers,
        "enabledRules": world.settings.enabled_rules,
        "filled": world.holder != Holder::Unknown,
        "others": others.collect::<Vec<_>>(),
    })
}

#[test]
fn examples_are_current() {
    let lines: Vec<String> = cases().iter().map(|case| example(case).to_string()).filter(|line| line.len() <= LONGEST).collect();
    let text = format!("[\n{}\n]\n", lines.join(",\n"));
    is_current("webhook/tests/webhook/examples.json", &text);
}
