//! `seamline-baseline.json`: the coupling that a team has accepted, and the boundaries within which it was accepted.
//!
//! Takes an [`Analysis`] or the text of the file; gives a [`Baseline`] or its text. Invariants: sorted, one record a line, so that it
//! merges; no line numbers, paths, counts or clock, so that it changes only when coupling does. A text that is no baseline is an error
//! of its own type: a broken baseline must never look like "no change".

use super::comparison;
use crate::model::analysis::Analysis;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Name of the file at the workspace root.
pub const FILE: &str = "seamline-baseline.json";
/// Version of the format that this writes, and the only one that it reads.
pub const SCHEMA_VERSION: u32 = 1;
const TOOL: &str = "seamline";

/// Accepted boundaries and coupling.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// Every module that was there, with its service; `None` for shared and glue modules.
    pub modules: BTreeMap<String, Option<String>>,
    /// Module dependencies across services, by (from, to); the value says why it was accepted, where that was asked.
    pub crossings: BTreeMap<(String, String), Option<String>>,
    /// Tangles, sorted by their modules.
    pub cycles: Vec<AcceptedCycle>,
    /// Figures.
    pub metrics: Metrics,
}

/// A tangle that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AcceptedCycle {
    /// Its modules, sorted.
    pub modules: BTreeSet<String>,
    /// Why, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Figures of the accepted state, rounded to four digits, so that the file does not change with every commit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    /// Share of ordered module pairs connected through any path.
    pub propagation_cost: f64,
    /// Share of modules in some tangle.
    pub cyclicity: f64,
    /// Services that each service depends on.
    pub service_ce: BTreeMap<String, u32>,
}

/// Why a text is no baseline.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// Left over from a merge.
    #[error("line {line} is a conflict marker of git: resolve the merge, or write the baseline anew")]
    Conflict {
        /// 1-based.
        line: usize,
    },
    /// Not JSON, or not of this shape.
    #[error("not a valid baseline: {0}")]
    Json(#[from] serde_json::Error),
    /// Another program's file.
    #[error("the baseline was written by `{found}`, not by `{TOOL}`")]
    Tool {
        /// What the file says.
        found: String,
    },
    /// Written by a version of this program that uses another format.
    #[error("the baseline has schema_version {found}, this version of seamline reads schema_version {SCHEMA_VERSION}: create it anew")]
    Version {
        /// What the file says.
        found: u64,
    },
    /// It says two different things about one thing, or something that cannot be.
    #[error("the baseline contradicts itself: {0}")]
    Contradiction(String),
}

#[derive(Deserialize)]
struct Head {
    schema_version: u64,
    tool: String,
}

#[derive(Deserialize)]
struct Wire {
    modules: Vec<ModuleRecord>,
    crossings: Vec<CrossingRecord>,
    cycles: Vec<AcceptedCycle>,
    metrics: MetricsRecord,
}

#[derive(Serialize, Deserialize)]
struct ModuleRecord {
    module: String,
    service: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct CrossingRecord {
    from: String,
    to: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Deserialize)]
struct MetricsRecord {
    propagation_cost: f64,
    cyclicity: f64,
    service_ce: Vec<CeRecord>,
}

#[derive(Serialize, Deserialize)]
struct CeRecord {
    service: String,
    ce: u32,
}

impl Baseline {
    /// Accepts an analysis as it is, with the boundaries that it proposes.
    pub fn from_analysis(analysis: &Analysis) -> Self {
        comparison::accept(analysis, &comparison::proposed_owners(analysis))
    }

    /// The services that it knows.
    pub fn services(&self) -> BTreeSet<&str> {
        self.modules.values().flatten().map(String::as_str).collect()
    }

    /// Does it say of every module where it belongs?
    pub fn places_all(&self, analysis: &Analysis) -> bool {
        analysis.modules.iter().all(|m| self.modules.contains_key(&m.id))
    }

    /// Were two modules in one tangle?
    pub fn tangled(&self, a: &str, b: &str) -> bool {
        self.cycles.iter().any(|c| c.modules.contains(a) && c.modules.contains(b))
    }

    /// Did the propagation cost rise by more than `tolerance`, and not only because isolated modules went away? The share rises then,
    /// too, but no pair of modules is newly connected.
    pub fn propagation_rose(&self, before: &Baseline, tolerance: f64) -> bool {
        let pairs = |b: &Baseline| b.metrics.propagation_cost * (b.modules.len() as f64).powi(2);
        // The figures have four digits: a rise by exactly the tolerance must not fail because of the fifth.
        pairs(self) > pairs(before) && self.metrics.propagation_cost - before.metrics.propagation_cost > tolerance + 1e-9
    }

