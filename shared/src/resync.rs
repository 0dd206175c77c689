//! How often a Bucket is checked for drift: annotation `s3.services.k8s.aws/resync-seconds`.

use std::time::Duration;

use crate::{Bucket, annotation};

/// The shortest time between two checks of one bucket that a Bucket may ask for: a check takes 22 calls to S3.
pub const LEAST: Duration = Duration::from_mins(1);
/// The longest.
pub const MOST: Duration = Duration::from_hours(24 * 365);

/// The time that the text asks for; `None` where it is none, or out of bounds.
#[must_use]
pub fn parse(text: &str) -> Option<Duration> {
    let seconds = Duration::from_secs(text.trim().parse().ok()?);
    (LEAST..=MOST).contains(&seconds).then_some(seconds)
}

/// The time between two checks of the Bucket: its own, else this one.
#[must_use]
pub fn period(bucket: &Bucket, otherwise: Duration) -> Duration {
    bucket.annotation(annotation::RESYNC_SECONDS).and_then(parse).unwrap_or(otherwise)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_says_how_often_within_bounds() {
        let of = |text: &str| {
            let mut bucket = Bucket::default();
            bucket.metadata.annotations = Some([(annotation::RESYNC_SECONDS.to_owned(), text.to_owned())].into());
            period(&bucket, Duration::from_hours(10)).as_secs()
        };
        assert_eq!([of("60"), of(" 3600 "), of("31536000")], [60, 3600, 31_536_000]);
        for bad in ["59", "0", "-60", "31536001", "1h", "", "99999999999999999999"] {
            assert_eq!(of(bad), 36_000, "{bad}");
        }
    }
}
