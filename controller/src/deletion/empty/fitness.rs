//! Whether a bucket may be emptied at all, whatever its Bucket says. Looked at anew in every pass.

use shared::Bucket;
use shared::fault::Fault;
use shared::subconfig::remote::{Remote, S3Bucket};
use shared::subconfig::{Have, ObjectLock, Replication};

use crate::context::Context;

/// Nothing speaks against it; otherwise what does.
pub(super) async fn check(context: &Context, bucket: &Bucket, s3: &S3Bucket) -> Result<(), String> {
    if s3.is_directory() {
        return Err("directory buckets are not emptied".to_owned());
    }
    if let Some(other) = context.buckets.find(|other| is_another(other, bucket) && other.bucket_name() == Some(&s3.name)) {
        let (namespace, name) = (other.metadata.namespace.as_deref(), other.metadata.name.as_deref());
        return Err(format!("Bucket {}/{} is about the same S3 bucket", namespace.unwrap_or_default(), name.unwrap_or_default()));
    }
    let (lock, replication) = tokio::join!(ObjectLock::read(s3), Replication::read(s3));
    absent(lock, "Object Lock")?;
    absent(replication, "replication")
}

fn is_another(other: &Bucket, bucket: &Bucket) -> bool {
    (&other.metadata.namespace, &other.metadata.name) != (&bucket.metadata.namespace, &bucket.metadata.name)
}

/// Only where S3 says that there is none.
fn absent<S>(read: Result<Have<S>, Fault>, what: &str) -> Result<(), String> {
    match read {
        Ok(Have::Empty) => Ok(()),
        Ok(Have::Value(_)) => Err(format!("it has {what}")),
        Ok(Have::Unsupported | Have::Unread) => Err(format!("this S3 store does not say whether it has {what}")),
        Err(fault) => Err(format!("nobody knows whether it has {what}: {fault}")),
    }
}

#[cfg(test)]
mod tests {
    use shared::fault::{Class, Operation};

    use super::*;

    #[test]
    fn only_a_plain_no_is_a_no() {
        let operation = Operation { name: "GetObjectLockConfiguration", action: "s3:GetBucketObjectLockConfiguration" };
        let denied = Fault { class: Class::Denied, operation, code: "AccessDenied".to_owned(), message: String::new(), source: None };
        assert_eq!(absent::<()>(Ok(Have::Empty), "Object Lock"), Ok(()));
        for (read, told) in [
            (Ok(Have::Value(())), "it has Object Lock"),
            (Ok(Have::Unsupported), "does not say"),
            (Ok(Have::Unread), "does not say"),
            (Err(denied), "s3:GetBucketObjectLockConfiguration"),
        ] {
            let why = absent(read, "Object Lock").unwrap_err();
            assert!(why.contains(told), "{why}");
        }
    }
}
