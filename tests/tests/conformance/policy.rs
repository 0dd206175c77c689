//! The bucket policy: what reads back, what is malformed, what is public.

use super::step::{Step, delete, get, put};

const FINE: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a b","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
const PUBLIC: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#;
const NARROWED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}]}"#;
const MALFORMED: (u16, &str) = (400, "MalformedPolicy");

const fn malformed(policy: &'static str) -> Step {
    put("/b?policy", policy).refused(MALFORMED.0, MALFORMED.1)
}

pub(crate) static STEPS: &[Step] = &[
    get("/b?policy").refused(404, "NoSuchBucketPolicy"),
    get("/b?policyStatus").refused(404, "NoSuchBucketPolicy"),
    put("/b?policy", FINE).is(204),
    get("/b?policy").holds(&[FINE]).tells(&[("content-type", "application/json")]),
    get("/b?policyStatus").holds(&["<IsPublic>false<"]),
    malformed("{"),
    malformed("[]"),
    malformed("\n{}"),
    malformed(r#"{"Version":"2012-10-17"}"#),
    malformed(r#"{"Version":"2020-01-01","Statement":[]}"#),
    malformed(r#"{"Version":"2012-10-17","Statement":[]}"#),
    malformed(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}"#),
    malformed(r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#),
    malformed(r#"{"Statement":[{"Effect":"Perhaps","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}]}"#),
    malformed(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:NoSuchAction","Resource":"arn:aws:s3:::b/*"}]}"#),
    malformed(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::other/*"}]}"#),
    malformed(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}"#),
    malformed(r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b"}]}"#),
    malformed(
        r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999:role/x"},"Action":"s3:*","Resource":"arn:aws:s3:::b"}]}"#,
    ),
    get("/b?policy").holds(&[FINE]),
    put("/b?policy", PUBLIC).refused(403, "AccessDenied"),
    put("/b?policy", NARROWED).is(204),
    get("/b?policyStatus").holds(&["<IsPublic>false<"]),
    delete("/b?publicAccessBlock"),
    put("/b?policy", PUBLIC).is(204),
    get("/b?policyStatus").holds(&["<IsPublic>true<"]),
    delete("/b?policy"),
    get("/b?policy").refused(404, "NoSuchBucketPolicy"),
    delete("/b?policyStatus").refused(405, "MethodNotAllowed"),
];
