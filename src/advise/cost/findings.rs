//! What follows from the cost, one sentence each, and what would change it.

use super::super::{counted, percent};
use super::layouts::Requests;
use super::paths::{NOWHERE, Owner, Path};
use super::simulate::Assumed;
use crate::model::codebase::Codebase;
use crate::model::cost::{Blast, EntryCost, Layout, LayoutCost, LoadSource};
use crate::model::place::Site;
use crate::model::plan::{Reason, Service};
use std::collections::{BTreeMap, BTreeSet};

/// Places under one sentence.
const SITES: usize = 5;

/// Everything that was found.
pub(super) struct Facts<'a> {
    pub(super) codebase: &'a Codebase,
    pub(super) services: &'a [Service],
    pub(super) entries: &'a [EntryCost],
    pub(super) layouts: &'a [LayoutCost],
    pub(super) blast: &'a [Blast],
    pub(super) load: LoadSource,
    pub(super) paths: &'a [Path],
    pub(super) loads: &'a [f64],
    pub(super) whole: &'a Requests,
    pub(super) advised: &'a Requests,
    pub(super) apart: &'a Requests,
    pub(super) assumed: &'a Assumed,
    /// Entry points of which nothing is known that they run.
    pub(super) unhandled: usize,
    /// Entry points that were too many.
    pub(super) left_out: usize,
}

/// The sentences, what decides first.
pub(super) fn because(facts: &Facts<'_>) -> Vec<Reason> {
    let mut out = vec![overall(facts)];
    // Where the advice parts nothing, it is of interest what would come of parting everything.
    let parted = facts.advised.mean(facts.loads, |r| r.calls + r.messages) > 0.0;
    let (requests, where_to) = if parted { (facts.advised, "as advised") } else { (facts.apart, "with each candidate apart") };
    out.extend(queues(facts, requests, where_to));
    out.extend(chattiest(facts, requests, where_to));
    out.extend(loops(facts, requests, where_to));
    out.extend(blast(facts, parted, where_to));
    out.extend(today(facts));
    out.push(load(facts));
    out.extend(blind(facts));
    out
}

fn overall(facts: &Facts<'_>) -> Reason {
    let of = |layout: Layout| facts.layouts.iter().find(|l| l.layout == layout);
    let (Some(whole), Some(advised), Some(apart)) = (of(Layout::Monolith), of(Layout::Advised), of(Layout::AllApart)) else {
        return Reason::default();
    };
    let what = |l: &LayoutCost| {
        format!(
            "{} calls over the network for each request, a 99th percentile of {} instead of {} ms, {} instead of {} of requests that find everything up",
            short(l.calls),
            short(l.p99),
            short(whole.p99),
            exact(l.availability),
            exact(whole.availability)
        )
    };
    Reason::new(if advised.processes > 1 {
        format!(
            "as advised: {}; with each candidate apart: {}; fewer and coarser services, or messages in the place of calls, would lower both",
            what(advised),
            what(apart)
        )
    } else {
        format!(
            "as advised, all stays in one process, and nothing is added; with each candidate apart: {}; fewer and coarser services, or messages in the place of calls, would \
             lower that",
            what(apart)
        )
    })
}

/// Servers that are shared out make queues longer: that is a price of the split, too, and another remedy helps against it.
fn queues(facts: &Facts<'_>, requests: &Requests, where_to: &str) -> Option<Reason> {
    let waits = requests.waiting - facts.whole.waiting;
    (waits >= 0.01).then(|| {
        Reason::new(format!(
            "{where_to}, a request waits {} ms longer on average until a server is free, since {} servers are shared out over {} processes that cannot help each other out: \
             more of them (`servers`), or servers that are less busy (`utilisation`), would lower that",
            short(waits),
            short(facts.assumed.servers),
            requests.processes
        ))
    })
}

fn name(facts: &Facts<'_>, owner: Owner) -> String {
    facts.services.get(usize::from(owner)).map_or_else(|| "code outside of the candidates".into(), |s| format!("`{}`", s.id))
}

fn chattiest(facts: &Facts<'_>, requests: &Requests, where_to: &str) -> Option<Reason> {
    let mut seams: BTreeMap<(Owner, Owner), f64> = BTreeMap::new();
    for (request, load) in requests.all.iter().zip(facts.loads) {
        request.seams.iter().for_each(|(ends, n)| *seams.entry(*ends).or_default() += n * load);
    }
    let total: f64 = seams.values().sum();
    let (&ends, &most) = seams.iter().max_by(|a, b| a.1.total_cmp(b.1).then_with(|| b.0.cmp(a.0)))?;
    let at = |p: &Path| p.hops.iter().filter(|h| (h.from, h.to) == ends).map(|h| h.at).collect::<Vec<_>>();
    let text = format!(
        "{where_to}, {} of all calls over the network go from {} to {} ({} for each request): keeping the two in one process, or one call that answers more, would save them",
        percent(most / total),
        name(facts, ends.0),
        name(facts, ends.1),
        short(most)
    );
    (total > 0.0).then(|| Reason::at(text, sites(facts, facts.paths.iter().flat_map(at).collect())))
}

