//! What the user decides: written, found, checked, and handed to each stage as that stage's own options.
//!
//! Takes the folder under analysis; gives a [`Config`] or a [`ConfigError`] that names file, line and column. [`Config::choices`]
//! turns patterns into modules once the code is read. Invariants: nothing that is written is ignored: an unknown key, rule or word is
//! an error that offers the nearest known one, a pattern that means no module is a warning.
//!
//! In reading order: `source` (where it stands), `raw` (as written), `validate` (checked), [`pattern`] (module patterns),
//! `claims` (which modules are whose), `bonds` (which are in one service, and which are not).

mod bonds;
mod claims;
pub mod pattern;
mod raw;
mod source;
mod validate;

use crate::advise;
use crate::check::Policy;
use crate::cluster;
use crate::evidence;
use crate::frontend::rust;
use crate::host::Host;
use crate::model::codebase::Codebase;
use crate::model::diagnostic::Diagnostic;
use crate::model::ids::ModuleId;
use crate::model::nearest;
use bonds::Bond;
use claims::Claim;
use source::Source;
use std::path::{Path, PathBuf};

/// Each stage's options.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What to read; set by the command line alone.
    pub frontend: rust::Options,
    /// A graph in the place of code; set by the command line alone.
    pub graph: Option<PathBuf>,
    /// The index to merge; set by the command line alone.
    #[cfg(feature = "scip")]
    pub scip: Option<PathBuf>,
    /// What the gate denies, warns about and tolerates.
    pub policy: Policy,
    /// Which sources of evidence are asked, and what they weigh.
    pub evidence: evidence::Options,
    /// The numbers against which candidates are held.
    pub advice: advise::Options,
    /// Module and service of an earlier proposal; set by the command line alone.
    pub before: Vec<(String, String)>,
    /// How to cluster, without the modules that `claims` name.
    cluster: cluster::Options,
    /// Modules that the user has decided on.
    claims: Vec<Claim>,
    /// Modules of which the user wants that they share a service, or do not.
    bonds: Vec<Bond>,
    /// Where all that is written.
    source: Option<Source>,
}

/// What the patterns mean for one code base.
#[derive(Clone, Debug)]
pub struct Choices {
    /// How to cluster.
    pub cluster: cluster::Options,
    /// Patterns that mean nothing.
    pub warnings: Vec<Diagnostic>,
}

impl Config {
    /// The configuration of the folder `root`: of `explicit` where that is given, else of the one place that has one.
    pub fn load(host: &dyn Host, root: &Path, explicit: Option<&Path>) -> Result<Self, ConfigError> {
        match Source::find(host, root, explicit)? {
            Some(source) => validate::validate(source),
            None => Ok(Self::default()),
        }
    }

    /// The file in which it is written, as the user would name it.
    pub fn file(&self) -> Option<&str> {
        self.source.as_ref().map(|s| s.shown.as_str())
    }

    /// Takes every module that is not set otherwise for a part of some capability.
    pub fn all_capabilities(&mut self, all: bool) {
        self.cluster.roles = !all;
    }

    /// Everything that can be weighed: what the code itself says, then sources of evidence; each with its name, what it looks at, and what
    /// it weighs by default.
    pub fn weighed() -> impl Iterator<Item = (&'static str, &'static str, f64)> + Clone {
        let evidence = evidence::SOURCES.iter().map(|s| s.spec()).map(|s| (s.name, s.summary, s.weight));
        cluster::SOURCES.iter().map(|s| (s.name, s.summary, s.weight)).chain(evidence)
    }

    /// Names of all of that.
    pub fn sources() -> impl Iterator<Item = &'static str> + Clone {
        Self::weighed().map(|s| s.0)
    }

    /// Sets what one of [`Config::sources`] weighs; `None` leaves it out.
    ///
    /// # Errors
    /// What a weight has to be, where this is none.
    pub fn weigh(&mut self, name: &str, weight: Option<f64>) -> Result<(), &'static str> {
        match (cluster::SOURCES.iter().position(|s| s.name == name), weight) {
            (Some(own), weight) => self.cluster.weights[own] = evidence::checked(weight.unwrap_or(0.0))?,
            (None, Some(weight)) => self.evidence.set(name, weight)?,
            (None, None) => self.evidence.leave_out(name),
        }
        Ok(())
    }

    /// Sets the algorithm.
    ///
    /// # Errors
    /// Names of all there are, where this is none.
    pub fn algorithm(&mut self, name: &str) -> Result<(), String> {
        let names = || cluster::ALGORITHMS.iter().map(|a| a.name());
        let known = names().find(|known| *known == name);
        let near = || nearest(name, names()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        self.cluster.algorithm =
            known.ok_or_else(|| format!("{}Algorithms: {}", near(), names().collect::<Vec<_>>().join(", ")))?.to_owned();
        Ok(())
    }

    /// Sets how many services are wanted.
    pub fn services(&mut self, wanted: usize) {
        (self.cluster.services, self.cluster.resolution) = (Some(wanted), None);
    }

    /// Who owns a service, where that is written.
    pub fn owner(&self, service: &str) -> Option<&str> {
        self.claims.iter().find(|c| c.is_service(service))?.owner.as_deref()
    }

    /// Looks up which modules the patterns mean.
    pub fn choices(&self, codebase: &Codebase) -> Result<Choices, ConfigError> {
        let still = |(id, service): &(String, String)| Some((codebase.module(id)?, service.clone()));
        let mut before: Vec<(ModuleId, String)> = self.before.iter().filter_map(still).collect();
        before.sort_unstable();
        let options = cluster::Options { before, ..self.cluster.clone() };
        let Some(source) = &self.source else { return Ok(Choices { cluster: options, warnings: Vec::new() }) };
        let (cluster, mut warnings) = claims::settle(&self.claims, source, codebase, options)?;
        let cluster = bonds::settle(&self.bonds, source, codebase, cluster, &mut warnings)?;
        Ok(Choices { cluster, warnings })
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{file}: {message}")]
    Read {
        /// As the user would name it.
        file: String,
        /// One sentence.
        message: String,
    },
    /// Two places have one.
    #[error("two configurations at once: {0}, and {1}; keep one of them")]
    Two(String, String),
    /// Something in it is wrong.
    #[error("{file}:{line}:{column}: {message}")]
    Invalid {
        /// As the user would name it.
        file: String,
        /// 1-based.
        line: u32,
        /// 1-based, in characters.
        column: u32,
        /// One sentence.
        message: String,
        /// The line as written.
        excerpt: String,
        /// What is allowed here.
        help: Option<String>,
    },
}

#[cfg(test)]
mod tests;
