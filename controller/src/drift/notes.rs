//! Drift in words: Events and the log.

use shared::drift_mode::BUCKET;
use shared::subconfig::Difference;

use super::Hold;
use crate::events::Note;
use crate::hint::Hints;
use crate::look::CONTESTED;
use crate::report::Drifted;
use crate::text;

/// What was found, with both values, and what becomes of it.
#[must_use]
pub fn detected(drifted: &Drifted, hints: &Hints) -> Note {
    let text = in_words(drifted, hints);
    match drifted.hold {
        None => Note::warning("DriftDetected", "Check", &text),
        Some(Hold::Warn) => Note::warning("DriftDetected", "Check", &format!("{text}; it stays so, as drift-mode says warn")),
        Some(Hold::Contested { rounds, until }) => {
            let tail = format!("; found {rounds} times, each time after it was put right: put right again at {until}");
            Note::warning(CONTESTED, "Check", &(text::within_bytes(&text, text::NOTE - tail.len()).to_owned() + &tail))
        }
    }
}

/// What was found, with both values, and who did it where that is known.
#[must_use]
pub fn in_words(drifted: &Drifted, hints: &Hints) -> String {
    let text = if drifted.config == BUCKET {
        "the S3 bucket is gone, and this Bucket did not delete it".to_owned()
    } else {
        let fields: Vec<String> = drifted.fields.iter().map(difference).collect();
        format!("{}: {}", drifted.config, text::list_by("; ", fields.iter().map(String::as_str)))
    };
    let Some(hint) = hints.latest(drifted.config) else { return text };
    let principal = hint.principal.as_deref().unwrap_or("somebody");
    let who = format!(" ({} by {} at {})", text::shortened(&hint.event, text::VALUE), text::shortened(principal, 2 * text::VALUE), hint.at);
    text::within_bytes(&text, text::NOTE - 150 - who.len()).to_owned() + &who
}

fn difference(difference: &Difference) -> String {
    let held = text::held(difference);
    match text::value(&difference.desired) {
        Some(desired) => format!("{held}, the spec says {desired}"),
        None => format!("{held} and not in the spec"),
    }
}

/// That drift was put right.
#[must_use]
pub fn remediated(drifted: &Drifted) -> Note {
    if drifted.config == BUCKET {
        return Note::normal("DriftRemediated", "Repair", "the S3 bucket is there again; what was in it is not");
    }
    let fields = text::list(drifted.fields.iter().map(|field| field.field.as_str()));
    Note::normal("DriftRemediated", "Repair", &format!("{}: put right {fields}", drifted.config))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::hint::Hint;

    #[test]
    fn a_fight_and_who_wrote_are_told_within_the_bound() {
        let field = Difference { field: "spec.policy".to_owned(), desired: json!("x".repeat(5000)), observed: json!(null) };
        let fight = Hold::Contested { rounds: 4, until: Timestamp::UNIX_EPOCH };
        let drifted = Drifted { hold: Some(fight), ..Drifted::found("policy", vec![field; 9]) };
        let principal = Some(format!("arn:aws:sts::111122223333:assumed-role/{}", "x".repeat(5000)));
        let mut hints = Hints::default();
        hints.add(Hint { config: Some("policy"), event: "PutBucketPolicy".to_owned(), principal, at: Timestamp::UNIX_EPOCH });
        let Note { reason, warning, text, .. } = detected(&drifted, &hints);
        assert_eq!((reason.as_str(), warning), ("DriftContested", true));
        assert!(text.contains("(PutBucketPolicy by arn:aws:sts::111122223333:assumed-role/x"), "{text}");
        assert!(text.ends_with("found 4 times, each time after it was put right: put right again at 1970-01-01T00:00:00Z"), "{text}");
        assert!(text.len() <= text::NOTE);
    }
}
