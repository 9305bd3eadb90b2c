//! One workspace out of several copies of code bases, to see how time and memory grow with size.
//!
//! ```text
//! cargo run --example copies -- OUT COPIES FOLDER…
//! ```
//!
//! Takes: folders of packages or workspaces. Gives: a workspace in `OUT`, which must not exist, whose members are all their packages, each
//! as often as is asked for. A package whose name is taken gets a number at its end; dependencies by path are led to their own copy by
//! `package = "…"`, and libraries keep the name that code calls them by, so that no line of code is changed. What a package inherits
//! from its workspace is written out, since a workspace cannot stand inside another.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Component, Path, PathBuf};
use toml::{Table, Value};
use walkdir::{DirEntry, WalkDir};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, copies, folders @ ..] = arguments.as_slice() else { return Err("copies OUT COPIES FOLDER…".into()) };
    let (out, copies): (&Path, usize) = (Path::new(out), copies.parse()?);
    if out.exists() {
        return Err(format!("{} is there already", out.display()).into());
    }
    let bases = folders.iter().map(|folder| Base::read(Path::new(folder))).collect::<Result<Vec<_>>>()?;
    let (mut taken, mut members) = (BTreeSet::new(), Vec::new());
    for copy in 1..=copies {
        for base in &bases {
            let folder = format!("{}-{copy}", base.folder.file_name().unwrap_or_default().to_string_lossy());
            base.copy(&out.join(&folder), &mut taken)?;
            members.extend(base.packages.keys().map(|dir| Value::from(folder.clone() + "/" + &slashed(dir)).to_string()));
        }
    }
    std::fs::write(out.join("Cargo.toml"), format!("[workspace]\nresolver = \"2\"\nmembers = [\n    {},\n]\n", members.join(",\n    ")))?;
    Ok(())
}

/// A code base as it is.
struct Base {
    folder: PathBuf,
    /// Manifest at its root.
    root: Table,
    /// Manifests of its packages, by folder below its own.
    packages: BTreeMap<PathBuf, Table>,
}

impl Base {
    fn read(folder: &Path) -> Result<Self> {
        let folder = std::fs::canonicalize(folder)?;
        let root = manifest(&folder)?;
        let mut base = Base { folder, root, packages: BTreeMap::new() };
        let (members, excluded) = (base.globs("members")?, base.globs("exclude")?);
        let all: Vec<PathBuf> = files(&base.folder)
            .filter(|file| file.file_name() == "Cargo.toml")
            .filter_map(|file| Some(file.path().parent()?.strip_prefix(&base.folder).ok()?.to_owned()))
            .collect();
        let mut todo: Vec<PathBuf> = all.into_iter().filter(|dir| members.is_match(dir) && !excluded.is_match(dir)).collect();
        todo.push(PathBuf::new());
        while let Some(dir) = todo.pop() {
            if base.packages.contains_key(&dir) || !base.folder.join(&dir).join("Cargo.toml").is_file() {
                continue;
            }
            let manifest = base.complete(&dir, manifest(&base.folder.join(&dir))?);
            for (_, dependency) in tables(&manifest).into_iter().flat_map(|path| at(&manifest, &path)).flatten() {
                todo.extend(dependency.get("path").and_then(Value::as_str).and_then(|path| joined(&dir, path)));
            }
            if manifest.contains_key("package") {
                base.packages.insert(dir, manifest);
            }
        }
        Ok(base)
    }

    fn workspace(&self, key: &str) -> Option<&Value> {
        self.root.get("workspace")?.get(key)
    }

    fn globs(&self, key: &str) -> Result<GlobSet> {
        let mut set = GlobSetBuilder::new();
        for pattern in self.workspace(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            set.add(GlobBuilder::new(pattern.trim_start_matches("./").trim_end_matches('/')).literal_separator(true).build()?);
        }
        Ok(set.build()?)
    }

    /// The manifest with everything in it that it inherits, and nothing that only a root may say.
    fn complete(&self, dir: &Path, mut manifest: Table) -> Table {
        for key in ["workspace", "patch", "replace", "profile", "lints"] {
            manifest.remove(key);
        }
        if let Some(package) = manifest.get_mut("package").and_then(Value::as_table_mut) {
            package.remove("workspace");
            let inherited: Vec<String> = package.iter().filter(|(_, value)| inherits(value)).map(|(key, _)| key.clone()).collect();
            for key in inherited {
                match self.workspace("package").and_then(|all| all.get(&key)) {
                    Some(value) => package.insert(key, value.clone()),
                    None => package.remove(&key),
                };
            }
        }
        for path in tables(&manifest) {
            for (name, dependency) in at_mut(&mut manifest, &path).into_iter().flatten() {
                if inherits(dependency)
                    && let Some(inherited) = self.workspace("dependencies").and_then(|all| all.get(name))
                {
                    *dependency = merged(inherited, dependency, dir);
                }
                self.patch(name, dependency, dir);
            }
        }
        manifest
    }

    /// What the root patches with a folder is a dependency by path.
    fn patch(&self, name: &str, dependency: &mut Value, dir: &Path) {
        let package = dependency.get("package").and_then(Value::as_str).unwrap_or(name).to_owned();
        let patches = self.root.get("patch").and_then(Value::as_table).into_iter().flatten().filter_map(|(_, source)| source.as_table());
        let path = patches.flatten().find(|(key, patch)| patch.get("package").and_then(Value::as_str).unwrap_or(key) == package);
        if let Some(path) = path.and_then(|(_, patch)| patch.get("path")).and_then(Value::as_str) {
            let mut table = detailed(dependency);
            table.insert("path".into(), from(dir, Path::new(path)).into());
            *dependency = table.into();
        }
    }

