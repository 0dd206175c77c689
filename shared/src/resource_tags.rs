//! The tags that the controller puts on every bucket besides the user's own, as templates: `key=value` with placeholders in the
//! value, spelt as the peer's flag `--resource-tags` takes them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::Bucket;
use crate::place::ControllerTag;

/// The tag by which a bucket tells the namespace of the Bucket that made it.
pub const OF_NAMESPACE: &str = "services.k8s.aws/namespace";

/// The tag that tells which version of which controller wrote last. It changes with every upgrade, and tells nobody's bucket from another's.
pub const OF_VERSION: &str = "services.k8s.aws/controller-version";

/// What `--resource-tags` is where nobody says anything: who manages the bucket, in which version, for which namespace.
pub const DEFAULT: &[&str] =
    &["services.k8s.aws/controller-version=%CONTROLLER_SERVICE%-%CONTROLLER_VERSION%", "services.k8s.aws/namespace=%K8S_NAMESPACE%"];

/// The tags of the controller before the placeholders are filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagTemplates(Vec<ControllerTag>);

/// A template that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("resource tag {entry:?} is not of the form key=value; write exactly one = in it")]
pub struct TagTemplateError {
    /// The entry as it was given.
    pub entry: String,
}

impl TagTemplateError {
    /// What kind of error this is.
    #[must_use]
    pub fn category(&self) -> &'static str {
        "configuration"
    }
}

impl Default for TagTemplates {
    fn default() -> Self {
        Self(DEFAULT.iter().filter_map(|entry| template(entry)).collect())
    }
}

impl TagTemplates {
    /// Reads `key=value` entries. An entry with an empty key or value is left out, as in the peer; so is an empty entry, which is
    /// how a flag says "no tags".
    ///
    /// # Errors
    /// An entry without `=`, or with more than one.
    pub fn parse(entries: &[String]) -> Result<Self, TagTemplateError> {
        let mut templates: Vec<ControllerTag> = Vec::new();
        for entry in entries.iter().filter(|entry| !entry.trim().is_empty()) {
            let tag = template(entry).ok_or_else(|| TagTemplateError { entry: entry.clone() })?;
            templates.retain(|earlier| earlier.key != tag.key);
            templates.push(tag);
        }
        templates.retain(|tag| !tag.key.is_empty() && !tag.value.is_empty());
        Ok(Self(templates))
    }

    /// The most tags that a bucket gets from these templates.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tags of one bucket. A tag whose value comes out empty is left out.
    #[must_use]
    pub fn expand(&self, bucket: &Bucket) -> Vec<ControllerTag> {
        let tags = self.0.iter().map(|tag| ControllerTag { key: tag.key.clone(), value: fill(&tag.value, bucket) });
        tags.filter(|tag| !tag.value.is_empty()).collect()
    }
}

fn template(entry: &str) -> Option<ControllerTag> {
    let (key, value) = entry.split_once('=').filter(|(_, value)| !value.contains('='))?;
    Some(ControllerTag { key: key.trim().to_owned(), value: value.trim().to_owned() })
}

fn fill(template: &str, bucket: &Bucket) -> String {
    static NO_LABELS: BTreeMap<String, String> = BTreeMap::new();
    let labels = bucket.metadata.labels.as_ref().unwrap_or(&NO_LABELS);
    let label = |key: &str| labels.get(key).map_or("", String::as_str);
    let values = [
        ("%CONTROLLER_SERVICE%", "s3"),
        ("%CONTROLLER_VERSION%", env!("CARGO_PKG_VERSION")),
        ("%K8S_NAMESPACE%", bucket.metadata.namespace.as_deref().unwrap_or_default()),
        ("%K8S_RESOURCE_NAME%", bucket.metadata.name.as_deref().unwrap_or_default()),
        ("%K8S_RESOURCE_KIND%", "Bucket"),
        ("%MANAGED_BY%", label("app.kubernetes.io/managed-by")),
        ("%KRO_VERSION%", label("kro.run/kro-version")),
    ];
    let mut text = Cow::Borrowed(template);
    for (placeholder, value) in values {
        if text.contains(placeholder) {
            text = Cow::Owned(text.replace(placeholder, value));
        }
    }
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket() -> Bucket {
        let mut bucket = Bucket::default();
        bucket.metadata.name = Some("logs".to_owned());
        bucket.metadata.namespace = Some("team-a".to_owned());
        bucket.metadata.labels = Some(BTreeMap::from([("app.kubernetes.io/managed-by".to_owned(), "kro".to_owned())]));
        bucket
    }

    fn expand(entries: &[&str]) -> Vec<(String, String)> {
        let entries: Vec<String> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        TagTemplates::parse(&entries).unwrap().expand(&bucket()).into_iter().map(|tag| (tag.key, tag.value)).collect()
    }

    fn tag(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn the_default_names_version_and_namespace() {
        let version = format!("s3-{}", env!("CARGO_PKG_VERSION"));
        let want = [tag("services.k8s.aws/controller-version", &version), tag("services.k8s.aws/namespace", "team-a")];
        assert_eq!(expand(DEFAULT), want);
        assert_eq!(TagTemplates::default().len(), 2);
    }

    #[test]
    fn placeholders_stand_anywhere_and_empties_are_left_out() {
        assert_eq!(expand(&[" of = %K8S_RESOURCE_KIND%/%K8S_RESOURCE_NAME% "]), [tag("of", "Bucket/logs")]);
        assert_eq!(expand(&["by=%MANAGED_BY%", "kro=%KRO_VERSION%", "=x", "x= ", ""]), [tag("by", "kro")]);
        assert_eq!(expand(&["a=1", "b=2", "a=3"]), [tag("b", "2"), tag("a", "3")], "the last one of a key counts");
    }

    #[test]
    fn every_placeholder_is_known() {
        let version = format!("s3-{}", env!("CARGO_PKG_VERSION"));
        for (template, value) in [
            ("%CONTROLLER_SERVICE%-%CONTROLLER_VERSION%", version.as_str()),
            ("%K8S_NAMESPACE%", "team-a"),
            ("%K8S_RESOURCE_NAME%", "logs"),
            ("%K8S_RESOURCE_KIND%", "Bucket"),
            ("%MANAGED_BY%", "kro"),
            ("%KRO_VERSION%", "0.9.1"),
            ("%K8S_NAMESPACE%/%K8S_NAMESPACE%", "team-a/team-a"),
            ("%NOBODY_KNOWS%", "%NOBODY_KNOWS%"),
        ] {
            let mut bucket = bucket();
            bucket.metadata.labels.as_mut().unwrap().insert("kro.run/kro-version".to_owned(), "0.9.1".to_owned());
            let tags = TagTemplates::parse(&[format!("x={template}")]).unwrap().expand(&bucket);
            assert_eq!(tags, [ControllerTag { key: "x".to_owned(), value: value.to_owned() }], "{template}");
        }
    }

    #[test]
    fn an_empty_flag_means_no_tags() {
        assert!(expand(&[""]).is_empty() && expand(&[]).is_empty());
    }

    #[test]
    fn an_entry_without_exactly_one_equals_sign_is_refused() {
        for bad in ["team", "a=b=c"] {
            let error = TagTemplates::parse(&[bad.to_owned()]).unwrap_err();
            assert!(error.to_string().contains(bad) && error.category() == "configuration", "{error}");
        }
    }
}
