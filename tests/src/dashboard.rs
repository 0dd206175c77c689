//! A Grafana dashboard of `deploy/monitoring/dashboards/`, as far as tests and pictures need it.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

/// A dashboard.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dashboard {
    /// Its identity in Grafana.
    pub uid: String,
    /// Its heading.
    pub title: String,
    /// The version of the format.
    pub schema_version: u32,
    /// Its panels, headings of rows among them.
    pub panels: Vec<Panel>,
    /// Its variables.
    pub templating: Templating,
}

/// The variables of a dashboard.
#[derive(Debug, Clone, Deserialize)]
pub struct Templating {
    /// All of them.
    pub list: Vec<Variable>,
}

/// A variable.
#[derive(Debug, Clone, Deserialize)]
pub struct Variable {
    /// `$NAME` stands for its value.
    pub name: String,
    /// `datasource` or `query`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is asked for its values.
    #[serde(default)]
    pub definition: String,
}

/// A panel.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Panel {
    /// Its identity in the dashboard.
    pub id: u32,
    /// Its heading.
    pub title: String,
    /// `row` (a heading), `stat`, `timeseries`, `table` or `state-timeline`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Where it is.
    pub grid_pos: Grid,
    /// What it asks for.
    #[serde(default)]
    pub targets: Vec<Target>,
    #[serde(default)]
    field_config: FieldConfig,
}

/// A place in the grid of 24 columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Grid {
    /// Its first column.
    pub x: u32,
    /// Its first line.
    pub y: u32,
    /// Columns.
    pub w: u32,
    /// Lines.
    pub h: u32,
}

impl Grid {
    /// Whether two places have a cell in common.
    #[must_use]
    pub const fn overlaps(self, other: Self) -> bool {
        self.x < other.x + other.w && other.x < self.x + self.w && self.y < other.y + other.h && other.y < self.y + self.h
    }
}

/// A question of a panel.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    /// PromQL with variables.
    pub expr: String,
    /// The name of each series, with `{{LABEL}}`.
    #[serde(default)]
    pub legend_format: String,
    /// Who is asked.
    pub datasource: Datasource,
}

/// Who is asked.
#[derive(Debug, Clone, Deserialize)]
pub struct Datasource {
    /// `prometheus`.
    #[serde(rename = "type")]
    pub kind: String,
    /// A variable, so that the dashboard works in every Grafana.
    pub uid: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct FieldConfig {
    defaults: Defaults,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Defaults {
    #[serde(default)]
    unit: String,
    #[serde(default)]
    custom: Custom,
    #[serde(default)]
    mappings: Vec<Mapping>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Custom {
    #[serde(default)]
    stacking: Stacking,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Stacking {
    #[serde(default)]
    mode: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Mapping {
    options: std::collections::BTreeMap<String, Mapped>,
}

/// What a value is shown as.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Mapped {
    /// The word.
    pub text: String,
    /// Its colour.
    pub color: String,
}

impl Dashboard {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or is no dashboard.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(Error::file("read", path))?;
        serde_json::from_str(&text)
            .map_err(|fault| Error::Unexpected { what: format!("the dashboard {}", path.display()), reason: fault.to_string() })
    }
}

impl Panel {
    /// The unit of its values, as Grafana names it (`s`, `bytes`, `reqps`).
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.field_config.defaults.unit
    }

    /// Whether its series are put on top of each other.
    #[must_use]
    pub fn is_stacked(&self) -> bool {
        self.field_config.defaults.custom.stacking.mode == "normal"
    }

    /// What a value is shown as, where it has a word of its own.
    #[must_use]
    pub fn mapped(&self, value: f64) -> Option<&Mapped> {
        let value = value.to_string();
        self.field_config.defaults.mappings.iter().find_map(|mapping| mapping.options.get(&value))
    }
}

/// PromQL with the values of variables (`("namespace", "team-a")`) in it.
#[must_use]
pub fn filled(expression: &str, variables: &[(&str, &str)]) -> String {
    variables.iter().fold(expression.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_overlap_only_where_they_share_a_cell() {
        let place = |x, y, w, h| Grid { x, y, w, h };
        assert!(place(0, 0, 8, 7).overlaps(place(7, 6, 8, 7)));
        assert!(!place(0, 0, 8, 7).overlaps(place(8, 0, 8, 7)) && !place(0, 0, 8, 7).overlaps(place(0, 7, 8, 7)));
    }

    #[test]
    fn variables_are_filled_in() {
        let variables = [("__rate_interval", "1m"), ("namespace", "a")];
        assert_eq!(filled(r#"rate(x{namespace="$namespace"}[$__rate_interval])"#, &variables), r#"rate(x{namespace="a"}[1m])"#);
    }
}
