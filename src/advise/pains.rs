//! What hurts in the monolith today, measured: the seven reasons for which teams want to split.
//!
//! Takes the code base, its graph, the evidence and the partition; gives one [`Pain`] each, in a fixed order. Where nothing was found to
//! measure it by, there is no figure, and the sentence says what is missing. A figure says how bad it is now; whether a split would mend
//! it, the verdicts say.

use super::{counted, percent};
use crate::model::codebase::Codebase;
use crate::model::evidence::load::{Bound, Load};
use crate::model::evidence::{Evidence, Spot};
use crate::model::graph::ModuleGraph;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::plan::{Pain, Reason};
use std::collections::{BTreeMap, BTreeSet};

/// People from which on a file is everybody's.
const CROWD: u32 = 4;

/// Places that are given for a reason.
const SITES: usize = 5;

/// All seven.
pub(crate) fn pains(codebase: &Codebase, graph: &ModuleGraph, evidence: &Evidence, partition: &Partition) -> Vec<Pain> {
    let ground = Ground { codebase, graph, evidence, partition, users: users(graph) };
    vec![
        ground.redeploys(),
        ground.tangled(),
        ground.scales_whole(),
        ground.infrastructure(),
        ground.tests_everything(),
        ground.one_fault(),
        ground.teams_collide(),
    ]
}

struct Ground<'a> {
    codebase: &'a Codebase,
    graph: &'a ModuleGraph,
    evidence: &'a Evidence,
    partition: &'a Partition,
    /// For each module those that refer to it.
    users: Vec<Vec<ModuleId>>,
}

fn users(graph: &ModuleGraph) -> Vec<Vec<ModuleId>> {
    let mut users = vec![Vec::new(); graph.modules];
    graph.pairs.iter().for_each(|p| users[p.to.index()].push(p.from));
    users
}

fn pain(name: &str, measure: &str, value: Option<f64>, text: String) -> Pain {
    Pain { name: name.into(), measure: measure.into(), value, because: vec![Reason::new(text)] }
}

