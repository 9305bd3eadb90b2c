//! What sqlx keeps of the statements that it checks, so that it can do so without a database.
//!
//! Takes: `.sqlx/query-*.json` and the older `sqlx-data.json`, beside the manifests of packages. Gives: [`Offline`], the statements and
//! the database that they are for, and diagnostics. A file names no place: what is found in it and nowhere in the code is only counted.
//! Invariant: a file that is no such JSON, or is too large, is named and left out; the others go on.

use super::sql::{self, Dialect};
use crate::host::Host;
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::place::Site;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A larger file of one statement is left out.
const LONGEST: u64 = 4 << 20;
/// And a larger file of all statements.
const LONGEST_OF_ALL: u64 = 64 << 20;
/// More files than this in one folder are not read.
const MOST: usize = 50_000;

/// What is kept.
#[derive(Debug, Default)]
pub(super) struct Offline {
    /// Statements, without what only sets words apart.
    statements: BTreeSet<String>,
    /// The databases that they are for.
    databases: BTreeSet<String>,
}

/// A file of one statement.
#[derive(Deserialize)]
struct Query {
    db_name: Option<String>,
    query: String,
}

/// A part of the file of all statements.
#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Database(String),
    Query { query: String },
    Other(IgnoredAny),
}

impl Offline {
    /// Reads what lies beside the sources.
    pub(super) fn read(codebase: &Codebase, host: &dyn Host, root: &Path) -> (Self, Vec<Diagnostic>) {
        let folders: BTreeSet<&Path> = codebase.files.iter().flat_map(|f| Path::new(&f.path).ancestors().skip(1)).collect();
        let (mut found, mut diagnostics) = (Offline::default(), Vec::new());
        for folder in folders {
            let below = folder.join(".sqlx");
            let names = if host.is_dir(&root.join(&below)) { host.list(&root.join(&below)).unwrap_or_default() } else { Vec::new() };
            let is_query = |name: &&String| name.starts_with("query-") && name.ends_with(".json");
            for name in names.iter().filter(is_query).take(MOST) {
                found.take(host, root, &below.join(name), LONGEST, &mut diagnostics, |found, bytes| {
                    let query: Query = serde_json::from_slice(bytes)?;
                    found.databases.extend(query.db_name);
                    found.statements.insert(plain(&query.query));
                    Ok(())
                });
            }
            let all = folder.join("sqlx-data.json");
            if host.is_file(&root.join(&all)) {
                found.take(host, root, &all, LONGEST_OF_ALL, &mut diagnostics, |found, bytes| {
                    let parts: BTreeMap<String, Part> = serde_json::from_slice(bytes)?;
                    for (key, part) in parts {
                        match part {
                            Part::Database(name) if key == "db" => {
                                found.databases.insert(name);
                            }
                            Part::Query { query } => {
                                found.statements.insert(plain(&query));
                            }
                            Part::Database(_) | Part::Other(_) => {}
                        }
                    }
                    Ok(())
                });
            }
        }
        (found, diagnostics)
    }

    fn take(
        &mut self,
        host: &dyn Host,
        root: &Path,
        file: &Path,
        limit: u64,
        diagnostics: &mut Vec<Diagnostic>,
        add: impl FnOnce(&mut Self, &[u8]) -> serde_json::Result<()>,
    ) {
        let read = host.read(&root.join(file), limit).map_err(|error| (1, error.to_string()));
        let added = read.and_then(|bytes| add(self, &bytes).map_err(|error| (error.line().max(1), error.to_string())));
        if let Err((line, error)) = added {
            let message = format!("a file of sqlx's offline metadata is left out: {error}");
            let site = Site::new(file.to_string_lossy(), u32::try_from(line).unwrap_or(1));
            diagnostics.push(Diagnostic::warning("unreadable-query-metadata", message).at(site));
        }
    }

    /// The dialect of all statements, where they are for one database.
    pub(super) fn dialect(&self) -> Option<Dialect> {
        let mut names = self.databases.iter().map(|name| Dialect::of_database(name));
        let first = names.next()??;
        names.all(|other| other == Some(first)).then_some(first)
    }

    /// What is to be said of statements that the code does not hold. `checked`: what stands in sqlx's macros, `None` where that is not
    /// known: it may be any of those.
    pub(super) fn elsewhere<'t>(&self, checked: impl Iterator<Item = &'t Option<String>>) -> Option<(usize, String)> {
        let (mut known, mut open) = (BTreeSet::new(), 0);
        for text in checked {
            match text {
                Some(text) => {
                    known.insert(plain(text));
                }
                None => open += 1,
            }
        }
        let missing = self.statements.iter().filter(|text| !known.contains(*text));
        let uses = missing.map(|text| sql::read(text, self.dialect()).into_iter().flat_map(|reading| reading.uses));
        let uses: Vec<BTreeSet<String>> = uses.map(|uses| uses.map(|(table, _)| table).collect()).collect();
        // What touches no table is no statement in the code either.
        let count = uses.iter().filter(|tables| !tables.is_empty()).count().saturating_sub(open);
        let tables: BTreeSet<String> = uses.into_iter().flatten().collect();
        let on = tables.into_iter().collect::<Vec<_>>().join(", ");
        let statements = if count == 1 { "1 statement".to_owned() } else { format!("{count} statements") };
        let stand = if count == 1 { "stands" } else { "stand" };
        (count > 0).then(|| {
            (
                count,
                format!("{statements} of sqlx's offline metadata, on {on}, {stand} nowhere in the code that is read: where is not known"),
            )
        })
    }
}

/// Words with one space between them: macros keep a statement as it is written, with its indentation.
fn plain(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
