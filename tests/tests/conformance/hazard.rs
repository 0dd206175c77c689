//! No call on a sub-resource is taken for one on the bucket; and the stores of which that is not true, as the model plays them.

use tests::s3::FaultRule;

use super::report::Report;
use super::wire::{ME, Wire};

const DELETES: &[&str] = &[
    "analytics&id=a",
    "cors",
    "encryption",
    "intelligent-tiering&id=a",
    "inventory&id=a",
    "lifecycle",
    "metadataConfiguration",
    "metadataTable",
    "metrics&id=a",
    "ownershipControls",
    "policy",
    "publicAccessBlock",
    "replication",
    "tagging",
    "website",
    "nonsense",
];
const PUTS: &[&str] = &[
    "abac",
    "accelerate",
    "acl",
    "analytics&id=a",
    "cors",
    "encryption",
    "intelligent-tiering&id=a",
    "inventory&id=a",
    "lifecycle",
    "logging",
    "metadataInventoryTable",
    "metadataJournalTable",
    "metrics&id=a",
    "notification",
    "object-lock",
    "ownershipControls",
    "policy",
    "publicAccessBlock",
    "replication",
    "requestPayment",
    "tagging",
    "versioning",
    "website",
    "nonsense",
];

pub(crate) fn check(wire: &Wire, report: &mut Report) {
    let (deleted, created) = mistakes(wire);
    for query in DELETES {
        report.note(!deleted.contains(query), || format!("DELETE ?{query} deleted the bucket"));
    }
    for query in PUTS {
        report.note(!created.contains(query), || format!("PUT ?{query} created the bucket"));
    }
}

/// What was measured of each store: the sub-resources whose DELETE deletes the bucket, and those whose PUT creates it.
pub(crate) fn stores(wire: &Wire, report: &mut Report) {
    const KEYED: [&str; 4] = ["analytics&id=a", "intelligent-tiering&id=a", "inventory&id=a", "metrics&id=a"];
    const TABLES: [&str; 2] = ["metadataConfiguration", "metadataTable"];
    const UPDATES: [&str; 2] = ["metadataInventoryTable", "metadataJournalTable"];
    let both = |left: &[&'static str], right: &[&'static str]| [left, right].concat();
    let mut minio = both(&KEYED, &UPDATES);
    minio.extend(["abac", "accelerate", "logging", "ownershipControls", "publicAccessBlock", "requestPayment", "website"]);
    let moto = ["abac", "analytics&id=a", "intelligent-tiering&id=a", "metrics&id=a", "requestPayment"];
    for (name, rules, deletes, creates) in [
        ("moto", FaultRule::moto(), both(&KEYED, &TABLES), both(&moto, &UPDATES)),
        ("MiniStack", FaultRule::ministack(), both(&KEYED, &TABLES), both(&both(&KEYED, &UPDATES), &["abac"])),
        ("MinIO", FaultRule::minio(), both(&both(&KEYED, &TABLES), &["ownershipControls", "publicAccessBlock"]), minio),
    ] {
        let ids: Vec<_> = rules.into_iter().map(|rule| wire.model.faults().add(rule)).collect();
        let (deleted, created) = mistakes(wire);
        report.note(sorted(deleted.clone()) == sorted(deletes), || format!("{name} deleted the bucket by {deleted:?}"));
        report.note(sorted(created.clone()) == sorted(creates), || format!("{name} created the bucket by {created:?}"));
        wire.model.create_bucket("seen", ME, super::wire::REGION).unwrap();
        let read = wire.call("GET", "/seen?analytics&id=a", "");
        report.note(read.status == 200 && read.body.contains("<ListBucketResult"), || format!("{name}: {read:?}"));
        wire.model.delete_bucket("seen");
        for id in ids {
            assert!(wire.model.faults().remove(id));
        }
    }
}

/// The queries whose DELETE deletes a bucket that is there, and those whose PUT creates one that is not.
fn mistakes(wire: &Wire) -> (Vec<&'static str>, Vec<&'static str>) {
    let deletes = |query: &&&str| {
        wire.model.delete_bucket("there");
        wire.model.create_bucket("there", ME, super::wire::REGION).unwrap();
        wire.call("DELETE", &format!("/there?{query}"), "");
        wire.model.bucket("there").is_none()
    };
    let creates = |query: &&&str| {
        wire.call("PUT", &format!("/missing?{query}"), "");
        wire.model.delete_bucket("missing")
    };
    (DELETES.iter().filter(deletes).copied().collect(), PUTS.iter().filter(creates).copied().collect())
}

fn sorted(mut queries: Vec<&'static str>) -> Vec<&'static str> {
    queries.sort_unstable();
    queries
}
