//! Why a module is where it is.
//!
//! Takes an [`Analysis`] and one of its modules; gives text: role and service with the evidence, figures, neighbours on both sides.

use super::{BOLD, DIM};
use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Role;
use crate::model::place::Site;
use crate::report::escape::plain;
use crate::report::text::wrap;
use crate::report::view;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Sources of evidence shown between two services.
const SOURCES: usize = 4;
/// Neighbours shown on each side; the rest is counted.
const SHOWN: usize = 25;

pub(super) fn explain(analysis: &Analysis, id: ModuleId) -> String {
    let module = &analysis.modules[id.index()];
    let mut out = String::new();
    head(analysis, module, &mut out);
    why(analysis, id, &mut out);
    evidence(analysis, id, &mut out);
    figures(analysis, id, &mut out);
    let uses = neighbours(analysis, |d| (d.0 == id).then_some(d.1));
    let used = neighbours(analysis, |d| (d.1 == id).then_some(d.0));
    side(analysis, "Uses", &uses, &mut out);
    side(analysis, "Used by", &used, &mut out);
    out
}

fn head(analysis: &Analysis, module: &ModuleRow, out: &mut String) {
    let place = match module.service {
        Some(service) => format!("in service {}", plain(analysis.service_id(service))),
        None => format!("{}, in no service", module.role.name()),
    };
    let _ = writeln!(out, "{BOLD}{}{BOLD:#}: {place}", plain(&module.id));
    let size = format!("{}, {}", view::counted(module.lines, "line", "lines"), view::counted(module.functions, "function", "functions"));
    let _ = writeln!(out, "  {DIM}{}:{}{DIM:#}, {size}", plain(&module.file), module.line);
    if let Some(summary) = &module.summary {
        let _ = writeln!(out, "  {}", wrap(&plain(summary), 2));
    }
    if !module.types.is_empty() {
        let _ = writeln!(out, "  types: {}", wrap(&plain(&module.types.join(", ")), 9));
    }
}

fn why(analysis: &Analysis, id: ModuleId, out: &mut String) {
    let module = &analysis.modules[id.index()];
    let _ = writeln!(out, "\n{BOLD}Why{BOLD:#}");
    let _ = writeln!(out, "  {}: {}", module.role.name(), wrap(&plain(&module.role_because), module.role.name().len() + 4));
    let Some(service) = module.service else {
        if module.role == Role::Capability {
            let _ = writeln!(out, "  no service: nothing in the code ties it to others");
        }
        return;
    };
    if module.pinned {
        let _ = writeln!(out, "  pinned: the configuration says so");
    }
    let text = format!("{} of its affinity (references, names, shared neighbours) stays inside the service", view::share(module.cohesion));
    let _ = writeln!(out, "  {}", wrap(&text, 2));
    hold(analysis, module, out);
    let ties = ties(analysis, id);
    let total: u32 = ties.values().sum();
    if total == 0 {
        let _ = writeln!(out, "  no reference connects it to a service: its name and place decide");
        return;
    }
    let _ = writeln!(out, "  references with modules of each service, both ways:");
    let mut rows: Vec<(ServiceId, u32)> = ties.into_iter().collect();
    rows.sort_by_key(|(s, n)| (std::cmp::Reverse(*n), *s));
    for (s, n) in rows.iter().take(6) {
        let own = if *s == service { " (its own)" } else { "" };
        let _ = writeln!(out, "    {:>6}  {}{own}", view::count(*n), plain(analysis.service_id(*s)));
    }
    if let (false, Some((other, n))) = (module.pinned, rows.iter().find(|(s, _)| *s != service)) {
        let inside = total - rows.iter().filter(|(s, _)| *s != service).map(|(_, n)| n).sum::<u32>();
        let text = format!(
            "What would move it: more ties to another service than to its own. Nearest is {}, with {} against {}; a [[service]] pin in \
             seamline.toml decides it.",
            plain(analysis.service_id(*other)),
            view::references(*n),
            view::count(inside)
        );
        let _ = writeln!(out, "  {}", wrap(&text, 2));
    }
}

/// How sure its place is, and what decides between its service and the runner-up.
fn hold(analysis: &Analysis, module: &ModuleRow, out: &mut String) {
    let Some(hold) = module.hold.as_ref().filter(|_| !module.pinned) else { return };
    let stays = format!("stays there in {} of the runs with perturbed weights", view::share(hold.confidence));
    let Some((other, share)) = hold.runner_up else {
        let _ = writeln!(out, "  {stays}");
        return;
    };
    let other = plain(analysis.service_id(other));
    let decides = view::choice::decides(hold, SOURCES);
    let decides = if decides.is_empty() { "nothing tells the two apart".into() } else { format!("of its affinity, {}", plain(&decides)) };
    let margin = hold.margin();
    let move_it = if margin > 0.0 {
        format!("It would move if {} more of its affinity led there.", view::share(margin))
    } else {
        "More of its affinity leads there: sizes and the rest of its group keep it.".into()
    };
    let text = format!("{stays}; runner-up is {other}, with {} of the runs: {decides}. {move_it}", view::share(share));
    let _ = writeln!(out, "  {}", wrap(&text, 2));
}

