//! One reading of a `/metrics` page (Prometheus text format 0.0.4).

use std::collections::BTreeMap;

/// All samples of one page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scrape {
    samples: Vec<Sample>,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The name, for histograms with its ending.
    pub name: String,
    /// The labels.
    pub labels: BTreeMap<String, String>,
    /// The value.
    pub value: f64,
}

impl Scrape {
    /// Reads a page; lines that are no samples are left out.
    #[must_use]
    pub fn parse(page: &str) -> Self {
        Self { samples: page.lines().filter(|line| !line.starts_with('#')).filter_map(sample).collect() }
    }

    /// The value of the series with this name and (at least) these labels; `None` if there is none. Several are added up, so that
    /// `value("cooper_reconcile_total", &[])` is the sum over all results.
    #[must_use]
    pub fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let fits = |sample: &&Sample| {
            sample.name == name && labels.iter().all(|(label, value)| sample.labels.get(*label).is_some_and(|held| held == value))
        };
        self.samples.iter().filter(fits).map(|sample| sample.value).reduce(|sum, value| sum + value)
    }

    /// All samples.
    #[must_use]
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }
}

fn sample(line: &str) -> Option<Sample> {
    let name_end = line.find(['{', ' '])?;
    let (name, mut rest) = line.split_at(name_end);
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = read_labels(inside, &mut labels)?;
    }
    let value = rest.split_whitespace().next()?.parse().ok()?;
    Some(Sample { name: name.to_owned(), labels, value })
}

/// Reads `a="b",c="d"}` and returns what follows it.
fn read_labels<'a>(mut rest: &'a str, labels: &mut BTreeMap<String, String>) -> Option<&'a str> {
    loop {
        rest = rest.trim_start_matches(',');
        if let Some(after) = rest.strip_prefix('}') {
            return Some(after);
        }
        let (label, quoted) = rest.split_once("=\"")?;
        let (value, after) = unquote(quoted)?;
        labels.insert(label.to_owned(), value);
        rest = after;
    }
}

fn unquote(quoted: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &quoted[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => value.push('\n'),
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name_and_labels() {
        let page =
            "# HELP drift Found.\n# TYPE drift counter\ndrift{config=\"tagging\",result=\"a,}b\"} 2\ndrift{config=\"cors\"} 3\nup 1\n";
        let scrape = Scrape::parse(page);
        assert_eq!(scrape.value("drift", &[("config", "tagging")]), Some(2.0));
        assert_eq!(scrape.value("drift", &[("result", "a,}b")]), Some(2.0));
        assert_eq!(scrape.value("drift", &[]), Some(5.0));
        assert_eq!(scrape.value("up", &[]), Some(1.0));
        assert_eq!(scrape.value("down", &[]), None);
        assert_eq!(scrape.value("up", &[("a", "b")]), None);
        assert_eq!(scrape.samples().len(), 3);
    }

    #[test]
    fn quotes_are_undone() {
        let scrape = Scrape::parse(r#"x{a="say \"hi\"\\",b="two\nlines"} 1e3 1700000000"#);
        assert_eq!(scrape.value("x", &[("a", r#"say "hi"\"#), ("b", "two\nlines")]), Some(1000.0));
    }
}
