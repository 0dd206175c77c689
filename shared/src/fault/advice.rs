//! What people can do about a fault, beside waiting.

use super::table::ROWS;
use super::{Class, Fault};

/// What to do about an error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advice {
    /// Its text says enough, or there is nothing to do.
    Nothing,
    /// Allow the IAM action of the call.
    Allow,
    /// This.
    Say(&'static str),
}

/// The advice on a fault, in brackets; nothing where there is none.
pub(super) fn on(fault: &Fault) -> String {
    match of(&fault.code, fault.class) {
        // Not a matter of IAM: S3's answer names the setting that forbids it.
        Advice::Allow if fault.message.contains("Block Public Access") => String::new(),
        Advice::Allow => format!(" (allow {} for the identity that the controller uses)", fault.operation.action),
        Advice::Say(text) => format!(" ({text})"),
        Advice::Nothing => String::new(),
    }
}

/// An unknown code that denies is taken for a lack of permission.
fn of(code: &str, class: Class) -> Advice {
    match ROWS.binary_search_by_key(&code, |(known, ..)| known) {
        Ok(found) => ROWS[found].2,
        Err(_) if class == Class::Denied => Advice::Allow,
        Err(_) => Advice::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::*;

    fn told(class: Class, code: &str, message: &str) -> String {
        let operation = Operation { name: "PutBucketPolicy", action: "s3:PutBucketPolicy" };
        Fault { class, operation, code: code.to_owned(), message: message.to_owned(), source: None }.to_string()
    }

    #[test]
    fn a_denial_names_the_iam_action() {
        for code in ["AccessDenied", "AccessDeniedException", "SomethingNew"] {
            let told = told(Class::Denied, code, "Access Denied");
            assert!(told.ends_with("Access Denied (allow s3:PutBucketPolicy for the identity that the controller uses)"), "{told}");
        }
    }

    #[test]
    fn what_no_iam_policy_allows_is_not_called_a_matter_of_iam() {
        for code in ["InvalidAccessKeyId", "SignatureDoesNotMatch", "NotSignedUp", "MethodNotAllowed", "RegionDisabledException"] {
            let told = told(Class::Denied, code, "no");
            assert!(!told.contains("(allow ") && told.ends_with(')'), "{told}");
        }
        let blocked = "public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.";
        assert!(!told(Class::Denied, "AccessDenied", blocked).contains("(allow"));
    }

    #[test]
    fn what_heals_by_itself_asks_for_nothing() {
        for (class, code) in [(Class::Throttled, "SlowDown"), (Class::Transient, "InternalError"), (Class::Conflict, "OperationAborted")] {
            assert_eq!(told(class, code, "later"), format!("PutBucketPolicy: {code}: later"));
        }
    }
}
