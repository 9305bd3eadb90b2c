//! seamline finds the seams of a Rust monolith: where it can be parted, whether that is worth it, and how the two sides should then talk.
//!
//! # The pipeline
//!
//! ```text
//! Host ──► frontend ──► Codebase ─┬─► graph ────► ModuleGraph ─┐
//!                                 │                            ├─► cluster ─► Partition ─► advise ─► Plan
//!                                 └─► evidence ─► Evidence ────┘
//!          all of it ──► Analysis ─┬─► check  ──► Outcome ──► exit code
//!                                  └─► report ──► bytes
//! ```
//!
//! | stage | takes | gives |
//! |---|---|---|
//! | [`frontend`] | a folder, through a [`host::Host`] | [`model::codebase::Codebase`]: crates, modules, items, references |
//! | [`graph`] | the code base | [`model::graph::ModuleGraph`]: dependencies, cycles with their cheapest cuts, metrics |
//! | [`evidence`] | the code base, and files that are no Rust | [`model::evidence::Evidence`]: tables, transactions, entry points, messages, history, traces, and what they tie together |
//! | [`cluster`] | the code base, its graph and the evidence | [`model::partition::Partition`]: role and service of every module |
//! | [`advise`] | all of these | [`model::plan::Plan`]: services, crossings, verdicts, each with its reasons and places |
//! | [`check`] | an [`model::analysis::Analysis`] and a baseline | [`model::finding::Outcome`] |
//! | [`report`] | an [`model::analysis::Analysis`] | bytes: text, Markdown, DOT, JSON |
//!
//! What sources of evidence want to hear of, they say in [`evidence::vocabulary`]; the front end tells just those calls with their arguments
//! ([`model::calls`]). [`frontend::graph`] takes a graph of any language in the place of code.
//!
//! With the cargo feature `scip`, `frontend::scip` lays an index of rust-analyzer over the code base before anything is made of it.
//! [`pipeline`] alone sees them all. [`config`] turns what the user wrote into each stage's own options; [`cli`] talks to people.
//!
//! # Layers
//!
//! `cli / pipeline / config / frontend | graph | evidence | cluster | advise | check | report / host / model`, top first: a layer uses those below it.
//! Stages on the same line never import each other; `tests/architecture` checks it from `[package.metadata.layers]`.
//!
//! # What is deliberately absent
//!
//! * No syn type leaves `frontend/rust/parse`: the rest works on owned facts that can cross threads and be stored.
//! * Nothing of the analysed repository is ever run: no cargo, no build script, no procedural macro. Nothing opens a network connection.
//! * No result depends on what an earlier run left: [`host::store::Store`] keeps values under digests of all that they were worked out from.
//! * [`host::os`] is the only file that names `std::fs` or `std::process`.
//! * No clock, no absolute path and no hash order reach any output: the same input gives the same bytes, on any number of threads.
//! * petgraph stays inside [`graph`], graphviz-rust inside [`report`].
//! * Parsing never fails a run: a file that does not parse is a diagnostic, and the rest goes on.
//!
//! # To add something
//!
//! | to add | write | and a line in |
//! |---|---|---|
//! | a language or input | `frontend/<name>` | `frontend/mod.rs` |
//! | a source of evidence | `evidence/<name>.rs`, with its spec | [`evidence::SOURCES`] |
//! | an algorithm | `cluster/<name>.rs` | [`cluster::ALGORITHMS`] |
//! | a format | `report/<name>.rs` | [`report::FORMATS`] |
//! | a gate rule | `check/rules/<name>.rs` | [`check::rules::RULES`] |
//! | shapes of a library, so that method calls lead through it | `frontend/rust/library/crates.model` | — (`SEAMLINE_UPDATE=1 cargo test --lib library`) |
//!
//! Help texts, tables in the README and `seamline explain` are read from those tables.

pub mod advise;
pub mod check;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod evidence;
pub mod frontend;
pub mod graph;
pub mod host;
pub mod model;
pub mod pipeline;
pub mod report;
