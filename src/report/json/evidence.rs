//! Evidence on the wire: modules and tables by name, in both directions.
//!
//! Names of fields and values are a promise, as those in [`wire`](super::wire) are.

use super::read::{ReadError, all, known};
use super::wire::Site;
use crate::model::evidence::data::{self, Access, StoreKind, TableId};
use crate::model::evidence::entry::{self, EntryKind};
use crate::model::evidence::history;
use crate::model::evidence::load::{self, Bound};
use crate::model::evidence::messages::{self, ChannelKind};
use crate::model::evidence::outside::{self, OutboundKind};
use crate::model::evidence::{self as model, tie};
use crate::model::ids::ModuleId;
use crate::model::place;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Evidence {
    sources: Vec<Source>,
    tables: Vec<Table>,
    statements: Vec<Statement>,
    unknown_statements: Vec<UnknownStatement>,
    transactions: Vec<Transaction>,
    entry_points: Vec<EntryPoint>,
    channels: Vec<Channel>,
    outbound: Vec<Outbound>,
    loads: Vec<Load>,
    state: Vec<State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    history: Option<History>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traces: Option<super::traces::Traces>,
    ties: Vec<Tie>,
}

#[derive(Serialize, Deserialize)]
struct Source {
    name: String,
    noun: String,
    weight: f64,
    reading: String,
    found: u32,
    unknown: u32,
    note: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Spot {
    module: String,
    item: Option<String>,
    file: String,
    line: u32,
}

#[derive(Serialize, Deserialize)]
struct Table {
    name: String,
    kind: String,
    columns: Vec<String>,
    declared: Vec<Site>,
    foreign_keys: Vec<ForeignKey>,
}

#[derive(Serialize, Deserialize)]
struct ForeignKey {
    to: String,
    columns: Vec<String>,
    site: Site,
}

#[derive(Serialize, Deserialize)]
struct Statement {
    by: Spot,
    tables: Vec<Touched>,
    technology: String,
    partial: bool,
}

#[derive(Serialize, Deserialize)]
struct Touched {
    table: String,
    access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<Site>,
}

#[derive(Serialize, Deserialize)]
struct UnknownStatement {
    by: Spot,
    technology: String,
    reason: String,
}

#[derive(Serialize, Deserialize)]
struct Transaction {
    by: Spot,
    how: String,
    tables: Vec<Touched>,
    reaches: Vec<Spot>,
    partial: bool,
}

#[derive(Serialize, Deserialize)]
struct EntryPoint {
    kind: String,
    name: String,
    handler: Option<Spot>,
    declared: Spot,
    technology: String,
    reaches: Vec<String>,
    #[serde(default)]
    panics: u32,
}

#[derive(Serialize, Deserialize)]
struct Channel {
    name: String,
    kind: String,
    technology: String,
    payload: Option<String>,
    producers: Vec<Spot>,
    consumers: Vec<Spot>,
}

#[derive(Serialize, Deserialize)]
struct Outbound {
    by: Spot,
    kind: String,
    target: Option<String>,
    technology: String,
}

#[derive(Serialize, Deserialize)]
struct Load {
    by: Spot,
    bound: String,
    what: String,
    why: String,
    is_crate: bool,
}

#[derive(Serialize, Deserialize)]
struct State {
    name: String,
    module: String,
    declared: Site,
    what: String,
    touched: Vec<Spot>,
}

#[derive(Serialize, Deserialize)]
struct History {
    commits: u32,
    counted: u32,
    left_out: Vec<LeftOut>,
    shallow: bool,
    churn: Vec<Churn>,
    co_changes: Vec<CoChange>,
    owners: Vec<Owner>,
    #[serde(default)]
    locality: Option<Locality>,
}

#[derive(Serialize, Deserialize)]
struct Locality {
    commits: u32,
    within: u32,
}

#[derive(Serialize, Deserialize)]
struct LeftOut {
    rule: String,
    commits: u32,
}

#[derive(Serialize, Deserialize)]
struct Churn {
    module: String,
    commits: u32,
    authors: u32,
}

#[derive(Serialize, Deserialize)]
struct CoChange {
    a: String,
    b: String,
    together: u32,
    confidence: f64,
    lift: f64,
}

#[derive(Serialize, Deserialize)]
struct Owner {
    owner: String,
    modules: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct Tie {
    source: String,
    subject: String,
    members: Vec<Member>,
    sites: Vec<Site>,
}

#[derive(Serialize, Deserialize)]
struct Member {
    module: String,
    weight: f64,
}

/// From positions to names.
pub(super) struct Names<'a> {
    /// Name of a module.
    pub(super) module: &'a dyn Fn(ModuleId) -> String,
}

impl Names<'_> {
    fn spot(&self, spot: &model::Spot) -> Spot {
        Spot { module: (self.module)(spot.module), item: spot.item.clone(), file: spot.site.file.clone(), line: spot.site.line }
    }

