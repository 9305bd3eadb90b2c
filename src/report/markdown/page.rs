//! A Markdown page in the making: headings, paragraphs, lists and tables with the blank lines that they need.
//!
//! Takes finished inline Markdown (see [`escape`](super::super::escape)); gives the page. Invariant: ends in one newline.

use super::super::escape::cell;

/// The page so far.
#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn heading(&mut self, level: usize, text: &str) {
        self.paragraph(&format!("{} {text}", "#".repeat(level)));
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push_str("\n\n");
    }

    /// A list; nothing where it is empty. A line that begins with two spaces belongs to the entry before it.
    pub(super) fn list(&mut self, entries: impl IntoIterator<Item = String>) {
        let before = self.0.len();
        for entry in entries {
            let (indent, entry) = if let Some(inner) = entry.strip_prefix("  ") { ("  ", inner) } else { ("", entry.as_str()) };
            self.0.push_str(&format!("{indent}- {entry}\n"));
        }
        if self.0.len() > before {
            self.0.push('\n');
        }
    }

    /// A table; columns whose name begins with `#` are numbers and stand right.
    pub(super) fn table<const N: usize>(&mut self, columns: [&str; N], rows: impl IntoIterator<Item = [String; N]>) {
        let names = columns.map(|c| c.trim_start_matches('#').to_owned());
        let rules = columns.map(|c| if c.starts_with('#') { "---:".to_owned() } else { "---".to_owned() });
        for row in [names, rules].into_iter().chain(rows) {
            self.0.push_str(&format!("| {} |\n", row.map(|c| cell(&c)).join(" | ")));
        }
        self.0.push('\n');
    }

    /// A table of as many columns as there are.
    pub(super) fn matrix(&mut self, columns: Vec<String>, rows: Vec<Vec<String>>) {
        let rules = columns.iter().map(|_| "---".to_owned()).collect();
        for row in [columns, rules].into_iter().chain(rows) {
            let cells: Vec<String> = row.iter().map(|c| cell(c)).collect();
            self.0.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
        self.0.push('\n');
    }

    pub(super) fn block(&mut self, language: &str, text: &str) {
        self.0.push_str(&format!("```{language}\n{text}```\n\n"));
    }

    pub(super) fn finish(mut self) -> String {
        self.0.truncate(self.0.trim_end().len());
        self.0.push('\n');
        self.0
    }
}

/// How many of a long list are not shown, as its last entry.
pub(super) fn rest(all: usize, shown: usize, what: &str) -> Option<String> {
    (all > shown).then(|| format!("and {} more {what} in `analysis.json`", super::super::view::count(all - shown)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_parted_by_one_blank_line() {
        let mut page = Page::default();
        page.heading(2, "A");
        page.list(["x".to_owned(), "  y".to_owned()]);
        page.list([]);
        page.table(["a", "#b"], [["`x|y`".to_owned(), "1".to_owned()]]);
        assert_eq!(page.finish(), "## A\n\n- x\n  - y\n\n| a | b |\n| --- | ---: |\n| `x\\|y` | 1 |\n");
    }
}
