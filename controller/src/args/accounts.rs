//! Whose account a bucket is in, and with which role it is reached.

use clap::{ArgAction, Args};

/// Whose account a bucket is in, and with which role it is reached.
#[derive(Clone, Debug, Args)]
pub struct AccountsArgs {
    /// Look up roles in the ConfigMaps ack-role-account-map and ack-role-team-map.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_carm: bool,
    /// Features to turn on or off, as Name=true or Name=false, separated by commas.
    #[arg(long, value_name = "NAME=BOOL", value_delimiter = ',')]
    pub feature_gates: Vec<String>,
    /// The namespace of these ConfigMaps.
    #[arg(long, env = "ACK_SYSTEM_NAMESPACE", value_name = "NAMESPACE", default_value = "", hide_default_value = true)]
    pub system_namespace: String,
}
