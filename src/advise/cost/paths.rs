//! Which calls a request makes from one candidate into another.
//!
//! Takes the code base, the evidence, and who owns which module; gives a [`Path`] for what runs first. A step is a call, or a function that is
//! named, or the implementation that a call of a trait's method runs. Each place counts once, whichever branch it stands in, and however
//! often the function around it is called; what a loop leads to is in a loop. Code that is in no candidate, and what only computes, runs where it is called. A method that several
//! candidates implement is not followed: nobody can tell which one runs. What stands behind a message or in a spawned task is not waited
//! for, in no layout. Bounded: [`STATES`].

use super::super::effects::effects;
use crate::model::codebase::{CallContext, Codebase, CrateKind, DependencyKind, DispatchKind, ItemKind};
use crate::model::evidence::Evidence;
use crate::model::ids::{FileId, ItemId, ModuleId};
use crate::model::plan::{Crossing, Style};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A candidate; [`NOWHERE`] for code that is in none.
pub(crate) type Owner = u16;
/// In no candidate.
pub(crate) const NOWHERE: Owner = Owner::MAX;
/// Functions that are followed for one entry point, at most.
const STATES: usize = 20_000;

/// File, line and column of a call.
pub(crate) type At = (FileId, u32, u32);

/// A place that runs something.
struct Call {
    at: At,
    context: CallContext,
    /// What may run: positions in [`Calls::targets`].
    targets: std::ops::Range<u32>,
}

/// Which function runs which.
pub(crate) struct Calls<'a> {
    pub(crate) codebase: &'a Codebase,
    /// By item.
    calls: Vec<Vec<Call>>,
    targets: Vec<ItemId>,
    /// By item: does it wait for something, or change something?
    acts: Vec<bool>,
    /// By item: places that leave the process.
    outbound: FxHashMap<ItemId, u32>,
    /// Functions by module and path.
    functions: FxHashMap<(ModuleId, String), ItemId>,
}

/// Who owns which module, and how what crosses would cross.
pub(crate) struct Split {
    owner: Vec<Owner>,
    /// Of another proposal: who owns what in the first, by which its styles go.
    first: Option<Vec<Owner>>,
    /// By who calls and what is called.
    exact: FxHashMap<(Owner, ItemId), Style>,
    /// How it crosses for anybody.
    usual: FxHashMap<ItemId, Style>,
}

/// How a call reaches another candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum How {
    /// It is waited for.
    Waited,
    /// It is made in a task for which nobody waits.
    Aside,
    /// It is a message.
    Message,
}

/// A call from one candidate into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hop {
    pub(crate) from: Owner,
    pub(crate) to: Owner,
    pub(crate) how: How,
    pub(crate) at: At,
    pub(crate) in_loop: bool,
}

/// Everything that a request runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// Where it begins; [`NOWHERE`] if it meets no candidate.
    pub(crate) home: Owner,
    /// Sorted.
    pub(crate) hops: Vec<Hop>,
    /// Places that leave the process today.
    pub(crate) outbound: u32,
    /// Places whose method several candidates implement.
    pub(crate) unknown: BTreeSet<At>,
    /// There was more to follow.
    pub(crate) cut: bool,
}

