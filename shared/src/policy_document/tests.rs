use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn flaw(text: &str) -> (Flaw, usize) {
    let malformed = parse(text).unwrap_err();
    (malformed.flaw, malformed.at)
}

fn is_syntax(text: &str) -> bool {
    matches!(flaw(text).0, Flaw::Syntax(_))
}

/// What serde_json makes of it, where no member stands there twice.
fn same(ours: &Value<'_>, theirs: &serde_json::Value) -> bool {
    match (ours, theirs) {
        (Value::Null, serde_json::Value::Null) => true,
        (Value::Bool(one), serde_json::Value::Bool(other)) => one == other,
        (Value::Number(one), serde_json::Value::Number(other)) => *one == other.to_string(),
        (Value::Text(one), serde_json::Value::String(other)) => one == other,
        (Value::List(ones), serde_json::Value::Array(others)) => {
            ones.len() == others.len() && ones.iter().zip(others).all(|(one, other)| same(one, other))
        }
        (Value::Object(ones), serde_json::Value::Object(others)) => {
            ones.len() == others.len() && ones.iter().all(|one| others.get(&*one.name).is_some_and(|other| same(&one.value, other)))
        }
        _ => false,
    }
}

#[test]
fn members_keep_their_order_their_place_and_their_twins() {
    let document = parse(" {\"b\": [1, -2.5e3, true, null], \"a\": {}, \"b\": \"x\"} \n").unwrap();
    let members: Vec<(&str, usize)> = document.members.iter().map(|member| (&*member.name, member.at)).collect();
    assert_eq!(members, [("b", 2), ("a", 32), ("b", 41)]);
    assert_eq!(document.members[0].value.items(), [Value::Number("1"), Value::Number("-2.5e3"), Value::Bool(true), Value::Null]);
    assert_eq!(document.members[2].value.items(), [text("x")]);
}

#[test]
fn escapes_are_read_and_counted_in_their_shortest_spelling() {
    let document = parse(r#"{"\u0061\"\\\/\n": "\ud83d\ude00 \ud800 \udc00x"}"#).unwrap();
    assert_eq!(document.members[0].name, "a\"\\/\n");
    assert_eq!(document.members[0].value.text(), Some("😀 \u{fffd} \u{fffd}x"));
    let size = |text: &str| parse(text).unwrap().size;
    assert_eq!(size(r#"{ "a" : [ "x y" , 10 ] }"#), r#"{"a":["x y",10]}"#.len());
    assert_eq!(size(r#"{"\u0041":"\/"}"#), r#"{"A":"/"}"#.len());
    assert_eq!(size(r#"{"\"":"ü"}"#), r#"{"\"":"ü"}"#.len());
}

#[test]
fn what_is_no_object_is_refused_where_it_goes_wrong() {
    assert_eq!(flaw("").1, 0);
    assert_eq!(flaw("  [1]").1, 2);
    assert_eq!(flaw("{\"a\": 1,}").1, 8);
    assert_eq!(flaw("{\"a\": 1} x").1, 9);
    for bad in [
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{a:1}",
        "{'a':1}",
        "{\"a\" 1}",
        "{\"a\":[1,]}",
        "{\"a\":[1 2]}",
        "{\"a\":tru}",
        "{\"a\":nul",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":+1}",
        "{\"a\":\"x\ny\"}",
        "{\"a\":\"x",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u12",
        "{\"a\":\"\\ud800\\u\"}",
        "\u{feff}{}",
        "{} {}",
    ] {
        assert!(is_syntax(bad), "{bad}");
    }
}

#[test]
fn depth_and_size_are_bounded() {
    let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&deep(DEEPEST - 1)).is_ok());
    assert_eq!(flaw(&deep(DEEPEST)).0, Flaw::TooDeep);
    assert_eq!(flaw(&format!("{{\"a\":{}", "[".repeat(1_000_000))).0, Flaw::TooDeep);
    assert_eq!(flaw(&format!("{{\"a\":[{}1]}}", "1,".repeat(LARGEST / 2))).0, Flaw::TooLarge);
    assert!(parse(&format!("{{\"a\":{}1}}", " ".repeat(1_000_000))).is_ok(), "white space does not count");
}

#[test]
fn a_place_is_line_and_column() {
    assert_eq!(place("{\n \"ü\" x", 8), (2, 6));
    assert_eq!(place("", 0), (1, 1));
    assert_eq!(place("ü", 1), (1, 2), "not at a character");
    assert_eq!(place("a\nb", 100), (2, 2), "behind the end");
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        ".{0,12}".prop_map(serde_json::Value::from),
    ];
    let value = leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..4).prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(".{0,6}", value, 0..5).prop_map(|members| serde_json::Value::Object(members.into_iter().collect()))
}

proptest! {
    #[test]
    fn every_object_is_read_as_it_is(object in json(), pretty: bool) {
        let written = if pretty { serde_json::to_string_pretty(&object).unwrap() } else { object.to_string() };
        let document = parse(&written).unwrap();
        prop_assert!(same(&Value::Object(document.members), &object), "{}", written);
        prop_assert!(document.size <= object.to_string().len());
    }

    #[test]
    fn a_spoilt_document_never_panics_and_is_judged_as_serde_json_judges_it(object in json(), at: prop::sample::Index, with in "[{}\\[\\],:\"\\\\ue0-9. \n]{0,3}") {
        let mut written = object.to_string();
        let at = at.index(written.len());
        if written.is_char_boundary(at) {
            written.insert_str(at, &with);
        }
        let theirs = serde_json::from_str::<serde_json::Value>(&written).is_ok_and(|value| value.is_object());
        let ours = parse(&written);
        // Half of a pair and a number out of range are refused by serde_json alone.
        prop_assert!(!theirs || ours.is_ok(), "{} {:?}", written, ours);
        if let Err(malformed) = ours {
            prop_assert!(place(&written, malformed.at).0 > 0);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "[{}\\[\\],:\"\\\\ub0-9etrufalsn. \u{0}-\u{20}ü😀]{0,40}") {
        let _ = parse(&text);
        let _ = parse(&format!("{{\"a\":{text}"));
    }
}
