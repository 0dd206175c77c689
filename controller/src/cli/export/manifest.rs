//! The manifest of a bucket of which all was read. Pure.

use kube::ResourceExt;
use serde_json::{Map, Value};
use shared::ignore::Ignored;
use shared::place::Place;
use shared::subconfig::Observed;
use shared::{Bucket, BucketSpec, annotation};

use super::{clean, name};
use crate::cli::CliError;

/// The namespace that stands in where none is given, for the tags whose values name it.
const SOME_NAMESPACE: &str = "default";

/// What all manifests have in common.
pub(super) struct Writer<'a> {
    /// The namespace, where one was given.
    pub namespace: Option<&'a str>,
    /// The region that need not be named.
    pub home: Option<&'a str>,
}

/// One manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    /// The Bucket.
    pub bucket: Bucket,
}

impl Writer<'_> {
    /// The Bucket that takes over the S3 bucket of this name without a write. The place has the controller's tags.
    pub(super) fn manifest(&self, bucket_name: &str, observed: &Observed, place: &Place) -> Manifest {
        let ignored = controller_tags(place);
        let base = BucketSpec { name: bucket_name.to_owned(), ..BucketSpec::default() };
        let is_ignored = Ignored::parse(&ignored).unwrap_or_default();
        let spec = clean::without_defaults(observed.export(&base, place), observed, place, &is_ignored);
        let tags_are_managed = spec.tagging.is_some();
        let mut bucket = Bucket::new(&name::of(bucket_name), spec);
        bucket.metadata.namespace = self.namespace.map(str::to_owned);
        let annotations = bucket.annotations_mut();
        annotations.insert(annotation::ADOPTION_POLICY.to_owned(), "adopt-or-create".to_owned());
        if self.home != Some(place.region.as_str()) {
            annotations.insert(annotation::REGION.to_owned(), place.region.clone());
        }
        // Where the spec has no tags, they are not managed in a bucket that was adopted.
        if tags_are_managed && !ignored.is_empty() {
            annotations.insert(annotation::IGNORE_FIELD_DRIFT.to_owned(), ignored);
        }
        Manifest { bucket }
    }
}

/// A Bucket of this name in this region, of which nothing else is known.
pub(super) fn empty(bucket_name: &str, region: Option<&str>) -> Bucket {
    let mut bucket = Bucket::new(&name::of(bucket_name), BucketSpec { name: bucket_name.to_owned(), ..BucketSpec::default() });
    bucket.metadata.namespace = Some(SOME_NAMESPACE.to_owned());
    if let Some(region) = region {
        bucket.annotations_mut().insert(annotation::REGION.to_owned(), region.to_owned());
    }
    bucket
}

/// The paths of the controller's tags, as annotation ignore-field-drift takes them.
fn controller_tags(place: &Place) -> String {
    let paths = place.tags.iter().map(|tag| format!("spec.tagging.tagSet[{}]", tag.key));
    paths.filter(|path| Ignored::parse(path).is_ok()).collect::<Vec<_>>().join(",")
}

impl Manifest {
    /// The name of its file.
    pub(super) fn file_name(&self) -> String {
        format!("{}.yaml", self.bucket.name_any())
    }

    /// The manifest as YAML, which any version of YAML reads alike.
    ///
    /// # Errors
    /// It cannot be said in YAML, which is a bug.
    pub(super) fn yaml(&self) -> Result<String, CliError> {
        let failed = |source: serde_saphyr::SerializeError| CliError::Yaml { bucket: self.bucket.name_any(), source: Box::new(source) };
        let value = serde_json::to_value(&self.bucket).unwrap_or_default();
        let kept: Map<String, Value> = value
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(member, _)| *member != "status")
            .map(|(member, value)| (member.clone(), value.clone()))
            .collect();
        // A policy stays one line: folded, its blanks would be the reader's.
        serde_saphyr::to_string_with_options(&kept, serde_saphyr::ser_options! { prefer_block_scalars: false }).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::place::ControllerTag;
    use shared::subconfig::{self, Have, Tagging};
    use shared::unset::UnsetFields;

    use super::*;

    const OWN: &str = "services.k8s.aws/namespace";

