//! What the gate found, as plain data, so that reports can show it without knowing the gate.
//!
//! Invariants: findings are sorted by level (deny first), rule, fingerprint; a fingerprint holds no line and no path,
//! so that it survives every edit that does not change what it is about.

use super::place::Site;

/// How much a rule matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not looked at.
    Allow,
    /// Shown, does not fail.
    Warn,
    /// Shown, fails the gate.
    Deny,
}

impl Level {
    /// All levels, weakest first.
    pub const ALL: [Level; 3] = [Level::Allow, Level::Warn, Level::Deny];

    /// The name in configuration and output.
    pub fn name(self) -> &'static str {
        match self {
            Level::Allow => "allow",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }

    /// The level with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// Something that got worse than the baseline accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: String,
    /// Warn or deny; what is allowed is no finding.
    pub level: Level,
    /// One sentence: what got worse.
    pub message: String,
    /// Where, each line once, in order; may be empty where a figure of the whole rose.
    pub sites: Vec<Site>,
    /// The module or service that refers, where there is one.
    pub from: Option<String>,
    /// The module or service that is referred to, where there is one.
    pub to: Option<String>,
    /// What to do about it.
    pub help: String,
    /// The same for the same finding, whatever lines and counts become.
    pub fingerprint: String,
}

/// An entry of the baseline that nothing in the code matches any more: an improvement that the file does not know of yet.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gone {
    /// Id of the rule that the entry excused.
    pub rule: String,
    /// The entry, in words.
    pub entry: String,
}

/// In what a [`Figure`] is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Whole things.
    Count,
    /// A share, 0..=1.
    Share,
}

/// A figure before and after; lower is better for all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// What it measures.
    pub name: String,
    /// In what it is counted.
    pub unit: Unit,
    /// In the baseline.
    pub before: f64,
    /// In the code.
    pub after: f64,
}

/// What the gate says about a code base against a baseline.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What got worse.
    pub findings: Vec<Finding>,
    /// What got better, sorted.
    pub gone: Vec<Gone>,
    /// How much entries in `gone` matter: improving fails the gate only where this is [`Level::Deny`].
    pub stale: Level,
    /// Debt before and after, also where nothing was found.
    pub figures: Vec<Figure>,
    /// Files that could not be parsed: what they refer to is missing from `findings` and may pose as `gone`.
    pub unparsed: u32,
}

impl Outcome {
    /// Does anything fail the gate?
    pub fn failed(&self) -> bool {
        self.count(Level::Deny) > 0 || (self.stale == Level::Deny && !self.gone.is_empty())
    }

    /// Number of findings at a level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|f| f.level == level).count()
    }
}
