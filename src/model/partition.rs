//! Roles of modules and their assignment to service candidates.

use super::ids::{ModuleId, ServiceId};
use serde::{Deserialize, Serialize};

/// What a module is for, decided before clustering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Part of a business capability: it belongs to one service.
    Capability,
    /// Used by many, owned by none: a library, never a service.
    Shared,
    /// Composition root, `main`, router: wires the others together.
    Glue,
}

impl Role {
    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Role::Capability => "capability",
            Role::Shared => "shared",
            Role::Glue => "glue",
        }
    }

    /// The role with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Role::Capability, Role::Shared, Role::Glue].into_iter().find(|role| role.name() == name)
    }
}

/// Role and service of every module, and how good the whole is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Partition {
    /// One per module.
    pub members: Vec<Membership>,
    /// Name of each service candidate, unique, kebab-case; indexed by [`ServiceId`]; sorted.
    pub names: Vec<String>,
    /// Words that set the modules of each candidate apart from the rest, best first; as long as `names`.
    pub keywords: Vec<Vec<String>>,
    /// Name of the algorithm that made it.
    pub algorithm: String,
    /// Over capability modules.
    pub quality: Quality,
    /// How fine the code base could be cut, coarsest first; empty where there was nothing to cut.
    pub levels: Vec<Level>,
    /// The nearest coarser and the nearest finer proposal, in that order, where there are any.
    pub alternatives: Vec<Alternative>,
    /// What the user decided, and what would be proposed without each.
    pub decisions: Vec<Decision>,
}

/// A decision of the user's, beside what would be proposed without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// `service`, `together` or `apart`.
    pub kind: String,
    /// The service's name, or the patterns.
    pub what: String,
    /// Why, where that is written.
    pub reason: Option<String>,
    /// Number of services without it.
    pub services: u32,
    /// Modules whose place would be another.
    pub moved: u32,
    /// Figures without it.
    pub without: Quality,
}

/// One granularity that was tried, over capability modules.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// Resolution of modularity, above 0; higher gives more and smaller services.
    pub resolution: f64,
    /// Number of services.
    pub services: u32,
    /// Share of the modules that the largest holds, 0..=1.
    pub largest: f64,
    /// Agreement with what comes out when all weights are perturbed: mean adjusted Rand index, at most 1.
    pub stability: f64,
    /// Agreement with the next coarser and the next finer level: mean adjusted Rand index, at most 1. A plateau is where it is high.
    pub plateau: f64,
    /// What the choice went by; the highest is proposed.
    pub worth: f64,
    /// Figures of this level.
    pub quality: Quality,
    /// It is the one that is proposed.
    pub chosen: bool,
}

/// Another way to cut, beside the one that is proposed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Position of its level in [`Partition::levels`].
    pub level: u32,
    /// Its services: name and modules, sorted by name.
    pub services: Vec<(String, Vec<ModuleId>)>,
}

/// Where a module belongs, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// What it is for.
    pub role: Role,
    /// One sentence with the figures behind the role.
    pub because: String,
    /// The service candidate; always `None` unless the role is [`Role::Capability`].
    pub service: Option<ServiceId>,
    /// Set by the user in `seamline.toml`.
    pub pinned: bool,
    /// Share of the module's affinity that stays inside its service, 0..=1.
    pub cohesion: f64,
    /// How sure that is; `None` unless it is in a service, and where nothing was split.
    pub hold: Option<Hold>,
}

/// How firmly a module sits in its service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Share of perturbed runs in which it stays with its service, 0..=1; 1 where the user has pinned it.
    pub confidence: f64,
    /// The service in which it is next most often, or to which it is tied next most where it never leaves; with the share of runs.
    pub runner_up: Option<(ServiceId, f64)>,
    /// What each source of evidence says, those that tell the two services apart most first. Sources that say nothing are left out.
    pub pulls: Vec<Pull>,
}

/// How much one source of evidence ties a module to its own service and to the runner-up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pull {
    /// `references`, `folders`, `words`, or the name of a source of evidence.
    pub source: String,
    /// Share of the module's whole affinity that this source ties to its own service, 0..=1.
    pub own: f64,
    /// The same for the runner-up.
    pub other: f64,
}

impl Hold {
    /// Share of the module's affinity by which its own service is ahead of the runner-up; it moves where that is below 0, as far as
    /// sizes do not say otherwise.
    pub fn margin(&self) -> f64 {
        self.pulls.iter().map(|p| p.own - p.other).sum()
    }
}

/// Figures of a partition, over capability modules. Never one alone: each is gamed by some degenerate partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// Newman's modularity of the affinity graph at resolution 1, −0.5..=1; higher is better.
    pub modularity: f64,
    /// Structural modularity SM: mean of μ/m² over services minus mean of σ/(m·m') over pairs of them; higher is better.
    pub sm: f64,
    /// Inter-partition calls ICP: weight of references between services over weight of all, edge weight 1 + ln(count), 0..=1; lower is better.
    pub icp: f64,
    /// Interface number IFN: module pairs across services per service; lower is better.
    pub ifn: f64,
    /// Non-extreme distribution NED: 1 − share of modules in services of 5..=20 modules, 0..=1; lower is better.
    pub ned: f64,
}

impl Partition {
    /// Where nobody has looked for services: none, and no module in any.
    pub fn unsought(modules: usize) -> Self {
        let unplaced =
            Membership { role: Role::Capability, because: String::new(), service: None, pinned: false, cohesion: 0.0, hold: None };
        Self { members: vec![unplaced; modules], ..Self::default() }
    }

    /// Modules of a service, in order.
    pub fn modules_of(&self, service: ServiceId) -> impl Iterator<Item = ModuleId> + '_ {
        self.members.iter().enumerate().filter(move |(_, m)| m.service == Some(service)).map(|(i, _)| ModuleId::from(i))
    }

    /// Checks the invariants of this type.
    pub fn verify(&self, modules: usize) -> Result<(), String> {
        if self.members.len() != modules {
            return Err(format!("{} memberships for {modules} modules", self.members.len()));
        }
        for (i, m) in self.members.iter().enumerate() {
            match m.service {
                Some(s) if s.index() >= self.names.len() => return Err(format!("module {i}: service {} does not exist", s.0)),
                Some(_) if m.role != Role::Capability => return Err(format!("module {i}: {} modules have no service", m.role.name())),
                _ => {}
            }
        }
        for (i, hold) in self.members.iter().enumerate().filter_map(|(i, m)| Some((i, m.hold.as_ref()?))) {
            if hold.runner_up.is_some_and(|(s, _)| s.index() >= self.names.len() || Some(s) == self.members[i].service) {
                return Err(format!("module {i}: its runner-up does not exist or is its own service"));
            }
        }
        let placed = |a: &Alternative| a.services.iter().flat_map(|s| &s.1).all(|m| m.index() < modules);
        if self.alternatives.iter().any(|a| a.level as usize >= self.levels.len() || !placed(a)) {
            return Err("an alternative is of no level, or names a module that does not exist".into());
        }
        if self.keywords.len() != self.names.len() {
            return Err(format!("{} lists of keywords for {} services", self.keywords.len(), self.names.len()));
        }
        if !self.names.windows(2).all(|w| w[0] < w[1]) {
            return Err("service names are not sorted, or one stands twice".into());
        }
        Ok(())
    }
}
