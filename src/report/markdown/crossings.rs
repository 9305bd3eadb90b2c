//! The crossings: how each two candidates should talk, why, and exactly what crosses where; then the mesh.

use super::page::{Page, rest};
use super::{places, reason};
use crate::model::analysis::Analysis;
use crate::model::plan::{CrossedItem, Crossing, EdgePolicy, Means, Style};
use crate::report::escape::{code, markdown, prose};
use crate::report::view;

/// Items of one crossing that are shown.
const ITEMS: usize = 8;
/// Places of one item that are shown.
const PLACES: usize = 6;
/// Crossings with details; all of them are in the table.
const DETAILS: usize = 40;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "Crossings");
    let rows = view::worst_crossings(analysis);
    if rows.is_empty() {
        page.paragraph("No candidate refers to another.");
    } else {
        page.paragraph(
            "The hardest first. A crossing has the style that most of its calls ask for, and is kept together where a third of them cannot be parted; \
             exceptions are named.",
        );
        page.list(Style::ALL.iter().map(|&style| format!("{}: {}", code(style.name()), view::style(style))));
        page.table(
            ["From", "To", "Style", "#References", "#Items"],
            rows.iter().map(|c| {
                let (from, to) = (code(analysis.service_id(c.from)), code(analysis.service_id(c.to)));
                [from, to, code(c.style.name()), view::count(c.references), view::count(c.items.len())]
            }),
        );
        for c in rows.iter().take(DETAILS) {
            crossing(analysis, c, page);
        }
        page.list(rest(rows.len(), DETAILS, "crossings"));
    }
    page.heading(2, "Service mesh");
    page.paragraph(if analysis.plan.mesh.advised { "**Yes.**" } else { "**Not yet.**" });
    page.list(analysis.plan.mesh.because.iter().map(reason));
    if analysis.plan.mesh.edges.is_empty() {
        return;
    }
    page.paragraph(if analysis.plan.mesh.advised {
        "What the mesh is told of each synchronous edge between services:"
    } else {
        "What each synchronous edge between services needs of its client, or later of a mesh:"
    });
    page.table(
        ["Edge", "#Timeout, ms", "Sent again after it", "Circuit breaker", "Mutual TLS", "Why"],
        analysis.plan.mesh.edges.iter().map(|e| policy(analysis, e)),
    );
}

fn policy(analysis: &Analysis, e: &EdgePolicy) -> [String; 6] {
    let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
    let mut again: Vec<String> = e.retry.iter().take(ITEMS).map(|path| code(path)).collect();
    if e.retry.len() > ITEMS {
        again.push(format!("and {} more", view::count(e.retry.len() - ITEMS)));
    }
    let again = if again.is_empty() { "nothing".to_owned() } else { again.join(", ") };
    let edge = format!("{} → {}", code(analysis.service_id(e.from)), code(analysis.service_id(e.to)));
    let why: Vec<String> = e.because.iter().map(reason).collect();
    [edge, view::count(e.timeout), again, yes(e.circuit_breaker), yes(e.mutual_tls), why.join("; ")]
}

fn crossing(analysis: &Analysis, c: &Crossing, page: &mut Page) {
    let (from, to) = (markdown(analysis.service_id(c.from)), markdown(analysis.service_id(c.to)));
    page.heading(3, &format!("{from} → {to}: {}", c.style.name()));
    page.list(c.because.iter().map(reason).chain(c.means.iter().flat_map(means)));
    page.table(["What crosses", "Kind", "Style", "Over a wire", "#References", "Where"], c.items.iter().take(ITEMS).map(item));
    page.list(rest(c.items.len(), ITEMS, "items"));
}

fn item(i: &CrossedItem) -> [String; 6] {
    let kind = i.kind.map_or("mod", |k| k.name());
    let wire = match &i.remote {
        None => "—".to_owned(),
        Some(remote) if remote.because.is_empty() => remote.fit.name().to_owned(),
        Some(remote) => format!("{}: {}", remote.fit.name(), prose(&remote.because.join("; "))),
    };
    [code(&i.path), kind.to_owned(), i.style.name().to_owned(), wire, view::count(i.sites.len()), places(&i.sites, PLACES)]
}

/// By what means, as entries of a list: the proposal, then what has to be kept in mind.
fn means(m: &Means) -> Vec<String> {
    let with = m.with.as_ref().map(|with| format!(" with {}", code(with))).unwrap_or_default();
    let names: Vec<String> = m.messages.iter().take(ITEMS).map(|m| code(&m.name)).collect();
    let more = m.messages.len().saturating_sub(ITEMS);
    let more = if more > 0 { format!(" and {} more", view::count(more)) } else { String::new() };
    let mut entries = vec![format!("By **{}**{with}: {}{more}", m.protocol.name(), names.join(", "))];
    entries.extend(m.because.iter().map(|r| format!("  {}", reason(r))));
    entries
}