    /// Writes a copy, under names that are not taken.
    fn copy(&self, out: &Path, taken: &mut BTreeSet<String>) -> Result<()> {
        for file in files(&self.folder) {
            let to = out.join(file.path().strip_prefix(&self.folder)?);
            if file.file_name() != "Cargo.toml" && file.file_name() != "Cargo.lock" && file.path().is_file() {
                std::fs::create_dir_all(to.parent().unwrap_or(out))?;
                std::fs::copy(file.path(), to)?;
            }
        }
        let mut names: BTreeMap<&Path, String> = BTreeMap::new();
        for (dir, manifest) in &self.packages {
            let name = name(manifest);
            let free = (1..).map(|n| if n == 1 { name.to_owned() } else { format!("{name}-{n}") }).find(|n| taken.insert(n.clone()));
            names.extend(free.map(|free| (dir.as_path(), free)));
        }
        for (dir, manifest) in &self.packages {
            std::fs::create_dir_all(out.join(dir))?;
            std::fs::write(out.join(dir).join("Cargo.toml"), toml::to_string(&self.renamed(dir, manifest.clone(), &names))?)?;
        }
        Ok(())
    }

    fn renamed(&self, dir: &Path, mut manifest: Table, names: &BTreeMap<&Path, String>) -> Table {
        let (old, new) = (name(&manifest).to_owned(), &names[dir]);
        if old != *new {
            if manifest.contains_key("lib") || self.folder.join(dir).join("src/lib.rs").is_file() {
                let lib = manifest.entry("lib").or_insert_with(|| Table::new().into()).as_table_mut();
                lib.map(|lib| lib.entry("name").or_insert_with(|| old.replace('-', "_").into()));
            }
            if let Some(package) = manifest.get_mut("package").and_then(Value::as_table_mut) {
                package.insert("name".into(), new.clone().into());
            }
        }
        for path in tables(&manifest) {
            for (_, dependency) in at_mut(&mut manifest, &path).into_iter().flatten() {
                let to = dependency.get("path").and_then(Value::as_str).and_then(|path| joined(dir, path));
                if let Some((new, table)) = to.and_then(|to| names.get(to.as_path())).zip(dependency.as_table_mut()) {
                    table.insert("package".into(), new.clone().into());
                }
            }
        }
        manifest
    }
}

fn manifest(folder: &Path) -> Result<Table> {
    let path = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(text.parse().map_err(|error| format!("{}: {error}", path.display()))?)
}

fn name(manifest: &Table) -> &str {
    manifest.get("package").and_then(|package| package.get("name")).and_then(Value::as_str).unwrap_or_default()
}

/// What people wrote, and not what tools made of it.
fn files(folder: &Path) -> impl Iterator<Item = DirEntry> {
    let generated = |entry: &DirEntry| entry.depth() > 0 && (entry.file_name() == "target" || entry.file_name() == ".git");
    WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(move |entry| !generated(entry)).filter_map(std::result::Result::ok)
}

fn inherits(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

/// Where dependencies are written, as keys from the top.
fn tables(manifest: &Table) -> Vec<Vec<String>> {
    let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
    let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(|targets| targets.keys());
    let of_targets = targets.flat_map(|target| kinds.map(|kind| vec!["target".to_owned(), target.clone(), kind.to_owned()]));
    kinds.map(|kind| vec![kind.to_owned()]).into_iter().chain(of_targets).collect()
}

fn at<'t>(manifest: &'t Table, path: &[String]) -> Option<&'t Table> {
    path.iter().try_fold(manifest, |table, key| table.get(key)?.as_table())
}

fn at_mut<'t>(manifest: &'t mut Table, path: &[String]) -> Option<&'t mut Table> {
    path.iter().try_fold(manifest, |table, key| table.get_mut(key)?.as_table_mut())
}

/// `"1"` is short for `{ version = "1" }`.
fn detailed(dependency: &Value) -> Table {
    match dependency {
        Value::Table(table) => table.clone(),
        version => Table::from_iter([("version".to_owned(), version.clone())]),
    }
}

/// What the workspace says of a dependency, with what the package adds to it.
fn merged(inherited: &Value, own: &Value, dir: &Path) -> Value {
    let (mut table, own) = (detailed(inherited), detailed(own));
    if let Some(path) = table.get("path").and_then(Value::as_str) {
        let path = from(dir, Path::new(path));
        table.insert("path".into(), path.into());
    }
    for (key, value) in own.into_iter().filter(|(key, _)| key != "workspace") {
        match (table.get_mut(&key).and_then(Value::as_array_mut), value) {
            (Some(all), Value::Array(more)) => all.extend(more),
            (_, value) => drop(table.insert(key, value)),
        }
    }
    table.into()
}

/// A path from the root, as seen from a folder below it.
fn from(dir: &Path, path: &Path) -> String {
    slashed(&dir.components().map(|_| Component::ParentDir).collect::<PathBuf>().join(path))
}

/// A path from a folder below the root, as seen from the root; nothing where it leads out of it.
fn joined(dir: &Path, path: &str) -> Option<PathBuf> {
    let mut out = PathBuf::new();
    for part in dir.join(path).components() {
        match part {
            Component::ParentDir => out.pop().then_some(())?,
            Component::CurDir => {}
            other => out.push(other),
        }
    }
    out.is_relative().then_some(out)
}

fn slashed(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
