//! Whether the bucket policy refuses requests without TLS. Source: Security Hub, S3.5.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Check, Parameters};
use crate::admission::{Findings, Path, Reason};
use crate::guardrail::marks::Marks;
use crate::guardrail::policy::{TlsDemand, TlsVersion};
use crate::guardrail::subject::Subject;
use crate::guardrail::types::Action;

/// Whether the bucket policy refuses requests without TLS.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// Whether a statement has to deny everybody every action without TLS, in the bucket and on its objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_deny_insecure: Option<bool>,
    /// The version below which a statement has to deny everybody every action: "1.2" or "1.3".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_tls_version: Option<LeastVersion>,
    /// Deny, Warn, Audit or Off; that of enforcement where it is absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum LeastVersion {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    Tls12,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    Tls13,
}

impl Parameters for Tls {
    const ID: &'static str = "tls";
    /// Directory buckets take nothing but TLS. Source: S3 User Guide, "Data protection and encryption" of directory buckets.
    const DIRECTORY: bool = false;

    fn action(&self) -> Option<Action> {
        self.action
    }

    fn compile(&self, _at: &Path<'_>, _to: &mut Findings) -> Box<dyn Check> {
        Box::new(*self)
    }
}

impl Check for Tls {
    fn check(&self, subject: &Subject<'_>, to: &mut Marks) {
        const FIELD: &str = "spec.policy";
        if subject.spec().is_none() {
            return to.skip();
        }
        let Some(bucket) = subject.arn() else { return to.skip() };
        match subject.policy() {
            Some(Err(_)) => return to.error(FIELD, "the policy cannot be read, so that nobody knows what it refuses"),
            None if subject.policy_is_unknown() => return to.skip(),
            Some(Ok(_)) | None => {}
        }
        if self.require_deny_insecure == Some(true) && !subject.refuses(TlsDemand::Tls) {
            let message = format!(
                "requests without TLS are not refused; deny Principal \"*\" Action \"s3:*\" with Condition \
                 {{\"Bool\": {{\"aws:SecureTransport\": \"false\"}}}} on {bucket} and {bucket}/*"
            );
            to.fail(Reason::Required, FIELD, message);
        }
        let least = self.min_tls_version.map(|least| match least {
            LeastVersion::Tls12 => (TlsVersion(120), "1.2"),
            LeastVersion::Tls13 => (TlsVersion(130), "1.3"),
        });
        if let Some((_, word)) = least.filter(|(least, _)| !subject.refuses(TlsDemand::AtLeast(*least))) {
            let message = format!(
                "requests with TLS below {word} are not refused; deny Principal \"*\" Action \"s3:*\" with Condition \
                 {{\"NumericLessThan\": {{\"s3:TlsVersion\": \"{word}\"}}}} on {bucket} and {bucket}/*"
            );
            to.fail(Reason::Required, FIELD, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::admission::testing::World;
    use crate::guardrail::rules::testing::{judged, world};

    fn deny(condition: &str) -> World {
        let resources = r#"["arn:aws:s3:::team-a-logs","arn:aws:s3:::team-a-logs/*"]"#;
        let statement = format!(r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":{resources},"Condition":{condition}}}"#);
        world().section("policy", &serde_json::to_string(&format!(r#"{{"Statement":[{statement}]}}"#)).unwrap())
    }

    #[test]
    fn the_policy_refuses_what_is_not_encrypted_enough() {
        let rule = "tls: {requireDenyInsecure: true}";
        assert!(judged(rule, &deny(r#"{"Bool":{"aws:SecureTransport":"false"}}"#)).is_empty());
        assert!(judged(rule, &world())[0].starts_with("spec.policy: requests without TLS are not refused"));
        assert_eq!(judged(rule, &deny(r#"{"Bool":{"aws:SecureTransport":"true"}}"#)).len(), 1);
        let least = r#"tls: {minTlsVersion: "1.2"}"#;
        assert!(judged(least, &deny(r#"{"NumericLessThan":{"s3:TlsVersion":"1.2"}}"#)).is_empty());
        assert_eq!(judged(r#"tls: {minTlsVersion: "1.3"}"#, &deny(r#"{"NumericLessThan":{"s3:TlsVersion":"1.2"}}"#)).len(), 1);
        assert!(judged(rule, &world().named("a--euw1-az1--x-s3")).is_empty());
        assert!(judged(rule, &world().section("policy", r#""{""#))[0].starts_with("error spec.policy"));
        assert!(judged(rule, &world().adopting("adopt", r#"{"name":"x"}"#)).is_empty());
    }
}
