//! The code base as sources look at it: what stands at a place, what a call leads to, and the text of a call whose body is a closure.
//!
//! Takes: an [`Input`]. Gives: [`Code`]. Invariant: nothing here knows a library by its name; what cannot be told is `None` and never
//! guessed.

mod extent;
mod scan;
pub(super) mod text;
mod types;

use super::Input;
use crate::model::calls::{Call, Invocation, Path, Value};
use crate::model::codebase::{Codebase, DependencyKind, ItemKind, Reference};
use crate::model::evidence::Spot;
use crate::model::ids::{FileId, ItemId, ModuleId};
use crate::model::place::Site;
use rustc_hash::{FxHashMap, FxHashSet};
pub(super) use scan::{Argument, Arm, Head};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Line and column, both from 1.
pub(super) type Place = (u32, u32);

/// Files larger than this are not read again for the ends of their calls.
const FILE_LIMIT: u64 = 4 << 20;

/// The code base, with what is at which place.
pub(super) struct Code<'a> {
    pub(super) codebase: &'a Codebase,
    input: Input<'a>,
    /// By file and place.
    references: Vec<&'a Reference>,
    /// By file, once it is asked for.
    texts: Vec<OnceLock<Option<extent::Text>>>,
    /// By item.
    members: Vec<Vec<ItemId>>,
    /// Those that are in no other, by name.
    by_name: FxHashMap<&'a str, Vec<ItemId>>,
    /// By what they lead to.
    users: Vec<Vec<&'a Reference>>,
    /// Every call that is told, each place once, with the invocation in which it stands.
    calls: Vec<(&'a Invocation, &'a Call)>,
    externals: BTreeMap<ModuleId, BTreeSet<&'a str>>,
}

impl<'a> Code<'a> {
    pub(super) fn new(input: &Input<'a>) -> Self {
        let codebase = input.codebase;
        let mut references: Vec<&Reference> = codebase.references.iter().collect();
        references.sort_by_key(|r| (r.file, r.line, r.column, r.kind));
        let mut members: Vec<Vec<ItemId>> = vec![Vec::new(); codebase.items.len()];
        let mut by_name: FxHashMap<&str, Vec<ItemId>> = FxHashMap::default();
        for (index, item) in codebase.items.iter().enumerate() {
            let id = ItemId::from(index);
            match item.parent {
                Some(parent) => members[parent.index()].push(id),
                None => by_name.entry(&item.name).or_default().push(id),
            }
        }
        let mut users: Vec<Vec<&Reference>> = vec![Vec::new(); codebase.items.len()];
        for reference in &codebase.references {
            if let Some(to) = reference.to_item {
                users[to.index()].push(reference);
            }
        }
        let mut externals: BTreeMap<ModuleId, BTreeSet<&str>> = BTreeMap::new();
        for (module, name, _) in &codebase.externals {
            externals.entry(*module).or_default().insert(name);
        }
        let texts = codebase.files.iter().map(|_| OnceLock::new()).collect();
        Code { codebase, input: *input, references, texts, members, by_name, users, calls: every_call(codebase), externals }
    }

    /// Every call that is told, each place once, with the invocation in which it stands.
    pub(super) fn every_call(&self) -> &[(&'a Invocation, &'a Call)] {
        &self.calls
    }

    /// The item that a call leads to.
    pub(super) fn called(&self, file: FileId, call: &Call) -> Option<ItemId> {
        call.callee.item.or_else(|| {
            let at = |r: &&Reference| matches!(r.kind, DependencyKind::Method | DependencyKind::Call);
            self.between(file, (call.line, call.column), (call.line, call.column)).iter().copied().find(at).and_then(|r| r.to_item)
        })
    }

    /// References from one place to another, both included.
    pub(super) fn between(&self, file: FileId, from: Place, to: Place) -> &[&'a Reference] {
        let start = self.references.partition_point(|r| (r.file, r.line, r.column) < (file, from.0, from.1));
        let end = self.references.partition_point(|r| (r.file, r.line, r.column) <= (file, to.0, to.1));
        &self.references[start..end.max(start)]
    }

