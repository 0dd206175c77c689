//! The manifests that must be admitted (`webhook/tests/webhook/corpus/admitted/`), as far as they are Buckets.

use serde_json::Value;
use tests::places;

use super::ground;
use crate::catalogue::examples::moved;
use crate::catalogue::server::try_to_create;
use crate::team::{Failure, Outcome};

#[tokio::test]
async fn what_must_be_admitted_is() -> Outcome {
    let client = ground().await.client().await?;
    let buckets = buckets()?;
    for (file, bucket) in &buckets {
        let answer = try_to_create(&client, &moved(bucket, "default")).await?;
        assert_eq!(answer.code, 201, "{file}: {bucket}\n{answer:?}");
    }
    println!("{} manifests", buckets.len());
    assert!(buckets.len() > 100, "{}", buckets.len());
    Ok(())
}

fn buckets() -> Result<Vec<(String, Value)>, Failure> {
    let mut buckets = Vec::new();
    for file in std::fs::read_dir(places::workspace().join("webhook/tests/webhook/corpus/admitted"))? {
        let path = file?.path();
        let documents: Vec<Value> = serde_saphyr::from_multiple(&std::fs::read_to_string(&path)?)?;
        let found = documents.into_iter().filter(|document| document["kind"] == "Bucket");
        buckets.extend(found.map(|bucket| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), bucket)));
    }
    Ok(buckets)
}
