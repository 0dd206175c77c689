//! Curves over time, with a scale, and a legend below.

use super::panels::{LINE, SMALL};
use super::svg::{Area, bar, colour, curve, level, shape, text, text_to};
use super::units::{count, levels, shown};
use super::{CURVE, Named, Span};
use crate::dashboard::Panel;

/// Lines of a legend, at most.
const LINES: usize = 3;
/// Width of the words of the scale.
const SCALE: f64 = 52.0;

/// A curve: its points, and the line that it stands on.
struct Line {
    top: Vec<(f64, f64)>,
    base: Vec<f64>,
}

/// Draws the series of a panel.
pub(super) fn draw(panel: &Panel, found: &[Named], area: Area, span: Span) -> String {
    let (legend, lines) = legend(found, area);
    let plot = Area { x: area.x + SCALE, y: area.y + 8.0, width: area.width - SCALE, height: area.height - LINE * (lines + 1.0) - 8.0 };
    let curves = if panel.is_stacked() { stacked(found) } else { plain(found) };
    let most = curves.iter().flat_map(|line| &line.top).map(|(_, value)| *value).filter(|value| value.is_finite()).fold(0.0, f64::max);
    let levels = levels(most, panel.unit());
    let top = levels.last().copied().unwrap_or(1.0);
    let up = |value: f64| plot.bottom() - value / top * plot.height;

    let scale = levels.iter().map(|value| {
        level(plot.x, up(*value), plot.width) + &text_to(plot.x - 4.0, up(*value) + 3.0, SMALL.0 - 1.0, &shown(*value, panel.unit()))
    });
    let drawn = curves.iter().enumerate().map(|(number, line)| {
        pieces(line, span.step(CURVE))
            .map(|(points, base)| one(points, base, number, panel.is_stacked(), plot, span, &up))
            .collect::<String>()
    });
    scale.chain(drawn).collect::<String>() + &times(plot, span) + &legend
}

fn one(points: &[(f64, f64)], base: &[f64], number: usize, filled: bool, plot: Area, span: Span, up: &impl Fn(f64) -> f64) -> String {
    let top: Vec<(f64, f64)> = points.iter().map(|(time, value)| (across(*time, span, plot), up(*value))).collect();
    let line = curve(&top, colour(number));
    if !filled {
        return line;
    }
    let below = top.iter().zip(base).rev().map(|((x, _), value)| (*x, up(*value)));
    shape(&top.iter().copied().chain(below).collect::<Vec<_>>(), colour(number)) + &line
}

fn plain(found: &[Named]) -> Vec<Line> {
    let line = |named: &Named| {
        let top: Vec<_> = named.series.points.iter().copied().filter(|(_, value)| value.is_finite()).collect();
        Line { base: vec![0.0; top.len()], top }
    };
    found.iter().map(line).collect()
}

/// Each series stands on those before it.
fn stacked(found: &[Named]) -> Vec<Line> {
    let mut below: Vec<(f64, f64)> = Vec::new();
    let line = |line: Line| {
        let sum = |time: f64| below.iter().filter(|(known, _)| (known - time).abs() < 0.001).map(|(_, value)| value).sum::<f64>();
        let base: Vec<f64> = line.top.iter().map(|(time, _)| sum(*time)).collect();
        below.extend(&line.top);
        Line { top: line.top.iter().zip(&base).map(|((time, value), base)| (*time, value + base)).collect(), base }
    };
    plain(found).into_iter().map(line).collect()
}

/// The parts of a curve that have no gap in them.
fn pieces(line: &Line, step: f64) -> impl Iterator<Item = (&[(f64, f64)], &[f64])> {
    let mut start = 0;
    line.top.chunk_by(move |(before, _), (after, _)| after - before < step * 1.5).map(move |points| {
        let base = &line.base[start..start + points.len()];
        start += points.len();
        (points, base)
    })
}

/// Where a time is, from left to right.
pub(super) fn across(time: f64, span: Span, plot: Area) -> f64 {
    plot.x + (time - span.from) / (span.to - span.from) * plot.width
}

/// The minutes and seconds below.
pub(super) fn times(plot: Area, span: Span) -> String {
    let mark = |quarter: u32| {
        let time = (span.to - span.from) * f64::from(quarter) / 4.0;
        let x = plot.x + plot.width * f64::from(quarter) / 4.0;
        let words = format!("{:.0}:{:02.0}", (time / 60.0).floor(), (time % 60.0).floor());
        text_to(x + if quarter == 0 { 20.0 } else { 0.0 }, plot.bottom() + 12.0, SMALL.0 - 1.0, &words)
    };
    (0..=4).map(mark).collect()
}

/// The legend at the foot of an area, as far as three lines hold it, and how many lines it takes.
fn legend(found: &[Named], area: Area) -> (String, f64) {
    let mut lines: Vec<Vec<(f64, usize)>> = vec![Vec::new()];
    let mut x = 0.0;
    for (number, named) in found.iter().enumerate() {
        let width = 16.0 + count(named.name.chars().count()) * SMALL.1 + 8.0;
        if x + width > area.width && x > 0.0 {
            lines.push(Vec::new());
            x = 0.0;
        }
        if let Some(line) = lines.last_mut() {
            line.push((x, number));
        }
        x += width;
    }
    lines.truncate(LINES);
    let first = area.bottom() - LINE * (count(lines.len()) - 1.0);
    let entry = |y: f64, x: f64, number: usize| {
        let mark = Area { x: area.x + x, y: y - 4.0, width: 12.0, height: 3.0 };
        bar(mark, colour(number)) + &text(area.x + x + 16.0, y, SMALL.0, "dim", &found[number].name)
    };
    let drawn = lines.iter().enumerate().flat_map(|(row, line)| {
        let y = first + LINE * count(row);
        line.iter().map(move |(x, number)| entry(y, *x, *number))
    });
    (drawn.collect(), count(lines.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prometheus::Series;

    fn named(points: &[(f64, f64)]) -> Named {
        Named { name: "a".to_owned(), series: Series { labels: [].into(), points: points.to_vec() } }
    }

    #[test]
    fn a_stack_adds_up_and_a_value_that_is_missing_counts_nothing() {
        let lines = stacked(&[named(&[(0.0, 1.0), (1.0, 2.0)]), named(&[(1.0, 3.0)]), named(&[(0.0, 5.0), (1.0, 5.0)])]);
        assert_eq!(lines[1].top, [(1.0, 5.0)]);
        assert_eq!(lines[2].top, [(0.0, 6.0), (1.0, 10.0)]);
        assert_eq!(lines[2].base, [1.0, 5.0]);
    }

    #[test]
    fn a_gap_parts_a_curve() {
        let lines = plain(&[named(&[(0.0, 1.0), (1.0, 1.0), (5.0, 1.0), (6.0, f64::NAN), (7.0, 2.0)])]);
        let parts: Vec<usize> = pieces(&lines[0], 1.0).map(|(points, _)| points.len()).collect();
        assert_eq!(parts, [2, 1, 1]);
    }
}
