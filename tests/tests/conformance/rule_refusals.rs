//! What S3 refuses in lists of rules: CORS, lifecycle, websites.

use super::step::{Step, put};

const ARGUMENT: &str = "InvalidArgument";
const MALFORMED: &str = "MalformedXML";
const REQUEST: &str = "InvalidRequest";

/// One CORS rule with this content beside a method and an origin.
macro_rules! cors {
    ($rule:literal) => {
        put(
            "/b?cors",
            concat!(
                "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin>",
                $rule,
                "</CORSRule></CORSConfiguration>"
            ),
        )
    };
}

/// Lifecycle rules with this content.
macro_rules! lifecycle {
    ($rules:literal) => {
        put("/b?lifecycle", concat!("<LifecycleConfiguration>", $rules, "</LifecycleConfiguration>"))
    };
}

/// An enabled lifecycle rule for the prefix a/ with this content.
macro_rules! rule {
    ($rule:literal) => {
        put(
            "/b?lifecycle",
            concat!(
                "<LifecycleConfiguration><Rule><ID>x</ID><Status>Enabled</Status><Filter><Prefix>a/</Prefix></Filter>",
                $rule,
                "</Rule></LifecycleConfiguration>"
            ),
        )
    };
}

/// A website with this content.
macro_rules! website {
    ($content:literal) => {
        put("/b?website", concat!("<WebsiteConfiguration>", $content, "</WebsiteConfiguration>"))
    };
}

/// A website of one routing rule with this content.
macro_rules! routing {
    ($rule:literal) => {
        put(
            "/b?website",
            concat!(
                "<WebsiteConfiguration><IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules><RoutingRule>",
                $rule,
                "</RoutingRule></RoutingRules></WebsiteConfiguration>"
            ),
        )
    };
}

pub(crate) static STEPS: &[Step] = &[
    put("/b?cors", "<CORSConfiguration/>").refused(400, MALFORMED),
    cors!("<AllowedMethod>PATCH</AllowedMethod>").refused(400, REQUEST),
    cors!("<AllowedOrigin>http://*.a.*</AllowedOrigin>").refused(400, REQUEST),
    cors!("<ExposeHeader>*</ExposeHeader>").refused(400, REQUEST),
    cors!("<AllowedHeader>x y</AllowedHeader>").refused(400, REQUEST),
    cors!("<MaxAgeSeconds>-1</MaxAgeSeconds>").refused(400, MALFORMED),
    lifecycle!("").refused(400, MALFORMED),
    rule!("").refused(400, REQUEST),
    rule!("<Expiration><Days>0</Days></Expiration>").refused(400, ARGUMENT),
    rule!("<Expiration><Days>1</Days><Date>2040-01-01</Date></Expiration>").refused(400, MALFORMED),
    rule!("<Expiration><Date>2040-01-01T05:06:00Z</Date></Expiration>").refused(400, ARGUMENT),
    rule!("<Expiration><Days>10</Days></Expiration><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>")
        .refused(400, ARGUMENT),
    rule!("<Transition><Days>3</Days><StorageClass>STANDARD_IA</StorageClass></Transition>").refused(400, ARGUMENT),
    rule!("<Transition><Days>3</Days><StorageClass>TAPE</StorageClass></Transition>").refused(400, MALFORMED),
    rule!("<Prefix>b/</Prefix><Expiration><Days>1</Days></Expiration>").refused(400, MALFORMED),
    lifecycle!("<Rule><Status>Enabled</Status><Expiration><Days>1</Days></Expiration></Rule>").refused(400, MALFORMED),
    lifecycle!("<Rule><Status>on</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule>").refused(400, MALFORMED),
    lifecycle!(
        "<Rule><ID>x</ID><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration></Rule><Rule><ID>x</ID>\
         <Status>Enabled</Status><Filter><Prefix>b</Prefix></Filter><Expiration><Days>2</Days></Expiration></Rule>"
    )
    .refused(400, ARGUMENT),
    lifecycle!(
        "<Rule><Status>Enabled</Status><Filter><Tag><Key>a</Key><Value>b</Value></Tag></Filter><AbortIncompleteMultipartUpload>\
         <DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
    )
    .refused(400, REQUEST),
    lifecycle!(
        "<Rule><Status>Enabled</Status><Filter><And><Prefix>a</Prefix></And></Filter><Expiration><Days>1</Days></Expiration></Rule>"
    )
    .refused(400, MALFORMED),
    website!("").refused(400, ARGUMENT),
    website!("<ErrorDocument><Key>e</Key></ErrorDocument>").refused(400, ARGUMENT),
    website!("<IndexDocument><Suffix>a/i</Suffix></IndexDocument>").refused(400, ARGUMENT),
    website!("<IndexDocument><Suffix/></IndexDocument>").refused(400, ARGUMENT),
    website!("<IndexDocument><Suffix>i</Suffix></IndexDocument><ErrorDocument><Key/></ErrorDocument>").refused(400, ARGUMENT),
    website!("<RedirectAllRequestsTo><HostName>a</HostName></RedirectAllRequestsTo><IndexDocument><Suffix>i</Suffix></IndexDocument>")
        .refused(400, ARGUMENT),
    website!("<RedirectAllRequestsTo><Protocol>http</Protocol></RedirectAllRequestsTo>").refused(400, MALFORMED),
    website!("<RedirectAllRequestsTo><HostName>a</HostName><Protocol>HTTPS</Protocol></RedirectAllRequestsTo>").refused(400, REQUEST),
    website!("<IndexDocument><Suffix>i</Suffix></IndexDocument><RoutingRules/>").refused(400, MALFORMED),
    routing!("<Condition><KeyPrefixEquals>a</KeyPrefixEquals></Condition>").refused(400, MALFORMED),
    routing!("<Redirect/>").refused(400, MALFORMED),
    routing!("<Condition/><Redirect><HostName>h</HostName></Redirect>").refused(400, REQUEST),
    routing!(
        "<Condition><HttpErrorCodeReturnedEquals>200</HttpErrorCodeReturnedEquals></Condition><Redirect><HostName>h</HostName></Redirect>"
    )
    .refused(400, REQUEST),
    routing!("<Redirect><HttpRedirectCode>200</HttpRedirectCode></Redirect>").refused(400, REQUEST),
    routing!("<Redirect><ReplaceKeyWith>a</ReplaceKeyWith><ReplaceKeyPrefixWith>b</ReplaceKeyPrefixWith></Redirect>").refused(400, REQUEST),
    routing!("<Redirect><Protocol>ftp</Protocol></Redirect>").refused(400, REQUEST),
];
