//! What guardrails are asked in the background.

use clap::Args;

/// What guardrails are asked in the background.
#[derive(Clone, Debug, Args)]
pub struct AuditArgs {
    /// Seconds after which all Buckets are judged by the guardrails anew although nothing changed.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub audit_interval_seconds: u64,
    /// What guardrails say of a Bucket, in an object beside it: off, openreports (Report, openreports.io/v1alpha1) or wgpolicy
    /// (PolicyReport, wgpolicyk8s.io/v1alpha2).
    #[arg(long, value_name = "WORD", default_value = "off")]
    pub policy_reports: String,
}
