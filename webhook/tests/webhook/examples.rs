//! Every rule of the catalogue through the real router: its bad example is named, its good neighbour passes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use shared::Bucket;
use shared::admission::{Claims, OWN_RULES, RULES, Settings};
use webhook::Phase;
use webhook::caches::{Caches, Cluster};

use crate::world::World;

/// The rules whose examples have hundreds of entries; `shared` judges them.
const TOO_LARGE: [&str; 4] = ["lifecycle-rule-count", "cors-size", "website-size", "replication-size"];

/// One rule with two worlds, as `shared` writes them.
#[derive(Deserialize)]
struct Example {
    rule: String,
    denied: bool,
    company: Vec<String>,
    bad: Around,
    good: Around,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Around {
    operation: String,
    subresource: Option<String>,
    object: Value,
    old_object: Option<Value>,
    namespace: Option<BTreeMap<String, String>>,
    namespace_going: bool,
    user: String,
    default_region: Option<String>,
    controller_tags: usize,
    controllers: Vec<String>,
    enabled_rules: Vec<String>,
    filled: bool,
    others: Vec<Other>,
}

#[derive(Deserialize)]
struct Other {
    namespace: Option<BTreeMap<String, String>>,
    object: Bucket,
}

/// The caches, and whether the namespace is being deleted.
struct Surroundings {
    caches: Caches,
    going: bool,
}

impl Cluster for Surroundings {
    fn namespace(&self, name: &str) -> Option<Arc<BTreeMap<String, String>>> {
        self.caches.namespace(name)
    }

    fn is_going(&self, _: &str) -> bool {
        self.going
    }

    fn claims(&self) -> &dyn Claims {
        self.caches.claims()
    }
}

impl Around {
    fn world(&self) -> World {
        let settings = Settings {
            default_region: self.default_region.clone(),
            controller_tags: self.controller_tags,
            controllers: self.controllers.clone(),
            enabled_rules: self.enabled_rules.clone(),
            ..Settings::default()
        };
        let caches = Caches::new(self.default_region.clone());
        if self.filled {
            let others = self.others.iter().map(|other| (namespace_of(&other.object), other.namespace.clone().unwrap_or_default()));
            let own = self
                .namespace
                .iter()
                .map(|annotations| (self.object["metadata"]["namespace"].as_str().unwrap().to_owned(), annotations.clone()));
            caches.fill(others.chain(own), self.others.iter().map(|other| other.object.clone()));
        }
        World::of(settings, Phase::Enforce, Arc::new(Surroundings { caches, going: self.namespace_going }))
    }

    fn review(&self) -> Value {
        let (object, old) =
            if self.operation == "DELETE" { (Value::Null, self.object.clone()) } else { (self.object.clone(), json!(self.old_object)) };
        let mut review = crate::world::review(&self.operation, &object, &old);
        let request = &mut review["request"];
        request["namespace"] = self.object["metadata"]["namespace"].clone();
        request["name"] = self.object["metadata"]["name"].clone();
        request["userInfo"]["username"] = json!(self.user);
        request["subResource"] = json!(self.subresource);
        review
    }

    /// Whether it is refused, and the rules that refuse and warn.
    async fn judged(&self) -> (bool, Vec<String>) {
        let response = self.world().ask("/validate", &self.review()).await;
        let causes = response["status"]["details"]["causes"].as_array().cloned().unwrap_or_default();
        let refused = causes.iter().filter_map(|cause| cause["message"].as_str().map(str::to_owned));
        let warned = response["warnings"].as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned));
        let rules = refused.chain(warned).filter_map(|text| Some(text.strip_prefix('[')?.split_once(']')?.0.to_owned()));
        (response["allowed"] == json!(false), rules.collect())
    }
}

fn namespace_of(bucket: &Bucket) -> String {
    bucket.metadata.namespace.clone().unwrap()
}

#[tokio::test]
async fn every_rule_speaks_through_the_router_and_its_neighbour_passes() {
    let examples: Vec<Example> = serde_json::from_str(include_str!("examples.json")).unwrap();
    let shown: BTreeSet<&str> = examples.iter().map(|example| example.rule.as_str()).collect();
    let missing = RULES.iter().chain(OWN_RULES).map(|rule| rule.id).filter(|id| !shown.contains(id));
    assert_eq!(missing.collect::<Vec<_>>(), TOO_LARGE);
    for example in &examples {
        let (refused, rules) = example.bad.judged().await;
        assert_eq!(refused, example.denied, "{}: {rules:?}", example.rule);
        // Controllers are told nothing; the audit log is.
        if !example.bad.controllers.contains(&example.bad.user) {
            let others: Vec<&String> = rules.iter().filter(|rule| **rule != example.rule && !example.company.contains(rule)).collect();
            assert!(rules.contains(&example.rule) && others.is_empty(), "{}: {rules:?}", example.rule);
        }
        let (refused, rules) = example.good.judged().await;
        assert!(!refused && !rules.contains(&example.rule), "{}: {rules:?}", example.rule);
    }
}
