//! Tables by candidate, transactions that span several, statements that nobody can read.

use super::super::page::{Page, rest};
use super::super::places;
use super::sides;
use crate::model::analysis::Analysis;
use crate::model::evidence::data::{Access, TableId};
use crate::report::escape::{code, prose};
use crate::report::view;
use crate::report::view::evidence::{TableRow, split_transactions, tables};
use std::collections::BTreeSet;

/// Columns of a matrix that a page holds.
const COLUMNS: usize = 10;
/// Rows of one kind that are shown.
const MOST: usize = 60;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let evidence = &analysis.evidence;
    if evidence.tables.is_empty() && evidence.statements.is_empty() {
        return;
    }
    page.heading(2, "Data");
    let rows = tables(analysis);
    let shared = rows.iter().filter(|r| r.is_shared()).count();
    page.paragraph(&format!(
        "{} on {}; {} used by more than one side and written by some of them. R: read, W: written, D: created or changed by code that runs.",
        view::counted(evidence.statements.len(), "statement", "statements"),
        view::counted(rows.len(), "table", "tables"),
        if shared == 1 { "one is".to_owned() } else { format!("{} are", view::count(shared)) }
    ));
    matrix(&rows, page);
    transactions(analysis, page);
    keys_cut(analysis, &rows, page);
    unknown(analysis, page);
}

fn matrix(rows: &[TableRow<'_>], page: &mut Page) {
    let all: BTreeSet<&str> = rows.iter().flat_map(|r| r.uses.keys().copied()).collect();
    if all.is_empty() {
        return;
    }
    if all.len() <= COLUMNS {
        let columns = std::iter::once("Table".to_owned()).chain(all.iter().map(|s| code(s)));
        let cells = |row: &TableRow<'_>| {
            let uses = all.iter().map(|s| row.uses.get(s).map(|u| u.letters()).unwrap_or_default());
            std::iter::once(code(&row.table.name)).chain(uses).collect()
        };
        page.matrix(columns.collect(), rows.iter().take(MOST).map(cells).collect());
    } else {
        let who = |row: &TableRow<'_>, writes: bool| {
            sides(row.uses.iter().filter(|(_, u)| (u.writes + u.ddl > 0) == writes).map(|(side, _)| *side))
        };
        page.table(
            ["Table", "Written by", "Only read by"],
            rows.iter().take(MOST).map(|row| [code(&row.table.name), who(row, true), who(row, false)]),
        );
    }
    page.list(rest(rows.len(), MOST, "tables"));
}

fn transactions(analysis: &Analysis, page: &mut Page) {
    let all = analysis.evidence.transactions.len();
    if all == 0 {
        return;
    }
    page.heading(3, "Transactions");
    let split = split_transactions(analysis);
    page.paragraph(&format!(
        "{}; {} run code of several candidates, which cannot commit as one once they are apart: merge the candidates, or plan a saga or an outbox.",
        view::counted(all, "transaction", "transactions"),
        view::count(split.len())
    ));
    let name = |id: TableId, access: Access| format!("{} ({})", code(&analysis.evidence.tables[id.index()].name), access.name());
    page.list(split.iter().take(MOST).map(|(t, services)| {
        let tables: Vec<String> = t.tables.iter().map(|(id, access, _)| name(*id, *access)).collect();
        let tables = if tables.is_empty() { "no table that is known".to_owned() } else { tables.join(", ") };
        let item = t.by.item.as_deref().unwrap_or("a module");
        format!(
            "{} of {} ({}): {}; {tables}",
            code(item),
            code(&analysis.modules[t.by.module.index()].id),
            places(std::slice::from_ref(&t.by.site), 1),
            sides(services.iter().map(|s| analysis.service_id(*s)))
        )
    }));
    page.list(rest(split.len(), MOST, "transactions"));
}

/// Foreign keys between tables of different owners: the side that alone writes a table owns it.
fn keys_cut(analysis: &Analysis, rows: &[TableRow<'_>], page: &mut Page) {
    let owner = |name: &str| {
        let row = rows.iter().find(|r| r.table.name == name)?;
        let mut writers = row.uses.iter().filter(|(_, u)| u.writes > 0).map(|(side, _)| *side);
        let first = writers.next()?;
        writers.next().is_none().then_some(first)
    };
    let mut cut = Vec::new();
    for table in &analysis.evidence.tables {
        for key in &table.foreign_keys {
            let to = &analysis.evidence.tables[key.to.index()].name;
            if let (Some(a), Some(b)) = (owner(&table.name), owner(to))
                && a != b
            {
                let columns = key.columns.join(", ");
                let at = places(std::slice::from_ref(&key.site), 1);
                cut.push(format!("{}.{} of {} → {} of {} ({at})", code(&table.name), code(&columns), code(a), code(to), code(b)));
            }
        }
    }
    if !cut.is_empty() {
        page.heading(3, "Foreign keys between owners");
        page.paragraph("The database would no longer hold these together; the owner of a table is the only side that writes it.");
        let all = cut.len();
        page.list(cut.into_iter().take(MOST));
        page.list(rest(all, MOST, "foreign keys"));
    }
}

fn unknown(analysis: &Analysis, page: &mut Page) {
    let unknown = &analysis.evidence.unknown_statements;
    if unknown.is_empty() {
        return;
    }
    page.heading(3, "Statements that are made at run time");
    page.paragraph("What tables they touch cannot be told from the code: read these by hand.");
    page.list(
        unknown
            .iter()
            .take(MOST / 3)
            .map(|u| format!("{} at {}: {}", code(&u.technology), places(std::slice::from_ref(&u.by.site), 1), prose(&u.reason))),
    );
    page.list(rest(unknown.len(), MOST / 3, "statements"));
}
