//! The S3 calls of each sub-configuration, as data: for the table in the docs, the IAM policy and the interceptor that carries
//! unknown members over.

use super::remote::Remote;
use crate::fault::Operation;

/// What one sub-configuration is to S3 and to people.
#[derive(Clone, Copy, Debug)]
pub struct Calls {
    /// Its name.
    pub name: &'static str,
    /// Its fields of the spec.
    pub fields: &'static [&'static str],
    /// What an absent section means.
    pub absent: &'static str,
    /// Whether directory buckets have it.
    pub directory_buckets: bool,
    /// The call that reads it.
    pub get: Operation,
    /// The call that writes it.
    pub put: Operation,
    /// The call that takes it away; the same as `put` where S3 has none.
    pub delete: Operation,
    /// Further calls that reading or writing it may take.
    pub others: &'static [Operation],
}

impl Calls {
    pub(super) const fn of<S: Remote>() -> Self {
        Self {
            name: S::NAME,
            fields: S::FIELDS,
            absent: S::ABSENT,
            directory_buckets: S::DIRECTORY_BUCKETS,
            get: S::GET,
            put: S::PUT,
            delete: S::DELETE,
            others: S::OTHERS,
        }
    }

    /// All of them, each once: read, write, take away, others.
    #[must_use]
    pub fn all(&self) -> Vec<Operation> {
        let mut all: Vec<Operation> = Vec::new();
        for operation in [self.get, self.put, self.delete].iter().chain(self.others) {
            if !all.iter().any(|known| known.name == operation.name) {
                all.push(*operation);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use crate::subconfig::{CALLS, NAMES};

    #[test]
    fn every_sub_configuration_says_its_calls_once() {
        assert_eq!(CALLS.iter().map(|calls| calls.name).collect::<Vec<_>>(), NAMES);
        for calls in CALLS {
            let all = calls.all();
            assert_eq!(all[0].name, calls.get.name);
            for (index, operation) in all.iter().enumerate() {
                assert!(operation.action.starts_with("s3:") && !operation.name.is_empty(), "{}: {operation:?}", calls.name);
                assert!(all[..index].iter().all(|other| other.name != operation.name), "{}: {} twice", calls.name, operation.name);
            }
        }
    }
}
