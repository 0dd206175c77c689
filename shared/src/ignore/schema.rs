//! Which paths lead somewhere: the fields of the spec as its schema has them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::path::{Item, Segment};
use crate::subconfig::diff::KEYS;
use crate::{BucketSpec, annotation, crd, similar, subconfig};

/// The root of all paths.
const ROOT: &str = "spec";
/// Fields that are never compared, with those that are compared in their place.
const INSTEAD: &[(&str, &str)] =
    &[("spec.replication.roleRef", "spec.replication.role"), ("spec.objectOwnership", "spec.ownershipControls")];
/// What stands for one choice, so that a part of it means nothing.
const ONE_CHOICE: &str = ".filter";
/// Once on it stays on.
const LOCK: &str = "spec.objectLockEnabledForBucket";

/// A place in the schema.
enum Place {
    Object(BTreeMap<String, Place>),
    List(Box<Place>),
    Leaf,
}

/// The path from the spec on, in the spelling of the schema.
///
/// # Errors
/// What is wrong with it, and what to write instead.
pub(super) fn resolve(path: &str, segments: Vec<Segment>) -> Result<Vec<Segment>, String> {
    // Made when the first path is looked at: most controllers never see one.
    static SPEC: LazyLock<Place> = LazyLock::new(|| Place::of(&crd::schema_of::<BucketSpec>()));
    let mut segments = segments.into_iter();
    match segments.next() {
        Some(Segment::Member(root)) if root.eq_ignore_ascii_case(ROOT) => {}
        _ => return Err(format!("is no field of the spec; write {ROOT}.{path}, or another path that begins with {ROOT}")),
    }
    let (mut place, mut at, mut resolved) = (&*SPEC, ROOT.to_owned(), Vec::new());
    for segment in segments {
        if at.ends_with(ONE_CHOICE) {
            return Err(format!("leads into a filter, which is one choice; ignore the whole of {at}"));
        }
        let next = match segment {
            Segment::Member(name) => place.member(&at, &name)?,
            Segment::Item(item) => place.item(&at, item)?,
        };
        place = next.1;
        match &next.0 {
            Segment::Member(name) => at = format!("{at}.{name}"),
            Segment::Item(item) => at = format!("{at}[{}]", item.key),
        }
        resolved.push(next.0);
        compared(&at)?;
    }
    if resolved.is_empty() {
        return Err(format!("is all there is; to have nothing written at all set annotation {}: \"true\"", annotation::READ_ONLY));
    }
    Ok(resolved)
}

/// Fields that are read only while the bucket is made, or that S3 never takes back, do not drift.
fn compared(at: &str) -> Result<(), String> {
    if let Some((_, instead)) = INSTEAD.iter().find(|(field, _)| *field == at) {
        return Err(format!("is never compared with S3; write {instead} instead"));
    }
    let field = at.strip_prefix("spec.").filter(|field| !field.contains(['.', '[']));
    match field {
        Some(field) if at == LOCK || !subconfig::FIELDS.iter().any(|fields| fields.contains(&field)) => {
            Err(format!("is fixed when the bucket is made and cannot drift; leave {at} out"))
        }
        _ => Ok(()),
    }
}

