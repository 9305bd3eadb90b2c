//! From arguments to an analysis.
//!
//! Takes PATH and the options of all commands; gives the folder, its configuration and, when asked, its [`Analysis`]. Invariant:
//! paths are shown as the user wrote them.

use super::Context;
use super::exit::{Excerpt, Exit, Failure};
use super::progress::Progress;
use crate::config::{Config, ConfigError};
use crate::frontend::rust::{self, Conditions, DiscoverError, Selection};
use crate::host::Host;
use crate::host::store::Store;
use crate::model::analysis::Analysis;
use crate::model::diagnostic::Severity;
use crate::pipeline::{self, AnalyzeError};
use crate::report::json;
use std::path::{Path, PathBuf};

/// An `analysis.json` of a very large code base is some tens of megabytes.
const ANALYSIS_LIMIT: u64 = 2 << 30;

/// A code base that the user named.
pub(super) struct Input {
    /// What the front end is given: a folder or a manifest.
    path: PathBuf,
    /// Its folder.
    pub root: PathBuf,
    pub config: Config,
}

impl Input {
    /// The code base at `path`, or at `--manifest-path`, or here.
    pub(super) fn open(context: &Context, path: Option<&Path>) -> Result<Self, Failure> {
        let global = &context.global;
        let path = match (path, &global.manifest_path) {
            (Some(_), Some(_)) => return Err(Failure::usage("both PATH and --manifest-path are given").help("keep one of them")),
            (Some(path), None) => path.to_owned(),
            (None, Some(manifest)) => manifest.clone(),
            (None, None) => PathBuf::from("."),
        };
        let is_file = context.host.is_file(&path);
        let root = match path.parent() {
            Some(parent) if is_file && parent.as_os_str().is_empty() => PathBuf::from("."),
            Some(parent) if is_file => parent.to_owned(),
            _ => path.clone(),
        };
        let mut config = Config::load(&context.host, &root, global.config.as_deref()).map_err(config_failure)?;
        let selection = Selection { packages: global.packages.clone(), exclude: global.exclude.clone() };
        let conditions = Conditions {
            features: global.features.clone(),
            all_features: global.all_features,
            no_default_features: global.no_default_features,
            cfg: global.cfg.clone(),
            tests: global.tests,
        };
        config.frontend = rust::Options { selection, conditions, threads: global.threads };
        Ok(Self { path, root, config })
    }

    /// Reads and analyses it.
    pub(super) fn analyze(&self, context: &Context, progress: &Progress) -> Result<Analysis, Failure> {
        let store = self.store(context);
        let analysis =
            pipeline::analyze(&self.config, &context.host, &store, &self.path, &|stage| progress.stage(stage)).map_err(|error| match error {
                AnalyzeError::Config(error) => config_failure(error),
                AnalyzeError::Discover(error) => self.discover_failure(context, &error),
            })?;
        if let Some(note) = store.note() {
            context.terminal.detail(note);
        }
        if let Err(error) = store.save(&context.host) {
            // The analysis does not hang on it.
            context.terminal.note(&format!("the cache could not be written: {error}; --cache FILE puts it elsewhere, --no-cache does without"));
        }
        Ok(analysis)
    }

    /// What an earlier run worked out.
    fn store(&self, context: &Context) -> Store {
        if context.global.no_cache {
            return Store::none();
        }
        let file = context.global.cache.clone().unwrap_or_else(|| self.file("target/seamline/cache"));
        Store::open(&context.host, &file)
    }

    /// A file below the root, as the user would name it.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        let path = self.root.join(name);
        path.strip_prefix(".").map(Path::to_owned).unwrap_or(path)
    }

    fn discover_failure(&self, context: &Context, error: &DiscoverError) -> Failure {
        let mut message = error.to_string();
        // The front end speaks of real paths; the user wrote another.
        if let Ok(real) = context.host.canonical(&self.root) {
            let real = real.display().to_string();
            let written = self.root.display().to_string();
            let written = written.trim_end_matches('/');
            message = match message.strip_prefix(&format!("{real}/")) {
                Some(rest) if written == "." => rest.to_owned(),
                Some(rest) => format!("{written}/{rest}"),
                None => message.strip_prefix(&real).map_or(message.clone(), |rest| format!("{written}{rest}")),
            };
        }
        Failure::usage(message)
    }
}

/// The analysis in a file that an earlier run wrote.
pub(super) fn saved(context: &Context, file: &Path) -> Result<Analysis, Failure> {
    let help = "`seamline analyze` writes analysis.json into its --out folder";
    let failed = |message: String| Failure::usage(format!("{}: {message}", file.display())).help(help);
    let bytes = context.host.read(file, ANALYSIS_LIMIT).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => failed("there is no such file".into()),
        _ => failed(e.to_string()),
    })?;
    json::from_json(&bytes).map_err(|e| failed(e.to_string()))
}

/// Does an analysis cover all that it should?
pub(super) fn completeness(analysis: &Analysis) -> Exit {
    let errors = analysis.diagnostics.iter().any(|d| d.severity == Severity::Error);
    if errors { Exit::Incomplete } else { Exit::Pass }
}

fn config_failure(error: ConfigError) -> Failure {
    let message = error.to_string();
    match error {
        ConfigError::Invalid { line, column, excerpt, help, .. } => {
            let excerpt = (!excerpt.is_empty() && excerpt.chars().count() <= 120).then_some(Excerpt { line, column, text: excerpt });
            Failure { excerpt, help, ..Failure::usage(message) }
        }
        _ => Failure::usage(message),
    }
}
