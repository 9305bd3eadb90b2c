//! From each target's root, the modules that `mod` reaches: files read and parsed in parallel, the tree built in order.
//!
//! Takes: [`Workspace`]. Gives: [`Loaded`]. Never lists a folder to find modules; a file that no `mod` reaches is an orphan.
//! Invariants: files sorted by path; modules in the order of their declaration, parents before children; the result does not
//! depend on the number of threads. A file that two targets reach is parsed once and stands in two modules.

mod macros;
mod sources;

use super::discover::{CfgSet, Edition, Workspace};
use super::facts::{Attrs, Cfg, FileFacts, ItemIx, ItemKind, MacroArgs};
use super::parse::Tests;
use crate::host::Host;
use crate::host::store::{Key, Store};
use crate::model::codebase::CrateKind;
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Site;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sources::{Source, Sources};

pub(super) use macros::{At, Expansions};

/// Modules inside modules; rustc's own limit is of the same order.
const DEPTH: usize = 128;

/// Files and modules of a workspace.
pub(super) struct Loaded {
    pub files: Vec<File>,
    pub crates: Vec<Crate>,
    /// Index of the first crate that is not the workspace's but a library's model.
    pub models: usize,
    pub modules: Vec<Module>,
    pub orphans: Vec<String>,
    pub diagnostics: Vec<Diagnostic>,
    pub tests: u32,
    pub cfg_off: u32,
    /// Number of files that are really there: they come first, then what macros gave, then the models.
    pub real_files: usize,
    /// What macros gave where no items stand.
    pub expansions: Expansions,
    /// Modules in which those files stand.
    pub expanded_in: Vec<(usize, usize)>,
    /// Names of the macros among them.
    pub expanded_names: BTreeSet<String>,
}

pub(super) struct File {
    /// Relative to the root.
    pub path: String,
    pub facts: FileFacts,
    /// Digest of all that the facts depend on.
    pub content: Key,
    /// For what a macro gave: where it comes from.
    pub origin: Option<Origin>,
}

/// Where what a macro gave comes from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Origin {
    /// File of the invocation.
    pub invocation: usize,
    /// Module of the macro's definition.
    pub module: usize,
    /// File of the macro's definition.
    pub definition: usize,
}

impl Loaded {
    /// The file that a person would open.
    pub(super) fn origin(&self, file: usize) -> usize {
        self.files[file].origin.map_or(file, |o| o.invocation)
    }
}

pub(super) struct Crate {
    pub name: String,
    /// Index into the workspace's packages.
    pub package: usize,
    pub kind: CrateKind,
    pub edition: Edition,
    pub root: usize,
}

pub(super) struct Module {
    pub krate: usize,
    pub parent: Option<usize>,
    /// Last segment; the crate's name for a root.
    pub name: String,
    pub file: usize,
    /// The `mod` item, in the file of the parent.
    pub declaration: Option<(usize, ItemIx)>,
    pub line: u32,
    pub end_line: Option<u32>,
    /// Items in order, those of macros and of `include!`d files in their place; what is off is left out.
    pub items: Vec<(usize, ItemIx)>,
    pub macro_use: bool,
    pub summary: Option<String>,
}

/// Follows `mod` from every target's root.
pub(super) fn load(host: &dyn Host, store: &Store, workspace: &Workspace, progress: &(dyn Fn(usize) + Sync)) -> Loaded {
    let mut sources = Sources::new(host, store, tests(workspace));
    for target in workspace.packages.iter().flat_map(|p| &p.targets) {
        sources.want(&target.file, true);
    }
    let (_, present) = rayon::join(|| sources.read(progress), || present(workspace, host));
    // Each round reads what the last one asked for, and what that is sure to ask for; the tree is built again from what is there.
    loop {
        sources.read(progress);
        let mut walk = Walk::new(workspace, &mut sources);
        walk.all();
        let more = walk.export();
        if !more && walk.sources.wanted.is_empty() {
            let (expansions, expanded_in) = walk.expand_rest();
            let Walk { crates, modules, diagnostics, claimed, tests, cfg_off, reached, expanded_names, .. } = walk;
            let tree = Tree { crates, modules, diagnostics, claimed, reached, tests, cfg_off, expansions, expanded_in, expanded_names };
            return finish(workspace, &present, sources, tree);
        }
    }
}

/// Are they read? Not where they are off for every package.
fn tests(workspace: &Workspace) -> Tests {
    let test = Cfg::Flag("test".into());
    if workspace.packages.iter().any(|p| p.cfg.holds(&test)) { Tests::Read } else { Tests::StepOver }
}

