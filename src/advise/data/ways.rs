//! What becomes of each table when its users part.
//!
//! Takes the uses and owners of the tables, and what happens in transactions; gives one [`TablePlan`] per table. The ways, the first that fits:
//!
//! * nobody's → `unowned`; one candidate's → `single`;
//! * several write: in one transaction → `keep`; columns of their own → `split`; about as much each → `keep`; else → `write-api`;
//! * one writes, or none: what most readers ask for, `replicate` for many places, joins, and what nobody changes, else `read-api`.

use super::owners::{Use, Uses, places as number};
use super::voices::Touch;
use super::{Ground, all_of, few, places, sites};
use crate::advise::{counted, percent};
use crate::model::data_plan::{TablePlan, TableUse, WayOut};
use crate::model::evidence::data::{Access, Statement, Table, TableId};
use crate::model::ids::ServiceId;
use crate::model::plan::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// A reader with this many places or more is better served by a copy.
const MANY_PLACES: usize = 4;
/// A reader asks for what is fresh where it does so in at least this share of its places.
const FRESH_SHARE: f64 = 0.5;
/// Others write a table about as much as its owner from this share of its places on.
const HEAVY_SHARE: f64 = 1.0 / 3.0;

/// One for each table, in the order of the evidence.
pub(super) fn tables(ground: &Ground<'_>) -> Vec<TablePlan> {
    (0..ground.evidence.tables.len()).map(|i| Way::new(ground, i).plan()).collect()
}

struct Way<'a> {
    ground: &'a Ground<'a>,
    id: TableId,
    table: &'a Table,
    uses: &'a Uses<'a>,
    /// Candidates that touch it.
    services: Vec<ServiceId>,
    writers: Vec<ServiceId>,
}

impl<'a> Way<'a> {
    fn new(ground: &'a Ground<'a>, at: usize) -> Self {
        let uses = &ground.uses[at];
        let services: Vec<ServiceId> = uses.keys().copied().flatten().collect();
        let writers = services.iter().copied().filter(|s| !uses[&Some(*s)].writes.is_empty()).collect();
        let id = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        Self { ground, id, table: &ground.evidence.tables[at], uses, services, writers }
    }

    fn plan(&self) -> TablePlan {
        let owner = self.ground.owners[self.id.index()];
        let mut because = Vec::new();
        let way = match owner {
            None => {
                because.push(self.unowned());
                WayOut::Unowned
            }
            Some(owner) => self.owned(owner, &mut because),
        };
        let order = self.uses.iter().filter(|(by, _)| by.is_some()).chain(self.uses.iter().filter(|(by, _)| by.is_none()));
        let uses = order.map(|(by, u)| TableUse { by: *by, reads: places(&u.reads), writes: places(&u.writes) });
        TablePlan { table: self.table.name.clone(), owner, uses: uses.collect(), way, because }
    }

