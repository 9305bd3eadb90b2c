//! Rows on how fine the cut is and how sure each place: what formats and `explain` share.

use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::partition::Hold;

/// A module that stays in at least this share of the runs is not contested.
const SURE: f64 = 0.75;
/// Shares closer than this are shown as the same.
const SAME: f64 = 0.0005;

/// Modules that others could claim with some right, most contested first.
pub fn contested(analysis: &Analysis) -> Vec<(&ModuleRow, &Hold)> {
    let mut rows: Vec<(&ModuleRow, &Hold)> = (analysis.modules.iter())
        .filter(|m| !m.pinned)
        .filter_map(|m| Some((m, m.hold.as_ref()?)))
        .filter(|(_, hold)| hold.confidence < SURE)
        .collect();
    rows.sort_by(|a, b| a.1.confidence.total_cmp(&b.1.confidence).then_with(|| a.0.id.cmp(&b.0.id)));
    rows
}

/// Mean confidence over all modules that are in a service; `None` where none is.
pub fn confidence(analysis: &Analysis) -> Option<f64> {
    let all: Vec<f64> = analysis.modules.iter().filter_map(|m| Some(m.hold.as_ref()?.confidence)).collect();
    (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
}

/// Which evidence decides between a module's service and the runner-up: `references 42.0 % against 10.0 %, …`, the most telling first.
/// Empty where nothing tells them apart.
pub fn decides(hold: &Hold, most: usize) -> String {
    let telling = hold.pulls.iter().filter(|p| (p.own - p.other).abs() >= SAME);
    let shown: Vec<String> =
        telling.take(most).map(|p| format!("{} {} against {}", p.source, super::share(p.own), super::share(p.other))).collect();
    shown.join(", ")
}
