//! The picture of modules: a frame for each candidate, arrows between modules, those that cross coloured by how they should talk.

use super::draw::{GREY, PALE, TANGLED, cluster, crossing, edge, graph as draw, headed, legend, node, set, text, verdict_colours};
use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::ids::ServiceId;
use crate::model::partition::Role;
use crate::model::plan::Style;
use crate::report::view::{self, PairRow};
use graphviz_rust::dot_structures::{Attribute, Graph, Stmt};
use std::collections::{BTreeMap, BTreeSet};

/// Up to here all edges are drawn; beyond it, only those between capability modules: pale arrows to shared modules are most of the
/// ink, say least, and push the candidates apart.
const ALL_EDGES: usize = 150;
/// Beyond this many, only those that cross.
const INNER_EDGES: usize = 1200;
/// Up to here layers can be followed; beyond it, candidates that talk are better put near each other.
const LAYERED: usize = 40;
/// Up to here arrows can be led around boxes: that takes a second, and a minute at three times as many.
const ROUTED: usize = 150;
/// Up to here forces are computed in seconds; beyond it, candidates are packed.
const FORCES: usize = 1000;

pub(super) fn graph(analysis: &Analysis) -> Graph {
    let main = main_crate(analysis);
    let tangled: BTreeSet<usize> = analysis.cycles.iter().flat_map(|c| &c.modules).map(|m| m.index()).collect();
    let shown = |service: Option<ServiceId>, role: Role| -> Vec<Stmt> {
        let rows = analysis.modules.iter().enumerate().filter(|(_, m)| m.service == service && m.role == role);
        rows.map(|(i, m)| module(m, main, tangled.contains(&i))).collect()
    };
    let mut body = Vec::new();
    for (i, s) in analysis.plan.services.iter().enumerate() {
        let (fill, border) = verdict_colours(s.verdict);
        let label = format!("{}: {}", s.name, s.verdict.name());
        body.push(cluster(&s.id, frame(&label, fill, border), shown(Some(ServiceId::from(i)), Role::Capability)));
    }
    for (role, name) in [(Role::Capability, "in no candidate"), (Role::Shared, "shared library"), (Role::Glue, "glue")] {
        let nodes = shown(None, role);
        if !nodes.is_empty() {
            body.push(cluster(&format!(" {}", role.name()), frame(name, "#fafafa", PALE), nodes));
        }
    }
    let (pairs, left_out) = visible(analysis);
    body.extend(pairs.iter().map(|pair| arrow(analysis, pair)));
    body.push(legend(&[(GREY, "────", "inside a candidate"), (TANGLED, "▢", "module in a tangle")]));
    let mut title = vec![format!("{}: modules by service candidate", analysis.name)];
    title.extend(left_out.map(str::to_owned));
    draw(&title, layout(analysis.modules.len()), body)
}

fn layout(modules: usize) -> Vec<Attribute> {
    let splines = set("splines", if modules <= ROUTED { "true" } else { "line" });
    if modules <= LAYERED {
        vec![set("rankdir", "LR"), set("nodesep", 0.2), set("ranksep", 0.8), set("newrank", true)]
    } else if modules <= FORCES {
        vec![set("layout", "fdp"), set("K", 0.6), splines]
    } else {
        vec![set("layout", "osage"), set("pack", 20), splines]
    }
}

fn frame(label: &str, fill: &str, border: &str) -> Vec<Attribute> {
    vec![
        headed(13, &[label]),
        set("fontname", "Helvetica"),
        set("style", "rounded,filled"),
        set("fillcolor", fill),
        set("color", border),
        set("margin", 12),
    ]
}

fn module(m: &ModuleRow, main: &str, tangled: bool) -> Stmt {
    let name = m.id.strip_prefix(main).and_then(|rest| rest.strip_prefix("::")).unwrap_or(&m.id);
    let mut look = vec![
        text("label", &[name, &view::counted(m.lines, "line", "lines")]),
        text("tooltip", &[&m.id]),
        set("shape", "box"),
        set("style", "filled"),
        set("fillcolor", "white"),
        set("fontsize", 10),
        set("margin", "0.1,0.05"),
        set("color", if tangled { TANGLED } else { GREY }),
    ];
    if tangled {
        look.push(set("penwidth", 2));
    }
    node(&m.id, look)
}

/// The crate that owns most modules: its name in front of every module would say nothing.
fn main_crate(analysis: &Analysis) -> &str {
    let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
    for m in &analysis.modules {
        *sizes.entry(&m.krate).or_default() += 1;
    }
    sizes.into_iter().max_by_key(|&(name, size)| (size, std::cmp::Reverse(name))).map_or("", |(name, _)| name)
}

/// Edges that a person can follow, and what is not drawn.
fn visible(analysis: &Analysis) -> (Vec<PairRow>, Option<&'static str>) {
    let mut pairs = view::pairs(analysis);
    if pairs.len() <= ALL_EDGES {
        return (pairs, None);
    }
    let service = |m: crate::model::ids::ModuleId| analysis.modules[m.index()].service;
    pairs.retain(|p| service(p.from).is_some() && service(p.to).is_some());
    if pairs.len() <= INNER_EDGES {
        return (pairs, Some("left out: edges of shared and glue modules"));
    }
    pairs.retain(|p| service(p.from) != service(p.to));
    (pairs, Some("left out: edges of shared and glue modules, and edges inside a candidate"))
}

fn arrow(analysis: &Analysis, pair: &PairRow) -> Stmt {
    let (from, to) = (&analysis.modules[pair.from.index()], &analysis.modules[pair.to.index()]);
    let mut look = match (from.service, to.service) {
        (Some(a), Some(b)) if a != b => {
            // Both are sorted, so a crossing is where its pair would be.
            let found = analysis.plan.crossings.binary_search_by_key(&(a, b), |c| (c.from, c.to));
            let style = found.map_or(Style::SyncApi, |i| analysis.plan.crossings[i].style);
            crossing(style, pair.count)
        }
        (Some(_), Some(_)) => vec![set("color", GREY)],
        _ => vec![set("color", PALE), set("style", "dotted"), set("weight", 0)],
    };
    look.push(text("tooltip", &[format!("{} → {}: {}", from.id, to.id, view::references(pair.count))]));
    look.push(set("arrowsize", 0.6));
    edge(&from.id, &to.id, look)
}
