//! How the bucket answers clients: accelerate, cors, request_payment, website.

use aws_sdk_s3::types::{AccelerateConfiguration, BucketAccelerateStatus, Payer, RequestPaymentConfiguration};
use serde_json::json;

use super::{Home, Row, answered, done, incomplete};

pub(super) fn rows() -> [Row; 4] {
    [accelerate(), cors(), request_payment(), website()]
}

fn accelerate() -> Row {
    let declared = |status: &str| (json!({ "status": status }), status.to_owned());
    Row {
        config: "accelerate",
        field: "accelerate",
        home: Home::Plain,
        first: declared("Enabled"),
        second: declared("Suspended"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_accelerate_configuration().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.status?.as_str().to_owned())
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let suspended = AccelerateConfiguration::builder().status(BucketAccelerateStatus::Suspended).build();
                done(s3.put_bucket_accelerate_configuration().bucket(&site.bucket).accelerate_configuration(suspended).send().await)
            })
        },
    }
}

fn cors() -> Row {
    let declared = |origin: &str| {
        let rule = json!({ "allowedMethods": ["GET"], "allowedOrigins": [origin] });
        (json!({ "corsRules": [rule] }), format!("GET {origin}"))
    };
    Row {
        config: "cors",
        field: "cors",
        home: Home::Plain,
        first: declared("https://a.example.com"),
        second: declared("https://b.example.com"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_cors().bucket(&site.bucket).send().await, |answer| {
                    let rules = answer.cors_rules().iter();
                    let words = rules.map(|rule| format!("{} {}", rule.allowed_methods().join(","), rule.allowed_origins().join(",")));
                    Some(words.collect::<Vec<_>>().join("; "))
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_cors().bucket(&site.bucket).send().await) }),
    }
}

fn request_payment() -> Row {
    let declared = |payer: &str| (json!({ "payer": payer }), payer.to_owned());
    Row {
        config: "request_payment",
        field: "requestPayment",
        home: Home::Plain,
        first: declared("Requester"),
        second: declared("BucketOwner"),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_request_payment().bucket(&site.bucket).send().await, |answer| {
                    Some(answer.payer?.as_str().to_owned())
                })
            })
        },
        meddle: |s3, site| {
            Box::pin(async {
                let owner = RequestPaymentConfiguration::builder().payer(Payer::BucketOwner).build().map_err(incomplete)?;
                done(s3.put_bucket_request_payment().bucket(&site.bucket).request_payment_configuration(owner).send().await)
            })
        },
    }
}

fn website() -> Row {
    Row {
        config: "website",
        field: "website",
        home: Home::Plain,
        first: (json!({ "indexDocument": { "suffix": "index.html" } }), "serves index.html".to_owned()),
        second: (json!({ "redirectAllRequestsTo": { "hostName": "www.example.com" } }), "redirects to www.example.com".to_owned()),
        read: |s3, site| {
            Box::pin(async {
                answered(s3.get_bucket_website().bucket(&site.bucket).send().await, |answer| match answer.redirect_all_requests_to {
                    Some(redirect) => Some(format!("redirects to {}", redirect.host_name)),
                    None => Some(format!("serves {}", answer.index_document?.suffix)),
                })
            })
        },
        meddle: |s3, site| Box::pin(async { done(s3.delete_bucket_website().bucket(&site.bucket).send().await) }),
    }
}
