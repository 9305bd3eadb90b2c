//! Tables, and the statements on them.
//!
//! Takes: calls with their arguments, items with their attributes, and files of migrations. Gives: [`Table`]s with columns and foreign
//! keys, a [`Statement`] for each place that reads, writes or makes some, an [`UnknownStatement`] where that is decided at run time, and
//! ties between the modules that share a table.
//!
//! * `migrations`, `diesel_schema`, `names`: what is declared. `catalog`: the schema that comes of it.
//! * `touch`: each call at its place. `text`: arguments as text. `sql`: what SQL says.
//! * `offline`: statements that sqlx keeps beside the code.
//! * `raw`, `diesel`, `sea_orm`, `sea_query`, `stores`: what a call of one technology does. `rows`: variables that are rows of entities.
//!
//! # Which table
//!
//! Names are lower case. A schema is a part of the name where one is written that is not the usual one. SQL, `table!` and entities of one
//! name are one table. A name with a part that is only known at run time is none.
//!
//! # Ties
//!
//! A table holds together the modules that write it, each with [`WRITER`], and less those that only read it, each with [`READER`]: what is
//! written has one owner, what is read may be asked for. Where more than a third of all modules that touch data touch one table
//! ([`HUB`]), it says little about any two of them: its ties are divided by the binary logarithm of their number. Migrations in SQL have
//! no module, and who makes or changes a table need not be who uses it: neither ties.

mod catalog;
mod diesel;
mod diesel_schema;
mod migrations;
mod names;
mod offline;
mod raw;
mod rows;
mod sea_orm;
mod sea_query;
pub(in crate::evidence) mod sql;
mod stores;
#[cfg(test)]
mod tests;
pub(in crate::evidence) mod text;
mod touch;

use super::{Gathered, Question, Source, Spec};
use crate::model::calls::{Value, Word};
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::Evidence;
use crate::model::evidence::Spot;
use crate::model::evidence::data::{Access, ForeignKey, Statement, StoreKind, Table, TableId, UnknownStatement};
use crate::model::evidence::tie::Tie;
use crate::model::ids::ModuleId;
use crate::model::place::Site;
use catalog::{Catalog, Family, Name};
use names::Names;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use text::Texts;
use touch::{At, Scene, Touch};

/// How strongly who writes is held.
const WRITER: f64 = 1.0;
/// How strongly who only reads is held.
const READER: f64 = 0.4;
/// A table that more than one in so many modules touch, and more than [`FEW`], ties less.
const HUB: usize = 3;
const FEW: usize = 4;
/// Places that are given for a tie.
const SITES: usize = 5;

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    raw::words().chain(diesel::words()).chain(sea_orm::words()).chain(sea_query::words()).chain(stores::words()).collect()
});

static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec {
    name: "tables",
    noun: "statements",
    summary: "tables, collections and keys: who reads and who writes which",
    weight: 0.8,
    of_code: true,
    reading: "use the same table",
    words: &WORDS,
    after: &[],
});

/// The source.
pub(super) struct Tables;

impl Source for Tables {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let input = question.input;
        let mut evidence = Evidence::default();
        let codebase = input.codebase;
        let (offline, mut diagnostics) = offline::Offline::read(codebase, input.host, input.root);
        let (mut catalog, more) = migrations::read(input.host, input.root, input.store, offline.dialect());
        diagnostics.extend(more);
        let names = Names::read(question.code(), &mut catalog);
        let texts = Texts::new(codebase, input.host, input.root);
        let scene = Scene::new(question.code(), names, texts, offline.dialect());
        constants(&scene, &mut catalog);
        let added = raw::Additions::read(codebase);
        let touches = touch::all(codebase, &|heard, give| {
            raw::read(heard, &scene, &added, give);
            diesel::read(heard, &scene, give);
            sea_orm::read(heard, &scene, give);
            sea_query::read(heard, &scene, give);
            stores::read(heard, &scene, give);
        });
        for ((at, _), touch) in &touches {
            let site = site(&scene, *at);
            touch.changes.iter().filter(|c| is_lasting(c, touch)).for_each(|c| {
                catalog.apply(c, &site, false);
            });
            if let Some(refused) = &touch.refused {
                diagnostics
                    .push(Diagnostic::note("sql-not-understood", format!("a statement is read by its words only: {refused}")).at(site));
            }
        }
        let ids = tables(&catalog, &touches, &mut evidence);
        statements(&scene, &touches, &ids, &mut evidence);
        diagnostics.sort();
        diagnostics.dedup();
        let ties = ties(&evidence);
        let elsewhere = offline.elsewhere(touches.values().flat_map(|touch| &touch.checked));
        let nothing = evidence.statements.is_empty().then(|| nothing(&evidence));
        let notes: Vec<String> = nothing.into_iter().chain(elsewhere.as_ref().map(|(_, note)| note.clone())).collect();
        let note = (!notes.is_empty()).then(|| notes.join("; "));
        let (found, unknown) = (evidence.statements.len(), evidence.unknown_statements.len() + elsewhere.map_or(0, |(count, _)| count));
        Gathered { evidence, found, unknown, note, ties, diagnostics }
    }
}

fn nothing(evidence: &Evidence) -> String {
    match (evidence.tables.len(), evidence.unknown_statements.len()) {
        (0, 0) => "no call of a database that is known".into(),
        (tables, 0) => format!("{tables} tables are declared, and nothing is seen to use them"),
        (_, unknown) => format!("all {unknown} statements are made at run time"),
    }
}

