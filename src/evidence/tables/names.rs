//! What names in the code stand for tables.
//!
//! Takes: the code base. Gives: [`Names`], which finds the table that a path or type of the code stands for, and what diesel's macros and
//! sea-orm's entities say of the schema. `table!` and derives make modules and types that nobody wrote: a path to one leads to the module
//! in which they are made, and what is left of it ([`Path::rest`]).

use super::catalog::Catalog;
use super::diesel_schema;
use super::sea_orm::ENTITY;
use super::sql::{self, Key};
use super::touch::chain;
use crate::evidence::code::Code;
use crate::model::calls::{Attribute, CallKind, Path, TypeName, Value};
use crate::model::codebase::{Codebase, ItemKind};
use crate::model::evidence::data::Access;
use crate::model::ids::{ItemId, ModuleId};
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// Derives that make names of variants.
const IDENS: &[&str] = &["Iden", "DeriveIden", "IdenStatic"];
/// Functions of an entity that are made of one another are followed this far.
const ROUNDS: usize = 5;
/// Types of statements that sea-orm has not run yet.
const STATEMENTS: &[&str] = &[
    "Select",
    "SelectTwo",
    "SelectTwoMany",
    "SelectThree",
    "Selector",
    "Insert",
    "TryInsert",
    "InsertMany",
    "UpdateOne",
    "UpdateMany",
    "DeleteOne",
    "DeleteMany",
];
/// Derives of diesel's for rows.
const ROWS: &[&str] = &["Identifiable", "Insertable", "AsChangeset", "Selectable", "HasQuery"];

/// Tables by what stands for them.
pub(super) struct Names<'a> {
    codebase: &'a Codebase,
    /// Tables of `table!` by the module in which it stands and the name that it makes there.
    made: BTreeMap<(ModuleId, String), String>,
    /// The same by name alone.
    made_by_name: BTreeMap<String, String>,
    /// sea-orm's entities by their module.
    entities: BTreeMap<ModuleId, String>,
    /// Types that are rows of a table.
    rows: BTreeMap<ItemId, String>,
    /// Tables from which a type's own query reads, where that is written beside it.
    queries: BTreeMap<ItemId, Vec<String>>,
    /// What functions that people give an entity do to its table, by its module and the function's name.
    functions: BTreeMap<(ModuleId, String), Access>,
    /// What functions that give a statement do to tables, as far as it is built in them.
    builders: BTreeMap<ItemId, BTreeSet<(String, Access)>>,
    /// What an entity's relation leads to, by the enum and its variant.
    relations: BTreeMap<(ItemId, String), String>,
    /// Types whose variants are names of tables and columns.
    idens: BTreeMap<ItemId, BTreeMap<String, String>>,
}

impl<'a> Names<'a> {
    /// Reads them, and declares what they say of the schema.
    pub(super) fn read(code: &'a Code<'a>, catalog: &mut Catalog) -> Self {
        let codebase = code.codebase;
        let mut names = Names {
            codebase,
            made: BTreeMap::new(),
            made_by_name: BTreeMap::new(),
            entities: BTreeMap::new(),
            rows: BTreeMap::new(),
            queries: BTreeMap::new(),
            functions: BTreeMap::new(),
            builders: BTreeMap::new(),
            relations: BTreeMap::new(),
            idens: BTreeMap::new(),
        };
        names.macros(catalog);
        names.joinables(catalog);
        names.types();
        names.entities(catalog);
        names.functions();
        names.builders(code);
        names
    }

    fn macros(&mut self, catalog: &mut Catalog) {
        for (invocation, text) in self.codebase.invocations.iter().filter_map(|i| Some((i, macro_text(i, &["table", "view"])?))) {
            for table in diesel_schema::tables(text) {
                let line = invocation.call.line + table.line;
                catalog.declare(&table.table, &table.columns, self.site(invocation.file.index(), line));
                self.made_by_name.insert(table.name.clone(), table.table.clone());
                self.made.insert((invocation.from, table.name), table.table);
            }
        }
    }

    fn joinables(&self, catalog: &mut Catalog) {
        for (invocation, text) in self.codebase.invocations.iter().filter_map(|i| Some((i, macro_text(i, &["joinable"])?))) {
            let Some((from, to, column)) = diesel_schema::joinable(text) else { continue };
            let (from, to) = (self.made_in(invocation.from, &from), self.made_in(invocation.from, &to));
            if let Some(table) = from.and_then(|f| catalog.tables.get_mut(f))
                && let Some(to) = to
            {
                let site = self.site(invocation.file.index(), invocation.call.line);
                table.keys.entry(Key { columns: vec![column], to: to.to_owned() }).or_insert(site);
            }
        }
    }

