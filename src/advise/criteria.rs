//! What each candidate is held against before it is said what becomes of it.
//!
//! Takes the code base, the evidence, the partition and the crossings; gives for each candidate one [`Criterion`] of each kind, in their order.
//! Invariants: a criterion holds its value, its threshold, where the threshold comes from and what would change it; where nothing tells the value,
//! it says what would.

use super::thresholds::{self, Threshold, Thresholds};
use super::{counted, listed, percent};
use crate::model::codebase::{Codebase, DependencyKind};
use crate::model::data_plan::{DataPlan, Remedy, Span};
use crate::model::evidence::Evidence;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::Partition;
use crate::model::place::Site;
use crate::model::plan::{Criterion, CriterionKind, CrossedItem, Crossing, Fit, Reason, Style};
use std::collections::{BTreeMap, BTreeSet};

/// Places under one reason, at most.
const SITES: usize = 12;
/// A seam is chatty where calls in loops are at least this share of those that somebody waits for or that cannot be parted.
const CHATTY: f64 = 1.0 / 3.0;

/// A value, or none; and in words what it rests on.
struct Measured {
    value: Option<f64>,
    text: String,
    sites: Vec<Site>,
    /// What would change it.
    change: &'static str,
}

impl Measured {
    fn new(value: f64, text: String, change: &'static str) -> Self {
        Self { value: Some(value), text, sites: Vec::new(), change }
    }

    fn unknown(text: &str) -> Self {
        Self { value: None, text: text.to_owned(), sites: Vec::new(), change: "" }
    }
}

/// What there is to know about all candidates.
pub(crate) struct Facts<'a> {
    codebase: &'a Codebase,
    evidence: &'a Evidence,
    partition: &'a Partition,
    crossings: &'a [Crossing],
    data: &'a DataPlan,
    thresholds: &'a Thresholds,
    cohesion: Vec<f64>,
    all_lines: u32,
}

impl<'a> Facts<'a> {
    /// Of these candidates.
    pub(crate) fn new(
        codebase: &'a Codebase,
        evidence: &'a Evidence,
        partition: &'a Partition,
        crossings: &'a [Crossing],
        data: &'a DataPlan,
        thresholds: &'a Thresholds,
    ) -> Self {
        let all_lines = codebase.modules.iter().map(|m| m.lines).sum();
        Self { codebase, evidence, partition, crossings, data, thresholds, cohesion: cohesion(codebase, partition), all_lines }
    }

    /// Share of the candidate's references to capability code that stay inside.
    pub(crate) fn cohesion(&self, id: ServiceId) -> f64 {
        self.cohesion[id.index()]
    }

    /// Lines of the candidate.
    pub(crate) fn lines(&self, id: ServiceId) -> u32 {
        self.partition.modules_of(id).map(|m| self.codebase.modules[m.index()].lines).sum()
    }

    /// Everything that the candidate is held against.
    pub(crate) fn criteria(&self, id: ServiceId) -> Vec<Criterion> {
        CriterionKind::ALL.into_iter().map(|kind| self.criterion(kind, id)).collect()
    }

    fn criterion(&self, kind: CriterionKind, id: ServiceId) -> Criterion {
        let (measured, threshold) = match kind {
            CriterionKind::Cohesion => (self.inside(id), &thresholds::COHESION_SERVICE),
            CriterionKind::Crossings => (self.waits(id), &thresholds::WAITED_ITEMS),
            CriterionKind::ChattySeams => (self.chatty(id), &thresholds::CHATTY_SEAMS),
            CriterionKind::SplitTransactions => (self.split(id), &thresholds::SPLIT_TRANSACTIONS),
            CriterionKind::ChangeLocality => (self.locality(id), &thresholds::CHANGE_LOCALITY),
            CriterionKind::TeamFit => (self.team(id), &thresholds::TEAM_FIT),
            CriterionKind::ScalingNeed => (self.work(id), &thresholds::SCALING_NEED),
            CriterionKind::FaultIsolation => (self.isolation(id), &thresholds::FAULT_ISOLATION),
            CriterionKind::Size => (self.size(id), &thresholds::LINES_SERVICE),
            CriterionKind::Separability => (self.wire(id), &thresholds::REDESIGN),
        };
        self.held(kind, measured, threshold)
    }

    fn held(&self, kind: CriterionKind, measured: Measured, threshold: &Threshold) -> Criterion {
        let limit = self.thresholds.of(threshold);
        let met = measured.value.map(|v| if kind.is_at_least() { v >= limit } else { v <= limit });
        let figure = if kind.is_share() { percent(limit) } else { limit.to_string() };
        let asked = if kind.is_at_least() { "at least" } else { "at most" };
        let text = match met {
            None => measured.text,
            Some(met) => {
                let change = if met || measured.change.is_empty() { String::new() } else { format!("; {}", measured.change) };
                format!("{}, {asked} {figure} is asked{change}", measured.text)
            }
        };
        let because = Reason::at(text, measured.sites);
        Criterion { kind, value: measured.value, threshold: limit, met, source: threshold.source.into(), because }
    }

