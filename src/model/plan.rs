//! What the advice stage says: services, crossings, shared libraries, verdicts — each with its reasons and places.

use super::codebase::ItemKind;
use super::cost::CostPlan;
use super::data_plan::DataPlan;
use super::extraction::Extraction;
use super::ids::{ModuleId, ServiceId};
use super::place::Site;
use serde::{Deserialize, Serialize};

/// The proposal as a whole.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Service candidates, sorted by id, so that [`ServiceId`] indexes them.
    pub services: Vec<Service>,
    /// What crosses between candidates, one per ordered pair, sorted.
    pub crossings: Vec<Crossing>,
    /// Shared modules and who uses them, sorted by module.
    pub shared: Vec<SharedModule>,
    /// Should there be a service mesh?
    pub mesh: MeshAdvice,
    /// Should the monolith be split at all?
    pub verdict: SystemVerdict,
    /// What hurts today, measured; always the same seven in the same order.
    pub pains: Vec<Pain>,
    /// How each candidate could be taken out, in the order of `services`.
    pub extractions: Vec<Extraction>,
    /// What it costs at run time.
    pub cost: CostPlan,
    /// Who owns which data, and what it costs to part it.
    pub data: DataPlan,
}

/// A reason for which teams want to split, and how bad it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pain {
    /// In a few words.
    pub name: String,
    /// What `value` is.
    pub measure: String,
    /// A share, 0..=1, the higher the worse; `None` where there is nothing to measure it by.
    pub value: Option<f64>,
    /// The figures in words.
    pub because: Vec<Reason>,
}

/// A capability proposed as a deployable.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Stable kebab-case id.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Its modules, sorted.
    pub modules: Vec<ModuleId>,
    /// Lines in them.
    pub lines: u32,
    /// Words that set its modules apart from the rest, best first.
    pub keywords: Vec<String>,
    /// Share of its references to capability modules that stay inside, 0..=1.
    pub cohesion: f64,
    /// Afferent coupling: other candidates that depend on it.
    pub ca: u32,
    /// Efferent coupling: other candidates that it depends on.
    pub ce: u32,
    /// Keep it where it is, give it a crate, or make it a service.
    pub verdict: Verdict,
    /// What it was held against, in the order of [`CriterionKind::ALL`].
    pub criteria: Vec<Criterion>,
    /// Why.
    pub because: Vec<Reason>,
}

/// Something that a candidate was held against.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// What was looked at.
    pub kind: CriterionKind,
    /// What was measured, in the unit of [`CriterionKind::is_share`]; `None` where nothing tells.
    pub value: Option<f64>,
    /// What it was held against, in the same unit.
    pub threshold: f64,
    /// Does the value do? `None` where there is none.
    pub met: Option<bool>,
    /// Why this threshold.
    pub source: String,
    /// The figures in words, with their places, and what would change it.
    pub because: Reason,
}

/// What a candidate is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CriterionKind {
    /// Share of its references to capability code that stay inside.
    Cohesion,
    /// Items of other candidates that it waits for.
    Crossings,
    /// Seams on which calls in loops prevail.
    ChattySeams,
    /// Share of its transactions that would span services.
    SplitTransactions,
    /// Share of the commits that touch it and no other candidate.
    ChangeLocality,
    /// Share of its modules that one team owns.
    TeamFit,
    /// Share of the recorded calls that it serves.
    ScalingNeed,
    /// Share of the entry points that do not run through it.
    FaultIsolation,
    /// Lines of code.
    Size,
    /// Share of the calls across its boundary that no wire can carry as they are.
    Separability,
}

impl CriterionKind {
    /// All of them, in output order.
    pub const ALL: [CriterionKind; 10] = [
        CriterionKind::Cohesion,
        CriterionKind::Crossings,
        CriterionKind::ChattySeams,
        CriterionKind::SplitTransactions,
        CriterionKind::ChangeLocality,
        CriterionKind::TeamFit,
        CriterionKind::ScalingNeed,
        CriterionKind::FaultIsolation,
        CriterionKind::Size,
        CriterionKind::Separability,
    ];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            CriterionKind::Cohesion => "cohesion",
            CriterionKind::Crossings => "crossings",
            CriterionKind::ChattySeams => "chatty-seams",
            CriterionKind::SplitTransactions => "split-transactions",
            CriterionKind::ChangeLocality => "change-locality",
            CriterionKind::TeamFit => "team-fit",
            CriterionKind::ScalingNeed => "scaling-need",
            CriterionKind::FaultIsolation => "fault-isolation",
            CriterionKind::Size => "size",
            CriterionKind::Separability => "separability",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Is it measured as a share, 0..=1? Else it is counted.
    pub fn is_share(self) -> bool {
        !matches!(self, CriterionKind::Crossings | CriterionKind::ChattySeams | CriterionKind::Size)
    }

