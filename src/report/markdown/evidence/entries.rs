//! Where the outside comes in, by candidate.

use super::super::page::{Page, rest};
use super::super::places;
use crate::model::analysis::Analysis;
use crate::model::evidence::entry::{EntryKind, EntryPoint};
use crate::report::escape::code;
use crate::report::view;
use crate::report::view::evidence::{entry_points, side};
use std::collections::BTreeSet;

/// Entry points of one side that are shown.
const MOST: usize = 12;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    if analysis.evidence.entry_points.is_empty() {
        return;
    }
    page.heading(2, "Entry points");
    let sides = entry_points(analysis);
    let kinds = EntryKind::ALL.map(|kind| {
        let of = analysis.evidence.entry_points.iter().filter(|e| e.kind == kind).count();
        (of > 0).then(|| format!("{} {}", view::count(of), code(kind.name())))
    });
    page.paragraph(&format!(
        "{}. Each is a use case; beside it, the candidates that may run because of it, and the number of \
         lines of that code that can panic (`unwrap`, `expect`, `panic!`, `assert!`).",
        kinds.into_iter().flatten().collect::<Vec<_>>().join(", ")
    ));
    for (name, entries) in sides {
        page.heading(3, &code(name));
        page.table(["Entry point", "By", "Handled at", "Reaches", "#Can panic at"], entries.iter().take(MOST).map(|e| row(analysis, e)));
        page.list(rest(entries.len(), MOST, "entry points"));
    }
}

fn row(analysis: &Analysis, entry: &EntryPoint) -> [String; 5] {
    let at = entry.handler.as_ref().unwrap_or(&entry.declared);
    let reached: BTreeSet<&str> = entry.reaches.iter().map(|m| side(analysis, *m)).collect();
    [
        code(&entry.name),
        code(&entry.technology),
        places(std::slice::from_ref(&at.site), 1),
        super::sides(reached),
        view::count(entry.panics),
    ]
}
