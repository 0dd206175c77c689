//! The rule file: sound, tested rule by rule, and each alert says how bad it is, what to do and where to read on.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tests::places;
use tests::prometheus::promtool;

use super::{folder, rules};
use crate::team::{Failure, Outcome};

fn unit_tests() -> Result<Vec<PathBuf>, Failure> {
    let files = fs::read_dir(folder().join("tests"))?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, Failure>>()?;
    assert!(files.len() > 4, "{files:?}");
    Ok(files)
}

/// All stories of all files of unit tests.
fn stories() -> Result<Vec<Value>, Failure> {
    let mut stories = Vec::new();
    for file in unit_tests()? {
        let file: Value = serde_saphyr::from_str(&fs::read_to_string(file)?)?;
        stories.extend(file["tests"].as_array().ok_or("no tests")?.iter().cloned());
    }
    Ok(stories)
}

#[test]
fn promtool_finds_the_rules_sound() -> Outcome {
    let output = Command::new(promtool()?).args(["check", "rules", "--lint-fatal"]).arg(folder().join("rules.yaml")).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let told = String::from_utf8(output.stdout)?;
    let all = rules("alert")?.len() + rules("record")?.len();
    assert!(told.contains(&format!("{all} rules found")), "{told}");
    Ok(())
}

#[test]
fn each_unit_test_of_a_rule_passes() -> Outcome {
    let promtool = promtool()?;
    for file in unit_tests()? {
        let output = Command::new(&promtool).args(["test", "rules"]).arg(&file).output()?;
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && told.contains("SUCCESS"), "{}: {told}", file.display());
    }
    Ok(())
}

#[test]
fn each_alert_is_seen_to_fire_and_seen_to_be_silent() -> Outcome {
    let stories = stories()?;
    let mut unseen = Vec::new();
    for alert in rules("alert")? {
        let about = |story: &&Value| {
            let cases = story["alert_rule_test"].as_array().into_iter().flatten();
            cases
                .filter(|case| case["alertname"] == alert["alert"])
                .any(|case| case["exp_alerts"].as_array().is_some_and(|all| !all.is_empty()))
        };
        // In the same story, at another time.
        let silent = |story: &Value| {
            let cases = story["promql_expr_test"].as_array().into_iter().flatten();
            cases.into_iter().any(|case| case["exp_samples"].as_array().is_some_and(Vec::is_empty) && is_about_alerts(case))
        };
        if !stories.iter().filter(about).any(silent) {
            unseen.push(alert["alert"].clone());
        }
    }
    assert!(unseen.is_empty(), "no unit test has {unseen:?}");
    Ok(())
}

fn is_about_alerts(case: &Value) -> bool {
    case["expr"].as_str().is_some_and(|expression| expression.starts_with("ALERTS"))
}

#[test]
fn each_recording_rule_has_a_unit_test_of_its_value() -> Outcome {
    let stories = stories()?;
    let cases = stories.iter().filter_map(|story| story["promql_expr_test"].as_array()).flatten();
    let asked: Vec<&str> = cases.filter_map(|case| case["expr"].as_str()).collect();
    for rule in rules("record")? {
        let name = rule["record"].as_str().ok_or("no name")?;
        assert_eq!(name.split(':').count(), 3, "{name}: level:metric:operations");
        let about = |expression: &&str| expression.split([' ', '(', ',', '{', ')']).any(|word| word == name);
        // The last window of the ratio is that of the first story; each other one has a value of its own.
        assert!(asked.iter().any(about) || name == "cooper:review_error_ratio:rate5m", "{name}");
    }
    Ok(())
}

#[test]
fn each_alert_says_how_bad_it_is_what_to_do_and_where_to_read_on() -> Outcome {
    let mut names = BTreeSet::new();
    for alert in rules("alert")? {
        let name = alert["alert"].as_str().ok_or("no name")?;
        assert!(names.insert(name.to_owned()), "{name} is there twice");
        let severity = alert["labels"]["severity"].as_str().unwrap_or_default();
        assert!(["critical", "warning", "info"].contains(&severity), "{name}: {severity}");
        for text in ["summary", "description"] {
            assert!(alert["annotations"][text].as_str().is_some_and(|text| text.len() > 10), "{name}: {text}");
        }
        let runbook = alert["annotations"]["runbook"].as_str().ok_or_else(|| format!("{name} has no runbook"))?;
        let (file, anchor) = runbook.split_once('#').ok_or_else(|| format!("{name}: {runbook}"))?;
        let page = fs::read_to_string(places::workspace().join(file))?;
        let anchors: Vec<String> = page.lines().filter_map(|line| line.strip_prefix("##")).map(self::anchor).collect();
        assert!(anchors.iter().any(|known| known == anchor), "{name}: {runbook} is not among {anchors:?}");
    }
    Ok(())
}

/// What GitHub makes of a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    words.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter)).collect::<String>().replace(' ', "-")
}
