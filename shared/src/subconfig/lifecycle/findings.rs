//! What admission says of lifecycle.

use super::Lifecycle;
use crate::admission::{Facts, Findings, Path};

pub(super) fn findings(_section: &Lifecycle, _at: &Path<'_>, _facts: &Facts<'_>, _to: &mut Findings) {}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::Case;

    pub(crate) fn all() -> Vec<Case> {
        vec![]
    }
}
