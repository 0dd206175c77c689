//! The few shapes of SVG that a picture is made of.

const STYLE: &str = "text{font-family:'DejaVu Sans',Verdana,sans-serif;fill:#24292e}.title{font-weight:bold}.dim{fill:#6a737d}\
    .panel{fill:#fff;stroke:#d8dce0}.grid{stroke:#e8eaec}";

/// The colours of series, in turn.
const COLOURS: [&str; 10] = ["#56a64b", "#3274d9", "#e0752d", "#e02f44", "#a352cc", "#c7a600", "#1f9a9a", "#8f3bb8", "#7c8894", "#b877d9"];

/// A rectangle, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Area {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Area {
    /// Its right edge.
    pub(super) fn right(self) -> f64 {
        self.x + self.width
    }

    /// Its lower edge.
    pub(super) fn bottom(self) -> f64 {
        self.y + self.height
    }
}

/// The colour of the series with this number.
pub(super) fn colour(number: usize) -> &'static str {
    COLOURS[number % COLOURS.len()]
}

/// A whole picture.
pub(super) fn page(width: f64, height: f64, content: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\">\n\
         <style>{STYLE}</style>\n<rect width=\"100%\" height=\"100%\" fill=\"#f4f5f5\"/>\n{content}</svg>\n"
    )
}

/// A line of text; `class` is `title`, `dim` or empty.
pub(super) fn text(x: f64, y: f64, size: f64, class: &str, words: &str) -> String {
    let words = escaped(words);
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" class=\"{class}\">{words}</text>\n")
}

/// A line of text that ends at `x`.
pub(super) fn text_to(x: f64, y: f64, size: f64, words: &str) -> String {
    let words = escaped(words);
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" class=\"dim\" text-anchor=\"end\">{words}</text>\n")
}

/// A coloured line of text.
pub(super) fn coloured(x: f64, y: f64, size: f64, colour: &str, words: &str) -> String {
    let words = escaped(words);
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" style=\"fill:{colour}\">{words}</text>\n")
}

/// A filled rectangle.
pub(super) fn bar(area: Area, colour: &str) -> String {
    let Area { x, y, width, height } = area;
    format!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{colour}\"/>\n")
}

/// The frame of a panel.
pub(super) fn frame(area: Area) -> String {
    let Area { x, y, width, height } = area;
    format!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"2\" class=\"panel\"/>\n")
}

/// A level line of a scale.
pub(super) fn level(x: f64, y: f64, width: f64) -> String {
    format!("<path d=\"M{x:.1} {y:.1}h{width:.1}\" class=\"grid\"/>\n")
}

/// A line through points.
pub(super) fn curve(points: &[(f64, f64)], colour: &str) -> String {
    format!("<path d=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>\n", way(points))
}

/// A filled shape with these corners.
pub(super) fn shape(points: &[(f64, f64)], colour: &str) -> String {
    format!("<path d=\"{}Z\" fill=\"{colour}\" fill-opacity=\"0.55\"/>\n", way(points))
}

fn way(points: &[(f64, f64)]) -> String {
    let step = |(number, (x, y)): (usize, &(f64, f64))| format!("{}{x:.0} {y:.1}", if number == 0 { 'M' } else { 'L' });
    points.iter().enumerate().map(step).collect()
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cannot_break_the_picture() {
        let picture = page(10.0, 10.0, &text(0.0, 0.0, 9.0, "", "a<b & c>"));
        assert!(picture.contains("a&lt;b &amp; c&gt;"), "{picture}");
    }

    #[test]
    fn a_way_begins_once() {
        assert_eq!(way(&[(1.0, 2.0), (3.0, 4.25)]), "M1 2.0L3 4.2");
    }
}