    fn spots(&self, spots: &[model::Spot]) -> Vec<Spot> {
        spots.iter().map(|s| self.spot(s)).collect()
    }

    fn modules(&self, ids: &[ModuleId]) -> Vec<String> {
        ids.iter().map(|m| (self.module)(*m)).collect()
    }

    pub(super) fn write(&self, e: &model::Evidence) -> Evidence {
        let table = |id: TableId| e.tables[id.index()].name.clone();
        Evidence {
            sources: (e.sources.iter())
                .map(|s| Source {
                    name: s.source.clone(),
                    noun: s.noun.clone(),
                    weight: s.weight,
                    reading: s.reading.clone(),
                    found: s.found,
                    unknown: s.unknown,
                    note: s.note.clone(),
                })
                .collect(),
            tables: (e.tables.iter())
                .map(|t| Table {
                    name: t.name.clone(),
                    kind: t.kind.name().into(),
                    columns: t.columns.clone(),
                    declared: sites(&t.declared),
                    foreign_keys: (t.foreign_keys.iter())
                        .map(|k| ForeignKey { to: table(k.to), columns: k.columns.clone(), site: site(&k.site) })
                        .collect(),
                })
                .collect(),
            statements: (e.statements.iter())
                .map(|s| Statement {
                    by: self.spot(&s.by),
                    tables: (s.tables.iter())
                        .map(|(t, access)| Touched { table: table(*t), access: access.name().into(), site: None })
                        .collect(),
                    technology: s.technology.clone(),
                    partial: s.partial,
                })
                .collect(),
            unknown_statements: (e.unknown_statements.iter())
                .map(|u| UnknownStatement { by: self.spot(&u.by), technology: u.technology.clone(), reason: u.reason.clone() })
                .collect(),
            transactions: (e.transactions.iter())
                .map(|t| Transaction {
                    by: self.spot(&t.by),
                    how: t.how.clone(),
                    tables: (t.tables.iter())
                        .map(|(id, access, at)| Touched { table: table(*id), access: access.name().into(), site: Some(site(at)) })
                        .collect(),
                    reaches: self.spots(&t.reaches),
                    partial: t.partial,
                })
                .collect(),
            entry_points: (e.entry_points.iter())
                .map(|p| EntryPoint {
                    kind: p.kind.name().into(),
                    name: p.name.clone(),
                    handler: p.handler.as_ref().map(|h| self.spot(h)),
                    declared: self.spot(&p.declared),
                    technology: p.technology.clone(),
                    reaches: self.modules(&p.reaches),
                    panics: p.panics,
                })
                .collect(),
            channels: (e.channels.iter())
                .map(|c| Channel {
                    name: c.name.clone(),
                    kind: c.kind.name().into(),
                    technology: c.technology.clone(),
                    payload: c.payload.clone(),
                    producers: self.spots(&c.producers),
                    consumers: self.spots(&c.consumers),
                })
                .collect(),
            outbound: (e.outbound.iter())
                .map(|o| Outbound {
                    by: self.spot(&o.by),
                    kind: o.kind.name().into(),
                    target: o.target.clone(),
                    technology: o.technology.clone(),
                })
                .collect(),
            loads: (e.loads.iter())
                .map(|l| Load {
                    by: self.spot(&l.by),
                    bound: l.bound.name().into(),
                    what: l.what.clone(),
                    why: l.why.clone(),
                    is_crate: l.is_crate,
                })
                .collect(),
            state: (e.state.iter())
                .map(|s| State {
                    name: s.name.clone(),
                    module: (self.module)(s.module),
                    declared: site(&s.declared),
                    what: s.what.clone(),
                    touched: self.spots(&s.touched),
                })
                .collect(),
            history: e.history.as_ref().map(|h| self.history(h)),
            traces: e.traces.as_ref().map(|t| super::traces::write(t, self.module)),
            ties: (e.ties.iter())
                .map(|t| Tie {
                    source: t.source.clone(),
                    subject: t.subject.clone(),
                    members: t.members.iter().map(|(m, weight)| Member { module: (self.module)(*m), weight: *weight }).collect(),
                    sites: sites(&t.sites),
                })
                .collect(),
        }
    }

