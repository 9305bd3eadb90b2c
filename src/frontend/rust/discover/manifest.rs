//! The manifests of a workspace: members with globs, excludes, path dependencies, inheritance, patches.

use super::DiscoverError;
use crate::host::Host;
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Site;
use cargo_toml::{AbstractFilesystem, Manifest};
use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Component, Path, PathBuf};

/// A manifest is text that people write; anything larger is not one.
const LIMIT: u64 = 4 << 20;

/// All manifests that belong together.
pub(super) struct Manifests {
    /// Name of the root package, where the root is one.
    pub root_name: Option<String>,
    /// Sorted by package name.
    pub members: Vec<Member>,
    /// Package name to folder, from `[patch]` and `[replace]` entries with a path.
    pub patches: BTreeMap<String, PathBuf>,
}

/// One package.
pub(super) struct Member {
    /// Absolute folder.
    pub dir: PathBuf,
    /// Complete: inheritance resolved, targets discovered.
    pub manifest: Manifest,
}

impl Member {
    pub(super) fn name(&self) -> &str {
        self.manifest.package.as_ref().map_or("", |p| p.name())
    }
}

impl Manifests {
    pub(super) fn load(host: &dyn Host, root: &Path, diagnostics: &mut Vec<Diagnostic>) -> Result<Self, DiscoverError> {
        let root_toml = root.join("Cargo.toml");
        let manifest = read(host, &root_toml)?;
        let workspace_root = match &manifest.workspace {
            Some(_) => Some((manifest.clone(), root.to_owned())),
            None => find_workspace(host, root, &manifest),
        };
        let mut todo = Vec::new();
        if manifest.package.is_some() {
            todo.push(root.to_owned());
        }
        let mut excluded = Vec::new();
        if let Some(workspace) = &manifest.workspace {
            excluded = workspace.exclude.iter().map(|e| clean(&root.join(e))).collect();
            for pattern in &workspace.members {
                members(host, root, pattern, &excluded, &mut todo, diagnostics);
            }
        }
        let patches = patches(&manifest, root);
        todo.extend(patches.values().cloned());
        let mut members = BTreeMap::new();
        let mut seen = HashSet::new();
        while let Some(dir) = todo.pop() {
            if !seen.insert(dir.clone()) || excluded.iter().any(|e| dir.starts_with(e)) {
                continue;
            }
            let toml = dir.join("Cargo.toml");
            let complete = read(host, &toml).and_then(|m| complete(host, &dir, m, workspace_root.as_ref()));
            match complete {
                Ok(manifest) => {
                    // A path dependency below the root is a member whether it is listed or not.
                    for path in path_dependencies(&manifest) {
                        let target = clean(&dir.join(path));
                        if target.starts_with(root) && host.is_file(&target.join("Cargo.toml")) {
                            todo.push(target);
                        }
                    }
                    if let Some(package) = &manifest.package {
                        members.insert((package.name().to_owned(), dir.clone()), Member { dir, manifest });
                    }
                }
                Err(error) if dir == root => return Err(error),
                Err(error) => diagnostics.push(
                    Diagnostic::error("bad-manifest", error.to_string())
                        .at(Site::new(super::super::load::relative(root, &toml), 1))
                        .help("the package is left out of the analysis until its manifest can be read"),
                ),
            }
        }
        let root_name = manifest.package.as_ref().map(|p| p.name().to_owned());
        Ok(Manifests { root_name, members: members.into_values().collect(), patches })
    }

    /// The member in this folder.
    pub(super) fn at(&self, dir: &Path) -> Option<usize> {
        self.members.iter().position(|m| m.dir == dir)
    }
}

fn read(host: &dyn Host, path: &Path) -> Result<Manifest, DiscoverError> {
    let bad = |message: String| DiscoverError::BadManifest { path: path.to_owned(), message };
    let bytes = host.read(path, LIMIT).map_err(|e| bad(e.to_string()))?;
    let manifest = Manifest::from_slice(&bytes).map_err(|e| bad(e.to_string().trim().to_owned()))?;
    if manifest.package.is_none() && manifest.workspace.is_none() {
        return Err(bad("has neither [package] nor [workspace]".into()));
    }
    Ok(manifest)
}

/// The workspace that a lone package belongs to: only its inherited keys are wanted.
fn find_workspace(host: &dyn Host, dir: &Path, manifest: &Manifest) -> Option<(Manifest, PathBuf)> {
    if let Some(hint) = manifest.package.as_ref().and_then(|p| p.workspace.as_ref()) {
        let root = clean(&dir.join(hint));
        return read(host, &root.join("Cargo.toml")).ok().map(|m| (m, root));
    }
    dir.ancestors().skip(1).find_map(|above| {
        let manifest = read(host, &above.join("Cargo.toml")).ok()?;
        manifest.workspace.is_some().then(|| (manifest, above.to_owned()))
    })
}

