//! The schema as it grows.
//!
//! Takes: [`Change`]s in their order, each with its place. Gives: tables with columns and foreign keys, and diagnostics where a change
//! contradicts what was there. Several folders of migrations are schemas of their own, which are laid over each other at the end:
//! one table is one, whoever declares it.

use super::sql::{Change, Key};
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::data::StoreKind;
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// Tables of a relational database are known by another name than collections or keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Family {
    Relational,
    Collection,
    Keys,
}

/// A table's name with what it is a name of.
pub(super) type Name = (String, Family);

/// A table as far as it is declared.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    pub(super) is_view: bool,
    pub(super) columns: Vec<String>,
    pub(super) sites: BTreeSet<Site>,
    pub(super) keys: BTreeMap<Key, Site>,
    /// Foreign keys by the names that somebody gave them.
    pub(super) named: BTreeMap<String, Key>,
}

/// Tables by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalog {
    pub(super) tables: BTreeMap<String, Declared>,
}

impl Catalog {
    /// Applies a change; `strict` is a sequence that begins with nothing, in which what contradicts is worth a word.
    pub(super) fn apply(&mut self, change: &Change, site: &Site, strict: bool) -> Option<Diagnostic> {
        let contradiction = |message: String| {
            strict.then(|| {
                Diagnostic::warning("contradicting-migration", message)
                    .at(site.clone())
                    .help("the schema goes on as if it had been right; is a migration missing, or the order of their names another?")
            })
        };
        match change {
            Change::Create { table, is_view, columns, keys, lenient } => {
                let is_there = self.tables.contains_key(table);
                let declared = self.tables.entry(table.clone()).or_default();
                declared.is_view = *is_view && (!is_there || declared.is_view);
                add_columns(declared, columns);
                declared.sites.insert(site.clone());
                for key in keys {
                    declared.keys.entry(key.clone()).or_insert_with(|| site.clone());
                }
                if is_there && !lenient {
                    return contradiction(format!("table `{table}` is created, though it is there already"));
                }
                None
            }
            Change::Drop { table, lenient } => {
                let gone = self.tables.remove(table).is_some();
                for other in self.tables.values_mut() {
                    other.keys.retain(|key, _| key.to != *table);
                }
                if gone || *lenient { None } else { contradiction(format!("table `{table}` is dropped, though it is not there")) }
            }
            Change::Rename { table, to } => {
                let Some(declared) = self.tables.remove(table) else {
                    return contradiction(format!("table `{table}` is renamed to `{to}`, though it is not there"));
                };
                self.tables.insert(to.clone(), declared);
                for other in self.tables.values_mut() {
                    let keys = std::mem::take(&mut other.keys);
                    let renamed = |key: Key| if key.to == *table { Key { to: to.clone(), ..key } } else { key };
                    other.keys = keys.into_iter().map(|(key, site)| (renamed(key), site)).collect();
                }
                None
            }
            Change::Alter { table, lenient } => {
                if self.tables.contains_key(table) || *lenient {
                    None
                } else {
                    contradiction(format!("table `{table}` is altered, though it is not there"))
                }
            }
            Change::AddColumn { table, column } => {
                self.with(table, |declared| add_columns(declared, std::slice::from_ref(column)));
                None
            }
            Change::DropColumn { table, column } => {
                self.with(table, |declared| {
                    declared.columns.retain(|c| c != column);
                    declared.keys.retain(|key, _| !key.columns.contains(column));
                });
                None
            }
            Change::RenameColumn { table, from, to } => {
                self.with(table, |declared| {
                    declared.columns.iter_mut().filter(|c| *c == from).for_each(|c| c.clone_from(to));
                    let keys = std::mem::take(&mut declared.keys);
                    let renamed = |mut key: Key| {
                        key.columns.iter_mut().filter(|c| *c == from).for_each(|c| c.clone_from(to));
                        key
                    };
                    declared.keys = keys.into_iter().map(|(key, site)| (renamed(key), site)).collect();
                });
                None
            }
            Change::NameKey { table, name, key } => {
                self.with(table, |declared| {
                    declared.named.insert(name.clone(), key.clone());
                });
                None
            }
            Change::DropKey { table, name } => {
                self.with(table, |declared| {
                    let named = declared.named.remove(name);
                    // Who gives a key no name gets PostgreSQL's.
                    let usual = |key: &Key| format!("{}_{}_fkey", table.rsplit('.').next().unwrap_or(table), key.columns.join("_"));
                    declared.keys.retain(|key, _| named.as_ref() != Some(key) && usual(key) != *name);
                });
                None
            }
            Change::AddKey { table, key } => {
                self.with(table, |declared| {
                    declared.keys.entry(key.clone()).or_insert_with(|| site.clone());
                });
                None
            }
        }
    }

    fn with(&mut self, table: &str, change: impl FnOnce(&mut Declared)) {
        if let Some(declared) = self.tables.get_mut(table) {
            change(declared);
        }
    }

    /// Lays another schema over this one.
    pub(super) fn merge(&mut self, other: Catalog) {
        for (name, declared) in other.tables {
            let is_new = !self.tables.contains_key(&name);
            let own = self.tables.entry(name).or_default();
            own.is_view = declared.is_view && (is_new || own.is_view);
            add_columns(own, &declared.columns);
            own.sites.extend(declared.sites);
            for (key, site) in declared.keys {
                own.keys.entry(key).or_insert(site);
            }
        }
    }

    /// A table of which nothing but the name is known, or a column less.
    pub(super) fn declare(&mut self, table: &str, columns: &[String], site: Site) {
        let declared = self.tables.entry(table.to_owned()).or_default();
        add_columns(declared, columns);
        declared.sites.insert(site);
    }
}

fn add_columns(declared: &mut Declared, columns: &[String]) {
    for column in columns {
        if !declared.columns.contains(column) {
            declared.columns.push(column.clone());
        }
    }
}

impl Family {
    /// What a table of this family is where nothing else is said.
    pub(super) fn kind(self, is_view: bool) -> StoreKind {
        match self {
            Family::Relational if is_view => StoreKind::View,
            Family::Relational => StoreKind::Table,
            Family::Collection => StoreKind::Collection,
            Family::Keys => StoreKind::Keys,
        }
    }
}
