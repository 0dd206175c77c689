//! Two who write the same field: the third time the controller does not overwrite it at once, and says so.

use shared::Bucket;
use tests::aws_cli::AwsCli;
use tests::world::{ACCOUNT, REGION};

use super::{checked_now, counted, entry, gauge, grew, is_as_declared, section, team};
use crate::modes::{events, says};
use crate::sections::first;
use crate::team::Outcome;

#[tokio::test]
async fn the_third_round_is_told_and_left_until_somebody_asks() -> Outcome {
    let team = team("fight", &[]).await?;
    let payment = section(&team, "request_payment")?;
    let field = payment.difference.0;
    team.make("b", &first(std::slice::from_ref(&payment))).await?;
    checked_now(&team, "b").await?;
    let before = counted(&team, "request_payment").await?;
    let contested = [("config", "request_payment")];
    let rounds_before = team.metric("cooper_drift_contested_total", &contested).await?;

    let aws = AwsCli::new(team.world.s3(), ACCOUNT, "terraform", REGION).await?;
    let (name, payer) = (team.s3_name("b"), "--request-payment-configuration=Payer=BucketOwner");
    let another = async || aws.run(&["s3api", "put-bucket-request-payment", "--bucket", &name, payer]).await;
    for (round, known) in [(1, None), (2, Some(2))] {
        another().await?;
        let bucket = team.check("b").await?;
        assert!(says(&bucket, "Drifted", "False", "Remediated"), "round {round}: {bucket:?}");
        assert!(is_as_declared(&team, &payment), "round {round}");
        assert_eq!(entry(&bucket, field)?.rounds, known, "round {round}");
    }

    another().await?;
    let writes = team.calls("b").writes().len();
    team.touch("b").await?;
    let is_told = |bucket: &Bucket| says(bucket, "Drifted", "True", "DriftContested");
    let bucket = team.until("b", "told to be contested", is_told).await?;
    assert!(says(&bucket, "ACK.Recoverable", "True", "DriftContested") && says(&bucket, "Ready", "False", "ACK.Recoverable"), "{bucket:?}");
    let drift = entry(&bucket, field)?;
    assert!(drift.rounds == Some(3) && drift.remediated_at.is_none() && drift.observed.as_deref() == Some("BucketOwner"), "{drift:?}");
    team.described("b", &["DriftContested", "found 3 times, each time after it was put right", field]).await?;
    gauge(&team, "cooper_bucket_drift_contested", "request_payment", true).await?;

    // It is looked at again, told only once, and not written.
    let seen = drift.last_seen.clone();
    let again = |bucket: &Bucket| entry(bucket, field).is_ok_and(|drift| drift.last_seen > seen);
    team.touch("b").await?;
    team.wait("a second look", || async {
        let api = team.world.buckets(&team.namespace).await.ok()?;
        let bucket = api.get("b").await.ok().filter(|bucket| again(bucket));
        if bucket.is_none() {
            team.touch("b").await.ok()?;
        }
        bucket
    })
    .await?;
    assert_eq!(team.calls("b").writes().len(), writes, "{:?}", team.calls("b").writes().operations());
    assert!(!is_as_declared(&team, &payment));
    assert_eq!(events(&team, "DriftContested").await?, 1);
    assert!((team.metric("cooper_drift_contested_total", &contested).await? - rounds_before - 1.0).abs() < 0.1);
    assert!(grew(before, counted(&team, "request_payment").await?, (3, 2)));

    let bucket = checked_now(&team, "b").await?;
    assert!(says(&bucket, "Drifted", "False", "Remediated") && says(&bucket, "Ready", "True", ""), "{bucket:?}");
    assert!(is_as_declared(&team, &payment));
    assert!(grew(before, counted(&team, "request_payment").await?, (3, 3)));
    gauge(&team, "cooper_bucket_drift_contested", "request_payment", false).await
}
