//! Evidence beside the candidates: who touches which table, what comes in where, what is told to whom.
//!
//! Takes an [`Analysis`]; gives rows in the order in which they are shown. Sides are labelled by the candidate's id, or by the role of a
//! module that is in none.

use super::counted;
use crate::model::analysis::Analysis;
use crate::model::evidence::Spot;
use crate::model::evidence::data::{Access, Table, TableId};
use crate::model::evidence::entry::EntryPoint;
use crate::model::evidence::history::CoChange;
use crate::model::evidence::messages::Channel;
use crate::model::evidence::traces::{Ran, TracedCall};
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// Commits of both modules from which on "never together" means something.
const SETTLED: u32 = 10;

/// A candidate's id, or the role of a module that is in none.
pub fn side(analysis: &Analysis, module: ModuleId) -> &str {
    let row = &analysis.modules[module.index()];
    row.service.map_or(row.role.name(), |service| analysis.service_id(service))
}

/// What is done to a table by one side.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// Statements that read.
    pub reads: u32,
    /// Statements that write.
    pub writes: u32,
    /// Statements that change the table itself.
    pub ddl: u32,
    /// Where, in order.
    pub sites: Vec<Site>,
}

impl Uses {
    /// `R`, `W`, `RW`, with `D` for changes of the table itself.
    pub fn letters(&self) -> String {
        [(self.reads, 'R'), (self.writes, 'W'), (self.ddl, 'D')].iter().filter(|(n, _)| *n > 0).map(|(_, c)| *c).collect()
    }
}

/// A table with who uses it.
#[derive(Clone, Debug)]
pub struct TableRow<'a> {
    /// The table.
    pub table: &'a Table,
    /// By side.
    pub uses: BTreeMap<&'a str, Uses>,
}

impl TableRow<'_> {
    /// More than one side writes it, or one writes what another reads.
    pub fn is_shared(&self) -> bool {
        self.uses.len() > 1 && self.uses.values().any(|u| u.writes + u.ddl > 0)
    }
}

/// Tables that something uses, in the order of their names.
pub fn tables(analysis: &Analysis) -> Vec<TableRow<'_>> {
    let evidence = &analysis.evidence;
    let mut uses: BTreeMap<TableId, BTreeMap<&str, Uses>> = BTreeMap::new();
    for statement in &evidence.statements {
        for (table, access) in &statement.tables {
            let of = uses.entry(*table).or_default().entry(side(analysis, statement.by.module)).or_default();
            match access {
                Access::Read => of.reads += 1,
                Access::Write => of.writes += 1,
                Access::Ddl => of.ddl += 1,
            }
            of.sites.push(statement.by.site.clone());
        }
    }
    uses.into_iter().map(|(id, uses)| TableRow { table: &evidence.tables[id.index()], uses }).collect()
}

/// Entry points by the side that handles them.
pub fn entry_points(analysis: &Analysis) -> BTreeMap<&str, Vec<&EntryPoint>> {
    let mut by_side: BTreeMap<&str, Vec<&EntryPoint>> = BTreeMap::new();
    for entry in &analysis.evidence.entry_points {
        let at = entry.handler.as_ref().unwrap_or(&entry.declared).module;
        by_side.entry(side(analysis, at)).or_default().push(entry);
    }
    by_side
}

/// Channels whose two ends are on different sides, with both.
pub fn flows(analysis: &Analysis) -> Vec<(&Channel, BTreeSet<&str>, BTreeSet<&str>)> {
    let sides = |spots: &[Spot]| -> BTreeSet<&str> { spots.iter().map(|s| side(analysis, s.module)).collect() };
    let all = analysis.evidence.channels.iter().map(|c| (c, sides(&c.producers), sides(&c.consumers)));
    all.filter(|(_, from, to)| !from.is_empty() && !to.is_empty() && (from.len() > 1 || to.len() > 1 || from != to)).collect()
}