fn loops(facts: &Facts<'_>, requests: &Requests, where_to: &str) -> Option<Reason> {
    let looped = requests.mean(facts.loads, |r| r.looped);
    let all = requests.mean(facts.loads, |r| r.calls);
    let places: BTreeSet<_> = requests.all.iter().flat_map(|r| &r.places).filter(|p| !p.0).map(|p| p.1).collect();
    if places.is_empty() {
        return None;
    }
    let times = facts.assumed.loop_calls;
    let text = format!(
        "{where_to}, {} reached in a loop, each counted {} times (`loop-calls`), and {} of the calls: one call for all turns would bring {} calls for each request down to {}",
        if places.len() == 1 { "1 place is".to_owned() } else { format!("{} places are", places.len()) },
        short(times),
        percent(looped / all.max(f64::MIN_POSITIVE)),
        short(all),
        short(all - looped + looped / times)
    );
    Some(Reason::at(text, sites(facts, places)))
}

fn blast(facts: &Facts<'_>, parted: bool, where_to: &str) -> Option<Reason> {
    let fails = |b: &Blast| if parted { b.advised_fails } else { b.apart_fails };
    // What stays in the monolith is no service that could be made to fail alone.
    let alone = |b: &&Blast| !parted || facts.services[b.service.index()].verdict == crate::model::plan::Verdict::Service;
    let worst = facts.blast.iter().filter(alone).max_by(|a, b| fails(a).total_cmp(&fails(b)).then_with(|| b.service.cmp(&a.service)))?;
    (fails(worst) > 0.0).then(|| {
        Reason::new(format!(
            "{where_to}, `{}` takes most with it when it fails: {} of requests, where the monolith takes all; a local copy of what others ask of it, or an answer that can \
             do without, would shrink that",
            facts.services[worst.service.index()].id,
            percent(fails(worst))
        ))
    })
}

fn today(facts: &Facts<'_>) -> Option<Reason> {
    let leaving = facts.entries.iter().filter(|e| e.outbound > 0).count();
    (leaving > 0).then(|| {
        let verb = if leaving == 1 { "leaves" } else { "leave" };
        Reason::new(format!(
            "{} {verb} the process today already, for what is outside of the repository: that stays as it is in every layout and is not among the figures, nor are databases",
            counted(leaving, "entry point")
        ))
    })
}

fn load(facts: &Facts<'_>) -> Reason {
    let number = facts.entries.len();
    Reason::new(match facts.load {
        LoadSource::Equal if number == 1 => "there is one entry point, which has all of the load".to_owned(),
        LoadSource::Equal => {
            format!("all {number} entry points are taken to be asked for equally often: traces (`--traces FILE`) would weigh them")
        }
        LoadSource::Traces => {
            let silent = facts.loads.iter().filter(|l| **l <= 0.0).count();
            format!(
                "entry points weigh as often as traces begin there; {silent} of {number} have none, and weigh nothing: traces of more of them would change the means"
            )
        }
    })
}

fn blind(facts: &Facts<'_>) -> Vec<Reason> {
    let mut out = Vec::new();
    let unknown: BTreeSet<_> = facts.paths.iter().flat_map(|p| p.unknown.iter().copied()).collect();
    if !unknown.is_empty() {
        let text = format!(
            "{} a method of a trait that several candidates implement, and nobody can tell which one runs: such calls are left out, so the figures are too low; a trait for each \
             candidate would show them",
            if unknown.len() == 1 { "1 place calls".to_owned() } else { format!("{} places call", unknown.len()) }
        );
        out.push(Reason::at(text, sites(facts, unknown)));
    }
    let homeless = facts.paths.iter().filter(|p| p.home == NOWHERE).count().saturating_sub(facts.unhandled);
    if homeless > 0 {
        let (noun, verb) = (counted(homeless, "entry point"), if homeless == 1 { "meets" } else { "meet" });
        out.push(Reason::new(format!("{noun} {verb} no candidate on the way that does more than compute: they cost what they cost today")));
    }
    if facts.unhandled > 0 {
        out.push(Reason::new(format!(
            "of {} it is not known what runs, so they cost what they cost today; a named function in the place of a closure would tell",
            counted(facts.unhandled, "entry point")
        )));
    }
    if facts.left_out > 0 {
        out.push(Reason::new(format!("{} more were not followed: there are too many", counted(facts.left_out, "entry point"))));
    }
    let cut = facts.paths.iter().filter(|p| p.cut).count();
    if cut > 0 {
        out.push(Reason::new(format!("{} run too much code to follow all of it: their figures are too low", counted(cut, "entry point"))));
    }
    out
}

fn sites(facts: &Facts<'_>, places: BTreeSet<super::paths::At>) -> Vec<Site> {
    let mut sites: Vec<Site> = places.iter().map(|at| Site::new(facts.codebase.files[at.0.index()].path.clone(), at.1)).collect();
    sites.sort();
    sites.dedup();
    sites.truncate(SITES);
    sites
}

/// A figure with as many digits as it is worth.
fn short(value: f64) -> String {
    if value.fract().abs() < 0.005 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else if value.abs() >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

/// A share near the whole.
fn exact(share: f64) -> String {
    format!("{:.2} %", share * 100.0)
}
