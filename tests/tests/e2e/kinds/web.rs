//! How the bucket is reached from the web.

use serde_json::{Value, json};

use super::{Kind, kind};

pub(super) fn kinds() -> Vec<Kind> {
    [cors(), website(), request_payment(), accelerate()].into_iter().flatten().collect()
}

fn cors() -> Vec<Kind> {
    const ORIGIN: &str = "https://example.com";
    let kind = |name, spec| kind("cors", name, spec);
    let declared = || json!({ "cors": { "corsRules": [{ "allowedMethods": ["GET"], "allowedOrigins": [ORIGIN], "maxAgeSeconds": 60 }] } });
    let rule = |methods: &[&str], origin: &str| json!({ "AllowedMethods": methods, "AllowedOrigins": [origin], "MaxAgeSeconds": 60 });
    let put = |rules: &[Value]| ["put-bucket-cors".to_owned(), format!("--cors-configuration={}", json!({ "CORSRules": rules }))];
    vec![
        kind("origin changed", declared()).by(put(&[rule(&["GET"], "https://evil.example")])).told(
            "spec.cors.corsRules[0].allowedOrigins[0]",
            ORIGIN,
            "https://evil.example",
        ),
        kind("method added", declared()).by(put(&[rule(&["GET", "PUT"], ORIGIN)])).extra("spec.cors.corsRules[0].allowedMethods[1]", "PUT"),
        kind("rule added", declared())
            .by(put(&[rule(&["GET"], ORIGIN), rule(&["HEAD"], "*")]))
            .extra("spec.cors.corsRules[1]", r#"{"allowedMethods":["HEAD"],"allowedOrigins":["*"],"maxAgeSeconds":60}"#),
        kind("age removed", declared())
            .by(put(&[json!({ "AllowedMethods": ["GET"], "AllowedOrigins": [ORIGIN] })]))
            .missing("spec.cors.corsRules[0].maxAgeSeconds", "60"),
        kind("taken away", declared()).by(["delete-bucket-cors"]).missing("spec.cors", "{…"),
        kind("put where the spec says nothing", json!({})).by(put(&[rule(&["GET"], ORIGIN)])).extra("spec.cors", "{…"),
    ]
}

fn website() -> Vec<Kind> {
    let kind = |name, spec| kind("website", name, spec);
    let declared = || json!({ "website": { "indexDocument": { "suffix": "index.html" }, "errorDocument": { "key": "error.html" } } });
    let put = |website: Value| ["put-bucket-website".to_owned(), format!("--website-configuration={website}")];
    let index = || json!({ "IndexDocument": { "Suffix": "index.html" }, "ErrorDocument": { "Key": "error.html" } });
    let with = |member: &str, value: Value| {
        let mut website = index();
        website[member] = value;
        website
    };
    let routing = json!([{ "Condition": { "KeyPrefixEquals": "old/" }, "Redirect": { "ReplaceKeyPrefixWith": "new/" } }]);
    vec![
        kind("error page changed", declared()).by(put(with("ErrorDocument", json!({ "Key": "404.html" })))).told(
            "spec.website.errorDocument.key",
            "error.html",
            "404.html",
        ),
        kind("error page removed", declared())
            .by(put(json!({ "IndexDocument": { "Suffix": "index.html" } })))
            .missing("spec.website.errorDocument", r#"{"key":"error.html"}"#),
        kind("routing rule added", declared()).by(put(with("RoutingRules", routing))).extra("spec.website.routingRules", "[{…"),
        kind("taken away", declared())
            .by(["delete-bucket-website"])
            .missing("spec.website", r#"{"errorDocument":{"key":"error.html"},"indexDocument":{"suffix":"index.html"}}"#),
        kind("put where the spec says nothing", json!({}))
            .by(put(json!({ "IndexDocument": { "Suffix": "index.html" } })))
            .extra("spec.website", r#"{"indexDocument":{"suffix":"index.html"}}"#),
    ]
}

fn request_payment() -> Vec<Kind> {
    let kind = |name, spec| kind("request_payment", name, spec);
    let declared = |payer: &str| json!({ "requestPayment": { "payer": payer } });
    let put = |payer: &str| ["put-bucket-request-payment".to_owned(), format!("--request-payment-configuration=Payer={payer}")];
    let (field, query, left) = ("spec.requestPayment.payer", "requestPayment", "<Payer>BucketOwner<");
    let silence = "the requester pays where the spec says nothing";
    vec![
        kind("the owner pays", declared("Requester")).by(put("BucketOwner")).told(field, "Requester", "BucketOwner"),
        kind("the requester pays", declared("BucketOwner"))
            .by(put("Requester"))
            .told(field, "BucketOwner", "Requester")
            .leaving(query, left),
        kind(silence, json!({})).by(put("Requester")).told(field, "BucketOwner", "Requester").leaving(query, left),
    ]
}

fn accelerate() -> Vec<Kind> {
    let kind = |name, spec| kind("accelerate", name, spec);
    let declared = |status: &str| json!({ "accelerate": { "status": status } });
    let put = |status: &str| ["put-bucket-accelerate-configuration".to_owned(), format!("--accelerate-configuration=Status={status}")];
    let (field, query, left) = ("spec.accelerate.status", "accelerate", "<Status>Suspended<");
    let silence = "switched on where the spec says nothing";
    vec![
        kind("suspended", declared("Enabled")).by(put("Suspended")).told(field, "Enabled", "Suspended"),
        kind("switched on again", declared("Suspended")).by(put("Enabled")).told(field, "Suspended", "Enabled").leaving(query, left),
        kind(silence, json!({})).by(put("Enabled")).told(field, "Suspended", "Enabled").leaving(query, left),
    ]
}
