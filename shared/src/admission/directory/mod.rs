//! Rules for directory buckets (S3 Express One Zone): names that end with `--x-s3`.
//! Source: S3 User Guide, "Directory bucket naming rules" and "Differences for directory buckets"; S3 API reference.

mod creation;
mod fields;
mod policy;
mod sections;

use super::Facts;
use super::finding::{Findings, Path};
use crate::BucketSpec;
use crate::name::BucketName;

pub(super) fn findings(spec: &BucketSpec, facts: &Facts<'_>, to: &mut Findings) {
    let name = BucketName::new(&spec.name);
    if !name.is_directory() {
        return creation::gp_location_set(spec, to);
    }
    let root = Path::root("spec");
    creation::findings(spec, facts, to);
    fields::findings(spec, facts, &root, to);
    sections::findings(spec, facts, &root, to);
    policy::findings(spec, facts, &root, to);
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World};

    /// The bucket that all cases start from.
    pub(super) const NAME: &str = "logs--euw1-az1--x-s3";

    pub(super) fn directory() -> World {
        World::new().named(NAME)
    }

    pub(in crate::admission) fn all() -> Vec<Case> {
        use super::{creation, fields, policy, sections};
        [creation::cases::all(), fields::cases::all(), sections::cases::all(), policy::cases::all()].into_iter().flatten().collect()
    }
}
