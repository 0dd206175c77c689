//! Configurations that are kept by id.

use aws_sdk_s3::types::{MetricsConfiguration, MetricsFilter};

use super::{model, refusal, refused};

fn metrics(id: &str) -> MetricsConfiguration {
    MetricsConfiguration::builder().id(id).filter(MetricsFilter::Prefix("x/".to_owned())).build().unwrap()
}

#[tokio::test]
async fn they_are_written_read_and_deleted_by_id() {
    let (model, client) = model();
    let put = |id: &str, within: &str| client.put_bucket_metrics_configuration().bucket("b").id(id).metrics_configuration(metrics(within));
    put("one", "one").send().await.unwrap();
    put("two", "two").send().await.unwrap();
    let read = client.get_bucket_metrics_configuration().bucket("b").id("one").send().await.unwrap();
    assert_eq!(read.metrics_configuration, Some(metrics("one")));
    assert_eq!(refusal(put("one", "other").send().await), refused(400, "IdMismatch"));
    client.delete_bucket_metrics_configuration().bucket("b").id("one").send().await.unwrap();
    let again = client.delete_bucket_metrics_configuration().bucket("b").id("one").send().await;
    assert_eq!(refusal(again), refused(404, "NoSuchConfiguration"));
    let list = client.list_bucket_metrics_configurations().bucket("b").send().await.unwrap();
    assert_eq!(list.metrics_configuration_list(), [metrics("two")]);
    assert!(model.get("b", "metrics/two").is_some());
    model.remove("b", "metrics/two").unwrap();
    assert_eq!(model.get("b", "metrics/two"), None);
}

#[tokio::test]
async fn a_list_has_pages_of_a_hundred() {
    let (model, client) = model();
    for i in 0..105 {
        let document = format!("<MetricsConfiguration><Id>id{i:03}</Id></MetricsConfiguration>");
        model.set("b", "metrics", &document).unwrap();
    }
    let list = || client.list_bucket_metrics_configurations().bucket("b");
    let first = list().send().await.unwrap();
    assert_eq!((first.metrics_configuration_list().len(), first.is_truncated), (100, Some(true)));
    let second = list().continuation_token(first.next_continuation_token.unwrap()).send().await.unwrap();
    assert_eq!((second.metrics_configuration_list().len(), second.is_truncated), (5, Some(false)));
    assert_eq!(second.metrics_configuration_list()[0].id(), "id100");
    assert_eq!(refusal(list().continuation_token("!").send().await), refused(400, "InvalidArgument"));
}
