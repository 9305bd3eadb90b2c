//! Which tables a parsed statement reads and writes.
//!
//! Takes: a statement. Gives: names in [`Reading::uses`]. Names of common table expressions and functions that stand as tables are none;
//! what is written to is not read as well only because it stands in the statement.

use super::{Reading, ident, name};
use crate::model::evidence::data::Access;
use sqlparser::ast::{
    CopySource, Expr, FromTable, LockType, ObjectName, ObjectType, Query, Select, Statement, TableFactor, TableObject, TableWithJoins,
    Visit, Visitor,
};
use std::ops::ControlFlow;

pub(super) fn of(statement: &Statement, reading: &mut Reading) {
    let mut walk = Walk { reading, frames: Vec::new(), own: Vec::new(), targets: Vec::new() };
    let ControlFlow::Continue(()) = statement.visit(&mut walk);
}

struct Walk<'r> {
    reading: &'r mut Reading,
    /// One for each query around here.
    frames: Vec<Frame>,
    /// Queries that are what a common table expression stands for, with its name, where that is not known inside of it.
    own: Vec<(*const Query, String)>,
    /// What statements write to, which is met again as a table that they name.
    targets: Vec<*const TableFactor>,
}

/// What a query makes known.
struct Frame {
    /// Names of its common table expressions.
    names: Vec<String>,
    /// The name for which it stands itself: inside, that is a table's.
    own: Option<String>,
}

impl Walk<'_> {
    fn is_expression(&self, table: &str) -> bool {
        let mut hidden = false;
        for frame in self.frames.iter().rev() {
            if frame.names.iter().any(|n| n == table) && !hidden {
                return true;
            }
            hidden = frame.own.as_deref() == Some(table);
        }
        false
    }

    fn add(&mut self, table: &ObjectName, access: Access) {
        let table = name(table);
        if !table.is_empty() {
            self.reading.uses.insert((table, access));
        }
    }

    /// A table that is written to; `among` are tables of the same statement for which its name may be an alias.
    fn target(&mut self, factor: &TableFactor, among: &[TableWithJoins]) {
        let TableFactor::Table { name: written, .. } = factor else { return };
        match aliased(&name(written), among) {
            Some(meant) => {
                if let TableFactor::Table { name, .. } = meant {
                    self.add(name, Access::Write);
                }
                self.targets.push(meant);
            }
            None => self.add(written, Access::Write),
        }
        self.targets.push(factor);
    }
}

/// The table that has this alias.
fn aliased<'a>(alias: &str, among: &'a [TableWithJoins]) -> Option<&'a TableFactor> {
    let factors = among.iter().flat_map(|t| std::iter::once(&t.relation).chain(t.joins.iter().map(|j| &j.relation)));
    factors.into_iter().find(|factor| match factor {
        TableFactor::Table { alias: Some(a), .. } => ident(&a.name) == alias,
        _ => false,
    })
}

impl Visitor for Walk<'_> {
    type Break = std::convert::Infallible;

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<Self::Break> {
        let own = self.own.iter().find(|(of, _)| std::ptr::eq(*of, query)).map(|(_, name)| name.clone());
        let mut names = Vec::new();
        if let Some(with) = &query.with {
            names.extend(with.cte_tables.iter().map(|cte| ident(&cte.alias.name)));
            if !with.recursive {
                self.own.extend(with.cte_tables.iter().map(|cte| (std::ptr::from_ref(&*cte.query), ident(&cte.alias.name))));
            }
        }
        self.frames.push(Frame { names, own });
        self.reading.locks |= query.locks.iter().any(|l| matches!(l.lock_type, LockType::Update));
        ControlFlow::Continue(())
    }

    fn post_visit_query(&mut self, _: &Query) -> ControlFlow<Self::Break> {
        self.frames.pop();
        ControlFlow::Continue(())
    }

    fn pre_visit_select(&mut self, select: &Select) -> ControlFlow<Self::Break> {
        if let Some(into) = &select.into {
            for target in &into.targets {
                if let Expr::Identifier(table) = target {
                    self.reading.uses.insert((ident(table), Access::Write));
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<Self::Break> {
        if let TableFactor::Table { name: written, args: None, .. } = factor
            && !self.targets.iter().any(|t| std::ptr::eq(*t, factor))
            && !self.is_expression(&name(written))
        {
            self.add(written, Access::Read);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<Self::Break> {
        match statement {
            Statement::Insert(insert) => {
                if let TableObject::TableName(table) = &insert.table {
                    self.add(table, Access::Write);
                }
            }
            Statement::Update(update) => {
                let from = update.from.as_ref().map(|kind| match kind {
                    sqlparser::ast::UpdateTableFromKind::BeforeSet(t) | sqlparser::ast::UpdateTableFromKind::AfterSet(t) => t.as_slice(),
                });
                self.target(&update.table.relation, from.unwrap_or_default());
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
                for table in &delete.tables {
                    let of_alias = aliased(&name(table), from);
                    self.targets.extend(of_alias.map(std::ptr::from_ref));
                    match of_alias {
                        Some(TableFactor::Table { name, .. }) => self.add(name, Access::Write),
                        _ => self.add(table, Access::Write),
                    }
                }
                if delete.tables.is_empty() {
                    for table in from {
                        self.target(&table.relation, delete.using.as_deref().unwrap_or_default());
                    }
                }
            }
            Statement::Merge(merge) => self.target(&merge.table, &[]),
            Statement::Truncate(truncate) => truncate.table_names.iter().for_each(|t| self.add(&t.name, Access::Write)),
            Statement::Copy { source: CopySource::Table { table_name, .. }, to, .. } => {
                self.add(table_name, if *to { Access::Read } else { Access::Write });
            }
            Statement::CreateTable(create) => self.add(&create.name, Access::Ddl),
            Statement::CreateVirtualTable { name, .. } => self.add(name, Access::Ddl),
            Statement::CreateView(create) => self.add(&create.name, Access::Ddl),
            Statement::CreateIndex(create) => self.add(&create.table_name, Access::Ddl),
            Statement::AlterTable(alter) => self.add(&alter.name, Access::Ddl),
            Statement::RenameTable(renames) => renames.iter().for_each(|r| self.add(&r.old_name, Access::Ddl)),
            Statement::Drop { object_type: ObjectType::Table | ObjectType::View | ObjectType::MaterializedView, names, .. } => {
                names.iter().for_each(|n| self.add(n, Access::Ddl));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