/// Recorded calls from one side to another, most frequent first.
pub fn crossing_calls(analysis: &Analysis) -> Vec<&TracedCall> {
    let traces = analysis.evidence.traces.iter().flat_map(|t| &t.calls);
    let mut rows: Vec<&TracedCall> = traces.filter(|c| side(analysis, c.from.module) != side(analysis, c.to.module)).collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.cmp(b)));
    rows
}

/// Modules of different candidates that change together though neither refers to the other, strongest first.
pub fn hidden_coupling(analysis: &Analysis) -> Vec<&CoChange> {
    let tied: BTreeSet<(ModuleId, ModuleId)> = analysis.dependencies.iter().map(|d| (d.from.min(d.to), d.from.max(d.to))).collect();
    let service = |m: ModuleId| analysis.modules[m.index()].service;
    let history = analysis.evidence.history.iter().flat_map(|h| &h.co_changes);
    let mut rows: Vec<&CoChange> = history
        .filter(|c| !tied.contains(&(c.a, c.b)) && service(c.a) != service(c.b) && service(c.a).is_some() && service(c.b).is_some())
        .collect();
    rows.sort_by(|x, y| y.together.cmp(&x.together).then(y.confidence.total_cmp(&x.confidence)).then((x.a, x.b).cmp(&(y.a, y.b))));
    rows
}

/// Pairs of modules of different candidates with most references that never changed together, though both changed often: stable interfaces.
pub fn never_together(analysis: &Analysis) -> Vec<(ModuleId, ModuleId, u32)> {
    let Some(history) = &analysis.evidence.history else { return Vec::new() };
    let churn: BTreeMap<ModuleId, u32> = history.churn.iter().map(|c| (c.module, c.commits)).collect();
    let together: BTreeSet<(ModuleId, ModuleId)> = history.co_changes.iter().map(|c| (c.a, c.b)).collect();
    let service = |m: ModuleId| analysis.modules[m.index()].service;
    let settled = |m: ModuleId| churn.get(&m).is_some_and(|n| *n >= SETTLED);
    let mut pairs: BTreeMap<(ModuleId, ModuleId), u32> = BTreeMap::new();
    for d in &analysis.dependencies {
        let pair = (d.from.min(d.to), d.from.max(d.to));
        let parted = service(d.from) != service(d.to) && service(d.from).is_some() && service(d.to).is_some();
        if parted && settled(d.from) && settled(d.to) && !together.contains(&pair) {
            *pairs.entry(pair).or_default() += d.count;
        }
    }
    let mut rows: Vec<(ModuleId, ModuleId, u32)> = pairs.into_iter().map(|((a, b), n)| (a, b, n)).collect();
    rows.sort_by_key(|(a, b, n)| (std::cmp::Reverse(*n), *a, *b));
    rows
}

/// Owners by CODEOWNERS of each candidate's modules, with how many modules each has.
pub fn owners(analysis: &Analysis) -> BTreeMap<ServiceId, BTreeMap<&str, u32>> {
    let mut owners: BTreeMap<ServiceId, BTreeMap<&str, u32>> = BTreeMap::new();
    for (owner, modules) in analysis.evidence.history.iter().flat_map(|h| &h.owners) {
        for service in modules.iter().filter_map(|m| analysis.modules[m.index()].service) {
            *owners.entry(service).or_default().entry(owner).or_default() += 1;
        }
    }
    owners
}

