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
    progress(Stage::Compare);
    config.frontend.on_threads(|| earlier::analysis(config, host, store, path, |host| stages(config, host, store, path, progress)))
}

fn stages(
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
    progress(Stage::Gather);
    let (evidence, notes) = evidence::gather(&evidence::Input { codebase: &codebase, host, root: &root, store, options: &config.evidence });
    progress(Stage::Cluster);
    let partition = cluster::cluster(&codebase, &graph, &evidence, store, &choices.cluster);
    progress(Stage::Advise);
    let plan = advise::advise(&codebase, &graph, &evidence, &partition);
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
