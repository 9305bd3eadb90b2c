//! The summary on the terminal: verdict first, one screen of 80 columns, nothing that needs scrolling for a system of usual size.
//!
//! Takes an [`Analysis`]; gives styled text, which the caller writes through `anstream`, so that colour vanishes in pipes and under
//! `NO_COLOR`. The [`Text`] format is the same without colour. Invariant: no line is wider than 80 columns.

use super::escape::plain;
use super::{Format, RenderError, view};
use crate::model::analysis::Analysis;
use crate::model::cost::Layout;
use crate::model::partition::Role;
use crate::model::plan::{Reason, Style, SystemAdvice, Verdict};
use anstyle::{AnsiColor, Style as Ansi};
use std::fmt::{Display, Write};

/// Columns of a terminal that nobody has widened.
const WIDTH: usize = 80;
/// Rows of each part; the rest is counted.
const SERVICES: usize = 9;
const SEAMS: usize = 4;
const REASONS: usize = 3;
const NAME: usize = 24;

/// The terminal summary, without colour.
#[derive(Clone, Copy, Debug)]
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn file(&self) -> &'static str {
        "summary.txt"
    }

    fn media(&self) -> &'static str {
        "text/plain; charset=utf-8"
    }

    fn description(&self) -> &'static str {
        "the summary of one screen: verdict, services, worst seams, tangles, coverage"
    }

    fn render(&self, analysis: &Analysis) -> Result<Vec<u8>, RenderError> {
        Ok(anstream::adapter::strip_str(&summary(analysis)).to_string().into_bytes())
    }
}

/// The summary with styles embedded.
pub fn summary(analysis: &Analysis) -> String {
    let mut out = String::new();
    verdict(analysis, &mut out);
    services(analysis, &mut out);
    seams(analysis, &mut out);
    rest(analysis, &mut out);
    out
}

/// Where the files are. `folder` is shown as the caller gives it; `unwritten` says what could not be made and why, one line each.
pub fn files(folder: &str, names: &[&str], unwritten: &[String]) -> String {
    let mut out = String::new();
    line(&mut out, format_args!("{} {}", styled(BOLD, "Files"), wrap(&format!("{} in {}", names.join(", "), plain(folder)), 6)));
    for reason in unwritten {
        line(&mut out, format_args!("      {}", styled(DIM, wrap(&plain(reason), 6))));
    }
    out
}

fn verdict(analysis: &Analysis, out: &mut String) {
    let colour = match analysis.plan.verdict.verdict {
        SystemAdvice::Split => GOOD,
        SystemAdvice::Modularise => WARN,
        SystemAdvice::DoNotSplit => BOLD,
    };
    let name = clip(&plain(&analysis.name), NAME);
    let headline = wrap(&view::headline(analysis), name.chars().count() + 2);
    line(out, format_args!("{}: {}", styled(BOLD, name), styled(colour, headline)));
    for Reason { text, .. } in analysis.plan.verdict.because.iter().take(REASONS) {
        line(out, format_args!("  · {}", wrap(&plain(text), 4)));
    }
    out.push('\n');
}

fn services(analysis: &Analysis, out: &mut String) {
    let rows = view::services(analysis);
    if rows.is_empty() {
        line(out, format_args!("{}", styled(BOLD, "No service candidates")));
        return;
    }
    let title = format!("{:<NAME$}", format!("Candidates ({})", view::count(rows.len())));
    let columns = format!("{:>9}{:>9}  {:<8}{:>9}{:>8}{:>8}", "modules", "lines", "verdict", "cohesion", "in", "out");
    line(out, format_args!("{}{}", styled(BOLD, title), styled(DIM, columns)));
    for row in rows.iter().take(SERVICES) {
        let s = row.service;
        let colour = match s.verdict {
            Verdict::Service => GOOD,
            Verdict::Crate => WARN,
            Verdict::Keep => DIM,
        };
        line(
            out,
            format_args!(
                "  {:<22}{:>9}{:>9}  {}{:>9}{:>8}{:>8}",
                clip(&plain(&s.id), 22),
                view::count(s.modules.len()),
                view::count(s.lines),
                styled(colour, format!("{:<8}", s.verdict.name())),
                view::share(s.cohesion),
                view::count(row.references_in),
                view::count(row.references_out),
            ),
        );
    }
    more(out, rows.len(), SERVICES);
}

fn seams(analysis: &Analysis, out: &mut String) {
    let rows = view::worst_crossings(analysis);
    if rows.is_empty() {
        line(out, format_args!("{} none: no candidate refers to another", styled(BOLD, "Seams")));
        return;
    }
    let title = format!("{:<35} ", format!("Seams ({}, the hardest first)", view::count(rows.len())));
    let columns = format!("{:<13}{:>6}  {}", "style", "refs", "first place");
    line(out, format_args!("{}{}", styled(BOLD, title), styled(DIM, columns)));
    for c in rows.iter().take(SEAMS) {
        let ends = format!("{} → {}", clip(&plain(analysis.service_id(c.from)), 15), clip(&plain(analysis.service_id(c.to)), 15));
        let first = view::crossing_sites(c).first().map(|site| plain(&site.to_string())).unwrap_or_default();
        let style = styled(style_colour(c.style), format!("{:<13}", c.style.name()));
        line(out, format_args!("  {ends:<33} {style}{:>6}  {}", view::count(c.references), clip_left(&first, 23)));
    }
    more(out, rows.len(), SEAMS);
}

