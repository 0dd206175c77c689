//! How the bucket is reached from the web.

use serde_json::json;

use super::Section;

pub(super) fn cors() -> Section {
    let declared = |age: u16| {
        let rule =
            json!({ "allowedMethods": ["GET"], "allowedOrigins": ["https://example.com"], "allowedHeaders": ["*"], "maxAgeSeconds": age });
        json!({ "corsRules": [rule] })
    };
    let held = |origin: &str, age: u16| {
        format!(
            "<CORSConfiguration><CORSRule><AllowedHeader>*</AllowedHeader><AllowedMethod>GET</AllowedMethod>\
             <AllowedOrigin>{origin}</AllowedOrigin><MaxAgeSeconds>{age}</MaxAgeSeconds></CORSRule></CORSConfiguration>"
        )
    };
    Section {
        config: "cors",
        field: "cors",
        query: "cors",
        first: (declared(60), held("https://example.com", 60)),
        second: (declared(3600), held("https://example.com", 3600)),
        meddled: held("https://evil.example", 60),
        difference: ("spec.cors.corsRules[0].allowedOrigins[0]", "https://example.com", "https://evil.example"),
        apart: &[],
        removed: Some("spec.cors"),
    }
}

/// The bucket as a web site.
pub(super) fn website() -> Section {
    let declared = |error: &str| json!({ "indexDocument": { "suffix": "index.html" }, "errorDocument": { "key": error } });
    let held = |error: &str| {
        format!(
            "<WebsiteConfiguration><ErrorDocument><Key>{error}</Key></ErrorDocument><IndexDocument><Suffix>index.html</Suffix>\
             </IndexDocument></WebsiteConfiguration>"
        )
    };
    Section {
        config: "website",
        field: "website",
        query: "website",
        first: (declared("error.html"), held("error.html")),
        second: (declared("404.html"), held("404.html")),
        meddled: held("intruder.html"),
        difference: ("spec.website.errorDocument.key", "error.html", "intruder.html"),
        apart: &[],
        removed: Some("spec.website"),
    }
}

/// Requester Pays. It cannot be taken away.
pub(super) fn request_payment() -> Section {
    let held = |payer: &str| format!("<RequestPaymentConfiguration><Payer>{payer}</Payer></RequestPaymentConfiguration>");
    Section {
        config: "request_payment",
        field: "requestPayment",
        query: "requestPayment",
        first: (json!({ "payer": "Requester" }), held("Requester")),
        second: (json!({ "payer": "BucketOwner" }), held("BucketOwner")),
        meddled: held("BucketOwner"),
        difference: ("spec.requestPayment.payer", "Requester", "BucketOwner"),
        apart: &[],
        removed: None,
    }
}

/// Transfer Acceleration. It cannot be taken away.
pub(super) fn accelerate() -> Section {
    let held = |status: &str| format!("<AccelerateConfiguration><Status>{status}</Status></AccelerateConfiguration>");
    Section {
        config: "accelerate",
        field: "accelerate",
        query: "accelerate",
        first: (json!({ "status": "Enabled" }), held("Enabled")),
        second: (json!({ "status": "Suspended" }), held("Suspended")),
        meddled: held("Suspended"),
        difference: ("spec.accelerate.status", "Enabled", "Suspended"),
        apart: &[],
        removed: None,
    }
}
