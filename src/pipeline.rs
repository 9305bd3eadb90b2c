//! All stages in their order: the one place that sees them all.
//!
//! Takes a [`Config`], the world and a path; gives an [`Analysis`]. Invariants: each stage gets what the ones before it gave and
//! nothing else; the same input gives the same analysis.

mod assemble;
mod earlier;

use crate::config::{Config, ConfigError};
use crate::frontend::graph::{self as graph_file, GraphError};
use crate::frontend::rust::{self, DiscoverError};
#[cfg(feature = "scip")]
use crate::frontend::scip::ScipError;
use crate::host::Host;
use crate::host::store::Store;
use crate::model::analysis::Analysis;
use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::partition::Partition;
use crate::model::plan::Plan;
use crate::model::scip::Scip;
use crate::{advise, cluster, evidence, graph};
use std::path::Path;

/// Reads the code below `path` and finds its seams. What `store` holds of an earlier run is not worked out again; with any store the
/// analysis is the same, byte for byte. `progress` hears of each stage as it begins.
pub fn analyze(
    config: &Config,
    host: &dyn Host,
    store: &Store,
    path: &Path,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<Analysis, AnalyzeError> {
    run(Extent::Whole, config, host, store, path, progress)
}

/// Reads the code below `path` and measures what depends on what, and no more: no evidence, no candidates, no advice. What it holds is as in
/// [`analyze`]; it takes a part of the time.
pub fn measure(
    config: &Config,
    host: &dyn Host,
    store: &Store,
    path: &Path,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<Analysis, AnalyzeError> {
    run(Extent::Dependencies, config, host, store, path, progress)
}

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    Dependencies,
    Whole,
}

fn run(
    extent: Extent,
    config: &Config,
    host: &dyn Host,
    store: &Store,
    path: &Path,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<Analysis, AnalyzeError> {
    progress(Stage::Compare);
    let work = |host: &dyn Host| stages(extent, config, host, store, path, progress);
    config.frontend.on_threads(|| earlier::analysis(extent, config, host, store, path, work))
}

fn stages(
    extent: Extent,
    config: &Config,
    host: &dyn Host,
    store: &Store,
    path: &Path,
    progress: &(dyn Fn(Stage) + Sync),
) -> Result<Analysis, AnalyzeError> {
    let (mut codebase, root) = match &config.graph {
        Some(file) => (graph_file::read(host, file)?, file.parent().unwrap_or(Path::new(".")).to_owned()),
        None => {
            let options = rust::Options { vocabulary: evidence::vocabulary(), ..config.frontend.clone() };
            (rust::read(host, store, path, &options, &|step| progress(step.into()))?, rust::root(host, path)?)
        }
    };
    let scip = second_witness(config, host, path, &mut codebase)?;
    let choices = config.choices(&codebase)?;
    progress(Stage::Graph);
    let graph = graph::module_graph(&codebase);
    if extent == Extent::Dependencies {
        let partition = Partition::unsought(codebase.modules.len());
        return Ok(assemble::analysis(codebase, graph, Evidence::default(), partition, Plan::default(), scip, choices.warnings));
    }
    progress(Stage::Gather);
    let (evidence, notes) = evidence::gather(&evidence::Input {
        codebase: &codebase,
        host,
        root: &root,
        store,
        options: &config.evidence,
        commits: &|commits| progress(Stage::History(commits)),
    });
    progress(Stage::Cluster);
    let partition = cluster::cluster(&codebase, &graph, &evidence, store, &choices.cluster);
    progress(Stage::Advise);
    let plan = advise::advise(&codebase, &graph, &evidence, &partition, &config.advice);
    let warnings = choices.warnings.into_iter().chain(notes).collect();
    let analysis = assemble::analysis(codebase, graph, evidence, partition, plan, scip, warnings);
    debug_assert_eq!(analysis.verify(), Ok(()));
    Ok(analysis)
}

/// Merges the index that the user gave, if any.
#[cfg(feature = "scip")]
fn second_witness(config: &Config, host: &dyn Host, path: &Path, codebase: &mut Codebase) -> Result<Option<Scip>, AnalyzeError> {
    let merged = config.scip.as_ref().map(|file| crate::frontend::scip::merge(codebase, host, path, file));
    Ok(merged.transpose()?)
}

#[cfg(not(feature = "scip"))]
fn second_witness(_: &Config, _: &dyn Host, _: &Path, _: &mut Codebase) -> Result<Option<Scip>, AnalyzeError> {
    Ok(None)
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Is everything as it was in an earlier run?
    Compare,
    /// Files are read and parsed; so many are done.
    Read(usize),
    /// Names are resolved.
    Resolve,
    /// Types are inferred, and with them references found.
    Infer,
    /// The code base is put together.
    Assemble,
    /// Dependencies are rolled up and measured.
    Graph,
    /// Data, entry points, messages and history are looked at.
    Gather,
    /// Meanwhile, git tells of what was before; of so many commits so far.
    History(usize),
    /// Modules are gathered into service candidates.
    Cluster,
    /// Boundaries and crossings are judged.
    Advise,
}

impl From<rust::Step> for Stage {
    fn from(step: rust::Step) -> Self {
        match step {
            rust::Step::Read(files) => Stage::Read(files),
            rust::Step::Resolve => Stage::Resolve,
            rust::Step::Infer => Stage::Infer,
            rust::Step::Assemble => Stage::Assemble,
        }
    }
}

/// Why there is no analysis.
#[derive(Debug, thiserror::Error)]
pub enum AnalyzeError {
    /// There is nothing to read.
    #[error(transparent)]
    Discover(#[from] DiscoverError),
    /// The graph cannot be read.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The configuration does not fit the code.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The index cannot be used.
    #[cfg(feature = "scip")]
    #[error(transparent)]
    Scip(#[from] ScipError),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Baseline, Policy, check};
    use crate::host::memory::Memory;

    fn both(host: &Memory, store: &Store) -> [Analysis; 2] {
        [measure, analyze].map(|run| run(&Config::default(), host, store, Path::new("/"), &|_| {}).expect("it can be read"))
    }

    #[test]
    fn what_is_measured_is_what_an_analysis_finds_and_the_gate_sees_no_difference() {
        let host = Memory::from_fixture(
            "//- /Cargo.toml\n[package]\nname = \"shop\"\n\
             //- /src/main.rs\nmod orders; mod payments;\nfn main() { orders::place(); }\n\
             //- /src/orders.rs\npub fn place() { crate::payments::pay(); }\n\
             //- /src/payments.rs\nconst SQL: &str = \"SELECT 1 FROM paid\";\npub fn pay() { crate::orders::place(); }\n",
        );
        let store = Store::none();
        let accepted = Baseline::from_analysis(&both(&host, &store)[1]);
        host.set("/src/payments.rs", "pub fn pay() { crate::orders::place(); }\npub fn back() {}\n");
        for store in [Store::none(), Store::open(&host, Path::new("/cache"))] {
            let [measured, whole] = both(&host, &store);
            assert_eq!(measured.dependencies, whole.dependencies);
            assert_eq!((&measured.cycles, measured.system), (&whole.cycles, whole.system));
            assert_eq!((&measured.coverage, &measured.diagnostics), (&whole.coverage, &whole.diagnostics));
            assert!(measured.plan.services.is_empty() && !whole.plan.services.is_empty());
            assert!(accepted.places_all(&measured));
            let seen = |analysis| format!("{:?}", check(analysis, &accepted, &Policy::default()));
            assert_eq!(seen(&measured), seen(&whole));
        }
        host.set("/src/main.rs", "mod orders; mod payments; mod new { }\nfn main() { orders::place(); }\n");
        assert!(!accepted.places_all(&both(&host, &store)[0]), "nobody has placed the new module");
    }
}