    fn place() -> Place {
        let tag = |key: &str, value: &str| ControllerTag { key: key.to_owned(), value: value.to_owned() };
        let tags = vec![tag("services.k8s.aws/controller-version", "s3-1"), tag(OWN, "default")];
        Place { region: "eu-west-1".to_owned(), tags, ..Place::default() }
    }

    fn tagged(tags: &[(&str, &str)]) -> Observed {
        let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect();
        let tagging: Tagging = serde_json::from_value(json!({ "tagSet": tags })).unwrap();
        let tagging = if tags.is_empty() { Have::Empty } else { Have::Value(tagging) };
        Observed { tagging, ..Observed::as_asked(&BucketSpec { name: "logs".to_owned(), ..BucketSpec::default() }, &Place::default()) }
    }

    fn written(observed: &Observed, home: Option<&str>) -> Bucket {
        Writer { namespace: Some("team-a"), home }.manifest("logs", observed, &place()).bucket
    }

    /// As in a bucket that was adopted.
    fn is_no_op(bucket: &Bucket, observed: &Observed) -> bool {
        let spec = bucket.spec.as_ref().unwrap();
        subconfig::plan_ignoring(spec, observed, &place(), UnsetFields::Ignore, &Ignored::of(bucket)).differences().is_empty()
    }

    #[test]
    fn a_bucket_as_s3_makes_it_is_its_name() {
        let observed = tagged(&[]);
        let bucket = written(&observed, Some("eu-west-1"));
        assert_eq!(serde_json::to_value(&bucket.spec).unwrap(), json!({"name": "logs"}));
        assert_eq!(bucket.annotations().keys().collect::<Vec<_>>(), [annotation::ADOPTION_POLICY]);
        assert!(is_no_op(&bucket, &observed));
    }

    #[test]
    fn where_tags_are_declared_those_of_the_controller_are_left_as_they_are() {
        for held in [vec![("team", "a")], vec![("team", "a"), (OWN, "elsewhere")]] {
            let observed = tagged(&held);
            let bucket = written(&observed, None);
            let tagging = serde_json::to_value(bucket.spec.as_ref().unwrap().tagging.as_ref()).unwrap();
            assert_eq!(tagging, json!({"tagSet": [{"key": "team", "value": "a"}]}));
            assert!(bucket.annotation(annotation::IGNORE_FIELD_DRIFT).is_some_and(|paths| paths.contains(OWN)));
            assert_eq!(bucket.annotation(annotation::REGION), Some("eu-west-1"), "nobody said that it goes without saying");
            assert!(is_no_op(&bucket, &observed), "{held:?}");
        }
    }

    #[test]
    fn what_yaml_would_take_for_something_else_is_quoted() {
        let odd = ["on", "12:30:00", "2024-01-01", "0o17", "1e3", "~", "null", "", "- x", "a: b", "# c", "'", "ä\u{2028}", "1_000"];
        let keys: Vec<String> = (0..odd.len()).map(|number| format!("k{number:02}")).collect();
        let tags: Vec<(&str, &str)> = keys.iter().map(String::as_str).zip(odd).collect();
        let yaml = Writer { namespace: None, home: None }.manifest("logs", &tagged(&tags), &place()).yaml().unwrap();
        let read: Value = serde_saphyr::from_str(&yaml).unwrap();
        let values: Vec<&str> =
            read["spec"]["tagging"]["tagSet"].as_array().unwrap().iter().filter_map(|tag| tag["value"].as_str()).collect();
        assert_eq!(values, odd, "{yaml}");
        for bare in ["value: on\n", "value: 12:30:00\n", "value: 2024-01-01\n", "value: 1_000\n"] {
            assert!(!yaml.contains(bare), "{yaml}");
        }
    }

    #[test]
    fn a_manifest_holds_nothing_but_what_is_needed() {
        let manifest = Writer { namespace: Some("team-a"), home: None }.manifest("logs", &tagged(&[("team", "a")]), &place());
        assert_eq!(manifest.file_name(), "logs.yaml");
        insta::assert_snapshot!(manifest.yaml().unwrap());
    }
}
