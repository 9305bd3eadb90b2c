//! What fails, what warns, and how far a figure may rise.

use super::rules::RULES;
use crate::model::finding::Level;
use std::collections::BTreeMap;

/// The gate's settings. [`Policy::default`] denies every rise that is no rounding error and warns about stale entries.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// Level of each rule that differs from its default, by the rule's id.
    pub levels: BTreeMap<String, Level>,
    /// What entries of the baseline that match nothing do: by default they warn, so that improving never breaks a build.
    pub stale: Level,
    /// How far the propagation cost may rise, as a share: by default 0.01, one module pair in a hundred.
    pub propagation_cost_tolerance: f64,
    /// By how much the Ce of a service may rise: by default 0, since each is a whole new dependency between two services.
    pub ce_tolerance: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { levels: BTreeMap::new(), stale: Level::Warn, propagation_cost_tolerance: 0.01, ce_tolerance: 0 }
    }
}

/// There is no such rule.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("there is no rule `{rule}`; the rules are {}", RULES.iter().map(|r| r.id).collect::<Vec<_>>().join(", "))]
pub struct UnknownRule {
    /// What was asked for.
    pub rule: String,
}

impl Policy {
    /// The level of a rule.
    pub fn level(&self, rule: &str) -> Level {
        let default = || RULES.iter().find(|r| r.id == rule).map_or(Level::Allow, |r| r.level);
        self.levels.get(rule).copied().unwrap_or_else(default)
    }

    /// Sets the level of a rule.
    pub fn set(&mut self, rule: &str, level: Level) -> Result<(), UnknownRule> {
        if RULES.iter().any(|r| r.id == rule) {
            self.levels.insert(rule.to_owned(), level);
            Ok(())
        } else {
            Err(UnknownRule { rule: rule.to_owned() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_its_default_until_it_is_set() {
        let mut policy = Policy::default();
        assert_eq!(policy.level("new-cycle"), Level::Deny);
        policy.set("new-cycle", Level::Warn).expect("a rule");
        assert_eq!(policy.level("new-cycle"), Level::Warn);
        let message = policy.set("new-cycel", Level::Warn).expect_err("no rule").to_string();
        assert!(message.contains("new-cycel") && message.contains("new-cycle,") || message.contains("new-cycle"), "{message}");
    }
}
