//! Signatures. Source: IAM User Guide, "AWS Signature Version 4 for API requests"; S3 API reference, "Authenticating requests".

use std::collections::BTreeMap;
use std::sync::Arc;

use hmac::{Hmac, Mac};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sha2::Sha256;

use super::error::S3Error;
use super::hex;
use super::identity::{Caller, Identities, Known};
use super::request::{Request, encode};

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// How far the clocks of caller and S3 may differ.
const SKEW_SECONDS: i64 = 15 * 60;

/// The caller of a request whose signature holds.
pub(crate) fn verify(request: &Request, identities: &Identities, trust_account_ids: bool) -> Result<Caller, S3Error> {
    let header = request.header("authorization").ok_or_else(S3Error::access_denied)?;
    let signed = Authorization::read(header).ok_or_else(|| {
        S3Error::new(400, "AuthorizationHeaderMalformed", "The authorization header is malformed; it is no AWS4-HMAC-SHA256 header.")
    })?;
    if trust_account_ids && signed.key.len() == 12 && signed.key.bytes().all(|byte| byte.is_ascii_digit()) {
        let arn: Arc<str> = format!("arn:aws:iam::{}:root", signed.key).into();
        let (region, service) = (signed.region.into(), signed.service.into());
        return Ok(Caller { account: signed.key.into(), principal: Arc::clone(&arn), arn, region, service });
    }
    let unknown = || {
        let code = if signed.service == "sts" { "InvalidClientTokenId" } else { "InvalidAccessKeyId" };
        S3Error::new(403, code, "The AWS Access Key Id you provided does not exist in our records.")
    };
    let known = identities.find(signed.key).ok_or_else(unknown)?;
    fresh(request)?;
    session(request, known, signed.service)?;
    whole(request)?;
    let wrong = || {
        let text = "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
        S3Error::new(403, "SignatureDoesNotMatch", text)
    };
    if !signed.holds(request, &known.secret).unwrap_or(false) {
        return Err(wrong());
    }
    let (account, arn) = (Arc::clone(&known.account), Arc::clone(&known.arn));
    let (region, service) = (signed.region.into(), signed.service.into());
    Ok(Caller { account, arn, principal: Arc::clone(&known.principal), region, service })
}

/// The service that a request says that it is signed for.
pub(crate) fn service(request: &Request) -> Option<&str> {
    request.header("authorization").and_then(Authorization::read).map(|signed| signed.service)
}

/// The parts of the authorization header.
struct Authorization<'a> {
    key: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn read(header: &'a str) -> Option<Self> {
        let parts: BTreeMap<_, _> = header.strip_prefix(ALGORITHM)?.split(',').filter_map(|part| part.trim().split_once('=')).collect();
        let mut scope = parts.get("Credential")?.split('/');
        let (key, date, region, service) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
        let ends = scope.next() == Some("aws4_request") && scope.next().is_none();
        ends.then_some(Self { key, date, region, service, headers: parts.get("SignedHeaders")?, signature: parts.get("Signature")? })
    }

    /// Whether the signature is the one that this secret makes. None where the request lacks what is signed.
    fn holds(&self, request: &Request, secret: &str) -> Option<bool> {
        let scope = format!("{}/{}/{}/aws4_request", self.date, self.region, self.service);
        let canonical = hex::sha256(self.canonical(request)?.as_bytes());
        let to_sign = format!("{ALGORITHM}\n{}\n{scope}\n{canonical}", request.header("x-amz-date")?);
        let mut key = sign(format!("AWS4{secret}").as_bytes(), self.date)?;
        for part in [self.region, self.service, "aws4_request"] {
            key = sign(&key, part)?;
        }
        Some(hex::encode(&sign(&key, &to_sign)?) == self.signature)
    }

    fn canonical(&self, request: &Request) -> Option<String> {
        let mut query: Vec<_> = request.query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        query.sort_unstable();
        let mut headers = String::new();
        for name in self.headers.split(';') {
            let values = request.headers.get_all(name).iter().map(|value| value.to_str().ok());
            let values = values.collect::<Option<Vec<_>>>()?;
            let words = values.iter().map(|value| value.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>();
            headers.extend([name, ":", &words.join(","), "\n"]);
        }
        let payload = request.header("x-amz-content-sha256").map_or_else(|| hex::sha256(&request.body), str::to_owned);
        let (method, path, query) = (&request.method, &request.path, query.join("&"));
        Some(format!("{method}\n{path}\n{query}\n{headers}\n{}\n{payload}", self.headers))
    }
}

fn sign(key: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

/// The request was signed about now.
fn fresh(request: &Request) -> Result<(), S3Error> {
    let missing = || S3Error::new(403, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
    let text = request.header("x-amz-date").ok_or_else(missing)?;
    let signed = DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok().and_then(|date| date.to_zoned(TimeZone::UTC).ok()).ok_or_else(missing)?;
    if (Timestamp::now().as_second() - signed.timestamp().as_second()).abs() > SKEW_SECONDS {
        let text = "The difference between the request time and the current time is too large.";
        return Err(S3Error::new(403, "RequestTimeTooSkewed", text));
    }
    Ok(())
}

/// The token is the session's, and the session lasts.
fn session(request: &Request, known: &Known, service: &str) -> Result<(), S3Error> {
    let header = known.session.as_ref().map_or("x-amz-security-token", |session| session.header);
    let token = request.header(header);
    match &known.session {
        None if token.is_none() => Ok(()),
        Some(session) if token == Some(session.token.as_ref()) => {
            let (status, code) = if service == "sts" { (403, "ExpiredTokenException") } else { (400, "ExpiredToken") };
            let expired = || S3Error::new(status, code, "The provided token has expired.");
            if session.expires > Timestamp::now() { Ok(()) } else { Err(expired()) }
        }
        _ => Err(S3Error::new(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")),
    }
}

/// The body is the one that was signed.
fn whole(request: &Request) -> Result<(), S3Error> {
    match request.header("x-amz-content-sha256") {
        Some(hash) if hash.len() == 64 && hash != hex::sha256(&request.body) => {
            let text = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            Err(S3Error::new(400, "XAmzContentSHA256Mismatch", text))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;
    use hyper::{HeaderMap, Method};

    use super::*;

    /// The example of the S3 API reference, "Example: GET bucket lifecycle".
    #[test]
    fn the_published_example_holds() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "examplebucket.s3.amazonaws.com".parse().unwrap());
        headers.insert("x-amz-date", "20130524T000000Z".parse().unwrap());
        headers.insert("x-amz-content-sha256", hex::sha256(b"").parse().unwrap());
        let request = Request::new(Method::GET, "/", "lifecycle", headers, Bytes::new());
        let header = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,\
                      SignedHeaders=host;x-amz-content-sha256;x-amz-date,\
                      Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543";
        let signed = Authorization::read(header).unwrap();
        assert_eq!(signed.holds(&request, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Some(true));
        assert_eq!(signed.holds(&request, "another"), Some(false));
    }

    #[test]
    fn other_headers_are_none() {
        for header in ["", "Basic x", "AWS4-HMAC-SHA256 Credential=a/b/c", "AWS4-HMAC-SHA256 Credential=a/b/c/s3/aws4_request"] {
            assert!(Authorization::read(header).is_none(), "{header}");
        }
    }
}
