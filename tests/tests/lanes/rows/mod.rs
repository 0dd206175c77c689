//! All sub-configurations in one table: what is declared at first and later, what S3 then holds in a few words, and what somebody else
//! does to it. Both sides of S3 are read and written by the plain SDK.

mod access;
mod answer;
mod delivery;
mod keyed;
mod objects;
mod web;

use aws_sdk_s3::Client;
use futures::future::BoxFuture;
use serde_json::{Map, Value, json};

pub(crate) use self::answer::{Answer, Refused, answered, done, incomplete};

/// The buckets of one lane, and what tells it from others.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// The bucket in question.
    pub(crate) bucket: String,
    /// Another one, versioned, where logs, reports and replicas go.
    pub(crate) target: String,
    /// The account that all is in.
    pub(crate) account: &'static str,
    /// The queue that notifications go to.
    pub(crate) queue: String,
    /// The canned ACLs that the lane tells apart.
    pub(crate) acls: [&'static str; 2],
}

/// Which of two buckets has it: some exclude each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Home {
    /// The one with most of them.
    Plain,
    /// The one with object lock, whose versioning stays on.
    Locked,
}

/// One sub-configuration.
pub(crate) struct Row {
    /// Its name in metrics and status.
    pub(crate) config: &'static str,
    /// Its member of the spec.
    pub(crate) field: &'static str,
    /// Which bucket has it.
    pub(crate) home: Home,
    /// What is declared at first, and what S3 holds of it.
    pub(crate) first: (Value, String),
    /// What is declared later, and what S3 holds of it.
    pub(crate) second: (Value, String),
    /// Reads what S3 holds; `none` where it has no such configuration.
    pub(crate) read: for<'a> fn(&'a Client, &'a Site) -> BoxFuture<'a, Answer>,
    /// Does to the first what somebody at a console would do.
    pub(crate) meddle: for<'a> fn(&'a Client, &'a Site) -> BoxFuture<'a, Result<(), Refused>>,
}

/// The whole table for these buckets, in an order in which somebody may meddle with all of them.
pub(crate) fn table(site: &Site) -> Vec<Row> {
    let [acl, ownership, policy, block] = access::rows(site);
    let [abac, encryption, lifecycle, tagging, versioning] = objects::rows();
    let [accelerate, cors, payment, website] = web::rows();
    let [logging, notification, object_lock, replication] = delivery::rows(site);
    let [analytics, tiering, inventory, metrics] = keyed::rows(site);
    vec![
        acl,
        ownership,
        policy,
        block,
        abac,
        encryption,
        lifecycle,
        tagging,
        versioning,
        accelerate,
        cors,
        payment,
        website,
        logging,
        notification,
        object_lock,
        replication,
        analytics,
        tiering,
        inventory,
        metrics,
    ]
}

/// The sections of a spec: those that `home` needs itself, and one of each row.
pub(crate) fn spec<'a>(home: Home, rows: impl IntoIterator<Item = &'a Row>, value: impl Fn(&Row) -> &Value) -> Value {
    let own = match home {
        Home::Plain => Map::new(),
        Home::Locked => Map::from_iter([
            ("objectLockEnabledForBucket".to_owned(), json!(true)),
            ("versioning".to_owned(), json!({ "status": "Enabled" })),
        ]),
    };
    Value::Object(own.into_iter().chain(rows.into_iter().map(|row| (row.field.to_owned(), value(row).clone()))).collect())
}

#[test]
fn the_table_has_every_sub_configuration_once() {
    let site = Site { bucket: "a".to_owned(), target: "b".to_owned(), account: "1", queue: "q".to_owned(), acls: ["private"; 2] };
    let rows = table(&site);
    let mut configs: Vec<_> = rows.iter().map(|row| row.config).collect();
    configs.sort_unstable();
    let mut names = shared::subconfig::NAMES.to_vec();
    names.sort_unstable();
    assert_eq!(configs, names);
    for row in &rows {
        assert!(shared::subconfig::FIELDS.iter().any(|fields| fields.contains(&row.field)), "{} is no field of the spec", row.field);
    }
}
