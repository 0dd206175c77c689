//! The security token service, on the same endpoint. STS API: AssumeRole, GetCallerIdentity.

use jiff::SignedDuration;

use super::error::S3Error;
use super::identity::{Caller, Identities, Role, account_of};
use super::operation::{self, Operation};
use super::reply::Reply;
use super::request::{Request, pairs};
use super::xml::Element;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";
/// How long a session may last, in seconds. Source: STS API reference, AssumeRole.
const LASTS: std::ops::RangeInclusive<i64> = 900..=43_200;
const USUAL: i64 = 3_600;

/// Whether a request speaks to STS: it posts a form to the root.
pub(crate) fn is_sts(request: &Request) -> bool {
    request.method == hyper::Method::POST && request.bucket.is_none()
}

/// The call that a form is.
pub(crate) fn route(request: &Request) -> Result<&'static Operation, S3Error> {
    match value(&form(request), "Action") {
        Some("AssumeRole") => Ok(&operation::ASSUME_ROLE),
        Some("GetCallerIdentity") => Ok(&operation::CALLER_IDENTITY),
        action => Err(S3Error::new(400, "InvalidAction", format!("Could not find operation {}", action.unwrap_or("(none)")))),
    }
}

/// Carries a call out.
pub(crate) fn run(identities: &mut Identities, request: &Request, caller: &Caller) -> Result<Reply, S3Error> {
    let form = form(request);
    match value(&form, "Action") {
        Some("AssumeRole") => assume_role(identities, &form, caller),
        _ => Ok(caller_identity(caller)),
    }
}

fn assume_role(identities: &mut Identities, form: &[(String, String)], caller: &Caller) -> Result<Reply, S3Error> {
    let required = |name: &str| {
        let missing = || S3Error::new(400, "ValidationError", format!("1 validation error detected: {name} must not be null"));
        value(form, name).filter(|text| !text.is_empty()).ok_or_else(missing)
    };
    let (arn, name) = (required("RoleArn")?, required("RoleSessionName")?);
    let seconds = value(form, "DurationSeconds").map_or(Ok(USUAL), str::parse::<i64>);
    let seconds = seconds.ok().filter(|seconds| LASTS.contains(seconds)).ok_or_else(|| {
        S3Error::new(400, "ValidationError", format!("DurationSeconds must be between {} and {}", LASTS.start(), LASTS.end()))
    })?;
    let role = identities.roles.get(arn).filter(|role| trusts(role, caller, value(form, "ExternalId")));
    if role.is_none() {
        let text = format!("User: {} is not authorized to perform: sts:AssumeRole on resource: {arn}", caller.arn);
        return Err(S3Error::new(403, "AccessDenied", text));
    }
    let issued = identities.issue(arn, name, SignedDuration::from_secs(seconds));
    let credentials = Element::new("Credentials")
        .leaf("AccessKeyId", issued.id.as_str())
        .leaf("SecretAccessKey", issued.known.secret.as_ref())
        .leaf("SessionToken", issued.session.token.as_ref())
        .leaf("Expiration", issued.session.expires.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    let user = Element::new("AssumedRoleUser").leaf("AssumedRoleId", format!("{}:{name}", issued.id)).leaf("Arn", issued.arn.as_ref());
    Ok(answer("AssumeRole", Element::new("AssumeRoleResult").with(credentials).with(user)))
}

/// Whether a role lets a caller take it on.
fn trusts(role: &Role, caller: &Caller, external_id: Option<&str>) -> bool {
    let trusted = role.trusted.iter().any(|who| {
        let root = who.ends_with(":root") && account_of(who) == Some(caller.account.as_ref());
        let named = [&caller.account, &caller.arn, &caller.principal].iter().any(|known| known.as_ref() == who);
        who == "*" || root || named
    });
    trusted && role.external_id.as_deref().is_none_or(|wanted| external_id == Some(wanted))
}

fn caller_identity(caller: &Caller) -> Reply {
    let result = Element::new("GetCallerIdentityResult")
        .leaf("Arn", caller.arn.as_ref())
        .leaf("UserId", caller.principal.as_ref())
        .leaf("Account", caller.account.as_ref());
    answer("GetCallerIdentity", result)
}

fn answer(action: &str, result: Element) -> Reply {
    let metadata = Element::new("ResponseMetadata").leaf("RequestId", "00000000-0000-0000-0000-000000000000");
    let root = Element::new(&format!("{action}Response")).with(result).with(metadata);
    Reply::body("text/xml", root.document_in(NAMESPACE))
}

fn form(request: &Request) -> Vec<(String, String)> {
    // In a form a plus is a space; a real plus stands escaped.
    pairs(&String::from_utf8_lossy(&request.body).replace('+', "%20"))
}

fn value<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_is_by_account_arn_or_external_id() {
        let caller = Caller {
            account: "111111111111".into(),
            arn: "arn:aws:sts::111111111111:assumed-role/r/s".into(),
            principal: "arn:aws:iam::111111111111:role/r".into(),
            region: "us-east-1".into(),
            service: "sts".into(),
        };
        let role = |who: &str, id: Option<&str>| Role {
            arn: "arn:aws:iam::222222222222:role/t".to_owned(),
            trusted: vec![who.to_owned()],
            external_id: id.map(str::to_owned),
        };
        for who in ["*", "111111111111", "arn:aws:iam::111111111111:root", "arn:aws:iam::111111111111:role/r"] {
            assert!(trusts(&role(who, None), &caller, None), "{who}");
        }
        for who in ["222222222222", "arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:role/other"] {
            assert!(!trusts(&role(who, None), &caller, None), "{who}");
        }
        assert!(!trusts(&role("*", Some("x")), &caller, None));
        assert!(trusts(&role("*", Some("x")), &caller, Some("x")));
    }
}
