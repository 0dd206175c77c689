//! Stores that take sub-resources which they do not know for the bucket itself, as rules for the model.
//! Measured: what each of them did on `DELETE` of an empty bucket's sub-resource and on `PUT` of one of a bucket that was not there.

use super::rule::{Act, FaultRule};

/// The sub-resources whose DELETE deletes the bucket, and those whose PUT creates it.
struct Store {
    deletes: &'static [&'static str],
    creates: &'static [&'static str],
}

const MOTO: Store = Store {
    deletes: &["analytics", "intelligent-tiering", "inventory", "metrics", "metadataConfiguration", "metadataTable"],
    creates: &["analytics", "intelligent-tiering", "metrics", "requestPayment", "abac", "metadataInventoryTable", "metadataJournalTable"],
};
const MINISTACK: Store = Store {
    deletes: &["analytics", "intelligent-tiering", "inventory", "metrics", "metadataConfiguration", "metadataTable"],
    creates: &["analytics", "intelligent-tiering", "inventory", "metrics", "abac", "metadataInventoryTable", "metadataJournalTable"],
};
const MINIO: Store = Store {
    deletes: &[
        "analytics",
        "intelligent-tiering",
        "inventory",
        "metrics",
        "metadataConfiguration",
        "metadataTable",
        "ownershipControls",
        "publicAccessBlock",
    ],
    creates: &[
        "accelerate",
        "analytics",
        "intelligent-tiering",
        "inventory",
        "logging",
        "metrics",
        "ownershipControls",
        "publicAccessBlock",
        "requestPayment",
        "website",
        "abac",
        "metadataInventoryTable",
        "metadataJournalTable",
    ],
};

impl FaultRule {
    /// The model routes as moto 5.2.1.
    #[must_use]
    pub fn moto() -> Vec<Self> {
        MOTO.rules()
    }

    /// The model routes as `MiniStack` 1.5.33.
    #[must_use]
    pub fn ministack() -> Vec<Self> {
        MINISTACK.rules()
    }

    /// The model routes as `MinIO` of February 2026.
    #[must_use]
    pub fn minio() -> Vec<Self> {
        MINIO.rules()
    }
}

impl Store {
    /// Reads of what is deleted or created by mistake are taken for lists of objects.
    fn rules(&self) -> Vec<FaultRule> {
        let mut reads: Vec<_> = self.deletes.iter().chain(self.creates).copied().collect();
        reads.sort_unstable();
        reads.dedup();
        let groups = [("Delete*", self.deletes), ("Put*", self.creates), ("Update*", self.creates), ("Get*", &reads), ("List*", &reads)];
        let rule = |operation: &str, query: &str| FaultRule::new(Act::LegacyRouter).on(operation).sub_resource(query);
        groups.into_iter().flat_map(|(operation, queries)| queries.iter().map(move |query| rule(operation, query))).collect()
    }
}