struct Tree {
    crates: Vec<Crate>,
    modules: Vec<Module>,
    diagnostics: BTreeSet<Diagnostic>,
    claimed: BTreeSet<PathBuf>,
    reached: BTreeSet<usize>,
    tests: u32,
    cfg_off: u32,
    expansions: Expansions,
    expanded_in: Vec<(usize, usize)>,
    expanded_names: BTreeSet<String>,
}

/// Where the modules that a file or block declares are looked for.
#[derive(Clone)]
struct Home {
    /// Folder of `x.rs` and `x/mod.rs` for `mod x;`.
    dir: PathBuf,
    /// Folder that `#[path]` starts from.
    path_dir: PathBuf,
    /// Files from the crate's root down to here.
    stack: Vec<usize>,
    depth: usize,
}

struct Walk<'a, 'h> {
    workspace: &'a Workspace,
    sources: &'a mut Sources<'h>,
    crates: Vec<Crate>,
    modules: Vec<Module>,
    diagnostics: BTreeSet<Diagnostic>,
    /// Files and folders that belong to modules which are off: not orphans.
    claimed: BTreeSet<PathBuf>,
    reached: BTreeSet<usize>,
    tests: u32,
    cfg_off: u32,
    package: usize,
    /// `macro_rules!` met so far.
    macros: macros::Definitions,
    /// Depth of macros that gave macros.
    expanding: usize,
    expanded_names: BTreeSet<String>,
}

/// Why something is off.
#[derive(Clone, Copy)]
enum Off {
    InTests,
    Conditional,
}

fn off(set: &CfgSet, cfg: &[Cfg], test: bool) -> Option<Off> {
    if test && !set.tests() || cfg.iter().any(|c| set.only_in_tests(c)) {
        return Some(Off::InTests);
    }
    (!cfg.iter().all(|c| set.holds(c))).then_some(Off::Conditional)
}

impl<'a, 'h> Walk<'a, 'h> {
    fn new(workspace: &'a Workspace, sources: &'a mut Sources<'h>) -> Self {
        Walk {
            workspace,
            sources,
            crates: Vec::new(),
            modules: Vec::new(),
            diagnostics: BTreeSet::new(),
            claimed: BTreeSet::new(),
            reached: BTreeSet::new(),
            tests: 0,
            cfg_off: 0,
            package: 0,
            macros: FxHashMap::default(),
            expanding: 0,
            expanded_names: BTreeSet::new(),
        }
    }

    fn all(&mut self) {
        let workspace = self.workspace;
        let mut targets: Vec<(usize, &super::discover::Target)> =
            workspace.packages.iter().enumerate().flat_map(|(i, p)| p.targets.iter().map(move |t| (i, t))).collect();
        targets.sort_by(|a, b| a.1.name.cmp(&b.1.name));
        for (package, target) in targets {
            let Some(file) = self.sources.want(&target.file, true) else { continue };
            self.package = package;
            let krate = self.crates.len();
            let root = self.modules.len();
            self.crates.push(Crate { name: target.name.clone(), package, kind: target.kind, edition: target.edition, root });
            self.modules.push(Module {
                krate,
                parent: None,
                name: target.name.clone(),
                file,
                declaration: None,
                line: 1,
                end_line: None,
                items: Vec::new(),
                macro_use: false,
                summary: None,
            });
            let dir = target.file.parent().unwrap_or(Path::new("/")).to_owned();
            self.file(root, file, Home { dir: dir.clone(), path_dir: dir, stack: vec![file], depth: 0 });
        }
    }

    fn file(&mut self, module: usize, file: usize, home: Home) {
        self.reached.insert(file);
        let source = &self.sources.files[file];
        let Ok(facts) = &source.facts else { return };
        if self.modules[module].summary.is_none() {
            self.modules[module].summary = facts.attrs.summary.as_deref().map(str::to_owned);
        }
        let items = facts.root.clone();
        self.items(module, file, &items, &home);
    }

    fn facts(&self, file: usize) -> &FileFacts {
        self.sources.files[file].facts.as_ref().expect("only files that were read have items")
    }

    fn site(&self, file: usize, line: u32) -> Site {
        Site::new(relative(&self.workspace.root, &self.sources.files[file].path), line)
    }

    /// Is this item on? Counts what is not.
    fn is_on(&mut self, file: usize, item: ItemIx) -> bool {
        let attrs = &self.facts(file)[item].attrs;
        let off = off(self.cfg(), &attrs.cfg, attrs.test);
        self.count(off)
    }