/// Tables that are made by SQL in constants, whoever runs it.
fn constants(scene: &Scene<'_>, catalog: &mut Catalog) {
    for (item, value) in &scene.codebase.constants {
        for text in scene.texts.of(value, scene.texts.whence(*item)).iter().filter(|t| sql::declares(t) && sql::begins_like_sql(t)) {
            for reading in sql::read(text, scene.dialect) {
                let mut site = scene.codebase.item_site(*item);
                if matches!(value, Value::Text(_)) {
                    site.line += reading.line;
                }
                for change in reading.changes.iter().filter(|c| is_lasting_sql(c)) {
                    catalog.apply(change, &site, false);
                }
            }
        }
    }
}

/// Is it a part of the schema from then on? What code drops or renames may be its own intermediate step, or how it is taken back.
fn is_lasting(change: &sql::Change, touch: &Touch) -> bool {
    touch.technology == "sea-query" || is_lasting_sql(change)
}

fn is_lasting_sql(change: &sql::Change) -> bool {
    !matches!(change, sql::Change::Drop { .. } | sql::Change::Rename { .. })
}

fn site(scene: &Scene<'_>, (file, line, _): At) -> Site {
    Site::new(scene.codebase.files[file.index()].path.clone(), line)
}

/// Fills [`Evidence::tables`]; gives the id of each.
fn tables(catalog: &Catalog, touches: &BTreeMap<(At, String), Touch>, evidence: &mut Evidence) -> BTreeMap<Name, TableId> {
    let declared = catalog.tables.keys().map(|name| (name.clone(), Family::Relational));
    let pointed = catalog.tables.values().flat_map(|t| t.keys.keys()).map(|key| (key.to.clone(), Family::Relational));
    let used = touches.values().flat_map(|t| t.uses.iter().map(|(name, _)| name.clone()));
    let all: BTreeSet<Name> = declared.chain(pointed).chain(used).collect();
    let ids: BTreeMap<Name, TableId> =
        all.into_iter().enumerate().map(|(at, name)| (name, TableId(u32::try_from(at).unwrap_or(u32::MAX)))).collect();
    for (name, family) in ids.keys() {
        let of = catalog.tables.get(name).filter(|_| *family == Family::Relational);
        let key = |(key, site): (&sql::Key, &Site)| ForeignKey {
            to: ids[&(key.to.clone(), Family::Relational)],
            columns: key.columns.clone(),
            site: site.clone(),
        };
        let mut foreign_keys: Vec<ForeignKey> = of.map(|t| t.keys.iter().map(key).collect()).unwrap_or_default();
        foreign_keys.sort();
        evidence.tables.push(Table {
            name: name.clone(),
            kind: family.kind(of.is_some_and(|t| t.is_view)),
            columns: of.map(|t| t.columns.clone()).unwrap_or_default(),
            declared: of.map(|t| t.sites.iter().cloned().collect()).unwrap_or_default(),
            foreign_keys,
        });
    }
    ids
}

fn statements(scene: &Scene<'_>, touches: &BTreeMap<(At, String), Touch>, ids: &BTreeMap<Name, TableId>, evidence: &mut Evidence) {
    for ((at, technology), touch) in touches {
        let Some((module, item)) = touch.by else { continue };
        let by = Spot { module, item: item.map(|i| scene.codebase.item_path(i)), site: site(scene, *at) };
        if !touch.uses.is_empty() {
            let mut tables: Vec<(TableId, Access)> = touch.uses.iter().map(|(name, access)| (ids[name], *access)).collect();
            tables.sort();
            evidence.statements.push(Statement { by, tables, technology: technology.clone(), partial: touch.partial });
        } else if let Some(reason) = &touch.unknown {
            evidence.unknown_statements.push(UnknownStatement { by, technology: technology.clone(), reason: reason.clone() });
        }
    }
    evidence.statements.sort();
    evidence.statements.dedup();
    evidence.unknown_statements.sort();
    evidence.unknown_statements.dedup();
}

fn ties(evidence: &Evidence) -> Vec<Tie> {
    let mut held: BTreeMap<TableId, BTreeMap<ModuleId, f64>> = BTreeMap::new();
    let mut places: BTreeMap<TableId, BTreeSet<(bool, Site)>> = BTreeMap::new();
    for statement in &evidence.statements {
        for (table, access) in &statement.tables {
            let weight = match access {
                Access::Write => WRITER,
                Access::Read => READER,
                Access::Ddl => continue,
            };
            let slot = held.entry(*table).or_default().entry(statement.by.module).or_default();
            *slot = slot.max(weight);
            // Writers first.
            places.entry(*table).or_default().insert((*access == Access::Read, statement.by.site.clone()));
        }
    }
    let touching: BTreeSet<ModuleId> = held.values().flat_map(|modules| modules.keys()).copied().collect();
    let mut ties = Vec::new();
    for (table, modules) in held.into_iter().filter(|(_, modules)| modules.len() > 1) {
        let is_hub = modules.len() > FEW && modules.len() * HUB > touching.len();
        #[allow(clippy::cast_precision_loss, reason = "a number of modules")]
        let damped = if is_hub { (modules.len() as f64).log2() } else { 1.0 };
        let mut sites: Vec<Site> = places[&table].iter().take(SITES).map(|(_, site)| site.clone()).collect();
        sites.sort();
        let of = &evidence.tables[table.index()];
        let noun = if of.kind == StoreKind::Keys { "keys" } else { of.kind.name() };
        ties.push(Tie {
            source: SPEC.name.into(),
            subject: format!("{noun} {}", of.name),
            members: modules.into_iter().map(|(module, weight)| (module, weight / damped)).collect(),
            sites,
        });
    }
    ties
}
