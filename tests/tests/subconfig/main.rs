//! The sub-configurations against the S3 model, without a controller: one pass is enough, whatever is there; drift of every member is
//! seen, named and repaired; nothing is written in a wrong order.

#![cfg(test)]

mod bad_answers;
mod ignored;
mod members;
mod order;
mod passes;
mod random;
mod review;
mod variants;
mod weaknesses;
mod world;
