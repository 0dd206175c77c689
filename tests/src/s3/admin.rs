//! The model over HTTP, for those who are not in the same process: faults, journal, state. JSON, on loopback only.

use hyper::body::Bytes;
use hyper::{Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::engine::Engine;
use super::faults::{Body, FaultRule, whole};
use super::request::pairs;
use super::snapshot::Snapshot;

/// One rule or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Rules {
    One(Box<FaultRule>),
    Many(Vec<FaultRule>),
}

/// Answers a request for `/_model/<path>`.
pub(crate) fn answer(engine: &Engine, method: &Method, path: &str, query: &str, body: &Bytes) -> Response<Body> {
    let (status, value) = match (method, path.trim_end_matches('/')) {
        (&Method::GET, "journal") => (200, journal(engine, query)),
        (&Method::DELETE, "journal") => {
            engine.journal.clear();
            (200, json!({}))
        }
        (&Method::GET, "faults") => (200, rules(engine)),
        (&Method::POST, "faults") => add(engine, body),
        (&Method::DELETE, "faults") => {
            engine.faults.clear();
            (200, json!({}))
        }
        (&Method::DELETE, path) if path.starts_with("faults/") => remove(engine, path),
        (&Method::GET, "state") => (200, serde_json::to_value(Snapshot::of(&engine.world())).unwrap_or_default()),
        (&Method::POST, "reset") => {
            reset(engine);
            (200, json!({}))
        }
        (method, path) => {
            let known = "GET|DELETE journal, GET|POST|DELETE faults, DELETE faults/<id>, GET state, POST reset";
            (404, json!({ "error": format!("{method} /_model/{path} is not known; there are: {known}") }))
        }
    };
    write(status, &value)
}

/// Forgets buckets, faults and journal; keys and roles stay.
pub(crate) fn reset(engine: &Engine) {
    let mut world = engine.world();
    world.buckets.clear();
    world.account_blocks.clear();
    drop(world);
    engine.faults.clear();
    engine.journal.clear();
}

fn journal(engine: &Engine, query: &str) -> Value {
    let mut calls = engine.journal.calls();
    for (name, value) in pairs(query) {
        calls = match name.as_str() {
            "bucket" => calls.of(&value),
            "account" => calls.by(&value),
            "operation" => calls.named(&value),
            "access" if value == "write" => calls.writes(),
            "access" => calls.reads(),
            _ => calls,
        };
    }
    json!({
        "total": engine.journal.total(),
        "forgotten": engine.journal.forgotten(),
        "counts": calls.counts(),
        "calls": calls.iter().map(super::calls::Entry::json).collect::<Vec<_>>(),
    })
}

fn rules(engine: &Engine) -> Value {
    let rules = engine.faults.rules().into_iter();
    rules.map(|(id, rule)| json!({ "id": id, "struck": engine.faults.struck(id), "rule": rule })).collect()
}

fn add(engine: &Engine, body: &Bytes) -> (u16, Value) {
    let rules = match serde_json::from_slice::<Rules>(body) {
        Ok(Rules::One(rule)) => vec![*rule],
        Ok(Rules::Many(rules)) => rules,
        // The untagged form hides what is wrong with a single rule.
        Err(error) => {
            let text = serde_json::from_slice::<FaultRule>(body).err().unwrap_or(error).to_string();
            return (400, json!({ "error": format!("this is no fault rule and no list of them: {text}") }));
        }
    };
    (200, json!({ "ids": rules.into_iter().map(|rule| engine.faults.add(rule)).collect::<Vec<_>>() }))
}

fn remove(engine: &Engine, path: &str) -> (u16, Value) {
    let id = path.strip_prefix("faults/").and_then(|id| id.parse().ok());
    match id.filter(|id| engine.faults.remove(*id)) {
        Some(id) => (200, json!({ "removed": id })),
        None => (404, json!({ "error": format!("no rule is in force under /_model/{path}") })),
    }
}

fn write(status: u16, value: &Value) -> Response<Body> {
    let mut answer = Response::new(whole(value.to_string()));
    *answer.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    let json = hyper::header::HeaderValue::from_static("application/json");
    answer.headers_mut().insert(hyper::header::CONTENT_TYPE, json);
    answer
}
