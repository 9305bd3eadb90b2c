//! What all formats share: how a figure is written, and rows in the order in which they are shown.
//!
//! Takes an [`Analysis`] and borrows from it. Gives raw text: each format escapes for itself.
//! Invariant: no format formats a figure or sorts a row on its own, so that all of them agree to the last digit.

pub mod choice;
pub mod evidence;

use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::finding::{Figure, Level, Outcome, Unit};
use crate::model::graph::{Cycle, Pair};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Role;
use crate::model::place::Site;
use crate::model::plan::{Criterion, CriterionKind, Crossing, Service, Style, SystemAdvice, Verdict};
use std::collections::BTreeMap;

/// A share of a whole: `37.5 %`.
pub fn share(value: f64) -> String {
    format!("{:.1} %", positive_zero((value * 1000.0).round() / 10.0))
}

/// A figure without a unit: `0.412`.
pub fn figure(value: f64) -> String {
    format!("{:.3}", positive_zero((value * 1000.0).round() / 1000.0))
}

fn positive_zero(value: f64) -> f64 {
    if value == 0.0 { 0.0 } else { value }
}

/// A number of things: `12,345`.
pub fn count(value: impl TryInto<u64>) -> String {
    let digits = value.try_into().unwrap_or(u64::MAX).to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// What a criterion measured, in its unit: `37.5 %`, `12`.
pub fn measured(kind: CriterionKind, value: f64) -> String {
    if kind.is_share() { share(value) } else { count(value.round() as u64) }
}

/// What a criterion asks for: `≥ 70.0 %`, `≤ 15`.
pub fn asked(criterion: &Criterion) -> String {
    let sign = if criterion.kind.is_at_least() { '≥' } else { '≤' };
    format!("{sign} {}", measured(criterion.kind, criterion.threshold))
}

/// A number with its noun: `1 module`, `2 modules`.
pub fn counted(value: impl TryInto<u64>, one: &str, many: &str) -> String {
    let value = value.try_into().unwrap_or(u64::MAX);
    format!("{} {}", count(value), if value == 1 { one } else { many })
}

/// Number of modules.
pub fn modules(value: usize) -> String {
    counted(value, "module", "modules")
}

/// Number of references.
pub fn references(value: u32) -> String {
    counted(value, "reference", "references")
}

/// Places, each line once, lines of one file together: `src/a.rs:3, 7; src/b.rs:1`. After `most` lines, how many more there are.
pub fn places(sites: &[Site], most: usize) -> String {
    let mut distinct: Vec<&Site> = sites.iter().collect();
    distinct.sort();
    distinct.dedup();
    let mut out = String::new();
    let mut file = None;
    for site in distinct.iter().take(most) {
        if file == Some(&site.file) {
            out.push_str(&format!(", {}", site.line));
        } else {
            out.push_str(if file.is_some() { "; " } else { "" });
            out.push_str(&site.to_string());
        }
        file = Some(&site.file);
    }
    if distinct.len() > most {
        out.push_str(&format!(" and {} more", count(distinct.len() - most)));
    }
    out
}

/// The advice on the whole as a headline.
pub fn headline(analysis: &Analysis) -> String {
    let services = &analysis.plan.services;
    let worth = services.iter().filter(|s| s.verdict == Verdict::Service).count();
    let candidates = counted(services.len(), "candidate", "candidates");
    match analysis.plan.verdict.verdict {
        SystemAdvice::Split => {
            format!("split off {} of {candidates} as {}", count(worth), if worth == 1 { "a service" } else { "services" })
        }
        SystemAdvice::Modularise => format!("modularise first, with the boundaries of {candidates} drawn inside the monolith"),
        SystemAdvice::DoNotSplit if services.len() < 2 => "do not split, since no structure in the code supports it".to_owned(),
        SystemAdvice::DoNotSplit => "do not split into services".to_owned(),
    }
}

/// What to do with a candidate, in words.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Keep => "keep in the monolith",
        Verdict::Crate => "give it a crate",
        Verdict::Service => "make it a service",
    }
}

/// What a style means, in words.
pub fn style(style: Style) -> &'static str {
    match style {
        Style::Library => "only types, constants or pure functions cross: a contract crate, no call",
        Style::SyncApi => "the result decides how the caller goes on: a synchronous API",
        Style::Broker => "nobody waits for the result: publish and subscribe, or a work queue",
        Style::KeepTogether => "parting them would break what they do together",
    }
}

/// Candidates as rows, in the order of their ids.
pub fn services(analysis: &Analysis) -> Vec<ServiceRow<'_>> {
    let rows = analysis.plan.services.iter().enumerate();
    rows.map(|(i, service)| {
        let id = ServiceId::from(i);
        let sum = |of: fn(&Crossing) -> ServiceId| analysis.plan.crossings.iter().filter(|c| of(c) == id).map(|c| c.references).sum();
        ServiceRow { id, service, references_in: sum(|c| c.to), references_out: sum(|c| c.from) }
    })
    .collect()
}