    /// Do these conditions hold? Counts what does not.
    fn holds(&mut self, cfg: &[Cfg]) -> bool {
        let off = off(self.cfg(), cfg, false);
        self.count(off)
    }

    fn cfg(&self) -> &CfgSet {
        &self.workspace.packages[self.package].cfg
    }

    fn count(&mut self, off: Option<Off>) -> bool {
        match off {
            Some(Off::InTests) => self.tests += 1,
            Some(Off::Conditional) => self.cfg_off += 1,
            None => {}
        }
        off.is_none()
    }

    fn items(&mut self, module: usize, file: usize, items: &[ItemIx], home: &Home) {
        for item in items {
            if !self.is_on(file, *item) {
                if matches!(self.facts(file)[*item].kind, ItemKind::Module(None)) {
                    let attrs = self.facts(file)[*item].attrs.clone();
                    self.claim(file, *item, &attrs, home);
                }
                continue;
            }
            if matches!(self.facts(file)[*item].kind, ItemKind::MacroCall(_)) && self.expand_into(module, file, *item, home) {
                continue;
            }
            match &self.facts(file)[*item].kind {
                ItemKind::Module(_) => {
                    let attrs = self.facts(file)[*item].attrs.clone();
                    self.module(module, file, *item, &attrs, home);
                }
                ItemKind::MacroRules(..) => {
                    self.define(module, file, *item);
                    self.modules[module].items.push((file, *item));
                }
                ItemKind::MacroCall(call) => match &call.args {
                    MacroArgs::Items(inner) => {
                        let inner = inner.clone();
                        // The invocation itself refers to the macro.
                        self.modules[module].items.push((file, *item));
                        self.items(module, file, &inner, home);
                    }
                    MacroArgs::Include(path) => {
                        let included = super::discover::clean(&self.sources.files[file].path.with_file_name(&**path));
                        self.include(module, file, *item, &included, home);
                    }
                    _ => self.modules[module].items.push((file, *item)),
                },
                _ => self.modules[module].items.push((file, *item)),
            }
        }
    }

    /// Takes in what a macro of the workspace gives here; false where it is none, or does not expand.
    fn expand_into(&mut self, module: usize, file: usize, item: ItemIx, home: &Home) -> bool {
        let Some((expanded, items)) = self.expand_items(module, file, item) else { return false };
        self.reached.insert(expanded);
        // The invocation itself refers to the macro.
        self.modules[module].items.push((file, item));
        self.expanding += 1;
        self.items(module, expanded, &items, home);
        self.expanding -= 1;
        true
    }

    fn include(&mut self, module: usize, file: usize, item: ItemIx, included: &Path, home: &Home) {
        let Some(index) = self.sources.want(included, true) else { return };
        if home.stack.contains(&index) {
            let site = self.site(file, self.facts(file)[item].pos.line);
            self.diagnostics.insert(Diagnostic::error("module-cycle", "this file includes itself").at(site));
            return;
        }
        // What an included file declares lies beside it, wherever it is included.
        let dir = included.parent().unwrap_or(Path::new("/")).to_owned();
        let mut stack = home.stack.clone();
        stack.push(index);
        self.file(module, index, Home { dir: dir.clone(), path_dir: dir, stack, depth: home.depth });
    }

