//! What is a library: whole crates, single modules, and what serves them alone.
//!
//! Takes what is decided so far; decides more. A hub that everybody uses must not glue the services together, but a business that
//! many others use is still a business: users are counted by area, against the size of the module and what it uses itself.

use super::{Assignment, Many, ratio};
use crate::model::ids::{CrateId, ModuleId};
use crate::model::partition::Role;

/// A shared module with a telling name has at least this many users …
const NAMED_SHARED_USERS: usize = 3;
/// … in so many other areas.
const NAMED_SHARED: Many = Many::new(2, 0.2, 0.8);
/// The same without the name.
const SHARED_USERS: usize = 5;
/// The same without the name.
const SHARED: Many = Many::new(4, 0.5, 2.5);
/// At most this share of a shared module's users are of its own area.
const OWN_USERS: f64 = 0.34;
/// Lines of a shared module per user, at most: a large module with few users has a business of its own.
const LINES_PER_USER: usize = 150;
/// A shared crate is used by this many others …
const CRATE_USERS: usize = 4;
/// … with a telling name, by this many.
const NAMED_CRATE_USERS: usize = 2;
/// Without a telling name, it is used by this share of the other crates …
const SHARED_CRATE_SHARE: f64 = 0.6;
/// … with one, by this share.
const NAMED_SHARED_CRATE_SHARE: f64 = 0.3;
/// A crate with more than this share of the modules is the code base, not its library.
const SHARED_CRATE_SIZE: f64 = 0.4;
/// Crates in a workspace before they are compared with each other.
const CRATES: usize = 4;

/// Names of libraries.
const SHARED_NAMES: &str = "util utility common error config cfg conf configuration setting type prelude macro telemetry pool db database connection \
    schema helper constant const shared base logging log tracing metric result ext extension entity migration model \
    response pagination serde time core event bus";

/// Folders of libraries: names that no business has.
const LIBRARY_FOLDERS: &str =
    "util utility common config cfg conf configuration setting error helper telemetry logging macro constant prelude shared";

/// A module in such a folder is used by this many other areas, or by nothing but shared modules and its own folder.
const FOLDER_AREAS: usize = 2;

