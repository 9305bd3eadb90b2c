//! Which side everything is on once a candidate is a crate of its own.
//!
//! Takes the code base, the partition and a candidate; gives the [`Group`] of each module, and whether a dependency may stay.
//! Invariant: a library may depend on nothing that depends on it, the candidate on nothing that depends on the candidate.

use crate::model::codebase::Codebase;
use crate::model::ids::{CrateId, ModuleId, ServiceId};
use crate::model::partition::{Partition, Role};
use std::collections::BTreeSet;

/// A side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    /// The candidate.
    Own,
    /// Shared modules that it uses, directly or through others of them.
    Library,
    /// Everything else.
    Rest,
}

/// The sides, and what of the rest depends on the other two.
pub(super) struct Boundary<'a> {
    codebase: &'a Codebase,
    groups: Vec<Group>,
    /// Crates whose rest reaches the candidate.
    users: BTreeSet<CrateId>,
    /// Crates whose rest reaches the candidate or the library.
    library_users: BTreeSet<CrateId>,
    /// Crates with modules on more than one side.
    mixed: BTreeSet<CrateId>,
}

impl<'a> Boundary<'a> {
    /// Around this candidate.
    pub(super) fn new(codebase: &'a Codebase, partition: &Partition, service: ServiceId) -> Self {
        let mut groups = vec![Group::Rest; codebase.modules.len()];
        let mut open: Vec<ModuleId> = partition.modules_of(service).collect();
        open.iter().for_each(|m| groups[m.index()] = Group::Own);
        let mut uses: Vec<Vec<ModuleId>> = vec![Vec::new(); codebase.modules.len()];
        codebase.references.iter().filter(|r| r.from != r.to).for_each(|r| uses[r.from.index()].push(r.to));
        while let Some(module) = open.pop() {
            for &to in &uses[module.index()] {
                if groups[to.index()] == Group::Rest && partition.members[to.index()].role == Role::Shared {
                    groups[to.index()] = Group::Library;
                    open.push(to);
                }
            }
        }
        let krate = |m: ModuleId| codebase.modules[m.index()].krate;
        let mut mixed = BTreeSet::new();
        let mut first: Vec<Option<Group>> = vec![None; codebase.crates.len()];
        for (i, group) in groups.iter().enumerate() {
            let of = krate(ModuleId::from(i));
            match first[of.index()] {
                None => first[of.index()] = Some(*group),
                Some(other) if other != *group => {
                    mixed.insert(of);
                }
                Some(_) => {}
            }
        }
        let reaching = |targets: &[Group]| {
            let mut users: BTreeSet<CrateId> = BTreeSet::new();
            loop {
                let before = users.len();
                for r in codebase.references.iter().filter(|r| groups[r.from.index()] == Group::Rest) {
                    let to = groups[r.to.index()];
                    if targets.contains(&to) || (to == Group::Rest && users.contains(&krate(r.to))) {
                        users.insert(krate(r.from));
                    }
                }
                if users.len() == before {
                    return users;
                }
            }
        };
        let (users, library_users) = (reaching(&[Group::Own]), reaching(&[Group::Own, Group::Library]));
        Boundary { codebase, users, library_users, mixed, groups }
    }

    /// The side of a module.
    pub(super) fn group(&self, module: ModuleId) -> Group {
        self.groups[module.index()]
    }

    /// The modules of a side, in order.
    pub(super) fn modules(&self, group: Group) -> impl Iterator<Item = ModuleId> + '_ {
        self.groups.iter().enumerate().filter(move |(_, g)| **g == group).map(|(i, _)| ModuleId::from(i))
    }

    /// Has its crate modules on another side, too?
    pub(super) fn is_mixed(&self, module: ModuleId) -> bool {
        self.mixed.contains(&self.krate(module))
    }

    /// Are the two in one crate today, and not when it is done?
    pub(super) fn parts(&self, a: ModuleId, b: ModuleId) -> bool {
        self.krate(a) == self.krate(b) && self.group(a) != self.group(b)
    }

    /// Can a reference from that side to this module of the rest not stay?
    pub(super) fn must_be_cut(&self, from: Group, to: ModuleId) -> bool {
        let krate = self.krate(to);
        let users = if from == Group::Library { &self.library_users } else { &self.users };
        users.contains(&krate) || !self.codebase.crates[krate.index()].kind.is_library()
    }

    fn krate(&self, module: ModuleId) -> CrateId {
        self.codebase.modules[module.index()].krate
    }
}
