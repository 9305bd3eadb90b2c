//! The configuration as it is written, with the places of whatever may be refused later.
//!
//! Takes TOML text; gives [`Raw`]. Invariants: a key that is not here is refused by the reader; values whose allowed words come from a
//! table elsewhere stay text with its place until [`super::validate`].

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// All of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of seamline's settings")]
pub(super) struct Raw {
    pub service: Vec<RawService>,
    pub together: Vec<RawBond>,
    pub apart: Vec<RawBond>,
    pub shared: RawModules,
    pub glue: RawModules,
    pub cluster: RawCluster,
    pub evidence: BTreeMap<Spanned<String>, Spanned<RawWeight>>,
    pub traces: BTreeMap<String, String>,
    pub rules: BTreeMap<Spanned<String>, Spanned<String>>,
    pub tolerance: RawTolerance,
    pub advice: BTreeMap<Spanned<String>, Spanned<RawNumber>>,
    pub cost: BTreeMap<Spanned<String>, Spanned<RawNumber>>,
    pub stale: Option<Spanned<String>>,
}

/// `[[service]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `name` and `include`")]
pub(super) struct RawService {
    pub name: Spanned<String>,
    pub include: Spanned<Vec<Spanned<String>>>,
    pub owner: Option<String>,
}

/// `[[together]]` and `[[apart]]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `include`")]
pub(super) struct RawBond {
    pub include: Spanned<Vec<Spanned<String>>>,
    /// Why; for readers of the file and of the report.
    pub reason: Option<String>,
}

/// `[shared]` and `[glue]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table with `include`")]
pub(super) struct RawModules {
    pub include: Vec<Spanned<String>>,
}

/// What a source of evidence weighs: a number, or whether it counts at all.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "a number, or false to leave the source out")]
pub(super) enum RawWeight {
    Whole(u32),
    Part(f64),
    Counts(bool),
}

/// A number, with or without a point.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(untagged, expecting = "a number")]
pub(super) enum RawNumber {
    Whole(u32),
    Part(f64),
}

/// `[cluster]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of clustering settings")]
pub(super) struct RawCluster {
    pub algorithm: Option<Spanned<String>>,
    pub resolution: Option<Spanned<f64>>,
    pub services: Option<Spanned<usize>>,
}

/// `[tolerance]`
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case", expecting = "a table of tolerances")]
pub(super) struct RawTolerance {
    pub propagation_cost: Option<Spanned<f64>>,
    pub efferent: Option<Spanned<u32>>,
}

/// Enough of a manifest to see whether it holds a configuration; everything else in it is passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Manifest<T> {
    pub workspace: Option<Table<T>>,
    pub package: Option<Table<T>>,
}

/// `[workspace]` or `[package]`
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Table<T> {
    #[serde(default = "none")]
    pub metadata: Option<Metadata<T>>,
}

/// Its `metadata`.
#[derive(Debug, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Metadata<T> {
    #[serde(default = "none")]
    pub seamline: Option<T>,
}

fn none<T>() -> Option<T> {
    None
}
