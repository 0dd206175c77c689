//! The Buckets in the files, each with what the files (and the API server, where it was asked) say of its surroundings, and with what
//! admission says of it. Pure.

use std::collections::BTreeMap;

use kube::ResourceExt;
use kube::runtime::reflector;
use kube::runtime::watcher::Event;
use serde_json::Value;
use shared::admission::{self, Finding, Settings, Severity};
use shared::crd::shape;
use shared::manifest::{Document, in_namespace};
use shared::{Bucket, annotation};

use crate::audit;
use crate::claims::StoreClaims;
use crate::cli::plural;
use crate::context::Annotations;

/// What the files hold.
pub(super) struct Files {
    buckets: Vec<(Document, Value)>,
    /// The annotations of namespaces, by name.
    pub namespaces: BTreeMap<String, Annotations>,
    /// The Buckets that the API server has, by namespace and name; `None` where it was not asked.
    pub live: Option<BTreeMap<(String, String), Bucket>>,
    skipped: BTreeMap<String, usize>,
}

/// One Bucket to plan for.
pub(super) struct Subject {
    /// The file, as it was named.
    pub file: String,
    /// The line on which it begins.
    pub line: u64,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// What admission says, each with its line.
    pub findings: Vec<(u64, Finding)>,
    /// The Bucket; `None` where it cannot be read as one.
    pub bucket: Option<Bucket>,
    /// The annotations of its namespace.
    pub annotations: Annotations,
    /// Whether the API server was asked for it.
    pub is_known: bool,
}

impl Subject {
    /// Whether admission refuses it.
    pub(super) fn is_refused(&self) -> bool {
        self.bucket.is_none() || self.findings.iter().any(|(_, finding)| finding.severity == Severity::Deny)
    }
}

impl Files {
    /// Sorts the documents. Buckets that name no namespace are in this one.
    pub(super) fn of(documents: Vec<Document>, namespace: &str) -> Self {
        let mut files = Self { buckets: Vec::new(), namespaces: BTreeMap::new(), live: None, skipped: BTreeMap::new() };
        for document in documents {
            if document.is_bucket() {
                let value = in_namespace(&document.value, namespace);
                files.buckets.push((document, value));
            } else if document.is_namespace() {
                let annotations = serde_json::from_value(document.value["metadata"]["annotations"].clone()).unwrap_or_default();
                if let Some(name) = document.value["metadata"]["name"].as_str() {
                    files.namespaces.insert(name.to_owned(), annotations);
                }
            } else {
                let kind = document.value["kind"].as_str().unwrap_or("document without a kind");
                *files.skipped.entry(kind.to_owned()).or_default() += 1;
            }
        }
        files
    }

    /// What is in the files and is no Bucket, in words.
    pub(super) fn skipped(&self) -> impl Iterator<Item = String> {
        self.skipped.iter().map(|(kind, count)| format!("left out {}", plural(*count, kind)))
    }