    fn of(&self, service: ServiceId) -> &Use<'a> {
        &self.uses[&Some(service)]
    }

    fn name(&self, service: ServiceId) -> String {
        format!("`{}`", self.ground.name(service))
    }

    fn unowned(&self) -> Reason {
        match self.uses.get(&None) {
            None => {
                let text = "it is declared, and nothing is seen to use it: it goes with nobody; a statement of a candidate would make that its owner";
                Reason::at(text, few(self.table.declared.clone()))
            }
            Some(own) => {
                let all: Vec<&Touch<'_>> = own.writes.iter().chain(&own.reads).collect();
                let modules: BTreeSet<&str> =
                    all.iter().map(|t| self.ground.codebase.modules[t.statement.by.module.index()].id.as_str()).collect();
                let modules: Vec<String> = modules.into_iter().map(str::to_owned).collect();
                let text = format!(
                    "only {} {} it, which {} to no candidate, and none is seen to call it: look at who does by hand; a call, or moving it into a candidate, would \
                     make that the owner",
                    crate::advise::listed(&modules),
                    if modules.len() == 1 { "touches" } else { "touch" },
                    if modules.len() == 1 { "belongs" } else { "belong" },
                );
                Reason::at(text, few(places(all)))
            }
        }
    }

    fn owned(&self, owner: ServiceId, because: &mut Vec<Reason>) -> WayOut {
        let way = if self.services.len() == 1 {
            let own = self.of(owner);
            let text = format!(
                "{} alone touches it, {}: it goes along; a statement of another candidate would change this",
                self.name(owner),
                told(own)
            );
            because.push(Reason::at(text, few(places(own.writes.iter().chain(&own.reads)))));
            WayOut::Single
        } else {
            because.push(self.owner(owner));
            if self.writers.len() > 1 { self.written(owner, because) } else { self.read(owner, because) }
        };
        if let Some(others) = self.uses.get(&None) {
            let text =
                format!("code that is in no candidate touches it as well, {}: it asks {}, or moves there", told(others), self.name(owner));
            because.push(Reason::at(text, few(places(others.writes.iter().chain(&others.reads)))));
        }
        way
    }

    /// Why this owner.
    fn owner(&self, owner: ServiceId) -> Reason {
        let own = self.of(owner);
        let others = self.services.iter().copied().filter(|s| *s != owner);
        let next = others.max_by_key(|s| (number(&self.of(*s).writes), number(&self.of(*s).reads), std::cmp::Reverse(*s)));
        let next = next.map(|s| format!(", the next is {}, {}", self.name(s), told(self.of(s)))).unwrap_or_default();
        let by = if own.writes.is_empty() { "nobody writes it, and it reads it most" } else { "it writes it in most places" };
        let text = format!("{} owns it, {}: {by}{next}; more places of another would change this", self.name(owner), told(own));
        Reason::at(text, few(places(own.writes.iter().chain(&own.reads))))
    }

    /// Where several write.
    fn written(&self, owner: ServiceId, because: &mut Vec<Reason>) -> WayOut {
        if let Some((names, places)) = self.together() {
            let text = format!(
                "{names} write it in the same transaction: keep it with one of them and merge them, or let one make all these writes; a transaction of \
                 each's own would make it a write API"
            );
            because.push(Reason::at(text, places));
            return WayOut::Keep;
        }
        if let Some(reason) = self.split() {
            because.push(reason);
            return WayOut::Split;
        }
        let all: usize = self.services.iter().map(|s| number(&self.of(*s).writes)).sum();
        let foreign: Vec<&Touch<'_>> = self.writers.iter().filter(|s| **s != owner).flat_map(|s| &self.of(*s).writes).collect();
        let theirs: usize = self.writers.iter().filter(|s| **s != owner).map(|s| number(&self.of(*s).writes)).sum();
        let others: Vec<&str> = self.writers.iter().filter(|s| **s != owner).map(|s| self.ground.name(*s)).collect();
        #[allow(clippy::cast_precision_loss, reason = "a number of places")]
        let share = theirs as f64 / all as f64;
        let verb = if others.len() == 1 { "writes" } else { "write" };
        let figures = format!("{} {verb} it in {} of {}, {}", all_of(&others), theirs, counted(all, "place"), percent(share));
        let (way, text) = if share >= HEAVY_SHARE {
            let text = format!(
                "{figures} ({} or more): no side owns it alone, so keep its users together, or share it until one side does all writes; fewer writes of \
                 others would make it a write API",
                percent(HEAVY_SHARE)
            );
            (WayOut::Keep, text)
        } else {
            let text = format!(
                "{figures} (less than {}): these become requests to {}; more of them would keep its users together",
                percent(HEAVY_SHARE),
                self.name(owner)
            );
            (WayOut::WriteApi, text)
        };
        because.push(Reason::at(text, few(places(foreign))));
        way
    }

    /// Candidates whose code writes it in the same transaction, and where.
    fn together(&self) -> Option<(String, Vec<crate::model::place::Site>)> {
        for (transaction, statements) in self.ground.evidence.transactions.iter().zip(&self.ground.inside) {
            let writes = || statements.iter().copied().filter(|s| s.tables.iter().any(|(t, a)| *t == self.id && *a == Access::Write));
            let sides: BTreeSet<ServiceId> = writes().filter_map(|s| self.ground.side(s.by.module)).collect();
            if sides.len() > 1 {
                let names: Vec<&str> = sides.iter().map(|s| self.ground.name(*s)).collect();
                let mut all = vec![transaction.by.site.clone()];
                all.extend(sites(writes()));
                return Some((all_of(&names), few(all)));
            }
        }
        None
    }

    /// Each candidate names columns of its own, but for those that tell which row is meant.
    fn split(&self) -> Option<Reason> {
        let keys: BTreeSet<&str> =
            (self.table.foreign_keys.iter().flat_map(|k| k.columns.iter().map(String::as_str))).chain(["id"]).collect();
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut parts = Vec::new();
        for service in &self.services {
            let own = self.of(*service);
            let mut columns = BTreeSet::new();
            for statement in own.writes.iter().chain(&own.reads).map(|t| t.statement) {
                if statement.partial {
                    return None;
                }
                columns.extend(self.ground.changes.columns(statement, self.table)?);
            }
            columns.retain(|c| !keys.contains(c.as_str()));
            if columns.is_empty() || columns.iter().any(|c| taken.contains(c)) {
                return None;
            }
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            parts.push(format!("{} {}", self.name(*service), all_of(&names)));
            taken.extend(columns);
        }
        let text = format!(
            "each candidate uses columns of its own ({}): a table for each, with the same key; a column that two of them use would change this",
            parts.join("; ")
        );
        let all = self.services.iter().flat_map(|s| self.of(*s).writes.iter().chain(&self.of(*s).reads));
        Some(Reason::at(text, few(places(all))))
    }

    /// Where one writes, or none.
    fn read(&self, owner: ServiceId, because: &mut Vec<Reason>) -> WayOut {
        if self.writers.is_empty() {
            let all = self.services.iter().flat_map(|s| &self.of(*s).reads);
            let text = "nobody writes it while the system runs: each reader can have its copy, changed with a release; a write would make it a read API";
            because.push(Reason::at(text, few(places(all))));
            return WayOut::Replicate;
        }
        let mut votes: BTreeMap<WayOut, usize> = BTreeMap::new();
        for reader in self.services.iter().copied().filter(|s| *s != owner) {
            let (way, reason) = self.reader(owner, reader);
            *votes.entry(way).or_default() += 1;
            because.push(reason);
        }
        // Where it is even, the cheaper: a request in the place of a read.
        let copies = votes.get(&WayOut::Replicate).copied().unwrap_or(0);
        if copies > votes.get(&WayOut::ReadApi).copied().unwrap_or(0) { WayOut::Replicate } else { WayOut::ReadApi }
    }

    /// What one reader needs.
    fn reader(&self, owner: ServiceId, reader: ServiceId) -> (WayOut, Reason) {
        let reads = &self.of(reader).reads;
        let joins: Vec<Touch<'_>> = reads.iter().copied().filter(|t| self.joins(t.statement)).collect();
        let fresh: Vec<Touch<'_>> = reads.iter().copied().filter(|t| self.is_fresh(t.statement, reader)).collect();
        let (name, owner) = (self.name(reader), self.name(owner));
        let all = number(reads);
        let read = counted(all, "place");
        #[allow(clippy::cast_precision_loss, reason = "a number of places")]
        let share = number(&fresh) as f64 / all.max(1) as f64;
        let (way, text, at) = if !fresh.is_empty() && share >= FRESH_SHARE {
            let text = format!(
                "{name} reads it in {read}, {} of them before it writes ({} or more): it needs what is true now, so it asks {owner}; reading it apart \
                 from what is written would allow a copy",
                number(&fresh),
                percent(FRESH_SHARE)
            );
            (WayOut::ReadApi, text, fresh)
        } else if !joins.is_empty() {
            let text = format!(
                "{name} reads it in {read}, {} of them together with tables that {owner} does not have: a copy beside those that events of {owner} feed; reading it \
                 by itself in fewer than {MANY_PLACES} places would make it a read API",
                number(&joins)
            );
            (WayOut::Replicate, text, joins)
        } else if all >= MANY_PLACES {
            let text = format!(
                "{name} reads it in {read} ({MANY_PLACES} or more): a copy that events of {owner} feed; fewer places would make it a read API"
            );
            (WayOut::Replicate, text, reads.clone())
        } else {
            let text = format!(
                "{name} reads it in {read} (fewer than {MANY_PLACES}), with no table of another owner beside it: it asks {owner}; more places, or a join, would make it a copy"
            );
            (WayOut::ReadApi, text, reads.clone())
        };
        (way, Reason::at(text, few(places(&at))))
    }

    /// Does it read the table together with one that the owner does not have?
    fn joins(&self, statement: &Statement) -> bool {
        let owner = self.ground.owners[self.id.index()];
        statement.tables.iter().any(|(table, access)| *table != self.id && *access == Access::Read && self.ground.runs(*table) != owner)
    }

    /// Does the reader write in the same transaction, or in the same function?
    fn is_fresh(&self, statement: &Statement, reader: ServiceId) -> bool {
        let writes = |s: &Statement| {
            s.tables.iter().any(|(_, access)| *access == Access::Write) && self.ground.side(s.by.module).is_none_or(|s| s == reader)
        };
        let inside = self.ground.inside.iter().filter(|all| all.iter().any(|s| std::ptr::eq(*s, statement)));
        let in_transaction = inside.into_iter().any(|all| all.iter().any(|s| writes(s)));
        let here = |s: &&Statement| (s.by.module, &s.by.item) == (statement.by.module, &statement.by.item) && s.by.item.is_some();
        in_transaction || writes(statement) || self.ground.evidence.statements.iter().any(|s| here(&s) && writes(s))
    }
}

