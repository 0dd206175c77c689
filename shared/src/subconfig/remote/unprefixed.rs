//! Where S3 Control is, where somebody names the endpoint: there, and not at a host that starts with the account.

use aws_sdk_s3control::config::endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint};

/// The endpoint resolver of a client of S3 Control: the SDK's own, but that an endpoint which was set keeps its host. The SDK puts
/// `<account>.` before it, which leads nowhere from an IP address and often from `localhost`; the account is in header
/// `x-amz-account-id` of every call too. Without an endpoint the calls go to AWS as the SDK says.
#[must_use]
pub fn unprefixed() -> impl ResolveEndpoint + 'static {
    Unprefixed(DefaultResolver::new())
}

#[derive(Debug)]
struct Unprefixed(DefaultResolver);

impl ResolveEndpoint for Unprefixed {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::new(async move {
            let endpoint = ResolveEndpoint::resolve_endpoint(&self.0, params).await?;
            Ok(match params.endpoint() {
                None => endpoint,
                Some(url) => endpoint.into_builder().url(url.to_owned()).build(),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subconfig::laws::remote::runtime;

    const GENERAL: &str = "arn:aws:s3:::logs";
    const DIRECTORY: &str = "arn:aws:s3express:eu-west-1:123456789012:bucket/a--euw1-az1--x-s3";

    fn resolve(endpoint: Option<&str>, arn: &str) -> (String, String) {
        let mut params = Params::builder().account_id("123456789012").requires_account_id(true).region("eu-west-1").resource_arn(arn);
        params = params.set_endpoint(endpoint.map(str::to_owned));
        let resolved = runtime().block_on(unprefixed().resolve_endpoint(&params.build().unwrap())).unwrap();
        let signing = resolved.auth_schemes().first().and_then(|scheme| scheme.get("signingName")).and_then(|name| name.as_string());
        (resolved.url().to_owned(), signing.unwrap_or_default().to_owned())
    }

    #[test]
    fn an_endpoint_that_was_set_keeps_its_host() {
        for endpoint in ["http://127.0.0.1:4566", "http://localhost:4566", "https://s3.example.com/control"] {
            for (arn, signing) in [(GENERAL, "s3"), (DIRECTORY, "s3express")] {
                assert_eq!(resolve(Some(endpoint), arn), (endpoint.to_owned(), signing.to_owned()), "{arn}");
            }
        }
    }

    #[test]
    fn without_one_the_sdk_decides() {
        assert_eq!(resolve(None, GENERAL).0, "https://123456789012.s3-control.eu-west-1.amazonaws.com");
        assert_eq!(resolve(None, DIRECTORY).0, "https://s3express-control.eu-west-1.amazonaws.com");
    }
}
