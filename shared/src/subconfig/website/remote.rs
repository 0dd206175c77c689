//! How a web site is read from and written to S3.

use aws_sdk_s3::operation::get_bucket_website::GetBucketWebsiteOutput;
use aws_sdk_s3::types::{
    Condition as S3Condition, ErrorDocument as S3Error, IndexDocument as S3Index, Redirect as S3Redirect,
    RedirectAllRequestsTo as S3RedirectAll, RoutingRule as S3Rule, WebsiteConfiguration,
};

use super::{ErrorDocument, IndexDocument, Redirect, RedirectAllRequestsTo, RoutingCondition, RoutingRule, Website};
use crate::fault::{Fault, Operation};
use crate::subconfig::remote::{Remote, S3Bucket, fault, given, unread};
use crate::subconfig::{Have, SubConfig, normal};

impl Remote for Website {
    const GET: Operation = Operation { name: "GetBucketWebsite", action: "s3:GetBucketWebsite" };
    const PUT: Operation = Operation { name: "PutBucketWebsite", action: "s3:PutBucketWebsite" };
    const DELETE: Operation = Operation { name: "DeleteBucketWebsite", action: "s3:DeleteBucketWebsite" };

    async fn read(s3: &S3Bucket) -> Result<Have<Self>, Fault> {
        let call = s3.client.get_bucket_website().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        match call.send().await {
            // A web site without any member is none that S3 would have taken.
            Ok(answer) => Ok(normal::said(Self::from_sdk(answer)).map_or(Have::Unsupported, Have::Value)),
            Err(error) => unread(Self::GET, &["NoSuchWebsiteConfiguration"], error),
        }
    }

    async fn put(s3: &S3Bucket, want: &Self, _have: Option<&Self>) -> Result<(), Fault> {
        let call = s3.client.put_bucket_website().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        call.website_configuration(want.to_sdk()?).send().await.map(drop).map_err(|error| fault(Self::PUT, error))
    }

    async fn remove(s3: &S3Bucket, _have: &Self) -> Result<(), Fault> {
        let call = s3.client.delete_bucket_website().bucket(&s3.name).set_expected_bucket_owner(s3.expected_owner());
        call.send().await.map(drop).map_err(|error| fault(Self::DELETE, error))
    }
}

impl Website {
    fn from_sdk(site: GetBucketWebsiteOutput) -> Self {
        let all = |to: S3RedirectAll| RedirectAllRequestsTo {
            host_name: given(&to.host_name),
            protocol: to.protocol.map(|protocol| protocol.as_str().to_owned()),
        };
        Self {
            error_document: site.error_document.map(|error| ErrorDocument { key: given(&error.key) }),
            index_document: site.index_document.map(|index| IndexDocument { suffix: given(&index.suffix) }),
            redirect_all_requests_to: site.redirect_all_requests_to.map(all),
            routing_rules: site.routing_rules.map(|rules| rules.into_iter().map(RoutingRule::from_sdk).collect()),
        }
    }

    pub(super) fn to_sdk(&self) -> Result<WebsiteConfiguration, Fault> {
        let site = self.clone().normalise().unwrap_or_default();
        let error = site.error_document.map(|error| S3Error::builder().set_key(error.key).build());
        let index = site.index_document.map(|index| S3Index::builder().set_suffix(index.suffix).build());
        let all = site
            .redirect_all_requests_to
            .map(|to| S3RedirectAll::builder().set_host_name(to.host_name).set_protocol(to.protocol.as_deref().map(Into::into)).build());
        let unbuildable = |error| Fault::unbuildable(Self::PUT, error);
        Ok(WebsiteConfiguration::builder()
            .set_error_document(error.transpose().map_err(unbuildable)?)
            .set_index_document(index.transpose().map_err(unbuildable)?)
            .set_redirect_all_requests_to(all.transpose().map_err(unbuildable)?)
            .set_routing_rules(site.routing_rules.map(|rules| rules.into_iter().map(RoutingRule::into_sdk).collect()))
            .build())
    }
}

impl RoutingRule {
    fn from_sdk(rule: S3Rule) -> Self {
        let condition = |condition: S3Condition| RoutingCondition {
            http_error_code_returned_equals: condition.http_error_code_returned_equals,
            key_prefix_equals: condition.key_prefix_equals,
        };
        let redirect = |to: S3Redirect| Redirect {
            host_name: to.host_name,
            http_redirect_code: to.http_redirect_code,
            protocol: to.protocol.map(|protocol| protocol.as_str().to_owned()),
            replace_key_prefix_with: to.replace_key_prefix_with,
            replace_key_with: to.replace_key_with,
        };
        Self { condition: rule.condition.map(condition), redirect: rule.redirect.map(redirect) }
    }

    fn into_sdk(self) -> S3Rule {
        let condition = |condition: RoutingCondition| {
            S3Condition::builder()
                .set_http_error_code_returned_equals(condition.http_error_code_returned_equals)
                .set_key_prefix_equals(condition.key_prefix_equals)
                .build()
        };
        let redirect = |to: Redirect| {
            S3Redirect::builder()
                .set_host_name(to.host_name)
                .set_http_redirect_code(to.http_redirect_code)
                .set_protocol(to.protocol.as_deref().map(Into::into))
                .set_replace_key_prefix_with(to.replace_key_prefix_with)
                .set_replace_key_with(to.replace_key_with)
                .build()
        };
        S3Rule::builder().set_condition(self.condition.map(condition)).set_redirect(self.redirect.map(redirect)).build()
    }
}