    fn own(&self, module: ModuleId, id: ServiceId) -> bool {
        self.partition.members[module.index()].service == Some(id)
    }

    fn inside(&self, id: ServiceId) -> Measured {
        let share = self.cohesion(id);
        let text = format!("{} of its references to capability code stay inside", percent(share));
        Measured::new(share, text, "moving what it uses most into it would change this")
    }

    fn waits(&self, id: ServiceId) -> Measured {
        let waited = self.crossings.iter().filter(|c| c.from == id).flat_map(|c| &c.items).filter(|i| i.style == Style::SyncApi).count();
        let text = format!("it waits for {} of other candidates", counted(waited, "item"));
        Measured::new(waited as f64, text, "a narrower interface, or a local copy of what it asks for, would change this")
    }

    fn chatty(&self, id: ServiceId) -> Measured {
        let in_loop = |i: &&CrossedItem| i.rule == "loop";
        let weight = |items: &mut dyn Iterator<Item = &CrossedItem>| items.map(|i| i.sites.len()).sum::<usize>();
        let is_chatty = |c: &&Crossing| {
            let active = weight(&mut c.items.iter().filter(|i| matches!(i.style, Style::SyncApi | Style::KeepTogether)));
            let loops = weight(&mut c.items.iter().filter(in_loop));
            loops > 0 && loops as f64 >= CHATTY * active as f64
        };
        let seams: Vec<&Crossing> = self.crossings.iter().filter(|c| c.from == id || c.to == id).filter(is_chatty).collect();
        let sites = seams.iter().flat_map(|c| &c.items).filter(in_loop).flat_map(|i| i.sites.clone()).take(SITES).collect();
        let text = format!("{} mostly called in loops", counted(seams.len(), "seam"));
        Measured { sites, ..Measured::new(seams.len() as f64, text, "one call for all of them before the loop would change this") }
    }

    fn split(&self, id: ServiceId) -> Measured {
        let touches = |t: &&crate::model::evidence::data::Transaction| {
            let mut spots = std::iter::once(&t.by).chain(&t.reaches);
            spots.any(|s| self.own(s.module, id))
        };
        let spans: Vec<&Span> = self.data.spans.iter().filter(|s| s.services.contains(&id)).collect();
        // A table of it may be touched by code that is another's.
        let sites = self.evidence.transactions.iter().filter(touches).map(|t| &t.by.site).chain(spans.iter().map(|s| &s.site));
        let all = sites.collect::<BTreeSet<_>>().len();
        if all == 0 {
            return Measured::unknown("no transaction of it is known");
        }
        // What is told through an outbox, moved as a whole or asked for before it begins commits alone.
        let split: Vec<&&Span> = spans.iter().filter(|s| matches!(s.remedy, Remedy::Merge | Remedy::Saga)).collect();
        let sites = split.iter().map(|s| s.site.clone()).take(SITES).collect();
        let text = format!("{} of the {} that touch it would need a saga or a merger", split.len(), counted(all, "transaction"));
        let change = "an outbox in their place, or merging the candidates, would change this";
        Measured { sites, ..Measured::new(split.len() as f64 / all as f64, text, change) }
    }

    fn locality(&self, id: ServiceId) -> Measured {
        let Some(history) = &self.evidence.history else { return Measured::unknown("no history was read") };
        let (mut touched, mut within) = (0_usize, 0_usize);
        for commit in &history.changes {
            let mut services = commit.iter().filter_map(|m| self.partition.members[m.index()].service);
            if services.clone().any(|s| s == id) {
                touched += 1;
                within += usize::from(services.all(|s| s == id));
            }
        }
        let fewest = self.thresholds.count(&thresholds::COMMITS);
        if touched < fewest {
            let text = format!("{} touched it, fewer than the {fewest} from which a history says something", counted(touched, "commit"));
            return Measured::unknown(&text);
        }
        let text = format!("{within} of the {touched} commits that touched it touched no other candidate");
        let change = "moving what changes with it into it would change this";
        Measured::new(within as f64 / touched as f64, text, change)
    }

    fn team(&self, id: ServiceId) -> Measured {
        let owners = self.evidence.history.as_ref().map_or(&[][..], |h| &h.owners);
        if owners.is_empty() {
            return Measured::unknown("nobody is written down as its owner: a CODEOWNERS file would tell");
        }
        let modules = self.partition.modules_of(id).count();
        let owned = owners.iter().map(|(owner, of)| (of.iter().filter(|m| self.own(**m, id)).count(), owner));
        let (most, owner) = owned.max_by(|a, b| a.0.cmp(&b.0).then(b.1.cmp(a.1))).unwrap_or((0, &owners[0].0));
        if most == 0 {
            return Measured::unknown("CODEOWNERS names nobody for its modules");
        }
        let text = format!("`{owner}` owns {most} of its {}", counted(modules, "module"));
        Measured::new(most as f64 / modules.max(1) as f64, text, "one team for all of it would change this")
    }