fn rest(analysis: &Analysis, out: &mut String) {
    let part = |out: &mut String, name: &str, text: String| {
        line(out, format_args!("{} {}", styled(BOLD, format!("{name:<9}")), wrap(&text, 10)));
    };
    if let Some(largest) = analysis.cycles.first() {
        let mut text = format!(
            "{}, the largest of {}",
            view::counted(analysis.cycles.len(), "tangle", "tangles"),
            view::modules(largest.modules.len())
        );
        if let Some(cut) = largest.cuts.first() {
            let id = |m: crate::model::ids::ModuleId| plain(&analysis.modules[m.index()].id);
            let place = plain(&view::places(&view::sites_of(analysis, *cut), 1));
            let _ = write!(text, "; cut first: {} → {} ({})", id(cut.from), id(cut.to), place);
        }
        part(out, "Tangles", text);
    } else {
        part(out, "Tangles", "none: no two modules depend on each other in a circle".into());
    }
    let in_role = |role| (view::in_role(analysis, role).count(), view::in_role(analysis, role).map(|m| m.lines).sum::<u32>());
    let (shared, shared_lines) = in_role(Role::Shared);
    let (glue, glue_lines) = in_role(Role::Glue);
    part(
        out,
        "Outside",
        format!(
            "shared: {}, {}; glue: {}, {}",
            view::modules(shared),
            view::counted(shared_lines, "line", "lines"),
            view::modules(glue),
            view::counted(glue_lines, "line", "lines")
        ),
    );
    part(out, "Coverage", view::coverage(analysis));
    let mesh = if analysis.plan.mesh.advised { "yes" } else { "not yet" };
    let why = analysis.plan.mesh.because.first().map(|r| format!(": {}", plain(&r.text))).unwrap_or_default();
    part(out, "Mesh", format!("{mesh}{why}"));
    let cost = &analysis.plan.cost;
    if let (Some(advised), Some(apart)) = (cost.layout(Layout::Advised), cost.layout(Layout::AllApart)) {
        part(out, "Cost", format!("{:.2} network calls per request as advised, {:.2} all apart", advised.calls, apart.calls));
    }
}

const BOLD: Ansi = Ansi::new().bold();
const DIM: Ansi = Ansi::new().dimmed();
const GOOD: Ansi = AnsiColor::Green.on_default().bold();
const WARN: Ansi = AnsiColor::Yellow.on_default();
const BAD: Ansi = AnsiColor::Red.on_default();

fn style_colour(style: Style) -> Ansi {
    match style {
        Style::KeepTogether => BAD,
        Style::SyncApi => WARN,
        Style::Broker => AnsiColor::Green.on_default(),
        Style::Library => DIM,
    }
}

fn styled(style: Ansi, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

fn more(out: &mut String, all: usize, shown: usize) {
    if all > shown {
        line(out, format_args!("  {}", styled(DIM, format!("and {} more", view::count(all - shown)))));
    }
}

/// The beginning of a text, at most `width` characters.
fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width { text.to_owned() } else { text.chars().take(width - 1).chain(['…']).collect() }
}

/// The end of a text, at most `width` characters: of a path, the end says most.
fn clip_left(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width { text.to_owned() } else { ['…'].into_iter().chain(text.chars().skip(length - width + 1)).collect() }
}

/// Text broken at spaces so that it fits beside a margin of `indent` columns; a word that is too long is clipped.
pub(crate) fn wrap(text: &str, indent: usize) -> String {
    let room = WIDTH.saturating_sub(indent).max(20);
    let mut out = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let word = clip_left(word, room);
        let length = word.chars().count();
        if used > 0 && used + 1 + length > room {
            let _ = write!(out, "\n{:indent$}", "");
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(&word);
        used += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn text(analysis: &Analysis) -> String {
        String::from_utf8(Text.render(analysis).expect("renders")).expect("UTF-8")
    }

    #[test]
    fn the_shop_fits_one_screen() {
        let text = text(&sample::shop());
        insta::assert_snapshot!(text);
        assert!(text.lines().count() <= 24);
    }

    #[test]
    fn no_line_is_wider_than_the_screen() {
        for analysis in [sample::shop(), sample::hostile(), Analysis::default()] {
            for line in text(&analysis).lines() {
                assert!(line.chars().count() <= WIDTH, "{line}");
            }
        }
    }

    #[test]
    fn colour_is_there_until_it_is_stripped() {
        assert!(summary(&sample::shop()).contains("\u{1b}["));
        assert!(!text(&sample::shop()).contains('\u{1b}'));
    }

    #[test]
    fn says_where_the_files_are_and_what_is_missing() {
        let out = files("target/seamline", &["report.md", "services.dot"], &["services.svg: Graphviz is not installed".into()]);
        let out = anstream::adapter::strip_str(&out).to_string();
        assert_eq!(out, "Files report.md, services.dot in target/seamline\n      services.svg: Graphviz is not installed\n");
    }
}
