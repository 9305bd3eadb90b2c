//! What was loaded, resolved and recorded, as a [`Codebase`]: the models of libraries stay behind.

use super::discover::Workspace;
use super::facts::{self, Fields, ItemIx, ItemKind, Type, TypeIx};
use super::infer::{Heard, HeardValue, Record, Through};
use super::load::Loaded;
use super::resolve::{DefId, DefKind, Program, ScopeId};
use crate::model::calls::{Attribute, Invocation, Member, Renumber, Value};
use crate::model::codebase::{
    self as model, Codebase, Coverage, Crate, Dispatch, Item, Module, OpaqueMacro, Parameter, Provenance, Receiver, Reference, Returns,
    Signature, SourceFile, Unresolved, Visibility,
};
use crate::model::ids::{CrateId, FileId, ItemId, ModuleId};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Names listed among the methods that could not be resolved.
const LISTED: usize = 20;

pub(super) fn assemble(workspace: &Workspace, loaded: &Loaded, program: &Program<'_>, records: &[Record]) -> Codebase {
    let count = loaded.modules.iter().filter(|m| m.krate < loaded.models).count();
    let (modules, of_scope) = modules(loaded, count);
    let (order, of_def) = order(program, &of_scope, count);
    // Half of the work each.
    let module_of = |scope: ScopeId| of_scope[program.scope(scope).module.0 as usize];
    let to = Final { module_of: &module_of, of_def: &of_def };
    let ((references, invocations), codebase) = rayon::join(
        || (references(loaded, program, records, &of_scope, &of_def), invocations(loaded, records, &to)),
        || Codebase {
            items: order.par_iter().map(|(module, .., id)| item(program, *id, *module, &of_def)).collect(),
            constants: constants(records, &to),
            panics: panics(loaded, records, &of_def),
            ..all_but_references(workspace, loaded, program, records, modules, &of_scope, &of_def)
        },
    );
    Codebase { references, invocations, ..codebase }
}

fn references(
    loaded: &Loaded,
    program: &Program<'_>,
    records: &[Record],
    of_scope: &[ModuleId],
    of_def: &FxHashMap<DefId, ItemId>,
) -> Vec<Reference> {
    let module_of = |scope: ScopeId| of_scope[program.scope(scope).module.0 as usize];
    let mut references: Vec<Reference> = records
        .iter()
        .flat_map(|r| &r.found)
        .map(|f| Reference {
            from: module_of(f.from),
            from_item: f.from_def.and_then(|d| of_def.get(&d).copied()),
            to: module_of(f.to),
            to_item: f.to_def.and_then(|d| of_def.get(&d).copied()),
            kind: f.kind,
            line: f.pos.line,
            column: f.pos.column,
            file: FileId::from(loaded.origin(f.file)),
            via: f.via.map(module_of),
            context: f.context,
            confidence: f.confidence,
            provenance: Provenance::Source,
        })
        .collect();
    references.par_sort_unstable();
    // An argument that a macro writes twice, and a definition that is expanded often, are written once.
    references.dedup();
    references
}

