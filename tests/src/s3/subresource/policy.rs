//! The bucket policy. S3 API: GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy; IAM User Guide, "IAM JSON policy elements".

use serde_json::Value;

use super::policy_public::is_public;
use super::{Calls, Put, SubResource, not_found, policy_statement, public_access_block};
use crate::s3::error::S3Error;
use crate::s3::operation::Operation;
use crate::s3::world::{Bucket, Doc};

pub(super) struct Policy;

pub(super) const QUERY: &str = "policy";
static CALLS: Calls = Calls {
    query: QUERY,
    get: Some(Operation::read("GetBucketPolicy", "s3:GetBucketPolicy")),
    put: Some(Operation::write("PutBucketPolicy", "s3:PutBucketPolicy")),
    delete: Some(Operation::write("DeleteBucketPolicy", "s3:DeleteBucketPolicy")),
    list: None,
};
const MOST_BYTES: usize = 20 * 1024;

impl SubResource for Policy {
    fn calls(&self) -> &'static Calls {
        &CALLS
    }

    fn on_directories(&self) -> bool {
        true
    }

    fn missing(&self, _bucket: &Bucket) -> Result<Doc, S3Error> {
        Err(missing())
    }

    fn accept(&self, put: &Put<'_>) -> Result<Option<Doc>, S3Error> {
        let not_json = || malformed("Policies must be valid JSON and the first byte must be '{'");
        let text = std::str::from_utf8(&put.request.body).map_err(|_| not_json())?;
        if !text.starts_with('{') {
            return Err(not_json());
        }
        let mut policy: Value = serde_json::from_str(text).map_err(|_| not_json())?;
        let mut compact = compact(text);
        if compact.len() > MOST_BYTES {
            let text = format!("Normalized policy document exceeds the maximum allowed size of {MOST_BYTES} bytes");
            return Err(malformed(text));
        }
        check(&policy, put.bucket)?;
        if is_public(&policy) && public_access_block::blocks(put.world, put.bucket, "BlockPublicPolicy") {
            let text = "User is not authorized to perform: s3:PutBucketPolicy because public policies are prevented by the \
                        BlockPublicPolicy setting in S3 Block Public Access.";
            return Err(S3Error::new(403, "AccessDenied", text));
        }
        if policy_statement::spell_out_accounts(&mut policy, &put.bucket.region) {
            compact = policy.to_string();
        }
        Ok(Some(Doc::json(compact)))
    }

    fn put_status(&self) -> u16 {
        204
    }
}

pub(super) fn missing() -> S3Error {
    not_found("NoSuchBucketPolicy", "The bucket policy does not exist")
}

pub(super) fn malformed(message: impl Into<String>) -> S3Error {
    S3Error::new(400, "MalformedPolicy", message)
}

fn check(policy: &Value, bucket: &Bucket) -> Result<(), S3Error> {
    let members = policy.as_object().into_iter().flatten();
    if let Some((unknown, _)) = members.into_iter().find(|(name, _)| !["Version", "Id", "Statement"].contains(&name.as_str())) {
        return Err(malformed(format!("Unknown field {unknown}")));
    }
    if policy.get("Version").is_some_and(|version| version != "2012-10-17" && version != "2008-10-17") {
        return Err(malformed("The policy must contain a valid version string"));
    }
    let statements = policy_statement::each(policy.get("Statement").ok_or_else(|| malformed("Missing required field Statement"))?);
    if statements.is_empty() {
        return Err(malformed("Could not parse the policy: Statement is empty!"));
    }
    statements.iter().try_for_each(|statement| policy_statement::check(statement, bucket))
}

/// The same JSON without the space between its parts.
fn compact(json: &str) -> String {
    let (mut quoted, mut escaped) = (false, false);
    let keep = |char: &char| {
        let kept = quoted || !char.is_ascii_whitespace();
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => {}
        }
        kept
    };
    json.chars().filter(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compacting_keeps_what_is_quoted() {
        let text = "{ \"a\" :\n [ \"x \\\" y\" , 1 ] }";
        assert_eq!(compact(text), "{\"a\":[\"x \\\" y\",1]}");
        assert_eq!(serde_json::from_str::<Value>(&compact(text)).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
}
