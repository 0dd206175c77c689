//! What an operator trusts the controller with at night, on the real control plane: adoption, accounts, exports, deletions, faults,
//! leases. Each subject has a world of its own, started with the flags that it is about; its tests share that world and do not
//! disturb each other.

#![cfg(test)]

mod accounts;
mod adoption;
mod cli;
mod deletion;
mod exports;
mod faults;
mod flags;
mod ground;
mod handover;
mod hints;
#[path = "../e2e/iam_roles.rs"]
mod iam_roles;
mod leases;
mod modes;
mod monitoring;
mod page;
mod scale;
#[allow(dead_code, reason = "the end-to-end tests use the rest")]
#[path = "../e2e/sections/mod.rs"]
mod sections;
#[allow(dead_code, reason = "the end-to-end tests use the rest")]
#[path = "../e2e/team.rs"]
mod team;
