//! Numbers as people read them, and the steps of a scale.

/// A value with its unit, as Grafana names units.
pub(super) fn shown(value: f64, unit: &str) -> String {
    match unit {
        "s" => scaled(value, &[(86_400.0, " d"), (3600.0, " h"), (60.0, " min"), (1.0, " s"), (1e-3, " ms"), (1e-6, " µs")]),
        "bytes" => scaled(value, &[(f64::from(1 << 30), " GiB"), (f64::from(1 << 20), " MiB"), (1024.0, " KiB"), (1.0, " B")]),
        "percentunit" => format!("{} %", short(value * 100.0)),
        "ops" | "reqps" => format!("{}/s", short(value)),
        _ => short(value),
    }
}

fn scaled(value: f64, units: &[(f64, &str)]) -> String {
    let fits = units.iter().find(|(size, _)| value.abs() >= *size);
    fits.map_or_else(|| short(value), |(size, unit)| format!("{}{unit}", short(value / size)))
}

/// Three digits that count, at most.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        0.0 => 0,
        large if large >= 100.0 => 0,
        large if large >= 10.0 => 1,
        small if small >= 0.1 => 2,
        _ => 4,
    };
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

const MEBI: f64 = 1_048_576.0;
/// Steps of a scale of seconds, from half a minute on.
const LONG: [f64; 13] = [10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 10_800.0, 21_600.0, 86_400.0, 604_800.0];

/// The levels of a scale from 0 to at least `most`: about four, at numbers that are round in their unit.
pub(super) fn levels(most: f64, unit: &str) -> Vec<f64> {
    if unit == "bytes" {
        return levels(most / MEBI, "").into_iter().map(|level| level * MEBI).collect();
    }
    let most = if most > 0.0 { most } else { 1.0 };
    let rough = most / 4.0;
    let power = 10f64.powf(rough.log10().floor());
    let long = LONG.into_iter().find(|step| *step >= rough).filter(|_| unit == "s" && most >= 30.0);
    let step = long.or_else(|| [1.0, 2.0, 5.0, 10.0].into_iter().map(|round| round * power).find(|step| *step >= rough)).unwrap_or(rough);
    let mut levels = vec![0.0];
    while levels.last().is_some_and(|last| *last < most) {
        levels.push(step * count(levels.len()));
    }
    levels
}

/// A small number as a float.
pub(super) fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_unit_that_fits() {
        assert_eq!(shown(0.0025, "s"), "2.5 ms");
        assert_eq!(shown(5400.0, "s"), "1.5 h");
        assert_eq!(shown(0.0, "s"), "0");
        assert_eq!(shown(31.0 * 1024.0 * 1024.0, "bytes"), "31 MiB");
        assert_eq!(shown(0.001, "percentunit"), "0.1 %");
        assert_eq!((shown(12.345, "reqps"), shown(7.0, "short")), ("12.3/s".to_owned(), "7".to_owned()));
    }

    #[test]
    fn a_scale_ends_above_the_highest_value_at_a_round_number() {
        assert_eq!(levels(7.0, "s"), [0.0, 2.0, 4.0, 6.0, 8.0]);
        assert_eq!(levels(0.0, "short"), [0.0, 0.5, 1.0]);
        assert_eq!(levels(90.0, "short"), [0.0, 50.0, 100.0]);
        assert_eq!(levels(3.5 * MEBI, "bytes"), [0.0, MEBI, 2.0 * MEBI, 3.0 * MEBI, 4.0 * MEBI]);
        assert_eq!(levels(200.0, "s"), [0.0, 60.0, 120.0, 180.0, 240.0]);
    }
}
