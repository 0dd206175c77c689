//! Every sub-resource that is put, read and deleted by one call each.

mod delivery;
mod encryption;
mod keyed;
mod rules;
mod small;

pub(crate) use delivery::DELIVERY;
pub(crate) use keyed::KEYED;
pub(crate) use rules::RULES;
pub(crate) use small::SMALL;