fn complete(
    host: &dyn Host,
    dir: &Path,
    mut manifest: Manifest,
    workspace: Option<&(Manifest, PathBuf)>,
) -> Result<Manifest, DiscoverError> {
    let files = Files { host, dir };
    let workspace = workspace.map(|(manifest, dir)| (manifest, dir.as_path()));
    manifest
        .complete_from_abstract_filesystem(&files, workspace)
        .map_err(|e| DiscoverError::BadManifest { path: dir.join("Cargo.toml"), message: e.to_string() })?;
    Ok(manifest)
}

struct Files<'a> {
    host: &'a dyn Host,
    dir: &'a Path,
}

impl AbstractFilesystem for Files<'_> {
    fn file_names_in(&self, rel_path: &str) -> io::Result<HashSet<Box<str>>> {
        if rel_path.is_empty() {
            // A build script is all that is looked for here; what else comes and goes, reports among it, is nobody's concern.
            let build = "build.rs";
            return Ok(self.host.is_file(&self.dir.join(build)).then(|| build.into()).into_iter().collect());
        }
        Ok(self.host.list(&self.dir.join(rel_path))?.into_iter().map(Into::into).collect())
    }
}

/// Adds the folders that a `members` pattern names.
fn members(host: &dyn Host, root: &Path, pattern: &str, excluded: &[PathBuf], todo: &mut Vec<PathBuf>, diagnostics: &mut Vec<Diagnostic>) {
    let is_pattern = pattern.contains(['*', '?', '[']);
    let mut found = vec![root.to_owned()];
    for part in Path::new(pattern).components() {
        let Component::Normal(part) = part else {
            if part == Component::ParentDir {
                found.iter_mut().for_each(|dir| *dir = clean(&dir.join("..")));
            }
            continue;
        };
        let part = part.to_string_lossy();
        if !part.contains(['*', '?', '[']) {
            found.iter_mut().for_each(|dir| dir.push(&*part));
            continue;
        }
        let Ok(glob) = globset::Glob::new(&part) else { continue };
        let glob = glob.compile_matcher();
        found = found
            .into_iter()
            .flat_map(|dir| {
                host.list(&dir).unwrap_or_default().into_iter().filter(|n| glob.is_match(n)).map(move |n| dir.join(n)).collect::<Vec<_>>()
            })
            .filter(|dir| host.is_dir(dir))
            .collect();
    }
    let before = todo.len();
    for dir in found {
        if host.is_file(&dir.join("Cargo.toml")) {
            todo.push(dir);
        } else if !is_pattern && !excluded.contains(&dir) {
            diagnostics.push(
                Diagnostic::error("missing-member", format!("workspace member `{pattern}` has no Cargo.toml"))
                    .at(Site::new("Cargo.toml", 1))
                    .help("take it out of `workspace.members`, or restore its folder"),
            );
            return;
        }
    }
    if is_pattern && todo.len() == before {
        diagnostics.push(
            Diagnostic::warning("missing-member", format!("workspace members `{pattern}` match no package")).at(Site::new("Cargo.toml", 1)),
        );
    }
}

/// All dependency tables that count: not those of build scripts, and those of tests only where tests do.
pub(super) fn dependency_tables(manifest: &Manifest, tests: bool) -> impl Iterator<Item = (&String, &cargo_toml::Dependency)> {
    let dev = manifest.dev_dependencies.iter().chain(manifest.target.values().flat_map(|t| &t.dev_dependencies));
    manifest.dependencies.iter().chain(manifest.target.values().flat_map(|t| &t.dependencies)).chain(dev.filter(move |_| tests))
}

fn path_dependencies(manifest: &Manifest) -> Vec<String> {
    dependency_tables(manifest, false).filter_map(|(_, d)| d.detail()?.path.clone()).collect()
}

fn patches(manifest: &Manifest, root: &Path) -> BTreeMap<String, PathBuf> {
    let mut patches = BTreeMap::new();
    for (key, dependency) in manifest.patch.values().flatten() {
        if let Some(path) = dependency.detail().and_then(|d| d.path.as_ref()) {
            patches.insert(dependency.package().unwrap_or(key).to_owned(), clean(&root.join(path)));
        }
    }
    patches
}

/// The path without `.` and `..`, by its letters alone.
pub(in super::super) fn clean(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out.pop();
            }
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out
}
