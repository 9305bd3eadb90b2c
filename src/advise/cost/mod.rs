//! What a split costs at run time, from the calls in the code and a few assumptions.
//!
//! Takes the code base, the evidence, the partition, the candidates with their crossings, and the [`Thresholds`] of the table `[cost]`; gives a
//! [`CostPlan`]. Invariants: in the monolith nothing goes over the network; availability is the product over the processes that are waited for;
//! no figure is more exact than its assumptions, so all are rounded. Bounded: at most [`ENTRIES`] entry points.
//!
//! In reading order: [`paths`] (who calls whom), [`layouts`] (through which processes that leads), [`simulate`] (how long it takes), [`blast`] (what fails
//! with what), [`findings`] (what follows).

mod blast;
mod findings;
mod layouts;
mod paths;
mod simulate;
#[cfg(test)]
mod tests;

use super::thresholds::{AVAILABILITY, LOOP_CALLS, RTT, RTT_P99, SERIALISE, SERVERS, SERVICE, Thresholds, UTILISATION};
use crate::model::codebase::Codebase;
use crate::model::cost::{Assumption, CostPlan, EntryCost, Layout, LayoutCost, LoadSource, PathCost};
use crate::model::evidence::Evidence;
use crate::model::evidence::entry::{EntryKind, EntryPoint};
use crate::model::ids::{ItemId, ServiceId};
use crate::model::partition::Partition;
use crate::model::place::Site;
use crate::model::plan::{Crossing, Reason, Service, Verdict};
use layouts::{Deployment, Request, Requests};
use paths::{Calls, NOWHERE, Owner, Path};
use simulate::Assumed;
use std::collections::BTreeSet;

/// Entry points that are followed, at most.
const ENTRIES: usize = 2_000;
/// Places of an entry point that are kept.
const SITES: usize = 5;

