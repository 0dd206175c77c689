//! Copies of fields and references to other objects, as the flags say.

use crate::args::exports::ExportsArgs;

/// Copies of fields, and references to other objects.
#[derive(Clone, Debug)]
pub struct ExportsSettings {
    /// Whether references and exports may lead to another namespace.
    pub cross_namespace: bool,
    /// Whether FieldExports are carried out.
    pub field_exports: bool,
}

impl From<&ExportsArgs> for ExportsSettings {
    fn from(args: &ExportsArgs) -> Self {
        Self { cross_namespace: args.enable_cross_namespace, field_exports: args.enable_field_export_reconciler }
    }
}