fn all_but_references(
    workspace: &Workspace,
    loaded: &Loaded,
    program: &Program<'_>,
    records: &[Record],
    modules: Vec<Module>,
    of_scope: &[ModuleId],
    of_def: &FxHashMap<DefId, ItemId>,
) -> Codebase {
    let module_of = |scope: ScopeId| of_scope[program.scope(scope).module.0 as usize];
    let id_of =
        |def: DefId| format!("{}::{}", modules[module_of(program.def(def).scope).index()].id, program.symbols.text(program.def(def).name));
    let mut dispatches: Vec<Dispatch> = records
        .iter()
        .flat_map(|r| &r.dispatched)
        .map(|d| Dispatch {
            from: module_of(d.from),
            to: module_of(d.to),
            kind: d.kind,
            of_trait: match &d.through {
                Through::Workspace(def) => id_of(*def),
                Through::Library(path) => path.to_string(),
                Through::Name(name) => program.symbols.text(*name).to_owned(),
            },
            file: FileId::from(loaded.origin(d.file)),
            line: d.pos.line,
            column: d.pos.column,
            from_item: d.from_def.and_then(|def| of_def.get(&def).copied()),
            to_item: d.to_def.and_then(|def| of_def.get(&def).copied()),
            context: d.context,
        })
        // What two scopes stand for may be one module.
        .filter(|d| d.from != d.to)
        .collect();
    dispatches.sort_unstable();
    dispatches.dedup();
    let mut wide: BTreeMap<String, u32> = BTreeMap::new();
    for def in records.iter().flat_map(|r| &r.wide) {
        *wide.entry(id_of(*def)).or_default() += 1;
    }
    let mut unknown: BTreeMap<&str, u32> = BTreeMap::new();
    for name in records.iter().flat_map(|r| &r.unknown_macros) {
        *unknown.entry(name).or_default() += 1;
    }
    let mut externals: BTreeMap<(ModuleId, &str), u32> = BTreeMap::new();
    for (scope, name) in records.iter().flat_map(|r| &r.external) {
        *externals.entry((module_of(*scope), program.symbols.text(*name))).or_default() += 1;
    }
    let files: Vec<SourceFile> =
        loaded.files[..loaded.real_files].iter().map(|f| SourceFile { path: f.path.clone(), lines: f.facts.lines }).collect();
    Codebase {
        name: workspace.name.clone(),
        crates: crates(workspace, loaded, of_scope),
        coverage: Coverage {
            wide_dispatch: most(wide, usize::MAX),
            unknown_macros: most(unknown, usize::MAX),
            generated: records.iter().map(|r| r.generated).sum(),
            ..coverage(workspace, loaded, program, records, files.len())
        },
        files,
        modules,
        dispatches,
        externals: externals.into_iter().map(|((m, n), c)| (m, n.to_owned(), c)).collect(),
        unresolved: unresolved(loaded, records),
        off: off(loaded, program),
        orphans: loaded.orphans.clone(),
        diagnostics: workspace.diagnostics.iter().chain(&loaded.diagnostics).cloned().collect(),
        ..Codebase::default()
    }
}

/// Ids of the code base for those of the front end.
struct Final<'a, F> {
    module_of: &'a F,
    of_def: &'a FxHashMap<DefId, ItemId>,
}

impl<F: Fn(ScopeId) -> ModuleId> Renumber<ScopeId, DefId, ModuleId, ItemId> for &Final<'_, F> {
    fn module(&mut self, module: ScopeId) -> Option<ModuleId> {
        Some((self.module_of)(module))
    }

    fn item(&mut self, item: DefId) -> Option<ItemId> {
        self.of_def.get(&item).copied()
    }
}

fn invocations(loaded: &Loaded, records: &[Record], to: &Final<'_, impl Fn(ScopeId) -> ModuleId + Sync>) -> Vec<Invocation> {
    let invocation = |h: &Heard| Invocation {
        from: (to.module_of)(h.from),
        item: h.from_def.and_then(|d| to.of_def.get(&d).copied()),
        file: FileId::from(loaded.origin(h.file)),
        call: h.call.map(&mut { to }),
        context: h.context,
    };
    let mut all: Vec<Invocation> = records.par_iter().flat_map_iter(|r| r.heard.iter().map(invocation)).collect();
    all.par_sort_unstable();
    all.dedup();
    all
}

fn constants(records: &[Record], mut to: &Final<'_, impl Fn(ScopeId) -> ModuleId>) -> Vec<(ItemId, Value)> {
    let all = records.iter().flat_map(|r| &r.constants);
    let mut all: Vec<(ItemId, Value)> =
        all.filter_map(|(def, value): &(DefId, HeardValue)| Some((to.of_def.get(def).copied()?, value.map(&mut to)))).collect();
    all.sort_unstable();
    all.dedup_by_key(|(item, _)| *item);
    all
}