/// The cost of all layouts.
pub(crate) fn cost(
    codebase: &Codebase,
    evidence: &Evidence,
    partition: &Partition,
    services: &[Service],
    crossings: &[Crossing],
    assumptions: &Thresholds,
) -> CostPlan {
    let entries = entry_points(evidence);
    if services.len() < 2 || services.len() >= usize::from(NOWHERE) {
        return nothing("there are no two candidates: nothing would be parted, so nothing is added");
    }
    if entries.is_empty() {
        return nothing(
            "no entry point is known, so there is no path on which calls could be counted; routes of a framework that is known, `.proto` files, \
             commands or jobs would give them",
        );
    }
    let assumed = assumed(assumptions);
    let (loads, load) = loads(&entries, evidence);
    let calls = Calls::new(codebase, evidence);
    let starts: Vec<Vec<ItemId>> = entries.iter().map(|e| starts(e, &calls)).collect();
    let owner = |of: &dyn Fn(usize) -> Option<usize>| -> Vec<Owner> {
        (0..codebase.modules.len()).map(|m| of(m).map_or(NOWHERE, |s| s as Owner)).collect()
    };
    let proposed = calls.proposed(owner(&|m| partition.members[m].service.map(|s| s.index())), crossings);
    let paths: Vec<Path> = starts.iter().map(|s| calls.path(&proposed, s)).collect();

    let deploy = |groups: Vec<usize>, outside| Deployment::new(&groups, outside, &paths);
    let number = services.len();
    let service = |s: usize| services[s].verdict == Verdict::Service;
    let monolith = deploy(vec![0; number], 0);
    let advised = deploy((0..number).map(|s| if service(s) { s + 1 } else { 0 }).collect(), 0);
    let apart = deploy((0..number).map(|s| s + 1).collect(), 0);
    let run = |deployment: &Deployment| Requests::new(&paths, &loads, deployment, &assumed);
    let (whole, as_advised, all_apart) = (run(&monolith), run(&advised), run(&apart));

    let mut layouts = vec![
        layout(Layout::Monolith, &whole, &loads, &assumed),
        layout(Layout::Advised, &as_advised, &loads, &assumed),
        layout(Layout::AllApart, &all_apart, &loads, &assumed),
    ];
    for other in &partition.alternatives {
        let mut of: Vec<Owner> = vec![NOWHERE; codebase.modules.len()];
        other.services.iter().enumerate().for_each(|(s, (_, modules))| modules.iter().for_each(|m| of[m.index()] = s as Owner));
        let split = calls.alternative(of, &proposed);
        let paths: Vec<Path> = starts.iter().map(|s| calls.path(&split, s)).collect();
        let groups: Vec<usize> = (1..=other.services.len()).collect();
        let requests = Requests::new(&paths, &loads, &Deployment::new(&groups, 0, &paths), &assumed);
        let name = if other.services.len() < number { Layout::Coarser } else { Layout::Finer };
        if layouts.iter().all(|l| l.layout != name) {
            layouts.push(layout(name, &requests, &loads, &assumed));
        }
    }
    layouts.sort_by_key(|l| l.layout);

    let mut costs: Vec<EntryCost> = (entries.iter().enumerate())
        .map(|(i, entry)| {
            let base = whole.quantiles(i);
            let of = |requests: &Requests| path_cost(codebase, &requests.all[i], base, requests.quantiles(i), &assumed);
            EntryCost {
                kind: entry.kind,
                name: entry.name.clone(),
                at: entry.handler.as_ref().unwrap_or(&entry.declared).site.clone(),
                load: rounded(loads[i], 6),
                services: touched(&paths[i]),
                outbound: paths[i].outbound,
                availability: rounded(assumed.availability, 6),
                advised: of(&as_advised),
                apart: of(&all_apart),
            }
        })
        .collect();
    let blast = blast::blast(number, &loads, (&as_advised, &advised), (&all_apart, &apart));
    let facts = findings::Facts {
        services,
        entries: &costs,
        layouts: &layouts,
        blast: &blast,
        load,
        paths: &paths,
        loads: &loads,
        whole: &whole,
        advised: &as_advised,
        apart: &all_apart,
        assumed: &assumed,
        unhandled: starts.iter().filter(|s| s.is_empty()).count(),
        left_out: evidence.entry_points.iter().filter(|e| e.kind != EntryKind::Main).count().saturating_sub(entries.len()),
        codebase,
    };
    let because = findings::because(&facts);
    let worst = |e: &EntryCost| (e.advised.added_p99, e.apart.added_p99);
    costs.sort_by(|a, b| {
        let ((a1, a2), (b1, b2)) = (worst(a), worst(b));
        b1.total_cmp(&a1).then(b2.total_cmp(&a2)).then_with(|| (a.kind, &a.name, &a.at).cmp(&(b.kind, &b.name, &b.at)))
    });
    let assumptions = assumptions.table().iter().map(|a| Assumption { name: a.id.into(), value: assumptions.of(a) }).collect();
    CostPlan { assumptions, load, entries: costs, layouts, blast, because }
}

fn nothing(why: &str) -> CostPlan {
    CostPlan { because: vec![Reason::new(why)], ..CostPlan::default() }
}

fn assumed(of: &Thresholds) -> Assumed {
    Assumed {
        rtt: of.of(&RTT),
        rtt_p99: of.of(&RTT_P99),
        serialise: of.of(&SERIALISE),
        service: of.of(&SERVICE),
        utilisation: of.of(&UTILISATION),
        servers: of.of(&SERVERS),
        availability: of.of(&AVAILABILITY),
        loop_calls: of.of(&LOOP_CALLS),
    }
}

/// What the outside asks for. That a program starts is no request, unless there is nothing else.
fn entry_points(evidence: &Evidence) -> Vec<&EntryPoint> {
    let asked: Vec<&EntryPoint> = evidence.entry_points.iter().filter(|e| e.kind != EntryKind::Main).take(ENTRIES).collect();
    if asked.is_empty() { evidence.entry_points.iter().take(ENTRIES).collect() } else { asked }
}