/// `written in 3 places and read in 1`, and how many of them are calls that lead there.
fn told(own: &Use<'_>) -> String {
    let called: Vec<Touch<'_>> = own.writes.iter().chain(&own.reads).copied().filter(|t| *t.site != t.statement.by.site).collect();
    let through = match number(&called) {
        0 => String::new(),
        n => format!(" ({n} by calls of code that is in no candidate)"),
    };
    match (number(&own.writes), number(&own.reads)) {
        (0, reads) => format!("read in {}{through}", counted(reads, "place")),
        (writes, 0) => format!("written in {}{through}", counted(writes, "place")),
        (writes, reads) => format!("written in {} and read in {reads}{through}", counted(writes, "place")),
    }
}

#[cfg(test)]
mod tests {
    use crate::advise::data::testing::plan;
    use crate::model::data_plan::TablePlan;

    /// Owner, way out and the beginning of the reason that decides, of the table `t`.
    fn check(text: &str, owner: Option<&str>, way: &str, because: &str) -> TablePlan {
        let (plan, partition) = plan(&format!("table t id,a,b\ntable own\n{text}"));
        let table = plan.tables.iter().find(|t| t.table == "t").expect("the table").clone();
        assert_eq!((table.owner.map(|s| partition.names[s.index()].as_str()), table.way.name()), (owner, way), "{text}");
        assert!(table.because.iter().any(|r| r.text.contains(because)), "{because}: {:#?}", table.because);
        assert!(table.because.iter().all(|r| !r.sites.is_empty()), "every reason has a place: {:#?}", table.because);
        table
    }

