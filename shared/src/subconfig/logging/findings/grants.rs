//! Who gets a right on the log objects. Source: S3 API reference, TargetGrant and Grantee.

use crate::admission::{Findings, Path, Reason, check, quote};
use crate::subconfig::logging::{Grantee, LoggingEnabled, TargetGrant};

/// No ACL holds more grants than this; S3 takes no longer list.
const LOOKED_AT: usize = 100;
const BY_EMAIL: &str = "AmazonCustomerByEmail";
/// Those that S3 still takes.
const TYPES: &[&str] = &["CanonicalUser", "Group"];
const PERMISSIONS: &[&str] = &["FULL_CONTROL", "READ", "WRITE"];

pub(super) fn findings(enabled: &LoggingEnabled, at: &Path<'_>, to: &mut Findings) {
    let all = at.member("targetGrants");
    for (index, TargetGrant { grantee, permission }) in enabled.target_grants.iter().flatten().take(LOOKED_AT).enumerate() {
        let at = all.index(index);
        if let Some(grantee) = grantee {
            logging_grant_type(grantee, &at.member("grantee"), to);
        }
        check::one_of(permission.as_deref(), PERMISSIONS, "logging-grant-permission", &at.member("permission"), to);
    }
}

fn logging_grant_type(grantee: &Grantee, at: &Path<'_>, to: &mut Findings) {
    let at_type = at.member("type_");
    match grantee.type_.as_deref() {
        None | Some("") => {
            let message = "a grantee needs a type: CanonicalUser with id, or Group with uRI";
            to.deny("logging-grant-type", Reason::Required, at_type, message);
        }
        Some(BY_EMAIL) => logging_grant_email(grantee, at, to),
        given => check::one_of(given, TYPES, "logging-grant-type", &at_type, to),
    }
}

fn logging_grant_email(grantee: &Grantee, at: &Path<'_>, to: &mut Findings) {
    let whom = grantee.email_address.as_deref().unwrap_or_default();
    let message = format!("{}: S3 takes no mail addresses since 2025-10-01; use CanonicalUser and the account's id", quote(whom));
    to.deny("logging-grant-email", Reason::NotSupported, at.member("emailAddress"), message);
}

#[cfg(test)]
pub(super) mod cases {
    use crate::admission::testing::{Case, World, case};
    use crate::subconfig::logging::findings::cases::logging;

    pub(super) fn granting(grant: &str) -> World {
        logging(&format!(r#""targetBucket":"logs","targetPrefix":"","targetGrants":[{grant}]"#))
    }

    pub(in crate::subconfig::logging) fn all() -> Vec<Case> {
        let to = |grantee: &str| granting(&format!(r#"{{"permission":"READ","grantee":{{{grantee}}}}}"#));
        let user = |type_: &str| to(&format!(r#""type_":"{type_}","id":"1""#));
        let may =
            |permission: &str| granting(&format!(r#"{{"permission":"{permission}","grantee":{{"type_":"Group","uRI":"http://g"}}}}"#));
        vec![
            case("logging-grant-type", user("User"), user("CanonicalUser")),
            case("logging-grant-email", to(r#""type_":"AmazonCustomerByEmail","emailAddress":"a@example.com""#), user("CanonicalUser")),
            case("logging-grant-permission", may("read"), may("READ")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::cases::granting;

    #[test]
    fn other_shapes_of_the_same_mistakes() {
        for untyped in [r#"{"id":"1"}"#, r#"{"type_":""}"#, r#"{"emailAddress":"a@example.com"}"#, "{}"] {
            let world = granting(&format!(r#"{{"permission":"READ","grantee":{untyped}}}"#));
            assert_eq!(world.rules(), ["logging-grant-type"], "{untyped}");
        }
        let twice = granting(r#"{"permission":"","grantee":{"type_":"group"}},{"permission":"READ_ACP"}"#);
        let fields: Vec<String> = twice.verdict().denials().map(ToString::to_string).collect();
        assert_eq!(fields.len(), 3, "{fields:?}");
        assert!(fields[0].contains("targetGrants[0].grantee.type_: \"group\"") && fields[0].ends_with("Did you mean Group?"), "{fields:?}");
    }

    #[test]
    fn a_grant_without_a_permission_or_anything_else_is_left_to_s3() {
        assert_eq!(granting("{}").rules(), [""; 0]);
        assert_eq!(granting(r#"{"grantee":{"type_":"CanonicalUser","id":"1"}}"#).rules(), [""; 0]);
    }
}
