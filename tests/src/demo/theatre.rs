//! Where the story plays: the world, and a way to look at S3 and to meddle with it past Cooper.

use aws_credential_types::Credentials;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Region};
use jiff::Timestamp;

use super::args::Args;
use crate::error::{Error, Result};
use crate::world::{ACCOUNT, Elsewhere, Options, World};

/// How often the controller looks for drift in the demo, in seconds. (Its default is ten hours.)
const CHECK_SECONDS: u32 = 3;
/// The region that `tests/demo/team.yaml` names.
pub(super) const REGION: &str = "eu-west-1";
/// How the names of the buckets in `tests/demo` begin.
const PREFIX: &str = "cooper-demo";

/// The world of the demo.
pub(super) struct Theatre {
    pub(super) world: World,
    /// An S3 client that is not the controller: somebody else with rights on the bucket.
    pub(super) s3: Client,
    /// What the audience is told about the S3.
    pub(super) storage: String,
    /// Bucket names are shared with the whole world on AWS: they get something of their own.
    prefix: String,
}

impl Theatre {
    /// Starts everything.
    pub(super) async fn open(args: &Args) -> Result<Self> {
        let elsewhere = elsewhere(args)?;
        let options = Options { elsewhere: elsewhere.clone(), region: REGION.to_owned(), ..Options::default() }.check_every(CHECK_SECONDS);
        let world = World::start(options).await?;
        Ok(match elsewhere {
            None => {
                let (s3, storage) = (world.s3().client(ACCOUNT, REGION), format!("a model of S3 at {}", world.s3().endpoint()));
                Self { world, s3, storage, prefix: PREFIX.to_owned() }
            }
            Some(place) => {
                let storage = place.endpoint.clone().unwrap_or_else(|| "AWS".to_owned());
                Self { world, s3: client(&place), storage, prefix: format!("{PREFIX}-{:x}", Timestamp::now().as_second()) }
            }
        })
    }

    /// Leaves nothing in an S3 that goes on after us. The model goes with us.
    pub(super) async fn clear(&self) {
        if self.prefix == PREFIX {
            return;
        }
        self.world.controller().kill().await; // or it would make the bucket again
        let bucket = self.bucket();
        match self.s3.delete_bucket().bucket(&bucket).send().await {
            Ok(_) => eprintln!("deleted the bucket {bucket}"),
            Err(fault) if fault.raw_response().is_some_and(|answer| answer.status().as_u16() == 404) => {}
            Err(_) => eprintln!("the bucket {bucket} may still be there; delete it with: aws s3 rb s3://{bucket}"),
        }
    }

    /// How the reader can meddle with the bucket from a shell.
    pub(super) fn meddle(&self) -> String {
        let mut text = format!("\nTo change a bucket behind Cooper's back with the aws command, S3 being {}:\n\n", self.storage);
        if self.prefix == PREFIX {
            let variables = self.world.s3().environment(ACCOUNT, REGION);
            let variables = variables.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
            text.push_str("  export ");
            text.push_str(&variables.join(" "));
            text.push('\n');
        }
        text + "  aws s3api put-bucket-versioning --bucket cooper-demo-logs --versioning-configuration Status=Suspended\n"
    }

    /// The name in S3 of the bucket in `tests/demo/bucket.yaml`.
    pub(super) fn bucket(&self) -> String {
        format!("{}-logs", self.prefix)
    }

    /// A manifest of `tests/demo` as it has to be applied here, and whether it differs from the file.
    pub(super) fn manifest(&self, file: &str) -> Result<(String, bool)> {
        let path = crate::places::workspace().join(file);
        let text = std::fs::read_to_string(&path).map_err(Error::file("read", path))?;
        let here = text.replace(PREFIX, &self.prefix);
        let differs = here != text;
        Ok((here, differs))
    }

    /// The `sed` that makes [`Self::manifest`] of the file.
    pub(super) fn sed(&self, file: &str) -> String {
        format!("sed s/{PREFIX}/{}/ {file}", self.prefix)
    }
}

fn elsewhere(args: &Args) -> Result<Option<Elsewhere>> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    if let Some(endpoint) = &args.s3_endpoint {
        let (id, secret) = (id.unwrap_or_else(|| "test".to_owned()), secret.unwrap_or_else(|| "test".to_owned()));
        return Ok(Some(Elsewhere::at(endpoint, Some(Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "demo")))));
    }
    match (args.aws, id, secret) {
        (false, ..) => Ok(None),
        (true, Some(id), Some(secret)) => {
            let credentials = Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "demo");
            Ok(Some(Elsewhere { credentials: Some(credentials), ..Elsewhere::aws() }))
        }
        (true, ..) => Err(Error::Unexpected {
            what: "the environment".to_owned(),
            reason: "--aws needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned(),
        }),
    }
}

fn client(place: &Elsewhere) -> Client {
    let mut config = Builder::new().behavior_version(BehaviorVersion::latest()).region(Region::new(REGION));
    if let Some(endpoint) = &place.endpoint {
        config = config.endpoint_url(endpoint).force_path_style(true);
    }
    if let Some(credentials) = &place.credentials {
        config = config.credentials_provider(credentials.clone());
    }
    Client::from_conf(config.build())
}