    #[test]
    fn what_one_candidate_touches_goes_along() {
        let table = check(
            "fn shop::a::f\n fn shop::lib_db::g\n run shop::a::f 3 write t\n run shop::lib_db::g 4 read t",
            Some("a"),
            "single",
            "`a` alone touches it, written in 1 place",
        );
        assert!(table.because[1].text.starts_with("code that is in no candidate touches it as well, read in 1 place"), "{table:?}");
    }

    #[test]
    fn what_belongs_to_nobody_is_said_to() {
        check(
            "fn shop::lib_db::g\n run shop::lib_db::g 4 write t",
            None,
            "unowned",
            "only `shop::lib_db` touches it, which belongs to no candidate, and none is seen to call it",
        );
        check("mod shop::a", None, "unowned", "it is declared, and nothing is seen to use it");
    }

    #[test]
    fn who_writes_most_owns_it_then_who_reads_most_then_the_first() {
        let runs = |lines: &[&str]| format!("fn shop::a::f\n fn shop::b::f\n {}", lines.join("\n"));
        let all = ["run shop::a::f 1 write t", "run shop::b::f 1 write t", "run shop::b::f 2 read t", "run shop::a::f 2 write t"];
        check(&runs(&all[..2]), Some("a"), "keep", "`a` owns it, written in 1 place");
        check(&runs(&all[..3]), Some("b"), "keep", "the next is `a`, written in 1 place");
        check(&runs(&all), Some("a"), "keep", "`b` writes it in 1 of 3 places, 33 % (33 % or more)");
    }