impl Ground<'_> {
    fn service(&self, module: ModuleId) -> Option<ServiceId> {
        self.partition.members[module.index()].service
    }

    fn candidates(&self) -> usize {
        self.partition.names.len()
    }

    /// Modules from which some of these can be reached, themselves too.
    fn reaching(&self, of: impl Iterator<Item = ModuleId>) -> Vec<bool> {
        let mut seen = vec![false; self.graph.modules];
        let mut todo: Vec<ModuleId> = of.collect();
        while let Some(module) = todo.pop() {
            if !std::mem::replace(&mut seen[module.index()], true) {
                todo.extend(&self.users[module.index()]);
            }
        }
        seen
    }

    /// Mean over the candidates.
    fn mean(&self, of: impl Fn(ServiceId) -> f64) -> Option<f64> {
        let count = self.candidates();
        (count > 0).then(|| (0..count).map(ServiceId::from).map(of).sum::<f64>() / count as f64)
    }

    fn redeploys(&self) -> Pain {
        let (name, measure) = ("everything redeploys together", "share of commits that touch several candidates");
        let changes: Vec<BTreeSet<ServiceId>> = (self.evidence.history.iter().flat_map(|h| &h.changes))
            .map(|modules| modules.iter().filter_map(|m| self.service(*m)).collect())
            .filter(|services: &BTreeSet<ServiceId>| !services.is_empty())
            .collect();
        if changes.is_empty() {
            return pain(name, measure, None, "there is no history to measure it by".into());
        }
        let several = changes.iter().filter(|s| s.len() > 1).count();
        let text = format!(
            "{} of {} that touch a candidate touch more than one: they would still be released together",
            several,
            counted(changes.len(), "commit")
        );
        pain(name, measure, Some(several as f64 / changes.len() as f64), text)
    }

    fn tangled(&self) -> Pain {
        let system = self.graph.system;
        let text = format!(
            "{} of the modules are in a cycle, and a change can reach {} of all modules through some path (propagation cost)",
            percent(system.cyclicity),
            percent(system.propagation_cost)
        );
        pain("parts are tangled", "share of modules in a cycle", Some(system.cyclicity), text)
    }

    /// Entry points by the candidate that handles them.
    fn entries(&self) -> BTreeMap<ServiceId, usize> {
        let mut entries = BTreeMap::new();
        for entry in &self.evidence.entry_points {
            let at = entry.handler.as_ref().unwrap_or(&entry.declared).module;
            if let Some(service) = self.service(at) {
                *entries.entry(service).or_insert(0) += 1;
            }
        }
        entries
    }

    fn scales_whole(&self) -> Pain {
        let (name, measure) = ("only the whole scales", "share of all entry points that the busiest candidate handles");
        let entries = self.entries();
        let all: usize = entries.values().sum();
        let Some((busiest, most)) = entries.iter().max_by_key(|(service, n)| (**n, std::cmp::Reverse(**service))) else {
            return pain(name, measure, None, "no entry point was found to measure it by".into());
        };
        let outbound: BTreeSet<ServiceId> = self.evidence.outbound.iter().filter_map(|o| self.service(o.by.module)).collect();
        let text = format!(
            "{} of {} have entry points of their own, `{}` most of them ({most} of {all}); {} wait for something outside of the process",
            entries.len(),
            counted(self.candidates(), "candidate"),
            self.partition.names[busiest.index()],
            counted(outbound.len(), "candidate")
        );
        let mut pain = pain(name, measure, Some(*most as f64 / all as f64), text);
        pain.because.extend(self.bounds());
        pain
    }

    /// By what the work of each candidate is bound, where anything says so.
    fn bounds(&self) -> Vec<Reason> {
        let loads = |service: ServiceId| self.evidence.loads.iter().filter(move |l| self.service(l.by.module) == Some(service));
        let of = |service: ServiceId| {
            let computes: Vec<&Load> = loads(service).filter(|l| l.bound != Bound::Io).collect();
            let waits = self.evidence.statements.iter().map(|s| &s.by).chain(self.evidence.outbound.iter().map(|o| &o.by));
            let waits = waits.chain(loads(service).filter(|l| l.bound == Bound::Io).map(|l| &l.by));
            let waits: Vec<&Spot> = waits.filter(|by| self.service(by.module) == Some(service)).collect();
            let heavy: BTreeSet<ModuleId> = computes.iter().map(|l| l.by.module).collect();
            if heavy.is_empty() {
                return None;
            }
            let what: BTreeSet<&str> = computes.iter().map(|l| l.what.as_str()).collect();
            let through = self.evidence.entry_points.iter().filter(|e| e.reaches.iter().any(|m| heavy.contains(m))).count();
            let text = format!(
                "`{}` computes or holds much ({}), which {} {}, and waits in {}",
                self.partition.names[service.index()],
                what.into_iter().collect::<Vec<_>>().join(", "),
                counted(through, "entry point"),
                if through == 1 { "reaches" } else { "reach" },
                counted(waits.len(), "place")
            );
            Some(Reason::at(text, computes.iter().map(|l| l.by.site.clone()).take(SITES).collect()))
        };
        (0..self.candidates()).map(ServiceId::from).filter_map(of).collect()
    }

    fn infrastructure(&self) -> Pain {
        let mut crates: BTreeMap<Option<ServiceId>, BTreeSet<&str>> = BTreeMap::new();
        for (module, name, _) in self.codebase.externals.iter().filter(|(_, name, _)| name != "std") {
            crates.entry(self.service(*module)).or_default().insert(name);
        }
        let all: BTreeSet<&str> = crates.values().flatten().copied().collect();
        let own = self.mean(|s| crates.get(&Some(s)).map_or(0.0, |c| c.len() as f64));
        let (name, measure) =
            ("infrastructure costs more than each part needs", "mean share of the external crates that a candidate uses itself");
        let (Some(own), 1..) = (own, all.len()) else {
            return pain(name, measure, None, "no external crate is used".into());
        };
        let stores: BTreeSet<&str> = self.evidence.statements.iter().map(|s| s.technology.as_str()).collect();
        let text = format!(
            "{} are linked into every copy of the whole, a candidate uses {own:.1} of them on average; state: {}, {}",
            counted(all.len(), "external crate"),
            counted(self.evidence.state.len(), "static or lock"),
            if stores.is_empty() {
                "no data store that is known".to_owned()
            } else {
                format!("data through {}", Vec::from_iter(stores).join(", "))
            }
        );
        let mut pain = pain(name, measure, Some(own / all.len() as f64), text);
        pain.because.extend(self.heavy_crates());
        pain
    }

    /// Which candidates need each of the heavy crates, which every copy of the whole brings along.
    fn heavy_crates(&self) -> Vec<Reason> {
        let mut crates: BTreeMap<&str, Vec<&Load>> = BTreeMap::new();
        for load in self.evidence.loads.iter().filter(|l| l.is_crate) {
            crates.entry(&load.what).or_default().push(load);
        }
        let reason = |(name, loads): (&str, Vec<&Load>)| {
            let users: BTreeSet<ServiceId> = loads.iter().filter_map(|l| self.service(l.by.module)).collect();
            let users: Vec<String> = users.into_iter().map(|s| self.partition.names[s.index()].clone()).collect();
            let users = match users.as_slice() {
                [] => "no candidate itself needs".to_owned(),
                [only] => format!("`{only}` needs"),
                several => format!("{} need", super::listed(several)),
            };
            let text = format!("{name} brings {} ({}-bound): {users} it", loads[0].why, loads[0].bound.name());
            Reason::at(text, loads.iter().map(|l| l.by.site.clone()).take(SITES).collect())
        };
        crates.into_iter().map(reason).collect()
    }

    fn tests_everything(&self) -> Pain {
        let (name, measure) = ("releases test everything", "mean share of tested modules that a change in one candidate reaches");
        // Tests are left out of the graph, but where they stand is known: a module with tests in its file is tested.
        let files: BTreeSet<_> = self.codebase.off.iter().map(|(file, ..)| *file).collect();
        let tested: Vec<usize> = (0..self.codebase.modules.len()).filter(|m| files.contains(&self.codebase.modules[*m].file)).collect();
        if tested.is_empty() || self.candidates() == 0 {
            return pain(name, measure, None, "no module has tests beside its code to measure it by".into());
        }
        let share = self.mean(|s| {
            let reaching = self.reaching(self.partition.modules_of(s));
            tested.iter().filter(|m| reaching[**m]).count() as f64 / tested.len() as f64
        });
        let text = format!(
            "{} have tests beside their code; a change in one candidate reaches {} of them on average",
            counted(tested.len(), "module"),
            percent(share.unwrap_or(0.0))
        );
        pain(name, measure, share, text)
    }

    fn one_fault(&self) -> Pain {
        let (name, measure) = ("one fault takes all down", "mean share of entry points that run through one candidate");
        let entries = &self.evidence.entry_points;
        if entries.is_empty() || self.candidates() == 0 {
            return pain(name, measure, None, "no entry point was found to measure it by".into());
        }
        let through = |service: ServiceId| entries.iter().filter(|e| e.reaches.iter().any(|m| self.service(*m) == Some(service))).count();
        let all: Vec<usize> = (0..self.candidates()).map(|s| through(ServiceId::from(s))).collect();
        let worst = (0..all.len()).max_by_key(|s| (all[*s], std::cmp::Reverse(*s))).unwrap_or(0);
        let mean = all.iter().sum::<usize>() as f64 / (all.len() * entries.len()) as f64;
        let text = format!(
            "in one process a crash ends all {}, and {} of them reach code that can panic; apart, a fault of one candidate would reach {} of \
             them on average, one of `{}` most: {}",
            counted(entries.len(), "entry point"),
            entries.iter().filter(|e| e.panics > 0).count(),
            percent(mean),
            self.partition.names[worst],
            all[worst]
        );
        pain(name, measure, Some(mean), text)
    }

    fn teams_collide(&self) -> Pain {
        let (name, measure) = ("teams step on each other", "share of changed modules that four people or more have written");
        let Some(history) = self.evidence.history.as_ref().filter(|h| !h.churn.is_empty()) else {
            return pain(name, measure, None, "there is no history to measure it by".into());
        };
        let crowded = history.churn.iter().filter(|c| c.authors >= CROWD).count();
        let mixed = (0..self.candidates())
            .filter(|s| {
                let own = |m: &ModuleId| self.service(*m) == Some(ServiceId::from(*s));
                history.owners.iter().filter(|(_, modules)| modules.iter().any(own)).count() > 1
            })
            .count();
        let owners = if history.owners.is_empty() {
            "CODEOWNERS names nobody".to_owned()
        } else {
            format!("{} have several owners by CODEOWNERS", counted(mixed, "candidate"))
        };
        let text = format!(
            "{crowded} of {} that changed were written by {CROWD} people or more; {owners}",
            counted(history.churn.len(), "module")
        );
        pain(name, measure, Some(crowded as f64 / history.churn.len() as f64), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_crate;
    use crate::graph::module_graph;
    use crate::model::evidence::entry::{EntryKind, EntryPoint};
    use crate::model::evidence::history::{Churn, History};
    use crate::model::place::Site;
    use crate::model::testing::{codebase, id};

    #[test]
    fn what_is_heavy_is_said_of_whoever_needs_it() {
        let code = codebase("mod a::x 100\n mod b::x 100\n mod b::y 100\n a::x -> b::x call\n extern a::x image 2");
        let spot = |module: &str, line| Spot { module: id(&code, module), item: None, site: Site::new("src/lib.rs", line) };
        let load = |module: &str, line, is_crate| Load {
            by: spot(module, line),
            bound: Bound::Cpu,
            what: if is_crate { "image".into() } else { "par_iter".into() },
            why: "codecs of images".into(),
            is_crate,
        };
        let entry = EntryPoint {
            kind: EntryKind::Route,
            name: "GET /".into(),
            handler: None,
            declared: spot("b::y", 9),
            technology: "axum".into(),
            reaches: vec![id(&code, "a::x"), id(&code, "b::y")],
            panics: 0,
        };
        let loads = vec![load("a::x", 3, true), load("a::x", 7, false), load("b::x", 5, true)];
        let evidence = Evidence { loads, entry_points: vec![entry], ..Evidence::default() };
        let found = pains(&code, &module_graph(&code), &evidence, &by_crate(&code));
        let said = |pain: usize| -> Vec<String> {
            let lines =
                found[pain].because[1..].iter().map(|r| (r, r.sites.iter().map(|s| s.line.to_string()).collect::<Vec<_>>().join(" ")));
            lines.map(|(r, lines)| format!("{} @ {lines}", r.text)).collect()
        };
        assert_eq!(
            said(2),
            [
                "`a` computes or holds much (image, par_iter), which 1 entry point reaches, and waits in 0 places @ 3 7",
                "`b` computes or holds much (image), which 0 entry points reach, and waits in 0 places @ 5",
            ]
        );
        assert_eq!(said(3), ["image brings codecs of images (cpu-bound): `a`, `b` need it @ 3 5"]);
    }

    #[test]
    fn each_is_measured_or_says_what_is_missing() {
        let code = codebase(
            "mod a::x 100\n mod a::y 100\n mod b::x 100\n a::x -> b::x call\n a::y -> a::x call\n extern a::x sqlx 2\n extern b::x serde 1",
        );
        let graph = module_graph(&code);
        let partition = by_crate(&code);
        let none = pains(&code, &graph, &Evidence::default(), &partition);
        assert_eq!(none.len(), 7);
        assert!(none[0].value.is_none() && none[0].because[0].text.contains("no history"), "{none:?}");
        assert_eq!(none[3].value, Some(0.5), "{none:?}");

        let spot = |module: &str| Spot { module: id(&code, module), item: None, site: Site::new("src/lib.rs", 1) };
        let entry = |module: &str, reaches: &[&str]| EntryPoint {
            kind: EntryKind::Route,
            name: format!("GET /{module}"),
            handler: Some(spot(module)),
            declared: spot(module),
            technology: "axum".into(),
            reaches: reaches.iter().map(|m| id(&code, m)).collect(),
            panics: u32::from(module == "b::x"),
        };
        let evidence = Evidence {
            entry_points: vec![entry("a::x", &["a::x", "b::x"]), entry("b::x", &["b::x"])],
            history: Some(History {
                changes: vec![vec![id(&code, "a::x")], vec![id(&code, "a::x"), id(&code, "b::x")]],
                churn: vec![Churn { module: id(&code, "a::x"), commits: 2, authors: 5 }],
                ..History::default()
            }),
            ..Evidence::default()
        };
        let found: Vec<Option<f64>> = pains(&code, &graph, &evidence, &partition).iter().map(|p| p.value).collect();
        assert_eq!(found, [Some(0.5), Some(0.0), Some(0.5), Some(0.5), None, Some(0.75), Some(1.0)]);
        let fault = &pains(&code, &graph, &evidence, &partition)[5].because[0].text;
        assert!(fault.starts_with("in one process a crash ends all 2 entry points, and 1 of them reach code that can panic"), "{fault}");
    }
}