    fn module(&mut self, parent: usize, file: usize, item: ItemIx, attrs: &Attrs, home: &Home) {
        let facts = self.facts(file);
        let declaration = &facts[item];
        let name = facts.text(declaration.name).to_owned();
        let (line, end_line) = (declaration.pos.line, declaration.end_line);
        let inline = match &declaration.kind {
            ItemKind::Module(Some(items)) => Some(items.clone()),
            _ => None,
        };
        if home.depth >= DEPTH {
            let site = self.site(file, line);
            self.diagnostics.insert(Diagnostic::error("module-cycle", format!("modules are nested more than {DEPTH} deep here")).at(site));
            return;
        }
        let set = &self.workspace.packages[self.package].cfg;
        let path = attrs.path.iter().find(|(cfg, _)| cfg.as_ref().is_none_or(|c| set.holds(c))).map(|(_, p)| p.clone());
        if attrs.path.iter().any(|(cfg, _)| cfg.is_some()) {
            // The files of the other conditions belong to this module, too.
            self.claim(file, item, attrs, home);
        }
        let mut new = Module {
            krate: self.crates.len() - 1,
            parent: Some(parent),
            name: name.clone(),
            file,
            declaration: Some((file, item)),
            line,
            end_line: Some(end_line),
            items: Vec::new(),
            macro_use: attrs.macro_use,
            summary: attrs.summary.as_deref().map(str::to_owned),
        };
        if let Some(items) = inline {
            let dir = path.map_or_else(|| home.dir.join(&name), |p| home.path_dir.join(&*p));
            let index = self.modules.len();
            self.modules.push(new);
            let inner = Home { path_dir: dir.clone(), dir, stack: home.stack.clone(), depth: home.depth + 1 };
            self.items(index, file, &items, &inner);
            return;
        }
        let Some((found, owns_folder)) = self.find(&name, path.as_deref(), home, (file, line)) else { return };
        let Some(index) = self.sources.want(&found, owns_folder) else { return };
        if home.stack.contains(&index) {
            let message =
                format!("module `{name}` is the file that declares it, or one around that: {}", relative(&self.workspace.root, &found));
            let site = self.site(file, line);
            self.diagnostics.insert(Diagnostic::error("module-cycle", message).at(site).help("correct its #[path]"));
            return;
        }
        if let Err(reason) = &self.sources.files[index].facts {
            let message = format!("{}: {reason}", relative(&self.workspace.root, &found));
            let site = self.site(file, line);
            self.diagnostics.insert(
                Diagnostic::error("unreadable-file", message).at(site).help("the module is left out; the rest of the analysis stands"),
            );
            self.reached.insert(index);
            return;
        }
        // Attributes inside the file count as those at its declaration do.
        let inner = self.facts(index).attrs.clone();
        if !self.holds(&inner.cfg) {
            self.claimed.insert(found);
            return;
        }
        new.file = index;
        new.line = 1;
        new.end_line = None;
        new.macro_use |= inner.macro_use;
        let module = self.modules.len();
        self.modules.push(new);
        let path_dir = found.parent().unwrap_or(Path::new("/")).to_owned();
        let dir = sources::folder(&found, owns_folder);
        let mut stack = home.stack.clone();
        stack.push(index);
        self.file(module, index, Home { dir, path_dir, stack, depth: home.depth + 1 });
    }

    /// The file of `mod name;`, and whether it declares its children beside itself.
    fn find(&mut self, name: &str, path: Option<&str>, home: &Home, (file, line): (usize, u32)) -> Option<(PathBuf, bool)> {
        if let Some(path) = path {
            let found = super::discover::clean(&home.path_dir.join(path));
            if self.sources.exists(&found) {
                return Some((found, true));
            }
            let message = format!("#[path] of module `{name}` leads to no file: {}", relative(&self.workspace.root, &found));
            let site = self.site(file, line);
            self.diagnostics
                .insert(Diagnostic::error("missing-module-file", message).at(site).help("correct the path, or put the file there"));
            return None;
        }
        if let Some(found) = self.sources.find(&home.dir, name) {
            return Some(found);
        }
        let (flat, nested) = sources::places(&home.dir, name);
        let root = &self.workspace.root;
        let message = format!("module `{name}` has no file: neither {} nor {}", relative(root, &flat), relative(root, &nested));
        let help = "put the file there, take the declaration out, or check whether it is generated by a build script";
        let site = self.site(file, line);
        self.diagnostics.insert(Diagnostic::error("missing-module-file", message).at(site).help(help));
        None
    }

    /// Marks the files of a module that is off, so that they are not called orphans.
    fn claim(&mut self, file: usize, item: ItemIx, attrs: &Attrs, home: &Home) {
        let facts = self.facts(file);
        let name = facts.text(facts[item].name).to_owned();
        for (_, path) in &attrs.path {
            self.claimed.insert(super::discover::clean(&home.path_dir.join(&**path)));
        }
        self.claimed.insert(home.dir.join(format!("{name}.rs")));
        self.claimed.insert(home.dir.join(name));
    }
}