    /// Functions that are named inside the brackets of a call, in order.
    pub(super) fn named_in(&self, file: FileId, call: &Call) -> Vec<ItemId> {
        let mut found: Vec<ItemId> = Vec::new();
        for reference in self.inside(file, call) {
            if let Some(to) = reference.to_item
                && self.codebase.items[to.index()].kind == ItemKind::Function
                && matches!(reference.kind, DependencyKind::Call | DependencyKind::Method | DependencyKind::Path)
                && !found.contains(&to)
            {
                found.push(to);
            }
        }
        found
    }

    /// Types that are named inside the brackets of a call, in order.
    pub(super) fn types_in(&self, file: FileId, call: &Call) -> Vec<ItemId> {
        let named = self.inside(file, call).iter().filter(|r| r.kind == DependencyKind::Type);
        named.filter_map(|r| r.to_item).collect()
    }

    fn inside(&self, file: FileId, call: &Call) -> &[&'a Reference] {
        let from = (call.line, call.column);
        match self.end(file, from) {
            Some(end) => self.between(file, (from.0, from.1 + 1), end),
            None => &[],
        }
    }

    /// Where the brackets of the call that begins there end.
    pub(super) fn end(&self, file: FileId, from: Place) -> Option<Place> {
        self.with_text(file, |text| text.end(from)).flatten()
    }

    /// Where the first block ends that opens from there on.
    pub(super) fn block_end(&self, file: FileId, from: Place) -> Option<Place> {
        self.with_text(file, |text| text.block_end(from)).flatten()
    }

    /// Where the arm of a `match` ends whose pattern begins there.
    pub(super) fn arm_end(&self, file: FileId, from: Place) -> Option<Place> {
        self.with_text(file, |text| text.arm_end(from)).flatten()
    }

    /// The arguments of the call that begins there.
    pub(super) fn arguments(&self, file: FileId, from: Place) -> Vec<Argument> {
        self.with_text(file, |text| text.arguments(from)).flatten().unwrap_or_default()
    }

    /// The function that is called by all that an argument is, if that is one call.
    pub(super) fn only_called(&self, file: FileId, argument: &Argument) -> Option<ItemId> {
        let open = self.with_text(file, |text| text.only_call(argument.from, argument.to)).flatten()?;
        let calls = self.between(file, argument.from, open).iter().rev();
        let mut calls = calls.filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method)).filter_map(|r| r.to_item);
        calls.find(|to| self.codebase.items[to.index()].kind == ItemKind::Function)
    }

    /// The arms of the first block of a `match` that opens from there on.
    pub(super) fn arms(&self, file: FileId, from: Place) -> Vec<Arm> {
        self.with_text(file, |text| text.arms(from)).flatten().unwrap_or_default()
    }

    /// A function up to its body, as written.
    pub(super) fn head(&self, function: ItemId) -> Option<Head> {
        let of = &self.codebase.items[function.index()];
        let file = self.codebase.modules[of.module.index()].file;
        self.with_text(file, |text| text.head((of.line, 1), &of.name)).flatten()
    }

    /// The text of a file by lines.
    pub(super) fn lines<R>(&self, file: FileId, look: impl FnOnce(&[Vec<char>]) -> R) -> Option<R> {
        self.with_text(file, |text| look(text.lines()))
    }

    fn with_text<R>(&self, file: FileId, look: impl FnOnce(&extent::Text) -> R) -> Option<R> {
        let text = self.texts.get(file.index())?.get_or_init(|| {
            let path = self.input.root.join(&self.codebase.files.get(file.index())?.path);
            let bytes = self.input.host.read(&path, FILE_LIMIT).ok()?;
            Some(extent::Text::new(&String::from_utf8_lossy(&bytes)))
        });
        text.as_ref().map(look)
    }

    /// The last name of the path that stands at a place.
    pub(super) fn word_at(&self, file: FileId, at: Place) -> Option<String> {
        self.path_at(file, at)?.rsplit("::").next().map(str::to_owned)
    }

    /// The path that stands around a place.
    pub(super) fn path_at(&self, file: FileId, at: Place) -> Option<String> {
        let is_part = |c: &&char| c.is_alphanumeric() || matches!(c, '_' | ':');
        self.lines(file, |lines| {
            let line = lines.get(usize::try_from(at.0).ok()?.checked_sub(1)?)?;
            let start = usize::try_from(at.1).ok()?.checked_sub(1)?;
            let before = line.get(..start)?.iter().rev().take_while(is_part).count();
            // `x: Order` is no path.
            let before = if line[start - before..start].ends_with(&[':', ':']) { before } else { 0 };
            let path: String = line.iter().skip(start - before).take_while(is_part).collect();
            Some(path.trim_end_matches(':').trim_start_matches(':').to_owned())
        })
        .flatten()
    }

    /// Members of an impl block or trait.
    pub(super) fn members(&self, item: ItemId) -> &[ItemId] {
        &self.members[item.index()]
    }

    /// References that lead to an item.
    pub(super) fn references_to(&self, item: ItemId) -> &[&'a Reference] {
        &self.users[item.index()]
    }

    /// Does the module use this external crate?
    pub(super) fn uses(&self, module: ModuleId, name: &str) -> bool {
        self.externals.get(&module).is_some_and(|all| all.contains(name))
    }

    /// Does any module?
    pub(super) fn anyone_uses(&self, name: &str) -> bool {
        self.externals.values().any(|all| all.contains(name))
    }

    /// Where a call is written.
    pub(super) fn spot(&self, invocation: &Invocation, line: u32) -> Spot {
        Spot {
            module: invocation.from,
            item: invocation.item.map(|i| self.codebase.item_path(i)),
            site: Site::new(self.codebase.files[invocation.file.index()].path.clone(), line),
        }
    }

    /// Where an item is defined.
    pub(super) fn definition(&self, item: ItemId) -> Spot {
        Spot {
            module: self.codebase.items[item.index()].module,
            item: Some(self.codebase.item_path(item)),
            site: self.codebase.item_site(item),
        }
    }

    /// Where a reference is written.
    pub(super) fn reference_spot(&self, reference: &Reference) -> Spot {
        Spot { module: reference.from, item: reference.from_item.map(|i| self.codebase.item_path(i)), site: self.codebase.site(reference) }
    }

    /// The item of this name that can be seen most probably from a module: its own, else the only one of all.
    pub(super) fn item_named(&self, module: ModuleId, name: &str, wanted: impl Fn(ItemKind) -> bool) -> Option<ItemId> {
        let item = |id: &ItemId| &self.codebase.items[id.index()];
        let all = || self.by_name.get(name).into_iter().flatten().copied().filter(|id| wanted(item(id).kind));
        all().find(|id| item(id).module == module).or_else(|| {
            let mut all = all();
            let first = all.next();
            if all.next().is_some() { None } else { first }
        })
    }
}

