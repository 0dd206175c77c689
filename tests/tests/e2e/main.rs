//! From `kubectl apply` to S3 and back: real etcd and kube-apiserver, the shipped binaries under the roles of `deploy/`, the S3 model.
//!
//! The tests share one world ([`team::world`]) and do not disturb each other: each has a namespace and bucket names of its own, and
//! faults are given for its own buckets only.

#![cfg(test)]

mod admission;
mod audit;
mod baseline;
mod catalogue;
mod creation;
mod deletion;
mod drift;
mod faults;
mod foreign;
mod guardrails;
mod iam;
mod iam_roles;
mod kinds;
mod legacy_stores;
mod parity;
mod peer;
mod periodic;
mod rights;
mod role_ref;
mod roles;
mod sections;
mod special;
mod team;
mod unset;
mod update;
