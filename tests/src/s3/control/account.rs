//! The public access block of an account, which holds for every bucket in it beside the bucket's own.

use std::sync::Arc;

use super::answer;
use crate::s3::error::S3Error;
use crate::s3::reply::Reply;
use crate::s3::request::Request;
use crate::s3::subresource::public_access_block as block;
use crate::s3::world::World;

/// GetPublicAccessBlock of an account.
pub(super) fn get(world: &World, account: &Arc<str>) -> Result<Reply, S3Error> {
    world.account_blocks.get(account).map(answer).ok_or_else(block::not_there)
}

/// PutPublicAccessBlock of an account.
pub(super) fn put(world: &mut World, request: &Request, account: &Arc<str>) -> Result<Reply, S3Error> {
    let root = block::read(&request.body)?;
    world.account_blocks.insert(Arc::clone(account), root);
    Ok(Reply::empty(200))
}
