//! Manifests to packages and targets, without running cargo.
//!
//! Takes: a folder or a `Cargo.toml`. Gives: [`Workspace`]. A broken root is an error; a broken member is a diagnostic, and
//! the rest goes on. Invariants: packages sorted by name, targets by crate name; crate names are unique.

mod features;
mod manifest;
mod targets;

use crate::host::Host;
use crate::model::diagnostic::Diagnostic;
use manifest::Manifests;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub(super) use features::CfgSet;
pub(super) use manifest::clean;
pub(super) use targets::called;

/// What of a workspace to analyse.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these packages; empty: all.
    pub packages: Vec<String>,
    /// Without these.
    pub exclude: Vec<String>,
}

/// What `#[cfg]`s are evaluated against; the platform is always x86-64 Linux.
#[derive(Clone, Debug, Default)]
pub struct Conditions {
    /// Features to turn on: `name` in every package that has it, or `package/name`.
    pub features: Vec<String>,
    /// All features of all packages.
    pub all_features: bool,
    /// Without the default features.
    pub no_default_features: bool,
    /// Further flags: `name` or `name="value"`.
    pub cfg: Vec<String>,
    /// Unit tests with the items that only they use, integration tests, and dev-dependencies.
    pub tests: bool,
}

/// The packages of a workspace.
#[derive(Debug)]
pub(super) struct Workspace {
    /// Absolute root folder.
    pub root: PathBuf,
    /// Name of the root package, or of the folder.
    pub name: String,
    pub packages: Vec<Package>,
    pub diagnostics: Vec<Diagnostic>,
    /// Examples, benches, build scripts, and integration tests where no tests are asked for.
    pub targets_out: u32,
}

#[derive(Debug)]
pub(super) struct Package {
    pub name: String,
    /// Absolute folder of the manifest.
    pub dir: PathBuf,
    pub targets: Vec<Target>,
    /// Root files of the targets that are not read.
    pub left_out: Vec<PathBuf>,
    pub dependencies: Vec<Dependency>,
    /// What its `#[cfg]`s are evaluated against.
    pub cfg: CfgSet,
}

#[derive(Debug)]
pub(super) struct Target {
    /// Name of the crate as in module ids.
    pub name: String,
    pub kind: crate::model::codebase::CrateKind,
    /// Absolute path of its root file.
    pub file: PathBuf,
    pub edition: Edition,
}

/// An entry of `[dependencies]`, for all targets; of `[dev-dependencies]`, too, where tests are.
#[derive(Debug)]
pub(super) struct Dependency {
    /// The name that code uses, with `_`.
    pub name: String,
    /// Index of the package in the workspace, where it is one.
    pub package: Option<usize>,
    /// Name of the package.
    pub package_name: String,
    /// Features asked of it.
    features: Vec<String>,
    default_features: bool,
    optional: bool,
}

/// Rust edition: it decides what a path's first segment may mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Edition {
    E2015,
    E2018OrLater,
}

/// Why there is nothing to analyse.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// The path does not exist.
    #[error("{}: no such folder or manifest", .0.display())]
    NoPath(PathBuf),
    /// The folder has no manifest.
    #[error("{}: there is no Cargo.toml here; name the folder of a Rust package or workspace", .0.display())]
    NoManifest(PathBuf),
    /// A manifest could not be read or understood.
    #[error("{}: {message}", .path.display())]
    BadManifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong, with its place where known.
        message: String,
    },
    /// `-p` or `--exclude` named something that is not there.
    #[error("package `{name}` is not in this workspace{hint}")]
    NoPackage {
        /// As given.
        name: String,
        /// The nearest name, as a phrase.
        hint: String,
    },
    /// `--features` named something that no package has.
    #[error("no package of this workspace has the feature `{name}`{hint}")]
    NoFeature {
        /// As given.
        name: String,
        /// The nearest name, as a phrase.
        hint: String,
    },
    /// `--cfg` was given something else than a name or `name="value"`.
    #[error("`{0}` is no --cfg: write name, or name=\"value\"")]
    BadCfg(String),
    /// Nothing in it can be analysed.
    #[error("{}: the workspace has no library or binary target to analyse", .0.display())]
    NoTargets(PathBuf),
}

/// The folder that a path names, itself or by its manifest.
pub(super) fn root(host: &dyn Host, path: &Path) -> Result<PathBuf, DiscoverError> {
    let path = host.canonical(path).map_err(|_| DiscoverError::NoPath(path.to_owned()))?;
    let manifest = if host.is_dir(&path) { path.join("Cargo.toml") } else { path.clone() };
    if !host.is_file(&manifest) {
        return Err(DiscoverError::NoManifest(path));
    }
    Ok(manifest.parent().unwrap_or(Path::new("/")).to_owned())
}

/// Finds packages and targets from a folder or a manifest.
pub(super) fn discover(host: &dyn Host, path: &Path, selection: &Selection, conditions: &Conditions) -> Result<Workspace, DiscoverError> {
    let root = root(host, path)?;
    let mut diagnostics = Vec::new();
    let manifests = Manifests::load(host, &root, &mut diagnostics)?;
    let mut packages = Vec::new();
    let mut targets_out = 0;
    for member in &manifests.members {
        packages.push(targets::package(host, member, &manifests, conditions.tests, &mut targets_out, &mut diagnostics));
    }
    features::activate(&manifests, &mut packages, conditions)?;
    select(&mut packages, selection)?;
    targets::make_names_unique(&mut packages);
    if packages.iter().all(|p| p.targets.is_empty()) {
        return Err(DiscoverError::NoTargets(root));
    }
    let name = manifests
        .root_name
        .clone()
        .unwrap_or_else(|| root.file_name().map_or_else(|| "workspace".into(), |n| n.to_string_lossy().into_owned()));
    Ok(Workspace { root, name, packages, diagnostics, targets_out })
}

/// Empties the packages that are not wanted: they stay known as dependencies.
fn select(packages: &mut [Package], selection: &Selection) -> Result<(), DiscoverError> {
    let names: BTreeSet<&str> = packages.iter().map(|p| p.name.as_str()).collect();
    for name in selection.packages.iter().chain(&selection.exclude) {
        if !names.contains(name.as_str()) {
            let hint = crate::model::nearest(name, names.iter().copied()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            return Err(DiscoverError::NoPackage { name: name.clone(), hint });
        }
    }
    for package in packages {
        let wanted = selection.packages.is_empty() || selection.packages.contains(&package.name);
        if !wanted || selection.exclude.contains(&package.name) {
            package.targets.clear();
        }
    }
    Ok(())
}
