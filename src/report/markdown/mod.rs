//! `report.md`: the document that is sent around before a decision. What to do comes first, evidence after it, blind spots last.
//! And [`gate`]: the gate's outcome for a pull request.
//!
//! Takes an [`Analysis`]; gives Markdown as GitHub reads it. Invariants: every name is escaped; long lists are capped and say by how
//! much, since `analysis.json` has all of it; figures come from [`view`], so that they agree with every other format.

mod choice;
mod cost;
mod coverage;
mod crossings;
mod data;
mod evidence;
mod gate;
mod index;
mod metrics;
mod order;
mod page;
mod services;
mod tangles;
mod unnamed;

pub use gate::gate;

use super::escape::{code, markdown, prose};
use super::{Format, RenderError, mermaid, view};
use crate::model::analysis::Analysis;
use crate::model::place::Site;
use crate::model::plan::{Reason, Style, Verdict};
use page::Page;

/// The review document.
#[derive(Clone, Copy, Debug)]
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn file(&self) -> &'static str {
        "report.md"
    }

    fn media(&self) -> &'static str {
        "text/markdown; charset=utf-8"
    }

    fn description(&self) -> &'static str {
        "a document for reviewers: verdict, services with reasons, crossings with places, tangles, quality, blind spots"
    }

    fn render(&self, analysis: &Analysis) -> Result<Vec<u8>, RenderError> {
        let mut page = Page::default();
        summary(analysis, &mut page);
        picture(analysis, &mut page);
        pains(analysis, &mut page);
        services::write(analysis, &mut page);
        choice::write(analysis, &mut page);
        crossings::write(analysis, &mut page);
        data::write(analysis, &mut page);
        order::write(analysis, &mut page);
        cost::write(analysis, &mut page);
        tangles::write(analysis, &mut page);
        unnamed::write(analysis, &mut page);
        evidence::write(analysis, &mut page);
        services::write_shared(analysis, &mut page);
        metrics::write(analysis, &mut page);
        index::write(analysis, &mut page);
        coverage::write(analysis, &mut page);
        Ok(page.finish().into_bytes())
    }
}

fn summary(analysis: &Analysis, page: &mut Page) {
    page.heading(1, &format!("Seams of {}", markdown(&analysis.name)));
    page.paragraph(&format!("**Advice: {}.**", view::headline(analysis)));
    page.list(analysis.plan.verdict.because.iter().map(reason));
    page.heading(2, "What to do");
    page.list(steps(analysis));
    page.heading(2, "Key figures");
    let lines: u32 = analysis.modules.iter().map(|m| m.lines).sum();
    let tangled: usize = analysis.cycles.iter().map(|c| c.modules.len()).sum();
    let by_style = Style::ALL.map(|style| {
        let of_style = analysis.plan.crossings.iter().filter(|c| c.style == style).count();
        format!("{} {}", view::count(of_style), code(style.name()))
    });
    let size = format!("{} in {}", view::counted(lines, "line", "lines"), view::counted(analysis.crates.len(), "crate", "crates"));
    let cyclicity = format!("{} of all modules are in a cycle; 0 % is the aim", view::share(analysis.system.cyclicity));
    let row = |name: &str, value: String, how: &str| [name.to_owned(), value, how.to_owned()];
    page.table(
        ["Figure", "#Value", "How to read it"],
        [
            row("Size", view::modules(analysis.modules.len()), &size),
            row("Crossings", view::count(analysis.plan.crossings.len()), &by_style.join(", ")),
            row("Tangled modules", view::count(tangled), &cyclicity),
            row(
                "Propagation cost",
                view::share(analysis.system.propagation_cost),
                "of module pairs, one reaches the other through some path; lower is better",
            ),
            row(
                "Resolution",
                view::share(analysis.coverage.resolution_rate()),
                "of references are known; *Coverage and blind spots* lists the rest",
            ),
        ],
    );
}

