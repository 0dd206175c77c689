//! Tags of a bucket whose attribute-based access control is on.

use super::step::{Step, delete, get, post, put};

const ACCOUNT: &[(&str, &str)] = &[("x-amz-account-id", "111111111111")];
const TAGS: &str = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>";

pub(crate) static STEPS: &[Step] = &[
    put("/b?tagging", TAGS),
    put("/b?abac", "<AbacStatus><Status>Enabled</Status></AbacStatus>"),
    put("/b?tagging", TAGS).refused(405, "MethodNotAllowed"),
    delete("/b?tagging").refused(405, "MethodNotAllowed"),
    get("/b?tagging").holds(&["<Key>a</Key>"]),
    post(
        "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab",
        "<TagResourceRequest><Tags><Tag><Key>b</Key><Value>2</Value></Tag></Tags></TagResourceRequest>",
    )
    .with(ACCOUNT)
    .is(204),
    get("/b?tagging").holds(&["<Key>a</Key>", "<Key>b</Key>"]),
    delete("/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab?tagKeys=a").with(ACCOUNT),
    get("/b?tagging").holds(&["<Key>b</Key>"]).lacks(&["<Key>a</Key>"]),
    put("/b?abac", "<AbacStatus><Status>Disabled</Status></AbacStatus>"),
    delete("/b?tagging"),
    get("/b?tagging").refused(404, "NoSuchTagSet"),
];
