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
        if self.keywords.len() != self.names.len() {
            return Err(format!("{} lists of keywords for {} services", self.keywords.len(), self.names.len()));
        }
        if !self.names.windows(2).all(|w| w[0] < w[1]) {
            return Err("service names are not sorted, or one stands twice".into());
        }
        Ok(())
    }
}
