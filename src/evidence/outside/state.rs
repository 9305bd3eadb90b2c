//! Statics, and fields behind locks.
//!
//! Takes: items, and references to them. Gives: [`SharedState`] with who touches it, and ties. A static that cannot change, even one
//! that is worked out when it is first asked for, is a constant by another name and left out; so is a lock that no other item touches. What a
//! type of the workspace holds, or another name stands for, counts as written.

use crate::evidence::code::Code;
use crate::model::codebase::{DependencyKind, ItemKind};
use crate::model::evidence::Spot;
use crate::model::evidence::outside::SharedState;
use crate::model::evidence::tie::Tie;
use crate::model::ids::{ItemId, ModuleId};
use crate::model::place::Site;
use std::collections::BTreeSet;

/// Types that can change behind a shared reference.
const CHANGING: &[&str] = &[
    "Mutex",
    "RwLock",
    "DashMap",
    "DashSet",
    "ArcSwap",
    "ArcSwapOption",
    "RefCell",
    "Cell",
    "Sender",
    "UnboundedSender",
    "SegQueue",
    "ArrayQueue",
    "Semaphore",
    "Notify",
    "CancellationToken",
    "Pool",
];

/// Fields of these types are shared between all who hold the struct.
const LOCKS: &[&str] = &["Mutex", "RwLock", "DashMap", "DashSet", "ArcSwap", "ArcSwapOption", "Semaphore"];

/// Types that hold what is asked for often, and the crates whose they are.
const CACHES: (&[&str], &[&str]) =
    (&["Cache", "LruCache", "SizedCache", "TimedCache", "UnboundCache"], &["moka", "mini_moka", "quick_cache", "lru", "cached"]);

/// Types within types, and names for types, are followed this far.
const DEPTH: u32 = 3;

/// State that more modules than this touch belongs to nobody.
const MOST: usize = 12;

