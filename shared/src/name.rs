//! The three kinds of bucket that a name tells apart.
//! Source: S3 User Guide, "General purpose bucket naming rules" and "Directory bucket naming rules".

/// The name of an S3 bucket, of any kind, valid or not: the rules for names are admission findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BucketName<'a>(&'a str);

impl<'a> BucketName<'a> {
    /// Takes the text as it stands.
    #[must_use]
    pub fn new(name: &'a str) -> Self {
        Self(name)
    }

    /// The text.
    #[must_use]
    pub fn as_str(self) -> &'a str {
        self.0
    }

    /// Whether this is a directory bucket (S3 Express One Zone).
    #[must_use]
    pub fn is_directory(self) -> bool {
        self.0.ends_with("--x-s3")
    }

    /// Whether this name lives in an account-regional namespace.
    #[must_use]
    pub fn is_account_regional(self) -> bool {
        self.0.ends_with("-an")
    }
}
