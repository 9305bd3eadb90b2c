//! What came of merging an index of another program with our own reading: how far the two agree, and where they do not.
//!
//! Nothing here changes what is known of the code; it says how that was come by.

use serde::{Deserialize, Serialize};

/// Figures of one merge, and what the two sources say differently.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scip {
    /// Documents in the index.
    pub documents: u32,
    /// Of them, files of the workspace.
    pub matched: u32,
    /// Of those, left out, since the index was made from another text.
    pub outdated: u32,
    /// References of the index to something in the workspace, in the documents that count.
    pub references: u32,
    /// Of them, those that lead to the same module as ours.
    pub agreed: u32,
    /// Of them, those that we did not see.
    pub added: u32,
    /// Of ours, those whose target gave way to that of the index.
    pub replaced: u32,
    /// Of ours, those taken out, since they lead out of the workspace by the index.
    pub removed: u32,
    /// What was replaced or removed, by place; the first [`Scip::LISTED`].
    pub disagreements: Vec<Disagreement>,
}

impl Scip {
    /// How many disagreements are listed at most.
    pub const LISTED: usize = 200;

    /// How many there are.
    pub fn disagreed(&self) -> u32 {
        self.replaced + self.removed
    }
}

/// A reference of which the two sources say different things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Disagreement {
    /// Relative to the analysed root.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    /// What we took it for: module and item.
    pub ours: String,
    /// What it is by the index: module and item, or a package outside of the workspace.
    pub index: String,
}
