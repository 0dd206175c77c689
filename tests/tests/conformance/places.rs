//! Regions and accounts: a bucket is told about everywhere and used only where it is, and only by its owner.

use super::step::{Step, delete, get, head, put};
use super::wire::OTHER;

const HOME: &[(&str, &str)] = &[("x-amz-bucket-region", "eu-west-1")];
const VERSIONED: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";

pub(crate) static STEPS: &[Step] = &[
    head("/b").to("us-east-1").is(301).tells(HOME),
    get("/b?tagging").to("us-east-1").refused(301, "PermanentRedirect").tells(HOME),
    put("/b?versioning", VERSIONED).to("us-east-1").refused(301, "PermanentRedirect").tells(HOME),
    delete("/b?cors").to("ap-south-1").refused(301, "PermanentRedirect").tells(HOME),
    delete("/b").to("ap-south-1").refused(301, "PermanentRedirect").tells(HOME),
    get("/b?location").to("us-east-1").holds(&[">eu-west-1<"]),
    head("/b").signed_for("").is(403).tells(HOME),
    get("/b?tagging").signed_for("").refused(403, "AccessDenied").tells(HOME),
    get("/b?tagging").signed_for("s3express").refused(400, "AuthorizationHeaderMalformed"),
    // Another account learns that the name is taken, and nothing else.
    head("/b").by(OTHER).is(403),
    get("/b?tagging").by(OTHER).refused(403, "AccessDenied"),
    put("/b?versioning", VERSIONED).by(OTHER).refused(403, "AccessDenied"),
    delete("/b?cors").by(OTHER).refused(403, "AccessDenied"),
    delete("/b").by(OTHER).refused(403, "AccessDenied"),
    get("/b?location").by(OTHER).refused(403, "AccessDenied"),
    get("/").by(OTHER).lacks(&["<Name>b</Name>"]),
    get("/").holds(&["<Name>b</Name>"]),
    head("/b"),
];
