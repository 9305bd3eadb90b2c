//! From arguments to an analysis.
//!
//! Takes PATH and the options of all commands; gives the folder, its configuration and, when asked, its [`Analysis`]. Invariant:
//! paths are shown as the user wrote them.

use super::Context;
use super::exit::{Excerpt, Exit, Failure};
use super::progress::Progress;
use crate::check::Baseline;
use crate::config::{Config, ConfigError};
use crate::frontend::rust::{self, Conditions, DiscoverError, Selection};
use crate::host::Host;
use crate::host::git::{Revision, RevisionError};
use crate::host::store::{Key, Store};
use crate::model::analysis::{Analysis, ModuleRow};
use crate::model::diagnostic::Severity;
use crate::model::nearest;
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
    /// What an earlier run worked out.
    pub store: Store,
}

impl Input {
    /// The code base at `path`, or at `--manifest-path`, or here.
    pub(super) fn open(context: &Context, path: Option<&Path>) -> Result<Self, Failure> {
        let global = &context.global;
        if global.graph.is_some() && path.is_some() {
            return Err(Failure::usage("both PATH and --graph are given").help("keep one of them"));
        }
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
        config.frontend = rust::Options { selection, conditions, threads: global.threads, ..rust::Options::default() };
        config.graph.clone_from(&global.graph);
        // All modules of a graph are what is to be clustered: who made it has left out the rest.
        config.all_capabilities(global.graph.is_some());
        config.evidence.use_cases.clone_from(&global.use_cases);
        config.evidence.traces.clone_from(&global.traces);
        for written in &global.evidence {
            weigh(&mut config, written)?;
        }
        if let Some(name) = &global.algorithm {
            config.algorithm(name).map_err(|help| Failure::usage(format!("--algorithm {name}: there is no such algorithm")).help(help))?;
        }
        if let Some(file) = &global.previous {
            let earlier = saved(context, file)?;
            let placed = |m: &ModuleRow| Some((m.id.clone(), earlier.service_id(m.service?).to_owned()));
            config.before = earlier.modules.iter().filter_map(placed).collect();
        }
        if let Some(wanted) = global.services {
            config.services(wanted.get());
        }
        #[cfg(feature = "scip")]
        config.scip.clone_from(&global.scip);
        let mut input = Self { path, root, config, store: Store::none() };
        if !global.no_cache {
            let file = global.cache.clone().unwrap_or_else(|| input.file("target/seamline/cache"));
            input.store = Store::open(&context.host, &file);
        }
        Ok(input)
    }

    /// For the gate: the same code must be judged in the same way, whatever was before.
    pub(super) fn of_code_only(mut self) -> Self {
        self.config.evidence.of_code_only();
        self
    }

    /// Reads and analyses it.
    pub(super) fn analyze(&self, context: &Context, progress: &Progress) -> Result<Analysis, Failure> {
        self.analyze_in(&context.host, context, progress)
    }

    /// Reads it and measures what depends on what, and no more.
    pub(super) fn measure(&self, context: &Context, progress: &Progress) -> Result<Analysis, Failure> {
        pipeline::measure(&self.config, &context.host, &self.store, &self.path, &|stage| progress.stage(stage))
            .map_err(|error| self.failure(context, error))
    }

    /// What the same folder would have accepted as it was at a revision.
    pub(super) fn baseline_at(&self, revision: &str, context: &Context, progress: &Progress) -> Result<Baseline, Failure> {
        #[cfg(feature = "scip")]
        if self.config.scip.is_some() {
            return Err(Failure::usage(format!(
                "--scip cannot be used with revision `{revision}`: an index is of the files as they are now"
            ))
            .help("compare with a baseline: `seamline baseline create --scip FILE`"));
        }
        if !self.config.evidence.traces.is_empty() {
            return Err(Failure::usage(format!(
                "--traces cannot be used with revision `{revision}`: traces are of the program as it is now, and are not looked for there"
            ))
            .help("compare with a baseline: `seamline baseline create --traces FILE`"));
        }
        let world = Revision::open(&context.host, &self.root, revision).map_err(|error| revision_failure(&error))?;
        let incomplete = |message: String| {
            let failure = Failure::incomplete(format!("at revision `{revision}`: {message}"));
            match world.submodules().as_slice() {
                [] => failure,
                all => {
                    failure.help(format!("submodules are not part of the repository's own objects and are left out: {}", all.join(", ")))
                }
            }
        };
        // A revision never changes, and what it accepts is a small part of its analysis.
        // Asked of the disk: to ask the revision is to list all of it.
        let place = context.host.canonical(&self.path).unwrap_or_else(|_| self.path.clone());
        let key = world.identity().map(|identity| {
            let configured = format!("{:?}", self.config);
            Key::of("baseline of a revision", &[configured.as_bytes(), identity.bytes(), place.as_os_str().as_encoded_bytes()])
        });
        let known = key.and_then(|key| String::from_utf8(self.store.get(&key)?.to_vec()).ok()).and_then(|text| Baseline::parse(&text).ok());
        if let Some(known) = known {
            return Ok(known);
        }
        let analysis = self.analyze_in(&world, context, progress).map_err(|failure| incomplete(failure.message))?;
        let errors = || analysis.diagnostics.iter().filter(|d| d.severity == Severity::Error);
        match errors().next() {
            None => {
                let baseline = Baseline::from_analysis(&analysis);
                if let Some(key) = key {
                    self.store.put(key, baseline.render().into_bytes());
                }
                Ok(baseline)
            }
            Some(first) => {
                let place = first.site.as_ref().map(|s| format!("{}:{}: ", s.file, s.line)).unwrap_or_default();
                let more = errors().count() - 1;
                let more = if more > 0 { format!(" (and {more} more)") } else { String::new() };
                Err(incomplete(format!("some of the code could not be analysed: {place}{}{more}", first.message)))
            }
        }
    }