impl Assignment<'_> {
    /// Library crates that most of the others use and that use little themselves.
    pub(super) fn shared_crates(&mut self) {
        let crates = self.codebase.crates.len();
        if crates < CRATES {
            return;
        }
        let mut sizes = vec![0_usize; crates];
        self.codebase.modules.iter().for_each(|m| sizes[m.krate.index()] += 1);
        let mut shared: Vec<Option<String>> = vec![None; crates];
        loop {
            let mut found = Vec::new();
            for c in (0..crates).map(CrateId::from).filter(|c| shared[c.index()].is_none()) {
                let krate = &self.codebase.crates[c.index()];
                if !krate.kind.is_library() || sizes[c.index()] as f64 > SHARED_CRATE_SIZE * self.codebase.modules.len() as f64 {
                    continue;
                }
                // A binary of the same package is no user: it is another face of the library.
                let other = |u: CrateId| self.codebase.crates[u.index()].package != krate.package;
                let users: Vec<CrateId> = self.graph.crate_pairs.iter().filter(|p| p.1 == c && other(p.0)).map(|p| p.0).collect();
                let uses = self.graph.crate_pairs.iter().filter(|p| p.0 == c && shared[p.1.index()].is_none()).count();
                let share = ratio(users.len(), crates - 1);
                let named = self.named(krate.root, SHARED_NAMES);
                let wide = users.len() >= CRATE_USERS && share >= SHARED_CRATE_SHARE && uses * 3 <= users.len();
                let wide_by_name =
                    named && users.len() >= NAMED_CRATE_USERS && share >= NAMED_SHARED_CRATE_SHARE && uses * 2 <= users.len();
                let serves_shared = !users.is_empty() && uses <= usize::from(named) && users.iter().all(|u| shared[u.index()].is_some());
                if wide || wide_by_name || serves_shared {
                    let whom = if serves_shared { "all of them shared" } else { "a library" };
                    found.push((
                        c,
                        format!(
                            "its crate is used by {} of {} other crates and uses {uses} that are not shared: {whom}",
                            users.len(),
                            crates - 1
                        ),
                    ));
                }
            }
            if found.is_empty() {
                break;
            }
            found.into_iter().for_each(|(c, because)| shared[c.index()] = Some(because));
        }
        for m in self.modules() {
            if let Some(because) = &shared[self.codebase.modules[m.index()].krate.index()] {
                self.set(m, Role::Shared, because.clone());
            }
        }
    }

    /// Modules that many areas use and that use few capabilities themselves.
    pub(super) fn shared_modules(&mut self) {
        let areas = self.areas().len();
        loop {
            let mut found = Vec::new();
            for m in self.modules().filter(|&m| self.open(m)) {
                let counted = |u: ModuleId| !self.is(u, Role::Glue);
                let users = self.users[m.index()].iter().filter(|&&u| counted(u)).count();
                let own = self.users[m.index()]
                    .iter()
                    .filter(|&&u| counted(u) && self.paths.area(u).is_some() && self.paths.area(u) == self.paths.area(m))
                    .count();
                let wide = self.other_areas(m, &self.users[m.index()], counted);
                let uses = self.other_areas(m, &self.uses[m.index()], |u| self.business(u));
                let others = areas - usize::from(self.paths.area(m).is_some() && areas > 0);
                let small = self.codebase.modules[m.index()].lines as usize <= LINES_PER_USER * users;
                let named = self.named(m, SHARED_NAMES);
                let by_name = named && users >= NAMED_SHARED_USERS && NAMED_SHARED.reached(wide, others) && uses < wide;
                let by_figures =
                    users >= SHARED_USERS && SHARED.reached(wide, others) && ratio(own, users) <= OWN_USERS && uses * 3 <= wide && small;
                if by_name || by_figures {
                    found.push((m, format!("used by {users} modules in {wide} of {others} other areas, and uses {uses}: a library")));
                }
            }
            if found.is_empty() {
                break;
            }
            found.into_iter().for_each(|(m, because)| self.set(m, Role::Shared, because));
        }
    }

    /// Modules that only shared modules use and that use no capability, and those of library folders.
    pub(super) fn serving_shared(&mut self) {
        loop {
            let mut found = Vec::new();
            for m in self.modules().filter(|&m| self.open(m)) {
                let users: Vec<ModuleId> = self.users[m.index()].iter().copied().filter(|&u| !self.is(u, Role::Glue)).collect();
                let only_shared = !users.is_empty() && users.iter().all(|&u| self.is(u, Role::Shared));
                if only_shared && !self.uses[m.index()].iter().any(|&u| self.business(u)) {
                    found.push((m, format!("used by {} shared modules and by no capability", users.len())));
                    continue;
                }
                let idle = users.is_empty() && !self.uses[m.index()].iter().any(|&u| self.business(u));
                if idle && !self.users[m.index()].is_empty() && self.named(m, LIBRARY_FOLDERS) {
                    found.push((m, "named as a library, used by glue alone, and uses no capability".to_string()));
                    continue;
                }
                let Some(folder) = self.library_folder(m) else { continue };
                let wide = self.other_areas(m, &users, |_| true);
                let at_home = !users.is_empty() && users.iter().all(|&u| self.is(u, Role::Shared) || self.inside(u, folder));
                let leaves = self.uses[m.index()].iter().any(|&u| self.business(u) && !self.inside(u, folder));
                if !leaves && (wide >= FOLDER_AREAS || at_home) {
                    let name = &self.codebase.modules[folder.index()].id;
                    found.push((m, format!("part of the library `{name}`: used by {wide} other areas, and uses no capability outside it")));
                }
            }
            if found.is_empty() {
                break;
            }
            found.into_iter().for_each(|(m, because)| self.set(m, Role::Shared, because));
        }
    }

    /// The outermost enclosing module, below the crate root, that has the name of a library.
    fn library_folder(&self, module: ModuleId) -> Option<ModuleId> {
        let parent = |m: &ModuleId| self.codebase.modules[m.index()].parent;
        let enclosing = std::iter::successors(parent(&module), parent);
        enclosing.filter(|m| parent(m).is_some() && self.named(*m, LIBRARY_FOLDERS)).last()
    }
}
