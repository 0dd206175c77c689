//! A dashboard as a picture (SVG), drawn from what a real Prometheus answers to each panel: Grafana cannot be had here.

mod chart;
mod panels;
mod svg;
mod units;

use self::svg::{Area, text};
use crate::dashboard::{Dashboard, Panel, filled};
use crate::error::Result;
use crate::prometheus::{Prometheus, Series};

/// Pixels of a column and of a line of the grid.
const CELL: (f64, f64) = (60.0, 30.0);
/// Space between panels.
const GAP: f64 = 4.0;
/// Height of the heading.
const HEAD: f64 = 40.0;
/// Points of a curve.
pub(crate) const CURVE: f64 = 60.0;
/// Points of a bar, which shows what lasts a moment only.
pub(crate) const BAR: f64 = 240.0;

/// From when to when, in seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The left edge.
    pub from: f64,
    /// The right edge.
    pub to: f64,
}

impl Span {
    /// Seconds between two of so many points, one at least.
    pub(crate) fn step(self, points: f64) -> f64 {
        ((self.to - self.from) / points).ceil().max(1.0)
    }
}

/// A series with the name that the panel gives it.
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) series: Series,
}

/// Asks for all panels and draws them. `variables` are those of the dashboard, and `__rate_interval`.
///
/// # Errors
/// When Prometheus refuses an expression.
pub async fn draw(dashboard: &Dashboard, prometheus: &Prometheus, variables: &[(&str, &str)], span: Span) -> Result<String> {
    let mut parts = vec![text(GAP * 3.0, HEAD * 0.65, 18.0, "title", &filled(&dashboard.title, variables))];
    for panel in &dashboard.panels {
        let mut found = Vec::new();
        for target in &panel.targets {
            let expression = filled(&target.expr, variables);
            let answer = match panel.kind.as_str() {
                "stat" | "table" => prometheus.query(&expression).await?,
                "state-timeline" => prometheus.range(&expression, span.from, span.to, span.step(BAR)).await?,
                _ => prometheus.range(&expression, span.from, span.to, span.step(CURVE)).await?,
            };
            found.extend(answer.into_iter().map(|series| Named { name: name(&target.legend_format, &series), series }));
        }
        let title = filled(&panel.title, variables);
        parts.push(panels::draw(panel, &title, &found, place(panel), span));
    }
    let lines = dashboard.panels.iter().map(|panel| panel.grid_pos.y + panel.grid_pos.h).max().unwrap_or_default();
    Ok(svg::page(24.0 * CELL.0 + GAP, HEAD + f64::from(lines) * CELL.1 + GAP, &parts.concat()))
}

fn place(panel: &Panel) -> Area {
    let grid = panel.grid_pos;
    Area {
        x: GAP + f64::from(grid.x) * CELL.0,
        y: HEAD + f64::from(grid.y) * CELL.1,
        width: f64::from(grid.w) * CELL.0 - GAP,
        height: f64::from(grid.h) * CELL.1 - GAP,
    }
}

/// The legend of a series; all its labels where the panel gives none.
fn name(format: &str, series: &Series) -> String {
    if format.is_empty() {
        return series.labels.values().cloned().collect::<Vec<_>>().join(" ");
    }
    let mut parts = format.split("{{");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let (label, rest) = part.split_once("}}").unwrap_or((part, ""));
        text + series.label(label.trim()) + rest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_legend_has_labels_in_it() {
        let labels = [("lane".to_owned(), "edit".to_owned())].into();
        let series = Series { labels, points: Vec::new() };
        assert_eq!(name("p95 {{lane}}, {{none}}", &series), "p95 edit, ");
        assert_eq!((name("plain", &series), name("", &series)), ("plain".to_owned(), "edit".to_owned()));
    }
}
