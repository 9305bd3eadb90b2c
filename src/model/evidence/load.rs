//! What makes a part of the program heavy, and by what it is bound: who wants to scale it alone asks for that.

use super::Spot;
use serde::{Deserialize, Serialize};

/// By what work is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Bound {
    /// It computes.
    Cpu,
    /// It holds much at once.
    Memory,
    /// It waits for files, disks or other machines.
    Io,
}

impl Bound {
    /// All of them, in output order.
    pub const ALL: [Bound; 3] = [Bound::Cpu, Bound::Memory, Bound::Io];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Bound::Cpu => "cpu",
            Bound::Memory => "memory",
            Bound::Io => "io",
        }
    }

    /// The one with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|bound| bound.name() == name)
    }
}

/// A hint at what a place costs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Load {
    /// Who does it, where; of a crate where the module names it first.
    pub by: Spot,
    /// By what it is bound.
    pub bound: Bound,
    /// The crate or call.
    pub what: String,
    /// What it brings or does; a few words.
    pub why: String,
    /// It is a crate that has to be linked, as opposed to a call.
    pub is_crate: bool,
}
