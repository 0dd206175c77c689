//! One works, the others wait: turns by the Lease, after a planned end, a crash, a pause and a disappearance; and the ACK S3 controller,
//! which takes part.

mod frozen;
mod peer;
pub(crate) mod replica;
mod shards;
mod turns;