/// All evidence on one module: what it says, and where; what it does itself first, then what ties it to others.
pub fn of_module(analysis: &Analysis, module: ModuleId) -> Vec<(String, Vec<Site>)> {
    let evidence = &analysis.evidence;
    let mut lines: Vec<(String, Vec<Site>)> = Vec::new();
    let mut tables: BTreeMap<TableId, Uses> = BTreeMap::new();
    for statement in evidence.statements.iter().filter(|s| s.by.module == module) {
        for (table, access) in &statement.tables {
            let of = tables.entry(*table).or_default();
            match access {
                Access::Read => of.reads += 1,
                Access::Write => of.writes += 1,
                Access::Ddl => of.ddl += 1,
            }
            of.sites.push(statement.by.site.clone());
        }
    }
    let name = |table: TableId| &evidence.tables[table.index()].name;
    lines.extend(tables.into_iter().map(|(table, uses)| (format!("table {}: {}", name(table), uses.letters()), uses.sites)));
    let own = |spots: &[Spot]| -> Vec<Site> { spots.iter().filter(|s| s.module == module).map(|s| s.site.clone()).collect() };
    for t in evidence.transactions.iter().filter(|t| t.by.module == module || t.reaches.iter().any(|r| r.module == module)) {
        let mut sites = own(std::slice::from_ref(&t.by));
        sites.extend(own(&t.reaches));
        let tables: BTreeSet<&str> = t.tables.iter().map(|(table, ..)| name(*table).as_str()).collect();
        lines.push((format!("transaction over {}", Vec::from_iter(tables).join(", ")), sites));
    }
    for e in &evidence.entry_points {
        let at = e.handler.as_ref().unwrap_or(&e.declared);
        if at.module == module {
            lines.push((format!("{} {}", e.kind.name(), e.name), vec![at.site.clone()]));
        }
    }
    for channel in &evidence.channels {
        for (what, sites) in [("sends", own(&channel.producers)), ("receives", own(&channel.consumers))] {
            if !sites.is_empty() {
                lines.push((format!("{what} {} ({})", channel.name, channel.kind.name()), sites));
            }
        }
    }
    for o in evidence.outbound.iter().filter(|o| o.by.module == module) {
        let target = o.target.as_deref().unwrap_or("an address that is decided at run time");
        lines.push((format!("calls {} ({})", target, o.kind.name()), vec![o.by.site.clone()]));
    }
    for l in evidence.loads.iter().filter(|l| l.by.module == module) {
        let how = if l.is_crate { "links" } else { "calls" };
        lines.push((format!("{how} {}: {} ({}-bound)", l.what, l.why, l.bound.name()), vec![l.by.site.clone()]));
    }
    for s in &evidence.state {
        let sites = own(&s.touched);
        if s.module == module || !sites.is_empty() {
            let sites = if s.module == module { vec![s.declared.clone()] } else { sites };
            lines.push((format!("state {} ({})", s.name, s.what), sites));
        }
    }
    let ran =
        |r: &Ran| format!("{}{}", analysis.modules[r.module.index()].id, r.item.as_ref().map(|i| format!("::{i}")).unwrap_or_default());
    for call in evidence.traces.iter().flat_map(|t| &t.calls).filter(|c| c.from.module != c.to.module) {
        if call.from.module == module {
            lines.push((format!("called {} {} at run time", ran(&call.to), counted(call.count, "time", "times")), Vec::new()));
        } else if call.to.module == module {
            lines.push((format!("was called by {} {} at run time", ran(&call.from), counted(call.count, "time", "times")), Vec::new()));
        }
    }
    if let Some(history) = &evidence.history {
        for churn in history.churn.iter().filter(|c| c.module == module) {
            lines.push((
                format!("changed in {} by {}", counted(churn.commits, "commit", "commits"), counted(churn.authors, "person", "people")),
                Vec::new(),
            ));
        }
        for c in history.co_changes.iter().filter(|c| c.a == module || c.b == module) {
            let other = &analysis.modules[if c.a == module { c.b } else { c.a }.index()].id;
            lines.push((format!("changed together with {other} in {}", counted(c.together, "commit", "commits")), Vec::new()));
        }
    }
    for tie in evidence.ties.iter().filter(|t| t.members.iter().any(|(m, _)| *m == module)) {
        let others: BTreeSet<&str> = tie.members.iter().filter(|(m, _)| *m != module).map(|(m, _)| side(analysis, *m)).collect();
        if !others.is_empty() {
            lines.push((format!("{} ties it to {}", tie.subject, Vec::from_iter(others).join(", ")), tie.sites.clone()));
        }
    }
    lines
}
