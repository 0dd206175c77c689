//! Whose account a bucket is in, and with which role it is reached, as the flags say.

use super::gates::Gates;
use super::{SettingsError, problem};
use crate::args::accounts::AccountsArgs;

/// The namespace of the ConfigMaps where nobody names one, as in the peer.
const SYSTEM_NAMESPACE: &str = "ack-system";

/// Whose account a bucket is in, and with which role it is reached.
#[derive(Clone, Debug)]
pub struct AccountsSettings {
    /// Whether roles are looked up in the ConfigMaps of accounts and teams.
    pub carm: bool,
    /// The features that are on.
    pub gates: Gates,
    /// The namespace of these ConfigMaps.
    pub system_namespace: String,
}

impl AccountsSettings {
    /// Reads the flags. `namespace` is the second place where the system namespace is looked for: the environment's `K8S_NAMESPACE`.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &AccountsArgs, namespace: Option<String>) -> Result<Self, SettingsError> {
        let gates = Gates::parse(&args.feature_gates)?;
        if gates.iam_role_selector && args.enable_carm {
            let text = "IAMRoleSelector and the ConfigMaps of accounts exclude each other; add --enable-carm=false".to_owned();
            return Err(problem("feature-gates", text));
        }
        let given = [Some(args.system_namespace.trim().to_owned()), namespace];
        let system_namespace = given.into_iter().flatten().find(|name| !name.is_empty()).unwrap_or_else(|| SYSTEM_NAMESPACE.to_owned());
        Ok(Self { carm: args.enable_carm, gates, system_namespace })
    }
}
