//! The table of expressions, and what is refused.

use serde_json::{Value as Json, json};

use super::*;
use crate::guardrail::BucketFacts;

/// A request that expressions are asked about.
struct World {
    object: Json,
    old: Option<Json>,
    namespace: Option<Json>,
    params: Option<Json>,
    request: RequestFacts,
    bucket: BucketFacts,
}

impl World {
    fn of(object: Json) -> Self {
        let text = |path: &str| object.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned();
        let request = RequestFacts {
            operation: "CREATE".to_owned(),
            name: text("/metadata/name"),
            namespace: text("/metadata/namespace"),
            dry_run: false,
            user_info: UserInfo { username: "alice".to_owned(), groups: vec!["team-a".to_owned()] },
        };
        let bucket = BucketFacts { name: text("/spec/name"), ..BucketFacts::default() };
        Self { object, old: None, namespace: None, params: None, request, bucket }
    }

    fn ask<T>(&self, variables: &Variables, question: impl FnOnce(&Scope<'_>) -> T) -> T {
        let subject = Subject::new(&self.object, self.old.as_ref(), self.namespace.as_ref(), &self.request, &self.bucket);
        question(&Scope::new(&subject, self.params.as_ref(), variables))
    }

    fn bool(&self, text: &str) -> Result<bool, CelError> {
        let program = Program::compile(text, Role::Validation)?;
        self.ask(Variables::NONE, |scope| program.evaluate_bool(scope))
    }
}

fn refused(text: &str, role: Role) -> String {
    Program::compile(text, role).map_or_else(|error| error.to_string(), |program| panic!("{text}: {program:?}"))
}

#[test]
fn the_table_holds() {
    let table: Json = serde_json::from_str(include_str!("parity.json")).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() >= 60);
    let mut wrong = Vec::new();
    for case in cases {
        let object = |field: &str| case.get(field).and_then(Json::as_str).map(|name| table["objects"][name].clone());
        let mut world = World::of(object("object").unwrap());
        world.old = object("oldObject");
        if world.old.is_some() {
            world.request.operation = "UPDATE".to_owned();
        }
        world.namespace = Some(table["namespaceObject"].clone());
        world.params = case.get("params").and_then(Json::as_str).map(|name| table[name].clone());
        let text = case["expression"].as_str().unwrap();
        let answer = match world.bool(text) {
            Ok(answer) => json!(answer),
            Err(CelError::Evaluation(_)) => json!("error"),
            Err(error) => json!(format!("{error:?}")),
        };
        if answer != case["expected"] {
            wrong.push(format!("{text}: {answer}, expected {}", case["expected"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
