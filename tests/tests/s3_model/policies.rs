//! The bucket policy: JSON, checked, and not public while that is blocked.

use serde_json::{Value, json};

use super::{ME, model, refusal, refused};

fn statement(change: &Value) -> String {
    let mut statement = json!({ "Effect": "Allow", "Principal": { "AWS": format!("arn:aws:iam::{ME}:root") }, "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*" });
    for (name, value) in change.as_object().unwrap() {
        statement[name] = value.clone();
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

#[tokio::test]
async fn a_policy_reads_back_as_s3_writes_it() {
    let (_model, client) = model();
    let policy = statement(&json!({ "Sid": "a b" }));
    let spaced = policy.replace(':', " : ").replace("arn : aws : iam :  : ", "arn:aws:iam::").replace(" : root", ":root");
    let spaced = spaced.replace("s3 : GetObject", "s3:GetObject").replace("arn : aws : s3 :  :  : ", "arn:aws:s3:::");
    client.put_bucket_policy().bucket("b").policy(spaced).send().await.unwrap();
    assert_eq!(client.get_bucket_policy().bucket("b").send().await.unwrap().policy, Some(policy));
    let status = client.get_bucket_policy_status().bucket("b").send().await.unwrap();
    assert_eq!(status.policy_status.unwrap().is_public, Some(false));
    client.delete_bucket_policy().bucket("b").send().await.unwrap();
    assert_eq!(refusal(client.get_bucket_policy().bucket("b").send().await), refused(404, "NoSuchBucketPolicy"));
}

#[tokio::test]
async fn an_account_comes_back_as_the_arn_of_its_root() {
    let (_model, client) = model();
    client.put_bucket_policy().bucket("b").policy(statement(&json!({ "Principal": { "AWS": ME } }))).send().await.unwrap();
    let read = client.get_bucket_policy().bucket("b").send().await.unwrap().policy.unwrap();
    let read: Value = serde_json::from_str(&read).unwrap();
    assert_eq!(read["Statement"][0]["Principal"]["AWS"], format!("arn:aws:iam::{ME}:root"));
}

#[tokio::test]
async fn a_malformed_policy_is_refused() {
    let (model, client) = model();
    let long = statement(&json!({ "Sid": "x".repeat(20_480) }));
    for policy in [
        "{",
        "[]",
        " {}",
        "{}",
        r#"{"Version":"2012","Statement":[]}"#,
        r#"{"Version":"2012-10-17","Statement":[]}"#,
        &statement(&json!({ "Effect": "Perhaps" })),
        &statement(&json!({ "Resource": "arn:aws:s3:::other/*" })),
        &statement(&json!({ "Action": "s3:NoSuchAction" })),
        &statement(&json!({ "Principal": { "AWS": "arn:aws:iam::999:role/none" } })),
        &long,
    ] {
        let put = client.put_bucket_policy().bucket("b").policy(policy).send().await;
        assert_eq!(refusal(put), refused(400, "MalformedPolicy"), "{}", &policy[..policy.len().min(100)]);
    }
    assert_eq!(model.get("b", "policy"), None);
}

#[tokio::test]
async fn a_public_policy_waits_for_the_public_access_block() {
    let (_model, client) = model();
    let put = || client.put_bucket_policy().bucket("b").policy(statement(&json!({ "Principal": "*" })));
    assert_eq!(refusal(put().send().await), refused(403, "AccessDenied"));
    client.delete_public_access_block().bucket("b").send().await.unwrap();
    put().send().await.unwrap();
    let status = client.get_bucket_policy_status().bucket("b").send().await.unwrap();
    assert_eq!(status.policy_status.unwrap().is_public, Some(true));
}
