//! That the files of `deploy/hints` ask for the events that the controller understands, and for no other.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::events::EVENTS;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/hints").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("deploy/hints/{name}: {error}"))
}

fn known() -> Vec<&'static str> {
    EVENTS.iter().map(|(event, _)| *event).collect()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect()
}

/// The longest event pattern, in characters. Source: EventBridge User Guide, "EventBridge quotas".
const PATTERN: usize = 2048;

fn asks_for_changes(template: &Value) {
    let pattern = &template["Resources"]["ChangesRule"]["Properties"]["EventPattern"];
    assert_eq!(words(&pattern["detail"]["eventName"]), known());
    assert_eq!(words(&pattern["source"]), ["aws.s3", "aws.s3express"]);
    assert_eq!(words(&pattern["detail-type"]), ["AWS API Call via CloudTrail"]);
    assert!(pattern.to_string().len() <= PATTERN, "{}", pattern.to_string().len());
}

#[test]
fn cloudformation_has_a_queue_that_only_its_rules_fill_with_the_events_of_the_table() {
    let template: Value = serde_saphyr::from_str(&file("cloudformation.yaml")).unwrap();
    asks_for_changes(&template);
    let resources = &template["Resources"];
    let config = &resources["ConfigRule"]["Properties"]["EventPattern"];
    assert_eq!(words(&config["detail-type"]), ["Config Configuration Item Change"]);
    assert_eq!(words(&config["detail"]["configurationItem"]["resourceType"]), ["AWS::S3::Bucket"]);

    let queue = &resources["Queue"]["Properties"];
    assert_eq!(queue["SqsManagedSseEnabled"], true);
    assert!(queue["MessageRetentionPeriod"].as_u64().is_some_and(|seconds| (3600..=86_400).contains(&seconds)));
    for rule in ["ChangesRule", "ConfigRule"] {
        let target = &resources[rule]["Properties"]["Targets"][0]["Arn"]["Fn::GetAtt"];
        assert_eq!(words(target), ["Queue", "Arn"], "{rule}");
    }
    let policy = &resources["QueuePolicy"]["Properties"]["PolicyDocument"]["Statement"];
    for statement in policy.as_array().unwrap().iter().filter(|statement| statement["Effect"] == "Allow") {
        assert_eq!(statement["Principal"]["Service"], "events.amazonaws.com");
        assert_eq!(statement["Action"], "sqs:SendMessage");
        assert!(statement["Condition"]["ArnEquals"]["aws:SourceArn"].is_array(), "{statement}");
    }
    assert!(policy.as_array().unwrap().iter().any(|statement| statement["Effect"] == "Allow"));
}

#[test]
fn other_regions_send_the_same_events_to_the_one_queue() {
    let template: Value = serde_saphyr::from_str(&file("region/cloudformation.yaml")).unwrap();
    asks_for_changes(&template);
    let target = &template["Resources"]["ChangesRule"]["Properties"]["Targets"][0];
    let bus = target["Arn"]["Fn::Sub"].as_str().unwrap();
    assert!(bus.contains("${HomeRegion}") && bus.ends_with(":event-bus/default"), "{bus}");
    let statement = &template["Resources"]["ForwardRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"][0];
    assert_eq!((statement["Action"].as_str(), statement["Resource"]["Fn::Sub"].as_str()), (Some("events:PutEvents"), Some(bus)));
    let text = file("region/main.tf");
    assert!(text.contains("eventName = var.event_names") && text.contains("\"events:PutEvents\", Resource = local.bus"), "{text}");
}

#[test]
fn terraform_asks_for_the_same_events() {
    let text = file("main.tf");
    let (_, list) = text.split_once("event_names = [").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let events: Vec<&str> = list.split(',').map(|word| word.trim().trim_matches('"')).filter(|word| !word.is_empty()).collect();
    assert_eq!(events, known());
    for part in [
        "eventName = local.event_names",
        "\"AWS API Call via CloudTrail\"",
        "\"Config Configuration Item Change\"",
        "sqs_managed_sse_enabled",
        "\"aws:SourceArn\"",
        "\"events.amazonaws.com\"",
    ] {
        assert!(text.contains(part), "main.tf lacks {part}");
    }
}
