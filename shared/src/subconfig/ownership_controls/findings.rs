//! What admission says of ownership_controls.

use super::OwnershipControls;
use crate::admission::{Facts, Findings, Path};

pub(super) fn findings(_section: &OwnershipControls, _at: &Path<'_>, _facts: &Facts<'_>, _to: &mut Findings) {}

#[cfg(test)]
pub(crate) mod cases {
    use crate::admission::testing::Case;

    pub(crate) fn all() -> Vec<Case> {
        vec![]
    }
}