    fn made_in(&self, module: ModuleId, name: &str) -> Option<&str> {
        let last = name.rsplit("::").next().unwrap_or(name);
        self.made.get(&(module, last.to_owned())).or_else(|| self.made_by_name.get(last)).map(String::as_str)
    }

    /// Types that are rows, and those whose variants are names.
    fn types(&mut self) {
        for (at, item) in self.codebase.items.iter().enumerate() {
            let id = ItemId::from(at);
            if item.derives.iter().any(|d| IDENS.contains(&d.as_str())) {
                self.idens.insert(id, iden_names(&item.name, &item.attributes, &item.members));
            }
            if item.derives.iter().any(|d| d == "HasQuery") {
                let written = item.attributes.iter().filter(|a| a.path == "diesel").map(|a| a.arguments.replace(char::is_whitespace, ""));
                let queries = written.filter_map(|text| text.split_once("base_query=").map(|(_, query)| query.to_owned()));
                let tables: Vec<String> = queries.flat_map(|query| self.named_in(&query)).collect();
                if let Some(first) = tables.first() {
                    self.rows.insert(id, first.clone());
                    self.queries.insert(id, tables);
                }
            }
            let table =
                item.attributes.iter().filter(|a| a.path == "diesel" || a.path == "table_name").find_map(|a| match a.path.as_str() {
                    "table_name" => Some(a.arguments.trim_matches('"').to_owned()),
                    _ => argument(&a.arguments, "table_name"),
                });
            if let Some(table) = table {
                let last = table.rsplit("::").next().unwrap_or(&table).to_owned();
                let table = self.made_by_name.get(&last).cloned().unwrap_or_else(|| last.to_lowercase());
                self.rows.insert(id, table);
            } else if item.kind == ItemKind::Struct && item.derives.iter().any(|d| ROWS.contains(&d.as_str())) {
                // Without a name, diesel takes the type's in the plural.
                let plural = format!("{}s", snake(&item.name));
                if let Some(table) = self.made_by_name.get(&plural) {
                    self.rows.insert(id, table.clone());
                }
            }
        }
    }

    /// The tables that stand in a query of diesel's, as `users::table`.
    fn named_in(&self, query: &str) -> Vec<String> {
        let names = query.match_indices("::table").map(|(at, _)| query[..at].rsplit(|c: char| !c.is_alphanumeric() && c != '_').next());
        let mut tables: Vec<String> = names.flatten().filter_map(|name| self.made_by_name.get(name).cloned()).collect();
        tables.dedup();
        tables
    }

    /// `impl Entity { fn open() -> Select<Entity> { Self::find().filter(…) } }`: it does what it is made of.
    fn functions(&mut self) {
        // One may be made of another: each round finds those that are made of what is known.
        for _ in 0..ROUNDS {
            let known = self.functions.len();
            self.functions_of_known();
            if self.functions.len() == known {
                break;
            }
        }
    }

    fn functions_of_known(&mut self) {
        for invocation in &self.codebase.invocations {
            let Some(item) = invocation.item.filter(|_| self.entities.contains_key(&invocation.from)) else { continue };
            let function = &self.codebase.items[item.index()];
            let of_entity = function.parent.is_some_and(|p| self.codebase.items[p.index()].name.ends_with("impl Entity"));
            let Some(access) = chain(&invocation.call).first().and_then(|first| {
                let (_, name) = first.callee.text.rsplit_once("::").filter(|(of, _)| matches!(*of, "Self" | "Entity"))?;
                let usual = ENTITY.iter().find(|(operation, _)| *operation == name).map(|(_, access)| *access);
                usual.or_else(|| self.functions.get(&(invocation.from, name.to_owned())).copied())
            }) else {
                continue;
            };
            if of_entity {
                self.functions.entry((invocation.from, function.name.clone())).or_insert(access);
            }
        }
    }

