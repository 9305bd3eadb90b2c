//! How a candidate can be taken out of the monolith: what has to be done where, in which order, at what effort.
//!
//! Plain data: what the advice stage finds, what `seamline plan` shows.

use super::ids::ServiceId;
use super::place::Site;
use super::plan::Reason;
use serde::{Deserialize, Serialize};

/// What it takes to part one candidate from the rest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extraction {
    /// The candidate.
    pub service: ServiceId,
    /// Can it be parted as it stands?
    pub separable: Separable,
    /// Why, and what else whoever parts it should know.
    pub because: Vec<Reason>,
    /// Position in the order in which the candidates should be taken out, from 1.
    pub rank: u32,
    /// Why it has this position; one sentence.
    pub rank_because: String,
    /// All steps, in the order in which they are done. A step without actions has nothing left to do.
    pub steps: Vec<Step>,
}

impl Extraction {
    /// Person-hours of all steps.
    pub fn effort(&self) -> f64 {
        self.steps.iter().flat_map(|s| &s.actions).map(|a| a.effort).sum()
    }
}

/// Whether a candidate can be parted from the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Separable {
    /// By moving code and opening what is hidden.
    Yes,
    /// After calls have been turned around or replaced.
    AfterCuts,
    /// Not before what holds it together has been redesigned.
    NotYet,
}

impl Separable {
    /// All of them, the easiest first.
    pub const ALL: [Separable; 3] = [Separable::Yes, Separable::AfterCuts, Separable::NotYet];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Separable::Yes => "yes",
            Separable::AfterCuts => "after-cuts",
            Separable::NotYet => "not-yet",
        }
    }

    /// The answer with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// One step; after each of them the system works.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub kind: StepKind,
    /// To what, in the order in which it is best done.
    pub actions: Vec<Action>,
}

/// What a step does, in the order of the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum StepKind {
    /// What holds it together with others is redesigned.
    Open,
    /// Shared code that it uses moves to a library.
    Library,
    /// Types and pure functions that cross move to a contract crate.
    Contract,
    /// Calls to the rest are turned around or become messages.
    Invert,
    /// What is hidden becomes visible.
    Widen,
    /// Impl blocks go where the orphan rule wants them.
    Implementations,
    /// Its modules move to a crate of their own.
    Crate,
    /// Its tables become its own.
    Data,
    /// Calls to it become requests and messages, and it runs by itself.
    Remote,
}

impl StepKind {
    /// All of them, in their order.
    pub const ALL: [StepKind; 9] = [
        StepKind::Open,
        StepKind::Library,
        StepKind::Contract,
        StepKind::Invert,
        StepKind::Widen,
        StepKind::Implementations,
        StepKind::Crate,
        StepKind::Data,
        StepKind::Remote,
    ];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            StepKind::Open => "open",
            StepKind::Library => "library",
            StepKind::Contract => "contract",
            StepKind::Invert => "invert",
            StepKind::Widen => "widen",
            StepKind::Implementations => "implementations",
            StepKind::Crate => "crate",
            StepKind::Data => "data",
            StepKind::Remote => "remote",
        }
    }

    /// The step with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Action {
    /// By what means.
    pub technique: Technique,
    /// To what: path of an item or module, name of a table.
    pub what: String,
    /// Where it is defined.
    pub defined: Option<Site>,
    /// Why, or how; one sentence.
    pub because: String,
    /// Every place that changes, in order.
    pub sites: Vec<Site>,
    /// Person-hours, by the rule of [`Technique::effort`].
    pub effort: f64,
    /// The pull request in which it fits, counted from 1 over all steps.
    pub pull: u32,
}

/// By what means a tie is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Technique {
    /// Both sides stay in one deployable, or the work is cut anew.
    Redesign,
    /// A module moves.
    MoveModule,
    /// An item moves to a crate on which both sides depend.
    MoveItem,
    /// A trait on the caller's side, implemented on the other.
    Port,
    /// A message in the place of a call.
    Event,
    /// `pub` in the place of less.
    Widen,
    /// An impl block moves, or a type is wrapped.
    MoveImpl,
    /// A request in the place of a call.
    Api,
    /// A table gets one owner.
    OwnTable,
}

impl Technique {
    /// All of them, in output order.
    pub const ALL: [Technique; 9] = [
        Technique::Redesign,
        Technique::MoveModule,
        Technique::MoveItem,
        Technique::Port,
        Technique::Event,
        Technique::Widen,
        Technique::MoveImpl,
        Technique::Api,
        Technique::OwnTable,
    ];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Technique::Redesign => "redesign",
            Technique::MoveModule => "move-module",
            Technique::MoveItem => "move-item",
            Technique::Port => "port",
            Technique::Event => "event",
            Technique::Widen => "widen",
            Technique::MoveImpl => "move-impl",
            Technique::Api => "api",
            Technique::OwnTable => "own-table",
        }
    }

    /// The technique with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name() == name)
    }

    /// Person-hours for one thing and for each place that changes: a rule of thumb to compare plans by, not a measurement.
    pub fn effort(self) -> (f64, f64) {
        match self {
            Technique::Redesign => (16.0, 0.5),
            Technique::MoveModule => (0.5, 0.05),
            Technique::MoveItem => (0.5, 0.05),
            Technique::Port => (2.0, 0.25),
            Technique::Event => (4.0, 0.5),
            Technique::Widen => (0.1, 0.0),
            Technique::MoveImpl => (1.0, 0.1),
            Technique::Api => (6.0, 0.5),
            Technique::OwnTable => (4.0, 0.5),
        }
    }
}