    fn analyze_in(&self, world: &dyn Host, context: &Context, progress: &Progress) -> Result<Analysis, Failure> {
        pipeline::analyze(&self.config, world, &self.store, &self.path, &|stage| progress.stage(stage))
            .map_err(|error| self.failure(context, error))
    }

    fn failure(&self, context: &Context, error: AnalyzeError) -> Failure {
        match error {
            AnalyzeError::Config(error) => config_failure(error),
            AnalyzeError::Graph(error) => Failure::usage(error.to_string())
                .help("a graph is JSON: {\"nodes\": [{\"id\": …}], \"edges\": [{\"from\": …, \"to\": …, \"weight\": …}]}"),
            AnalyzeError::Discover(error) => self.discover_failure(context, &error),
            #[cfg(feature = "scip")]
            AnalyzeError::Scip(error) => Failure::usage(error.to_string())
                .help("run `rust-analyzer scip .` in the workspace, and give the index.scip that it writes"),
        }
    }

    /// An analysis with all that surrounds one: progress is shown meanwhile, and what was worked out is kept.
    pub(super) fn analyzed(&self, context: &Context) -> Result<Analysis, Failure> {
        let progress = Progress::new(&context.terminal);
        let analysis = self.analyze(context, &progress)?;
        self.remember(context);
        progress.end(&context.terminal);
        Ok(analysis)
    }

    /// Keeps what this run has worked out for the next one. No result hangs on it.
    pub(super) fn remember(&self, context: &Context) {
        if let Some(note) = self.store.note() {
            context.terminal.detail(note);
        }
        if let Err(error) = self.store.save(&context.host) {
            let help = "--cache FILE puts it elsewhere, --no-cache does without";
            context.terminal.note(&format!("the cache could not be written, and the next run will take as long: {error}; {help}"));
        }
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

/// `NAME=WEIGHT` or `NAME=off`.
fn weigh(config: &mut Config, written: &str) -> Result<(), Failure> {
    let failed = |message: String, help: &str| Failure::usage(format!("--evidence {written}: {message}")).help(help);
    let Some((name, weight)) = written.split_once('=') else {
        return Err(failed("there is no weight".into(), "write NAME=WEIGHT, or NAME=off"));
    };
    let names = Config::sources;
    if !names().any(|known| known == name) {
        let near = nearest(name, names()).map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let all = names().collect::<Vec<_>>().join(", ");
        return Err(failed(format!("there is no source `{name}`"), &format!("{near}Sources: {all}")));
    }
    let weight = (weight != "off").then(|| weight.parse().unwrap_or(f64::NAN));
    config.weigh(name, weight).map_err(|help| failed("this is no weight".into(), help))
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

fn revision_failure(error: &RevisionError) -> Failure {
    let failure = Failure::incomplete(error.to_string());
    match error {
        RevisionError::Shallow { .. } => {
            failure.help("fetch more of the history: git fetch --unshallow; in a GitHub workflow: actions/checkout with fetch-depth: 0")
        }
        RevisionError::Unknown { .. } => {
            failure.help("name a commit, branch or tag that this clone has: git log --oneline; git fetch brings others")
        }
        RevisionError::NoRepository { .. } => failure.help("without git, compare with a committed file: seamline baseline create"),
        _ => failure,
    }
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
