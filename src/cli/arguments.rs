//! What can be typed: options of all commands, and the list of commands.

use super::exit::CODES;
use super::{analyze, baseline, check, completions, explain, init, man, plan, report};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Finds the seams of a Rust monolith: service boundaries, how the services should talk, and a gate that stops coupling from rising.
///
/// Reads source code and manifests; never builds or runs them, never uses the network, writes only where it is told to.
#[derive(Debug, Parser)]
#[command(name = "seamline", version, after_help = CODES, max_term_width = 100, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Analyze(analyze::Arguments),
    Check(check::Arguments),
    Baseline(baseline::Arguments),
    Report(report::Arguments),
    Explain(explain::Arguments),
    Plan(plan::Arguments),
    Init(init::Arguments),
    /// Print the JSON Schema of analysis.json
    Schema,
    Completions(completions::Arguments),
    Man(man::Arguments),
}

#[derive(Args, Debug)]
pub(super) struct Global {
    /// Manifest of the package or workspace, in the place of PATH
    #[arg(long, global = true, value_name = "FILE", help_heading = "What to read")]
    pub manifest_path: Option<PathBuf>,
    /// Analyse only this package; may be given several times
    #[arg(short, long = "package", global = true, value_name = "NAME", help_heading = "What to read")]
    pub packages: Vec<String>,
    /// Leave this package out; may be given several times
    #[arg(long, global = true, value_name = "NAME", help_heading = "What to read")]
    pub exclude: Vec<String>,
    /// Analyse all packages of the workspace: the default
    #[arg(long, global = true, conflicts_with = "packages", help_heading = "What to read")]
    pub workspace: bool,
    /// Features to turn on besides the default ones: NAME wherever it is known, or PACKAGE/NAME; several with commas
    #[arg(long, global = true, value_name = "NAMES", help_heading = "What to read")]
    pub features: Vec<String>,
    /// Turn all features of all packages on
    #[arg(long, global = true, help_heading = "What to read")]
    pub all_features: bool,
    /// Leave the default features off
    #[arg(long, global = true, help_heading = "What to read")]
    pub no_default_features: bool,
    /// Take a further flag of conditional compilation as set: NAME, or NAME="VALUE"
    #[arg(long, global = true, value_name = "FLAG", help_heading = "What to read")]
    pub cfg: Vec<String>,
    /// Tests, too: what is under #[cfg(test)] and #[test], and integration tests with their dev-dependencies
    #[arg(long, global = true, help_heading = "What to read")]
    pub tests: bool,
    /// Merge this index, made by `rust-analyzer scip .`: references that only a compiler can resolve
    #[cfg(feature = "scip")]
    #[arg(long, global = true, value_name = "FILE", help_heading = "What to read")]
    pub scip: Option<PathBuf>,
    /// What a source of evidence weighs beside 1 for references, from 0 to 10, or `off` to leave it out; may be given several times
    #[arg(long, global = true, value_name = "NAME=WEIGHT", help_heading = "What to read")]
    pub evidence: Vec<String>,
    /// A graph of any language in the place of Rust code: JSON, {"nodes": [{"id", "name"}], "edges": [{"from", "to", "weight", "kind"}]}
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["manifest_path", "packages", "features", "tests"], help_heading = "What to read")]
    pub graph: Option<PathBuf>,
    /// Which modules run in which use cases: JSON, {"module": ["use case", …]}
    #[arg(long, global = true, value_name = "FILE", help_heading = "What to read")]
    pub use_cases: Option<PathBuf>,
    /// What running programs recorded, as OTLP JSON or Jaeger JSON; may be given several times
    #[arg(long, global = true, value_name = "FILE", help_heading = "What to read")]
    pub traces: Vec<PathBuf>,
    /// How to cluster, in the place of what the configuration says: NAME of an algorithm
    #[arg(long, global = true, value_name = "NAME", help_heading = "How to cut")]
    pub algorithm: Option<String>,
    /// How many services are wanted, as far as the code supports it
    #[arg(long, global = true, value_name = "N", help_heading = "How to cut")]
    pub services: Option<std::num::NonZeroUsize>,
    /// analysis.json of an earlier run: its services and their names are kept where the code does not clearly say otherwise
    #[arg(long, global = true, value_name = "FILE", help_heading = "How to cut")]
    pub previous: Option<PathBuf>,
    /// Configuration, in the place of seamline.toml, .config/seamline.toml or [workspace.metadata.seamline]
    #[arg(long, global = true, value_name = "FILE", help_heading = "What to read")]
    pub config: Option<PathBuf>,
    /// Threads for reading and parsing; 0 takes one per core. The result is the same for any number
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide_default_value = true, help_heading = "How to run")]
    pub threads: usize,
    /// Where what this run works out is kept for the next one [default: target/seamline/cache of the analysed workspace]
    #[arg(long, global = true, value_name = "FILE", help_heading = "How to run")]
    pub cache: Option<PathBuf>,
    /// Keep nothing for the next run, and take nothing from an earlier one
    #[arg(long, global = true, conflicts_with = "cache", help_heading = "How to run")]
    pub no_cache: bool,
    /// Colour on the terminal; else as CARGO_TERM_COLOR and NO_COLOR say
    #[arg(long, global = true, value_name = "WHEN", help_heading = "How to run")]
    pub color: Option<Color>,
    /// No progress, warnings or summary; errors only
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "How to run")]
    pub quiet: bool,
    /// All diagnostics, notes among them, and the time that each stage took
    #[arg(short, long, global = true, help_heading = "How to run")]
    pub verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal only
    Auto,
    /// In pipes and files, too
    Always,
    /// Nowhere
    Never,
}
