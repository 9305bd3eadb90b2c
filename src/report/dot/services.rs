//! The picture of candidates: one box each, an arrow for each crossing, shared modules as one component, glue as one note.

use super::draw::{GREY, PALE, cluster, crossing, edge, graph as draw, headed, legend, node, set, text, verdict_colours};
use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::partition::Role;
use crate::model::plan::{Crossing, Style};
use crate::report::view;
use graphviz_rust::dot_structures::{Graph, Stmt};
use std::collections::BTreeSet;

/// Up to here every candidate gets its pale arrow to the shared library; beyond it, they would cross the whole picture.
const SHARED_ARROWS: usize = 6;

/// More arrows than these nobody follows.
const ARROWS: usize = 40;

// Ids of services are kebab-case; a blank keeps ours apart from theirs.
const SHARED: &str = " shared";
const GLUE: &str = " glue";

pub(super) fn graph(analysis: &Analysis) -> Graph {
    let mut body = Vec::new();
    for s in &analysis.plan.services {
        let (fill, border) = verdict_colours(s.verdict);
        let size = format!("{}, {}", view::modules(s.modules.len()), view::counted(s.lines, "line", "lines"));
        body.push(node(
            &s.id,
            vec![
                headed(14, &[&s.name, view::verdict(s.verdict), &size]),
                text("tooltip", &[&s.keywords.join(", ")]),
                set("shape", "box"),
                set("style", "rounded,filled"),
                set("fillcolor", fill),
                set("color", border),
                set("margin", "0.2,0.12"),
            ],
        ));
    }
    let drawn = drawn(&analysis.plan.crossings);
    for c in &drawn {
        let mut look = crossing(c.style, c.references);
        look.push(text("label", &[format!(" {} × {}", view::count(c.references), c.style.name())]));
        body.push(edge(analysis.service_id(c.from), analysis.service_id(c.to), look));
    }
    body.extend(outside(analysis));
    let arrows = [(GREY, "· · · · ·", "uses shared modules")];
    body.push(legend(if shared_arrows(analysis) { &arrows } else { &[] }));
    let mut title = vec![
        format!("{}: service candidates and how they should talk", analysis.name),
        "An arrow points from the side that refers to the side that is referred to; its number says how often.".into(),
    ];
    let left_out = analysis.plan.crossings.len() - drawn.len();
    if left_out > 0 {
        title.push(format!("Not drawn: {}, the lightest; report.md has them all.", view::counted(left_out, "crossing", "crossings")));
    }
    draw(&title, vec![set("rankdir", "LR"), set("nodesep", 0.55), set("ranksep", 1.0), set("newrank", true)], body)
}

/// All crossings, or as many as an eye can follow: those that hold things together first, then the heaviest; shared types last.
fn drawn(crossings: &[Crossing]) -> Vec<&Crossing> {
    let mut list: Vec<&Crossing> = crossings.iter().collect();
    list.sort_by_key(|c| {
        let rank = match c.style {
            Style::KeepTogether => 0,
            Style::SyncApi | Style::Broker => 1,
            Style::Library => 2,
        };
        (rank, std::cmp::Reverse(c.references), c.from, c.to)
    });
    list.truncate(ARROWS);
    list.sort_by_key(|c| (c.from, c.to));
    list
}

fn shared_arrows(analysis: &Analysis) -> bool {
    analysis.plan.services.len() <= SHARED_ARROWS && !analysis.plan.shared.is_empty()
}

/// Shared and glue modules, a node each; arrows only to what is shared, pale.
fn outside(analysis: &Analysis) -> Vec<Stmt> {
    let rows = |role| view::in_role(analysis, role).collect::<Vec<&ModuleRow>>();
    let size = |rows: &[&ModuleRow]| {
        format!("{}, {}", view::modules(rows.len()), view::counted(rows.iter().map(|m| m.lines).sum::<u32>(), "line", "lines"))
    };
    let (shared, glue) = (rows(Role::Shared), rows(Role::Glue));
    let mut out = Vec::new();
    if !shared.is_empty() {
        let users: BTreeSet<&str> = analysis.plan.shared.iter().flat_map(|s| &s.used_by).map(|&u| analysis.service_id(u)).collect();
        let drawn = if shared_arrows(analysis) { "" } else { ": arrows not drawn" };
        let used = format!("used by {}{drawn}", view::counted(users.len(), "candidate", "candidates"));
        out.push(node(
            SHARED,
            vec![
                headed(13, &["Shared library", &size(&shared), &some_names(&shared), &used]),
                set("shape", "component"),
                set("style", "filled"),
                set("fillcolor", "#f7f7fb"),
                set("color", GREY),
                set("margin", "0.25,0.1"),
            ],
        ));
        for user in users.iter().filter(|_| shared_arrows(analysis)) {
            out.push(edge(user, SHARED, vec![set("color", PALE), set("style", "dotted"), set("arrowhead", "open"), set("weight", 0)]));
        }
    }
    if !glue.is_empty() {
        let label = headed(12, &["Glue", &size(&glue), "wires everything: its arrows are not drawn"]);
        let look = vec![label, set("shape", "note"), set("color", GREY), set("fontcolor", "#555555")];
        out.push(cluster(GLUE, vec![set("label", ""), set("style", "invis")], vec![node(GLUE, look)]));
    }
    out
}

/// The largest shared modules by name: who reads the picture wants to know what the library is made of.
fn some_names(rows: &[&ModuleRow]) -> String {
    let mut rows = rows.to_vec();
    rows.sort_by(|a, b| b.lines.cmp(&a.lines).then(a.id.cmp(&b.id)));
    let names: Vec<&str> = rows.iter().take(3).map(|m| m.id.rsplit("::").next().unwrap_or(&m.id)).collect();
    if rows.len() > names.len() { format!("{}, …", names.join(", ")) } else { names.join(", ") }
}