impl<'a> Calls<'a> {
    pub(crate) fn new(codebase: &'a Codebase, evidence: &Evidence) -> Self {
        let items = &codebase.items;
        let built =
            |item: ItemId| codebase.crates[codebase.modules[items[item.index()].module.index()].krate.index()].kind == CrateKind::ProcMacro;
        let mut functions = FxHashMap::default();
        for (i, item) in items.iter().enumerate().filter(|(_, item)| item.kind == ItemKind::Function) {
            functions.insert((item.module, codebase.item_path(ItemId::from(i))), ItemId::from(i));
        }
        let mut out = Calls {
            codebase,
            calls: Vec::new(),
            targets: Vec::new(),
            acts: effects(codebase, evidence),
            outbound: FxHashMap::default(),
            functions,
        };
        out.calls.resize_with(items.len(), Vec::new);
        for by in evidence.outbound.iter().map(|o| &o.by) {
            if let Some(item) = out.function(by.module, by.item.as_deref()) {
                *out.outbound.entry(item).or_default() += 1;
            }
        }
        let mut chosen = implementations(codebase);
        let mut taken: FxHashSet<(ItemId, At)> = FxHashSet::default();
        for r in &codebase.references {
            let (Some(from), Some(to)) = (r.from_item, r.to_item) else { continue };
            let runs = matches!(r.kind, DependencyKind::Call | DependencyKind::Method | DependencyKind::Path);
            if !runs || from == to || items[to.index()].kind != ItemKind::Function || built(to) {
                continue;
            }
            let at = (r.file, r.line, r.column);
            if taken.insert((from, at)) {
                // Of a trait's method, its implementations run.
                let (context, targets) = chosen.remove(&(from, at)).unwrap_or((r.context, vec![to]));
                out.add(from, at, context.with(r.context), targets);
            }
        }
        for ((from, at), (context, targets)) in chosen {
            out.add(from, at, context, targets);
        }
        out
    }

    fn add(&mut self, from: ItemId, at: At, context: CallContext, targets: Vec<ItemId>) {
        let first = self.targets.len() as u32;
        self.targets.extend(targets.into_iter().filter(|t| *t != from));
        self.calls[from.index()].push(Call { at, context, targets: first..self.targets.len() as u32 });
    }

    fn targets(&self, call: &Call) -> &[ItemId] {
        &self.targets[call.targets.start as usize..call.targets.end as usize]
    }

    /// The function of this path in a module.
    pub(crate) fn function(&self, module: ModuleId, path: Option<&str>) -> Option<ItemId> {
        self.functions.get(&(module, path?.to_owned())).copied()
    }

    /// What a function runs on this line: of a closure that answers a request, no more is known than where it is.
    pub(crate) fn on_line(&self, item: ItemId, line: u32) -> Vec<ItemId> {
        let on = self.calls[item.index()].iter().filter(|c| c.at.1 == line);
        on.flat_map(|c| self.targets(c)).copied().collect()
    }

    /// What a request runs that begins with `starts`.
    pub(crate) fn path(&self, split: &Split, starts: &[ItemId]) -> Path {
        let home = self.home(split, starts);
        let mut hops: BTreeMap<(Owner, Owner, How, At), bool> = BTreeMap::new();
        let mut path = Path { home, hops: Vec::new(), outbound: 0, unknown: BTreeSet::new(), cut: false };
        // A function in a candidate, waited for or not: is it in a loop? What was not is followed again once it is.
        let mut seen: FxHashMap<(ItemId, Owner, bool), bool> = FxHashMap::default();
        let mut left: FxHashSet<ItemId> = FxHashSet::default();
        let mut open: Vec<(ItemId, Owner, bool, bool)> = starts.iter().rev().map(|&s| (s, home, true, false)).collect();
        while let Some((item, at_home, waited, in_loop)) = open.pop() {
            if seen.get(&(item, at_home, waited)).is_some_and(|was| *was || !in_loop) {
                continue;
            }
            if seen.len() >= STATES {
                path.cut = true;
                break;
            }
            seen.insert((item, at_home, waited), in_loop);
            if let Some(places) = self.outbound.get(&item)
                && left.insert(item)
            {
                path.outbound += places;
            }
            for call in self.calls[item.index()].iter().rev() {
                let targets = self.targets(call);
                let owner = |item: &ItemId| split.owner(self.codebase, *item);
                if targets.len() > 1 && targets.iter().any(|t| owner(t) != owner(&targets[0])) {
                    path.unknown.insert(call.at);
                    continue;
                }
                let in_loop = in_loop || call.context.has(CallContext::IN_LOOP);
                let waited = waited && !call.context.has(CallContext::SPAWNED);
                for &target in targets {
                    let to = owner(&target);
                    let style = if to == NOWHERE || to == at_home {
                        Style::Library
                    } else {
                        self.style(split, split.asker(self.codebase, item, at_home), target)
                    };
                    let how = match style {
                        Style::Library => None,
                        Style::Broker => Some(How::Message),
                        Style::SyncApi | Style::KeepTogether => Some(if waited { How::Waited } else { How::Aside }),
                    };
                    let Some(how) = how else {
                        open.push((target, at_home, waited, in_loop));
                        continue;
                    };
                    *hops.entry((at_home, to, how, call.at)).or_default() |= in_loop;
                    open.push((target, to, how == How::Waited, in_loop));
                }
            }
        }
        path.hops = hops.into_iter().map(|((from, to, how, at), in_loop)| Hop { from, to, how, at, in_loop }).collect();
        path
    }

