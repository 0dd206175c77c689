//! Cooper on S3s that nobody here wrote: LocalStack, MiniStack and versitygw, one lane each.
//!
//! One table says what all sub-configurations are to be; each lane runs the same story with those that its server implements, and
//! names those that it lacks, with the reason.

#![cfg(test)]

mod lacking;
mod lane;
mod localstack;
mod ministack;
mod queue;
mod rows;
mod run;
mod story;
mod versitygw;