fn panics(loaded: &Loaded, records: &[Record], of_def: &FxHashMap<DefId, ItemId>) -> Vec<(ItemId, FileId, u32)> {
    let all = records.iter().flat_map(|r| &r.panics);
    let place = |(def, file, pos): &(DefId, usize, facts::Pos)| Some((*of_def.get(def)?, FileId::from(loaded.origin(*file)), pos.line));
    let mut all: Vec<(ItemId, FileId, u32)> = all.filter_map(place).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn unresolved(loaded: &Loaded, records: &[Record]) -> Vec<Unresolved> {
    let place = |(_, _, kind, file, pos): &(_, _, model::DependencyKind, usize, facts::Pos)| Unresolved {
        file: FileId::from(loaded.origin(*file)),
        line: pos.line,
        column: pos.column,
        kind: *kind,
    };
    let mut all: Vec<Unresolved> = records.iter().flat_map(|r| &r.unresolved).map(place).collect();
    all.sort_unstable();
    all
}

/// Where items stand that carry a condition, and that nobody took in.
fn off(loaded: &Loaded, program: &Program<'_>) -> Vec<(FileId, u32, u32)> {
    let modules = || loaded.modules.iter().flat_map(|m| m.items.iter().copied().chain(m.declaration));
    let on: FxHashSet<(usize, ItemIx)> = modules().chain(program.defs.iter().map(|d| (d.file, d.item))).collect();
    let mut off = Vec::new();
    for (index, file) in loaded.files[..loaded.real_files].iter().enumerate() {
        for (at, item) in file.facts.items.iter().enumerate() {
            let conditional = item.attrs.test || !item.attrs.cfg.is_empty();
            if conditional && !on.contains(&(index, ItemIx(small(at)))) {
                off.push((FileId::from(index), item.pos.line, item.end_line));
            }
        }
    }
    off.sort_unstable();
    off
}

fn small(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn crates(workspace: &Workspace, loaded: &Loaded, of_scope: &[ModuleId]) -> Vec<Crate> {
    let of_workspace = &loaded.crates[..loaded.models];
    of_workspace
        .iter()
        .enumerate()
        .map(|(index, krate)| {
            let package = &workspace.packages[krate.package];
            let named = |p: Option<usize>| {
                of_workspace.iter().enumerate().filter(move |(_, c)| Some(c.package) == p && c.kind.is_library()).map(|(i, _)| i)
            };
            let mut dependencies: Vec<CrateId> = package
                .dependencies
                .iter()
                .flat_map(|d| named(d.package))
                .chain(named(Some(krate.package)))
                .filter(|i| *i != index)
                .map(CrateId::from)
                .collect();
            dependencies.sort_unstable();
            dependencies.dedup();
            Crate { name: krate.name.clone(), package: package.name.clone(), kind: krate.kind, root: of_scope[krate.root], dependencies }
        })
        .collect()
}

/// Modules by id, and for each scope the position of its module.
fn modules(loaded: &Loaded, count: usize) -> (Vec<Module>, Vec<ModuleId>) {
    let mut ids: Vec<String> = Vec::with_capacity(count);
    for module in &loaded.modules[..count] {
        ids.push(match module.parent {
            Some(parent) => format!("{}::{}", ids[parent], module.name),
            None => module.name.clone(),
        });
    }
    // A module declared twice, under conditions that both hold here, is one.
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| ids[*a].cmp(&ids[*b]).then(a.cmp(b)));
    let mut firsts: Vec<usize> = Vec::new();
    let mut of_scope = vec![ModuleId(0); count];
    for index in order {
        if firsts.last().is_none_or(|f| ids[*f] != ids[index]) {
            firsts.push(index);
        }
        of_scope[index] = ModuleId::from(firsts.len() - 1);
    }
    let mut inner = vec![0_u32; count];
    for module in &loaded.modules[..count] {
        if let (Some(parent), Some(end)) = (module.parent, module.end_line) {
            inner[parent] += end + 1 - module.line.min(end);
        }
    }
    let modules = firsts
        .into_iter()
        .map(|index| {
            let module = &loaded.modules[index];
            let all = module.end_line.map_or(loaded.files[module.file].facts.lines, |end| end + 1 - module.line.min(end));
            Module {
                id: ids[index].clone(),
                krate: CrateId::from(module.krate),
                parent: module.parent.map(|p| of_scope[p]),
                file: FileId::from(loaded.origin(module.file)),
                line: module.line,
                end_line: module.end_line.unwrap_or(loaded.files[module.file].facts.lines),
                lines: all.saturating_sub(inner[index]),
                inline: module.end_line.is_some(),
                summary: module.summary.clone(),
                visibility: match module.declaration {
                    Some((file, item)) => visibility(&loaded.files[file].facts[item].vis),
                    None => Visibility::Public,
                },
            }
        })
        .collect();
    (modules, of_scope)
}

/// The workspace's definitions in the order of their items: module, line, column.
type Order = Vec<(ModuleId, u32, u32, DefId)>;

fn order(program: &Program<'_>, of_scope: &[ModuleId], count: usize) -> (Order, FxHashMap<DefId, ItemId>) {
    let mut order = Order::new();
    for (i, def) in program.defs.iter().enumerate() {
        let id = DefId(small(i));
        let module = program.module_of(id).0 as usize;
        if module < count {
            let pos = program.loaded.files[def.file].facts[def.item].pos;
            order.push((of_scope[module], pos.line, pos.column, id));
        }
    }
    order.sort_unstable();
    let of_def = order.iter().enumerate().map(|(i, (.., def))| (*def, ItemId::from(i))).collect();
    (order, of_def)
}

fn item(program: &Program<'_>, id: DefId, module: ModuleId, of_def: &FxHashMap<DefId, ItemId>) -> Item {
    let def = program.def(id);
    let facts = &program.loaded.files[def.file].facts;
    let written = &facts[def.item];
    let (mut self_type, mut implements) = (None, None);
    if let ItemKind::Impl { of_trait, self_ty, .. } = &written.kind {
        self_type = program.head_of_type(def.scope, def.file, *self_ty).and_then(|d| of_def.get(&d).copied());
        implements = of_trait.as_ref().and_then(|t| program.item_of_path(def.scope, def.file, t)).and_then(|d| of_def.get(&d).copied());
    }
    let in_trait_impl = def.parent.is_some_and(|p| matches!(program.item(p).kind, ItemKind::Impl { of_trait: Some(_), .. }));
    Item {
        name: match &written.kind {
            ItemKind::Impl { of_trait, self_ty, .. } => match of_trait {
                Some(t) => format!("impl {} for {}", path_text(facts, t), type_text(facts, *self_ty)),
                None => format!("impl {}", type_text(facts, *self_ty)),
            },
            _ => program.symbols.text(def.name).to_owned(),
        },
        kind: match def.kind {
            DefKind::Fn => model::ItemKind::Function,
            DefKind::Struct => model::ItemKind::Struct,
            DefKind::Union => model::ItemKind::Union,
            DefKind::Enum => model::ItemKind::Enum,
            DefKind::Trait => model::ItemKind::Trait,
            DefKind::Alias => model::ItemKind::TypeAlias,
            DefKind::Const => model::ItemKind::Const,
            DefKind::Static => model::ItemKind::Static,
            DefKind::Macro => model::ItemKind::Macro,
            DefKind::Impl => model::ItemKind::Impl,
        },
        module,
        parent: def.parent.and_then(|p| of_def.get(&p).copied()),
        self_type,
        implements,
        visibility: match &written.kind {
            _ if in_trait_impl => Visibility::Public,
            ItemKind::MacroRules(..) if written.attrs.macro_export => Visibility::Public,
            ItemKind::MacroRules(..) => Visibility::Restricted,
            _ => visibility(&written.vis),
        },
        line: written.pos.line,
        end_line: written.end_line,
        derives: written.attrs.derives.iter().filter_map(|p| Some(facts.text(p.segments.last()?.name).to_owned())).collect(),
        attributes: attributes(program, def.scope, facts, &written.attrs, None),
        members: members(program, def.scope, facts, written),
        signature: match &written.kind {
            ItemKind::Fn(function) => Some(signature(facts, function)),
            _ => None,
        },
    }
}

fn visibility(written: &facts::Vis) -> Visibility {
    match written {
        facts::Vis::Public => Visibility::Public,
        facts::Vis::In(_) => Visibility::Restricted,
        facts::Vis::Private => Visibility::Private,
    }
}

/// Attributes of the item, or of one of its members.
fn attributes(
    program: &Program<'_>,
    scope: ScopeId,
    facts: &facts::FileFacts,
    attrs: &facts::Attrs,
    member: Option<facts::Name>,
) -> Vec<Attribute> {
    let on = |cfg: &Option<facts::Cfg>| cfg.as_ref().is_none_or(|cfg| program.holds(scope, std::slice::from_ref(cfg)));
    let own = attrs.written.iter().filter(|w| w.member == member && on(&w.cfg));
    own.map(|w| Attribute { path: facts.text(w.path).to_owned(), arguments: w.arguments.to_string(), line: w.line }).collect()
}

fn members(program: &Program<'_>, scope: ScopeId, facts: &facts::FileFacts, written: &facts::Item) -> Vec<Member> {
    let reach = |at: usize| match &written.kind {
        ItemKind::Struct { closed, .. } => match closed.binary_search_by_key(&small(at), |(position, _)| *position) {
            Ok(found) if closed[found].1 => Visibility::Restricted,
            Ok(_) => Visibility::Private,
            Err(_) => Visibility::Public,
        },
        _ => Visibility::Public,
    };
    let member = |at: usize, name: facts::Name, types: String| Member {
        name: facts.text(name).to_owned(),
        types,
        visibility: reach(at),
        attributes: attributes(program, scope, facts, &written.attrs, Some(name)),
    };
    let types = |fields: &Fields| -> String {
        let list: Vec<String> = match fields {
            Fields::Unit => Vec::new(),
            Fields::Tuple(list) => list.iter().map(|t| type_text(facts, *t)).collect(),
            Fields::Named(list) => list.iter().map(|(_, t)| type_text(facts, *t)).collect(),
        };
        list.join(", ")
    };
    match &written.kind {
        ItemKind::Struct { fields: Fields::Named(list), .. } => {
            list.iter().enumerate().map(|(at, (name, ty))| member(at, *name, type_text(facts, *ty))).collect()
        }
        ItemKind::Struct { fields: Fields::Tuple(list), .. } => (list.iter().enumerate())
            .map(|(i, ty)| Member { name: i.to_string(), types: type_text(facts, *ty), visibility: reach(i), attributes: Vec::new() })
            .collect(),
        ItemKind::Enum { variants, .. } => variants.iter().enumerate().map(|(at, v)| member(at, v.name, types(&v.fields))).collect(),
        _ => Vec::new(),
    }
}

fn signature(facts: &facts::FileFacts, function: &facts::Function) -> Signature {
    let returns = match function.ret.map(|t| &facts[t]) {
        None => Returns::Unit,
        Some(Type::Tuple(list)) if list.is_empty() => Returns::Unit,
        Some(Type::Path(path)) => {
            let last = path.segments.last();
            let unit = last
                .and_then(|s| s.args.as_ref())
                .and_then(|a| a.types.first())
                .is_some_and(|t| matches!(&facts[*t], Type::Tuple(l) if l.is_empty()));
            // `AppResult<()>` and its likes are aliases of it by every convention.
            if unit && last.is_some_and(|s| facts.text(s.name).ends_with("Result")) { Returns::UnitResult } else { Returns::Value }
        }
        Some(_) => Returns::Value,
    };
    let is_impl = |t: &TypeIx| matches!(facts[*t], Type::Impl(_));
    let future = function.ret.is_some_and(|t| matches!(&facts[t], Type::Impl(bounds) if bounds.iter().any(|b| b.segments.last().is_some_and(|s| facts.text(s.name) == "Future"))));
    Signature {
        is_async: function.is_async || future,
        is_const: function.is_const,
        receiver: match function.receiver {
            None => Receiver::None,
            Some(s) if s.by_ref && s.mutable => Receiver::Mut,
            Some(s) if s.by_ref => Receiver::Ref,
            Some(_) => Receiver::Value,
        },
        parameters: (function.params.iter().enumerate())
            .map(|(at, (pattern, ty))| Parameter {
                name: match &facts[*pattern] {
                    facts::Pat::Bind { name, .. } => facts.text(*name).to_owned(),
                    _ => "_".to_owned(),
                },
                ty: type_text(facts, *ty),
                mutable: at < 32 && function.mutable & (1 << at) != 0,
            })
            .collect(),
        generics: generics_text(facts, &function.generics),
        is_generic: function.generics.params.iter().any(|p| !p.is_const) || function.params.iter().any(|(_, t)| is_impl(t)),
        returns,
        output: function.ret.map_or_else(String::new, |ty| type_text(facts, ty)),
    }
}

fn generics_text(facts: &facts::FileFacts, generics: &facts::Generics) -> Vec<String> {
    let of_where = |name: &str| {
        let own = generics.wheres.iter().filter(|(ty, _)| matches!(&facts[*ty], Type::Path(_)) && type_text(facts, *ty) == name);
        own.flat_map(|(_, bounds)| bounds).collect::<Vec<_>>()
    };
    let types = generics.params.iter().filter(|p| !p.is_const);
    types
        .map(|p| {
            let name = facts.text(p.name);
            let bounds: Vec<String> = p.bounds.iter().chain(of_where(name)).map(|b| path_text(facts, b)).collect();
            if bounds.is_empty() { name.to_owned() } else { format!("{name}: {}", bounds.join(" + ")) }
        })
        .collect()
}

pub(super) fn path_text(facts: &facts::FileFacts, path: &facts::Path) -> String {
    let Some(last) = path.segments.last() else { return String::new() };
    let name = facts.text(last.name);
    match &last.args {
        Some(args) if !args.types.is_empty() => {
            let list: Vec<String> = args.types.iter().map(|t| type_text(facts, *t)).collect();
            format!("{name}<{}>", list.join(", "))
        }
        _ => name.to_owned(),
    }
}

pub(super) fn type_text(facts: &facts::FileFacts, ty: TypeIx) -> String {
    let list = |types: &[TypeIx]| types.iter().map(|t| type_text(facts, *t)).collect::<Vec<_>>().join(", ");
    match &facts[ty] {
        Type::Path(path) => path_text(facts, path),
        Type::Ref(t) => format!("&{}", type_text(facts, *t)),
        Type::Ptr(t) => format!("*{}", type_text(facts, *t)),
        Type::Tuple(types) => format!("({})", list(types)),
        Type::Array(t, _) | Type::Slice(t) => format!("[{}]", type_text(facts, *t)),
        Type::Fn(types, _) => format!("fn({})", list(types)),
        Type::Impl(bounds) | Type::Dyn(bounds) => {
            let word = if matches!(facts[ty], Type::Impl(_)) { "impl" } else { "dyn" };
            format!("{word} {}", bounds.iter().map(|b| path_text(facts, b)).collect::<Vec<_>>().join(" + "))
        }
        Type::Never => "!".into(),
        Type::Cfg(_, t) => type_text(facts, *t),
        Type::Infer | Type::Macro(_) => "_".into(),
    }
}

fn coverage(workspace: &Workspace, loaded: &Loaded, program: &Program<'_>, records: &[Record], files: usize) -> Coverage {
    let facts = || loaded.files.iter().take(files).map(|f| &f.facts);
    let found: usize = records.iter().map(|r| r.found.len()).sum();
    let external: usize = records.iter().map(|r| r.external.len()).sum();
    let unresolved: usize = records.iter().map(|r| r.unresolved.len()).sum();
    let mut opaque: BTreeMap<&str, (u32, u32)> = BTreeMap::new();
    for facts in facts() {
        for (name, tokens) in facts.opaque.iter().filter(|(name, _)| !loaded.expanded_names.contains(facts.text(*name))) {
            let entry = opaque.entry(facts.text(*name)).or_default();
            *entry = (entry.0 + 1, entry.1 + tokens);
        }
    }
    let mut methods: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, name, kind, ..) in records.iter().flat_map(|r| &r.unresolved) {
        if *kind == model::DependencyKind::Method {
            *methods.entry(program.symbols.text(*name)).or_default() += 1;
        }
    }
    let mut opaque_macros: Vec<OpaqueMacro> =
        opaque.into_iter().map(|(name, (count, tokens))| OpaqueMacro { name: name.to_owned(), count, tokens }).collect();
    opaque_macros.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.name.cmp(&b.name)));
    let is_member = |kind| matches!(kind, model::DependencyKind::Method | model::DependencyKind::Field);
    let members = records.iter().flat_map(|r| &r.unresolved).filter(|(_, _, kind, ..)| is_member(*kind)).count();
    let mut guessed: BTreeMap<&str, u32> = BTreeMap::new();
    for found in records.iter().flat_map(|r| &r.found).filter(|f| f.confidence == model::Confidence::Unique) {
        if let Some(def) = found.to_def {
            *guessed.entry(program.symbols.text(program.def(def).name)).or_default() += 1;
        }
    }
    Coverage {
        files: small(files),
        parsed: small(facts().filter(|f| f.errors.is_empty()).count()),
        lines: facts().map(|f| f.lines).sum(),
        paths: small(found + external + unresolved),
        resolved: small(found),
        external: small(external),
        unresolved: small(unresolved),
        macro_bodies: small(facts().map(|f| f.opaque.len()).sum()),
        macro_tokens: facts().flat_map(|f| &f.opaque).map(|(_, tokens)| tokens).sum(),
        opaque_macros,
        unresolved_members: small(members),
        guessed: guessed.values().sum(),
        guessed_methods: most(guessed, LISTED),
        unresolved_methods: most(methods, LISTED),
        cfg_off: loaded.cfg_off,
        tests: loaded.tests,
        targets_out: workspace.targets_out,
        ..Coverage::default()
    }
}

/// Most first, then by name.
fn most(counts: BTreeMap<impl Into<String>, u32>, limit: usize) -> Vec<(String, u32)> {
    let mut list: Vec<(String, u32)> = counts.into_iter().map(|(n, c)| (n.into(), c)).collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list.truncate(limit);
    list
}
