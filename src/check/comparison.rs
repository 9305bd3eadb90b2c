//! Today's code within the boundaries of yesterday: what every rule looks at.
//!
//! Takes an [`Analysis`] and a [`Baseline`]; gives a [`Comparison`]. Invariant: both sides of the comparison are measured with the same
//! owners, so that a difference is a difference of the code and never of the clustering.

use super::baseline::{AcceptedCycle, Baseline, Metrics};
use super::renames::translated;
use crate::model::analysis::Analysis;
use crate::model::finding::Gone;
use crate::model::ids::ModuleId;
use crate::model::place::Site;
use std::collections::{BTreeMap, BTreeSet};

/// The service of each module, by position; `None` where none owns it.
pub type Owners = Vec<Option<String>>;

/// An analysis beside a baseline.
#[derive(Debug)]
pub struct Comparison<'a> {
    /// What was found.
    pub analysis: &'a Analysis,
    /// What was accepted, with the names that modules have today.
    pub before: Baseline,
    /// What would be accepted now, within the boundaries of `before`.
    pub now: Baseline,
    /// Owners of the modules of `analysis`, within the boundaries of `before`.
    pub owners: Owners,
}

impl<'a> Comparison<'a> {
    /// Measures an analysis within the boundaries of a baseline.
    pub fn new(analysis: &'a Analysis, before: &Baseline) -> Self {
        let owners = accepted_owners(analysis, before);
        let now = accept(analysis, &owners);
        Self { analysis, before: translated(before, &now.modules), now, owners }
    }

    /// Id of a module.
    pub fn id(&self, module: ModuleId) -> &'a str {
        &self.analysis.modules[module.index()].id
    }

    /// The module with an id.
    pub fn module(&self, id: &str) -> Option<ModuleId> {
        self.analysis.modules.binary_search_by(|m| m.id.as_str().cmp(id)).ok().map(ModuleId::from)
    }

    /// The service that owns a module.
    pub fn owner(&self, module: ModuleId) -> Option<&str> {
        self.owners[module.index()].as_deref()
    }

    /// Where one module refers to another, each line once, and how often.
    pub fn sites(&self, from: ModuleId, to: ModuleId) -> (Vec<Site>, u32) {
        let all = &self.analysis.dependencies;
        let first = all.partition_point(|d| (d.from, d.to) < (from, to));
        let same: Vec<_> = all[first..].iter().take_while(|d| (d.from, d.to) == (from, to)).collect();
        let sites: BTreeSet<Site> = same.iter().flat_map(|d| d.sites.iter().cloned()).collect();
        (sites.into_iter().collect(), same.iter().map(|d| d.count).sum())
    }

    /// Entries of the baseline that nothing matches any more, sorted.
    pub fn gone(&self) -> Vec<Gone> {
        let crossings = self.before.crossings.keys().filter(|pair| !self.now.crossings.contains_key(*pair));
        let crossings = crossings.map(|(from, to)| Gone { rule: "new-crossing".into(), entry: format!("{from} → {to}") });
        let cycles = self.before.cycles.iter().filter(|old| !self.now.cycles.iter().any(|new| old.modules.is_subset(&new.modules)));
        let cycles = cycles.map(|old| {
            let names: Vec<&str> = old.modules.iter().map(String::as_str).collect();
            Gone { rule: "new-cycle".into(), entry: format!("{{{}}}", names.join(", ")) }
        });
        let mut gone: Vec<Gone> = crossings.chain(cycles).collect();
        gone.sort();
        gone
    }
}

/// Owners as the analysis proposes them.
pub fn proposed_owners(analysis: &Analysis) -> Owners {
    analysis.modules.iter().map(|m| m.service.map(|s| analysis.service_id(s).to_owned())).collect()
}

/// Owners as the baseline accepted them. A module that it does not know goes where the analysis puts it, if the baseline knows that
/// service, else where its nearest known ancestor is.
pub fn accepted_owners(analysis: &Analysis, baseline: &Baseline) -> Owners {
    let services = baseline.services();
    let owner = |(id, proposed): (&str, Option<String>)| -> Option<String> {
        if let Some(known) = baseline.modules.get(id) {
            return known.clone();
        }
        // A module that the analysis takes for shared or glue is nobody's, wherever it stands.
        let proposed = proposed?;
        if services.contains(proposed.as_str()) {
            return Some(proposed);
        }
        let mut ancestors = std::iter::successors(id.rsplit_once("::"), |(parent, _)| parent.rsplit_once("::"));
        ancestors.find_map(|(parent, _)| baseline.modules.get(parent)).cloned().flatten()
    };
    let ids = analysis.modules.iter().map(|m| m.id.as_str());
    ids.zip(proposed_owners(analysis)).map(owner).collect()
}

/// The baseline that accepts an analysis within given boundaries.
pub fn accept(analysis: &Analysis, owners: &Owners) -> Baseline {
    let id = |m: ModuleId| analysis.modules[m.index()].id.clone();
    let mut crossings = BTreeMap::new();
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = owners.iter().flatten().map(|s| (s.as_str(), BTreeSet::new())).collect();
    for d in &analysis.dependencies {
        if let (Some(from), Some(to)) = (&owners[d.from.index()], &owners[d.to.index()])
            && from != to
        {
            crossings.insert((id(d.from), id(d.to)), None);
            uses.entry(from).or_default().insert(to);
        }
    }
    let mut cycles: Vec<AcceptedCycle> =
        (analysis.cycles.iter()).map(|c| AcceptedCycle { modules: c.modules.iter().map(|&m| id(m)).collect(), reason: None }).collect();
    cycles.sort();
    Baseline {
        modules: analysis.modules.iter().map(|m| m.id.clone()).zip(owners.iter().cloned()).collect(),
        crossings,
        cycles,
        metrics: Metrics {
            propagation_cost: rounded(analysis.system.propagation_cost),
            cyclicity: rounded(analysis.system.cyclicity),
            service_ce: uses.into_iter().map(|(service, others)| (service.to_owned(), others.len() as u32)).collect(),
        },
    }
}

fn rounded(share: f64) -> f64 {
    (share * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::partition::Role;
    use crate::model::sample::shop;

    #[test]
    fn boundaries_are_those_of_the_baseline() {
        let before = Baseline::from_analysis(&shop());
        let mut now = shop();
        // Clustering changes its mind: stock goes to orders.
        now.modules[3].service = now.modules[10].service;
        let comparison = Comparison::new(&now, &before);
        assert_eq!(comparison.owner(ModuleId(3)), Some("catalog"));
        assert_eq!(comparison.now, before);
    }

    #[test]
    fn a_new_module_goes_where_it_belongs() {
        let now = shop();
        let mut before = Baseline::from_analysis(&now);
        before.modules.remove("shop::catalog::stock");
        assert_eq!(accepted_owners(&now, &before)[3].as_deref(), Some("catalog"), "the analysis knows");

        let mut renamed = shop();
        renamed.plan.services[0].id = "catalogue".into();
        assert_eq!(accepted_owners(&renamed, &before)[3].as_deref(), Some("catalog"), "its parent knows");

        let mut shared = shop();
        (shared.modules[3].role, shared.modules[3].service) = (Role::Shared, None);
        assert_eq!(accepted_owners(&shared, &before)[3], None, "nobody owns what is shared");
    }
}
