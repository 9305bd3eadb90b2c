//! Transactions that touch what belongs to several candidates, and what to do about each.
//!
//! Takes what the other parts found; gives a [`Span`] for each transaction in which tables or code of more than one candidate meet. A
//! table counts for its owner, since that is who will run the statement; code counts for its candidate where it runs a statement. The
//! remedies, the first that fits:
//!
//! * all tables have one owner → `move`; only one owner's are written → `read-first`;
//! * one side reads what another wrote inside → `merge`;
//! * all sides but one only insert, delete or overwrite with constants, which can be repeated and depends on nothing → `outbox`;
//! * most transactions of a pair span both → `merge`; else → `saga`.

use super::changes::Change;
use super::price::toll;
use super::saga::{self, Event};
use super::{Ground, all_of, few, sites};
use crate::advise::{counted, percent};
use crate::model::data_plan::{Remedy, Span};
use crate::model::evidence::data::{Access, Statement, TableId, Transaction};
use crate::model::ids::ServiceId;
use crate::model::place::Site;
use crate::model::plan::Reason;
use std::collections::{BTreeMap, BTreeSet};

/// Two candidates stay one from this share of the transactions of the one with fewer on …
const MERGE_SHARE: f64 = 0.5;
/// … where they share at least this many.
const MERGE_SPANS: usize = 2;

/// Transactions that write tables of each candidate, and of each pair.
struct Density {
    alone: BTreeMap<ServiceId, usize>,
    both: BTreeMap<(ServiceId, ServiceId), usize>,
}

/// All of them: the dearest first, then by place.
pub(super) fn spans(ground: &Ground<'_>) -> Vec<Span> {
    let transactions = ground.evidence.transactions.iter().zip(&ground.inside);
    let all: Vec<Inside<'_>> = transactions.map(|(t, statements)| Inside::new(ground, t, statements)).collect();
    let mut density = Density { alone: BTreeMap::new(), both: BTreeMap::new() };
    for t in &all {
        for (at, one) in t.writers.keys().enumerate() {
            *density.alone.entry(*one).or_default() += 1;
            for other in t.writers.keys().skip(at + 1) {
                *density.both.entry((*one, *other)).or_default() += 1;
            }
        }
    }
    let mut spans: Vec<Span> = all.iter().filter(|t| t.services.len() > 1).map(|t| t.span(&density)).collect();
    spans.sort_by(|a, b| b.cost.cmp(&a.cost).then_with(|| (&a.site, &a.item).cmp(&(&b.site, &b.item))));
    spans
}

/// One transaction.
struct Inside<'a> {
    ground: &'a Ground<'a>,
    transaction: &'a Transaction,
    statements: &'a [&'a Statement],
    events: Vec<Event<'a>>,
    /// Owners of what it touches.
    owners: BTreeSet<ServiceId>,
    /// Owners, and candidates whose code touches anything.
    services: BTreeSet<ServiceId>,
    /// What it writes, by owner.
    writers: BTreeMap<ServiceId, BTreeSet<TableId>>,
}