/// References between a module and the other modules of each service, both ways.
fn ties(analysis: &Analysis, id: ModuleId) -> BTreeMap<ServiceId, u32> {
    let mut ties = BTreeMap::new();
    for d in &analysis.dependencies {
        let other = if d.from == id { d.to } else { d.from };
        if (d.from == id || d.to == id)
            && let Some(service) = analysis.modules[other.index()].service
        {
            *ties.entry(service).or_insert(0) += d.count;
        }
    }
    ties
}

/// All evidence on the module, with places.
fn evidence(analysis: &Analysis, id: ModuleId, out: &mut String) {
    let lines = view::evidence::of_module(analysis, id);
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{BOLD}Evidence{BOLD:#}");
    for (text, sites) in lines.iter().take(SHOWN) {
        let _ = writeln!(out, "  {}", wrap(&plain(text), 4));
        if !sites.is_empty() {
            let _ = writeln!(out, "      {DIM}{}{DIM:#}", plain(&view::places(sites, 4)));
        }
    }
    if lines.len() > SHOWN {
        let _ = writeln!(out, "  and {} more in analysis.json", view::count(lines.len() - SHOWN));
    }
}

fn figures(analysis: &Analysis, id: ModuleId, out: &mut String) {
    let m = analysis.modules[id.index()].metrics;
    let _ = writeln!(out, "\n{BOLD}Figures{BOLD:#}");
    let _ = writeln!(
        out,
        "  Ca {} (modules that use it), Ce {} (that it uses), I {}, A {}, D {}",
        m.ca,
        m.ce,
        view::figure(m.instability),
        view::figure(m.abstractness),
        view::figure(m.distance)
    );
    if let Some(cycle) = analysis.cycles.iter().find(|c| c.modules.contains(&id)) {
        let others: Vec<String> = cycle.modules.iter().filter(|m| **m != id).map(|m| plain(&analysis.modules[m.index()].id)).collect();
        let shown = others.iter().take(6).cloned().collect::<Vec<_>>().join(", ");
        let more = if others.len() > 6 { format!(" and {} more", others.len() - 6) } else { String::new() };
        let _ = writeln!(out, "  in a tangle of {}, with {}", view::modules(cycle.modules.len()), wrap(&format!("{shown}{more}"), 4));
    }
}

/// A module on the other side of some dependencies.
struct Neighbour {
    module: ModuleId,
    references: u32,
    /// Kinds with their counts, such as `call 3, use 1`.
    kinds: Vec<(&'static str, u32)>,
    sites: Vec<Site>,
}

/// Modules that `other` picks from (from, to), most references first.
fn neighbours(analysis: &Analysis, other: impl Fn((ModuleId, ModuleId)) -> Option<ModuleId>) -> Vec<Neighbour> {
    let mut found: BTreeMap<ModuleId, Neighbour> = BTreeMap::new();
    for d in &analysis.dependencies {
        let Some(module) = other((d.from, d.to)) else { continue };
        let entry = found.entry(module).or_insert(Neighbour { module, references: 0, kinds: Vec::new(), sites: Vec::new() });
        entry.references += d.count;
        entry.kinds.push((d.kind.name(), d.count));
        entry.sites.extend(d.sites.iter().cloned());
    }
    let mut found: Vec<Neighbour> = found.into_values().collect();
    found.sort_by_key(|n| (std::cmp::Reverse(n.references), n.module));
    found
}

fn side(analysis: &Analysis, title: &str, neighbours: &[Neighbour], out: &mut String) {
    let _ = writeln!(out, "\n{BOLD}{title}{BOLD:#} {DIM}({}){DIM:#}", view::modules(neighbours.len()));
    for n in neighbours.iter().take(SHOWN) {
        let module = &analysis.modules[n.module.index()];
        let service = module.service.map_or(module.role.name(), |s| analysis.service_id(s));
        let kinds: Vec<String> = n.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        let _ = writeln!(out, "  {} {DIM}[{}]{DIM:#}: {}", plain(&module.id), plain(service), kinds.join(", "));
        let _ = writeln!(out, "      {DIM}{}{DIM:#}", plain(&view::places(&n.sites, 4)));
    }
    if neighbours.len() > SHOWN {
        let _ = writeln!(out, "  and {} more", view::count(neighbours.len() - SHOWN));
    }
}