    /// The candidate that would answer: the handler's own, else the nearest on its path that does more than compute, as what hands over would move with it.
    fn home(&self, split: &Split, starts: &[ItemId]) -> Owner {
        let mut seen: FxHashSet<ItemId> = starts.iter().copied().collect();
        let mut queue: VecDeque<ItemId> = starts.iter().copied().collect();
        if let Some(own) = starts.first().map(|s| split.owner(self.codebase, *s)).filter(|o| *o != NOWHERE) {
            return own;
        }
        while let Some(item) = queue.pop_front() {
            let own = split.owner(self.codebase, item);
            if own != NOWHERE && self.acts[item.index()] {
                return own;
            }
            if seen.len() >= STATES {
                break;
            }
            let next = self.calls[item.index()].iter().flat_map(|c| self.targets(c)).copied();
            queue.extend(next.filter(|n| seen.insert(*n)));
        }
        NOWHERE
    }

    fn style(&self, split: &Split, from: Owner, item: ItemId) -> Style {
        let known = split.exact.get(&(from, item)).or_else(|| split.usual.get(&item));
        known.copied().unwrap_or(if self.acts[item.index()] { Style::SyncApi } else { Style::Library })
    }

    /// Who owns what in the proposal.
    pub(crate) fn proposed(&self, owner: Vec<Owner>, crossings: &[Crossing]) -> Split {
        let mut split = Split { owner, first: None, exact: FxHashMap::default(), usual: FxHashMap::default() };
        let mut paths: FxHashMap<&str, Vec<(Owner, Style)>> = FxHashMap::default();
        for crossing in crossings {
            for item in &crossing.items {
                paths.entry(&item.path).or_default().push((crossing.from.index() as Owner, item.style));
            }
        }
        for ((module, path), item) in self.functions_sorted() {
            let Some(styles) = paths.get(format!("{}::{path}", self.codebase.modules[module.index()].id).as_str()) else { continue };
            split.exact.extend(styles.iter().map(|&(from, style)| ((from, item), style)));
            // What anybody waits for is waited for by whoever is not known yet.
            split.usual.extend(styles.iter().map(|s| (item, s.1)).min_by_key(|s| s.1 != Style::SyncApi));
        }
        split
    }

    /// Who owns what in another proposal: how things cross is taken from the first as far as they do there.
    pub(crate) fn alternative(&self, owner: Vec<Owner>, proposed: &Split) -> Split {
        Split { owner, first: Some(proposed.owner.clone()), exact: proposed.exact.clone(), usual: proposed.usual.clone() }
    }

    fn functions_sorted(&self) -> BTreeMap<(ModuleId, &str), ItemId> {
        self.functions.iter().map(|((module, path), item)| ((*module, path.as_str()), *item)).collect()
    }
}

impl Split {
    /// Who asks, among those for whom styles are known.
    fn asker(&self, codebase: &Codebase, item: ItemId, at_home: Owner) -> Owner {
        self.first.as_ref().map_or(at_home, |first| first[codebase.items[item.index()].module.index()])
    }

    fn owner(&self, codebase: &Codebase, item: ItemId) -> Owner {
        self.owner[codebase.items[item.index()].module.index()]
    }
}

