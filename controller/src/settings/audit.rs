//! What guardrails are asked in the background, as the flags say.

use std::time::Duration;

use super::{LONGEST, SettingsError, problem};
use crate::args::audit::AuditArgs;

/// What guardrails are asked in the background.
#[derive(Clone, Copy, Debug)]
pub struct AuditSettings {
    /// After what time all Buckets are judged anew although nothing changed.
    pub interval: Duration,
    /// The kind of the reports about Buckets; none are written, if absent.
    pub reports: Option<ReportKind>,
}

/// The kinds of reports that others read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// Report, openreports.io/v1alpha1. Source: OpenReports, reports-api.
    OpenReports,
    /// PolicyReport, wgpolicyk8s.io/v1alpha2. Source: Kubernetes Policy Working Group, policy-report API.
    WgPolicy,
}

impl AuditSettings {
    /// Reads the flags.
    ///
    /// # Errors
    /// A flag's value cannot be used.
    pub fn of(args: &AuditArgs) -> Result<Self, SettingsError> {
        Ok(Self { interval: interval(args.audit_interval_seconds)?, reports: reports(&args.policy_reports)? })
    }
}

fn interval(seconds: u64) -> Result<Duration, SettingsError> {
    let wrong = || problem("audit-interval-seconds", format!("{seconds} is out of range; write 10 to {}", LONGEST.as_secs()));
    (10..=LONGEST.as_secs()).contains(&seconds).then(|| Duration::from_secs(seconds)).ok_or_else(wrong)
}

fn reports(text: &str) -> Result<Option<ReportKind>, SettingsError> {
    match text {
        "" | "off" => Ok(None),
        "openreports" => Ok(Some(ReportKind::OpenReports)),
        "wgpolicy" => Ok(Some(ReportKind::WgPolicy)),
        _ => Err(problem("policy-reports", format!("{text:?} is not understood; write off, openreports or wgpolicy"))),
    }
}
