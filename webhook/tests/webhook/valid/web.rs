//! CORS and websites.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{always, maybe, number, object, some, word};

fn cors() -> BoxedStrategy<Value> {
    let rule = object(vec![
        ("id", maybe("[ -~äöü]{1,40}".prop_map(|id| json!(id)))),
        ("allowedMethods", always(some(&["GET", "PUT", "HEAD", "POST", "DELETE"]))),
        ("allowedOrigins", always(some(&["*", "https://example.com", "https://*.example.com", "http://localhost:3000", "null"]))),
        ("allowedHeaders", maybe(some(&["*", "Authorization", "x-amz-*", "*-id"]))),
        ("exposeHeaders", maybe(some(&["ETag", "x-amz-request-id", "Content-Length"]))),
        ("maxAgeSeconds", maybe(number(0..=2_147_483_647))),
    ]);
    prop::collection::vec(rule, 1..8).prop_map(|rules| json!({"corsRules": rules})).boxed()
}

fn routing_rule() -> BoxedStrategy<Value> {
    let code = (400_u16..=599).prop_map(|code| json!(code.to_string()));
    let prefix = || "[a-z]{0,6}/?".prop_map(|prefix| json!(prefix));
    let condition = object(vec![("httpErrorCodeReturnedEquals", maybe(code)), ("keyPrefixEquals", always(prefix()))]);
    let replaced = prop_oneof![
        Just(json!({})),
        prefix().prop_map(|prefix| json!({"replaceKeyPrefixWith": prefix})),
        Just(json!({"replaceKeyWith": "gone.html"})),
    ];
    let redirect = object(vec![
        ("hostName", always(word(&["example.com", "www.example.com:8080"]))),
        ("protocol", maybe(word(&["http", "https"]))),
        ("httpRedirectCode", maybe(word(&["301", "302", "303", "304", "305", "307", "308"]))),
    ]);
    (prop::option::of(condition), redirect, replaced)
        .prop_map(|(condition, mut redirect, replaced)| {
            redirect.as_object_mut().unwrap().extend(replaced.as_object().unwrap().clone());
            let mut rule = json!({"redirect": redirect});
            rule.as_object_mut().unwrap().extend(condition.map(|condition| ("condition".to_owned(), condition)));
            rule
        })
        .boxed()
}

fn website() -> BoxedStrategy<Value> {
    let site = object(vec![
        ("indexDocument", always(word(&["index.html", "index", "home page.htm"]).prop_map(|suffix| json!({"suffix": suffix})))),
        ("errorDocument", maybe(word(&["error.html", "errors/404.html"]).prop_map(|key| json!({"key": key})))),
        ("routingRules", maybe(prop::collection::vec(routing_rule(), 1..5).prop_map(|rules| json!(rules)))),
    ]);
    let redirected = object(vec![("hostName", always(word(&["example.com"]))), ("protocol", maybe(word(&["http", "https"])))]);
    prop_oneof![site, redirected.prop_map(|all| json!({"redirectAllRequestsTo": all})), Just(json!({}))].boxed()
}

pub(super) fn sections() -> BoxedStrategy<Value> {
    object(vec![("cors", maybe(prop_oneof![cors(), Just(json!({}))])), ("website", maybe(website()))])
}
