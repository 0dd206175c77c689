//! Whatever stands in an expression, it is an answer or an error.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;

use super::*;
use crate::guardrail::BucketFacts;

const LEAVES: &[&str] = &[
    "object",
    "object.spec.name",
    "object.spec.tagging.tagSet",
    "object.spec.?versioning",
    "object.metadata[?'labels']",
    "oldObject.spec",
    "params",
    "request.userInfo",
    "bucket.tags",
    "x",
    "1",
    "0",
    "-9223372036854775807",
    "2.5",
    "7u",
    "'a'",
    "\"é\"",
    "'%s %d'",
    "b'x'",
    "true",
    "null",
    "[]",
    "{}",
    "[1, 2]",
    "{'a': 1}",
    "optional.none()",
    "timestamp('2026-01-01T00:00:00Z')",
    "duration('1h')",
    "quantity('1E99')",
    "url('http://a.b')",
    "ip('::1')",
    "cidr('10.0.0.0/8')",
    "semver('1.2.3')",
];
const BINARY: &[&str] = &[" + ", " - ", " * ", " / ", " % ", " == ", " != ", " < ", " >= ", " in ", " && ", " || "];
const LOOPS: &[&str] = &["all", "exists", "exists_one", "map", "filter"];
const WORDS: &[&str] = &[
    "(", ")", "[", "]", "{", "}", ",", ":", "?", ".", "'", "\\", "r'\\'", "//", "\n", "@", "\u{0}", "é", "in", "T{a: 1}", "&", "|", "=",
    "0x", "1e999",
];

/// An expression that the parser takes, most of the time.
fn expression() -> impl Strategy<Value = String> {
    let functions: Vec<&'static str> = functions::FUNCTIONS.iter().copied().flatten().map(|function| function.name).collect();
    select(LEAVES).prop_map(str::to_owned).prop_recursive(3, 16, 3, move |inner| {
        let function = select(functions.clone());
        prop_oneof![
            (inner.clone(), select(BINARY), inner.clone()).prop_map(|(a, operator, b)| format!("({a}{operator}{b})")),
            (inner.clone(), function.clone(), vec(inner.clone(), 0..3))
                .prop_map(|(a, name, given)| format!("{a}.{name}({})", given.join(", "))),
            (function, vec(inner.clone(), 0..3)).prop_map(|(name, given)| format!("{name}({})", given.join(", "))),
            (inner.clone(), select(LOOPS), inner.clone()).prop_map(|(a, name, b)| format!("{a}.{name}(x, {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            inner.clone().prop_map(|a| format!("{{'k': {a}}}.k")),
            inner.prop_map(|a| format!("!{a}")),
        ]
    })
}

fn does_no_harm(text: &str) -> Result<(), TestCaseError> {
    let object = json!({"metadata": {"name": "a"}, "spec": {"name": "b", "tagging": {"tagSet": [{"key": "k", "value": "v"}]}}});
    let (request, bucket) = (RequestFacts::default(), BucketFacts::default());
    let subject = Subject::new(&object, None, None, &request, &bucket);
    match Program::compile(text, Role::Variable) {
        Ok(program) => {
            let answer = program.evaluate(&Scope::new(&subject, None, Variables::NONE));
            // A panic of the engine is caught; that an input is not known would be our own fault.
            let is_ours = matches!(&answer, Err(CelError::Internal(problem)) if problem.contains("is not known"));
            prop_assert!(!is_ours, "{text}: {answer:?}");
        }
        Err(error) => prop_assert!(error.is_of_expression(), "{text}: {error:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn expressions_do_no_harm(text in expression()) {
        does_no_harm(&text)?;
    }

    #[test]
    fn texts_that_are_none_do_no_harm(words in vec(prop_oneof![select(LEAVES), select(BINARY), select(WORDS)], 1..24)) {
        does_no_harm(&words.concat())?;
    }
}