/// The share of each entry point: of the traces that are named like it or its handler, where there are any.
fn loads(entries: &[&EntryPoint], evidence: &Evidence) -> (Vec<f64>, LoadSource) {
    let mut counts = vec![0.0; entries.len()];
    for case in evidence.traces.iter().flat_map(|t| &t.use_cases) {
        let handled = |e: &EntryPoint| {
            e.handler.as_ref().is_some_and(|h| {
                let name = h.item.as_deref().and_then(|i| i.rsplit("::").next());
                name == case.name.rsplit("::").next() && case.modules.contains(&h.module)
            })
        };
        let mut of: Vec<usize> = (0..entries.len()).filter(|&i| entries[i].name == case.name).collect();
        if of.is_empty() {
            of = (0..entries.len()).filter(|&i| handled(entries[i])).collect();
        }
        of.iter().for_each(|&i| counts[i] += case.traces as f64 / of.len() as f64);
    }
    let total: f64 = counts.iter().sum();
    if total > 0.0 {
        (counts.iter().map(|c| c / total).collect(), LoadSource::Traces)
    } else {
        (vec![1.0 / entries.len() as f64; entries.len()], LoadSource::Equal)
    }
}

/// What runs first: the handler, or of a closure what is called where it stands.
fn starts(entry: &EntryPoint, calls: &Calls<'_>) -> Vec<ItemId> {
    if let Some(handler) = &entry.handler {
        return calls.function(handler.module, handler.item.as_deref()).into_iter().collect();
    }
    let declared = calls.function(entry.declared.module, entry.declared.item.as_deref());
    let mut starts = declared.map(|item| calls.on_line(item, entry.declared.site.line)).unwrap_or_default();
    starts.sort_unstable();
    starts.dedup();
    starts
}

fn touched(path: &Path) -> Vec<ServiceId> {
    let all: BTreeSet<Owner> = path.hops.iter().map(|h| h.to).chain([path.home]).filter(|o| *o != NOWHERE).collect();
    all.into_iter().map(|o| ServiceId::from(usize::from(o))).collect()
}

fn path_cost(codebase: &Codebase, request: &Request, base: [f64; 2], found: [f64; 2], assumed: &Assumed) -> PathCost {
    let mut sites: Vec<Site> = Vec::new();
    for (_, at) in &request.places {
        let site = Site::new(codebase.files[at.0.index()].path.clone(), at.1);
        if sites.len() < SITES && !sites.contains(&site) {
            sites.push(site);
        }
    }
    PathCost {
        calls: request.calls,
        looped: request.looped,
        messages: request.messages,
        fan_out: request.fan_out(),
        depth: request.depth,
        added_median: rounded(found[0] - base[0], 3),
        added_p99: rounded(found[1] - base[1], 3),
        availability: rounded(available(request, assumed), 6),
        sites,
    }
}

/// The product over all processes that have to be up.
fn available(request: &Request, assumed: &Assumed) -> f64 {
    assumed.availability.powi(request.needs().len() as i32)
}

fn layout(layout: Layout, requests: &Requests, loads: &[f64], assumed: &Assumed) -> LayoutCost {
    let [median, p99] = requests.mixed(loads);
    let (mean, worst) = blast::failing(requests, loads);
    LayoutCost {
        layout,
        processes: requests.processes as u32,
        calls: rounded(requests.mean(loads, |r| r.calls), 3),
        messages: rounded(requests.mean(loads, |r| r.messages), 3),
        median: rounded(median, 3),
        p99: rounded(p99, 3),
        availability: rounded(requests.mean(loads, |r| available(r, assumed)), 6),
        fails_mean: rounded(mean, 6),
        fails_worst: rounded(worst, 6),
    }
}

/// So many decimals: the last bits of a float say nothing, and may differ between machines.
fn rounded(value: f64, decimals: i32) -> f64 {
    let unit = 10f64.powi(decimals);
    // No minus before a zero.
    (value * unit).round() / unit + 0.0
}
