//! What goes on, and what stops, while a part of Cooper is down, killed, bypassed or renewed.
//!
//! Two worlds, each shared by the tests of a subject: one whose webhook is disturbed, one whose controller is. The tests of one world
//! take turns; each leaves it as it found it.

#![cfg(test)]

mod buckets;
mod certificate_rotation;
mod killed;
mod killed_while_deleting;
mod restart;
mod selfcheck;
mod turn;
mod webhook_bypassed;
mod webhook_down;
mod writes;
