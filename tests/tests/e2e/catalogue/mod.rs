//! Every rule as a user meets it: its example through the real API server, and some of each area in a terminal.

pub(crate) mod examples;
mod in_a_terminal;
pub(crate) mod server;
mod through_the_api;
