//! A jq query over one object. Pure, and without bounds: a query may run for ever or ask for all memory, so it is only ever run in a
//! process of its own ([`super::sandbox`]).

use jaq_core::load::{Arena, File, Loader, lex, parse};
use jaq_core::{Compiler, Ctx, Vars, data, load};
use jaq_json::{Num, Val, read};
use serde::{Deserialize, Serialize};

use crate::text;

/// The longest value that is exported, in bytes. A ConfigMap or Secret holds 1 MiB at most, and other keys want room.
const LONGEST: usize = 128 * 1024;
/// Integers up to this are exact in floating point: 2^53.
const EXACT: f64 = 9_007_199_254_740_992.0;
/// Builtins that a query does not get: they would show it the process that it runs in.
const WITHHELD: [&str; 1] = ["env"];

/// What a query gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// A string, a boolean or an integer, as text.
    Text(String),
    /// Something that cannot be exported; what it is.
    Other(String),
    /// The query is no jq; what is wrong with it.
    Unparsable(String),
    /// The query ended with an error.
    Failed(String),
}

/// Runs the query over the object (JSON text) and takes its first result.
#[must_use]
pub fn evaluate(query: &str, object: &[u8]) -> Answer {
    let input = match read::parse_single(object) {
        Ok(input) => input,
        Err(error) => return Answer::Failed(format!("the object is no JSON: {error}")),
    };
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs()).filter(|(name, ..)| !WITHHELD.contains(name));
    let arena = Arena::default();
    let modules = match Loader::new(definitions).load(&arena, File { code: query, path: () }) {
        Ok(modules) => modules,
        Err(errors) => return Answer::Unparsable(listed(errors.into_iter().map(|(_, error)| not_loaded(error)))),
    };
    let filter = match Compiler::default().with_funs(functions).compile(modules) {
        Ok(filter) => filter,
        Err(errors) => return Answer::Unparsable(listed(errors.into_iter().flat_map(|(_, errors)| errors).map(not_compiled))),
    };
    let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    match filter.id.run((context, input)).next() {
        Some(Ok(value)) => exportable(&value),
        None => Answer::Other("nothing".to_owned()),
        Some(Err(thrown)) => Answer::Failed(match thrown.get_err() {
            Ok(error) => text::shortened(&error.to_string(), text::MESSAGE),
            Err(_) => "the query halts".to_owned(),
        }),
    }
}

fn exportable(value: &Val) -> Answer {
    let found = match value {
        Val::TStr(bytes) if bytes.len() > LONGEST => {
            return Answer::Other(format!("a string of {} bytes, and {LONGEST} are the most", bytes.len()));
        }
        Val::TStr(bytes) => {
            return std::str::from_utf8(bytes).map_or_else(|_| Answer::Other("no text".to_owned()), |text| Answer::Text(text.to_owned()));
        }
        Val::Bool(value) => return Answer::Text(value.to_string()),
        Val::Num(Num::Int(number)) => return Answer::Text(number.to_string()),
        Val::Num(Num::BigInt(number)) => return Answer::Text(number.to_string()),
        // jq has one kind of number: 6 / 2 is an integer to people.
        Val::Num(Num::Float(number)) if number.fract() == 0.0 && number.abs() < EXACT => return Answer::Text(format!("{number:.0}")),
        Val::Num(Num::Float(_) | Num::Dec(_)) => "a fraction",
        Val::Null => "null",
        Val::BStr(_) => "bytes",
        Val::Arr(_) => "an array",
        Val::Obj(_) => "an object",
    };
    Answer::Other(found.to_owned())
}

fn not_loaded(error: load::Error<&str>) -> String {
    let near = |found: &str| if found.is_empty() { "the end".to_owned() } else { format!("{:?}", text::shortened(found, text::VALUE)) };
    match error {
        load::Error::Io(_) => "modules cannot be loaded".to_owned(),
        load::Error::Lex(errors) => listed(
            errors.into_iter().map(|(expected, found): lex::Error<&str>| format!("expected {} at {}", expected.as_str(), near(found))),
        ),
        load::Error::Parse(errors) => listed(
            errors.into_iter().map(|(expected, found): parse::Error<&str>| format!("expected {} at {}", expected.as_str(), near(found))),
        ),
    }
}