fn finish(workspace: &Workspace, present: &[PathBuf], sources: Sources<'_>, tree: Tree) -> Loaded {
    let Tree { crates, mut modules, mut diagnostics, claimed, reached, tests, cfg_off, expansions, expanded_in, expanded_names } = tree;
    for target in workspace.packages.iter().flat_map(|p| &p.targets) {
        if let Some(index) = sources.known.get(&target.file)
            && let Err(reason) = &sources.files[*index].facts
        {
            let message = format!("the root of target `{}` cannot be read: {reason}", target.name);
            diagnostics.insert(Diagnostic::error("unreadable-file", message).at(Site::new(relative(&workspace.root, &target.file), 1)));
        }
    }
    let orphans = orphans(workspace, present, &sources, &reached, &claimed);
    // Files by path, whatever round they were read in; then what macros gave, in the order of their invocations.
    let mut order: Vec<(bool, String, usize)> = reached
        .iter()
        .map(|index| {
            let source = &sources.files[*index];
            let path = if source.origin.is_some() { String::new() } else { relative(&workspace.root, &source.path) };
            (source.origin.is_some(), path, *index)
        })
        .collect();
    order.sort();
    let real_files = order.iter().filter(|(expanded, ..)| !expanded).count();
    let mut position = vec![usize::MAX; sources.files.len()];
    for (new, (.., old)) in order.iter().enumerate() {
        position[*old] = new;
    }
    let mut taken: Vec<Option<Source>> = sources.files.into_iter().map(Some).collect();
    let files: Vec<File> = order
        .into_iter()
        .filter_map(|(_, path, old)| {
            let Source { origin, facts, content, .. } = taken[old].take()?;
            let moved = |o: Origin| Origin { invocation: position[o.invocation], module: o.module, definition: position[o.definition] };
            Some(File { path, facts: facts.unwrap_or_default(), content, origin: origin.map(moved) })
        })
        .collect();
    let expansions = expansions.into_iter().map(|((file, at), (to, root))| ((position[file], at), (position[to], root))).collect();
    let expanded_in = expanded_in.into_iter().map(|(module, file)| (module, position[file])).collect();
    for module in &mut modules {
        module.file = position[module.file];
        module.declaration.iter_mut().for_each(|(file, _)| *file = position[*file]);
        module.items.iter_mut().for_each(|(file, _)| *file = position[*file]);
    }
    for file in &files[..real_files] {
        for (pos, message) in &file.facts.errors {
            diagnostics.insert(
                Diagnostic::error("parse-error", format!("does not parse: {message}")).at(Site::new(file.path.clone(), pos.line)).help(
                    if file.facts.items.is_empty() {
                        "the whole file is missing from the graph until it parses"
                    } else {
                        "the items that do parse are analysed; the others are missing from the graph"
                    },
                ),
            );
        }
    }
    let models = crates.len();
    let diagnostics = diagnostics.into_iter().collect();
    Loaded { files, crates, models, modules, orphans, diagnostics, tests, cfg_off, real_files, expansions, expanded_in, expanded_names }
}

/// Rust files in the packages' source folders.
fn present(workspace: &Workspace, host: &dyn Host) -> Vec<PathBuf> {
    let packages = workspace.packages.iter().filter(|p| !p.targets.is_empty());
    packages.flat_map(|package| host.files(&package.dir.join("src"), "rs")).collect()
}

/// Those of the files present that no target reaches and no module that is off claims.
fn orphans(
    workspace: &Workspace,
    present: &[PathBuf],
    sources: &Sources<'_>,
    reached: &BTreeSet<usize>,
    claimed: &BTreeSet<PathBuf>,
) -> Vec<String> {
    // What belongs to a target that is left out has a place, too: beside its root, or in the folder that the root is named after.
    let left_out = workspace.packages.iter().flat_map(|p| p.left_out.iter().map(move |root| (root, p.dir.join("src"))));
    let left_out: FxHashSet<PathBuf> = left_out
        .flat_map(|(root, src)| {
            let is_index = root.file_name().is_some_and(|name| name == "mod.rs" || name == "main.rs");
            let below = if is_index { root.parent().map(Path::to_owned) } else { Some(root.with_extension("")) };
            [Some(root.clone()), below.filter(|below| *below != src)]
        })
        .flatten()
        .collect();
    let claimed = |path: &Path| claimed.contains(path) || left_out.contains(path);
    let reached: FxHashSet<&Path> = reached.iter().map(|i| sources.files[*i].path.as_path()).collect();
    let is_orphan = |file: &&PathBuf| !reached.contains(file.as_path()) && !file.ancestors().any(claimed);
    let orphans: BTreeSet<String> = present.iter().filter(is_orphan).map(|file| relative(&workspace.root, file)).collect();
    orphans.into_iter().collect()
}

/// `path` from `root`, `/`-separated; through `..` where it is not below.
pub(super) fn relative(root: &Path, path: &Path) -> String {
    for (ups, base) in root.ancestors().enumerate() {
        if let Ok(rest) = path.strip_prefix(base) {
            let parts =
                std::iter::repeat_n("..".to_owned(), ups).chain(rest.components().map(|c| c.as_os_str().to_string_lossy().into_owned()));
            return parts.collect::<Vec<_>>().join("/");
        }
    }
    path.to_string_lossy().replace('\\', "/")
}