/// A candidate with what crosses its boundary.
#[derive(Clone, Copy, Debug)]
pub struct ServiceRow<'a> {
    /// Which.
    pub id: ServiceId,
    /// The candidate.
    pub service: &'a Service,
    /// References from other candidates.
    pub references_in: u32,
    /// References to other candidates.
    pub references_out: u32,
}

/// Crossings, those that hurt most first: by style, then by references.
pub fn worst_crossings(analysis: &Analysis) -> Vec<&Crossing> {
    let mut rows: Vec<&Crossing> = analysis.plan.crossings.iter().collect();
    rows.sort_by_key(|c| (pain(c.style), std::cmp::Reverse(c.references), c.from, c.to));
    rows
}

fn pain(style: Style) -> u8 {
    match style {
        Style::KeepTogether => 0,
        Style::SyncApi => 1,
        Style::Broker => 2,
        Style::Library => 3,
    }
}

/// All places of a crossing.
pub fn crossing_sites(crossing: &Crossing) -> Vec<Site> {
    crossing.items.iter().flat_map(|item| item.sites.iter().cloned()).collect()
}

/// Modules in a role, in the order of their ids.
pub fn in_role(analysis: &Analysis, role: Role) -> impl Iterator<Item = &ModuleRow> {
    analysis.modules.iter().filter(move |m| m.role == role)
}

/// All references from one module to another, whatever their kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PairRow {
    /// The module that refers.
    pub from: ModuleId,
    /// The module that is referred to.
    pub to: ModuleId,
    /// Number of references.
    pub count: u32,
    /// Where.
    pub sites: Vec<Site>,
}

/// Module pairs with their kinds rolled up, sorted.
pub fn pairs(analysis: &Analysis) -> Vec<PairRow> {
    let mut rows: BTreeMap<(ModuleId, ModuleId), PairRow> = BTreeMap::new();
    for d in &analysis.dependencies {
        let row = rows.entry((d.from, d.to)).or_insert_with(|| PairRow { from: d.from, to: d.to, count: 0, sites: Vec::new() });
        row.count += d.count;
        row.sites.extend(d.sites.iter().cloned());
    }
    rows.into_values().collect()
}

/// Where one module refers to another.
pub fn sites_of(analysis: &Analysis, pair: Pair) -> Vec<Site> {
    let first = analysis.dependencies.partition_point(|d| (d.from, d.to) < (pair.from, pair.to));
    let same = analysis.dependencies[first..].iter().take_while(|d| (d.from, d.to) == (pair.from, pair.to));
    same.flat_map(|d| d.sites.iter().cloned()).collect()
}

/// Ids along the example walk of a cycle, the first again at the end.
pub fn walk<'a>(analysis: &'a Analysis, cycle: &Cycle) -> Vec<&'a str> {
    cycle.example.iter().chain(cycle.example.first()).map(|m| analysis.modules[m.index()].id.as_str()).collect()
}

/// Modules that change most because of others and break most others: by Ca × Ce, then by distance; those with neither are left out.
pub fn hubs(analysis: &Analysis, most: usize) -> Vec<&ModuleRow> {
    let mut rows: Vec<&ModuleRow> = analysis.modules.iter().filter(|m| m.metrics.ca > 0 && m.metrics.ce > 0).collect();
    rows.sort_by(|a, b| {
        let weight = |m: &ModuleRow| u64::from(m.metrics.ca) * u64::from(m.metrics.ce);
        weight(b).cmp(&weight(a)).then(b.metrics.distance.total_cmp(&a.metrics.distance)).then(a.id.cmp(&b.id))
    });
    rows.truncate(most);
    rows
}

/// The five figures of the partition, with how to read each. Always together: each alone is gamed by some degenerate partition.
pub fn quality(analysis: &Analysis) -> [(&'static str, String, &'static str); 5] {
    let q = &analysis.quality;
    [
        (
            "Modularity",
            figure(q.modularity),
            "more inside than chance would give; higher is better, above 0.3 there is structure; one big service scores 0",
        ),
        (
            "SM",
            figure(q.sm),
            "structural modularity: density inside minus density between; higher is better; many tiny services score well",
        ),
        ("ICP", figure(q.icp), "share of call weight that crosses; lower is better; one big service scores 0"),
        ("IFN", figure(q.ifn), "module pairs across boundaries per service; lower is better; one big service scores 0"),
        ("NED", figure(q.ned), "share of modules outside services of 5 to 20 modules; lower is better; looks at sizes only"),
    ]
}

