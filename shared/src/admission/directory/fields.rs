//! The fields that directory buckets do not have: one finding for each, all at once.
//! Source: S3 API reference, "This functionality is not supported for directory buckets" on the operations.

use crate::BucketSpec;
use crate::admission::finding::{Findings, Path, Reason};
use crate::admission::{Facts, Operation, values};

/// The sections that directory buckets have.
pub(super) const HAVE: &[&str] = &["encryption", "inventory", "lifecycle", "metrics", "policy", "tagging"];

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, root: &Path<'_>, to: &mut Findings) {
    for section in values::sections(spec).iter().filter(|section| !HAVE.contains(&section.as_str())) {
        let message = format!("directory buckets have no {section}; remove it");
        to.deny("directory-unsupported-field", Reason::Forbidden, root.member(section), message);
    }
    directory_unsupported_create_field(spec, facts, root, to);
}

/// A new Bucket's namespace has a rule of its own.
fn directory_unsupported_create_field(spec: &BucketSpec, facts: &Facts<'_>, root: &Path<'_>, to: &mut Findings) {
    let is_new = facts.request.operation == Operation::Create;
    let fields = [
        ("objectLockEnabledForBucket", spec.object_lock_enabled_for_bucket.is_some()),
        ("objectOwnership", spec.object_ownership.is_some()),
        ("namespace", spec.namespace.is_some() && !is_new),
    ];
    for (field, _) in fields.iter().filter(|(_, is_set)| *is_set) {
        let message = format!("directory buckets have no {field}; remove it");
        to.deny("directory-unsupported-create-field", Reason::Forbidden, root.member(field), message);
    }
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::directory::cases::directory;
    use crate::admission::testing::{Case, case};

    pub(in crate::admission) fn all() -> Vec<Case> {
        let versioned = directory().section("versioning", r#"{"status":"Enabled"}"#);
        let owned = directory().spec(|spec| spec.object_ownership = Some("ObjectWriter".to_owned()));
        vec![case("directory-unsupported-field", versioned, directory()), case("directory-unsupported-create-field", owned, directory())]
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::directory::cases::directory;

    #[test]
    fn every_field_is_named_and_all_at_once() {
        let mut world = directory();
        let sections = [
            ("abac", r#"{"status":"Enabled"}"#),
            ("accelerate", r#"{"status":"Enabled"}"#),
            ("analytics", r#"[{"id":"a"}]"#),
            ("acl", r#""private""#),
            ("grantFullControl", r#""id=1""#),
            ("grantRead", r#""id=1""#),
            ("grantReadACP", r#""id=1""#),
            ("grantWrite", r#""id=1""#),
            ("grantWriteACP", r#""id=1""#),
            ("cors", r#"{"corsRules":[]}"#),
            ("intelligentTiering", r#"[{"id":"a"}]"#),
            ("logging", "{}"),
            ("notification", "{}"),
            ("ownershipControls", "{}"),
            ("publicAccessBlock", "{}"),
            ("replication", "{}"),
            ("requestPayment", "{}"),
            ("versioning", "{}"),
            ("website", "{}"),
            ("objectLockConfiguration", "{}"),
        ];
        for (field, json) in sections {
            world = world.section(field, json);
        }
        let verdict = world.verdict();
        let mut named: Vec<&str> =
            verdict.denials().filter(|f| f.rule == "directory-unsupported-field").map(|f| f.field.as_str()).collect();
        let mut expected: Vec<String> = sections.iter().map(|(field, _)| format!("spec.{field}")).collect();
        named.sort_unstable();
        expected.sort_unstable();
        assert_eq!(named, expected);
    }

    #[cfg(feature = "s3")]
    #[test]
    fn the_sections_that_they_have_are_those_that_are_managed() {
        let managed = crate::subconfig::CALLS.iter().filter(|calls| calls.directory_buckets).flat_map(|calls| calls.fields);
        let mut managed: Vec<&str> = managed.copied().collect();
        managed.sort_unstable();
        assert_eq!(managed, super::HAVE);
    }

    #[test]
    fn what_is_read_at_creation_only_is_refused_later_too() {
        let locked = directory().spec(|spec| spec.object_lock_enabled_for_bucket = Some(false));
        assert_eq!(locked.rules(), ["directory-unsupported-create-field"]);
        let global = |spec: &mut crate::BucketSpec| spec.namespace = Some("global".to_owned());
        assert_eq!(directory().spec(global).rules(), ["namespace-directory"]);
        assert_eq!(directory().existing().update().spec(global).rules(), ["directory-unsupported-create-field"]);
    }
}
