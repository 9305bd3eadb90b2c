//! Rust sources to a [`Codebase`], without building and without running anything of theirs.
//!
//! Takes: a folder or manifest. Gives: [`Codebase`]; what could not be read is in its diagnostics and the rest goes on.
//!
//! 1. `discover`: manifests to packages and targets.
//! 2. `parse`: text of one file to `facts`; syn starts and ends there.
//!    `remember`: not again what an earlier run has read.
//! 3. `load`: follows `mod` from each target's root, reading files in parallel, and expands the workspace's own macros.
//! 4. `library`: adds models of the standard library and of often used crates.
//! 5. `resolve`: scopes, imports, paths.
//! 6. `infer`: types of expressions; every reference.
//! 7. `assemble`: the code base.

mod assemble;
mod discover;
mod facts;
mod infer;
mod library;
mod load;
mod parse;
mod remember;
mod resolve;
#[cfg(test)]
mod tests;

pub use discover::{Conditions, DiscoverError, Selection};

use crate::host::Host;
use crate::host::store::Store;
use crate::model::calls::Vocabulary;
use crate::model::codebase::Codebase;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// What to read, and with how many threads.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Which packages.
    pub selection: Selection,
    /// Which of the code is on.
    pub conditions: Conditions,
    /// 0: as many as there are cores. The result does not depend on it.
    pub threads: usize,
    /// Which calls are to be told with their arguments.
    pub vocabulary: Vocabulary,
}

impl Options {
    /// Does the work on as many threads as are asked for, with stacks as deep as [`read`] needs.
    pub fn on_threads<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        match rayon::ThreadPoolBuilder::new().num_threads(self.threads).stack_size(parse::STACK).build() {
            Ok(pool) => pool.install(work),
            // No thread can be had: the caller's own has to do, with whatever stack it was given.
            Err(_) => work(),
        }
    }
}

/// How far the reading is, for a progress bar and for benches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// So many files have been read.
    Read(usize),
    /// All files have been read; names are being resolved.
    Resolve,
    /// Types are inferred, and with them references found.
    Infer,
    /// The code base is put together.
    Assemble,
}

/// The folder of the workspace at a path, absolute; the files of its code base are relative to it.
///
/// # Errors
/// Where there is no such folder, or no manifest in it.
pub fn root(host: &dyn Host, path: &Path) -> Result<PathBuf, DiscoverError> {
    discover::root(host, path)
}

/// Reads a workspace. What `store` holds of an earlier run is not worked out again; the result is the same with any store.
/// To be called from [`Options::on_threads`], since syn and everything after it recurse over what people nest.
///
/// # Errors
/// Where there is no workspace to read: no such folder, no manifest, a manifest that is not one, an unknown package.
pub fn read(
    host: &dyn Host,
    store: &Store,
    path: &Path,
    options: &Options,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Codebase, DiscoverError> {
    let workspace = discover::discover(host, path, &options.selection, &options.conditions)?;
    let read = AtomicUsize::new(0);
    let progressed = |n| progress(Step::Read(read.fetch_add(n, Ordering::Relaxed) + n));
    let (mut loaded, models) = rayon::join(|| load::load(host, store, &workspace, &progressed), || library::models(store));
    progress(Step::Resolve);
    library::append(&mut loaded, models);
    let codebase = {
        let program = resolve::resolve(&workspace, &loaded);
        progress(Step::Infer);
        let records = infer::references(&program, store, &options.vocabulary);
        progress(Step::Assemble);
        assemble::assemble(&workspace, &loaded, &program, &records)
    };
    // Hundreds of thousands of small pieces: nobody needs to wait until they are given back.
    rayon::spawn(move || drop(loaded));
    Ok(codebase)
}
