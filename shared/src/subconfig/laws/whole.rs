//! All sub-configurations at once: which calls a plan leads to, in which order, and what a failed one holds back.

use serde_json::json;

use super::remote::runtime;
use super::silent;
use super::store::Store;
use crate::BucketSpec;
use crate::place::Place;
use crate::subconfig::remote::{Applied, Outcome};
use crate::subconfig::{Have, NAMES, Observed, after_create, apply, observe, plan};
use crate::unset::UnsetFields;

fn everything() -> BucketSpec {
    let spec = json!({
        "name": "laws",
        "abac": {"status": "Enabled"},
        "accelerate": {"status": "Enabled"},
        "analytics": [{"id": "a"}],
        "acl": "log-delivery-write",
        "cors": {"corsRules": [{"allowedMethods": ["GET"], "allowedOrigins": ["*"]}]},
        "encryption": {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms"}, "bucketKeyEnabled": true}]},
        "intelligentTiering": [{"id": "a", "status": "Enabled", "tierings": [{"accessTier": "ARCHIVE_ACCESS", "days": 90}]}],
        "inventory": [{
            "id": "a", "isEnabled": true, "includedObjectVersions": "All", "schedule": {"frequency": "Weekly"},
            "destination": {"s3BucketDestination": {"bucket": "arn:aws:s3:::lists", "format": "CSV"}},
        }],
        "lifecycle": {"rules": [{"status": "Enabled", "expiration": {"days": 1}}]},
        "logging": {"loggingEnabled": {"targetBucket": "laws", "targetPrefix": "log/"}},
        "metrics": [{"id": "a"}],
        "notification": {"topicConfigurations": [{"topicARN": "arn:aws:sns:us-east-1:123456789012:t", "events": ["s3:ObjectCreated:*"]}]},
        "objectLockConfiguration": {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 1}}},
        "ownershipControls": {"rules": [{"objectOwnership": "ObjectWriter"}]},
        "policy": "{\"Statement\": []}",
        "publicAccessBlock": {"blockPublicACLs": true},
        "replication": {
            "role": "arn:aws:iam::123456789012:role/copies",
            "rules": [{"status": "Enabled", "filter": {}, "destination": {"bucket": "arn:aws:s3:::copies"}}],
        },
        "requestPayment": {"payer": "Requester"},
        "tagging": {"tagSet": [{"key": "a", "value": "b"}]},
        "versioning": {"status": "Enabled"},
        "website": {"indexDocument": {"suffix": "index.html"}},
    });
    serde_json::from_value(spec).unwrap()
}

/// One pass over what is observed, or over what is known of a new bucket.
pub(super) fn pass(store: &Store, spec: &BucketSpec, known: Option<Observed>, may_write: bool) -> Applied {
    runtime().block_on(async {
        let s3 = store.bucket();
        let observed = match known {
            Some(observed) => observed,
            None => observe(&s3).await.0,
        };
        apply(&s3, &plan(spec, &observed, &Place::default(), UnsetFields::Reset), &|| may_write).await
    })
}

pub(super) fn outcomes(applied: &Applied) -> Vec<String> {
    let word = |outcome: &Outcome| match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Failed(fault) => fault.code.clone(),
        Outcome::HeldBack { by } => format!("after {by}"),
        Outcome::Stopped => "stopped".to_owned(),
    };
    applied.ran.iter().map(|ran| format!("{} {}", ran.config, word(&ran.outcome))).collect()
}

#[test]
fn a_bare_new_bucket_needs_no_call() {
    let store = Store::new_bucket();
    let applied = pass(&store, &silent(), Some(after_create(&silent(), &Place::default())), true);
    assert!(applied.ran.is_empty() && store.calls().is_empty(), "{:?}", store.calls());
}

#[test]
fn a_full_new_bucket_needs_one_call_for_each_section_that_does_not_ride_on_creation() {
    let store = Store::new_bucket();
    pass(&store, &everything(), Some(after_create(&everything(), &Place::default())), true);
    let (writes, reads): (Vec<String>, Vec<String>) = store.calls().into_iter().partition(|call| call.starts_with("PUT "));
    let sections = ["publicAccessBlock", "encryption", "object-lock", "abac", "acl", "policy", "logging", "notification", "lifecycle"];
    let others = ["replication", "cors", "website", "requestPayment", "accelerate"];
    let keyed = ["analytics/a", "intelligent-tiering/a", "inventory/a", "metrics/a"];
    let expected: Vec<_> = sections.iter().chain(&others).chain(&keyed).map(|section| format!("PUT {section}")).collect();
    assert_eq!(writes, expected);
    assert_eq!(reads, ["GET encryption"], "beside the writes");
}

#[test]
fn one_pass_is_enough_there_and_back() {
    let store = Store::new_bucket();
    for spec in [everything(), silent()] {
        assert!(!pass(&store, &spec, None, true).ran.is_empty());
        assert!(pass(&store, &spec, None, true).ran.is_empty(), "a second pass found more to do");
    }
    let deletes: Vec<_> = store.calls().into_iter().filter(|call| call.starts_with("DELETE")).collect();
    let (keyed, deletes) = deletes.split_at(4);
    assert_eq!(keyed, ["DELETE metrics/a", "DELETE inventory/a", "DELETE intelligent-tiering/a", "DELETE analytics/a"], "in reverse order");
    let others = ["DELETE website", "DELETE cors", "DELETE replication", "DELETE lifecycle", "DELETE policy", "DELETE tagging"];
    assert_eq!(deletes, others, "in reverse order");
}

