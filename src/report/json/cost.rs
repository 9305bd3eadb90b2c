//! What a split costs at run time: shapes on the wire, and both ways between them and the model.

use super::read::{ReadError, all, known};
use super::wire::{Reason, Site};
use crate::model::cost as model;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ServiceId;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Cost {
    assumptions: Vec<Assumption>,
    load: String,
    layouts: Vec<Layout>,
    entries: Vec<Entry>,
    blast: Vec<Blast>,
    because: Vec<Reason>,
}

#[derive(Serialize, Deserialize)]
struct Assumption {
    name: String,
    value: f64,
}

#[derive(Serialize, Deserialize)]
struct Layout {
    layout: String,
    processes: u32,
    calls: f64,
    messages: f64,
    median: f64,
    p99: f64,
    availability: f64,
    fails_mean: f64,
    fails_worst: f64,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    kind: String,
    name: String,
    at: Site,
    load: f64,
    services: Vec<String>,
    outbound: u32,
    availability: f64,
    advised: Path,
    apart: Path,
}

#[derive(Serialize, Deserialize)]
struct Path {
    calls: f64,
    looped: f64,
    messages: f64,
    fan_out: u32,
    depth: u32,
    added_median: f64,
    added_p99: f64,
    availability: f64,
    sites: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
struct Blast {
    service: String,
    advised_fails: f64,
    advised_delayed: f64,
    apart_fails: f64,
    apart_delayed: f64,
}

impl Cost {
    pub(super) fn write(c: &model::CostPlan, service: &dyn Fn(ServiceId) -> String) -> Self {
        let layout = |l: &model::LayoutCost| Layout {
            layout: l.layout.name().into(),
            processes: l.processes,
            calls: l.calls,
            messages: l.messages,
            median: l.median,
            p99: l.p99,
            availability: l.availability,
            fails_mean: l.fails_mean,
            fails_worst: l.fails_worst,
        };
        let entry = |e: &model::EntryCost| Entry {
            kind: e.kind.name().into(),
            name: e.name.clone(),
            at: super::write::site(&e.at),
            load: e.load,
            services: e.services.iter().map(|s| service(*s)).collect(),
            outbound: e.outbound,
            availability: e.availability,
            advised: Path::write(&e.advised),
            apart: Path::write(&e.apart),
        };
        let blast = |b: &model::Blast| Blast {
            service: service(b.service),
            advised_fails: b.advised_fails,
            advised_delayed: b.advised_delayed,
            apart_fails: b.apart_fails,
            apart_delayed: b.apart_delayed,
        };
        Self {
            assumptions: c.assumptions.iter().map(|a| Assumption { name: a.name.clone(), value: a.value }).collect(),
            load: c.load.name().into(),
            layouts: c.layouts.iter().map(layout).collect(),
            entries: c.entries.iter().map(entry).collect(),
            blast: c.blast.iter().map(blast).collect(),
            because: super::write::reasons(&c.because),
        }
    }

    pub(super) fn read(self, service: &dyn Fn(&String) -> Result<ServiceId, ReadError>) -> Result<model::CostPlan, ReadError> {
        // A file of an older version has none of this.
        if self.load.is_empty() {
            return Ok(model::CostPlan::default());
        }
        let layout = |l: Layout| -> Result<model::LayoutCost, ReadError> {
            Ok(model::LayoutCost {
                layout: known("layout", &l.layout, model::Layout::from_name(&l.layout))?,
                processes: l.processes,
                calls: l.calls,
                messages: l.messages,
                median: l.median,
                p99: l.p99,
                availability: l.availability,
                fails_mean: l.fails_mean,
                fails_worst: l.fails_worst,
            })
        };
        let entry = |e: Entry| -> Result<model::EntryCost, ReadError> {
            Ok(model::EntryCost {
                kind: known("kind of entry point", &e.kind, EntryKind::from_name(&e.kind))?,
                name: e.name,
                at: super::read::site(e.at),
                load: e.load,
                services: e.services.iter().map(service).collect::<Result<_, _>>()?,
                outbound: e.outbound,
                availability: e.availability,
                advised: e.advised.read(),
                apart: e.apart.read(),
            })
        };
        let blast = |b: Blast| -> Result<model::Blast, ReadError> {
            Ok(model::Blast {
                service: service(&b.service)?,
                advised_fails: b.advised_fails,
                advised_delayed: b.advised_delayed,
                apart_fails: b.apart_fails,
                apart_delayed: b.apart_delayed,
            })
        };
        Ok(model::CostPlan {
            assumptions: self.assumptions.into_iter().map(|a| model::Assumption { name: a.name, value: a.value }).collect(),
            load: known("source of load", &self.load, model::LoadSource::from_name(&self.load))?,
            layouts: all(self.layouts, layout)?,
            entries: all(self.entries, entry)?,
            blast: all(self.blast, blast)?,
            because: super::read::reasons(self.because),
        })
    }
}

impl Path {
    fn write(p: &model::PathCost) -> Self {
        Self {
            calls: p.calls,
            looped: p.looped,
            messages: p.messages,
            fan_out: p.fan_out,
            depth: p.depth,
            added_median: p.added_median,
            added_p99: p.added_p99,
            availability: p.availability,
            sites: super::write::sites(&p.sites),
        }
    }

    fn read(self) -> model::PathCost {
        model::PathCost {
            calls: self.calls,
            looped: self.looped,
            messages: self.messages,
            fan_out: self.fan_out,
            depth: self.depth,
            added_median: self.added_median,
            added_p99: self.added_p99,
            availability: self.availability,
            sites: super::read::sites(self.sites),
        }
    }
}