fn not_compiled((name, undefined): jaq_core::compile::Error<&str>) -> String {
    format!("undefined {} {}", undefined.as_str(), text::shortened(name, text::VALUE))
}

fn listed(faults: impl Iterator<Item = String>) -> String {
    text::shortened(&faults.collect::<Vec<_>>().join("; "), text::MESSAGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECT: &[u8] =
        br#"{"spec":{"name":"logs","tags":[{"key":"team","value":"a"}],"n":7,"half":0.5,"on":true,"big":123456789012345678901},
        "status":{"ackResourceMetadata":{"arn":"arn:aws:s3:::logs"},"none":null}}"#;

    fn ask(query: &str) -> Answer {
        evaluate(query, OBJECT)
    }

    fn text(value: &str) -> Answer {
        Answer::Text(value.to_owned())
    }

    #[test]
    fn paths_give_text() {
        assert_eq!(ask(".status.ackResourceMetadata.arn"), text("arn:aws:s3:::logs"));
        assert_eq!(ask(".spec.tags[0].value"), text("a"));
        assert_eq!(ask(".spec[\"name\"]"), text("logs"));
        assert_eq!((ask(".spec.n"), ask(".spec.on"), ask(".spec.big")), (text("7"), text("true"), text("123456789012345678901")));
    }

    #[test]
    fn builtins_are_there() {
        assert_eq!(ask(".status.ackResourceMetadata.arn | split(\":\") | last"), text("logs"));
        assert_eq!(ask("\"https://\\(.spec.name).s3.amazonaws.com\""), text("https://logs.s3.amazonaws.com"));
        assert_eq!(ask(".spec.tags[] | select(.key == \"team\").value | ascii_upcase"), text("A"));
        assert_eq!(ask(".spec.name | test(\"^l\")"), text("true"));
        assert_eq!(ask(".spec | tojson | @base64 | length > 10"), text("true"));
        assert_eq!(ask(".spec.n * 6 / 2"), text("21"));
    }

    #[test]
    fn only_the_first_result_counts() {
        assert_eq!(ask(".spec.n, error(\"never\")"), text("7"));
    }

    #[test]
    fn what_is_no_text_is_named() {
        for (query, what) in [
            (".spec", "an object"),
            (".spec.tags", "an array"),
            (".status.none", "null"),
            (".nowhere.at.all", "null"),
            ("empty", "nothing"),
            (".spec.half", "a fraction"),
            ("1 / 3", "a fraction"),
            (".spec.name | tobytes", "bytes"),
        ] {
            assert_eq!(ask(query), Answer::Other(what.to_owned()), "{query}");
        }
        assert!(matches!(ask("\"x\" * 200000"), Answer::Other(what) if what.contains("200000")));
    }

    #[test]
    fn errors_say_where_and_why() {
        for (query, part) in [
            (".spec[", "the end"),
            (".spec | ", "the end"),
            ("nosuch(1)", "nosuch"),
            ("$x", "$x"),
            ("", "the end"),
            ("include \"a\"; .", "modules"),
            ("$ENV", "$ENV"),
            ("env", "env"),
            ("input", "input"),
        ] {
            assert!(matches!(ask(query), Answer::Unparsable(why) if why.contains(part)), "{query}: {:?}", ask(query));
        }
        for (query, part) in [(".spec.name.x", "index"), ("error(\"no\")", "no"), (".spec.name | tonumber", "logs"), ("halt", "halts")] {
            assert!(matches!(ask(query), Answer::Failed(why) if why.contains(part)), "{query}: {:?}", ask(query));
        }
        assert!(matches!(evaluate(".", b"{"), Answer::Failed(_)));
    }
}