    /// Has the value to reach the threshold? Else it must not pass it.
    pub fn is_at_least(self) -> bool {
        match self {
            CriterionKind::Cohesion | CriterionKind::ChangeLocality | CriterionKind::TeamFit => true,
            CriterionKind::ScalingNeed | CriterionKind::FaultIsolation | CriterionKind::Size => true,
            CriterionKind::Crossings | CriterionKind::ChattySeams => false,
            CriterionKind::SplitTransactions | CriterionKind::Separability => false,
        }
    }

    /// Does a value that does not do stand against a service? The others are said, and left to whoever decides.
    pub fn decides(self) -> bool {
        !matches!(self, CriterionKind::TeamFit | CriterionKind::ScalingNeed | CriterionKind::FaultIsolation)
    }
}

/// What to do with one candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Verdict {
    /// Leave it in the monolith.
    Keep,
    /// Give it a crate of its own, in the same process.
    Crate,
    /// Make it a deployable of its own.
    Service,
}

impl Verdict {
    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Keep => "keep",
            Verdict::Crate => "crate",
            Verdict::Service => "service",
        }
    }

    /// The verdict with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Verdict::Keep, Verdict::Crate, Verdict::Service].into_iter().find(|v| v.name() == name)
    }
}

/// A reason, with the places that show it and what would change it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// One sentence.
    pub text: String,
    /// Where to look; may be empty where the reason is a figure of the whole.
    pub sites: Vec<Site>,
}

impl Reason {
    /// A reason that rests on figures rather than places.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), sites: Vec::new() }
    }

    /// A reason with its places.
    pub fn at(text: impl Into<String>, sites: Vec<Site>) -> Self {
        Self { text: text.into(), sites }
    }
}

/// Everything by which one candidate depends on another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossing {
    /// The candidate that refers.
    pub from: ServiceId,
    /// The candidate that is referred to.
    pub to: ServiceId,
    /// How the two should talk.
    pub style: Style,
    /// Why, and what would change it.
    pub because: Vec<Reason>,
    /// By what means: for what is asked, then for what is told. Empty where nothing is called.
    pub means: Vec<Means>,
    /// Number of references.
    pub references: u32,
    /// The items that are referred to, most referred to first, then by path.
    pub items: Vec<CrossedItem>,
}

/// By what means the calls of one style cross.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Means {
    /// [`Style::SyncApi`] or [`Style::Broker`].
    pub style: Style,
    /// In what form.
    pub protocol: Protocol,
    /// A crate of the repository that does it already.
    pub with: Option<String>,
    /// One for each item, in the order of the crossing's items.
    pub messages: Vec<Message>,
    /// Why, and what has to be kept in mind.
    pub because: Vec<Reason>,
}

/// A request or message in the place of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Path of the item.
    pub item: String,
    /// `GET /orders/find`, `Orders/Find`, or a topic: a proposal.
    pub name: String,
    /// By its name it only looks: it may be sent again after a timeout.
    pub repeatable: bool,
    /// Its values need a type that is made for the wire.
    pub needs_dto: bool,
    /// It is told inside of a transaction, and has to be written down with what that commits.
    pub outbox: bool,
}

/// In what form two services talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Protocol {
    /// JSON over HTTP.
    Rest,
    /// gRPC.
    Grpc,
    /// Every subscriber gets each message.
    PublishSubscribe,
    /// One taker works each message off.
    WorkQueue,
}