impl<'a> Inside<'a> {
    fn new(ground: &'a Ground<'a>, transaction: &'a Transaction, statements: &'a [&'a Statement]) -> Self {
        let events = saga::events(ground, statements);
        let owners: BTreeSet<ServiceId> = events.iter().map(|e| e.service).collect();
        let code = events.iter().filter_map(|e| ground.side(e.statement.by.module));
        let services = owners.iter().copied().chain(code).collect();
        let mut writers: BTreeMap<ServiceId, BTreeSet<TableId>> = BTreeMap::new();
        for event in events.iter().filter(|e| e.access != Access::Read) {
            writers.entry(event.service).or_default().insert(event.table);
        }
        Self { ground, transaction, statements, events, owners, services, writers }
    }

    fn names(&self, of: impl IntoIterator<Item = ServiceId>) -> String {
        let names: Vec<&str> = of.into_iter().map(|s| self.ground.name(s)).collect();
        all_of(&names)
    }

    fn tables(&self, of: impl IntoIterator<Item = TableId>) -> String {
        let names: Vec<&str> = of.into_iter().map(|t| self.ground.table(t)).collect();
        all_of(&names)
    }

    fn span(&self, density: &Density) -> Span {
        let (ground, by) = (self.ground, &self.transaction.by);
        let opener = ground.side(by.module);
        let keeper = self.keeper(opener);
        let (remedy, reason) = self.remedy(keeper, density);
        let mut because = vec![reason];
        if remedy == Remedy::Merge {
            because.push(Reason::new("parted all the same, it becomes a saga of the steps below, and others see what is half done"));
        }
        if self.transaction.partial {
            let text = "something in it could not be followed, and it may touch more than this: read it by hand before it is cut";
            because.push(Reason::at(text, vec![by.site.clone()]));
        }
        let module = &ground.codebase.modules[by.module.index()].id;
        let (handovers, compensations) = toll(self.statements, &ground.owners);
        Span {
            item: by.item.as_ref().map_or_else(|| module.clone(), |item| format!("{module}::{item}")),
            how: self.transaction.how.clone(),
            site: by.site.clone(),
            services: self.services.iter().copied().collect(),
            remedy,
            steps: saga::steps(ground, &self.events, remedy, keeper),
            cost: handovers + compensations,
            because,
        }
    }

    /// Whose commit decides: who opens it, where that one writes; else the owner of most that is written, or read.
    fn keeper(&self, opener: Option<ServiceId>) -> Option<ServiceId> {
        let most = self.writers.iter().max_by_key(|(s, tables)| (tables.len(), std::cmp::Reverse(**s))).map(|(s, _)| *s);
        opener.filter(|s| self.writers.contains_key(s)).or(most).or(self.owners.first().copied())
    }

    fn remedy(&self, keeper: Option<ServiceId>, density: &Density) -> (Remedy, Reason) {
        let place = |mut of: Vec<&'a Statement>| {
            of.dedup_by(|a, b| std::ptr::eq(*a, *b));
            let mut all = vec![self.transaction.by.site.clone()];
            all.extend(sites(of).into_iter().filter(|s| *s != self.transaction.by.site));
            few(all)
        };
        let all = || place(self.statements.to_vec());
        if let (1, Some(owner)) = (self.owners.len(), self.owners.first()) {
            let others = self.names(self.services.iter().copied().filter(|s| s != owner));
            let owner = self.names([*owner]);
            let text = format!(
                "every table in it belongs to {owner}, though code of {others} runs statements: it becomes one request to {owner}; a write to a table of \
                 another owner would make it a saga"
            );
            return (Remedy::Move, Reason::at(text, all()));
        }
        if self.writers.len() < 2 {
            let writer = self.writers.keys().next().copied();
            let foreign = |e: &&Event<'_>| Some(e.service) != writer && (writer.is_some() || Some(e.service) != keeper);
            let read: BTreeSet<TableId> = self.events.iter().filter(foreign).map(|e| e.table).collect();
            let owners: BTreeSet<ServiceId> = self.events.iter().filter(foreign).map(|e| e.service).collect();
            let who =
                writer.map_or_else(|| "nothing is written in it".to_owned(), |s| format!("only {} is written in it", self.names([s])));
            let text = format!(
                "{who}: {} of {} is asked for before it begins, and may be out of date when it commits; a write there would make it a saga",
                self.tables(read),
                self.names(owners)
            );
            return (Remedy::ReadFirst, Reason::at(text, place(self.events.iter().filter(foreign).map(|e| e.statement).collect())));
        }
        if let Some(reason) = self.reads_uncommitted(&place) {
            return (Remedy::Merge, reason);
        }
        if let Some(reason) = self.only_told(keeper, &place) {
            return (Remedy::Outbox, reason);
        }
        if let Some((one, other, both, of)) = self.bound(density) {
            let (names, fewer) = (self.names([one, other]), counted(of, "transaction"));
            #[allow(clippy::cast_precision_loss, reason = "a number of transactions")]
            let share = percent(both as f64 / of as f64);
            let text = format!(
                "{names} are written together in {both} of the {fewer} that write the one with fewer, {share} ({} or more of {MERGE_SPANS} at least): what has \
                 to hold at once belongs to one owner; fewer such transactions would make it a saga",
                percent(MERGE_SHARE)
            );
            return (Remedy::Merge, Reason::at(text, all()));
        }
        let text = format!(
            "{} each commit what is their own: what comes before the pivot is taken back where a later step fails, what comes after it is repeated, and \
             others see what is half done; sides that only insert, delete or overwrite would make it an outbox, {} of the transactions of a pair and {MERGE_SPANS} at least \
             would keep the two together",
            self.names(self.writers.keys().copied()),
            percent(MERGE_SHARE)
        );
        (Remedy::Saga, Reason::at(text, all()))
    }

