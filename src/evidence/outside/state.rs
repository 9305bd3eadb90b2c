//! Statics, and fields behind locks.
//!
//! Takes: items, and references to them. Gives: [`SharedState`] with who touches it, and ties. A static that cannot change and holds plain
//! data is a constant by another name and left out; so is a lock that no other item touches.

use crate::evidence::code::Code;
use crate::model::codebase::{DependencyKind, ItemKind};
use crate::model::evidence::Spot;
use crate::model::evidence::outside::SharedState;
use crate::model::evidence::tie::Tie;
use crate::model::ids::{ItemId, ModuleId};
use std::collections::BTreeSet;

/// Types that can change behind a shared reference, or come to be when they are first asked for.
const CHANGING: &[&str] = &[
    "Mutex",
    "RwLock",
    "OnceLock",
    "OnceCell",
    "Once",
    "Lazy",
    "LazyLock",
    "LazyCell",
    "DashMap",
    "DashSet",
    "ArcSwap",
    "ArcSwapOption",
    "RefCell",
    "Cell",
    "Sender",
    "SegQueue",
    "Semaphore",
];

/// Types that are set once, by whoever asks first, to what is always the same.
const COMPUTED: &[&str] = &["Lazy", "LazyLock", "LazyCell", "Once"];

/// Fields of these types are shared between all who hold the struct.
const LOCKS: &[&str] = &["Mutex", "RwLock", "DashMap", "DashSet", "ArcSwap", "ArcSwapOption"];

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
            ItemKind::Struct => {
                for field in &item.members {
                    let words = words(&field.types);
                    if !LOCKS.iter().any(|lock| words.contains(lock)) || words.first() == Some(&"MutexGuard") {
                        continue;
                    }
                    let touched = touching(code, id, Some(&field.name));
                    if !touched.is_empty() {
                        found.push(SharedState {
                            name: format!("{}::{}", item.name, field.name),
                            module: item.module,
                            declared: codebase.item_site(id),
                            what: format!("field {}", field.types),
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
    if !is_mut && !atomic && !lazy && !CHANGING.iter().any(|name| words.contains(name)) {
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
    let mut spots = BTreeSet::new();
    for reference in code.references_to(id) {
        let touches = match field {
            None => !matches!(reference.kind, DependencyKind::Use) && reference.from_item != Some(id),
            Some(name) => {
                let place = (reference.line, reference.column);
                reference.kind == DependencyKind::Field && code.word_at(reference.file, place).as_deref() == Some(name)
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

/// Can it be another at another time? A pattern that is compiled once is a constant as far as boundaries go.
fn changes(what: &str) -> bool {
    let words = words(what);
    let holds = words.iter().any(|w| CHANGING.contains(w) && !COMPUTED.contains(w) || w.starts_with("Atomic"));
    holds || words.starts_with(&["static", "mut"])
}

/// One for each state that can change and that several modules touch.
pub(super) fn ties(state: &[SharedState], source: &str) -> Vec<Tie> {
    let mut ties = Vec::new();
    for shared in state {
        let modules: BTreeSet<ModuleId> = shared.touched.iter().map(|s| s.module).chain([shared.module]).collect();
        if !changes(&shared.what) || modules.len() < 2 || modules.len() > MOST {
            continue;
        }
        let members: Vec<(ModuleId, f64)> = modules.into_iter().map(|module| (module, 1.0)).collect();
        ties.push(Tie { source: source.into(), subject: format!("state {}", shared.name), members, sites: vec![shared.declared.clone()] });
    }
    ties
}
