//! Which features are on, and what a `#[cfg]` says to that.
//!
//! Every member is taken with its default features, as `cargo build --workspace` does, and members turn features of each other
//! on as their manifests say (Cargo Book, "Features"; unified over the workspace). The platform is x86-64 Linux, so that the result does not depend on the
//! machine that asks.

use super::Package;
use super::manifest::Manifests;
use crate::frontend::rust::facts::Cfg;
use std::collections::BTreeSet;

/// What is on for the targets of one package.
#[derive(Clone, Debug, Default)]
pub(in crate::frontend::rust) struct CfgSet {
    features: BTreeSet<String>,
}

const FLAGS: &[&str] = &["unix", "debug_assertions", "panic", "overflow_checks", "target_thread_local"];
const VALUES: &[(&str, &str)] = &[
    ("target_os", "linux"),
    ("target_family", "unix"),
    ("target_arch", "x86_64"),
    ("target_env", "gnu"),
    ("target_vendor", "unknown"),
    ("target_endian", "little"),
    ("target_pointer_width", "64"),
    ("target_has_atomic", "8"),
    ("target_has_atomic", "16"),
    ("target_has_atomic", "32"),
    ("target_has_atomic", "64"),
    ("target_has_atomic", "ptr"),
    ("panic", "unwind"),
];

impl CfgSet {
    /// Does the predicate hold?
    pub(in crate::frontend::rust) fn holds(&self, cfg: &Cfg) -> bool {
        self.evaluate(cfg, false)
    }

    /// Would it hold in a test build, where it does not now?
    pub(in crate::frontend::rust) fn only_in_tests(&self, cfg: &Cfg) -> bool {
        !self.evaluate(cfg, false) && self.evaluate(cfg, true)
    }

    fn evaluate(&self, cfg: &Cfg, test: bool) -> bool {
        match cfg {
            Cfg::All(list) => list.iter().all(|c| self.evaluate(c, test)),
            Cfg::Any(list) => list.iter().any(|c| self.evaluate(c, test)),
            Cfg::Not(inner) => !self.evaluate(inner, test),
            Cfg::Flag(name) => &**name == "test" && test || FLAGS.contains(&&**name),
            Cfg::Value(key, value) if &**key == "feature" => self.features.contains(&**value),
            Cfg::Value(key, value) => VALUES.contains(&(&**key, &**value)),
        }
    }
}

/// Turns on default features and everything that follows from them.
pub(super) fn activate(manifests: &Manifests, packages: &mut [Package]) {
    let mut todo: Vec<(usize, String)> = Vec::new();
    for (index, package) in packages.iter().enumerate() {
        todo.push((index, "default".into()));
        for dependency in package.dependencies.iter().filter(|d| !d.optional) {
            ask(dependency, &mut todo);
        }
    }
    while let Some((index, feature)) = todo.pop() {
        if !packages[index].cfg.features.insert(feature.clone()) {
            continue;
        }
        let Some(implied) = manifests.members[index].manifest.features.get(&feature) else {
            // An optional dependency is a feature of the same name.
            turn_on(&packages[index], &feature, None, &mut todo);
            continue;
        };
        for what in implied {
            if let Some(name) = what.strip_prefix("dep:") {
                turn_on(&packages[index], name, None, &mut todo);
            } else if let Some((name, feature)) = what.split_once('/') {
                turn_on(&packages[index], name.trim_end_matches('?'), Some(feature), &mut todo);
                if !name.ends_with('?')
                    && packages[index].dependencies.iter().any(|d| d.optional && d.name == super::targets::crate_name(name))
                {
                    todo.push((index, name.to_owned()));
                }
            } else {
                todo.push((index, what.clone()));
            }
        }
    }
}

fn turn_on(package: &Package, dependency: &str, feature: Option<&str>, todo: &mut Vec<(usize, String)>) {
    let name = super::targets::crate_name(dependency);
    for dependency in package.dependencies.iter().filter(|d| d.name == name) {
        ask(dependency, todo);
        if let (Some(index), Some(feature)) = (dependency.package, feature) {
            todo.push((index, feature.to_owned()));
        }
    }
}

fn ask(dependency: &super::Dependency, todo: &mut Vec<(usize, String)>) {
    let Some(index) = dependency.package else { return };
    if dependency.default_features {
        todo.push((index, "default".into()));
    }
    todo.extend(dependency.features.iter().map(|f| (index, f.clone())));
}
