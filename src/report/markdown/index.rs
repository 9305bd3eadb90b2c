//! What came of an index of another program: how far it and our own reading agree, and the first places where they do not.

use super::page::{Page, rest};
use crate::model::analysis::Analysis;
use crate::report::escape::code;
use crate::report::view;

/// Disagreements that are shown.
const MOST: usize = 10;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let Some(index) = &analysis.scip else { return };
    page.heading(2, "The index as a second witness");
    page.paragraph(&format!(
        "An index of rust-analyzer was merged: {} of its {} are files of this workspace (left out, being made from another text: {}). \
         Of {} to the workspace, {} lead to the same module as ours, and {} could not be seen without it. Of ours, {} gave way to what the \
         index says, and {} had to go: by the index they lead out of the workspace. What the index does not mention stands as it was found.",
        view::count(index.matched),
        view::counted(index.documents, "document", "documents"),
        view::count(index.outdated),
        view::counted(index.references, "reference", "references"),
        view::count(index.agreed),
        view::count(index.added),
        view::count(index.replaced),
        view::count(index.removed),
    ));
    let shown = index.disagreements.iter().take(MOST);
    page.list(shown.map(|d| {
        let place = code(&format!("{}:{}:{}", d.file, d.line, d.column));
        format!("{place}: {}, by the index {}", code(&d.ours), code(&d.index))
    }));
    page.list(rest(index.disagreed() as usize, MOST, "disagreements"));
}