    fn work(&self, id: ServiceId) -> Measured {
        let calls = self.evidence.traces.as_ref().map_or(&[][..], |t| &t.calls);
        let all: u64 = calls.iter().map(|c| c.count).sum();
        if all == 0 {
            let heavy = self.evidence.loads.iter().filter(|l| self.own(l.by.module, id));
            let mut what: BTreeMap<String, Site> = BTreeMap::new();
            for load in heavy {
                what.entry(format!("{} ({})", load.what, load.bound.name())).or_insert_with(|| load.by.site.clone());
            }
            let names: Vec<String> = what.keys().cloned().collect();
            let text = if names.is_empty() {
                "no traces were read, and nothing in it looks heavy: `--traces` would tell".to_owned()
            } else {
                format!("no traces were read (`--traces`); by what it uses, it works hard: {}", listed(&names))
            };
            return Measured { sites: what.into_values().take(SITES).collect(), ..Measured::unknown(&text) };
        }
        let served: u64 = calls.iter().filter(|c| self.own(c.to.module, id)).map(|c| c.count).sum();
        let share = served as f64 / all as f64;
        Measured::new(share, format!("{} of the recorded calls are to it", percent(share)), "more load than the rest has would change this")
    }

    fn isolation(&self, id: ServiceId) -> Measured {
        let asked = |kind: EntryKind| kind != EntryKind::Main;
        let entries: Vec<_> = self.evidence.entry_points.iter().filter(|e| asked(e.kind) && !e.reaches.is_empty()).collect();
        if entries.is_empty() {
            return Measured::unknown("no entry point is known that could go on without it");
        }
        let without = entries.iter().filter(|e| !e.reaches.iter().any(|m| self.own(*m, id))).count();
        let text = format!("{without} of {} would go on if it failed", counted(entries.len(), "entry point"));
        let change = "fewer entry points through it, or messages in the place of calls, would change this";
        Measured::new(without as f64 / entries.len() as f64, text, change)
    }

    fn size(&self, id: ServiceId) -> Measured {
        let lines = self.lines(id);
        if lines == 0 {
            return Measured::unknown("its lines are not known");
        }
        let share = f64::from(lines) / f64::from(self.all_lines.max(1));
        let text = format!("{}, {} of the code", counted(lines as usize, "line"), percent(share));
        Measured::new(f64::from(lines), text, "growth, or that it must scale or fail alone, would change this")
    }

    fn wire(&self, id: ServiceId) -> Measured {
        let own = |c: &&Crossing| c.from == id || c.to == id;
        let calls = || self.crossings.iter().filter(own).flat_map(|c| &c.items).filter(|i| i.remote.is_some());
        let all = calls().count();
        if all == 0 {
            return Measured::unknown("no call crosses its boundary of which the values are known");
        }
        let stuck: Vec<&CrossedItem> = calls().filter(|i| i.remote.as_ref().is_some_and(|r| r.fit == Fit::Redesign)).collect();
        let names: Vec<String> = stuck.iter().map(|i| i.path.clone()).collect();
        let which = if names.is_empty() { String::new() } else { format!(" ({})", listed(&names)) };
        let text = format!("{} of the {} across its boundary carry what no wire can{which}", stuck.len(), counted(all, "function"));
        let sites = stuck.iter().map(|i| i.defined.clone()).take(SITES).collect();
        let change = "plain values in the place of what their rows name would change this";
        Measured { sites, ..Measured::new(stuck.len() as f64 / all as f64, text, change) }
    }
}

/// Share of each candidate's references to capability code that stay inside, between different units; `use` declarations left out.
fn cohesion(codebase: &Codebase, partition: &Partition) -> Vec<f64> {
    let mut counts = vec![(0_u32, 0_u32); partition.names.len()];
    for r in codebase.references.iter().filter(|r| r.kind != DependencyKind::Use) {
        let unit = |item: Option<_>| item.map(|i| codebase.unit(i));
        let same_unit = r.from == r.to && unit(r.from_item) == unit(r.to_item);
        if let (Some(from), Some(to)) = (partition.members[r.from.index()].service, partition.members[r.to.index()].service)
            && !same_unit
        {
            counts[from.index()].0 += u32::from(from == to);
            counts[from.index()].1 += 1;
        }
    }
    // Without any reference nothing leaves.
    counts.into_iter().map(|(inside, all)| if all == 0 { 1.0 } else { f64::from(inside) / f64::from(all) }).collect()
}