impl Place {
    fn of(schema: &Value) -> Self {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            return Self::Object(properties.iter().map(|(name, schema)| (name.clone(), Self::of(schema))).collect());
        }
        schema.get("items").map_or(Self::Leaf, |items| Self::List(Box::new(Self::of(items))))
    }

    fn member(&self, at: &str, name: &str) -> Result<(Segment, &Self), String> {
        match self {
            Self::Object(members) => {
                let found = members.iter().find(|(member, _)| member.eq_ignore_ascii_case(name));
                let hint = || similar::did_you_mean(name, members.keys().map(String::as_str));
                let (name, place) = found.ok_or_else(|| format!("leads nowhere: {at} has no field {name}.{}", hint()))?;
                Ok((Segment::Member(name.clone()), place))
            }
            Self::List(items) => Err(match items.keys().first() {
                Some(key) => format!("leads through a list: name the item, such as {at}[{key}=x], or ignore the whole of {at}"),
                None => format!("leads through a list whose items have no key; ignore the whole of {at}"),
            }),
            Self::Leaf => Err(format!("leads nowhere: {at} has no fields; end the path there")),
        }
    }

    fn item(&self, at: &str, item: Item) -> Result<(Segment, &Self), String> {
        let Self::List(items) = self else { return Err(format!("leads nowhere: {at} is no list")) };
        let keys = items.keys();
        if keys.is_empty() {
            return Err(format!("names an item of a list whose items have no key; ignore the whole of {at}"));
        }
        let by = item.key.split_once('=').and_then(|(by, key)| Some((keys.iter().find(|known| known.eq_ignore_ascii_case(by))?, key)));
        let item = match by {
            Some((_, "")) => return Err(format!("names no item of {at}: the key is missing")),
            Some((by, key)) => Item { by: Some((*by).to_owned()), key: key.to_owned() },
            None => Item { by: None, key: item.key },
        };
        Ok((Segment::Item(item), items))
    }

    /// The fields that can hold the key of such an item.
    fn keys(&self) -> Vec<&'static str> {
        let Self::Object(members) = self else { return Vec::new() };
        KEYS.iter().copied().filter(|key| members.contains_key(*key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::path;
    use super::*;

    fn problem(path: &str) -> Option<String> {
        path::parse(path).and_then(|segments| resolve(path, segments)).err()
    }

    #[test]
    fn paths_of_the_schema_lead_somewhere() {
        for good in [
            "spec.tagging",
            "spec.tagging.tagSet[CostCenter]",
            "spec.tagging.tagSet[key=a=b].value",
            "spec.lifecycle.rules[id=expire].expiration.days",
            "spec.intelligentTiering[id=x].tierings[accessTier=ARCHIVE_ACCESS].days",
            "spec.acl",
            "spec.objectLockConfiguration.rule.defaultRetention.days",
            "spec.policy",
            "spec.cors.corsRules",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
    }

    #[test]
    fn every_section_of_the_spec_can_be_ignored() {
        for field in subconfig::FIELDS.iter().copied().flatten().filter(|field| LOCK != format!("spec.{field}")) {
            assert_eq!(problem(&format!("spec.{field}")), None);
        }
    }

    #[test]
    fn other_paths_are_refused_with_what_to_write() {
        for (bad, told) in [
            ("tagging.tagSet", "write spec.tagging.tagSet"),
            ("spec", "services.k8s.aws/read-only"),
            ("spec.name", "fixed when the bucket is made"),
            (LOCK, "fixed when the bucket is made"),
            ("spec.namespace", "fixed when the bucket is made"),
            ("spec.createBucketConfiguration.locationConstraint", "leave spec.createBucketConfiguration out"),
            ("spec.objectOwnership", "spec.ownershipControls"),
            ("spec.replication.roleRef.from.name", "spec.replication.role instead"),
            ("spec.lifecycle.rules.status", "spec.lifecycle.rules[id=x]"),
            ("spec.lifecycle.rules[id=]", "the key is missing"),
            ("spec.encryption.rules[0]", "have no key"),
            ("spec.encryption.rules.bucketKeyEnabled", "have no key"),
            ("spec.versioning[a]", "is no list"),
            ("spec.lifecycle.rules[x].filter.prefix", "ignore the whole of spec.lifecycle.rules[x].filter"),
            ("spec.versioning.status.x", "has no fields"),
            ("spec.policy.Statement", "has no fields"),
            ("spec.versioning.state", "spec.versioning has no field state."),
            ("spec.verzioning", "Did you mean versioning?"),
        ] {
            let problem = problem(bad).unwrap_or_default();
            assert!(problem.contains(told), "{bad}: {problem}");
        }
    }
}
