//! What a parsed statement makes of the schema.
//!
//! Takes: a statement. Gives: [`Change`]s in its order. What a change does to tables is the catalog's business.

use super::{Reading, ident, name};
use serde::{Deserialize, Serialize};
use sqlparser::ast::{
    AlterTableOperation, ColumnDef, ColumnOption, ForeignKeyConstraint, ObjectName, ObjectType, RenameTableNameKind, Statement,
    TableConstraint,
};

/// A change of the schema.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::evidence::tables) enum Change {
    /// A table or view is made.
    Create {
        table: String,
        is_view: bool,
        columns: Vec<String>,
        keys: Vec<Key>,
        /// It may be there already.
        lenient: bool,
    },
    /// A column is added.
    AddColumn { table: String, column: String },
    /// A column is taken away.
    DropColumn { table: String, column: String },
    /// A column gets another name.
    RenameColumn { table: String, from: String, to: String },
    /// A foreign key is added.
    AddKey { table: String, key: Key },
    /// A foreign key that was added has a name.
    NameKey { table: String, name: String, key: Key },
    /// The foreign key of this name, if there is one, is taken away.
    DropKey { table: String, name: String },
    /// Something else of it is changed.
    Alter { table: String, lenient: bool },
    /// It gets another name.
    Rename { table: String, to: String },
    /// It is taken away.
    Drop { table: String, lenient: bool },
}

/// Columns that point at another table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(in crate::evidence::tables) struct Key {
    pub(in crate::evidence::tables) columns: Vec<String>,
    pub(in crate::evidence::tables) to: String,
}

impl Change {
    /// The table that is changed.
    pub(in crate::evidence::tables) fn table(&self) -> &str {
        match self {
            Change::Create { table, .. }
            | Change::AddColumn { table, .. }
            | Change::DropColumn { table, .. }
            | Change::RenameColumn { table, .. }
            | Change::AddKey { table, .. }
            | Change::NameKey { table, .. }
            | Change::DropKey { table, .. }
            | Change::Alter { table, .. }
            | Change::Rename { table, .. }
            | Change::Drop { table, .. } => table,
        }
    }
}

pub(super) fn of(statement: &Statement, reading: &mut Reading) {
    let changes = &mut reading.changes;
    match statement {
        Statement::CreateTable(create) => {
            let mut keys: Vec<Key> = create.columns.iter().flat_map(inline_keys).collect();
            keys.extend(create.constraints.iter().filter_map(constraint));
            let table = name(&create.name);
            changes.push(Change::Create {
                table: table.clone(),
                is_view: false,
                columns: create.columns.iter().map(|c| ident(&c.name)).collect(),
                keys,
                lenient: create.if_not_exists || create.or_replace || create.temporary,
            });
            changes.extend(create.constraints.iter().filter_map(|c| named(&table, c)));
        }
        Statement::CreateVirtualTable { name: table, if_not_exists, .. } => {
            changes.push(Change::Create {
                table: name(table),
                is_view: false,
                columns: Vec::new(),
                keys: Vec::new(),
                lenient: *if_not_exists,
            });
        }
        Statement::CreateView(create) => changes.push(Change::Create {
            table: name(&create.name),
            is_view: true,
            columns: create.columns.iter().map(|c| ident(&c.name)).collect(),
            keys: Vec::new(),
            lenient: true,
        }),
        Statement::AlterTable(alter) => {
            let table = name(&alter.name);
            changes.push(Change::Alter { table: table.clone(), lenient: alter.if_exists });
            for operation in &alter.operations {
                altered(&table, operation, changes);
            }
        }
        Statement::RenameTable(renames) => {
            changes.extend(renames.iter().map(|r| Change::Rename { table: name(&r.old_name), to: name(&r.new_name) }));
        }
        Statement::Drop { object_type, if_exists, names, .. } => {
            let lenient = match object_type {
                ObjectType::Table => *if_exists,
                // A view may be one that was not understood.
                ObjectType::View | ObjectType::MaterializedView => true,
                _ => return,
            };
            changes.extend(names.iter().map(|n| Change::Drop { table: name(n), lenient }));
        }
        _ => {}
    }
}

fn altered(table: &str, operation: &AlterTableOperation, changes: &mut Vec<Change>) {
    let table = table.to_owned();
    match operation {
        AlterTableOperation::AddColumn { column_def, .. } => {
            changes.push(Change::AddColumn { table: table.clone(), column: ident(&column_def.name) });
            changes.extend(inline_keys(column_def).into_iter().map(|key| Change::AddKey { table: table.clone(), key }));
        }
        AlterTableOperation::DropColumn { column_names, .. } => {
            changes.extend(column_names.iter().map(|c| Change::DropColumn { table: table.clone(), column: ident(c) }));
        }
        AlterTableOperation::RenameColumn { old_column_name: from, new_column_name: to }
        | AlterTableOperation::ChangeColumn { old_name: from, new_name: to, .. } => {
            changes.push(Change::RenameColumn { table, from: ident(from), to: ident(to) });
        }
        AlterTableOperation::AddConstraint { constraint: added, .. } => {
            let name = named(&table, added);
            changes.extend(constraint(added).map(|key| Change::AddKey { table, key }));
            changes.extend(name);
        }
        AlterTableOperation::DropConstraint { name, .. } | AlterTableOperation::DropForeignKey { name, .. } => {
            changes.push(Change::DropKey { table, name: ident(name) });
        }
        AlterTableOperation::RenameTable { table_name } => {
            let (RenameTableNameKind::As(to) | RenameTableNameKind::To(to)) = table_name;
            changes.push(Change::Rename { to: beside(&table, to), table });
        }
        _ => {}
    }
}

/// The new name of a table, which stays in its schema.
fn beside(table: &str, to: &ObjectName) -> String {
    let to = name(to);
    match table.rsplit_once('.') {
        Some((schema, _)) if !to.contains('.') => format!("{schema}.{to}"),
        _ => to,
    }
}

fn inline_keys(column: &ColumnDef) -> Vec<Key> {
    let options = column.options.iter().filter_map(|o| match &o.option {
        ColumnOption::ForeignKey(key) => Some(Key { columns: vec![ident(&column.name)], to: name(&key.foreign_table) }),
        _ => None,
    });
    options.collect()
}

/// The name that somebody gave a foreign key.
fn named(table: &str, added: &TableConstraint) -> Option<Change> {
    match added {
        TableConstraint::ForeignKey(ForeignKeyConstraint { name: Some(name), .. }) => {
            Some(Change::NameKey { table: table.to_owned(), name: ident(name), key: constraint(added)? })
        }
        _ => None,
    }
}

fn constraint(constraint: &TableConstraint) -> Option<Key> {
    match constraint {
        TableConstraint::ForeignKey(ForeignKeyConstraint { columns, foreign_table, .. }) => {
            Some(Key { columns: columns.iter().map(ident).collect(), to: name(foreign_table) })
        }
        _ => None,
    }
}
