//! What running programs recorded: which code called which, how often, and for whom.

use crate::model::ids::ModuleId;
use serde::{Deserialize, Serialize};

/// What the trace files say, as far as their spans could be matched with code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Traces {
    /// Spans that were read.
    pub spans: u64,
    /// Of them, those that were matched with an item or module.
    pub matched: u64,
    /// Spans that were passed over because there are more than fit.
    pub left_out: u64,
    /// Names of spans that were matched with nothing, with their number: the most frequent first, then by name; no more than twenty.
    pub unmatched: Vec<(String, u64)>,
    /// Calls between different items, sorted.
    pub calls: Vec<TracedCall>,
    /// What the traces were recorded for, sorted by name.
    pub use_cases: Vec<UseCase>,
}

/// Code that ran.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ran {
    /// The module.
    pub module: ModuleId,
    /// Path of the item inside the module; `None` where only the module is known.
    pub item: Option<String>,
}

/// One item called another, with nothing between them that could be matched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TracedCall {
    /// Who called.
    pub from: Ran,
    /// Who was called.
    pub to: Ran,
    /// How often.
    pub count: u64,
}

/// Traces whose first span has the same name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UseCase {
    /// Name of the first span.
    pub name: String,
    /// Number of traces.
    pub traces: u64,
    /// Modules that ran in them, sorted.
    pub modules: Vec<ModuleId>,
}

impl Traces {
    /// All modules that it names.
    pub(super) fn modules(&self) -> impl Iterator<Item = ModuleId> + '_ {
        let calls = self.calls.iter().flat_map(|c| [c.from.module, c.to.module]);
        calls.chain(self.use_cases.iter().flat_map(|u| u.modules.iter().copied()))
    }
}
