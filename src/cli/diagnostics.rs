//! How diagnostics and failures look.
//!
//! Takes them as data; gives styled text. Invariant: names, paths and messages come from the code under analysis and are escaped;
//! only line ends survive, and they are indented.

use super::exit::{Exit, Failure};
use crate::model::diagnostic::{Diagnostic, Severity};
use crate::report::escape::plain;
use anstyle::{AnsiColor, Style};
use std::fmt::Write;
use std::path::Path;

/// Diagnostics of one severity that are shown unless all are asked for.
const SHOWN: usize = 20;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// Diagnostics from `least` upwards, the worst first. Without `all`, the first few of each severity.
pub(super) fn list(diagnostics: &[Diagnostic], least: Severity, all: bool, root: &Path) -> String {
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let of: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.severity == severity && severity >= least).collect();
        let shown = if all { of.len() } else { SHOWN.min(of.len()) };
        for diagnostic in &of[..shown] {
            one(diagnostic, root, &mut out);
        }
        if shown < of.len() {
            let style = style(severity);
            let _ =
                writeln!(out, "{style}{}{style:#}: and {} more; -v shows all, and so does report.md", severity.name(), of.len() - shown);
        }
    }
    out
}

fn one(diagnostic: &Diagnostic, root: &Path, out: &mut String) {
    let style = style(diagnostic.severity);
    let head = format!("{style}{}[{}]{style:#}", diagnostic.severity.name(), plain(&diagnostic.code));
    let _ = writeln!(out, "{head}: {BOLD}{}{BOLD:#}", lines(&diagnostic.message));
    if let Some(site) = &diagnostic.site {
        let _ = writeln!(out, "  {DIM}-->{DIM:#} {}:{}", plain(&from_here(root, &site.file)), site.line);
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  {DIM}help:{DIM:#} {}", lines(help));
    }
}

/// Why a run ended.
pub(super) fn failure(failure: &Failure) -> String {
    let mut out = String::new();
    let style = style(Severity::Error);
    let word = if failure.exit == Exit::Incomplete { "incomplete" } else { "error" };
    let _ = writeln!(out, "{style}{word}{style:#}: {BOLD}{}{BOLD:#}", lines(&failure.message));
    if let Some(excerpt) = &failure.excerpt {
        let number = excerpt.line.to_string();
        let before: String = excerpt.text.chars().take(excerpt.column as usize - 1).collect();
        let _ = writeln!(out, "  {DIM}{number} |{DIM:#} {}", plain(&excerpt.text.replace('\t', " ")));
        let pad = plain(&before.replace('\t', " ")).chars().count();
        let _ = writeln!(out, "  {:width$} {DIM}|{DIM:#} {:pad$}{style}^{style:#}", "", "", width = number.len());
    }
    if let Some(help) = &failure.help {
        let _ = writeln!(out, "  {DIM}help:{DIM:#} {}", lines(help));
    }
    out
}

/// A file of the analysed workspace, from where the user stands.
pub(super) fn from_here(root: &Path, file: &str) -> String {
    let path = root.join(file);
    path.strip_prefix(".").unwrap_or(&path).display().to_string()
}

fn lines(text: &str) -> String {
    text.trim_end().lines().map(plain).collect::<Vec<_>>().join("\n      ")
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Note => AnsiColor::Cyan.on_default().bold(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Excerpt;
    use crate::model::place::Site;

    fn bare(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn a_diagnostic_says_what_where_and_what_to_do() {
        let d = Diagnostic::error("parse-error", "does not parse: \u{1b}[31mred").at(Site::new("src/a.rs", 7)).help("mend it");
        let text = bare(&list(&[d], Severity::Warning, false, Path::new("shop")));
        assert_eq!(text, "error[parse-error]: does not parse: \\u{1b}[31mred\n  --> shop/src/a.rs:7\n  help: mend it\n");
        assert_eq!(from_here(Path::new("."), "src/a.rs"), "src/a.rs");
    }

    #[test]
    fn a_flood_is_counted() {
        let many: Vec<Diagnostic> = (0..30).map(|i| Diagnostic::warning("w", format!("{i}"))).collect();
        assert!(
            bare(&list(&many, Severity::Warning, false, Path::new(".")))
                .ends_with("warning: and 10 more; -v shows all, and so does report.md\n")
        );
        assert_eq!(list(&many, Severity::Warning, true, Path::new(".")).lines().count(), 30);
        assert_eq!(list(&many, Severity::Error, true, Path::new(".")), "");
    }

    #[test]
    fn a_failure_points_at_the_place() {
        let excerpt = Some(Excerpt { line: 12, column: 3, text: "a\tb = 1".into() });
        let text = bare(&failure(&Failure { excerpt, ..Failure::usage("seamline.toml:12:3: no") }));
        assert_eq!(text, "error: seamline.toml:12:3: no\n  12 | a b = 1\n     |   ^\n");
    }
}
