//! The plan of one extraction, and the order of them all.
//!
//! Takes an [`Analysis`] and one of its extractions; gives Markdown for a tracker, or text for the terminal. Invariants: both have the same steps, actions and
//! figures; every place stands there, however many there are, since this is what somebody works through.

mod markdown;
mod text;

pub use markdown::markdown;
pub use text::{order, text};

use super::view;
use crate::model::analysis::Analysis;
use crate::model::extraction::{Extraction, Separable, Step, StepKind};

/// What is done in a step.
pub fn title(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Open => "Open what holds it together with others",
        StepKind::Library => "Move the shared code that it uses to a library crate",
        StepKind::Contract => "Move types and pure functions that cross to a contract crate",
        StepKind::Invert => "Turn its calls to the rest around",
        StepKind::Widen => "Make visible what the other side sees",
        StepKind::Implementations => "Put impl blocks where the orphan rule wants them",
        StepKind::Crate => "Move its modules to a crate of their own",
        StepKind::Data => "Give its tables one owner",
        StepKind::Remote => "Put the network in between",
    }
}

/// How a step is done, and why the system works after it.
pub fn how(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Open => "One change for each, in the monolith as it is. Until then both sides stay in one deployable.",
        StepKind::Library => "Leave `pub use` behind where a module was, so that every path to it still leads somewhere.",
        StepKind::Contract => "Both sides depend on it, and it on neither. Leave `pub use` behind.",
        StepKind::Invert => {
            "A trait on its side, implemented by the rest and handed in where the program is put together (a port); \
             an event where nobody waits. The cheapest first."
        }
        StepKind::Widen => "Only what is listed; each is a part of its interface from then on.",
        StepKind::Implementations => "The compiler refuses the crate until then (E0116, E0117).",
        StepKind::Crate => "The old modules become `pub use` of the new crate: whoever uses them need not change in the same pull request.",
        StepKind::Data => "First only its own code touches them; then they get a schema, and at last a database of their own.",
        StepKind::Remote => {
            "Only where it is to be deployed alone. The port gets a second implementation that calls over the network; \
             a flag chooses between them, and the old one goes when the new one has carried the load."
        }
    }
}

/// Whether it can be parted, in words.
pub fn separable(separable: Separable) -> &'static str {
    match separable {
        Separable::Yes => "can be parted as it stands",
        Separable::AfterCuts => "can be parted after cuts",
        Separable::NotYet => "cannot be parted yet",
    }
}

/// Extractions in the order in which they should be done.
pub fn in_order(analysis: &Analysis) -> Vec<&Extraction> {
    let mut all: Vec<&Extraction> = analysis.plan.extractions.iter().collect();
    all.sort_by_key(|e| e.rank);
    all
}

/// Hours of work in words.
pub fn hours(effort: f64) -> String {
    view::counted(effort.ceil() as u64, "hour", "hours")
}

/// Pull requests that an extraction takes.
pub fn pulls(extraction: &Extraction) -> u32 {
    extraction.steps.iter().flat_map(|s| &s.actions).map(|a| a.pull).max().unwrap_or(0)
}

/// Steps with work left, and all.
pub fn progress(extraction: &Extraction) -> String {
    let left = extraction.steps.iter().filter(|s| !s.actions.is_empty()).count();
    format!("{} of {} steps have work left", left, extraction.steps.len())
}

fn effort(step: &Step) -> f64 {
    step.actions.iter().map(|a| a.effort).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample;

    #[test]
    fn both_forms_have_every_step_and_place() {
        for analysis in [sample::shop(), sample::hostile()] {
            for extraction in &analysis.plan.extractions {
                for out in [markdown(&analysis, extraction), text(&analysis, extraction)] {
                    assert!(StepKind::ALL.iter().all(|k| out.contains(title(*k))), "{out}");
                    assert!(out.contains("80, 92"), "{out}");
                    assert!(!out.chars().any(|c| c.is_control() && c != '\n' && c != '\u{1b}'), "{out:?}");
                }
            }
        }
        assert_eq!(in_order(&sample::shop())[0].rank, 1);
    }

    #[test]
    fn the_plan_of_the_shop() {
        let shop = sample::shop();
        insta::assert_snapshot!(markdown(&shop, &shop.plan.extractions[2]));
    }
}
