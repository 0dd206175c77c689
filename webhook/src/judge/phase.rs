//! How far the webhook goes: what it does about a refusal while it is being rolled out.

use clap::ValueEnum;

/// How far the webhook goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Phase {
    /// Every write passes without a word; metrics and the audit log say what would be refused.
    Shadow,
    /// Every write passes; what would be refused is a warning.
    Warn,
    /// What a rule refuses is refused.
    #[default]
    Enforce,
}