impl Protocol {
    /// All of them, in output order.
    pub const ALL: [Protocol; 4] = [Protocol::Rest, Protocol::Grpc, Protocol::PublishSubscribe, Protocol::WorkQueue];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Protocol::Rest => "rest",
            Protocol::Grpc => "grpc",
            Protocol::PublishSubscribe => "publish-subscribe",
            Protocol::WorkQueue => "work-queue",
        }
    }

    /// The protocol with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// An item on the far side of a crossing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrossedItem {
    /// Full path, such as `shop::services::payments::capture`.
    pub path: String,
    /// What it is; `None` for a module.
    pub kind: Option<ItemKind>,
    /// How this item alone would cross.
    pub style: Style,
    /// Name of the rule that decided that: `transaction`, `loop`, `told`, …
    pub rule: String,
    /// Why, and what would change it; one sentence.
    pub because: String,
    /// Could a call of it leave the process? `None` for what is no function, and for what crosses as a library.
    pub remote: Option<Remote>,
    /// Where it is defined.
    pub defined: Site,
    /// Where it is referred to, in order; one entry for each reference.
    pub sites: Vec<Site>,
}

/// Whether a call could become a request or a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remote {
    /// The worst of its parts.
    pub fit: Fit,
    /// What has to be done about which part, one sentence each.
    pub because: Vec<String>,
}

/// How well a signature fits a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Fit {
    /// Its values can be sent.
    AsIs,
    /// Its data can be sent in types that are made for it.
    Dto,
    /// It carries behaviour, or what lives in one process only.
    Redesign,
}

impl Fit {
    /// All of them, in output order.
    pub const ALL: [Fit; 3] = [Fit::AsIs, Fit::Dto, Fit::Redesign];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Fit::AsIs => "as-is",
            Fit::Dto => "dto",
            Fit::Redesign => "redesign",
        }
    }

    /// The fit with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fit| fit.name() == name)
    }
}

/// How two candidates should talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Style {
    /// Only types, constants or pure functions cross: a contract crate, no call.
    Library,
    /// The result decides how it goes on: a synchronous API.
    SyncApi,
    /// Nobody waits for the result: a message broker.
    Broker,
    /// Parting them would break what they do together.
    KeepTogether,
}

impl Style {
    /// All styles, in output order.
    pub const ALL: [Style; 4] = [Style::Library, Style::SyncApi, Style::Broker, Style::KeepTogether];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Style::Library => "library",
            Style::SyncApi => "sync-api",
            Style::Broker => "broker",
            Style::KeepTogether => "keep-together",
        }
    }

    /// The style with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name() == name)
    }
}

/// A shared module, to be moved into a library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedModule {
    /// The module.
    pub module: ModuleId,
    /// The candidates that use it, sorted.
    pub used_by: Vec<ServiceId>,
}

/// Is a service mesh worth it?
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshAdvice {
    /// Yes, or not yet.
    pub advised: bool,
    /// The numbers against their thresholds, and what to use instead.
    pub because: Vec<Reason>,
    /// What governs each synchronous edge between services, in the order of the crossings: by the mesh, or by a client library in its place.
    pub edges: Vec<EdgePolicy>,
}

/// What governs the calls from one service to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgePolicy {
    /// The service that calls.
    pub from: ServiceId,
    /// The service that is called.
    pub to: ServiceId,
    /// After so long a call is given up, in milliseconds.
    pub timeout: u32,
    /// Paths of the items whose calls may be sent again, since they only look; sorted.
    pub retry: Vec<String>,
    /// How many others may not.
    pub once: u32,
    /// After failures in a row, fail at once for a while instead of waiting.
    pub circuit_breaker: bool,
    /// Both ends prove who they are.
    pub mutual_tls: bool,
    /// Why, with the places of the calls that wait longest or may not be repeated.
    pub because: Vec<Reason>,
}

/// What to do with the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemVerdict {
    /// Split into services, make crates first, or leave it.
    pub verdict: SystemAdvice,
    /// Why, with figures, and what would change it.
    pub because: Vec<Reason>,
}

impl Default for SystemVerdict {
    fn default() -> Self {
        Self { verdict: SystemAdvice::DoNotSplit, because: Vec::new() }
    }
}

/// The three answers to "should we split?".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SystemAdvice {
    /// Some candidates are worth being services.
    Split,
    /// Draw the boundaries inside the monolith first.
    Modularise,
    /// No structure in the code supports a split.
    DoNotSplit,
}

impl SystemAdvice {
    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            SystemAdvice::Split => "split",
            SystemAdvice::Modularise => "modularise-first",
            SystemAdvice::DoNotSplit => "do-not-split",
        }
    }

    /// The advice with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [SystemAdvice::Split, SystemAdvice::Modularise, SystemAdvice::DoNotSplit].into_iter().find(|v| v.name() == name)
    }
}
