//! Copies of fields, and references to other objects.

use clap::{ArgAction, Args};

/// Copies of fields, and references to other objects.
#[derive(Clone, Debug, Args)]
pub struct ExportsArgs {
    /// Whether a Bucket may refer to a Role of another namespace, and a FieldExport may write to another namespace.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_cross_namespace: bool,
    /// Whether FieldExports are carried out.
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", default_value_t = true, value_parser = super::go_bool, action = ArgAction::Set)]
    pub enable_field_export_reconciler: bool,
}
