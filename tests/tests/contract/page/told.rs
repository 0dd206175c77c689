//! What the pages tell of drift, from the fleet to the command that has it put right; no script runs.

use super::super::team::Outcome;
use super::{browser, is_sound, stage, troubled};

#[tokio::test]
async fn a_reader_comes_from_the_fleet_to_the_change_and_has_it_put_right() -> Outcome {
    let team = troubled("told").await?;
    let address = &stage().await.address;
    let mut browser = browser()?;

    browser.goto(&format!("{address}/"))?;
    is_sound(&browser, address);
    assert!(browser.texts("h1")?[0].starts_with("Fleet: "));
    let drifted: u32 = browser.texts("a[href='/buckets?state=drifted'] b")?[0].parse()?;
    assert!(drifted >= 2, "{drifted}");
    assert_eq!(browser.texts(".role")?, ["leader"]);
    assert!(browser.texts("section[aria-labelledby=drift] tbody th")?.contains(&"versioning".to_owned()));
    let limits = browser.texts("section[aria-labelledby=limits] tbody tr")?;
    assert!(limits.iter().any(|row| row.contains(tests::world::ACCOUNT) && row.contains(tests::world::REGION)), "{limits:?}");

    browser.follow("section[aria-labelledby=drift] tbody a")?;
    assert!(browser.evaluate("location.search")?.as_str().is_some_and(|query| query == "?config=versioning"));
    browser.goto(&format!("{address}/buckets?namespace={}", team.namespace))?;
    is_sound(&browser, address);
    let rows = browser.texts("tbody tr")?;
    let states: Vec<String> = browser.texts("tbody .badge")?;
    assert_eq!(states, ["drifted", "paused", "drifted", "synced"], "denied, paused, warned, well: {rows:?}");
    assert!(rows[0].contains("versioning, ") && rows[0].contains("Denied"), "{rows:?}");
    let form = format!("{address}/buckets?namespace={}&name=warn&state=drifted&config=&reason=", team.namespace);
    browser.evaluate("document.querySelector('input[name=name]').value = 'warn'; document.querySelector('select').value = 'drifted'")?;
    browser.follow("form button")?;
    assert_eq!(browser.evaluate("location.href")?, form, "what a reader filled in is asked");
    assert_eq!(browser.texts("tbody tr")?.len(), 1);

    browser.follow("tbody a")?;
    is_sound(&browser, address);
    assert_eq!(browser.texts("h1")?, [format!("{}/warned drifted", team.namespace)]);
    let plan = browser.texts("section[aria-labelledby=plan] dd")?;
    assert_eq!(plan, ["Enabled", "Suspended"]);
    assert!(browser.texts("section[aria-labelledby=drift] h3 code")?.contains(&"spec.versioning.status".to_owned()));
    assert!(browser.texts("section[aria-labelledby=checks] dd")?.contains(&"warn".to_owned()), "its drift mode");

    let command = browser.texts("section[aria-labelledby=plan] pre")?.remove(0);
    let words: Vec<&str> = command.split_whitespace().skip(1).collect();
    team.kubectl.run(&words).await?.ok()?;
    let repaired = |bucket: &shared::Bucket| {
        let drift = bucket.status.as_ref().and_then(|status| status.drift.as_ref());
        drift.is_some_and(|drift| drift.iter().all(|drift| drift.remediated_at.is_some()))
    };
    team.until("warned", "put right", repaired).await?;
    assert!(team.in_s3("warned", "versioning").is_some_and(|held| held.contains("Enabled")));
    let here = browser.evaluate("location.href")?.as_str().unwrap_or_default().to_owned();
    browser.goto(&here)?;
    assert_eq!(browser.texts("section[aria-labelledby=repaired] h3 code")?, ["spec.versioning.status"]);
    assert_eq!(browser.texts("h1 .badge")?, ["synced"]);
    Ok(())
}

#[tokio::test]
async fn what_waits_is_told_with_the_reason_and_what_to_do() -> Outcome {
    let team = troubled("waits").await?;
    let address = &stage().await.address;
    let mut browser = browser()?;
    browser.goto(&format!("{address}/waiting"))?;
    is_sound(&browser, address);
    let of = |sections: Vec<String>, bucket: &str| sections.into_iter().find(|text| text.contains(&format!("{}/{bucket}", team.namespace)));
    let sections = browser.texts("section")?;
    assert!(of(sections.clone(), "warned").is_some_and(|text| text.starts_with("Plans to approve") && text.contains("approve-plan=")));
    assert!(of(sections.clone(), "paused").is_some_and(|text| text.starts_with("Paused") && text.contains("remove it to go on")));
    assert!(of(sections.clone(), "denied").is_some_and(|text| text.starts_with("Denied") && text.contains("s3:PutBucketVersioning")));
    assert_eq!(of(sections, "well"), None);

    browser.follow(&format!("a[href='/buckets/{}/denied']", team.namespace))?;
    let wait = browser.texts("section[aria-labelledby=wait]")?.remove(0);
    assert!(wait.contains("Denied") && wait.contains("Next pass "), "the next try is told: {wait}");

    browser.goto(&format!("{address}/buckets/{}/nobody", team.namespace))?;
    assert_eq!(browser.texts("h1")?, ["Not found"]);
    Ok(())
}
