//! The S3 model through the real SDK: what a controller sees of it.

#![cfg(test)]

mod buckets;
mod configurations;
mod directory;
mod keyed;
mod misbehaviour;
mod objects;
mod places;
mod policies;
mod program;
mod record;
mod sessions;
mod spoilt;

use aws_sdk_s3::Client;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, Tag, Tagging};
use tests::s3::{S3Model, S3Options};

const ME: &str = "111111111111";
const OTHER: &str = "222222222222";
const REGION: &str = "eu-west-1";

/// A model with bucket `b`, and a client of its owner.
fn model() -> (S3Model, Client) {
    model_with(S3Options::default())
}

fn model_with(options: S3Options) -> (S3Model, Client) {
    let model = S3Model::start(options).unwrap();
    model.create_bucket("b", ME, REGION).unwrap();
    let client = model.client(ME, REGION);
    (model, client)
}

/// Status and code of a call that is to fail.
fn refusal<T, E>(result: Result<T, SdkError<E>>) -> (u16, String)
where
    E: ProvideErrorMetadata,
{
    let error = result.err().expect("S3 refuses this");
    let status = error.raw_response().map_or(0, |answer| answer.status().as_u16());
    (status, error.code().unwrap_or("none").to_owned())
}

fn refused(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

fn location(region: &str) -> CreateBucketConfiguration {
    CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region)).build()
}

fn tagging(tags: &[(&str, &str)]) -> Tagging {
    let tag = |(key, value): &(&str, &str)| Tag::builder().key(*key).value(*value).build().unwrap();
    Tagging::builder().set_tag_set(Some(tags.iter().map(tag).collect())).build().unwrap()
}
