//! What the ACK S3 controller would write, as far as it follows from sections that a spec leaves out, and from its own tags: the rules
//! by which it compares (release 1.10). Sections that are said are compared by whether S3 holds another document than it left.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::fixture;

/// What S3 holds, by sub-resource.
type Held = BTreeMap<String, String>;

/// The calls by which it would bring what is left out to what it takes silence for.
pub(super) fn writes(spec: &Value, held: &Held, namespace: &str) -> BTreeSet<String> {
    let absent =
        |field: &str| spec.get(field).is_none_or(|value| value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty));
    let has = |query: &str, part: &str| held.get(query).is_some_and(|document| document.contains(part));
    // Field, sub-resource, what S3 has to hold for it to see a difference, and what it calls then.
    let rules = [
        ("publicAccessBlock", "publicAccessBlock", "true<", "DeletePublicAccessBlock"),
        ("ownershipControls", "ownershipControls", "ObjectOwnership", "DeleteBucketOwnershipControls"),
        ("encryption", "encryption", "Rule", "DeleteBucketEncryption"),
        ("versioning", "versioning", "Enabled", "PutBucketVersioning"),
        ("accelerate", "accelerate", "Enabled", "PutBucketAccelerateConfiguration"),
        ("requestPayment", "requestPayment", "Requester", "PutBucketRequestPayment"),
        ("policy", "policy", "Statement", "DeleteBucketPolicy"),
        ("cors", "cors", "CORSRule", "DeleteBucketCors"),
        ("lifecycle", "lifecycle", "Rule", "DeleteBucketLifecycle"),
        ("website", "website", "Document", "DeleteBucketWebsite"),
        ("replication", "replication", "Rule", "DeleteBucketReplication"),
        ("logging", "logging", "LoggingEnabled", "PutBucketLogging"),
        ("notification", "notification", "Configuration>", "PutBucketNotificationConfiguration"),
    ];
    let differs = rules.into_iter().filter(|(field, query, part, _)| absent(field) && has(query, part));
    let mut writes: BTreeSet<String> = differs.map(|(.., call)| call.to_owned()).collect();
    if tags_differ(spec, held, namespace) {
        writes.insert("PutBucketTagging".to_owned());
    }
    writes
}

/// The calls about sections that are said, whose document is another one than it was.
pub(super) fn declared_changed(spec: &Value, before: &Held, after: &Held) -> BTreeSet<String> {
    let said = |query: &str| {
        let field = query.split('/').next().unwrap_or(query);
        spec.get(field).is_some_and(|value| !value.is_null() && value.as_object().is_none_or(|members| !members.is_empty()))
    };
    let queries: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = queries.into_iter().filter(|query| *query != "tagging" && said(query) && before.get(*query) != after.get(*query));
    changed.map(|query| format!("what S3 holds as {query} changed")).collect()
}

/// Tags are compared as a map: those of the spec, then its own. AWS's own are taken as they are.
fn tags_differ(spec: &Value, held: &Held, namespace: &str) -> bool {
    let tag = |tag: &Value| format!("<Tag><Key>{}</Key><Value>{}</Value></Tag>", text(&tag["key"]), text(&tag["value"]));
    let own = spec["tagging"]["tagSet"].as_array().into_iter().flatten().map(tag);
    let wanted: BTreeSet<String> = own.chain(split(&fixture::tags(namespace))).collect();
    let there = held.get("tagging").map(|document| split(document)).unwrap_or_default();
    wanted != there.into_iter().filter(|tag| !is_system(tag)).collect::<BTreeSet<String>>()
}

/// The tags that AWS put on the bucket, which everybody has to send along.
pub(super) fn system_tags(held: &Held) -> BTreeSet<String> {
    held.get("tagging").map(|document| split(document)).unwrap_or_default().into_iter().filter(|tag| is_system(tag)).collect()
}

fn is_system(tag: &str) -> bool {
    tag.starts_with("<Tag><Key>aws:")
}

fn split(document: &str) -> Vec<String> {
    let tags = document.split("<Tag>").skip(1).filter_map(|rest| rest.split("</Tag>").next());
    tags.map(|tag| format!("<Tag>{tag}</Tag>")).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[test]
fn the_other_controller_wants_what_its_rules_say() {
    let held = |entries: &[(&str, &str)]| entries.iter().map(|(query, document)| ((*query).to_owned(), (*document).to_owned())).collect();
    let tags = format!("<Tagging><TagSet>{}</TagSet></Tagging>", fixture::tags("n"));
    let spec = serde_json::json!({ "name": "b", "cors": { "corsRules": [] }, "versioning": {} });
    let calm: Held = held(&[("tagging", &tags), ("cors", "<CORSRule/>"), ("versioning", "<Status>Suspended</Status>")]);
    assert_eq!(writes(&spec, &calm, "n"), BTreeSet::new());
    let busy: Held = held(&[("policy", r#"{"Statement":[]}"#), ("versioning", "<Status>Enabled</Status>")]);
    assert_eq!(
        writes(&spec, &busy, "n").into_iter().collect::<Vec<_>>(),
        ["DeleteBucketPolicy", "PutBucketTagging", "PutBucketVersioning"]
    );
    assert_eq!(declared_changed(&spec, &calm, &held(&[("cors", "<CORSRule><ID/></CORSRule>")])).len(), 1);
}
