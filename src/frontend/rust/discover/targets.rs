//! Targets and dependencies of one package.

use super::manifest::{Manifests, Member, clean, dependency_tables};
use super::{CfgSet, Dependency, Edition, Package, Target};
use crate::host::Host;
use crate::model::codebase::CrateKind;
use crate::model::diagnostic::Diagnostic;
use std::collections::BTreeSet;

pub(super) fn package(
    host: &dyn Host,
    member: &Member,
    all: &Manifests,
    tests: bool,
    targets_out: &mut u32,
    diagnostics: &mut Vec<Diagnostic>,
) -> Package {
    let manifest = &member.manifest;
    let edition = match manifest.package.as_ref().map(cargo_toml::Package::edition) {
        Some(cargo_toml::Edition::E2015) => Edition::E2015,
        _ => Edition::E2018OrLater,
    };
    let mut targets = Vec::new();
    let mut add = |product: &cargo_toml::Product, fallback: &str, kind: CrateKind| {
        let Some(path) = &product.path else { return };
        let file = clean(&member.dir.join(path));
        let name = crate_name(product.name.as_deref().unwrap_or(fallback));
        if host.is_file(&file) {
            targets.push(Target { name, kind, file, edition });
        } else {
            diagnostics.push(
                Diagnostic::error("missing-target", format!("package `{}`: the root of target `{name}` is missing: {path}", member.name()))
                    .help("restore the file, or take the target out of the manifest"),
            );
        }
    };
    if let Some(lib) = &manifest.lib {
        let kind =
            if lib.proc_macro || lib.crate_type.iter().any(|t| t == "proc-macro") { CrateKind::ProcMacro } else { CrateKind::Library };
        add(lib, member.name(), kind);
    }
    for bin in &manifest.bin {
        add(bin, member.name(), CrateKind::Binary);
    }
    let integration = if tests { manifest.test.as_slice() } else { &[] };
    for test in integration {
        add(test, member.name(), CrateKind::Test);
    }
    let build_script = u32::from(host.is_file(&member.dir.join("build.rs")));
    let skipped = manifest.example.iter().chain(&manifest.bench).chain(if tests { &[] } else { manifest.test.as_slice() });
    let left_out: Vec<_> = skipped.map(|product| product.path.as_ref().map(|path| clean(&member.dir.join(path)))).collect();
    *targets_out += u32::try_from(left_out.len()).unwrap_or(u32::MAX).saturating_add(build_script);
    let dependencies = dependency_tables(manifest, tests).map(|(key, dependency)| self::dependency(key, dependency, member, all)).collect();
    Package {
        name: member.name().to_owned(),
        dir: member.dir.clone(),
        targets,
        left_out: left_out.into_iter().flatten().collect(),
        dependencies,
        cfg: CfgSet::default(),
    }
}

fn dependency(key: &str, dependency: &cargo_toml::Dependency, member: &Member, all: &Manifests) -> Dependency {
    let package_name = dependency.package().unwrap_or(key).to_owned();
    let detail = dependency.detail();
    let by_path = detail.and_then(|d| d.path.as_ref()).and_then(|path| all.at(&clean(&member.dir.join(path))));
    let by_patch = || all.patches.get(&package_name).and_then(|dir| all.at(dir));
    Dependency {
        name: crate_name(key),
        package: by_path.or_else(by_patch),
        package_name,
        features: dependency.req_features().to_vec(),
        default_features: detail.is_none_or(|d| d.default_features),
        optional: dependency.optional(),
    }
}

pub(super) fn crate_name(name: &str) -> String {
    name.replace('-', "_")
}

/// What code calls a library, whose name [`make_names_unique`] may have made longer.
pub(in super::super) fn called(name: &str) -> &str {
    name.split_once("#lib").map_or(name, |(called, _)| called)
}

/// A binary that is called as a library is gets `#bin` at its end, a test `#test`; further namesakes get their package's name.
pub(super) fn make_names_unique(packages: &mut [Package]) {
    let mut taken = BTreeSet::new();
    for mark in ["#lib", "#bin", "#test"] {
        for package in packages.iter_mut() {
            for target in package.targets.iter_mut().filter(|t| self::mark(t.kind) == mark) {
                if taken.contains(&target.name) {
                    target.name.push_str(mark);
                }
                if taken.contains(&target.name) {
                    target.name = format!("{}#{}", target.name, package.name);
                }
                taken.insert(target.name.clone());
            }
        }
    }
    for package in packages {
        package.targets.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// What is put behind the name of a target that another one has already; libraries keep theirs before binaries, and those before tests.
fn mark(kind: CrateKind) -> &'static str {
    match kind {
        CrateKind::Library | CrateKind::ProcMacro => "#lib",
        CrateKind::Binary => "#bin",
        CrateKind::Test => "#test",
    }
}
