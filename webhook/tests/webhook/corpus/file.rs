//! Files of manifests, with what their comments expect.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use webhook::caches::Caches;

/// One file.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) manifests: Vec<Manifest>,
    namespaces: BTreeMap<String, BTreeMap<String, String>>,
}

/// One Bucket, and the comments above it.
pub(super) struct Manifest {
    pub(super) object: Value,
    file: String,
    comments: Vec<String>,
}

/// All files of a folder of the corpus.
pub(super) fn files(folder: &str) -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/webhook/corpus").join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 5, "{paths:?}");
    paths.into_iter().map(|path| File::parse(&path, &fs::read_to_string(&path).unwrap())).collect()
}

impl File {
    pub(super) fn parse(path: &Path, text: &str) -> Self {
        let mut file = Self { path: path.to_owned(), manifests: Vec::new(), namespaces: BTreeMap::new() };
        for document in text.split("\n---\n") {
            let comments: Vec<String> = document.lines().filter_map(|line| line.strip_prefix("# ")).map(str::to_owned).collect();
            let value: Value = serde_saphyr::from_str(document).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            file.take(value, &comments);
        }
        file
    }

    fn take(&mut self, value: Value, comments: &[String]) {
        match value["kind"].as_str() {
            Some("List") => value["items"].as_array().unwrap().iter().for_each(|item| self.take(item.clone(), comments)),
            Some("Namespace") => {
                let annotations = serde_json::from_value(value["metadata"]["annotations"].clone()).unwrap();
                self.namespaces.insert(value["metadata"]["name"].as_str().unwrap().to_owned(), annotations);
            }
            Some("Bucket") => {
                let file = self.path.file_name().unwrap().to_string_lossy().into_owned();
                let mut object = value;
                if object["metadata"]["namespace"].is_null() {
                    object["metadata"]["namespace"] = json!("default");
                }
                self.manifests.push(Manifest { object, file, comments: comments.to_vec() });
            }
            _ => {}
        }
    }

    /// What the file tells of a cluster.
    pub(super) fn caches(&self) -> Caches {
        let caches = Caches::new(Some("eu-west-1".to_owned()));
        let mut namespaces = self.namespaces.clone();
        for manifest in &self.manifests {
            namespaces.entry(manifest.namespace().to_owned()).or_default();
        }
        caches.fill(namespaces, self.manifests.iter().map(|manifest| serde_json::from_value(manifest.object.clone()).unwrap()));
        caches
    }
}

impl Manifest {
    /// A manifest without comments.
    pub(super) fn bare(file: &str, object: Value) -> Self {
        Self { object, file: file.to_owned(), comments: Vec::new() }
    }

    pub(super) fn namespace(&self) -> &str {
        self.object["metadata"]["namespace"].as_str().unwrap()
    }

    /// The name, or what the API server makes one from.
    pub(super) fn name(&self) -> &str {
        let metadata = &self.object["metadata"];
        metadata["name"].as_str().or_else(|| metadata["generateName"].as_str()).unwrap()
    }

    /// The rules that a comment `# <word>: rule rule` names.
    pub(super) fn warns(&self, word: &str) -> BTreeSet<String> {
        let start = format!("{word}: ");
        let lists = self.comments.iter().filter_map(|line| line.strip_prefix(start.as_str()));
        lists.flat_map(str::split_whitespace).map(str::to_owned).collect()
    }

    /// Rule and field of each comment `# refused: rule field`.
    pub(super) fn refused(&self) -> BTreeSet<(String, String)> {
        let lists = self.comments.iter().filter_map(|line| line.strip_prefix("refused: "));
        lists.map(|line| line.split_once(' ').unwrap()).map(|(rule, field)| (rule.to_owned(), field.to_owned())).collect()
    }
}

impl Display for Manifest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.file, self.name())
    }
}
