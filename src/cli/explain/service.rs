//! What a service holds and why, and how it should talk to the others.

use super::{BOLD, DIM};
use crate::config::Config;
use crate::model::analysis::Analysis;
use crate::model::ids::ServiceId;
use crate::model::plan::{Crossing, Reason};
use crate::report::escape::plain;
use crate::report::text::wrap;
use crate::report::view;
use std::fmt::Write;

/// Items shown of one crossing.
const ITEMS: usize = 8;

pub(super) fn explain(analysis: &Analysis, id: ServiceId, config: &Config) -> String {
    let service = &analysis.plan.services[id.index()];
    let mut out = String::new();
    let size = format!("{}, {}", view::modules(service.modules.len()), view::counted(service.lines, "line", "lines"));
    let _ = writeln!(out, "{BOLD}service {}{BOLD:#}: {}", plain(&service.id), service.verdict.name());
    let _ = writeln!(out, "  {size}; {} of its references stay inside", view::share(service.cohesion));
    let _ = writeln!(out, "  Ca {} (services that use it), Ce {} (that it uses)", service.ca, service.ce);
    if let Some(owner) = config.owner(&service.id) {
        let _ = writeln!(out, "  owner: {}", plain(owner));
    }
    if !service.keywords.is_empty() {
        let _ = writeln!(out, "  words that set it apart: {}", wrap(&plain(&service.keywords.join(", ")), 4));
    }
    let _ = writeln!(out, "\n{BOLD}Why {}{BOLD:#}", service.verdict.name());
    reasons(&service.because, &mut out);
    if !service.criteria.is_empty() {
        let _ = writeln!(out, "\n{BOLD}Held against{BOLD:#}");
    }
    for c in &service.criteria {
        let met = match c.met {
            Some(true) => "meets",
            Some(false) => "misses",
            None => "not known",
        };
        let _ = writeln!(out, "    {} {DIM}{met} {}{DIM:#}: {}", c.kind.name(), view::asked(c), wrap(&plain(&c.because.text), 6));
        if !c.because.sites.is_empty() {
            let _ = writeln!(out, "      {DIM}{}{DIM:#}", plain(&view::places(&c.because.sites, 4)));
        }
    }
    let _ = writeln!(out, "\n{BOLD}Holds{BOLD:#}");
    for m in &service.modules {
        let module = &analysis.modules[m.index()];
        let why = if module.pinned { "pinned".to_owned() } else { format!("{} of its affinity inside", view::share(module.cohesion)) };
        let _ = writeln!(out, "  {} {DIM}({}, {why}){DIM:#}", plain(&module.id), view::counted(module.lines, "line", "lines"));
    }
    for (title, arrow, of_us) in [("Depends on", "→", true), ("Used by", "←", false)] {
        let ours = |c: &&Crossing| if of_us { c.from == id } else { c.to == id };
        let crossings: Vec<&Crossing> = analysis.plan.crossings.iter().filter(ours).collect();
        if !crossings.is_empty() {
            let _ = writeln!(out, "\n{BOLD}{title}{BOLD:#}");
        }
        for c in crossings {
            let other = if of_us { c.to } else { c.from };
            let _ =
                writeln!(out, "  {arrow} {}: {}, {}", plain(analysis.service_id(other)), c.style.name(), view::references(c.references));
            crossing(c, &mut out);
        }
    }
    out
}

fn crossing(c: &Crossing, out: &mut String) {
    reasons(&c.because, out);
    for item in c.items.iter().take(ITEMS) {
        let _ = writeln!(out, "      {} {DIM}{}{DIM:#}", plain(&item.path), plain(&view::places(&item.sites, 3)));
    }
    if c.items.len() > ITEMS {
        let _ = writeln!(out, "      and {} more", view::counted(c.items.len() - ITEMS, "item", "items"));
    }
}

pub(super) fn reasons(because: &[Reason], out: &mut String) {
    for reason in because {
        let _ = writeln!(out, "    · {}", wrap(&plain(&reason.text), 6));
        if !reason.sites.is_empty() {
            let _ = writeln!(out, "      {DIM}{}{DIM:#}", plain(&view::places(&reason.sites, 4)));
        }
    }
}
