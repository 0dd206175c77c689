//! What admission says of abac.

use super::Abac;
use crate::admission::{Facts, Findings, Path};

pub(super) fn findings(_section: &Abac, _at: &Path<'_>, _facts: &Facts<'_>, _to: &mut Findings) {}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::Case;

    pub(crate) fn all() -> Vec<Case> {
        vec![]
    }
}
