//! Objects, their versions and unfinished uploads: what stands between a bucket and its deletion.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, Delete, ObjectIdentifier, VersioningConfiguration};

use super::{model, refusal, refused};

async fn put(client: &Client, key: &str) -> Option<String> {
    client.put_object().bucket("b").key(key).body(ByteStream::from_static(b"x")).send().await.unwrap().version_id
}

async fn versioned(client: &Client) {
    let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    client.put_bucket_versioning().bucket("b").versioning_configuration(versioning).send().await.unwrap();
}

fn named(key: &str, version: Option<&str>) -> ObjectIdentifier {
    ObjectIdentifier::builder().key(key).set_version_id(version.map(str::to_owned)).build().unwrap()
}

fn delete(objects: Vec<ObjectIdentifier>, quiet: bool) -> Delete {
    Delete::builder().set_objects(Some(objects)).quiet(quiet).build().unwrap()
}

#[tokio::test]
async fn versions_and_markers_are_listed_page_by_page_and_keep_the_bucket() {
    let (_model, client) = model();
    assert_eq!(put(&client, "a b").await, None, "no version where none is kept");
    versioned(&client).await;
    let second = put(&client, "a b").await.unwrap();
    client.delete_object().bucket("b").key("a b").send().await.unwrap();
    put(&client, "c").await;

    let (mut seen, mut key, mut id) = (Vec::new(), None, None);
    loop {
        let call = client.list_object_versions().bucket("b").max_keys(1).set_key_marker(key).set_version_id_marker(id);
        let page = call.send().await.unwrap();
        seen.extend(page.versions().iter().map(|version| (version.key.clone().unwrap(), version.version_id.clone().unwrap(), false)));
        seen.extend(page.delete_markers().iter().map(|marker| (marker.key.clone().unwrap(), marker.version_id.clone().unwrap(), true)));
        if page.is_truncated != Some(true) {
            break;
        }
        (key, id) = (page.next_key_marker, page.next_version_id_marker);
    }
    let kinds: Vec<_> = seen.iter().map(|(key, _, marker)| (key.as_str(), *marker)).collect();
    assert_eq!(kinds, [("a b", true), ("a b", false), ("a b", false), ("c", false)]);
    assert_eq!((seen[1].1.as_str(), seen[2].1.as_str()), (second.as_str(), "null"));
    assert_eq!(client.list_objects_v2().bucket("b").send().await.unwrap().key_count, Some(1));
    assert_eq!(refusal(client.delete_bucket().bucket("b").send().await), refused(409, "BucketNotEmpty"));

    let all = seen.iter().map(|(key, id, _)| named(key, Some(id))).collect();
    let answer = client.delete_objects().bucket("b").delete(delete(all, false)).send().await.unwrap();
    assert_eq!((answer.deleted().len(), answer.errors().len()), (4, 0));
    assert!(answer.deleted()[0].delete_marker == Some(true) && answer.deleted()[1].delete_marker != Some(true));
    client.delete_bucket().bucket("b").send().await.unwrap();
}

#[tokio::test]
async fn each_key_of_many_has_an_outcome_of_its_own() {
    let (model, client) = model();
    put(&client, "goes").await;
    put(&client, "stays").await;
    model.keep_object("b", "stays", true).unwrap();
    let both = || vec![named("goes", None), named("stays", None), named("never-there", None)];
    let answer = client.delete_objects().bucket("b").delete(delete(both(), true)).send().await.unwrap();
    assert_eq!(answer.deleted().len(), 0, "only what went wrong is told");
    let errors: Vec<_> = answer.errors().iter().map(|error| (error.key().unwrap(), error.code().unwrap())).collect();
    assert_eq!(errors, [("stays", "AccessDenied")]);
    assert_eq!(model.bucket("b").unwrap().objects.into_keys().collect::<Vec<_>>(), ["stays"]);

    let many = (0..1001).map(|n| named(&format!("k{n}"), None)).collect();
    assert_eq!(refusal(client.delete_objects().bucket("b").delete(delete(many, true)).send().await), refused(400, "MalformedXML"));
    model.keep_object("b", "stays", false).unwrap();
    client.delete_objects().bucket("b").delete(delete(both(), true)).send().await.unwrap();
    client.delete_bucket().bucket("b").send().await.unwrap();
}

#[tokio::test]
async fn uploads_are_listed_and_aborted() {
    let (model, client) = model();
    for key in ["a", "a", "b c"] {
        client.create_multipart_upload().bucket("b").key(key).send().await.unwrap();
    }
    let first = client.list_multipart_uploads().bucket("b").max_uploads(2).send().await.unwrap();
    assert_eq!((first.uploads().len(), first.is_truncated), (2, Some(true)));
    let rest = client.list_multipart_uploads().bucket("b");
    let rest = rest.set_key_marker(first.next_key_marker.clone()).set_upload_id_marker(first.next_upload_id_marker.clone());
    let rest = rest.send().await.unwrap();
    let upload = &rest.uploads()[0];
    assert_eq!((rest.uploads().len(), upload.key()), (1, Some("b c")));
    let abort = || client.abort_multipart_upload().bucket("b").set_key(upload.key.clone()).set_upload_id(upload.upload_id.clone());
    abort().send().await.unwrap();
    assert_eq!(refusal(abort().send().await), refused(404, "NoSuchUpload"));
    assert_eq!(model.bucket("b").unwrap().uploads, 2);
    client.delete_bucket().bucket("b").send().await.unwrap();
}

#[tokio::test]
async fn an_unfinished_upload_keeps_a_directory_bucket() {
    let (model, _) = model();
    let (name, region) = ("box--euw1-az1--x-s3", super::REGION);
    model.create_bucket(name, super::ME, region).unwrap();
    model.put_upload(name, "k").unwrap();
    let client = model.client(super::ME, region);
    assert_eq!(refusal(client.delete_bucket().bucket(name).send().await), refused(409, "BucketNotEmpty"));
    model.empty(name).unwrap();
    client.delete_bucket().bucket(name).send().await.unwrap();
}
