use super::Principal::{Account, Everybody, Other};
use super::*;

const BUCKET: &str = "arn:aws:s3:::logs";

fn policy(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#)
}

fn refuses(statements: &str, demand: TlsDemand) -> bool {
    Policy::parse(&policy(statements)).unwrap().refuses(demand, BUCKET)
}

fn deny(resource: &str, condition: &str) -> String {
    format!(r#"{{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":{resource},"Condition":{condition}}}"#)
}

const BOTH: &str = r#"["arn:aws:s3:::logs","arn:aws:s3:::logs/*"]"#;
const INSECURE: &str = r#"{"Bool":{"aws:SecureTransport":"false"}}"#;

#[test]
fn requests_without_tls_are_refused_in_the_bucket_and_its_objects() {
    let tls = |statements: &str| refuses(statements, TlsDemand::Tls);
    assert!(tls(&deny(BOTH, INSECURE)));
    assert!(tls(&deny(r#""*""#, r#"{"BoolIfExists":{"AWS:SecureTransport":[false]}}"#)));
    assert!(tls(&deny(BOTH, INSECURE).replace(r#""Principal":"*""#, r#""Principal":{"AWS":["*"]}"#)));
    let two = format!("{},{}", deny(r#""arn:aws:s3:::logs""#, INSECURE), deny(r#""arn:aws:s3:::logs/*""#, INSECURE));
    assert!(tls(&two));
    for weaker in [
        deny(r#""arn:aws:s3:::logs/*""#, INSECURE),
        deny(r#"["arn:aws:s3:::logs","arn:aws:s3:::logs/a*"]"#, INSECURE),
        deny(BOTH, r#"{"Bool":{"aws:SecureTransport":"true"}}"#),
        deny(BOTH, r#"{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:SourceVpc":"v"}}"#),
        deny(BOTH, INSECURE).replace("Deny", "Allow"),
        deny(BOTH, INSECURE).replace("s3:*", "s3:GetObject"),
        deny(BOTH, INSECURE).replace("Principal", "NotPrincipal"),
        deny(BOTH, INSECURE).replace(r#""Principal":"*""#, r#""Principal":{"AWS":"111122223333"}"#),
        deny(BOTH, "{}"),
        deny(BOTH, r#""x""#),
    ] {
        assert!(!tls(&weaker), "{weaker}");
    }
}

#[test]
fn old_versions_are_refused() {
    let least = |version: &str| deny(BOTH, &format!(r#"{{"NumericLessThan":{{"s3:TlsVersion":{version}}}}}"#));
    let demand = TlsDemand::AtLeast(TlsVersion(120));
    for enough in ["1.2", "[1.3]", r#""1.2""#, "1.20"] {
        assert!(refuses(&least(enough), demand), "{enough}");
    }
    for less in ["1.1", "1", r#""x""#, "[1.2,1.3]", "99999.1"] {
        assert!(!refuses(&least(less), demand), "{less}");
    }
}

#[test]
fn who_is_let_in() {
    let text = policy(
        r#"{"Sid":"a","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:role/x","444455556666","AIDAX"],"Service":"x.amazonaws.com","CanonicalUser":"79"},"Action":"s3:Get*","Resource":"*"},
           {"Effect":"Allow","Principal":"*","NotAction":"s3:PutBucketPolicy","Resource":"*"}"#,
    );
    let policy = Policy::parse(&text).unwrap();
    let [one, two] = policy.statements.as_slice() else { panic!() };
    assert_eq!(one.principals(), [Account("111122223333"), Account("444455556666"), Other("AIDAX"), Other("79")]);
    assert_eq!((one.name.as_str(), two.name.as_str()), ("\"a\"", "2"));
    assert_eq!((one.opens(), two.opens()), (Access::default(), Access { read: true, write: true }));
    assert_eq!(two.principals(), [Everybody]);
    assert!(one.covers("s3:GetObject") && !one.covers("s3:PutObject") && two.covers("s3:PutObject") && !two.covers("s3:PutBucketPolicy"));
}

#[test]
fn what_is_no_policy_is_told_apart() {
    assert!(Policy::parse(" \n").unwrap().statements.is_empty());
    for bad in ["x", "[]", "{}", r#"{"Statement":[1]}"#, r#"{"Statement":{"Effect":"Maybe"}}"#] {
        assert!(Policy::parse(bad).is_err(), "{bad}");
    }
    assert_eq!(Policy::parse(r#"{"Statement":{"Effect":"Deny"}}"#).unwrap().statements.len(), 1);
}
