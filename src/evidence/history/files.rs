//! Which modules a commit touched, by the names that their files have today.
//!
//! Takes: a [`Codebase`] and a [`Log`]. Gives: modules for each commit. Several modules may stand in one file: what happened to the file
//! happened to its outermost module, since a log does not say which lines. A file that belongs to several crates counts for the library.

use crate::host::git::log::Log;
use crate::model::codebase::Codebase;
use crate::model::ids::ModuleId;
use rustc_hash::FxHashMap;
use std::path::{Component, Path, PathBuf};

/// Source files and their modules.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// By path from the top of the repository.
    modules: FxHashMap<String, ModuleId>,
}

impl Files {
    /// `folder` is where the analysed folder is, from the top of the repository.
    pub(super) fn of(codebase: &Codebase, folder: &Path) -> Self {
        let mut modules: FxHashMap<String, ModuleId> = FxHashMap::default();
        let rank = |id: ModuleId| {
            let module = &codebase.modules[id.index()];
            (module.inline, !codebase.crates[module.krate.index()].kind.is_library(), id)
        };
        for (i, module) in codebase.modules.iter().enumerate() {
            let id = ModuleId::from(i);
            let Some(path) = from_top(folder, &codebase.files[module.file.index()].path) else { continue };
            let holder = modules.entry(path).or_insert(id);
            if rank(id) < rank(*holder) {
                *holder = id;
            }
        }
        Files { modules }
    }

    /// All files with their modules, sorted by path.
    pub(super) fn sorted(&self) -> Vec<(&str, ModuleId)> {
        let mut all: Vec<_> = self.modules.iter().map(|(path, module)| (path.as_str(), *module)).collect();
        all.sort_unstable();
        all
    }

    /// The modules that each commit of a log touched, in its order, sorted.
    ///
    /// A file that was renamed has the past of both names. From newer commits to older ones, a rename says what the older name stands
    /// for from there on; what a commit on another branch did under the old name at the same time is told by the renames that come later.
    pub(super) fn touched(&self, log: &Log) -> Vec<Vec<ModuleId>> {
        let mut now: Vec<Option<ModuleId>> = log.paths.iter().map(|path| self.modules.get(path.as_str()).copied()).collect();
        let mut touched: Vec<Vec<ModuleId>> = Vec::with_capacity(log.commits.len());
        let mut later = Vec::new();
        for (i, commit) in log.commits.iter().enumerate() {
            let mut modules = Vec::new();
            for change in &commit.changes {
                match now.get(change.path as usize).copied().flatten() {
                    Some(module) => modules.push(module),
                    None => later.push((i, change.path)),
                }
            }
            // Only when all of the commit has been told: two files may have changed places.
            let renamed: Vec<_> = commit.changes.iter().filter_map(|c| Some((c.from?, now.get(c.path as usize).copied()??))).collect();
            for (from, module) in renamed {
                if let Some(at) = now.get_mut(from as usize) {
                    *at = Some(module);
                }
            }
            touched.push(modules);
        }
        for (i, path) in later {
            touched[i].extend(now.get(path as usize).copied().flatten());
        }
        for modules in &mut touched {
            modules.sort_unstable();
            modules.dedup();
        }
        touched
    }
}

/// A path from the analysed folder as one from the top; `None` outside of the repository.
fn from_top(folder: &Path, path: &str) -> Option<String> {
    let mut clean = PathBuf::new();
    for part in folder.join(path).components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                if !clean.pop() {
                    return None;
                }
            }
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let names: Vec<&str> = clean.iter().map(|name| name.to_str()).collect::<Option<_>>()?;
    Some(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::git::log::{Change, Commit, CommitId};
    use crate::model::testing;

    /// Commits, newest first, from lines such as `a.rs c.rs<b.rs`: files, and files with the names that they had before.
    fn log(lines: &[&str]) -> Log {
        let mut log = Log::default();
        for line in lines {
            let mut number = |name: &str| {
                let known = log.paths.iter().position(|p| p == name);
                let at = known.unwrap_or_else(|| {
                    log.paths.push(name.to_owned());
                    log.paths.len() - 1
                });
                u32::try_from(at).expect("few paths")
            };
            let change = |word: &str| match word.split_once('<') {
                Some((path, from)) => (path.to_owned(), Some(from.to_owned())),
                None => (word.to_owned(), None),
            };
            let words: Vec<_> = line.split_whitespace().map(change).collect();
            let changes = words.iter().map(|(path, from)| Change { path: number(path), from: from.as_deref().map(&mut number) }).collect();
            let id = CommitId::parse(&"a".repeat(40)).expect("a name");
            log.commits.push(Commit { id, parents: Vec::new(), time: 0, author: 0, subject: None, files: 1, added: 0, changes });
        }
        log
    }

    /// The files of modules `shop::x` are `shop/x.rs`.
    fn touched(lines: &[&str]) -> Vec<String> {
        let codebase = testing::codebase("mod shop::a\nmod shop::b\nmod shop::c");
        let files = Files::of(&codebase, Path::new(""));
        let names = |modules: &Vec<ModuleId>| {
            let names: Vec<&str> = modules.iter().map(|m| codebase.modules[m.index()].name()).collect();
            names.join(" ")
        };
        files.touched(&log(lines)).iter().map(names).collect()
    }

    #[test]
    fn renames_lead_to_the_name_of_today() {
        assert_eq!(
            touched(&["shop/a.rs x.rs", "shop/a.rs<old.rs", "old.rs shop/b.rs", "old.rs<older.rs", "older.rs"]),
            ["a", "a", "a b", "a", "a"]
        );
    }

    #[test]
    fn a_name_that_was_taken_again() {
        // What is `a` today is another file than what was called so before it became `b`.
        assert_eq!(touched(&["shop/a.rs", "shop/b.rs<shop/a.rs", "shop/a.rs"]), ["a", "b", "b"]);
    }

    #[test]
    fn there_and_back_and_crosswise() {
        assert_eq!(touched(&["shop/a.rs<x.rs", "x.rs<shop/a.rs", "shop/a.rs"]), ["a", "a", "a"]);
        assert_eq!(touched(&["shop/a.rs<shop/b.rs shop/b.rs<shop/a.rs", "shop/a.rs"]), ["a b", "b"]);
    }

    #[test]
    fn under_the_old_name_on_another_branch() {
        assert_eq!(touched(&["old.rs", "shop/a.rs<old.rs", "gone.rs"]), ["a", "a", ""]);
    }

    #[test]
    fn the_outermost_module_of_a_file_and_the_folder_of_the_workspace() {
        let mut codebase = testing::codebase("bin app\nmod app::a\nmod shop::a\nmod shop::a::inner\nmod shop::b");
        let file = |name: &str| codebase.modules[testing::id(&codebase, name).index()].file;
        let (shared, outside) = (file("shop::a"), file("shop::b"));
        for name in ["app::a", "shop::a::inner"] {
            let id = testing::id(&codebase, name);
            codebase.modules[id.index()].file = shared;
            codebase.modules[id.index()].inline = name.ends_with("inner");
        }
        codebase.files[outside.index()].path = "../common/b.rs".into();
        let files = Files::of(&codebase, Path::new("code/app"));
        let module = |path: &str| files.modules.get(path).map(|m| codebase.modules[m.index()].id.as_str());
        assert_eq!(module("code/app/shop/a.rs"), Some("shop::a"));
        assert_eq!(module("code/common/b.rs"), Some("shop::b"));
        assert_eq!(from_top(Path::new(""), "../x.rs"), None);
    }
}