    /// `fn open() -> Select<Order> { Order::find().filter(…) }`, wherever it stands.
    fn builders(&mut self, code: &Code<'_>) {
        let mut gives: BTreeMap<ItemId, bool> = BTreeMap::new();
        for invocation in &self.codebase.invocations {
            let Some(item) = invocation.item else { continue };
            let Some(root) = chain(&invocation.call).first().copied() else { continue };
            let Some((table, access)) = self.entity(&root.callee).map(|(t, _)| t.to_owned()).zip(self.operation(&root.callee)) else {
                continue;
            };
            let is_statement = *gives.entry(item).or_insert_with(|| {
                let line = usize::try_from(self.codebase.items[item.index()].line.saturating_sub(1)).unwrap_or(usize::MAX);
                code.lines(invocation.file, |lines| {
                    let signature: String = lines.iter().skip(line).flatten().take_while(|c| **c != '{').collect();
                    let given = signature.rsplit_once("->").map_or("", |(_, given)| given);
                    let given = given.split('<').next().unwrap_or_default().trim().rsplit("::").next().unwrap_or_default();
                    STATEMENTS.contains(&given)
                })
                .unwrap_or(false)
            });
            if is_statement {
                self.builders.entry(item).or_default().insert((table, access));
            }
        }
    }

    fn entities(&mut self, catalog: &mut Catalog) {
        for (at, item) in self.codebase.items.iter().enumerate() {
            let is_entity = item.derives.iter().any(|d| d == "DeriveEntityModel" || d == "DeriveEntity" || d == "DeriveModel");
            let attribute = |name: &str| of_attributes(&item.attributes, "sea_orm", name);
            let Some(table) = attribute("table_name").filter(|_| is_entity) else { continue };
            let schema = attribute("schema_name").unwrap_or_default();
            let table = sql::joined(&[schema.to_lowercase(), table.to_lowercase()]);
            let id = ItemId::from(at);
            self.entities.insert(item.module, table.clone());
            self.rows.insert(id, table.clone());
            let is_relation = |types: &str| ["HasOne<", "HasMany<", "BelongsTo<"].iter().any(|w| types.replace(' ', "").starts_with(w));
            let columns: Vec<String> = item
                .members
                .iter()
                .filter(|m| {
                    item.name == "Model" && !is_relation(&m.types) && !m.attributes.iter().any(|a| has_word(&a.arguments, "ignore"))
                })
                .map(|m| {
                    of_attributes(&m.attributes, "sea_orm", "column_name").unwrap_or_else(|| m.name.trim_start_matches("r#").to_owned())
                })
                .collect();
            catalog.declare(&table, &columns, self.codebase.item_site(id));
        }
        self.relations(catalog);
    }

    /// Relations of entities: what they lead to, and foreign keys.
    fn relations(&mut self, catalog: &mut Catalog) {
        for (at, item) in self.codebase.items.iter().enumerate() {
            let Some(own) = self.entities.get(&item.module).cloned() else { continue };
            let id = ItemId::from(at);
            for member in &item.members {
                for attribute in member.attributes.iter().filter(|a| a.path == "sea_orm") {
                    let named =
                        ["belongs_to", "has_many", "has_one"].into_iter().find_map(|w| Some((w, argument(&attribute.arguments, w)?)));
                    // Of a field, its type says what it leads to.
                    let of_type = has_word(&attribute.arguments, "belongs_to").then(|| ("belongs_to", inner_type(&member.types)));
                    let Some((kind, target)) = named.or(of_type) else { continue };
                    let Some(to) = self.entity_of(item.module, &target) else { continue };
                    self.relations.insert((id, member.name.clone()), to.clone());
                    if kind == "belongs_to"
                        && let Some(from) = argument(&attribute.arguments, "from")
                        && let Some(table) = catalog.tables.get_mut(&own)
                    {
                        let columns = from.trim_matches(['(', ')']).split(',');
                        let columns = columns.map(|c| snake(c.rsplit("::").next().unwrap_or(c).trim())).collect();
                        let site = Site::new(self.codebase.item_site(id).file, attribute.line);
                        table.keys.entry(Key { columns, to }).or_insert(site);
                    }
                }
            }
        }
    }

    /// The table of an entity that is named by a path in text: `super::cake::Entity`.
    fn entity_of(&self, from: ModuleId, path: &str) -> Option<String> {
        let mut segments: Vec<&str> = path.split("::").map(str::trim).collect();
        segments.pop();
        let mut at = from;
        let mut rest = segments.as_slice();
        while let Some((first, others)) = rest.split_first() {
            match *first {
                "super" => at = self.codebase.modules[at.index()].parent?,
                "crate" => at = self.codebase.crates[self.codebase.modules[at.index()].krate.index()].root,
                "self" => {}
                _ => break,
            }
            rest = others;
        }
        let id = std::iter::once(self.codebase.modules[at.index()].id.as_str()).chain(rest.iter().copied()).collect::<Vec<_>>().join("::");
        if let Some(table) = self.codebase.module(&id).and_then(|m| self.entities.get(&m)) {
            return Some(table.clone());
        }
        // Through a re-export: the only entity whose module has this name.
        let name = rest.last()?;
        let mut all = self.entities.iter().filter(|(m, _)| self.codebase.modules[m.index()].name() == *name);
        let (_, table) = all.next()?;
        all.next().is_none().then(|| table.clone())
    }

