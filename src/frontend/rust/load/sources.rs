//! The files of a workspace: what is wanted is read and parsed in parallel, and so is what those files declare without conditions.
//!
//! Takes paths. Gives: facts by path. Invariant: files of one round are numbered by their paths, whatever thread read them first.

use super::macros;
use crate::frontend::rust::facts::{FileFacts, ItemIx, ItemKind};
use crate::frontend::rust::parse::Tests;
use crate::frontend::rust::remember;
use crate::host::Host;
use crate::host::store::{Key, Store};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Larger files are generated; they are named and left out.
const FILE_LIMIT: u64 = 16 << 20;

/// Files by path; what is wanted is read in the next round.
pub(super) struct Sources<'a> {
    host: &'a dyn Host,
    pub(super) store: &'a Store,
    tests: Tests,
    pub(super) known: FxHashMap<PathBuf, usize>,
    pub(super) files: Vec<Source>,
    /// Whether they declare their modules beside themselves.
    pub(super) wanted: BTreeMap<PathBuf, bool>,
    /// `#[macro_export]`ed macros of all crates, as the last round found them.
    pub(super) exported: macros::Definitions,
    /// Items that macros gave: by invocation and definition.
    pub(super) expanded: FxHashMap<(usize, ItemIx, usize, ItemIx), macros::Items>,
}

pub(super) struct Source {
    pub(super) path: PathBuf,
    /// For what a macro gave: where it comes from.
    pub(super) origin: Option<super::Origin>,
    /// An error stands for a file that cannot be read as text.
    pub(super) facts: Result<FileFacts, String>,
    /// Digest of all that the facts depend on.
    pub(super) content: Key,
}

impl<'a> Sources<'a> {
    pub(super) fn new(host: &'a dyn Host, store: &'a Store, tests: Tests) -> Self {
        Sources {
            host,
            store,
            tests,
            known: FxHashMap::default(),
            files: Vec::new(),
            wanted: BTreeMap::new(),
            exported: FxHashMap::default(),
            expanded: FxHashMap::default(),
        }
    }

    pub(super) fn want(&mut self, path: &Path, owns_folder: bool) -> Option<usize> {
        if let Some(index) = self.known.get(path) {
            return Some(*index);
        }
        self.wanted.insert(path.to_owned(), owns_folder);
        None
    }

    pub(super) fn exists(&self, path: &Path) -> bool {
        self.known.contains_key(path) || self.host.is_file(path)
    }

    /// The file of `mod name;` in a folder, and whether it declares its children beside itself.
    pub(super) fn find(&self, folder: &Path, name: &str) -> Option<(PathBuf, bool)> {
        let (flat, nested) = places(folder, name);
        if self.exists(&flat) {
            return Some((flat, false));
        }
        self.exists(&nested).then_some((nested, true))
    }

    /// Reads what is wanted, and what those files declare in turn: no thread waits for the last file of a round.
    pub(super) fn read(&mut self, progress: &(dyn Fn(usize) + Sync)) {
        let wanted = std::mem::take(&mut self.wanted);
        let begun = Mutex::new(wanted.keys().cloned().collect());
        let round = Round { sources: self, progress, begun, done: Mutex::default() };
        let all = &round;
        rayon::scope(|scope| {
            for (path, owns_folder) in wanted {
                scope.spawn(move |scope| all.file(path, owns_folder, scope));
            }
        });
        let mut done = round.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by(|a, b| a.path.cmp(&b.path));
        for source in done {
            self.known.insert(source.path.clone(), self.files.len());
            self.files.push(source);
        }
    }
}

/// Files that are being read.
struct Round<'r> {
    sources: &'r Sources<'r>,
    progress: &'r (dyn Fn(usize) + Sync),
    begun: Mutex<FxHashSet<PathBuf>>,
    done: Mutex<Vec<Source>>,
}

impl Round<'_> {
    fn file<'s>(&'s self, path: PathBuf, owns_folder: bool, scope: &rayon::Scope<'s>) {
        let source = source(self.sources, path);
        (self.progress)(1);
        for (found, owns_folder) in self.declared(&source, owns_folder) {
            if !self.sources.known.contains_key(&found) && locked(&self.begun).insert(found.clone()) {
                scope.spawn(move |scope| self.file(found, owns_folder, scope));
            }
        }
        locked(&self.done).push(source);
    }

    /// Files of the modules that this one declares whatever the conditions: the walk will surely want them. It finds the others.
    fn declared(&self, source: &Source, owns_folder: bool) -> Vec<(PathBuf, bool)> {
        let Ok(facts) = &source.facts else { return Vec::new() };
        let mut modules = Vec::new();
        if facts.attrs.cfg.is_empty() {
            unconditional(facts, &facts.root, folder(&source.path, owns_folder), &mut modules);
        }
        modules.into_iter().filter_map(|(folder, name)| self.sources.find(&folder, name)).collect()
    }
}

/// Folder and name of each `mod name;` among these items that needs neither a condition nor a `#[path]`.
fn unconditional<'f>(facts: &'f FileFacts, items: &[ItemIx], folder: PathBuf, modules: &mut Vec<(PathBuf, &'f str)>) {
    for item in items.iter().map(|item| &facts[*item]).filter(|i| i.attrs.cfg.is_empty() && !i.attrs.test && i.attrs.path.is_empty()) {
        let name = facts.text(item.name);
        match &item.kind {
            ItemKind::Module(None) => modules.push((folder.clone(), name)),
            ItemKind::Module(Some(inner)) => unconditional(facts, inner, folder.join(name), modules),
            _ => {}
        }
    }
}

/// Where the modules that a file declares are looked for.
pub(super) fn folder(file: &Path, owns_folder: bool) -> PathBuf {
    let beside = file.parent().unwrap_or(Path::new("/"));
    if owns_folder { beside.to_owned() } else { beside.join(file.file_stem().unwrap_or_default()) }
}

/// The two places where `mod name;` may be.
pub(super) fn places(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    (folder.join(format!("{name}.rs")), folder.join(name).join("mod.rs"))
}

fn source(of: &Sources<'_>, path: PathBuf) -> Source {
    let (facts, content) = match text(of.host, &path).map(|text| remember::facts(of.store, &text, of.tests)) {
        Ok((facts, content)) => (Ok(facts), content),
        Err(reason) => (Err(reason), Key::of("unreadable", &[])),
    };
    Source { path, facts, content, origin: None }
}

fn text(host: &dyn Host, path: &Path) -> Result<String, String> {
    let bytes = host.read(path, FILE_LIMIT).map_err(|e| match e.kind() {
        std::io::ErrorKind::FileTooLarge => format!("the file is larger than {} MiB", FILE_LIMIT >> 20),
        std::io::ErrorKind::NotFound => "the file does not exist".to_owned(),
        _ => e.to_string(),
    })?;
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Err("the file is a pointer of Git LFS, and its content is elsewhere: git lfs pull brings it".to_owned());
    }
    String::from_utf8(bytes).map_err(|e| format!("the file is not UTF-8 (byte {})", e.utf8_error().valid_up_to()))
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