/// At most five things to do, in the order in which they should be done.
fn steps(analysis: &Analysis) -> Vec<String> {
    let plan = &analysis.plan;
    let named = |verdict: Verdict| {
        let ids: Vec<String> = plan.services.iter().filter(|s| s.verdict == verdict).map(|s| code(&s.id)).collect();
        (ids.len(), ids.join(", "))
    };
    let mut steps = Vec::new();
    if let Some((cycle, cut)) = analysis.cycles.first().and_then(|c| Some((c, c.cuts.first()?))) {
        let id = |m: crate::model::ids::ModuleId| code(&analysis.modules[m.index()].id);
        let (all, at) = (view::counted(analysis.cycles.len(), "tangle", "tangles"), view::sites_of(analysis, *cut));
        let of = view::modules(cycle.modules.len());
        steps.push(format!(
            "Cut the {all} first; in the largest ({of}), begin with {} → {} at {}.",
            id(cut.from),
            id(cut.to),
            places(&at, 1)
        ));
    }
    if let Some(shared) = (!plan.shared.is_empty()).then(|| view::modules(plan.shared.len())) {
        steps.push(format!("Move {shared} that several candidates use into a shared library: never into a service."));
    }
    if let (1.., crates) = named(Verdict::Crate) {
        steps.push(format!("Give a crate of its own, in the same process, to {crates}."));
    }
    if let (1.., services) = named(Verdict::Service) {
        steps.push(format!("Make a service of {services}, along the crossings below."));
    }
    if let (1.., kept) = named(Verdict::Keep) {
        steps.push(format!("Leave in the monolith: {kept}."));
    }
    steps
}

fn pains(analysis: &Analysis, page: &mut Page) {
    if analysis.plan.pains.is_empty() {
        return;
    }
    page.heading(2, "What hurts today");
    page.table(
        ["Pain", "#Value", "What is measured", "In words"],
        analysis.plan.pains.iter().map(|p| {
            let words: Vec<String> = p.because.iter().map(reason).collect();
            [prose(&p.name), p.value.map_or_else(|| "—".to_owned(), view::share), prose(&p.measure), words.join("; ")]
        }),
    );
}

fn picture(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "The picture");
    match mermaid::services(analysis) {
        Some(chart) => {
            page.block("mermaid", &chart);
            page.paragraph(
                "Green: make it a service. Yellow: give it a crate. Grey: keep it. An arrow points from the side that refers to the side that is referred to; \
                 thick: keep together; plain: synchronous API; dotted: broker; with a round head: library. Shared and glue modules are left out.",
            );
        }
        None if analysis.plan.services.is_empty() => page.paragraph("There are no candidates to draw."),
        None => page.paragraph("The system is too large for a chart that could be read here: see `services.dot`, and the tables below."),
    }
}

/// A reason with its places.
fn reason(reason: &Reason) -> String {
    let text = prose(&reason.text);
    if reason.sites.is_empty() { text } else { format!("{text} ({})", places(&reason.sites, 5)) }
}

/// Places as code.
fn places(sites: &[Site], most: usize) -> String {
    if sites.is_empty() { "no place".to_owned() } else { code(&view::places(sites, most)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    fn text(analysis: &Analysis) -> String {
        String::from_utf8(Markdown.render(analysis).expect("renders")).expect("UTF-8")
    }

    #[test]
    fn the_report_on_the_shop() {
        insta::assert_snapshot!(text(&sample::shop()));
    }

    #[test]
    fn an_index_has_a_section_of_its_own() {
        let section = |analysis: &Analysis| {
            let text = text(analysis);
            let from = text.find("## The index").expect("a section");
            text[from..text.find("## Coverage").expect("the next section")].to_owned()
        };
        let mut analysis = sample::indexed();
        insta::assert_snapshot!(section(&analysis));
        let lines = section(&analysis).lines().count();
        for d in &mut analysis.scip.as_mut().expect("it has one").disagreements {
            [&mut d.file, &mut d.ours, &mut d.index].into_iter().for_each(|s| s.push_str("`<b>\u{1b}[31m\r\n- x"));
        }
        let hostile = section(&analysis);
        assert!(hostile.lines().count() == lines && !hostile.contains('\u{1b}') && !hostile.contains('\r'), "{hostile}");
    }

    #[test]
    fn hostile_names_add_no_line_and_no_markup() {
        let (clean, hostile) = (text(&sample::shop()), text(&sample::hostile()));
        assert_eq!(hostile.lines().count(), clean.lines().count());
        let tables = |text: &str| text.lines().filter(|l| l.starts_with("| ")).count();
        assert_eq!(tables(&hostile), tables(&clean));
        // Outside of code spans no tag is open. A code span is what stands between equal runs of backticks.
        for line in hostile.lines().filter(|l| !l.starts_with("  s")) {
            let mut outside = String::new();
            let mut rest = line;
            while let Some(start) = rest.find('`') {
                outside.push_str(&rest[..start]);
                if rest[..start].ends_with('\\') {
                    rest = &rest[start + 1..];
                    continue;
                }
                let fence: String = rest[start..].chars().take_while(|&c| c == '`').collect();
                let inner = &rest[start + fence.len()..];
                let Some(end) = inner.find(&format!("{fence} ")).or_else(|| inner.rfind(&fence)) else { break };
                rest = &inner[end + fence.len()..];
            }
            outside.push_str(rest);
            assert!(!outside.contains("<b>"), "{line}");
        }
    }
}