/// How much was understood, in one sentence.
pub fn coverage(analysis: &Analysis) -> String {
    let c = &analysis.coverage;
    if c.files == 0 {
        return "no files were read".to_owned();
    }
    format!(
        "{} of {} resolved; {} of {} parsed; {} not read",
        share(c.resolution_rate()),
        references(c.paths),
        count(c.parsed),
        counted(c.files, "file", "files"),
        counted(c.macro_bodies, "macro body", "macro bodies"),
    )
}

/// Before, after and change of a figure.
pub fn delta(figure: &Figure) -> (String, String, String) {
    // The change is that of the figures shown, not of the figures behind them: a reader will subtract.
    let shown = |value: f64| match figure.unit {
        Unit::Share => (value * 1000.0).round() / 10.0,
        Unit::Count => value.round(),
    };
    let (before, after) = (shown(figure.before), shown(figure.after));
    let sign = if after > before { "+" } else { "−" };
    let by = (after - before).abs();
    let change = match figure.unit {
        _ if before == after => "=".to_owned(),
        Unit::Share => format!("{sign}{by:.1} pp"),
        Unit::Count => format!("{sign}{by:.0}"),
    };
    match figure.unit {
        Unit::Share => (share(figure.before), share(figure.after), change),
        Unit::Count => (format!("{before:.0}"), format!("{after:.0}"), change),
    }
}

/// The gate's verdict as a word and what it rests on.
pub fn gate_verdict(outcome: &Outcome) -> (&'static str, String) {
    let found = |level: Level, one: &str, many: &str| match outcome.count(level) {
        0 => None,
        n => Some(counted(n, one, many)),
    };
    let worse: Vec<String> = [found(Level::Deny, "denied finding", "denied findings"), found(Level::Warn, "warning", "warnings")]
        .into_iter()
        .flatten()
        .collect();
    let text = match (worse.is_empty(), outcome.gone.is_empty()) {
        (true, true) => "coupling has not risen".to_owned(),
        (true, false) => {
            format!("coupling has fallen{}", if outcome.failed() { ", and stale entries of the baseline are denied" } else { "" })
        }
        _ => worse.join(", "),
    };
    (if outcome.failed() { "failed" } else { "passed" }, text)
}

/// What files that were not parsed mean for the gate.
pub fn gate_gap(unparsed: u32) -> String {
    let files = counted(unparsed, "file was", "files were");
    format!("{files} not parsed: what stands there is missing below, and may look like an improvement")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn figures_are_written_one_way() {
        assert_eq!([share(0.375), share(-0.000_01), share(1.0)], ["37.5 %", "0.0 %", "100.0 %"]);
        assert_eq!([figure(0.4125), figure(-0.0001), figure(12.0)], ["0.413", "0.000", "12.000"]);
        assert_eq!([count(0_u32), count(999_u32), count(1_000_u32), count(1_234_567_usize)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([modules(1), references(2)], ["1 module", "2 references"]);
    }

    #[test]
    fn places_name_a_file_once_and_a_line_once() {
        let sites = [Site::new("b.rs", 1), Site::new("a.rs", 7), Site::new("a.rs", 3), Site::new("a.rs", 7)];
        assert_eq!(places(&sites, 9), "a.rs:3, 7; b.rs:1");
        assert_eq!(places(&sites, 2), "a.rs:3, 7 and 1 more");
        assert_eq!(places(&[], 2), "");
    }

    #[test]
    fn what_hurts_comes_first() {
        let shop = sample::shop();
        let styles: Vec<Style> = worst_crossings(&shop).iter().map(|c| c.style).collect();
        assert_eq!(styles[0], Style::KeepTogether);
        assert_eq!(styles.last(), Some(&Style::Library));
        assert_eq!(hubs(&shop, 1)[0].id, "shop::orders");
    }

    #[test]
    fn rows_of_services_sum_their_crossings() {
        let shop = sample::shop();
        let total: u32 = shop.plan.crossings.iter().map(|c| c.references).sum();
        assert_eq!(services(&shop).iter().map(|s| s.references_in).sum::<u32>(), total);
        assert_eq!(services(&shop).iter().map(|s| s.references_out).sum::<u32>(), total);
        assert_eq!(pairs(&shop).iter().map(|p| p.count).sum::<u32>(), shop.dependencies.iter().map(|d| d.count).sum::<u32>());
    }

    #[test]
    fn the_sites_of_a_pair_are_those_of_all_its_kinds() {
        let shop = sample::shop();
        for row in pairs(&shop) {
            assert_eq!(sites_of(&shop, Pair { from: row.from, to: row.to, count: row.count }), row.sites);
        }
    }
}
