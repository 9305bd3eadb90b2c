//! Which features are on, and what a `#[cfg]` says to that.
//!
//! Every member is taken with its default features, as `cargo build --workspace` does, unless [`Conditions`] say otherwise, and members
//! turn features of each other on as their manifests say (Cargo Book, "Features"; unified over the workspace). The platform is x86-64 Linux, so that the result does not depend on the
//! machine that asks.

use super::manifest::Manifests;
use super::{Conditions, DiscoverError, Package};
use crate::frontend::rust::facts::Cfg;
use std::collections::BTreeSet;

/// What is on for the targets of one package.
#[derive(Clone, Debug, Default)]
pub(in crate::frontend::rust) struct CfgSet {
    features: BTreeSet<String>,
    /// Set on the command line: a name, and a value where it has one.
    flags: BTreeSet<(String, Option<String>)>,
    tests: bool,
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
        self.evaluate(cfg, self.tests)
    }

    /// Are tests a part of what is read?
    pub(in crate::frontend::rust) fn tests(&self) -> bool {
        self.tests
    }

    /// Would it hold in a test build, where it does not now?
    pub(in crate::frontend::rust) fn only_in_tests(&self, cfg: &Cfg) -> bool {
        !self.holds(cfg) && self.evaluate(cfg, true)
    }

    fn is_set(&self, name: &str, value: Option<&str>) -> bool {
        self.flags.iter().any(|(n, v)| n == name && v.as_deref() == value)
    }

    fn evaluate(&self, cfg: &Cfg, test: bool) -> bool {
        match cfg {
            Cfg::All(list) => list.iter().all(|c| self.evaluate(c, test)),
            Cfg::Any(list) => list.iter().any(|c| self.evaluate(c, test)),
            Cfg::Not(inner) => !self.evaluate(inner, test),
            Cfg::Flag(name) => &**name == "test" && test || FLAGS.contains(&&**name) || self.is_set(name, None),
            Cfg::Value(key, value) if &**key == "feature" => self.features.contains(&**value),
            Cfg::Value(key, value) => VALUES.contains(&(&**key, &**value)) || self.is_set(key, Some(value)),
        }
    }
}

/// Turns on what is asked for and everything that follows from that.
///
/// # Errors
/// A feature that no package has, or a `--cfg` that is none.
pub(super) fn activate(manifests: &Manifests, packages: &mut [Package], conditions: &Conditions) -> Result<(), DiscoverError> {
    let flags = conditions.cfg.iter().map(|text| flag(text)).collect::<Result<BTreeSet<_>, _>>()?;
    let mut todo: Vec<(usize, String)> = asked(manifests, packages, conditions)?;
    for (index, package) in packages.iter_mut().enumerate() {
        package.cfg.flags.clone_from(&flags);
        package.cfg.tests = conditions.tests;
        if !conditions.no_default_features {
            todo.push((index, "default".into()));
        }
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
    Ok(())
}

/// Features named by the user, or all of them.
fn asked(manifests: &Manifests, packages: &[Package], conditions: &Conditions) -> Result<Vec<(usize, String)>, DiscoverError> {
    let known = |index: usize| {
        let optional = packages[index].dependencies.iter().filter(|d| d.optional).map(|d| d.package_name.as_str());
        manifests.members[index].manifest.features.keys().map(String::as_str).chain(optional)
    };
    let mut out = Vec::new();
    if conditions.all_features {
        for index in 0..packages.len() {
            out.extend(known(index).map(|f| (index, f.to_owned())));
        }
    }
    for wanted in conditions.features.iter().flat_map(|f| f.split([',', ' '])).filter(|f| !f.is_empty()) {
        let (package, feature) = wanted.split_once('/').map_or((None, wanted), |(p, f)| (Some(p), f));
        let before = out.len();
        for index in (0..packages.len()).filter(|i| package.is_none_or(|p| packages[*i].name == p)) {
            if known(index).any(|f| f == feature) {
                out.push((index, feature.to_owned()));
            }
        }
        if out.len() == before {
            let all: BTreeSet<&str> = (0..packages.len()).flat_map(known).collect();
            let hint = crate::model::nearest(feature, all).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            return Err(DiscoverError::NoFeature { name: wanted.to_owned(), hint });
        }
    }
    Ok(out)
}

/// `name` or `name="value"`, as rustc takes it.
fn flag(text: &str) -> Result<(String, Option<String>), DiscoverError> {
    let bad = || DiscoverError::BadCfg(text.to_owned());
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.trim().strip_prefix('"').and_then(|v| v.strip_suffix('"')).ok_or_else(bad)?.to_owned())),
        None => (text, None),
    };
    let name = name.trim();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    if is_name { Ok((name.to_owned(), value)) } else { Err(bad()) }
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