    #[test]
    fn a_few_writes_of_others_become_requests() {
        let own: String = (1..=3).map(|n| format!("run shop::a::f {n} write t\n")).collect();
        let text = format!("fn shop::a::f\n fn shop::b::f\n {own} run shop::b::f 9 write t");
        check(&text, Some("a"), "write-api", "`b` writes it in 1 of 4 places, 25 % (less than 33 %)");
    }

    #[test]
    fn what_is_written_in_one_transaction_is_kept() {
        check(
            "fn shop::a::f\n fn shop::b::g\n shop::a::f -> shop::b::g call 1\n run shop::a::f 2 write t\n run shop::a::f 3 write t\n\
             run shop::a::f 4 write t\n run shop::b::g 9 write t\n tx shop::a::f",
            Some("a"),
            "keep",
            "`a` and `b` write it in the same transaction",
        );
    }

    #[test]
    fn columns_of_their_own_are_split_and_a_star_is_any_column() {
        let text = |of_b: &str| {
            format!(
                "fn shop::a::f\n fn shop::b::g\n run shop::a::f 2 write t\n run shop::b::g 9 write t\n sql shop::a::f 2 UPDATE t SET a = 1 WHERE id = 2\n\
                 sql shop::b::g 9 {of_b}"
            )
        };
        check(&text("UPDATE t SET b = 1 WHERE id = 2"), Some("a"), "split", "(`a` `a`; `b` `b`)");
        check(&text("UPDATE t SET b = 1 WHERE a = 2"), Some("a"), "keep", "`b` writes it in 1 of 2 places");
        check(&text("INSERT INTO t SELECT * FROM x"), Some("a"), "keep", "`b` writes it in 1 of 2 places");
    }

    #[test]
    fn readers_ask_or_keep_a_copy() {
        let text = |reads: &str| {
            format!("fn shop::a::f\n fn shop::b::g\n fn shop::b::h\n run shop::a::f 1 write t\n run shop::b::h 50 write own\n {reads}")
        };
        let many: String = (1..=4).map(|n| format!("run shop::b::g {n} read t\n")).collect();
        check(&text("run shop::b::g 1 read t"), Some("a"), "read-api", "`b` reads it in 1 place (fewer than 4)");
        check(&text(&many), Some("a"), "replicate", "`b` reads it in 4 places (4 or more)");
        check(&text("run shop::b::g 1 read t read own"), Some("a"), "replicate", "1 of them together with tables that `a` does not have");
        let fresh = format!("{many} run shop::b::g 9 write own");
        check(&text(&fresh), Some("a"), "read-api", "4 of them before it writes (50 % or more)");
    }

    #[test]
    fn what_nobody_writes_is_copied() {
        check(
            "fn shop::a::f\n fn shop::b::g\n run shop::a::f 1 read t\n run shop::b::g 1 read t",
            Some("a"),
            "replicate",
            "nobody writes it while the system runs",
        );
    }
}