/// By caller and place, the methods that may run where a trait's is called.
fn implementations(codebase: &Codebase) -> BTreeMap<(ItemId, At), (CallContext, Vec<ItemId>)> {
    let mut chosen: BTreeMap<(ItemId, At), (CallContext, Vec<ItemId>)> = BTreeMap::new();
    for d in codebase.dispatches.iter().filter(|d| matches!(d.kind, DispatchKind::Dispatch | DispatchKind::Implementation)) {
        if let (Some(from), Some(to)) = (d.from_item, d.to_item) {
            chosen.entry((from, (d.file, d.line, d.column))).or_insert((d.context, Vec::new())).1.push(to);
        }
    }
    // Those in the caller's own module are no dispatches.
    let mut own: FxHashMap<(ItemId, &str, ModuleId), Vec<ItemId>> = FxHashMap::default();
    for (i, item) in codebase.items.iter().enumerate() {
        if let Some(of) = item.parent.and_then(|p| codebase.items[p.index()].implements) {
            own.entry((of, &item.name, item.module)).or_default().push(ItemId::from(i));
        }
    }
    for r in codebase.references.iter().filter(|r| matches!(r.kind, DependencyKind::Method | DependencyKind::Call)) {
        let (Some(from), Some(to)) = (r.from_item, r.to_item) else { continue };
        let method = &codebase.items[to.index()];
        let Some(of) = method.parent.filter(|p| codebase.items[p.index()].kind == ItemKind::Trait) else { continue };
        if let Some(methods) = own.get(&(of, method.name.as_str(), r.from)) {
            chosen.entry((from, (r.file, r.line, r.column))).or_insert((r.context, Vec::new())).1.extend(methods);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::{crossings, tests::by_crate};
    use crate::model::testing::codebase;

    /// Hops of a request that begins with `a::go`, each as `from>to how`, with `*` in a loop.
    fn check(text: &str, expected: &[&str]) {
        let code = codebase(text);
        let (partition, evidence) = (by_crate(&code), Evidence::default());
        let calls = Calls::new(&code, &evidence);
        let owner = partition.members.iter().map(|m| m.service.map_or(NOWHERE, |s| s.index() as Owner)).collect();
        let split = calls.proposed(owner, &crossings(&code, &evidence, &partition));
        let start = calls.function(code.module("a").expect("module a"), Some("go")).expect("a::go");
        let path = calls.path(&split, &[start]);
        let name = |o: Owner| partition.names[usize::from(o)].as_str();
        let hop = |h: &Hop| format!("{}>{} {:?}{}", name(h.from), name(h.to), h.how, if h.in_loop { "*" } else { "" });
        assert_eq!(path.hops.iter().map(hop).collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn what_is_waited_for_is_a_hop_and_what_is_told_a_message() {
        let items = "fn a::go async\n fn b::find async\n fn c::notify async unit\n fn d::sum\n";
        check(
            &format!("{items} a::go -> b::find call 1 used awaited\n b::find -> c::notify call 1 awaited"),
            &["a>b Waited", "b>c Message"],
        );
        check(&format!("{items} a::go -> b::find call 2 used awaited\n a::go -> d::sum call 3 used"), &["a>b Waited", "a>b Waited"]);
        check(&format!("{items} a::go -> b::find call 1 used awaited loop"), &["a>b Waited*"]);
        check(
            "fn a::go async\n fn a::do async\n fn b::find async\n a::go -> a::do call 1 loop\n a::do -> b::find call 1 used awaited",
            &["a>b Waited*"],
        );
        check(
            "fn a::go async\n fn a::do async\n fn b::find async\n a::go -> a::do call 1 spawned\n a::do -> b::find call 1 used awaited",
            &["a>b Aside"],
        );
    }

    #[test]
    fn shared_code_runs_where_it_is_called_and_circles_end() {
        check(
            "fn a::go async\n fn libx::pass async\n fn b::find async\n a::go -> libx::pass call 1 used awaited\n libx::pass -> b::find call 1 used awaited
             b::find -> a::go call 1 used awaited",
            &["a>b Waited", "b>a Waited"],
        );
        // Behind a library function, the caller is still the one who asks.
        check(
            "fn a::go async\n fn libx::pass async\n fn a::own async\n a::go -> libx::pass call 1\n libx::pass -> a::own call 1 used awaited",
            &[],
        );
    }
}
