//! What every lane goes through, given its server.

use aws_credential_types::Credentials;
use tests::failure::Outcome;
use tests::world::{ACCOUNT, Elsewhere, Options, REGION, World};

use super::lacking::{self, EVERY};
use super::lane::{Lack, Lane, client};
use super::rows::Site;
use super::story;

/// A running server, and what is known of it.
pub(crate) struct Server<'a> {
    pub(crate) name: &'static str,
    pub(crate) endpoint: &'a str,
    /// Of the user who owns the buckets.
    pub(crate) credentials: Credentials,
    /// The ARN of a queue that it can send events to.
    pub(crate) queue: String,
    /// Canned ACLs whose answer it gives as S3 does: one to begin with, one to change to.
    pub(crate) acls: [&'static str; 2],
    pub(crate) lacks: &'static [Lack],
}

impl Server<'_> {
    /// A world on the server goes through the story, and through everything that the server lacks.
    pub(crate) async fn run(self, options: Options) -> Outcome {
        let place = Elsewhere::at(self.endpoint, Some(self.credentials.clone()));
        let world = World::start(options.on(place).check_every(u32::try_from(EVERY.as_secs())?)).await?;
        let owner = client(self.endpoint, REGION, self.credentials);
        let (bucket, target) = (String::new(), "cooper-lane-target".to_owned());
        let site = Site { bucket, target, account: ACCOUNT, queue: self.queue, acls: self.acls };
        let lane = Lane::new(self.name, owner, world, site, self.lacks).await?;
        lane.tell_what_it_lacks();
        story::created_kept_changed_repaired_deleted(&lane).await?;
        lacking::named_and_nothing_is_lost(&lane).await
    }
}
