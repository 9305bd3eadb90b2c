//! Which document of an index is which file of ours.
//!
//! The root of an index may lie above the analysed root or below it: one prefix, the same for all documents, is taken off their paths
//! or put before them, such that most of them are files that we know. Paths are only ever compared: none of them is opened.

use super::index::Document;
use crate::model::codebase::SourceFile;
use crate::model::ids::FileId;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// The file of each document, where it is one of ours. No file twice.
pub(super) fn files(documents: &[Document], files: &[SourceFile]) -> Vec<Option<FileId>> {
    let of_path: FxHashMap<&str, FileId> = files.iter().enumerate().map(|(i, f)| (f.path.as_str(), FileId::from(i))).collect();
    let documented: FxHashSet<&str> = documents.iter().map(|d| d.path.as_str()).filter(|p| is_canonical(p)).collect();
    // Ordered, so that among equals the shortest prefix wins, and taking off before putting on.
    let mut votes: BTreeMap<(usize, bool, &str), usize> = BTreeMap::new();
    for document in documents.iter().filter(|d| is_canonical(&d.path)) {
        for (prefix, _) in splits(&document.path).filter(|(_, rest)| of_path.contains_key(rest)) {
            *votes.entry((prefix.len(), false, prefix)).or_default() += 1;
        }
    }
    for file in files {
        for (prefix, _) in splits(&file.path).filter(|(prefix, rest)| !prefix.is_empty() && documented.contains(rest)) {
            *votes.entry((prefix.len(), true, prefix)).or_default() += 1;
        }
    }
    let best = votes.iter().rev().max_by_key(|(_, count)| **count).map(|(way, _)| *way);
    let Some((_, put_on, prefix)) = best else { return vec![None; documents.len()] };
    let mut taken = vec![false; files.len()];
    let file = |document: &Document| {
        let path = Some(&document.path).filter(|p| is_canonical(p))?;
        let id = if put_on { of_path.get(format!("{prefix}{path}").as_str()) } else { of_path.get(path.strip_prefix(prefix)?) };
        let id = *id?;
        (!std::mem::replace(&mut taken[id.index()], true)).then_some(id)
    };
    documents.iter().map(file).collect()
}

/// Is it a path as scip.proto wants it: relative, with no part that leads elsewhere?
fn is_canonical(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// All ways to cut a path in two at a `/`, which stays with the first part; also the empty prefix.
fn splits(path: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::once(0).chain(path.match_indices('/').map(|(at, _)| at + 1)).map(|at| path.split_at(at))
}

#[cfg(test)]
mod tests {
    use super::super::text::Encoding;
    use super::*;

    fn check(documents: &[&str], known: &[&str], expected: &[Option<u32>]) {
        let documents: Vec<Document> =
            documents.iter().map(|p| Document { path: (*p).into(), encoding: Encoding::Utf8, occurrences: Vec::new() }).collect();
        let known: Vec<SourceFile> = known.iter().map(|p| SourceFile { path: (*p).into(), lines: 1 }).collect();
        assert_eq!(files(&documents, &known), expected.iter().map(|f| f.map(FileId)).collect::<Vec<_>>());
    }

    #[test]
    fn one_prefix_for_all() {
        check(&["src/a.rs", "src/lib.rs"], &["src/a.rs", "src/lib.rs"], &[Some(0), Some(1)]);
        check(&["back/src/a.rs", "back/src/lib.rs", "web/src/lib.rs"], &["src/a.rs", "src/lib.rs"], &[Some(0), Some(1), None]);
        check(&["src/a.rs", "src/lib.rs"], &["crates/x/src/a.rs", "crates/x/src/lib.rs", "crates/y/src/lib.rs"], &[Some(0), Some(1)]);
        // What lies as it should goes before what could be made to fit.
        check(&["src/lib.rs"], &["crates/x/src/lib.rs", "src/lib.rs"], &[Some(1)]);
    }

    #[test]
    fn paths_that_lead_elsewhere_are_no_files() {
        check(&["../../etc/passwd", "/src/lib.rs", "src\\lib.rs", ""], &["lib.rs", "passwd", "src/lib.rs"], &[None; 4]);
        check(&["src/lib.rs", "src/lib.rs", "./src/lib.rs"], &["src/lib.rs"], &[Some(0), None, None]);
    }
}
