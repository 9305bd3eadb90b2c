//! The candidates: what each holds, what to do with it and why, what crosses its boundary; then what belongs to none of them.

use super::page::{Page, rest};
use super::reason;
use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::partition::Role;
use crate::model::plan::{Criterion, Crossing, Service};
use crate::report::escape::{code, markdown};
use crate::report::view;

/// Modules of one candidate that are shown.
const MODULES: usize = 15;
/// Types of one module that are shown.
const TYPES: usize = 6;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "Service candidates");
    let rows = view::services(analysis);
    if rows.is_empty() {
        page.paragraph("None: no group of modules stands apart from the rest.");
        return;
    }
    page.table(
        ["Candidate", "Verdict", "#Modules", "#Lines", "#Cohesion", "#References in", "#References out"],
        rows.iter().map(|row| {
            let s = row.service;
            [
                code(&s.id),
                format!("**{}**: {}", s.verdict.name(), view::verdict(s.verdict)),
                view::count(s.modules.len()),
                view::count(s.lines),
                view::share(s.cohesion),
                view::count(row.references_in),
                view::count(row.references_out),
            ]
        }),
    );
    page.paragraph("Cohesion: share of a candidate's references to capability modules that stay inside it.");
    legend(&rows, page);
    for row in rows {
        candidate(analysis, row, page);
    }
}

fn candidate(analysis: &Analysis, row: view::ServiceRow<'_>, page: &mut Page) {
    let s = row.service;
    page.heading(3, &format!("{} ({})", markdown(&s.name), code(&s.id)));
    page.paragraph(&format!(
        "**{}**: {}. {}, {}.{}",
        s.verdict.name(),
        view::verdict(s.verdict),
        view::modules(s.modules.len()),
        view::counted(s.lines, "line", "lines"),
        keywords(s)
    ));
    page.list(s.because.iter().map(reason));
    page.table(["Held against", "#Value", "#Asked", "Does it?", "In words"], s.criteria.iter().map(criterion));
    page.table(
        ["Module", "#Lines", "Types", "What it says of itself"],
        s.modules.iter().take(MODULES).map(|m| module(&analysis.modules[m.index()])),
    );
    page.list(rest(s.modules.len(), MODULES, "modules"));
    let seam = |title: &str, other: fn(&Crossing) -> crate::model::ids::ServiceId, own: fn(&Crossing) -> crate::model::ids::ServiceId| {
        let of = |c: &&&Crossing| own(c) == row.id;
        let ends: Vec<String> = (view::worst_crossings(analysis).iter())
            .filter(of)
            .map(|c| format!("{} ({}, {})", code(analysis.service_id(other(c))), view::references(c.references), c.style.name()))
            .collect();
        (!ends.is_empty()).then(|| format!("{title}: {}", ends.join("; ")))
    };
    page.list([seam("Used by", |c| c.from, |c| c.to), seam("Uses", |c| c.to, |c| c.from)].into_iter().flatten());
}

/// What all candidates are held against, and where those numbers come from.
fn legend(rows: &[view::ServiceRow<'_>], page: &mut Page) {
    let Some(first) = rows.first().filter(|row| !row.service.criteria.is_empty()) else { return };
    page.paragraph(
        "Each is held against the same criteria. The numbers asked for are set in the table `[advice]` of `seamline.toml`; one that does not decide is \
         said, and left to whoever decides.",
    );
    page.table(
        ["Criterion", "#Asked", "Decides", "Why this number"],
        first
            .service
            .criteria
            .iter()
            .map(|c| [code(c.kind.name()), view::asked(c), if c.kind.decides() { "yes" } else { "no" }.to_owned(), markdown(&c.source)]),
    );
}

fn criterion(c: &Criterion) -> [String; 5] {
    let met = match c.met {
        Some(true) => "yes",
        Some(false) if c.kind.decides() => "**no**",
        Some(false) => "no",
        None => "not known",
    };
    [
        code(c.kind.name()),
        c.value.map_or_else(|| "—".to_owned(), |v| view::measured(c.kind, v)),
        view::asked(c),
        met.to_owned(),
        reason(&c.because),
    ]
}

fn keywords(s: &Service) -> String {
    if s.keywords.is_empty() { String::new() } else { format!(" Its words: {}.", markdown(&s.keywords.join(", "))) }
}

fn module(m: &ModuleRow) -> [String; 4] {
    let mut types: Vec<String> = m.types.iter().take(TYPES).map(|t| code(t)).collect();
    if m.types.len() > TYPES {
        types.push(format!("and {} more", view::count(m.types.len() - TYPES)));
    }
    let pinned = if m.pinned { " (pinned)" } else { "" };
    [format!("{}{pinned}", code(&m.id)), view::count(m.lines), types.join(", "), m.summary.as_deref().map(markdown).unwrap_or_default()]
}

pub(super) fn write_shared(analysis: &Analysis, page: &mut Page) {
    page.heading(2, "Shared libraries");
    if analysis.plan.shared.is_empty() {
        page.paragraph("No module is used by several candidates and owned by none.");
    } else {
        page.paragraph(
            "Used by several candidates, owned by none: a library, never a service. A service would add a network hop to every use.",
        );
        page.table(
            ["Module", "#Lines", "Used by", "Why"],
            analysis.plan.shared.iter().map(|s| {
                let m = &analysis.modules[s.module.index()];
                let users: Vec<String> = s.used_by.iter().map(|&u| code(analysis.service_id(u))).collect();
                [code(&m.id), view::count(m.lines), users.join(", "), markdown(&m.role_because)]
            }),
        );
    }
    page.heading(2, "Glue");
    let glue: Vec<&ModuleRow> = view::in_role(analysis, Role::Glue).collect();
    if glue.is_empty() {
        page.paragraph("No module only wires others together.");
    } else {
        page.paragraph("Composition roots, `main` and routers: each service gets its own; they say nothing about boundaries.");
        page.table(
            ["Module", "#Lines", "Why"],
            glue.iter().take(MODULES).map(|m| [code(&m.id), view::count(m.lines), markdown(&m.role_because)]),
        );
        page.list(rest(glue.len(), MODULES, "modules"));
    }
}
