use proptest::prelude::*;
use serde_json::json;

use super::MOST_FINDINGS;
use super::cases::{BUCKET, OBJECTS, only_tls, policy, statement, text, with};
use super::document::cases::{document, large};
use crate::admission::testing::World;

fn fields(world: &World) -> Vec<(&'static str, String)> {
    world.verdict().findings.into_iter().map(|finding| (crate::admission::testing::id(&finding.rule), finding.field)).collect()
}

#[test]
fn a_blank_policy_is_none() {
    for blank in ["", " ", "\n\t"] {
        assert_eq!(text(blank).rules(), [""; 0], "{blank:?}");
    }
}

#[test]
fn what_is_no_object_is_named_by_line_and_column() {
    let said = |policy: &str| text(policy).verdict().findings.into_iter().find(|finding| finding.rule == "policy-json").unwrap().message;
    assert!(said("[1]").contains("line 1, column 1:"), "{}", said("[1]"));
    assert!(said("\n\n {\n \"Version\": \"2012-10-17\",\n}").contains("line 5, column 1:"));
    assert!(said(&format!("{{\"a\":{}", "[".repeat(100))).contains("deeper"));
    assert_eq!(text("\u{feff}{}").rules(), ["policy-json"]);
}

#[test]
fn size_counts_without_the_space_between() {
    let spaced = |world: &World| {
        let text = &world.bucket.spec.as_ref().unwrap().policy.as_ref().unwrap().0;
        serde_json::to_string_pretty(&serde_json::from_str::<serde_json::Value>(text).unwrap()).unwrap().replace("  ", "        ")
    };
    let wide = spaced(&large(19 * 1024));
    assert!(wide.len() > 21 * 1024);
    assert_eq!(text(&wide).rules(), [""; 0]);
    let exact = |bytes: usize| {
        let empty = json!({ "Version": "2012-10-17", "Id": "", "Statement": [only_tls()] }).to_string();
        text(&empty.replacen(r#""Id":"""#, &format!(r#""Id":"{}""#, "x".repeat(bytes - empty.len())), 1))
    };
    assert_eq!(exact(20480).rules(), [""; 0]);
    assert_eq!(exact(20481).rules(), ["policy-size"]);
    assert_eq!(text(&format!("{{\"a\":[{}1]}}", "1,".repeat(1_000_000))).rules(), ["policy-size"]);
}

#[test]
fn members_are_named_where_they_stand() {
    let twice = r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"},"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#;
    let world = with(&json!({ "Condition": "HERE" }))
        .spec(|spec| spec.policy.as_mut().unwrap().0 = spec.policy.as_ref().unwrap().0.replace("\"HERE\"", twice));
    assert_eq!(fields(&world), [("policy-duplicate-key", "spec.policy.Statement[0].Condition.StringEquals".to_owned())]);
    let many = |last: &str| {
        let names: Vec<String> = (0..20).map(|n| format!("\"s3:ExistingObjectTag/{n}\":\"x\"")).collect();
        let key = format!("{{\"StringEquals\":{{{},\"s3:ExistingObjectTag/{last}\":\"x\"}}}}", names.join(","));
        with(&json!({ "Condition": "HERE" }))
            .spec(|spec| spec.policy.as_mut().unwrap().0 = spec.policy.as_ref().unwrap().0.replace("\"HERE\"", &key))
    };
    assert_eq!((many("7").rules(), many("20").rules()), (vec!["policy-duplicate-key"], vec![]));
    let unknown = with(&json!({ "Actions": "s3:GetObject", "condition": {} }));
    assert_eq!(
        fields(&unknown),
        [
            ("policy-unknown-member", "spec.policy.Statement[0].Actions".to_owned()),
            ("policy-unknown-member", "spec.policy.Statement[0].condition".to_owned())
        ]
    );
}

#[test]
fn odd_names_do_not_get_into_the_answer_as_they_are() {
    let name = format!("a\n{}", "x".repeat(3_000));
    let world = policy(&[statement(&json!({ (name.clone()): 1, "Condition": { (name.clone()): { (format!("s3:{name}")): 1 } } }))]);
    let verdict = world.verdict();
    assert_eq!(verdict.rules(), ["policy-unknown-member", "policy-condition-operator", "policy-condition-key"]);
    assert!(verdict.findings.iter().all(|finding| finding.field.len() < 300 && !finding.field.contains('\n')), "{:?}", verdict.findings);
}

#[test]
fn one_statement_stands_for_a_list_of_one() {
    let world = text(&json!({ "Version": "2012-10-17", "Statement": only_tls() }).to_string());
    assert_eq!(world.rules(), [""; 0]);
    let mut wrong = only_tls();
    wrong["Effect"] = json!("deny");
    let world = text(&json!({ "Version": "2012-10-17", "Statement": wrong }).to_string());
    assert_eq!(fields(&world)[0], ("policy-effect", "spec.policy.Statement.Effect".to_owned()));
}

#[test]
fn what_is_no_statement_is_named() {
    assert_eq!(document(&json!("2012-10-17"), &json!(null)).rules(), ["policy-statement-required"]);
    assert_eq!(document(&json!("2012-10-17"), &json!([only_tls(), "x", null])).rules(), ["policy-statement-required"]);
    for other in [json!(20_121_017), json!(null), json!(""), json!("2012-10-17 ")] {
        assert_eq!(document(&other, &json!([only_tls()])).rules(), ["policy-version"], "{other}");
    }
    let mut rules = document(&json!("2012-10-17"), &json!({})).rules();
    rules.sort_unstable();
    assert_eq!(
        rules,
        ["policy-action-required", "policy-effect", "policy-no-tls-deny", "policy-principal-required", "policy-resource-required"]
    );
}

#[test]
fn the_older_language_is_fine_without_variables() {
    assert_eq!(text(&json!({ "Statement": [only_tls()] }).to_string()).rules(), [""; 0]);
    let variable = statement(&json!({ "Condition": { "StringLike": { "aws:PrincipalTag/team": ["x", "${aws:username}"] } } }));
    assert_eq!(document(&json!("2008-10-17"), &json!([variable.clone(), only_tls()])).rules(), ["policy-version-old"]);
    assert_eq!(document(&json!("2008-10-7"), &json!([variable, only_tls()])).rules(), ["policy-version"]);
}

#[test]
fn an_effect_is_one_of_two_words() {
    for (effect, field) in [(json!(null), "Required"), (json!(true), "NotSupported"), (json!(""), "NotSupported")] {
        let mut statement = statement(&json!({}));
        statement["Effect"] = effect;
        let world = policy(&[statement]);
        assert_eq!(world.rules(), ["policy-effect"]);
        assert_eq!(format!("{:?}", world.verdict().findings[0].reason), field);
    }
}

#[test]
fn both_of_a_pair_are_one_mistake() {
    for pair in [
        json!({ "NotPrincipal": { "AWS": "123456789012" }, "Effect": "Deny", "Action": "s3:PutObject" }),
        json!({ "NotResource": OBJECTS }),
    ] {
        assert_eq!(with(&pair).rules(), ["policy-exclusive-pairs"], "{pair}");
    }
}

#[test]
fn a_policy_made_of_mistakes_is_not_told_in_full() {
    let verdict = with(&json!({ "Action": vec!["s3:GetObjekt"; 1000] })).verdict();
    assert_eq!((verdict.findings.len(), verdict.dropped), (MOST_FINDINGS, 0));
}

#[test]
fn policies_as_people_write_them_pass() {
    let delivery = json!({ "Sid": "S3ServerAccessLogsPolicy", "Effect": "Allow", "Principal": { "Service": "logging.s3.amazonaws.com" },
        "Action": ["s3:PutObject"], "Resource": format!("{BUCKET}/access*"),
        "Condition": { "ArnLike": { "aws:SourceArn": "arn:aws:s3:::source" }, "StringEquals": { "aws:SourceAccount": "123456789012" } } });
    let cloudfront = json!({ "Sid": "AllowCloudFront", "Effect": "Allow", "Principal": { "Service": "cloudfront.amazonaws.com" },
        "Action": "s3:GetObject", "Resource": OBJECTS,
        "Condition": { "StringEquals": { "AWS:SourceArn": "arn:aws:cloudfront::123456789012:distribution/E1" } } });
    let encrypted = json!({ "Sid": "DenyUnencrypted", "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": OBJECTS,
        "Condition": { "StringNotEqualsIfExists": { "s3:x-amz-server-side-encryption": "aws:kms" } } });
    let listing = json!({ "Sid": "List", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::123456789012:user/jane" },
        "Action": "s3:ListBucket", "Resource": BUCKET,
        "Condition": { "StringLike": { "s3:prefix": ["${aws:username}/*", ""] }, "NumericLessThanEquals": { "s3:max-keys": 10 } } });
    let replica = json!({ "Sid": "Replicate", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::222222222222:role/replicate" },
        "Action": ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner",
                   "s3:List*", "s3:GetBucketVersioning", "s3:PutBucketVersioning"], "Resource": [BUCKET, OBJECTS] });
    let tls = json!({ "Sid": "Tls12", "Effect": "Deny", "Principal": { "AWS": "*" }, "Action": "s3:*", "Resource": [BUCKET, OBJECTS],
        "Condition": { "NumericLessThan": { "s3:TlsVersion": "1.2" } } });
    assert_eq!(policy(&[delivery, cloudfront, encrypted, listing, replica, tls]).rules(), [""; 0]);
}

proptest! {
    #[test]
    fn no_document_makes_it_panic(
        document in crate::subconfig::policy::equivalence::policy(),
        at in any::<prop::sample::Index>(),
        with in "[{}\\[\\],:\"\\\\*?$ü]{0,4}",
        name in "[a-zü*?\n-]{0,8}(--x-s3)?",
    ) {
        let mut written = document.to_string();
        let at = at.index(written.len());
        if written.is_char_boundary(at) {
            written.insert_str(at, &with);
        }
        let world = text(&written).named(&name);
        for finding in world.verdict().findings {
            prop_assert!(finding.message.chars().count() <= 220, "{}", finding);
            let all = format!("{finding}");
            prop_assert!(all.len() < 1000 && !all.contains(char::is_control), "{:?}", all);
        }
    }
}
