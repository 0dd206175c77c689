//! The table of members against the sources of the SDK that is built in, and against the CustomResourceDefinition.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex};

use regex::Regex;
use serde_json::Value;

use super::known::members;
use crate::subconfig::{CALLS, NAMES};

/// What calls carry beside the configuration: where it goes, how it gets there, and which page it is.
const FRAME: [&str; 6] = ["bucket", "expected_bucket_owner", "checksum_algorithm", "content_md5", "continuation_token", "id"];

/// What a program prints that must end well.
fn answer(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The generated sources of aws-sdk-s3.
struct Sources(PathBuf);

impl Sources {
    /// Those that Cargo builds: it knows where they are. Asked for this platform only: packages of others may never have been fetched.
    fn find() -> Self {
        let platform = answer(Command::new("rustc").args(["--print", "host-tuple"]));
        let arguments = ["metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", platform.trim()];
        let metadata = answer(Command::new(env!("CARGO")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")));
        let metadata: Value = serde_json::from_str(&metadata).unwrap();
        let sdk = metadata["packages"].as_array().unwrap().iter().find(|package| package["name"] == "aws-sdk-s3").unwrap();
        Self(Path::new(sdk["manifest_path"].as_str().unwrap()).with_file_name("src"))
    }

    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.0.join(path)).ok()
    }

    /// The text of a function in the file of a shape.
    fn function(&self, shape: &str, name: &str) -> Option<String> {
        between(&self.text(&format!("protocol_serde/shape_{shape}.rs"))?, &format!("pub fn {name}("), "\n}\n")
    }

    /// The members of a struct, or of a union, each with its type.
    fn type_members(&self, name: &str) -> Vec<String> {
        let text = self.text(&format!("types/_{}.rs", snake(name))).unwrap();
        match between(&text, &format!("pub struct {name} {{"), "\n}\n") {
            Some(body) => captures(r"pub (?:r#)?(\w+): ", &body),
            None => captures(r"(?m)^    (\w+)\(", &between(&text, &format!("pub enum {name} {{"), "\n}\n").unwrap()),
        }
    }

    /// The element that the answer of an operation consists of, and how it is read.
    fn answer(&self, operation: &str) -> Option<(String, String)> {
        let shape = snake(operation);
        if let Some(read) = self.function(&shape, &format!("de_{shape}")) {
            return Some((captures(r#"start_el\.matches\("(\w+)"\)"#, &read).remove(0), read));
        }
        let payload = self.text(&format!("protocol_serde/shape_{shape}_output.rs"))?;
        let root = captures(r#"start_el\.matches\("(\w+)"\)"#, &payload).pop()?;
        let [_, shape, name] = all_captures(r"shape_(\w+)::(de_\w+)\(&mut decoder", &payload).remove(0);
        Some((root, self.function(&shape, &name).unwrap()))
    }

    /// The paths of all elements and attributes that a function reads, and those below them.
    fn elements(&self, path: &str, read: &str, to: &mut Vec<String>) {
        let mut arms = read.split("s if s.matches(\"");
        to.extend(captures(r#"attr\("([^"]+)"\)"#, arms.next().unwrap()).iter().map(|name| format!("{path}/@{name}")));
        for arm in arms {
            let name = arm.split('"').next().unwrap();
            let path = format!("{path}/{name}{}", if arm.contains(".push(") { "[]" } else { "" });
            if let Some([_, shape, name]) = all_captures(r"shape_(\w+)::(de_\w+)\(&mut tag", arm).pop() {
                let read = self.function(&shape, &name).unwrap();
                self.check_type(&read);
                self.elements(&path, &read, to);
            }
            to.push(path);
        }
    }

    /// Nothing of a type is missing in the function that reads it.
    fn check_type(&self, read: &str) {
        let Some(name) = captures(r"Result<crate::types::(\w+),", read).pop() else { return };
        for member in self.type_members(&name) {
            let [field, attribute, variant] = [format!(".set_{member}("), format!(".r#{member} ="), format!("{name}::{member}(")];
            assert!([field, attribute, variant].iter().any(|set| read.contains(set)), "{name}.{member} is never read");
        }
    }

    /// The members of a call's input or output that are no XML.
    fn beside(&self, operation: &str, half: &str, read: &str) -> Vec<String> {
        let shape = snake(operation);
        let text = self.text(&format!("operation/{shape}/_{shape}_{half}.rs")).unwrap();
        let body = between(&text, "pub struct ", "\n}\n").unwrap();
        let beside = all_captures(r"pub (?:r#)?(\w+): (.*),", &body).into_iter().filter(|[_, member, kind]| {
            // A configuration is in the answer of the read as well, where each of its members is looked at.
            let configuration = captures(r"crate::types::(\w+)", kind).pop().is_some_and(|name| self.is_struct(&name));
            !configuration && !FRAME.contains(&member.as_str()) && !read.contains(&format!(".set_{member}("))
        });
        beside.map(|[_, member, _]| format!("{operation}.{member}")).collect()
    }

    fn is_struct(&self, name: &str) -> bool {
        self.text(&format!("types/_{}.rs", snake(name))).is_some_and(|text| text.contains("pub struct"))
    }
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split(end).next().unwrap().to_owned())
}

/// What the groups of a pattern match, group 0 first; an absent group is empty.
fn all_captures<const N: usize>(pattern: &str, text: &str) -> Vec<[String; N]> {
    // Each of the few patterns is used some hundred times.
    static COMPILED: LazyLock<Mutex<HashMap<String, Regex>>> = LazyLock::new(Mutex::default);
    let regex = COMPILED.lock().unwrap().entry(pattern.to_owned()).or_insert_with(|| Regex::new(pattern).unwrap()).clone();
    let groups = |found: regex::Captures<'_>| std::array::from_fn(|index| found.get(index).map_or("", |group| group.as_str()).to_owned());
    regex.captures_iter(text).map(groups).collect()
}

fn captures(pattern: &str, text: &str) -> Vec<String> {
    all_captures(pattern, text).into_iter().map(|[_, first]| first).collect()
}

fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Each sub-configuration and each of its members, as the SDK has them.
fn sdk() -> BTreeSet<(&'static str, String)> {
    let sources = Sources::find();
    let mut all = BTreeSet::new();
    for calls in CALLS {
        let mut paths = Vec::new();
        let (root, read) = sources.answer(calls.get.name).unwrap_or_default();
        sources.elements(&root, &read, &mut paths);
        paths.extend(sources.beside(calls.get.name, "output", &read));
        paths.extend(sources.beside(calls.put.name, "input", ""));
        all.extend(paths.into_iter().map(|path| (calls.name, path)));
    }
    all
}

#[test]
fn the_table_holds_exactly_what_the_sdk_knows() {
    let known: BTreeSet<_> = members().map(|[config, path, _]| (config, path.replace("[1]", "[]"))).collect();
    let sdk = sdk();
    let missing: Vec<_> = sdk.difference(&known).map(|(config, path)| format!("{config}\t{path}")).collect();
    let extra: Vec<_> = known.difference(&sdk).map(|(config, path)| format!("{config}\t{path}")).collect();
    assert!(missing.is_empty(), "members.tsv lacks what this version of the SDK knows:\n{}", missing.join("\n"));
    assert!(extra.is_empty(), "members.tsv holds what this version of the SDK does not know:\n{}", extra.join("\n"));
    assert_eq!(known.len(), members().count(), "a member is there twice");
}

/// The paths of all fields of the spec.
static SPEC: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let all = crate::crd::all().unwrap();
    let bucket = all.iter().find(|definition| definition.spec.names.kind == "Bucket").unwrap();
    let schema = serde_json::to_value(bucket.spec.versions[0].schema.as_ref().unwrap()).unwrap();
    let mut paths = BTreeSet::new();
    fields("", &schema["openAPIV3Schema"]["properties"]["spec"], &mut paths);
    paths
});

fn fields(path: &str, schema: &Value, to: &mut BTreeSet<String>) {
    if schema["items"].is_object() {
        fields(&format!("{path}[]"), &schema["items"], to);
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        fields(format!("{path}.{name}").trim_start_matches('.'), member, to);
    }
    to.insert(path.to_owned());
}

#[test]
fn every_member_becomes_a_field_of_the_spec_or_says_why_not() {
    for [_, path, becomes] in members() {
        let (word, reason) = becomes.split_once(": ").unwrap_or((becomes, ""));
        match word {
            "carried" | "not mapped" => assert!(reason.len() > 5, "{path}: {word}, but why?"),
            fields => fields.split(", ").for_each(|field| assert!(SPEC.contains(field), "{path}: the spec has no {field}")),
        }
    }
}

#[test]
fn every_field_of_a_sub_configuration_comes_from_a_member() {
    let named: BTreeSet<&str> = members().flat_map(|[_, _, becomes]| becomes.split(", ")).collect();
    let tops: BTreeSet<&str> = CALLS.iter().flat_map(|calls| calls.fields.iter().copied()).collect();
    let of_a_section = |path: &&String| tops.contains(path.split(['.', '[']).next().unwrap());
    let is_leaf = |path: &&String| !SPEC.iter().any(|other| other.starts_with(&format!("{path}.")) || *other == format!("{path}[]"));
    // What has no member in S3: a reference to a Role, which becomes a role's ARN.
    let ours = |path: &&String| path.starts_with("replication.roleRef.");
    for leaf in SPEC.iter().filter(of_a_section).filter(is_leaf).filter(|path| !ours(path)) {
        let item_of = leaf.strip_suffix("[]");
        assert!(named.contains(leaf.as_str()) || item_of.is_some_and(|list| named.contains(list)), "no member of S3 becomes spec.{leaf}");
    }
}

#[test]
fn the_table_is_of_the_sub_configurations_there_are() {
    let configs: BTreeSet<&str> = members().map(|[config, _, _]| config).collect();
    assert_eq!(configs, NAMES.iter().copied().collect());
}
