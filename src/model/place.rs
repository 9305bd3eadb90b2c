//! Where something is written: a file relative to the analysed root, and a line.

use serde::{Deserialize, Serialize};

/// A line of a file. `file` is relative to the analysed root, with `/` between its parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Site {
    /// Path relative to the analysed root, `/`-separated on every platform.
    pub file: String,
    /// 1-based line.
    pub line: u32,
}

impl Site {
    /// A site from its parts.
    pub fn new(file: impl Into<String>, line: u32) -> Self {
        Self { file: file.into(), line }
    }
}

impl std::fmt::Display for Site {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