#[test]
fn a_spec_that_is_filled_in_from_a_bucket_is_what_the_bucket_holds() {
    for spec in [everything(), silent()] {
        let store = Store::new_bucket();
        pass(&store, &spec, None, true);
        let observed = runtime().block_on(observe(&store.bucket())).0;
        let filled = observed.export(&silent(), &Place::default());
        for unset in [UnsetFields::Reset, UnsetFields::Ignore] {
            let plan = plan(&filled, &observed, &Place::default(), unset);
            assert!(plan.differences().is_empty() && plan.unmanaged().is_empty(), "{plan:?}");
        }
        let (declared, filled) = (serde_json::to_value(&spec).unwrap(), serde_json::to_value(&filled).unwrap());
        let missing: Vec<_> = declared.as_object().unwrap().keys().filter(|field| filled.get(field.as_str()).is_none()).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

#[test]
fn a_failed_step_holds_back_only_what_comes_after_it() {
    let store = Store::new_bucket();
    store.refuse("publicAccessBlock");
    let failed = ["ownership_controls done", "public_access_block AccessDenied", "versioning done", "encryption done", "object_lock done"];
    let held = ["tagging done", "abac done", "acl after public_access_block", "policy after public_access_block", "logging after acl"];
    let rest = ["notification done", "lifecycle done", "replication done", "cors done", "website done", "request_payment done"];
    let rest = [&rest[..], &["accelerate done"]].concat();
    let keyed = ["analytics done", "intelligent_tiering done", "inventory done", "metrics done"];
    assert_eq!(outcomes(&pass(&store, &everything(), None, true)), [&failed[..], &held[..], &rest[..], &keyed[..]].concat());
}

/// A policy and a block that are there, and others that open the bucket in another way.
fn reopened(store: &Store) -> BucketSpec {
    let policy =
        |sid: &str| json!({"Statement": [{"Sid": sid, "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}]}).to_string();
    let spec = |block: bool, sid: &str| -> BucketSpec {
        let block = json!({"ignorePublicACLs": block, "restrictPublicBuckets": block});
        serde_json::from_value(json!({"name": "laws", "policy": policy(sid), "publicAccessBlock": block})).unwrap()
    };
    pass(store, &spec(true, "old"), None, true);
    spec(false, "new")
}

#[test]
fn a_bucket_is_never_open_with_the_older_policy() {
    let store = Store::new_bucket();
    let spec = reopened(&store);
    let before = store.calls().len();
    assert_eq!(outcomes(&pass(&store, &spec, None, true)), ["public_access_block done", "policy done"]);
    let writes: Vec<_> = store.calls().split_off(before).into_iter().filter(|call| call.starts_with("PUT")).collect();
    assert_eq!(writes, ["PUT policy", "PUT publicAccessBlock"], "the block that is there is narrow enough until then");
    assert!(pass(&store, &spec, None, true).ran.is_empty());
}

#[test]
fn a_block_stays_where_the_policy_behind_it_could_not_be_replaced() {
    let store = Store::new_bucket();
    let spec = reopened(&store);
    store.refuse("policy");
    assert_eq!(outcomes(&pass(&store, &spec, None, true)), ["public_access_block after policy", "policy AccessDenied"]);
    assert!(store.document("publicAccessBlock").unwrap().contains("<RestrictPublicBuckets>true"));
}

#[test]
fn a_controller_that_may_not_write_does_not() {
    let store = Store::new_bucket();
    let applied = pass(&store, &everything(), None, false);
    assert_eq!(outcomes(&applied), NAMES.iter().map(|name| format!("{name} stopped")).collect::<Vec<_>>());
    assert!(store.calls().iter().all(|call| call.starts_with("GET")), "{:?}", store.calls());
}

#[test]
fn a_document_without_the_members_that_make_it_is_no_answer() {
    let observed = |document: &str| {
        let (observed, failed) = runtime().block_on(observe(&Store::answering(200, document).bucket()));
        assert!(failed.is_empty(), "{document}: {failed:?}");
        observed
    };
    for document in ["<OwnershipControls/>", "<OwnershipControls><Rule/></OwnershipControls>"] {
        assert_eq!(observed(document).ownership_controls, Have::Unsupported, "{document}");
    }
    assert_eq!(observed("<PublicAccessBlockConfiguration/>").public_access_block, Have::Unsupported);
    assert_eq!(observed("<CORSConfiguration/>").cors, Have::Unsupported);
    assert_eq!(observed("<LifecycleConfiguration/>").lifecycle, Have::Unsupported);
    assert_eq!(observed("{}").policy, Have::Unsupported);
    assert_eq!(observed("<ReplicationConfiguration/>").replication, Have::Unsupported);
    assert_eq!(observed("<WebsiteConfiguration/>").website, Have::Unsupported);
    // These say something without a member.
    assert_eq!(observed("<BucketLoggingStatus/>").logging, Have::Empty);
    assert_eq!(observed("<NotificationConfiguration/>").notification, Have::Empty);
    assert_eq!(observed("<VersioningConfiguration/>").versioning, Have::Empty);
    assert_eq!(observed("<ServerSideEncryptionConfiguration/>").encryption, Have::Empty);
}

#[test]
fn a_directory_bucket_is_asked_only_for_what_it_has() {
    let store = Store::new_bucket();
    let mut s3 = store.bucket();
    "laws--use1-az4--x-s3".clone_into(&mut s3.name);
    assert_eq!(s3.expected_owner(), None, "directory buckets do not know the header");
    let bucket = BucketSpec { name: s3.name, ..everything() };
    let steps = plan(
        &bucket,
        &Observed { versioning: Have::Empty, encryption: Have::Empty, ..Observed::default() },
        &Place::default(),
        UnsetFields::Reset,
    );
    assert_eq!(steps.differences().into_iter().map(|(name, _)| name).collect::<Vec<_>>(), ["encryption"]);
}
