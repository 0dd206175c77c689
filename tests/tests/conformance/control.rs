//! S3 Control: tags by ARN, and the public access block of an account.

use super::step::{Step, delete, get, post, put};
use super::wire::OTHER;

const ME: &[(&str, &str)] = &[("x-amz-account-id", "111111111111")];
const THEM: &[(&str, &str)] = &[("x-amz-account-id", "222222222222")];
const B: &str = "/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab";
const BLOCK: &str = "/v20180820/configuration/publicAccessBlock";
const TWO: &str = "<TagResourceRequest xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\"><Tags><Tag><Key>k1</Key><Value>v1</Value>\
                   </Tag><Tag><Key>k2</Key><Value>v2</Value></Tag></Tags></TagResourceRequest>";
const ONE: &str = "<TagResourceRequest><Tags><Tag><Key>k2</Key><Value>new</Value></Tag></Tags></TagResourceRequest>";
const PUBLIC: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;

pub(crate) static STEPS: &[Step] = &[
    get(B).with(ME).holds(&["<ListTagsForResourceResult", "<Tags/>"]),
    post(B, TWO).with(ME).is(204),
    get(B).with(ME).holds(&["<Tag><Key>k1</Key><Value>v1</Value></Tag>", "<Tag><Key>k2</Key><Value>v2</Value></Tag>"]),
    get("/b?tagging").holds(&["<Key>k1</Key><Value>v1</Value>", "<Key>k2</Key>"]),
    post(B, ONE).with(ME).is(204),
    get(B).with(ME).holds(&["<Value>v1</Value>", "<Value>new</Value>"]).lacks(&["<Value>v2</Value>"]),
    delete("/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab?tagKeys=k1&tagKeys=none").with(ME),
    get("/b?tagging").lacks(&["k1"]).holds(&["k2"]),
    put("/b?tagging", "<Tagging><TagSet><Tag><Key>by-s3</Key><Value/></Tag></TagSet></Tagging>"),
    get(B).with(ME).holds(&["by-s3"]).lacks(&["k2"]),
    delete("/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Ab?tagKeys=by-s3").with(ME),
    get("/b?tagging").refused(404, "NoSuchTagSet"),
    // What it refuses, in its own envelope.
    get(B).refused(400, "InvalidRequest"),
    get(B).with(THEM).refused(403, "AccessDenied"),
    get(B).with(THEM).by(OTHER).refused(403, "AccessDenied"),
    get(B).with(ME).to("us-east-1").refused(301, "PermanentRedirect"),
    get("/v20180820/tags/arn%3Aaws%3As3%3A%3A%3Anone").with(ME).refused(404, "NoSuchResource").holds(&["<ErrorResponse", "<RequestId>"]),
    get("/v20180820/tags/nonsense").with(ME).refused(400, "InvalidRequest"),
    get("/v20180820/tags/arn%3Aaws-cn%3As3%3A%3A%3Ab").with(ME).refused(400, "InvalidRequest"),
    delete(B).with(ME).refused(400, "InvalidRequest"),
    post(B, "<TagResourceRequest/>").with(ME).refused(400, "MalformedXML"),
    post(B, "<TagResourceRequest><Tags><Tag><Key>aws:x</Key><Value/></Tag></Tags></TagResourceRequest>")
        .with(ME)
        .refused(400, "InvalidTag"),
    post(B, "<TagResourceRequest><Tags><Tag><Key>a</Key><Value/></Tag><Tag><Key>a</Key><Value/></Tag></Tags></TagResourceRequest>")
        .with(ME)
        .refused(400, "InvalidTag"),
    get("/v20180820/jobs").with(ME).refused(501, "NotImplemented"),
    // The account's public access block holds for all of its buckets.
    get(BLOCK).with(ME).refused(404, "NoSuchPublicAccessBlockConfiguration"),
    put(BLOCK, "<PublicAccessBlockConfiguration><BlockPublicPolicy>true</BlockPublicPolicy></PublicAccessBlockConfiguration>").with(ME),
    get(BLOCK).with(ME).holds(&["<BlockPublicPolicy>true<", "<BlockPublicAcls>false<"]),
    delete("/b?publicAccessBlock"),
    put("/b?policy", PUBLIC).refused(403, "AccessDenied"),
    delete(BLOCK).with(ME),
    get(BLOCK).with(ME).refused(404, "NoSuchPublicAccessBlockConfiguration"),
    put("/b?policy", PUBLIC).is(204),
    get(BLOCK).with(THEM).refused(403, "AccessDenied"),
];
