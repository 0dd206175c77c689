//! What holds for the project as a whole and no compiler checks.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && name != ".git" {
            files(&path, ending, found);
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

fn all(ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    files(&root(), ending, &mut found);
    assert!(!found.is_empty(), "no {ending} file below {}", root().display());
    found
}

#[test]
fn no_source_file_is_longer_than_500_lines() {
    let long: Vec<String> = all(".rs")
        .iter()
        .map(|path| (path, fs::read_to_string(path).unwrap().lines().count()))
        .filter(|(_, lines)| *lines > 500)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_crate_takes_lints_and_versions_from_the_workspace() {
    for member in ["shared", "webhook", "controller", "certs", "tests"] {
        let manifest = fs::read_to_string(root().join(member).join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[lints]\nworkspace = true"), "{member}: [lints] workspace = true is missing");
        let dependencies = manifest.split("dependencies]\n").skip(1).flat_map(|section| section.split("\n[").next().unwrap().lines());
        for line in dependencies.filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
            assert!(line.contains("workspace = true"), "{member}: take the version from the workspace: {line}");
        }
    }
}

#[test]
fn rules_and_dashboards_ask_for_metrics_that_there_are() {
    let folder = root().join("deploy/monitoring");
    let files =
        ["rules.yaml", "dashboards/fleet.json", "dashboards/bucket.json"].map(|file| fs::read_to_string(folder.join(file)).unwrap());
    let words = files.iter().flat_map(|text| text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_'));
    // A word that ends in "_" is the beginning of a pattern.
    let asked: BTreeSet<&str> = words.filter(|word| word.starts_with("cooper_") && !word.ends_with('_')).collect();
    assert!(asked.len() > 40, "{asked:?}");
    let sources: Vec<String> =
        all(".rs").iter().filter(|path| !path.starts_with(root().join("tests"))).map(|path| fs::read_to_string(path).unwrap()).collect();
    // The series of a histogram have names of their own.
    let metric = |name: &str| ["_bucket", "_count", "_sum"].iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name).to_owned();
    let there = |name: &str| sources.iter().any(|text| text.contains(&format!("\"{name}\"")));
    let missing: Vec<&str> = asked.into_iter().filter(|name| !there(name) && !there(&metric(name))).collect();
    assert!(missing.is_empty(), "nobody shows {missing:?}");
}

#[test]
fn main_is_twenty_lines() {
    for member in ["webhook", "controller", "certs"] {
        let lines = fs::read_to_string(root().join(member).join("src/main.rs")).unwrap().lines().count();
        assert!(lines <= 20, "{member}/src/main.rs has {lines} lines");
    }
}

#[test]
fn nothing_is_ignored_and_nothing_is_left_for_later() {
    let words = [
        ["#[ign", "ore"].concat(),
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
    ];
    for path in all(".rs") {
        let text = fs::read_to_string(&path).unwrap();
        for word in &words {
            assert!(!text.contains(word.as_str()), "{} contains {word}", path.display());
        }
    }
}