    /// Reads a baseline. Records may stand in any order and twice, as after a merge, but may not contradict each other.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        if let Some(i) = text.lines().position(|l| ["<<<<<<< ", "=======", ">>>>>>> ", "||||||| "].iter().any(|m| l.starts_with(m))) {
            return Err(BaselineError::Conflict { line: i + 1 });
        }
        let head: Head = serde_json::from_str(text)?;
        if head.tool != TOOL {
            return Err(BaselineError::Tool { found: head.tool });
        }
        if head.schema_version != u64::from(SCHEMA_VERSION) {
            return Err(BaselineError::Version { found: head.schema_version });
        }
        Self::from_wire(serde_json::from_str(text)?)
    }

    fn from_wire(wire: Wire) -> Result<Self, BaselineError> {
        let contradiction = |text: String| Err(BaselineError::Contradiction(text));
        let mut modules = BTreeMap::new();
        for ModuleRecord { module, service } in wire.modules {
            if let Some(other) = modules.insert(module.clone(), service.clone())
                && other != service
            {
                return contradiction(format!("module `{module}` is in two places"));
            }
        }
        for CrossingRecord { from, to, .. } in &wire.crossings {
            if let Some(unknown) = [from, to].into_iter().find(|m| !modules.contains_key(*m)) {
                return contradiction(format!("crossing `{from}` → `{to}`: module `{unknown}` is not listed"));
            }
        }
        for cycle in &wire.cycles {
            if let Some(unknown) = cycle.modules.iter().find(|m| !modules.contains_key(*m)) {
                return contradiction(format!("a cycle names module `{unknown}`, which is not listed"));
            }
        }
        let m = wire.metrics;
        for share in [m.propagation_cost, m.cyclicity] {
            if !(0.0..=1.0).contains(&share) {
                return contradiction(format!("a share is {share}, not between 0 and 1"));
            }
        }
        let mut cycles = wire.cycles;
        cycles.sort();
        cycles.dedup();
        Ok(Self {
            modules,
            crossings: wire.crossings.into_iter().map(|c| ((c.from, c.to), c.reason)).collect(),
            cycles,
            metrics: Metrics {
                propagation_cost: m.propagation_cost,
                cyclicity: m.cyclicity,
                service_ce: m.service_ce.into_iter().map(|r| (r.service, r.ce)).collect(),
            },
        })
    }

    /// The text of the file.
    pub fn render(&self) -> String {
        let modules = self.modules.iter().map(|(module, service)| json(&ModuleRecord { module: module.clone(), service: service.clone() }));
        let crossings = self
            .crossings
            .iter()
            .map(|((from, to), reason)| json(&CrossingRecord { from: from.clone(), to: to.clone(), reason: reason.clone() }));
        let ce = self.metrics.service_ce.iter().map(|(service, &ce)| json(&CeRecord { service: service.clone(), ce }));
        format!(
            "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"tool\": \"{TOOL}\",\n  \"modules\": {},\n  \"crossings\": {},\n  \"cycles\": {},\n  \
             \"metrics\": {{\n    \"propagation_cost\": {},\n    \"cyclicity\": {},\n    \"service_ce\": {}\n  }}\n}}\n",
            array(modules, 4),
            array(crossings, 4),
            array(self.cycles.iter().map(json), 4),
            self.metrics.propagation_cost,
            self.metrics.cyclicity,
            array(ce, 6),
        )
    }
}

fn json(record: &impl Serialize) -> String {
    serde_json::to_string(record).expect("records hold only strings, numbers and lists")
}

/// An array with a record on each line.
fn array(records: impl Iterator<Item = String>, indent: usize) -> String {
    let records: Vec<String> = records.map(|r| format!("\n{:indent$}{r}", "")).collect();
    if records.is_empty() { "[]".to_owned() } else { format!("[{}\n{:width$}]", records.join(","), "", width = indent - 2) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{hostile, shop, shop_with};

    #[test]
    fn the_baseline_of_the_shop() {
        insta::assert_snapshot!(Baseline::from_analysis(&shop()).render());
    }

    #[test]
    fn what_is_written_is_read_back() {
        for analysis in [shop(), hostile(), Analysis::default()] {
            let baseline = Baseline::from_analysis(&analysis);
            assert_eq!(Baseline::parse(&baseline.render()).expect("parses"), baseline);
        }
    }

    #[test]
    fn more_references_to_the_same_module_change_nothing() {
        let more = shop_with(&[("shop::orders", "shop::customers", &[7, 9, 11])]);
        assert_eq!(Baseline::from_analysis(&more).render(), Baseline::from_analysis(&shop()).render());
    }

    #[test]
    fn order_and_repetition_do_not_matter() {
        let baseline = Baseline::from_analysis(&shop());
        let record = "    {\"module\":\"shop::catalog\",\"service\":\"catalog\"},\n";
        let text = baseline.render();
        assert!(text.contains(record));
        let merged = text.replace("  \"modules\": [\n", &format!("  \"modules\": [\n{record}"));
        assert_eq!(Baseline::parse(&merged).expect("parses"), baseline);
    }

    #[test]
    fn what_is_no_baseline_says_why() {
        let text = Baseline::from_analysis(&shop()).render();
        let refused = |text: &str| Baseline::parse(text).expect_err("refused").to_string();
        assert!(refused("").contains("not a valid baseline"));
        assert!(refused("{}").contains("schema_version"));
        assert!(refused(&text[..text.len() / 2]).contains("not a valid baseline"));
        assert!(refused(&text.replace("\"tool\": \"seamline\"", "\"tool\": \"other\"")).contains("`other`"));
        assert!(refused(&text.replace("\"schema_version\": 1", "\"schema_version\": 2")).contains("schema_version 2"));
        assert!(refused(&text.replace("  \"crossings\"", "<<<<<<< ours\n  \"crossings\"")).contains("conflict marker"));
        assert!(refused(&text.replace("\"from\":\"shop::orders\",", "\"from\":\"shop::gone\",")).contains("`shop::gone` is not listed"));
        let twice = text.replace("  \"modules\": [\n", "  \"modules\": [\n    {\"module\":\"shop::catalog\",\"service\":\"orders\"},\n");
        assert!(refused(&twice).contains("in two places"));
        assert!(refused(&text.replace("\"crossings\"", "\"crossing\"")).contains("crossings"));
    }
}
