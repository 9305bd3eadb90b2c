//! What git remembers: what changes together, how often, and by whom.

use crate::model::ids::ModuleId;
use serde::{Deserialize, Serialize};

/// The history of the analysed folder, as far as the clone holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Commits that were read.
    pub commits: u32,
    /// Of them, those that count: they touch source files of today's modules and no rule leaves them out.
    pub counted: u32,
    /// Those that rules leave out: (rule, commits), sorted by rule.
    pub left_out: Vec<(String, u32)>,
    /// The clone does not hold the whole history.
    pub shallow: bool,
    /// One for each module that some commit touched, sorted by module.
    pub churn: Vec<Churn>,
    /// Pairs of modules that change together more often than chance would have it, sorted.
    pub co_changes: Vec<CoChange>,
    /// The modules that each counted commit touched, oldest first; sorted inside.
    pub changes: Vec<Vec<ModuleId>>,
    /// Who owns which modules by CODEOWNERS, sorted by owner.
    pub owners: Vec<(String, Vec<ModuleId>)>,
}

/// How often a module changed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Churn {
    /// The module.
    pub module: ModuleId,
    /// Counted commits that touched it.
    pub commits: u32,
    /// People (by mailmap) who wrote them.
    pub authors: u32,
    /// Lines added and deleted where a commit's numbers are known, else 0.
    pub lines: u64,
}

/// Two modules that change together.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct CoChange {
    /// The smaller id.
    pub a: ModuleId,
    /// The larger id.
    pub b: ModuleId,
    /// Support: counted commits that touched both.
    pub together: u32,
    /// Confidence: the larger of together ÷ commits of a and together ÷ commits of b, 0..=1.
    pub confidence: f64,
    /// How much more often than if they changed independently: together × counted ÷ (commits of a × commits of b).
    pub lift: f64,
}

impl History {
    /// All modules that it names.
    pub(super) fn modules(&self) -> impl Iterator<Item = ModuleId> + '_ {
        let churned = self.churn.iter().map(|c| c.module);
        let pairs = self.co_changes.iter().flat_map(|c| [c.a, c.b]);
        churned.chain(pairs).chain(self.changes.iter().flatten().copied()).chain(self.owners.iter().flat_map(|(_, m)| m.iter().copied()))
    }
}
