//! How faithful the S3 model is: what S3 documents, as tables, one section per file, sent as plain HTTP so that the wire shows.
//! A table of the sections is printed; every miss fails the test.
#![cfg(test)]

mod abac;
mod access_lists;
mod buckets;
mod control;
mod creation;
mod directory;
mod hazard;
mod interlocks;
mod keyed_refusals;
mod lists;
mod metadata;
mod notification_refusals;
mod owner;
mod paging;
mod places;
mod policy;
mod regional;
mod replication_refusals;
mod report;
mod rule_refusals;
mod server_made;
mod small_refusals;
mod step;
mod tree;
mod trip;
mod trips;
mod wire;

use std::io::Write as _;

use report::Report;
use step::Step;
use trip::Trip;
use wire::Wire;

/// What one section is made of.
#[derive(Clone, Copy)]
enum Section {
    /// Calls, one after the other.
    Steps(&'static [Step]),
    /// Documents that are put and read back, each in a bucket of its own.
    Trips(&'static [Trip]),
    /// What no table can say.
    Own(fn(&Wire, &mut Report)),
}

/// Every section. Each has a model of its own with a bucket `b`.
const SECTIONS: &[(&str, Section)] = &[
    ("bucket names", Section::Own(creation::names)),
    ("creation", Section::Steps(creation::STEPS)),
    ("life of a bucket", Section::Steps(buckets::STEPS)),
    ("list of buckets", Section::Own(lists::check)),
    ("regions and accounts", Section::Steps(places::STEPS)),
    ("expected owner", Section::Own(owner::check)),
    ("account-regional names", Section::Steps(regional::STEPS)),
    ("round trips: small", Section::Trips(trips::SMALL)),
    ("round trips: rules", Section::Trips(trips::RULES)),
    ("round trips: delivery", Section::Trips(trips::DELIVERY)),
    ("round trips: by id", Section::Trips(trips::KEYED)),
    ("metadata tables", Section::Steps(metadata::STEPS)),
    ("policies", Section::Steps(policy::STEPS)),
    ("access lists", Section::Steps(access_lists::STEPS)),
    ("what S3 adds", Section::Own(server_made::check)),
    ("paging", Section::Own(paging::check)),
    ("what depends on what", Section::Steps(interlocks::STEPS)),
    ("refusals: small", Section::Steps(small_refusals::STEPS)),
    ("refusals: rules", Section::Steps(rule_refusals::STEPS)),
    ("refusals: notifications", Section::Steps(notification_refusals::STEPS)),
    ("refusals: replication", Section::Steps(replication_refusals::STEPS)),
    ("refusals: by id", Section::Steps(keyed_refusals::STEPS)),
    ("tags under ABAC", Section::Steps(abac::STEPS)),
    ("S3 Control", Section::Steps(control::STEPS)),
    ("directory buckets", Section::Steps(directory::STEPS)),
    ("no call hits the bucket", Section::Own(hazard::check)),
    ("stores that do it wrong", Section::Own(hazard::stores)),
];

#[test]
fn the_model_answers_as_s3_documents_it() {
    let reports: Vec<Report> = SECTIONS.iter().map(|(name, section)| run(name, *section)).collect();
    let line = |report: &Report| format!("{:28} {:>4}/{}\n", report.section, report.held, report.held + report.misses.len());
    let (held, missed) = reports.iter().fold((0, 0), |(held, missed), report| (held + report.held, missed + report.misses.len()));
    let total = format!("{:28} {held:>4}/{}\n", "together", held + missed);
    let table = reports.iter().map(line).chain([total]).collect::<String>();
    // Past the harness, which keeps what a passing test prints.
    std::io::stderr().write_all(format!("\n{table}").as_bytes()).unwrap();
    let all: Vec<String> = reports.into_iter().flat_map(|report| report.misses).collect();
    assert!(all.is_empty(), "{missed} misses:\n{}", all.join("\n"));
}

fn run(name: &'static str, section: Section) -> Report {
    let (wire, mut report) = (Wire::start(), Report::new(name));
    match section {
        Section::Steps(steps) => steps.iter().for_each(|step| step.take(&wire, &mut report)),
        Section::Trips(trips) => trips.iter().for_each(|trip| trip.make(&wire, &mut report)),
        Section::Own(check) => check(&wire, &mut report),
    }
    report
}
