//! One panel: its frame and heading, and what its kind shows.

use super::chart;
use super::svg::{Area, bar, colour, coloured, frame, text, text_to};
use super::units::{count, shown};
use super::{BAR, Named, Span};
use crate::dashboard::Panel;

/// Height of the heading.
const HEAD: f64 = 22.0;
/// Space to the frame.
const EDGE: f64 = 8.0;
/// Height of a line of a table or of a legend.
pub(super) const LINE: f64 = 16.0;
/// Size of small letters, and the width that one takes on average.
pub(super) const SMALL: (f64, f64) = (10.0, 6.2);

/// Draws it.
pub(super) fn draw(panel: &Panel, title: &str, found: &[Named], area: Area, span: Span) -> String {
    if panel.kind == "row" {
        return text(area.x + EDGE, area.y + 18.0, 13.0, "title", title);
    }
    let head = frame(area) + &text(area.x + EDGE, area.y + 15.0, 11.0, "title", title);
    let inside = Area { x: area.x + EDGE, y: area.y + HEAD, width: area.width - 2.0 * EDGE, height: area.height - HEAD - EDGE };
    let content = match panel.kind.as_str() {
        _ if found.is_empty() => text(inside.x + inside.width / 2.0 - 24.0, inside.y + inside.height / 2.0, 12.0, "dim", "No data"),
        "stat" => stat(panel, found, inside),
        "table" => table(panel, found, inside),
        "state-timeline" => timeline(panel, found, inside, span),
        _ => chart::draw(panel, found, inside, span),
    };
    head + &content
}

fn word(panel: &Panel, value: f64) -> String {
    panel.mapped(value).map_or_else(|| shown(value, panel.unit()), |mapped| mapped.text.clone())
}

fn stat(panel: &Panel, found: &[Named], area: Area) -> String {
    let width = area.width / count(found.len());
    let one = |(number, named): (usize, &Named)| {
        let x = area.x + width * count(number);
        let value = named.series.last().map_or_else(String::new, |value| word(panel, value));
        let size = if width < 70.0 { 20.0 } else { 26.0 };
        coloured(x, area.y + 38.0, size, colour(number), &value) + &text(x, area.y + 58.0, SMALL.0, "dim", &named.name)
    };
    found.iter().enumerate().map(one).collect()
}

fn table(panel: &Panel, found: &[Named], area: Area) -> String {
    let labels: Vec<&str> = ["namespace", "name", "config"].into_iter().filter(|label| !found[0].series.label(label).is_empty()).collect();
    let width = area.width / (count(labels.len()) + 1.0);
    let mut lines: Vec<String> = labels
        .iter()
        .enumerate()
        .map(|(column, label)| text(area.x + width * count(column), area.y + 12.0, SMALL.0, "title", label))
        .collect();
    lines.push(text(area.x + width * count(labels.len()), area.y + 12.0, SMALL.0, "title", "open for"));
    let row = |(number, named): (usize, &Named)| {
        let y = area.y + 12.0 + LINE * (count(number) + 1.0);
        let cells = labels.iter().map(|label| named.series.label(label).to_owned());
        let cells = cells.chain(named.series.last().map(|value| word(panel, value)));
        cells.enumerate().map(|(column, cell)| text(area.x + width * count(column), y, SMALL.0, "", &cell)).collect::<String>()
    };
    let fit = found.iter().enumerate().take_while(|(number, _)| LINE * (count(*number) + 2.0) <= area.height);
    lines.extend(fit.map(row));
    lines.concat()
}

/// A bar for each series, as long as it has a value.
fn timeline(panel: &Panel, found: &[Named], area: Area, span: Span) -> String {
    let names = found.iter().map(|named| count(named.name.chars().count()) * SMALL.1).fold(0.0, f64::max).min(area.width / 2.0) + EDGE;
    let plot = Area { x: area.x + names, y: area.y, width: area.width - names, height: area.height - LINE };
    let height = (plot.height / count(found.len())).min(30.0);
    let row = |(number, named): (usize, &Named)| {
        let y = plot.y + height * count(number);
        let label = text_to(plot.x - EDGE, y + height / 2.0 + 3.0, SMALL.0, &named.name);
        let pieces = named.series.points.iter().map(|(time, value)| {
            let x = chart::across(*time, span, plot);
            let width = (chart::across(*time + span.step(BAR), span, plot) - x + 1.0).min(plot.right() - x).max(0.0);
            let tint = panel.mapped(*value).map_or_else(|| colour(number), |mapped| tint(&mapped.color));
            bar(Area { x, y: y + 2.0, width, height: height - 4.0 }, tint)
        });
        label + &pieces.collect::<String>()
    };
    found.iter().enumerate().map(row).collect::<String>() + &chart::times(plot, span)
}

/// Grafana's names of colours.
fn tint(name: &str) -> &'static str {
    match name {
        "red" => "#e02f44",
        "orange" => "#f2a03d",
        "green" => "#56a64b",
        _ => "#7c8894",
    }
}