    fn site(&self, file: usize, line: u32) -> Site {
        Site::new(self.codebase.files[file].path.clone(), line)
    }

    /// The table of diesel's that a path stands for: `users::table`, `users::dsl::users`.
    pub(super) fn diesel(&self, path: &Path) -> Option<&str> {
        if path.item.is_some() {
            return None;
        }
        if path.is_external {
            // Behind `use diesel::prelude::*` that explains a name, though `use schema::users::dsl::*` says what it is.
            let of_prelude = path.text.strip_prefix("diesel::").map(|rest| rest.strip_prefix("prelude::").unwrap_or(rest))?;
            let name = match of_prelude.split("::").collect::<Vec<_>>().as_slice() {
                [name] | [name, "table"] => *name,
                [name, "dsl", again] if name == again => *name,
                _ => return None,
            };
            return self.made_by_name.get(name).map(String::as_str);
        }
        let written = if path.module.is_some() && !path.rest.is_empty() { &path.rest } else { &path.text };
        let segments: Vec<&str> = written.split("::").collect();
        let name = match segments.as_slice() {
            [.., name, "table"] => name,
            [.., name, "dsl", again] if name == again => name,
            // An import of everything in several such modules does not say from which it is.
            [only] if self.made_by_name.contains_key(*only) => only,
            _ => return None,
        };
        let of_module = path.module.and_then(|m| self.made.get(&(m, (*name).to_owned())));
        of_module.or_else(|| self.made_by_name.get(*name)).map(String::as_str)
    }

    /// The table that `table!` makes under this name.
    pub(super) fn made_as(&self, name: &str) -> Option<&str> {
        self.made_by_name.get(name).map(String::as_str)
    }

    /// The table of the entity in whose module a path ends, and what is left of the path: `Entity::find`.
    pub(super) fn entity<'p>(&self, path: &'p Path) -> Option<(&str, &'p str)> {
        let table = path.module.and_then(|m| self.entities.get(&m))?;
        Some((table, &path.rest))
    }

    /// What a function of an entity does to its table.
    pub(super) fn operation(&self, path: &Path) -> Option<Access> {
        let operation = path.rest.strip_prefix("Entity::")?;
        let usual = ENTITY.iter().find(|(name, _)| *name == operation).map(|(_, access)| *access);
        usual.or_else(|| self.functions.get(&(path.module?, operation.to_owned())).copied())
    }

    /// What a function that gives a statement does to tables.
    pub(super) fn built(&self, function: ItemId) -> impl Iterator<Item = (&str, Access)> {
        self.builders.get(&function).into_iter().flatten().map(|(table, access)| (table.as_str(), *access))
    }

    /// The table of an entity of which a type or function is named in a module: `order::ActiveModel`.
    pub(super) fn entity_named(&self, module: ModuleId, path: &str) -> Option<String> {
        self.entity_of(module, path)
    }

    /// The tables from which a type's own query reads.
    pub(super) fn query(&self, item: ItemId) -> Vec<&str> {
        match self.queries.get(&item) {
            Some(tables) => tables.iter().map(String::as_str).collect(),
            None => self.row(item).into_iter().collect(),
        }
    }

    /// The table of the entity of which values of a type are rows.
    pub(super) fn entity_row_of(&self, ty: &TypeName) -> Option<&str> {
        let of_entity = |item: &&ItemId| self.entities.contains_key(&self.codebase.items[item.index()].module);
        ty.items.iter().filter(of_entity).find_map(|item| self.row(*item))
    }

    /// The table of which an item is a row.
    pub(super) fn row(&self, item: ItemId) -> Option<&str> {
        self.rows.get(&item).map(String::as_str)
    }

    /// The table of which values of a type are rows.
    pub(super) fn row_of(&self, ty: &TypeName) -> Option<&str> {
        ty.items.iter().find_map(|item| self.row(*item))
    }

    /// The tables from and to which a relation leads.
    pub(super) fn relation(&self, path: &Path) -> Option<(&str, &str)> {
        let item = path.item?;
        let to = self.relations.get(&(item, path.name().to_owned()))?;
        let from = self.entities.get(&self.codebase.items[item.index()].module)?;
        Some((from, to))
    }

    /// The name for which a value stands in sea-query: a variant, an entity, a text.
    pub(super) fn iden(&self, value: &Value) -> Option<String> {
        match value {
            Value::Text(text) => Some(text.to_lowercase()),
            Value::Path(path) => {
                if let Some((table, "Entity")) = self.entity(path) {
                    return Some(table.to_owned());
                }
                let names = self.idens.get(&path.item?)?;
                names.get(path.name()).or_else(|| names.get("Table")).cloned()
            }
            Value::Call(call) => match (call.kind, call.name()) {
                (CallKind::Function, "new" | "from" | "Alias") => call.args.first().and_then(|a| self.iden(a)),
                (CallKind::Method, "into_iden" | "into_table_ref" | "to_string" | "clone" | "into" | "to_owned" | "table_ref" | "def") => {
                    call.receiver.as_deref().and_then(|r| self.iden(r))
                }
                _ => None,
            },
            Value::List(parts) => {
                let parts: Option<Vec<String>> = parts.iter().map(|p| self.iden(p)).collect();
                parts.filter(|p| !p.is_empty()).map(|parts| sql::joined(&parts))
            }
            _ => None,
        }
    }
}

