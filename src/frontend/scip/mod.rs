//! An index that `rust-analyzer scip` wrote, as a second witness: what a compiler's front end says of the same code.
//!
//! Takes a [`Codebase`] and the file of an index; gives the code base with the references of both, each with its
//! [`Provenance`](crate::model::codebase::Provenance), and what came of it. Invariants: a file of a workspace is only read, never found
//! through the index: paths in it are compared and nothing else; whatever stands in it, the code base still passes its `verify()`.
//!
//! 1. `index`, `symbol`: bytes to facts.
//! 2. `tree`: documents to files.
//! 3. `sheet`, `text`: documents laid on the texts of their files, so far as they fit.
//! 4. `definitions`, `merge`: symbols to modules and items; references laid over ours.
//!
//! What symbols, roles and ranges mean stands in scip.proto; which of them rust-analyzer writes, in its `cli/scip.rs` and `moniker.rs`.

mod definitions;
mod index;
mod merge;
mod sheet;
mod symbol;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use crate::host::Host;
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::FileId;
use crate::model::scip::Scip;
use index::{Document, Index};
use rayon::prelude::*;
use sheet::{Fit, Sheet};
use std::path::Path;

/// Half a gigabyte: an index has about as many bytes as its sources, and takes several times that in memory.
const INDEX_LIMIT: u64 = 512 << 20;

/// No source file is larger.
const SOURCE_LIMIT: u64 = 64 << 20;

/// Why an index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScipError {
    /// It is not there, or is none.
    #[error("{file}: {message}")]
    Unreadable {
        /// As the user named it.
        file: String,
        /// One sentence.
        message: String,
    },
    /// It is of something else.
    #[error("{file}: the index is of another tree: none of its {documents} documents is a file of this workspace")]
    OtherTree {
        /// As the user named it.
        file: String,
        /// How many it has.
        documents: usize,
    },
}

/// Merges the index in `file` into a code base that was read from `path`, a folder or a manifest.
///
/// # Errors
/// Where there is no such file, where it is no index, and where it knows none of the code base's files.
pub fn merge(codebase: &mut Codebase, host: &dyn Host, path: &Path, file: &Path) -> Result<Scip, ScipError> {
    let shown = || file.display().to_string();
    let failed = |message: String| ScipError::Unreadable { file: shown(), message };
    let bytes = host.read(file, INDEX_LIMIT).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => failed("there is no such file".into()),
        std::io::ErrorKind::FileTooLarge => failed(format!("larger than {} MiB", INDEX_LIMIT >> 20)),
        _ => failed(e.to_string()),
    })?;
    let index = Index::parse(&bytes).map_err(|e| failed(e.to_string()))?;
    drop(bytes);
    let files = tree::files(&index.documents, &codebase.files);
    let matched: Vec<(&Document, FileId)> = index.documents.iter().zip(&files).filter_map(|(d, f)| Some((d, (*f)?))).collect();
    if matched.is_empty() {
        return Err(ScipError::OtherTree { file: shown(), documents: index.documents.len() });
    }
    let root = if host.is_dir(path) { path } else { path.parent().unwrap_or(Path::new("")) };
    let sheets: Vec<Option<Sheet>> = matched
        .par_iter()
        .map(|(document, file)| {
            let text = host.read(&root.join(&codebase.files[file.index()].path), SOURCE_LIMIT).ok()?;
            Some(Sheet::new(&index, document, *file, String::from_utf8(text).ok()?))
        })
        .collect();
    let fits: Vec<Fit> = sheets.iter().flatten().map(|s| s.fit).collect();
    let fitting: Vec<Sheet> = sheets.into_iter().flatten().filter(|s| s.fit.is_good()).collect();
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let mut scip = Scip {
        documents: small(index.documents.len()),
        matched: small(matched.len()),
        outdated: small(matched.len() - fitting.len()),
        ..Scip::default()
    };
    merge::merge(codebase, &index, &fitting, &mut scip);
    codebase.diagnostics.extend(outdated(&fits, &scip));
    codebase.diagnostics.sort();
    Ok(scip)
}

/// What is said of an index that was made from other texts.
fn outdated(fits: &[Fit], scip: &Scip) -> Option<Diagnostic> {
    let definitions = fits.iter().map(|f| f.definitions).sum();
    let elsewhere = fits.iter().map(|f| f.elsewhere).sum();
    let all = Fit { definitions, elsewhere };
    if all.is_good() && scip.outdated == 0 {
        return None;
    }
    let message = format!(
        "the index does not fit the sources ({elsewhere} of {definitions} definitions are elsewhere): {} of {} documents were left out",
        scip.outdated, scip.matched
    );
    let severity = if all.is_good() { Diagnostic::note } else { Diagnostic::warning };
    Some(severity("outdated-index", message).help("make it anew with `rust-analyzer scip .`"))
}
