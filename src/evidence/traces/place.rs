//! Which code a span was recorded by.
//!
//! Takes: a span's name and attributes. Gives: an item or a module. In this order: the user's own table of names; the function's full name
//! (`code.function.name`); module and function (`code.namespace` or `code.module.name`, with `code.function` or the span's own name: what
//! `#[tracing::instrument]` leaves); file and line; the route (`http.request.method` and `http.route`, or the name) of an entry point.
//! Invariant: nothing is matched by the last part of a name alone.

use super::read::Span;
use crate::model::codebase::{Codebase, ItemKind};
use crate::model::evidence::entry::{EntryKind, EntryPoint};
use crate::model::ids::{FileId, ItemId, ModuleId};
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// A span may begin so many lines before its function: at its attributes.
const BEFORE: u32 = 12;

/// What ran: the module, and the item as far as that is known.
pub(super) type Place = (ModuleId, Option<ItemId>);

/// Where code stands.
pub(super) struct Places<'a> {
    codebase: &'a Codebase,
    modules: FxHashMap<&'a str, ModuleId>,
    /// Items by module and path in it.
    items: FxHashMap<(ModuleId, String), ItemId>,
    /// Functions by module and name; `None` where there are several.
    functions: FxHashMap<(ModuleId, &'a str), Option<ItemId>>,
    /// Functions of each file by first line.
    of_file: BTreeMap<FileId, Vec<(u32, u32, ItemId)>>,
    /// Handlers by method and path.
    routes: FxHashMap<String, Place>,
}

impl<'a> Places<'a> {
    pub(super) fn new(codebase: &'a Codebase, entry_points: &[EntryPoint]) -> Self {
        let modules: FxHashMap<&str, ModuleId> =
            codebase.modules.iter().enumerate().map(|(at, m)| (m.id.as_str(), ModuleId::from(at))).collect();
        let mut items = FxHashMap::default();
        let mut functions: FxHashMap<(ModuleId, &str), Option<ItemId>> = FxHashMap::default();
        let mut of_file: BTreeMap<FileId, Vec<(u32, u32, ItemId)>> = BTreeMap::new();
        for (at, item) in codebase.items.iter().enumerate().filter(|(_, item)| item.kind == ItemKind::Function) {
            let id = ItemId::from(at);
            items.insert((item.module, codebase.item_path(id)), id);
            functions.entry((item.module, item.name.as_str())).and_modify(|one| *one = None).or_insert(Some(id));
            of_file.entry(codebase.modules[item.module.index()].file).or_default().push((item.line, item.end_line, id));
        }
        for lines in of_file.values_mut() {
            lines.sort_unstable();
        }
        let mut routes = FxHashMap::default();
        for entry in entry_points.iter().filter(|e| matches!(e.kind, EntryKind::Route | EntryKind::Rpc)) {
            if let Some(handler) = &entry.handler {
                let item = handler.item.as_ref().and_then(|path| items.get(&(handler.module, path.clone())).copied());
                routes.insert(route(&entry.name), (handler.module, item));
            }
        }
        Places { codebase, modules, items, functions, of_file, routes }
    }

    /// The item or module that a path names.
    pub(super) fn named(&self, path: &str) -> Option<Place> {
        if let Some(module) = self.modules.get(path) {
            return Some((*module, None));
        }
        let cuts = path.rmatch_indices("::").map(|(at, _)| at);
        let (module, rest) = cuts.filter_map(|at| Some((*self.modules.get(&path[..at])?, &path[at + 2..]))).next()?;
        self.item(module, rest).map(|item| (module, Some(item)))
    }

    fn item(&self, module: ModuleId, path: &str) -> Option<ItemId> {
        let by_path = self.items.get(&(module, path.to_owned())).copied();
        by_path.or_else(|| self.functions.get(&(module, path)).copied().flatten())
    }

    /// Which code recorded the span.
    pub(super) fn of(&self, span: &Span) -> Option<Place> {
        let get = |keys: &[&str]| {
            let found = span.attributes.iter().find(|(key, value)| keys.contains(&key.as_str()) && !value.is_empty());
            found.map(|(_, value)| value.as_str())
        };
        let function = get(&["code.function.name", "code.function"]);
        if let Some(place) = function.filter(|f| f.contains("::")).and_then(|f| self.named(&plain(f))) {
            return Some(place);
        }
        let mut module_only = None;
        if let Some(namespace) = get(&["code.namespace", "code.module.name", "target"]) {
            let namespace = plain(namespace);
            for name in function.into_iter().chain([span.name.as_str()]) {
                if let Some(place) = self.named(&format!("{namespace}::{}", plain(name))) {
                    return Some(place);
                }
            }
            module_only = self.named(&namespace);
        }
        let line = get(&["code.lineno", "code.line.number"]).and_then(|l| l.parse().ok());
        if let (Some(file), Some(line)) = (get(&["code.filepath", "code.file.path"]), line)
            && let Some(place) = self.at(file, line)
        {
            return Some(place);
        }
        if let (Some(method), Some(path)) = (get(&["http.request.method", "http.method"]), get(&["http.route"]))
            && let Some(place) = self.routes.get(&route(&format!("{method} {path}")))
        {
            return Some(*place);
        }
        module_only.or_else(|| self.routes.get(&route(&span.name)).copied())
    }

    fn at(&self, file: &str, line: u32) -> Option<Place> {
        let given = file.replace('\\', "/");
        let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'));
        let files = || self.codebase.files.iter().enumerate();
        // A path from the machine's root ends with ours; one from a package's folder may be that of several packages, and is then none.
        let longest = files().filter(|(_, f)| ends(&given, &f.path)).max_by_key(|(_, f)| f.path.len());
        let (id, _) = longest.or_else(|| {
            let mut below = files().filter(|(_, f)| ends(&f.path, &given));
            below.next().filter(|_| below.next().is_none())
        })?;
        let functions = self.of_file.get(&FileId::from(id))?;
        let inside = functions.iter().filter(|(from, to, _)| (*from..=*to).contains(&line)).max_by_key(|(from, ..)| *from);
        let item = inside.or_else(|| functions.iter().find(|(from, ..)| (line..line.saturating_add(BEFORE)).contains(from)))?.2;
        Some((self.codebase.items[item.index()].module, Some(item)))
    }
}

/// A path without generics and closures: `<a::B as c::D>::f::{{closure}}` is `a::B::f`.
fn plain(path: &str) -> String {
    let path = path.trim().trim_end_matches("::{{closure}}");
    match path.strip_prefix('<').and_then(|rest| rest.split_once(" as ")) {
        Some((of, rest)) => match rest.split_once(">::") {
            Some((_, method)) => format!("{of}::{method}"),
            None => of.to_owned(),
        },
        None => path.to_owned(),
    }
}

/// A route without the names of its parameters, which frameworks write in different ways.
fn route(name: &str) -> String {
    let (method, path) = name.trim().split_once(' ').unwrap_or(("", name));
    let parameter = |part: &str| part.starts_with([':', '{', '<', '*']);
    let parts: Vec<&str> = path.split('/').map(|part| if parameter(part) { "{}" } else { part }).collect();
    format!("{} {}", method.to_ascii_uppercase(), parts.join("/").trim_end_matches('/'))
}
