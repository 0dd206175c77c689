//! Whether a body arrived as it was sent. Source: S3 API reference, "Common Request Headers" (Content-MD5) and "Error responses".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest, Md5};

use super::error::S3Error;
use super::request::Request;

/// Holds the body against its Content-MD5, where the request has one.
pub(crate) fn check(request: &Request) -> Result<(), S3Error> {
    let Some(header) = request.header("content-md5") else { return Ok(()) };
    let expected = STANDARD.decode(header).ok().filter(|digest| digest.len() == 16);
    let expected = expected.ok_or_else(|| S3Error::new(400, "InvalidDigest", "The Content-MD5 you specified was invalid."))?;
    if Md5::digest(&request.body)[..] == expected[..] {
        Ok(())
    } else {
        Err(S3Error::new(400, "BadDigest", "The Content-MD5 you specified did not match what we received."))
    }
}

#[cfg(test)]
mod tests {
    use hyper::body::Bytes;

    use super::*;

    fn code(header: &str) -> Option<String> {
        let mut request = Request { body: Bytes::from_static(b"abc"), ..Request::default() };
        request.headers.insert("content-md5", header.parse().unwrap());
        check(&request).err().map(|error| error.code.into_owned())
    }

    #[test]
    fn a_digest_has_to_be_one_and_to_match() {
        assert_eq!(code("kAFQmDzST7DWlj99KOF/cg=="), None);
        assert_eq!(code("AAAAAAAAAAAAAAAAAAAAAA==").as_deref(), Some("BadDigest"));
        assert_eq!(code("abc").as_deref(), Some("InvalidDigest"));
        assert_eq!(check(&Request::default()), Ok(()));
    }
}