/// All calls in a value, its own first, those in arguments and receivers too.
pub(super) fn calls_in<'v>(value: &'v Value, found: &mut Vec<&'v Call>) {
    match value {
        Value::Call(call) => calls_of(call, found),
        Value::Struct(_, fields) => fields.iter().for_each(|(_, value)| calls_in(value, found)),
        Value::Field(base, _) => calls_in(base, found),
        Value::List(list) | Value::Either(list) | Value::Joined(list) => list.iter().for_each(|v| calls_in(v, found)),
        _ => {}
    }
}

/// The call and all that are in it.
pub(super) fn calls_of<'v>(call: &'v Call, found: &mut Vec<&'v Call>) {
    found.push(call);
    if let Some(receiver) = &call.receiver {
        calls_in(receiver, found);
    }
    call.args.iter().for_each(|a| calls_in(a, found));
}

/// The calls of a chain, from the first that is made to the last.
pub(super) fn chain(call: &Call) -> Vec<&Call> {
    let mut chain = vec![call];
    let mut at = call;
    while let Some(Value::Call(next)) = at.receiver.as_deref() {
        chain.push(next);
        at = next;
    }
    chain.reverse();
    chain
}

fn every_call(codebase: &Codebase) -> Vec<(&Invocation, &Call)> {
    let mut seen: FxHashSet<(FileId, u32, u32, &str)> = FxHashSet::default();
    let mut out = Vec::new();
    let mut calls = Vec::new();
    for invocation in &codebase.invocations {
        calls_of(&invocation.call, &mut calls);
        let new = calls.drain(..).filter(|c| seen.insert((invocation.file, c.line, c.column, c.name())));
        out.extend(new.map(|c| (invocation, c)));
    }
    out
}

/// The crate of a path that leads out of the workspace.
pub(super) fn crate_of(path: &Path) -> Option<&str> {
    path.is_external.then(|| path.text.find(':').map_or(&*path.text, |at| &path.text[..at]))
}
