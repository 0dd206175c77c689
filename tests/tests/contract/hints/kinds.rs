//! What becomes of each kind of message, and of what is none.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use tests::hints::Event;

use super::{Outcome, count, flags, ground, looks};

const OWN_PROGRAM: &str = "[aws-sdk-rust/1.3.17 ua/2.1 api/s3/1.157.0 os/linux lang/rust/1.95.0 app/cooper-controller-0.1.0]";

#[tokio::test]
async fn only_changes_of_our_buckets_by_others_are_looked_at_and_nothing_stays_in_the_queue() -> Outcome {
    let ground = ground().await;
    let team = ground.team("kinds").await?;
    for bucket in ["own", "stale", "failed", "twice", "sns", "config"] {
        team.make(bucket, &json!({})).await?;
        team.check(bucket).await?;
    }
    let event = |bucket: &str| Event::new("PutBucketCors", &team.s3_name(bucket));
    let hour = SignedDuration::from_hours(1);
    let me = team.calls("own").iter().find_map(|call| call.caller.clone()).ok_or("nobody made the bucket")?;
    let twice = event("twice").body();
    // By source and result: what is sent, and how much the count rises.
    let cases = [
        ("cloudtrail", "own", vec![event("own").by(&me, OWN_PROGRAM).body()], 1.0),
        ("cloudtrail", "stale", vec![event("stale").at(Timestamp::now() - hour).body()], 1.0),
        ("cloudtrail", "ignored", vec![event("failed").failed("AccessDenied").body()], 1.0),
        ("cloudtrail", "unknown_bucket", vec![Event::new("PutBucketCors", "somebody-elses").body()], 1.0),
        ("cloudtrail", "duplicate", vec![twice.clone(), twice], 1.0),
        ("config", "enqueued", vec![event("config").recorded()], 1.0),
        (
            "unknown",
            "unreadable",
            vec!["hello".to_owned(), "{}".to_owned(), "[".repeat(10_000), json!({ "Type": "Notification" }).to_string()],
            4.0,
        ),
        (
            "unknown",
            "ignored",
            vec![json!({ "source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification" }).to_string()],
            1.0,
        ),
    ];
    let quiet = ["own", "stale", "failed"];
    let before: Vec<usize> = quiet.iter().map(|bucket| team.calls(bucket).len()).collect();
    let looked = ["twice", "sns", "config"].map(|bucket| (bucket, looks(&team, bucket)));
    for (source, result, bodies, more) in cases {
        let known = count(&ground.world, source, result).await?;
        for body in bodies {
            ground.queue.send(&body).await?;
        }
        let risen = || async { (count(&ground.world, source, result).await.ok()? >= known + more).then_some(()) };
        team.wait(&format!("{result} of {source}"), risen).await?;
    }
    ground.queue.send(&event("sns").notified()).await?;
    for (bucket, before) in looked {
        team.wait(&format!("a look at {bucket}"), || async { (looks(&team, bucket) > before).then_some(()) }).await?;
    }
    let after: Vec<usize> = quiet.iter().map(|bucket| team.calls(bucket).len()).collect();
    assert_eq!(after, before, "{quiet:?}: S3 was asked");
    team.wait("the queue to be empty", || async { (ground.queue.messages().await.ok()? == 0).then_some(()) }).await
}

#[tokio::test]
async fn a_check_of_the_configuration_says_whether_the_queue_answers() -> Outcome {
    let ground = ground().await;
    let identity = flags::identity(&ground.world);
    let identity: Vec<(&str, &str)> = identity.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let check = async |url: &str| {
        let flags = flags::sound(&ground.world).into_iter().chain(["--check-config".to_owned(), format!("--hint-queue-url={url}")]);
        let flags: Vec<String> = flags.collect();
        ground.world.cooper_controller(&flags.iter().map(String::as_str).collect::<Vec<_>>(), &identity).await
    };
    let said = check(ground.queue.url()).await?;
    assert!(said.stdout.lines().any(|line| line.starts_with("ok: the hint queue ")), "{said:?}");
    let said = check(&ground.queue.url().replace("/hints", "/nowhere")).await?;
    let warned = said.stdout.lines().find(|line| line.starts_with("warning: no hints will come"));
    assert!(warned.is_some_and(|line| line.contains("sqs:GetQueueAttributes") && line.contains("create the queue")), "{said:?}");
    assert_eq!(said.code, Some(0), "the controller works all the same: {said:?}");
    Ok(())
}
