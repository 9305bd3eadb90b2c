//! Migrations in SQL.
//!
//! Takes: the files below the analysed folder. Gives: the schema that they make, applied in the order of their names, and diagnostics.
//! Each folder of migrations is a schema of its own (one for each database that is supported); files beside it that make tables are what
//! it begins with. Layouts: `1_x.sql`, `1_x.up.sql` (sqlx), `1_x/up.sql` (diesel), `V1__x.sql` (refinery), sections behind `migrate:up`.

use super::catalog::Catalog;
use super::sql::{self, Dialect, Reading};
use crate::host::Host;
use crate::host::store::{Key, Store};
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Site;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Folders inside folders are followed this far.
const DEPTH: u32 = 12;
/// Folders in which no source of people lies.
const LEFT_OUT: &[&str] = &["dist", "build"];
/// Behind these words in a comment stands how a migration is taken back.
const DOWN: &[&str] = &["migrate:down", "+migrate down", "+goose down", "@down", "---- create above / drop below ----"];

/// What migrations declare.
pub(super) fn read(host: &dyn Host, root: &Path, store: &Store, dialect: Option<Dialect>) -> (Catalog, Vec<Diagnostic>) {
    let mut folders: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for file in host.files(root, "sql") {
        let Ok(below) = file.strip_prefix(root) else { continue };
        let mut path = String::new();
        for part in below.components().map(|c| c.as_os_str().to_string_lossy().into_owned()) {
            let next = join(&path, &part);
            folders.entry(path).or_default().insert(part);
            path = next;
        }
    }
    let mut walk = Walk { host, root, folders, sequences: Vec::new() };
    walk.folder("", 0);
    let sequences = walk.sequences;
    let files: BTreeSet<&String> = sequences.iter().flat_map(|s| s.base.iter().chain(&s.files)).collect();
    let files: Vec<&String> = files.into_iter().collect();
    let texts: Vec<std::io::Result<String>> = files.par_iter().map(|file| text(host, root, file)).collect();
    // Often the same files lie in several packages.
    let different: BTreeSet<&str> = texts.iter().flatten().map(String::as_str).collect();
    let different: Vec<&str> = different.into_iter().collect();
    let read = |text: &&str| {
        // Which a run keeps for the next: all migrations are read to know the last one's tables, and all but that are as they were.
        let key = Key::of("migration", &[format!("{dialect:?}").as_bytes(), text.as_bytes()]);
        store.value(key, || sql::read(up_only(text), dialect))
    };
    let readings: Vec<Vec<Reading>> = different.par_iter().with_max_len(4).map(read).collect();
    let readings: BTreeMap<&str, &[Reading]> = different.iter().copied().zip(readings.iter().map(Vec::as_slice)).collect();
    let read = texts.iter().map(|text| text.as_ref().map(|text| readings[text.as_str()]));
    let files = files.into_iter().map(String::as_str).zip(read).collect();
    let mut schema = Schema { files, catalog: Catalog::default(), diagnostics: Vec::new(), told: BTreeSet::new() };
    sequences.iter().for_each(|sequence| schema.add(sequence));
    (schema.catalog, schema.diagnostics)
}

/// Migrations that build on one another, with the files beside their folder that make tables: what they begin with.
struct Sequence {
    base: Vec<String>,
    files: Vec<String>,
}

fn text(host: &dyn Host, root: &Path, file: &str) -> std::io::Result<String> {
    let bytes = host.read(&root.join(file), sql::LONGEST_TEXT as u64)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

struct Walk<'h> {
    host: &'h dyn Host,
    root: &'h Path,
    /// Names in each folder that leads to a file of SQL, by its path.
    folders: BTreeMap<String, BTreeSet<String>>,
    sequences: Vec<Sequence>,
}

impl Walk<'_> {
    /// Looks for folders of migrations.
    fn folder(&mut self, path: &str, depth: u32) {
        for name in self.folders_of(path, depth) {
            let below = join(path, &name);
            if name == "migrations" {
                let base = self.base(path);
                self.sequences(&below, &base, depth + 1);
            } else {
                self.folder(&below, depth + 1);
            }
        }
    }

    fn list(&self, path: &str) -> Vec<String> {
        self.folders.get(path).into_iter().flatten().cloned().collect()
    }

    fn is_folder(&self, path: &str, name: &str) -> bool {
        self.folders.contains_key(&join(path, name))
    }

    fn folders_of(&self, path: &str, depth: u32) -> Vec<String> {
        if depth > DEPTH {
            return Vec::new();
        }
        let mut names = self.list(path);
        names.retain(|name| !name.starts_with('.') && !LEFT_OUT.contains(&name.as_str()) && !name.contains('.'));
        names.retain(|name| self.is_folder(path, name));
        names
    }

    /// Files beside a folder of migrations that make tables.
    fn base(&self, path: &str) -> Vec<String> {
        let names = self.list(path);
        let files = names.into_iter().filter(|name| is_up(name) && name.ends_with(".sql")).map(|name| join(path, &name));
        files.filter(|file| text(self.host, self.root, file).is_ok_and(|text| sql::declares(&text))).collect()
    }

    /// The migrations of a folder, and those of folders in it.
    fn sequences(&mut self, path: &str, base: &[String], depth: u32) {
        let mut files: Vec<(Order, String)> = Vec::new();
        let names = self.list(path);
        for name in names.iter().filter(|name| is_up(name) && name.to_ascii_lowercase().ends_with(".sql")) {
            files.push((order(name), join(path, name)));
        }
        for name in self.folders_of_migrations(path, depth) {
            let up = join(&join(path, &name), "up.sql");
            if self.folders.get(&join(path, &name)).is_some_and(|names| names.contains("up.sql")) {
                files.push((order(&name), up));
            } else {
                self.sequences(&join(path, &name), base, depth + 1);
            }
        }
        files.sort();
        if !files.is_empty() {
            self.sequences.push(Sequence { base: base.to_vec(), files: files.into_iter().map(|(_, file)| file).collect() });
        }
    }

    /// As [`Walk::folders_of`], but names of migrations may hold a dot.
    fn folders_of_migrations(&self, path: &str, depth: u32) -> Vec<String> {
        if depth > DEPTH {
            return Vec::new();
        }
        let mut names = self.list(path);
        names.retain(|name| !name.starts_with('.') && !name.ends_with(".sql") && !name.ends_with(".rs"));
        names.retain(|name| self.is_folder(path, name));
        names
    }
}

