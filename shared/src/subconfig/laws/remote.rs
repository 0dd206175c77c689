//! The laws of reading and writing, through the SDK and its XML.

use proptest::prelude::*;
use proptest::test_runner::TestCaseResult;

use super::store::Store;
use super::{Sample, on_pairs, plan, silent, spec_of};
use crate::BucketSpec;
use crate::fault::Class;
use crate::subconfig::remote::{Remote, S3Bucket};
use crate::subconfig::{Have, Step};

/// Whatever S3 holds and whatever the spec says, one pass is enough, and what was written can be read.
pub(in crate::subconfig) fn converge<S: Sample + Remote>() {
    let runtime = runtime();
    on_pairs::<S>(64, |want, have| {
        runtime.block_on(async {
            for store in [Store::new_bucket(), Store::bare()] {
                let s3 = store.bucket();
                if have.clone().normalise().is_some() {
                    S::put(&s3, &have, None).await.unwrap();
                    prop_assert!(plan(&spec_of(have.clone()), &S::read(&s3).await.unwrap()).is_none(), "what was put is not what is read");
                }
                settle::<S>(&s3, &spec_of(want.clone())).await?;
                settle::<S>(&s3, &silent()).await?;
                store.check_journal();
            }
            Ok(())
        })
    });
}

async fn settle<S: Sample + Remote>(s3: &S3Bucket, spec: &BucketSpec) -> TestCaseResult {
    match plan(spec, &S::read(s3).await.unwrap()) {
        Step::None => {}
        Step::Put { want, have } => S::put(s3, &want, have.as_ref()).await.unwrap(),
        Step::Remove { have } => S::remove(s3, &have).await.unwrap(),
        Step::Unsupported | Step::Unmanaged { .. } => prop_assert!(false, "the store implements it"),
    }
    let have = S::read(s3).await.unwrap();
    prop_assert_eq!(plan(spec, &have), Step::None);
    Ok(())
}

/// A bucket that holds nothing, a store that does not implement the section, one that takes the read for a list of objects, and
/// a refusal are told apart.
pub(in crate::subconfig) fn tell_answers_apart<S: Sample + Remote>() {
    let read = |store: Store| runtime().block_on(async move { S::read(&store.bucket()).await });
    let holds = read(Store::bare()).unwrap();
    assert!(holds == Have::Empty || S::nothing().is_some_and(|nothing| holds == Have::Value(nothing)), "holds nothing, not {holds:?}");

    let list = "<?xml version=\"1.0\"?><ListBucketResult><Name>laws</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
    let error = |code: &str| format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    for (status, body) in [(200, list.to_owned()), (501, error("NotImplemented")), (501, String::new())] {
        assert_eq!(read(Store::answering(status, &body)).unwrap(), Have::Unsupported, "{status} {body}");
    }
    for body in ["", &list[..list.len() - 1], "<html></html>", "oops", &error("SlowDown")] {
        let fault = read(Store::answering(200, body)).unwrap_err();
        assert!(matches!(fault.class, Class::Transient | Class::Throttled), "{body:?} is no answer: {fault}");
    }

    let denied = read(Store::answering(403, &error("AccessDenied"))).unwrap_err();
    assert_eq!(denied.class, Class::Denied);
    assert!(denied.to_string().contains(S::GET.action), "{denied}");
    let other = read(Store::answering(404, &error("NoSuchBucket"))).unwrap_err();
    assert_eq!(other.class, Class::Missing, "a missing bucket is no empty section");
}

pub(in crate::subconfig) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
