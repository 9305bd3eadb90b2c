//! What git remembers, held against the candidates.

use super::super::page::{Page, rest};
use crate::model::analysis::Analysis;
use crate::model::ids::ModuleId;
use crate::report::escape::{code, prose};
use crate::report::view;
use crate::report::view::evidence::{hidden_coupling, never_together, owners, side};

/// Rows of one kind that are shown.
const MOST: usize = 20;

pub(super) fn write(analysis: &Analysis, page: &mut Page) {
    let Some(history) = &analysis.evidence.history else { return };
    page.heading(2, "What changes together");
    let left: Vec<String> = history.left_out.iter().map(|(rule, n)| format!("{} {}", view::count(*n), prose(rule))).collect();
    let left = if left.is_empty() { String::new() } else { format!(" Left out: {}.", left.join(", ")) };
    let shallow = if history.shallow { " The clone is shallow: older commits are missing." } else { "" };
    page.paragraph(&format!(
        "{} of {} count.{left}{shallow}",
        view::count(history.counted),
        view::counted(history.commits, "commit", "commits")
    ));
    if let Some((locality, share)) = history.locality.and_then(|l| Some((l, l.share()?))) {
        page.paragraph(&format!(
            "Locality: {} of {} that touch a candidate stay within one ({}). The rest would have been changes of several services at once.",
            view::count(locality.within),
            view::counted(locality.commits, "commit", "commits"),
            view::share(share)
        ));
    }
    let id = |m: ModuleId| format!("{} ({})", code(&analysis.modules[m.index()].id), code(side(analysis, m)));
    let hidden = hidden_coupling(analysis);
    if !hidden.is_empty() {
        page.heading(3, "Hidden coupling");
        page.paragraph("Modules of different candidates that change together though neither refers to the other.");
        page.table(
            ["Module", "Changes with", "#Commits together", "#Confidence", "#Lift"],
            hidden.iter().take(MOST).map(|c| [id(c.a), id(c.b), view::count(c.together), view::share(c.confidence), view::figure(c.lift)]),
        );
        page.list(rest(hidden.len(), MOST, "pairs"));
    }
    let stable = never_together(analysis);
    if !stable.is_empty() {
        page.heading(3, "Stable interfaces");
        page.paragraph("References between candidates whose two ends changed often, but not together: these seams hold already.");
        page.table(["Module", "and", "#References"], stable.iter().take(MOST).map(|(a, b, n)| [id(*a), id(*b), view::count(*n)]));
        page.list(rest(stable.len(), MOST, "pairs"));
    }
    let owners = owners(analysis);
    if !owners.is_empty() {
        page.heading(3, "Owners");
        page.table(
            ["Candidate", "Owners of its modules"],
            owners.iter().map(|(service, by)| {
                let all: Vec<String> = by.iter().map(|(owner, n)| format!("{} ({})", code(owner), view::count(*n))).collect();
                [code(analysis.service_id(*service)), all.join(", ")]
            }),
        );
    }
}
