//! Tables by candidate, and statements that nobody can read. What is advised on them stands in a section of its own.

use super::super::page::{Page, rest};
use super::super::places;
use super::sides;
use crate::model::analysis::Analysis;
use crate::report::escape::{code, prose};
use crate::report::view;
use crate::report::view::evidence::{TableRow, tables};
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
