//! ListBuckets: whose, of which region, by which prefix, how many at a time.

use super::report::Report;
use super::wire::{ME, OTHER, REGION, Wire};

pub(crate) fn check(wire: &Wire, report: &mut Report) {
    wire.model.delete_bucket("b");
    for i in 0..10 {
        wire.model.create_bucket(&format!("page-{i}"), ME, if i < 7 { "us-east-1" } else { REGION }).unwrap();
        wire.model.create_bucket(&format!("theirs-{i}"), OTHER, REGION).unwrap();
    }
    wire.model.create_bucket("page-x--use1-az1--x-s3", ME, "us-east-1").unwrap();
    for (query, count) in [("", 10), ("?prefix=page-", 10), ("?prefix=page-1", 1), ("?bucket-region=eu-west-1", 3), ("?max-buckets=4", 4)] {
        let answer = wire.call("GET", &format!("/{query}"), "");
        let listed = answer.body.matches("<Name>").count();
        report.note(answer.status == 200 && listed == count, || format!("{query}: {listed} and not {count}"));
    }
    let (mut token, mut names, mut pages) = (String::new(), Vec::new(), 0);
    while pages == 0 || !token.is_empty() {
        let answer = wire.call("GET", &format!("/?max-buckets=4&prefix=page-{token}"), "");
        names.extend(answer.body.split("<Name>").skip(1).filter_map(|rest| rest.split_once('<')).map(|(name, _)| name.to_owned()));
        token = answer.text("ContinuationToken").map(|token| format!("&continuation-token={token}")).unwrap_or_default();
        pages += 1;
    }
    let sorted = names.is_sorted() && names.len() == 10;
    report.note(pages == 3 && sorted, || format!("{pages} pages of {names:?}"));
    for bad in ["?max-buckets=0", "?max-buckets=x", "?continuation-token=!"] {
        let answer = wire.call("GET", &format!("/{bad}"), "");
        report.note((answer.status, answer.code()) == (400, "InvalidArgument"), || format!("{bad}: {answer:?}"));
    }
    let answer = wire.call("GET", "/?prefix=page-0", "");
    for part in
        ["<CreationDate>", "<BucketRegion>us-east-1</BucketRegion>", "<BucketArn>arn:aws:s3:::page-0<", "<Owner><ID>", "<Prefix>page-0<"]
    {
        report.note(answer.body.contains(part), || format!("no {part} in {answer:?}"));
    }
}