    /// Namespace and name of each Bucket.
    pub(super) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.buckets.iter().map(|(_, value)| (text(value, "namespace"), text(value, "name")))
    }

    /// The Buckets with what admission says of each among the others.
    pub(super) fn judged(self, settings: &Settings) -> Vec<Subject> {
        let typed: Vec<Result<Bucket, String>> = self.buckets.iter().map(|(_, value)| self.typed(value)).collect();
        let (store, mut writer) = reflector::store();
        for bucket in typed.iter().flatten() {
            writer.apply_watcher_event(&Event::Apply(bucket.clone()));
        }
        let annotations =
            |bucket: &Bucket| self.namespaces.get(&bucket.namespace().unwrap_or_default()).cloned().or_else(|| Some(Annotations::new()));
        let claims = StoreClaims {
            buckets: &store,
            namespace: &annotations,
            default_region: settings.default_region.as_deref(),
            ignores_read_only: settings.ignores_read_only,
        };
        let subjects = self.buckets.iter().zip(typed).map(|((document, value), bucket)| {
            let annotations = self.namespaces.get(text(value, "namespace")).cloned().unwrap_or_default();
            let rules = |bucket: &Bucket| admission::findings(&audit::request(bucket, &annotations, settings, &claims)).findings;
            let found = shape::findings(value, bucket.as_ref(), rules);
            Subject {
                file: document.file.clone(),
                line: document.line(""),
                namespace: text(value, "namespace").to_owned(),
                name: text(value, "name").to_owned(),
                findings: found.into_iter().map(|finding| (document.line(&finding.field), finding)).collect(),
                bucket: bucket.ok(),
                annotations,
                is_known: self.live.is_some(),
            }
        });
        subjects.collect()
    }

    /// The Bucket of a manifest, as it is once it was applied: what only the controller writes is as the API server has it.
    fn typed(&self, value: &Value) -> Result<Bucket, String> {
        let mut bucket: Bucket = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        bucket.status = None;
        let Some(live) = &self.live else { return Ok(bucket) };
        let live = live.get(&(text(value, "namespace").to_owned(), text(value, "name").to_owned()));
        let metadata = live.map(|live| live.metadata.clone()).unwrap_or_default();
        let adopted = metadata.annotations.and_then(|mut annotations| annotations.remove(annotation::ADOPTED));
        if let Some(adopted) = adopted {
            bucket.annotations_mut().entry(annotation::ADOPTED.to_owned()).or_insert(adopted);
        }
        bucket.status = live.and_then(|live| live.status.clone());
        bucket.metadata.finalizers = metadata.finalizers;
        bucket.metadata.uid = metadata.uid;
        bucket.metadata.creation_timestamp = metadata.creation_timestamp;
        bucket.metadata.deletion_timestamp = metadata.deletion_timestamp;
        Ok(bucket)
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value["metadata"][member].as_str().unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests {
    use shared::bucket::FINALIZER;
    use shared::manifest;

    use super::*;

    const BUCKET: &str = "apiVersion: s3.services.k8s.aws/v1alpha1\nkind: Bucket\nmetadata:\n  name: NAME\nspec:\n  name: NAME\n---\n";

    fn files(text: &str) -> Files {
        Files::of(manifest::parse("a.yaml", text).unwrap(), "team-a")
    }

    pub(in crate::cli::plan) fn subjects(text: &str) -> Vec<Subject> {
        files(text).judged(&settings())
    }

    fn settings() -> Settings {
        Settings { default_region: Some("eu-west-1".to_owned()), controller_tags: 2, ..Settings::default() }
    }

    #[test]
    fn what_is_no_bucket_is_left_out_and_said() {
        let service = "apiVersion: v1\nkind: Service\n---\n";
        let files = files(&[service, &BUCKET.replace("NAME", "logs"), service, "a: 1\n"].concat());
        assert_eq!(files.skipped().collect::<Vec<_>>(), ["left out 2 Services", "left out 1 document without a kind"]);
        assert_eq!(files.names().collect::<Vec<_>>(), [("team-a", "logs")]);
    }

    #[test]
    fn a_namespace_among_the_files_gives_its_annotations() {
        let namespace = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-a\n  annotations: {services.k8s.aws/default-region: eu-west-3}\n---\n";
        let subjects = subjects(&[namespace, &BUCKET.replace("NAME", "logs")].concat());
        assert_eq!(subjects[0].annotations[annotation::DEFAULT_REGION], "eu-west-3");
        assert!(!subjects[0].is_refused() && subjects[0].line == 7, "{}", subjects[0].line);
    }

    #[test]
    fn findings_have_lines_and_refuse() {
        let subjects = subjects(&[BUCKET.replace("NAME", "Logs"), BUCKET.replace("  name: NAME\n---", "  name: 7\n---")].concat());
        assert!(subjects[0].is_refused());
        assert_eq!((subjects[0].findings[0].0, &*subjects[0].findings[0].1.rule), (6, "name-charset"));
        assert!(subjects[1].is_refused() && subjects[1].bucket.is_none() && subjects[1].findings.len() == 1);
    }

    #[test]
    fn two_of_one_bucket_are_one_too_many() {
        let one = BUCKET.replace("NAME", "logs");
        let subjects = subjects(&[one.clone(), one.replacen("name: logs", "name: twin", 1)].concat());
        let refused: Vec<&str> = subjects.iter().filter(|subject| subject.is_refused()).map(|subject| subject.name.as_str()).collect();
        assert_eq!(refused, ["twin"]);
    }

    #[test]
    fn of_what_the_cluster_has_only_that_counts_which_nobody_else_writes() {
        let mut files = files(&BUCKET.replace("NAME", "logs"));
        let mut live = Bucket::new("logs", shared::BucketSpec::default());
        live.metadata.finalizers = Some(vec![FINALIZER.to_owned()]);
        let annotations = [(annotation::ADOPTED, "true"), (annotation::UNSET_FIELDS, "reset"), (annotation::READ_ONLY, "true")];
        live.metadata.annotations = Some(annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect());
        files.live = Some(BTreeMap::from([(("team-a".to_owned(), "logs".to_owned()), live)]));
        let bucket = files.judged(&settings()).remove(0).bucket.unwrap();
        assert!(bucket.owns_bucket() && bucket.annotation(annotation::ADOPTED) == Some("true"));
        assert_eq!((bucket.annotation(annotation::UNSET_FIELDS), bucket.annotation(annotation::READ_ONLY)), (None, None));
    }
}
