//! Whether a policy refuses requests without TLS, or with an old one.
//! Source: Security Hub, S3.5 (s3-bucket-ssl-requests-only); S3 User Guide, "Amazon S3 condition key examples", `s3:TlsVersion`.

use super::condition::tests;
use super::{Policy, Statement};
use crate::policy_document::Value;

/// A version of TLS, in hundredths: 120 is 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TlsVersion(pub(crate) u16);

/// What a policy is to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TlsDemand {
    /// Requests without TLS.
    Tls,
    /// Requests with an older version.
    AtLeast(TlsVersion),
}

impl Policy<'_> {
    /// Whether everybody is refused all that does not meet the demand, in the bucket of this ARN and on its objects. The two may be
    /// covered by two statements.
    pub(crate) fn refuses(&self, demand: TlsDemand, bucket: &str) -> bool {
        // A key that no pattern but a wildcard fits.
        let object = format!("{bucket}/\u{1}");
        let refusing = || self.statements.iter().filter(|statement| is_refusal(statement, demand));
        refusing().any(|statement| statement.is_about(bucket)) && refusing().any(|statement| statement.is_about(&object))
    }
}

/// A second test of the condition would let some requests pass.
fn is_refusal(statement: &Statement<'_>, demand: TlsDemand) -> bool {
    let mut all = tests(statement.conditions());
    let (Some((operator, key, value)), None) = (all.next(), all.next()) else { return false };
    let operator = operator.strip_suffix("ifexists").unwrap_or(&operator);
    let [value] = value.items() else { return false };
    let holds = match demand {
        TlsDemand::Tls => operator == "bool" && key == "aws:securetransport" && is_false(value),
        TlsDemand::AtLeast(least) => {
            operator == "numericlessthan" && key == "s3:tlsversion" && version(value).is_some_and(|version| version >= least)
        }
    };
    !statement.allows && holds && statement.is_for_everybody() && !statement.is_excepting() && statement.covers_everything()
}

fn is_false(value: &Value<'_>) -> bool {
    value == &Value::Bool(false) || value.text().is_some_and(|text| text.eq_ignore_ascii_case("false"))
}

fn version(value: &Value<'_>) -> Option<TlsVersion> {
    let text = if let Value::Number(number) = value { number } else { value.text()? };
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let (whole, part): (u16, u16) = (whole.parse().ok()?, format!("{part:0<2}").get(..2)?.parse().ok()?);
    Some(TlsVersion(whole.checked_mul(100)?.checked_add(part)?))
}
