//! The names of calls, the IAM action that allows each, and whether it writes.
//! Source: Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3".

use serde::{Deserialize, Serialize};

/// Whether a call can change something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// It only looks.
    Read,
    /// It changes something.
    Write,
}

/// One call of the API.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    pub(crate) name: &'static str,
    pub(crate) action: &'static str,
    pub(crate) access: Access,
}

impl Operation {
    pub(crate) const fn read(name: &'static str, action: &'static str) -> Self {
        Self { name, action, access: Access::Read }
    }

    pub(crate) const fn write(name: &'static str, action: &'static str) -> Self {
        Self { name, action, access: Access::Write }
    }
}

pub(crate) static LIST_BUCKETS: Operation = Operation::read("ListBuckets", "s3:ListAllMyBuckets");
pub(crate) static CREATE_BUCKET: Operation = Operation::write("CreateBucket", "s3:CreateBucket");
pub(crate) static HEAD_BUCKET: Operation = Operation::read("HeadBucket", "s3:ListBucket");
pub(crate) static DELETE_BUCKET: Operation = Operation::write("DeleteBucket", "s3:DeleteBucket");
pub(crate) static GET_LOCATION: Operation = Operation::read("GetBucketLocation", "s3:GetBucketLocation");
pub(crate) static LIST_OBJECTS: Operation = Operation::read("ListObjects", "s3:ListBucket");
pub(crate) static LIST_OBJECTS_V2: Operation = Operation::read("ListObjectsV2", "s3:ListBucket");
pub(crate) static PUT_OBJECT: Operation = Operation::write("PutObject", "s3:PutObject");
pub(crate) static DELETE_OBJECT: Operation = Operation::write("DeleteObject", "s3:DeleteObject");
pub(crate) static START_UPLOAD: Operation = Operation::write("CreateMultipartUpload", "s3:PutObject");
pub(crate) static DELETE_OBJECTS: Operation = Operation::write("DeleteObjects", "s3:DeleteObject");
pub(crate) static LIST_VERSIONS: Operation = Operation::read("ListObjectVersions", "s3:ListBucketVersions");
pub(crate) static LIST_UPLOADS: Operation = Operation::read("ListMultipartUploads", "s3:ListBucketMultipartUploads");
pub(crate) static ABORT_UPLOAD: Operation = Operation::write("AbortMultipartUpload", "s3:AbortMultipartUpload");
pub(crate) static LIST_DIRECTORY_BUCKETS: Operation = Operation::read("ListDirectoryBuckets", "s3express:ListAllMyDirectoryBuckets");
pub(crate) static CREATE_SESSION: Operation = Operation::read("CreateSession", "s3express:CreateSession");
pub(crate) static LIST_TAGS: Operation = Operation::read("ListTagsForResource", "s3:ListTagsForResource");
pub(crate) static TAG_RESOURCE: Operation = Operation::write("TagResource", "s3:TagResource");
pub(crate) static UNTAG_RESOURCE: Operation = Operation::write("UntagResource", "s3:UntagResource");
pub(crate) static GET_ACCOUNT_BLOCK: Operation = Operation::read("GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock");
pub(crate) static PUT_ACCOUNT_BLOCK: Operation = Operation::write("PutPublicAccessBlock", "s3:PutAccountPublicAccessBlock");
pub(crate) static DELETE_ACCOUNT_BLOCK: Operation = Operation::write("DeletePublicAccessBlock", "s3:PutAccountPublicAccessBlock");
pub(crate) static ASSUME_ROLE: Operation = Operation::read("AssumeRole", "sts:AssumeRole");
pub(crate) static CALLER_IDENTITY: Operation = Operation::read("GetCallerIdentity", "sts:GetCallerIdentity");
/// What the model does not know.
pub(crate) static UNKNOWN: Operation = Operation::read("Unknown", "s3:Unknown");