/// All shared state, sorted.
pub(super) fn shared(code: &Code<'_>) -> Vec<SharedState> {
    let codebase = code.codebase;
    let mut found = Vec::new();
    for (index, item) in codebase.items.iter().enumerate() {
        let id = ItemId::from(index);
        match item.kind {
            ItemKind::Static => found.extend(of_static(code, id)),
            ItemKind::Struct | ItemKind::Enum => {
                for field in &item.members {
                    if !is_shared(code, item.module, &field.types) {
                        continue;
                    }
                    let touched = touching(code, id, Some(&field.name));
                    if !touched.is_empty() {
                        let what = if item.kind == ItemKind::Struct { "field" } else { "variant" };
                        found.push(SharedState {
                            name: format!("{}::{}", item.name, field.name),
                            module: item.module,
                            declared: member_site(code, id, &field.name),
                            what: format!("{what} {}", field.types),
                            touched,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Is a field of this type shared between all who hold what it is in?
fn is_shared(code: &Code<'_>, module: ModuleId, types: &str) -> bool {
    let written = written_out(code, module, types, &|kind| kind == ItemKind::TypeAlias);
    let words = words(&written);
    // A guard is held by one.
    if words.iter().any(|w| w.ends_with("Guard")) {
        return false;
    }
    // Of a value's own these are its cache; what is handed around is shared.
    let handed = words.contains(&"Arc") && words.iter().any(|w| w.starts_with("Atomic") || *w == "OnceCell" || *w == "OnceLock");
    let cache = words.iter().any(|w| CACHES.0.contains(w)) && CACHES.1.iter().any(|name| code.uses(module, name));
    handed || cache || LOCKS.iter().any(|lock| words.contains(lock))
}

/// A type with what the workspace's types in it are, or hold, behind it.
fn written_out(code: &Code<'_>, module: ModuleId, types: &str, wanted: &dyn Fn(ItemKind) -> bool) -> String {
    let items = &code.codebase.items;
    let mut out = types.to_owned();
    let mut seen: BTreeSet<ItemId> = BTreeSet::new();
    let mut next = vec![(types.to_owned(), module)];
    for _ in 0..DEPTH {
        let mut inner = Vec::new();
        for (text, module) in next.drain(..) {
            for word in words(&text).into_iter().filter(|w| w.starts_with(char::is_uppercase)) {
                let Some(id) = code.item_named(module, word, wanted).filter(|id| seen.insert(*id)) else { continue };
                let of = &items[id.index()];
                let held: Vec<String> = match of.kind {
                    ItemKind::TypeAlias => alias(code, id).into_iter().collect(),
                    _ => of.members.iter().map(|m| m.types.clone()).collect(),
                };
                inner.extend(held.into_iter().map(|text| (text, of.module)));
            }
        }
        inner.iter().for_each(|(text, _)| {
            out.push_str(", ");
            out.push_str(text);
        });
        next = inner;
    }
    out
}

/// What stands behind the `=` of `type A = B;`.
fn alias(code: &Code<'_>, id: ItemId) -> Option<String> {
    let of = &code.codebase.items[id.index()];
    let file = code.codebase.modules[of.module.index()].file;
    code.lines(file, |lines| {
        let (from, to) = (usize::try_from(of.line).ok()?.checked_sub(1)?, usize::try_from(of.end_line).ok()?);
        let text: String = lines.get(from..to.min(lines.len()))?.iter().flat_map(|l| l.iter().chain([&' '])).collect();
        Some(text.split_once('=')?.1.split(';').next()?.trim().to_owned())
    })
    .flatten()
}

/// Where a field or variant is written.
fn member_site(code: &Code<'_>, id: ItemId, name: &str) -> Site {
    let of = &code.codebase.items[id.index()];
    let site = code.codebase.item_site(id);
    let is_member = |line: &[char]| {
        let text: String = line.iter().collect();
        let text = text.trim_start();
        let text = text.strip_prefix("pub").map_or(text, |rest| match rest.strip_prefix('(') {
            Some(rest) => rest.split_once(')').map_or(rest, |(_, rest)| rest),
            None => rest,
        });
        text.trim_start().strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with([':', '(', '{']))
    };
    let line = code.lines(code.codebase.modules[of.module.index()].file, |lines| {
        let (from, to) = (usize::try_from(of.line).ok()?, usize::try_from(of.end_line).ok()?);
        let at = (from..to.min(lines.len())).find(|at| is_member(&lines[*at]))?;
        u32::try_from(at + 1).ok()
    });
    Site::new(site.file.clone(), line.flatten().unwrap_or(site.line))
}

fn of_static(code: &Code<'_>, id: ItemId) -> Option<SharedState> {
    let codebase = code.codebase;
    let item = &codebase.items[id.index()];
    let file = codebase.modules[item.module.index()].file;
    let lines: Vec<String> = code.lines(file, |lines| {
        let from = usize::try_from(item.line).unwrap_or(1).saturating_sub(1);
        lines.iter().skip(from).take(12).map(|l| l.iter().collect()).collect()
    })?;
    let text = lines.join(" ");
    let at = text.find(&format!("{}:", item.name)).or_else(|| text.find(&format!("{} :", item.name)))?;
    let before = &text[..at];
    let rest = text[at..].split_once(':')?.1;
    let ty = rest.split(['=', ';']).next().unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
    let ty = ty.as_str();
    let is_mut = before.trim_end().ends_with("mut");
    let words = words(ty);
    let atomic = words.iter().any(|w| w.starts_with("Atomic"));
    let lazy = before.trim_end().ends_with("ref");
    let held = written_out(code, item.module, ty, &|kind| matches!(kind, ItemKind::TypeAlias | ItemKind::Struct | ItemKind::Enum));
    if !is_mut && !atomic && !changes(&held) {
        return None;
    }
    let what = match (is_mut, lazy) {
        (true, _) => format!("static mut {ty}"),
        (_, true) => format!("static ref {ty}"),
        _ => format!("static {ty}"),
    };
    let touched = touching(code, id, None);
    Some(SharedState { name: codebase.item_path(id), module: item.module, declared: codebase.item_site(id), what, touched })
}

/// Who touches an item, or a field of it.
fn touching(code: &Code<'_>, id: ItemId, field: Option<&str>) -> Vec<Spot> {
    let codebase = code.codebase;
    let mut spots = BTreeSet::new();
    for reference in code.references_to(id) {
        let touches = match field {
            None => !matches!(reference.kind, DependencyKind::Use) && reference.from_item != Some(id),
            Some(name) => {
                let place = (reference.line, reference.column);
                let kind = match codebase.items[id.index()].kind {
                    ItemKind::Enum => !matches!(reference.kind, DependencyKind::Use | DependencyKind::Field),
                    _ => reference.kind == DependencyKind::Field,
                };
                kind && code.word_at(reference.file, place).as_deref() == Some(name)
            }
        };
        if touches {
            spots.insert(code.reference_spot(reference));
        }
    }
    spots.into_iter().collect()
}

fn words(ty: &str) -> Vec<&str> {
    ty.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).collect()
}

/// Can it be another at another time? What is worked out once is a constant as far as boundaries go.
fn changes(what: &str) -> bool {
    let words = words(what);
    words.iter().any(|w| CHANGING.contains(w) || CACHES.0.contains(w) || w.starts_with("Atomic"))
}

/// One for each state that can change and that several modules touch.
pub(super) fn ties(state: &[SharedState], source: &str) -> Vec<Tie> {
    let mut ties = Vec::new();
    for shared in state {
        let modules: BTreeSet<ModuleId> = shared.touched.iter().map(|s| s.module).chain([shared.module]).collect();
        if modules.len() < 2 || modules.len() > MOST {
            continue;
        }
        let members: Vec<(ModuleId, f64)> = modules.into_iter().map(|module| (module, 1.0)).collect();
        ties.push(Tie { source: source.into(), subject: format!("state {}", shared.name), members, sites: vec![shared.declared.clone()] });
    }
    ties
}
