//! What git remembers: what changes together, how often, and by whom.

use crate::model::ids::{ModuleId, ServiceId};
use serde::{Deserialize, Serialize};

/// The history of the analysed folder, as far as the clone holds it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// Commits that were read: those that count, and those that rules leave out.
    pub commits: u32,
    /// Of them, those that count: they touch source files of today's modules and no rule leaves them out.
    pub counted: u32,
    /// Those that rules leave out: (rule, commits), sorted by rule; each under the first rule that applies.
    pub left_out: Vec<(String, u32)>,
    /// The clone does not hold the whole history.
    pub shallow: bool,
    /// One for each module that some counted commit touched, sorted by module.
    pub churn: Vec<Churn>,
    /// Pairs of modules that change together more often than chance would have it, sorted.
    pub co_changes: Vec<CoChange>,
    /// The modules that each counted commit touched, oldest first; sorted inside.
    pub changes: Vec<Vec<ModuleId>>,
    /// Who owns which modules by CODEOWNERS, sorted by owner; modules sorted inside.
    pub owners: Vec<(String, Vec<ModuleId>)>,
    /// How far the changes would have stayed within the proposed services; once there are any.
    pub locality: Option<Locality>,
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

/// How far past changes would have stayed within services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locality {
    /// Counted commits that touched a module of some service.
    pub commits: u32,
    /// Of them, those that touched modules of one service only.
    pub within: u32,
}

impl Locality {
    /// The share that stayed within one service; `None` where there is nothing to tell from.
    pub fn share(self) -> Option<f64> {
        (self.commits > 0).then(|| f64::from(self.within) / f64::from(self.commits))
    }
}

impl History {
    /// All modules that it names.
    pub(super) fn modules(&self) -> impl Iterator<Item = ModuleId> + '_ {
        let churned = self.churn.iter().map(|c| c.module);
        let pairs = self.co_changes.iter().flat_map(|c| [c.a, c.b]);
        churned.chain(pairs).chain(self.changes.iter().flatten().copied()).chain(self.owners.iter().flat_map(|(_, m)| m.iter().copied()))
    }

    /// How far past changes would have stayed within services. What belongs to no service (glue, shared libraries) does not count: a
    /// commit that also touches such a module stays where it is, and one that touches nothing else says nothing.
    pub fn locality(&self, service_of: &[Option<ServiceId>]) -> Locality {
        let mut locality = Locality::default();
        for modules in &self.changes {
            let mut services = modules.iter().filter_map(|m| service_of.get(m.index()).copied().flatten());
            if let Some(first) = services.next() {
                locality.commits += 1;
                locality.within += u32::from(services.all(|other| other == first));
            }
        }
        locality
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_stay_within_a_service() {
        let changes = [vec![0, 1], vec![0, 2], vec![0, 3], vec![3], vec![2], vec![9]];
        let changes = changes.iter().map(|modules| modules.iter().map(|m| ModuleId(*m)).collect()).collect();
        let history = History { changes, ..History::default() };
        let (a, b) = (Some(ServiceId(0)), Some(ServiceId(1)));
        let locality = history.locality(&[a, a, b, None]);
        assert_eq!((locality, locality.share()), (Locality { commits: 4, within: 3 }, Some(0.75)));
        assert_eq!(History::default().locality(&[a]).share(), None);
    }
}