fn macro_text<'i>(invocation: &'i crate::model::calls::Invocation, names: &[&str]) -> Option<&'i str> {
    let call = &invocation.call;
    (call.kind == CallKind::Macro && names.contains(&call.name())).then_some(call.text.as_deref()).flatten()
}

/// Names that variants stand for.
fn iden_names(name: &str, attributes: &[Attribute], members: &[crate::model::calls::Member]) -> BTreeMap<String, String> {
    let own = |attributes: &[Attribute]| {
        let of_iden = attributes.iter().find(|a| a.path == "iden" || a.path == "method").filter(|a| a.path == "iden");
        let plain = of_iden.map(|a| argument(&a.arguments, "rename").unwrap_or_else(|| unquoted(&a.arguments)));
        plain.or_else(|| of_attributes(attributes, "sea_orm", "iden")).map(|n| n.to_lowercase())
    };
    let table = own(attributes).unwrap_or_else(|| snake(name));
    let mut names: BTreeMap<String, String> = members
        .iter()
        .map(|m| {
            let name = own(&m.attributes).unwrap_or_else(|| if m.name == "Table" { table.clone() } else { snake(&m.name) });
            (m.name.clone(), name)
        })
        .collect();
    names.entry("Table".into()).or_insert(table);
    names
}

/// What an attribute says behind `name =`.
fn of_attributes(attributes: &[Attribute], path: &str, name: &str) -> Option<String> {
    attributes.iter().filter(|a| a.path == path).find_map(|a| argument(&a.arguments, name))
}

fn argument(arguments: &str, name: &str) -> Option<String> {
    let mut from = 0;
    while let Some(found) = arguments[from..].find(name) {
        let start = from + found;
        let end = start + name.len();
        let is_word = !arguments[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        if is_word && let Some(value) = arguments[end..].trim_start().strip_prefix('=') {
            let value = value.trim_start();
            let value = match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or_default(),
                None => value.split(',').next().unwrap_or_default().trim(),
            };
            return Some(value.to_owned());
        }
        from = end;
    }
    None
}

fn has_word(arguments: &str, word: &str) -> bool {
    arguments.split(|c: char| !c.is_alphanumeric() && c != '_').any(|w| w == word)
}

fn unquoted(text: &str) -> String {
    text.trim().trim_start_matches('=').trim().trim_matches('"').to_owned()
}

/// `Option<super::user::Entity>` of `HasOne<Option<super::user::Entity>>`.
fn inner_type(types: &str) -> String {
    let inner = types.rsplit('<').next().unwrap_or(types);
    inner.trim_end_matches(['>', ' ']).replace(' ', "")
}

/// `CrateMeta` to `crate_meta`, as the derives have it.
pub(super) fn snake(name: &str) -> String {
    let chars: Vec<char> = name.chars().collect();
    let mut out = String::new();
    for (at, c) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|b| chars[b]);
        let starts = c.is_uppercase()
            && before.is_some_and(|b| b != '_' && (!b.is_uppercase() || chars.get(at + 1).is_some_and(|n| n.is_lowercase())));
        if starts {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
