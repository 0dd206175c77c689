//! The namespace of an account in a region: names that end with `-<account>-<region>-an`.

use super::step::{Step, get, head, put};

const HERE: &str = "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>";
const OWN: &[(&str, &str)] = &[("x-amz-bucket-namespace", "account-regional")];
const GLOBAL: &[(&str, &str)] = &[("x-amz-bucket-namespace", "global")];

pub(crate) static STEPS: &[Step] = &[
    put("/logs-111111111111-eu-west-1-an", HERE).with(OWN),
    head("/logs-111111111111-eu-west-1-an"),
    get("/").holds(&["<Name>logs-111111111111-eu-west-1-an</Name>"]),
    put("/logs-111111111111-eu-west-1-an?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"),
    put("/more-111111111111-eu-west-1-an", HERE).refused(400, "MissingNamespaceHeader"),
    put("/more-111111111111-eu-west-1-an", HERE).with(GLOBAL).refused(400, "MissingNamespaceHeader"),
    put("/portfolio-an", HERE).refused(400, "MissingNamespaceHeader"),
    put("/portfolio-an", HERE).with(OWN).refused(400, "InvalidNamespaceHeader"),
    put("/plain", HERE).with(OWN).refused(400, "InvalidNamespaceHeader"),
    put("/plain", HERE).with(&[("x-amz-bucket-namespace", "regional")]).refused(400, "InvalidNamespaceHeader"),
    put("/logs-222222222222-eu-west-1-an", HERE).with(OWN).refused(400, "InvalidBucketNamespace"),
    put("/logs-111111111111-us-east-1-an", HERE).with(OWN).refused(400, "InvalidBucketNamespace"),
    put("/-111111111111-eu-west-1-an", HERE).with(OWN).refused(400, "InvalidBucketName"),
    put("/plain", HERE).with(GLOBAL),
];