    /// Code of one candidate reads a table of another that is written in it.
    fn reads_uncommitted(&self, place: &dyn Fn(Vec<&'a Statement>) -> Vec<Site>) -> Option<Reason> {
        let written_before = |at: usize| {
            let table = self.events[at].table;
            self.events[..at].iter().find(|e| e.table == table && e.access != Access::Read).map(|e| e.statement)
        };
        let reads = self.events.iter().enumerate().filter(|(_, e)| e.access == Access::Read);
        let found = reads.filter_map(|(at, e)| {
            let reader = self.ground.side(e.statement.by.module)?;
            (reader != e.service).then_some((reader, e, written_before(at)?))
        });
        let (reader, event, written) = found.into_iter().next()?;
        let text = format!(
            "{} reads `{}` in it after that has been written, before {} could commit it: the two stay one; reading it before, or taking it from the answer, \
             would make it a saga",
            self.names([reader]),
            self.ground.table(event.table),
            self.names([event.service])
        );
        Some(Reason::at(text, place(vec![written, event.statement])))
    }

    /// All sides but the one whose commit decides only insert or delete, and nothing of it is read again: they can be told.
    fn only_told(&self, keeper: Option<ServiceId>, place: &dyn Fn(Vec<&'a Statement>) -> Vec<Site>) -> Option<Reason> {
        let keeper = keeper?;
        let told: Vec<&Event<'_>> = self.events.iter().filter(|e| e.service != keeper && e.access != Access::Read).collect();
        let tables: BTreeSet<TableId> = told.iter().map(|e| e.table).collect();
        let is_read = self.events.iter().any(|e| e.access == Access::Read && tables.contains(&e.table));
        if is_read || !told.iter().all(|e| matches!(e.change, Change::Insert | Change::Delete | Change::Blank)) {
            return None;
        }
        let (name, others) = (self.names([keeper]), self.names(told.iter().map(|e| e.service).collect::<BTreeSet<_>>()));
        let text = format!(
            "besides {name} rows are only inserted, deleted or overwritten with constants, in {} of {others}, and nothing of them is read in it: {name} commits a message along with its own \
             rows, and {others} {} on receiving it; an update that depends on what is given or was there, or an answer that {name} waits for, would make it a saga",
            self.tables(tables),
            if told.iter().all(|e| e.service == told[0].service) { "acts" } else { "act" }
        );
        Some(Reason::at(text, place(told.iter().map(|e| e.statement).collect())))
    }

    /// The pair of its writers that share most of their transactions, with how many, and of how many.
    fn bound(&self, density: &Density) -> Option<(ServiceId, ServiceId, usize, usize)> {
        let writers: Vec<ServiceId> = self.writers.keys().copied().collect();
        let pairs = writers.iter().enumerate().flat_map(|(at, one)| writers[at + 1..].iter().map(move |other| (*one, *other)));
        let counted = pairs.map(|(one, other)| {
            let of = density.alone[&one].min(density.alone[&other]);
            (one, other, density.both[&(one, other)], of)
        });
        #[allow(clippy::cast_precision_loss, reason = "a number of transactions")]
        let dense = counted.filter(|(.., both, of)| *both >= MERGE_SPANS && *both as f64 >= MERGE_SHARE * *of as f64);
        dense.max_by_key(|(one, other, both, _)| (*both, std::cmp::Reverse((*one, *other))))
    }
}

#[cfg(test)]
mod tests {
    use crate::advise::data::testing::plan;
    use crate::model::data_plan::Span;

    /// Remedy, cost, and steps as `candidate phase what | what takes it back` of the dearest span of `shop::a::place`.
    fn check(text: &str, remedy: &str, cost: u32, steps: &[&str]) -> Span {
        let (plan, partition) = plan(&format!("table t\ntable u\ntable v\nfn shop::a::place\ntx shop::a::place\n{text}"));
        let span = plan.spans.iter().find(|s| s.item == "shop::a::place").expect("a span").clone();
        let name = |s: crate::model::ids::ServiceId| partition.names[s.index()].as_str();
        let step = |s: &crate::model::data_plan::SpanStep| {
            let undo = s.undo.as_ref().map(|u| format!(" | {u}")).unwrap_or_default();
            format!("{} {} {}{undo}", name(s.service), s.phase.name(), s.does.join(", "))
        };
        assert_eq!((span.remedy.name(), span.cost), (remedy, cost), "{text}\n{span:#?}");
        assert_eq!(span.steps.iter().map(step).collect::<Vec<_>>(), steps, "{text}");
        assert!(!span.because[0].sites.is_empty(), "{span:?}");
        span
    }

    #[test]
    fn each_side_takes_back_what_it_wrote_before_the_pivot() {
        let span = check(
            "fn shop::b::set_u\n fn shop::c::insert_v\n fn shop::a::insert_t\n shop::a::place -> shop::b::set_u call 1\n shop::a::place -> shop::a::insert_t call 1\n\
             shop::a::place -> shop::c::insert_v call 1\n run shop::b::set_u 5 write u\n run shop::a::insert_t 5 write t\n run shop::c::insert_v 5 write v",
            "saga",
            4,
            &["b compensatable update `u` | write the old values back to `u`", "a pivot insert into `t`", "c retriable insert into `v`"],
        );
        assert!(span.because[0].text.starts_with("`a`, `b` and `c` each commit what is their own"), "{span:?}");
    }

    #[test]
    fn what_is_only_inserted_or_deleted_elsewhere_is_told() {
        let told = |second: &str| {
            format!(
                "fn shop::a::set_t\n fn shop::b::insert_u\n fn shop::b::f\n shop::a::place -> shop::b::insert_u call 1\n shop::a::place -> shop::a::set_t call 1\n \
                 {second}\n run shop::a::set_t 5 write t\n run shop::b::insert_u 6 write u"
            )
        };
        let span = check(&told(""), "outbox", 2, &["a pivot update `t`", "b retriable insert into `u`"]);
        assert!(span.because[0].text.contains("in `u` of `b`, and nothing of them is read in it"), "{span:?}");
        check(
            &told("shop::a::place -> shop::b::f call 1\n run shop::b::f 9 read u"),
            "saga",
            2,
            &["b compensatable insert into `u` | delete the inserted rows of `u`", "a pivot update `t`", "b read read `u`"],
        );
    }

    #[test]
    fn who_reads_what_another_wrote_stays_with_it() {
        let span = check(
            "fn shop::b::set_u\n shop::a::place -> shop::b::set_u call 1\n run shop::b::set_u 5 write u\n run shop::b::set_u 6 write u\n\
             run shop::a::place 20 read u\n run shop::a::place 21 write t",
            "merge",
            2,
            &["b compensatable update `u`, read `u` | write the old values back to `u`", "a pivot write `t`"],
        );
        assert!(span.because[0].text.starts_with("`a` reads `u` in it after that has been written"), "{span:?}");
        assert_eq!(span.because[0].sites.len(), 3, "begin, write and read: {span:?}");
    }

    #[test]
    fn a_pair_that_mostly_commits_together_stays_one() {
        let text = |others: &str| {
            format!(
                "fn shop::b::set_u\n fn shop::a::set_t\n fn shop::a::again\n fn shop::b::one\n fn shop::b::two\n fn shop::b::three\n fn shop::b::four\n fn shop::b::five\n\
                 fn shop::a::more\n fn shop::a::much\n fn shop::a::most\n \
                 shop::a::place -> shop::a::set_t call 1\n shop::a::place -> shop::b::set_u call 1\n shop::a::again -> shop::a::set_t call 1\n \
                 shop::a::again -> shop::b::set_u call 1\n run shop::a::set_t 5 write t\n run shop::b::set_u 5 write u\n tx shop::a::again\n{others}"
            )
        };
        let steps = ["a pivot update `t`", "b retriable update `u`"];
        let span = check(&text(""), "merge", 2, &steps);
        assert!(
            span.because[0].text.contains("in 2 of the 2 transactions that write the one with fewer, 100 % (50 % or more of 2 at least)"),
            "{span:?}"
        );
        let alone: String = ["one", "two", "three"]
            .iter()
            .flat_map(|f| [("b", *f, "u")])
            .chain([("a", "more", "t"), ("a", "much", "t"), ("a", "most", "t")])
            .map(|(of, f, table)| format!("run shop::{of}::{f} 9 write {table}\n tx shop::{of}::{f}\n"))
            .collect();
        check(&text(&alone), "saga", 2, &steps);
    }

    #[test]
    fn what_is_only_read_is_asked_for_before_and_what_has_one_owner_moves() {
        let span = check(
            "fn shop::b::find_u\n fn shop::b::set_u\n shop::a::place -> shop::b::find_u call 1\n run shop::b::find_u 5 read u\n run shop::b::set_u 5 write u\n\
             run shop::a::place 9 write t",
            "read-first",
            1,
            &["b read read `u`", "a pivot write `t`"],
        );
        assert!(span.because[0].text.starts_with("only `a` is written in it: `u` of `b` is asked for before it begins"), "{span:?}");
        check(
            "fn shop::b::set_u\n run shop::b::set_u 4 write u\n run shop::b::set_u 5 write u\n run shop::a::place 9 write u",
            "move",
            0,
            &["b pivot write `u`"],
        );
    }
}
