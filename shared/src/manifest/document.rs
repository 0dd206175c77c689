//! YAML and JSON documents as values that know on which line each of their fields stands.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

/// One document of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file, as it was named.
    pub file: String,
    /// What it says.
    pub value: Value,
    /// The line of each field, from 1 on, by its path as findings spell it.
    lines: BTreeMap<String, u64>,
}

impl Document {
    /// The line of the field, else that of the nearest field around it that is there.
    #[must_use]
    pub fn line(&self, field: &str) -> u64 {
        let mut field = field;
        loop {
            if let Some(line) = self.lines.get(field) {
                return *line;
            }
            let Some(cut) = parent(field) else { return self.lines.get("").copied().unwrap_or(1) };
            field = &field[..cut];
        }
    }

    /// Documents of a List as documents of their own, all others as they are.
    #[must_use]
    pub fn unpack(self) -> Vec<Self> {
        let is_list = self.value["kind"].as_str().is_some_and(|kind| kind.ends_with("List"));
        let Some(items) = self.value.get("items").and_then(Value::as_array).filter(|_| is_list) else { return vec![self] };
        let unpacked = items.iter().enumerate().map(|(index, item)| {
            let start = format!("items[{index}]");
            let own = self.lines.iter().filter_map(|(path, line)| {
                let rest = path.strip_prefix(&start)?;
                Some((rest.strip_prefix('.').unwrap_or(rest).to_owned(), *line))
            });
            Self { file: self.file.clone(), value: item.clone(), lines: own.collect() }
        });
        unpacked.collect()
    }
}

/// Where the last segment of a path begins; `None` where there is only one.
fn parent(path: &str) -> Option<usize> {
    if path.ends_with(']') {
        // Keys of annotations hold dots and slashes, and no brackets.
        return path.rfind('[').filter(|at| *at > 0);
    }
    path.rfind('.')
}

/// All documents of a file; empty ones are left out.
///
/// # Errors
/// It is no YAML (which JSON is as well): where, and why.
pub fn parse(file: &str, text: &str) -> Result<Vec<Document>, String> {
    let nodes: Vec<Spanned<Node>> = serde_saphyr::from_multiple(text).map_err(|error| error.to_string())?;
    let documents = nodes.into_iter().filter(|node| node.value != Node::Null).map(|node| {
        let mut lines = BTreeMap::from([(String::new(), node.referenced.line())]);
        let value = node.value.flatten("", &mut lines);
        Document { file: file.to_owned(), value, lines }
    });
    Ok(documents.flat_map(Document::unpack).collect())
}

#[derive(Debug, PartialEq)]
enum Node {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<String>, Spanned<Node>)>),
}

impl Node {
    fn flatten(self, at: &str, lines: &mut BTreeMap<String, u64>) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => Value::Bool(bool),
            Self::Number(number) => Value::Number(number),
            Self::Text(text) => Value::String(text),
            Self::List(items) => {
                let items = items.into_iter().enumerate().map(|(index, item)| {
                    let at = format!("{at}[{index}]");
                    lines.insert(at.clone(), item.referenced.line());
                    item.value.flatten(&at, lines)
                });
                Value::Array(items.collect())
            }
            Self::Map(members) => {
                let mut map = Map::new();
                for (key, value) in members {
                    let at = member(at, &key.value);
                    lines.insert(at.clone(), key.referenced.line());
                    let value = value.value.flatten(&at, lines);
                    map.insert(key.value, value);
                }
                Value::Object(map)
            }
        }
    }
}

/// The path of a member. Keys of annotations and labels stand in brackets, as kubectl shows them.
fn member(at: &str, key: &str) -> String {
    match at {
        "" => key.to_owned(),
        _ if at.ends_with("metadata.annotations") || at.ends_with("metadata.labels") => format!("{at}[{key}]"),
        _ => format!("{at}.{key}"),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value that JSON has as well")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E: de::Error>(self, bool: bool) -> Result<Node, E> {
        Ok(Node::Bool(bool))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.into()))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Node, E> {
        let finite = Number::from_f64(number).ok_or_else(|| E::custom(format!("{number} is no number that JSON has")))?;
        Ok(Node::Number(finite))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Node::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TWO: &str = "---\n# first\nkind: Bucket\nmetadata:\n  name: logs\n  annotations:\n    services.k8s.aws/region: eu-west-1\nspec:\n  name: logs\n  tagging:\n    tagSet:\n    - key: team\n      value: a\n    - {key: cost, value: \"1\"}\n---\n---\nkind: Namespace\n";

    #[test]
    fn every_field_knows_its_line() {
        let documents = parse("a.yaml", TWO).unwrap();
        assert_eq!(documents.len(), 2, "{documents:?}");
        let bucket = &documents[0];
        assert_eq!(bucket.value["spec"]["tagging"]["tagSet"][1], json!({"key": "cost", "value": "1"}));
        let lines = [
            ("spec.name", 9),
            ("spec.tagging.tagSet[1].value", 14),
            ("spec.tagging.tagSet[0]", 12),
            ("metadata.annotations[services.k8s.aws/region]", 7),
            ("metadata.annotations[services.k8s.aws/owner-account-id]", 6),
            ("spec.tagging.tagSet[1].absent.more", 14),
            ("status.conditions[0]", 3),
        ];
        for (field, line) in lines {
            assert_eq!(bucket.line(field), line, "{field}");
        }
        assert_eq!(documents[1].line("metadata.name"), 17);
    }

    #[test]
    fn lists_are_unpacked_and_their_items_keep_their_lines() {
        let list = "kind: List\nitems:\n- kind: Bucket\n  spec:\n    name: a\n- kind: Bucket\n  spec:\n    name: b\n";
        let documents = parse("a.yaml", list).unwrap();
        assert_eq!(documents.iter().map(|document| document.line("spec.name")).collect::<Vec<_>>(), [5, 8]);
        assert_eq!(documents[1].value["spec"]["name"], "b");
    }

    #[test]
    fn json_is_yaml_and_what_is_neither_is_named() {
        let documents = parse("a.json", "{\n \"kind\": \"Bucket\",\n \"spec\": {\"name\": \"a\"}\n}").unwrap();
        assert_eq!(documents[0].line("spec.name"), 3);
        assert!(parse("a.yaml", "a: [").is_err());
        assert!(parse("a.yaml", "a: 1\na: 2\n").is_err(), "a key that stands there twice says two things");
        assert_eq!(parse("a.yaml", "").unwrap(), []);
    }
}