/// What comes of all files.
struct Schema<'f> {
    files: BTreeMap<&'f str, Result<&'f [Reading], &'f std::io::Error>>,
    catalog: Catalog,
    diagnostics: Vec<Diagnostic>,
    /// Of which statements, by their reading, something was told: copies of a file say nothing new.
    told: BTreeSet<*const Reading>,
}

impl Schema<'_> {
    fn add(&mut self, sequence: &Sequence) {
        let (mut before, mut catalog) = (Catalog::default(), Catalog::default());
        let mut told = BTreeSet::new();
        for file in &sequence.base {
            self.apply(file, &mut before, None, &mut told);
        }
        for file in &sequence.files {
            self.apply(file, &mut catalog, Some(&before), &mut told);
        }
        self.catalog.merge(catalog);
        self.catalog.merge(before);
    }

    /// Applies a file; `before` is what stood there before the first migration, as far as that is not a dump of what the last one left.
    fn apply(&mut self, file: &str, catalog: &mut Catalog, before: Option<&Catalog>, told: &mut BTreeSet<String>) {
        let readings = match self.files[file] {
            Ok(readings) => readings,
            Err(error) => {
                self.diagnostics.push(Diagnostic::warning("unreadable-migration", format!("`{file}` is left out: {error}")));
                return;
            }
        };
        for reading in readings {
            let site = Site::new(file, reading.line + 1);
            let is_new = !self.told.contains(&std::ptr::from_ref(reading));
            if let Some(refused) = reading.refused.as_ref().filter(|_| is_new) {
                self.told.insert(reading);
                let message = format!("a statement of a migration is not understood: {refused}");
                self.diagnostics.push(Diagnostic::note("sql-not-understood", message).at(site.clone()));
            }
            for change in &reading.changes {
                let table = change.table();
                if let Some(declared) = before.and_then(|b| b.tables.get(table))
                    && !matches!(change, sql::Change::Create { .. })
                    && !catalog.tables.contains_key(table)
                {
                    catalog.tables.insert(table.to_owned(), declared.clone());
                }
                // Once for each table: what follows is a consequence.
                if let Some(contradiction) = catalog.apply(change, &site, before.is_some())
                    && told.insert(table.to_owned())
                    && is_new
                {
                    self.told.insert(reading);
                    self.diagnostics.push(contradiction);
                }
            }
        }
    }
}

/// Does it take the schema forward?
fn is_up(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let undo = lower.strip_prefix('u').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains("__"));
    !(lower.ends_with(".down.sql") || lower == "down.sql" || lower.ends_with("_down.sql") || undo)
}

/// A migration's place among the others: numbers count as such, so that `V10` comes behind `V9`.
type Order = Vec<(u64, String)>;

fn order(name: &str) -> Order {
    let mut out: Order = Vec::new();
    // `2018-11-30-101500_x` stands among `20181130101500_x`: dashes in a date are as good as none.
    let dated = name.split_once('_').filter(|(date, _)| date.contains('-') && date.chars().all(|c| c.is_ascii_digit() || c == '-'));
    let plain = dated.map_or_else(|| name.to_owned(), |(date, what)| format!("{}_{what}", date.replace('-', "")));
    let mut rest = plain.as_str();
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let digits = rest[text..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - text);
        let number = rest[text..text + digits].parse().unwrap_or(u64::MAX);
        // What differs only in the number of leading letters is of one kind.
        out.push((0, rest[..text].to_ascii_lowercase()));
        out.push((number, String::new()));
        rest = &rest[text + digits..];
    }
    out
}

/// What stands before the section that takes the migration back.
fn up_only(text: &str) -> &str {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let lower = line.trim().to_ascii_lowercase();
        if lower.starts_with("--") && DOWN.iter().any(|word| lower.contains(word)) {
            return &text[..at];
        }
        at += line.len();
    }
    text
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}
