//! What the lists of configurations have in common that S3 keeps one by one, each under an id of its own: analytics,
//! Intelligent-Tiering, inventory and metrics.

pub(super) mod findings;
#[cfg(feature = "s3")]
pub(super) mod remote;
#[cfg(test)]
#[cfg(feature = "s3")]
pub(super) mod tests;

use super::normal;

/// One configuration of such a list.
pub(super) trait Keyed: Clone + PartialEq {
    /// The id in the bucket.
    fn id(&self) -> Option<&str>;

    /// The one spelling of all that mean the same to S3.
    #[must_use]
    fn normalise(self) -> Self;
}

/// The list in its one spelling, by id: S3 hands it out in an order of its own. `None` where it is empty.
pub(super) fn normalise<C: Keyed>(items: Vec<C>) -> Option<Vec<C>> {
    let mut items: Vec<C> = items.into_iter().map(C::normalise).collect();
    items.sort_by(|one, other| one.id().cmp(&other.id()));
    normal::list(items)
}
