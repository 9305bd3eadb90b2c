//! The rules of the gate: one file each, one row each in [`RULES`].
//!
//! A rule takes a [`Comparison`] and gives [`Hit`]s; `check` makes findings of them. Help, `explain` and SARIF are read from [`RULES`].
//!
//! To add a rule: write `rules/<name>.rs` with a [`Rule`], and add it to [`RULES`].

mod coupling_rise;
mod new_crossing;
mod new_cycle;

use super::comparison::Comparison;
use super::policy::Policy;
use crate::model::finding::{Finding, Level};
use crate::model::place::Site;

/// All rules, sorted by id.
pub static RULES: &[Rule] = &[coupling_rise::RULE, new_crossing::RULE, new_cycle::RULE];

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// A kind of rise that the gate looks for.
#[derive(Debug)]
pub struct Rule {
    /// Stable, kebab-case.
    pub id: &'static str,
    /// What it does unless the policy says otherwise.
    pub level: Level,
    /// One line.
    pub summary: &'static str,
    /// What it means, why it matters and how to fix it, in Markdown.
    pub docs: &'static str,
    /// Looks for it.
    pub find: fn(&Comparison<'_>, &Policy) -> Vec<Hit>,
}

/// What a rule found; see [`Finding`] for the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// One sentence.
    pub message: String,
    /// Where, each line once.
    pub sites: Vec<Site>,
    /// What refers.
    pub from: Option<String>,
    /// What is referred to.
    pub to: Option<String>,
    /// What to do.
    pub help: String,
    /// What makes it this finding and no other: ids, never lines, paths or counts.
    pub identity: String,
}

impl Hit {
    /// The finding of a rule at a level.
    pub(super) fn finding(self, rule: &Rule, level: Level) -> Finding {
        let Hit { message, sites, from, to, help, identity } = self;
        Finding { rule: rule.id.to_owned(), level, message, sites, from, to, help, fingerprint: format!("{}: {identity}", rule.id) }
    }
}

/// A number with its noun.
fn counted(value: usize, one: &str, many: &str) -> String {
    format!("{value} {}", if value == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_sorted_and_say_how_to_fix() {
        assert!(RULES.windows(2).all(|w| w[0].id < w[1].id));
        for r in RULES {
            assert!(rule(r.id).is_some() && !r.summary.is_empty());
            assert!(r.docs.contains("How to fix"), "{}", r.id);
        }
    }
}