    fn history(&self, h: &history::History) -> History {
        let module = |m: ModuleId| (self.module)(m);
        History {
            commits: h.commits,
            counted: h.counted,
            left_out: h.left_out.iter().map(|(rule, commits)| LeftOut { rule: rule.clone(), commits: *commits }).collect(),
            shallow: h.shallow,
            churn: (h.churn.iter()).map(|c| Churn { module: module(c.module), commits: c.commits, authors: c.authors }).collect(),
            co_changes: (h.co_changes.iter())
                .map(|c| CoChange { a: module(c.a), b: module(c.b), together: c.together, confidence: c.confidence, lift: c.lift })
                .collect(),
            locality: h.locality.map(|l| Locality { commits: l.commits, within: l.within }),
            owners: h.owners.iter().map(|(owner, ids)| Owner { owner: owner.clone(), modules: self.modules(ids) }).collect(),
        }
    }
}

/// From names to positions.
pub(super) struct Positions<'a> {
    /// Position of a module.
    pub(super) module: &'a dyn Fn(&str) -> Result<ModuleId, ReadError>,
}

impl Positions<'_> {
    fn spot(&self, s: Spot) -> Result<model::Spot, ReadError> {
        Ok(model::Spot { module: (self.module)(&s.module)?, item: s.item, site: place::Site::new(s.file, s.line) })
    }

    fn spots(&self, spots: Vec<Spot>) -> Result<Vec<model::Spot>, ReadError> {
        all(spots, |s| self.spot(s))
    }

    pub(super) fn read(&self, e: Evidence) -> Result<model::Evidence, ReadError> {
        let names: Vec<String> = e.tables.iter().map(|t| t.name.clone()).collect();
        let table = |name: &str| {
            let at = names.iter().position(|n| n == name).and_then(|at| u32::try_from(at).ok());
            known("table", name, at.map(TableId))
        };
        let access = |name: &str| known("access", name, Access::from_name(name));
        let sources = e.sources.into_iter().map(|s| model::SourceReport {
            source: s.name,
            noun: s.noun,
            weight: s.weight,
            reading: s.reading,
            found: s.found,
            unknown: s.unknown,
            note: s.note,
        });
        Ok(model::Evidence {
            sources: sources.collect(),
            tables: all(e.tables, |t| {
                Ok(data::Table {
                    kind: known("kind of store", &t.kind, StoreKind::from_name(&t.kind))?,
                    name: t.name,
                    columns: t.columns,
                    declared: sites_of(t.declared),
                    foreign_keys: all(t.foreign_keys, |k| {
                        Ok(data::ForeignKey { to: table(&k.to)?, columns: k.columns, site: site_of(k.site) })
                    })?,
                })
            })?,
            statements: all(e.statements, |s| {
                Ok(data::Statement {
                    by: self.spot(s.by)?,
                    tables: all(s.tables, |t| Ok((table(&t.table)?, access(&t.access)?)))?,
                    technology: s.technology,
                    partial: s.partial,
                })
            })?,
            unknown_statements: all(e.unknown_statements, |u| {
                Ok(data::UnknownStatement { by: self.spot(u.by)?, technology: u.technology, reason: u.reason })
            })?,
            transactions: all(e.transactions, |t| {
                Ok(data::Transaction {
                    by: self.spot(t.by)?,
                    how: t.how,
                    tables: all(t.tables, |touched| {
                        let at = touched.site.map(site_of).ok_or_else(|| ReadError::Inconsistent("a table without its place".into()))?;
                        Ok((table(&touched.table)?, access(&touched.access)?, at))
                    })?,
                    reaches: self.spots(t.reaches)?,
                    partial: t.partial,
                })
            })?,
            entry_points: all(e.entry_points, |p| {
                Ok(entry::EntryPoint {
                    kind: known("kind of entry point", &p.kind, EntryKind::from_name(&p.kind))?,
                    name: p.name,
                    handler: p.handler.map(|h| self.spot(h)).transpose()?,
                    declared: self.spot(p.declared)?,
                    technology: p.technology,
                    reaches: all(p.reaches, |m| (self.module)(&m))?,
                    panics: p.panics,
                })
            })?,
            channels: all(e.channels, |c| {
                Ok(messages::Channel {
                    kind: known("kind of channel", &c.kind, ChannelKind::from_name(&c.kind))?,
                    name: c.name,
                    technology: c.technology,
                    payload: c.payload,
                    producers: self.spots(c.producers)?,
                    consumers: self.spots(c.consumers)?,
                })
            })?,
            outbound: all(e.outbound, |o| {
                Ok(outside::Outbound {
                    by: self.spot(o.by)?,
                    kind: known("kind of call", &o.kind, OutboundKind::from_name(&o.kind))?,
                    target: o.target,
                    technology: o.technology,
                })
            })?,
            loads: all(e.loads, |l| {
                Ok(load::Load {
                    by: self.spot(l.by)?,
                    bound: known("bound", &l.bound, Bound::from_name(&l.bound))?,
                    what: l.what,
                    why: l.why,
                    is_crate: l.is_crate,
                })
            })?,
            state: all(e.state, |s| {
                Ok(outside::SharedState {
                    module: (self.module)(&s.module)?,
                    name: s.name,
                    declared: site_of(s.declared),
                    what: s.what,
                    touched: self.spots(s.touched)?,
                })
            })?,
            history: e.history.map(|h| self.history(h)).transpose()?,
            traces: e.traces.map(|t| super::traces::read(t, self.module)).transpose()?,
            ties: all(e.ties, |t| {
                Ok(tie::Tie {
                    source: t.source,
                    subject: t.subject,
                    members: all(t.members, |m| Ok(((self.module)(&m.module)?, m.weight)))?,
                    sites: sites_of(t.sites),
                })
            })?,
        })
    }

    fn history(&self, h: History) -> Result<history::History, ReadError> {
        Ok(history::History {
            commits: h.commits,
            counted: h.counted,
            left_out: h.left_out.into_iter().map(|l| (l.rule, l.commits)).collect(),
            shallow: h.shallow,
            churn: all(h.churn, |c| Ok(history::Churn { module: (self.module)(&c.module)?, commits: c.commits, authors: c.authors }))?,
            co_changes: all(h.co_changes, |c| {
                let (a, b) = ((self.module)(&c.a)?, (self.module)(&c.b)?);
                Ok(history::CoChange { a, b, together: c.together, confidence: c.confidence, lift: c.lift })
            })?,
            changes: Vec::new(),
            locality: h.locality.map(|l| history::Locality { commits: l.commits, within: l.within }),
            owners: all(h.owners, |o| Ok((o.owner, all(o.modules, |m| (self.module)(&m))?)))?,
        })
    }
}

fn site(site: &place::Site) -> Site {
    Site { file: site.file.clone(), line: site.line }
}

fn sites(sites: &[place::Site]) -> Vec<Site> {
    sites.iter().map(site).collect()
}

fn site_of(site: Site) -> place::Site {
    place::Site::new(site.file, site.line)
}

fn sites_of(sites: Vec<Site>) -> Vec<place::Site> {
    sites.into_iter().map(site_of).collect()
}
