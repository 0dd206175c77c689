//! Where a bucket belongs: region, account, role, and the tags that the controller adds. Pure: what is known goes in, a place or
//! the reason why there is none comes out.

/// A tag that the controller puts on every bucket besides the user's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControllerTag {
    /// The tag's key.
    pub key: String,
    /// The tag's value, placeholders filled in.
    pub value: String,
}

/// Where one bucket belongs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The region's code.
    pub region: String,
    /// The region's partition: aws, aws-cn, aws-us-gov and so on.
    pub partition: String,
    /// The account that owns the bucket, 12 digits, where it is known.
    pub account: Option<String>,
    /// The role to assume; absent for the controller's own identity.
    pub role: Option<String>,
    /// The controller's own tags for this bucket.
    pub tags: Vec<ControllerTag>,
}
