//! Who owns which data once the candidates are apart: tables with a way out, foreign keys that are cut, transactions that span, and what
//! the whole costs.
//!
//! Plain data: what the advice stage finds, what reports and `seamline explain TABLE` show.

use super::ids::ServiceId;
use super::place::Site;
use super::plan::Reason;
use serde::{Deserialize, Serialize};

/// Everything that is advised on data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DataPlan {
    /// One for each table that the evidence knows, in its order.
    pub tables: Vec<TablePlan>,
    /// Foreign keys between tables of different owners, in the order of the tables.
    pub keys: Vec<KeyCut>,
    /// Transactions that touch what belongs to several candidates: the dearest first, then by place.
    pub spans: Vec<Span>,
    /// What the proposal costs.
    pub price: Price,
    /// The same figure for other ways to cut, the cheapest first; the proposal is among them. Empty where there is no transaction.
    pub compared: Vec<Compared>,
}

/// A table, its owner, and what becomes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePlan {
    /// The table.
    pub table: String,
    /// The candidate that has it in future; `None` where no candidate touches it.
    pub owner: Option<ServiceId>,
    /// Who touches it, candidates in order, what is in none last.
    pub uses: Vec<TableUse>,
    /// What becomes of it.
    pub way: WayOut,
    /// Why this owner and this way, and what would change them.
    pub because: Vec<Reason>,
}

/// What one side does to a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableUse {
    /// The candidate; `None` for code that is in none.
    pub by: Option<ServiceId>,
    /// Where it reads, in order.
    pub reads: Vec<Site>,
    /// Where it writes, in order.
    pub writes: Vec<Site>,
}

/// What becomes of a table when its users part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WayOut {
    /// One candidate alone touches it: it goes along.
    Single,
    /// No candidate touches it.
    Unowned,
    /// Several need it as one: they stay together, or share it knowingly.
    Keep,
    /// Each side uses columns of its own: two tables.
    Split,
    /// The owner writes for the others, on request.
    WriteApi,
    /// The others ask the owner.
    ReadApi,
    /// The others keep a copy that the owner's events feed.
    Replicate,
}

impl WayOut {
    /// All of them, in output order.
    pub const ALL: [WayOut; 7] =
        [WayOut::Single, WayOut::Unowned, WayOut::Keep, WayOut::Split, WayOut::WriteApi, WayOut::ReadApi, WayOut::Replicate];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            WayOut::Single => "single",
            WayOut::Unowned => "unowned",
            WayOut::Keep => "keep",
            WayOut::Split => "split",
            WayOut::WriteApi => "write-api",
            WayOut::ReadApi => "read-api",
            WayOut::Replicate => "replicate",
        }
    }

    /// The way with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.name() == name)
    }
}

/// A foreign key whose ends get different owners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyCut {
    /// The table that points.
    pub table: String,
    /// Its owner.
    pub owner: ServiceId,
    /// The columns that point.
    pub columns: Vec<String>,
    /// The table that is pointed at.
    pub to: String,
    /// Its owner.
    pub to_owner: ServiceId,
    /// Where the key is declared.
    pub site: Site,
    /// What takes its place, and what would change that.
    pub because: Vec<Reason>,
}

/// A transaction that touches what belongs to several candidates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Full path of what opens it; of a module where no item holds it.
    pub item: String,
    /// How it is opened.
    pub how: String,
    /// Where.
    pub site: Site,
    /// The candidates whose tables or code it touches, sorted.
    pub services: Vec<ServiceId>,
    /// What to do about it.
    pub remedy: Remedy,
    /// What happens inside, in order, as far as that can be followed: one for each turn of a candidate.
    pub steps: Vec<SpanStep>,
    /// Hand-overs and compensations that it takes: its part of the price.
    pub cost: u32,
    /// Why, and what would change it.
    pub because: Vec<Reason>,
}

/// What to do about a transaction that spans candidates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Remedy {
    /// The candidates stay one.
    Merge,
    /// Local transactions one after the other, each with what takes it back.
    Saga,
    /// One candidate commits, and tells the others through a table of messages that it commits along.
    Outbox,
    /// What is only read of others is asked for before it begins.
    ReadFirst,
    /// All data in it has one owner: it moves there as a whole.
    Move,
}

impl Remedy {
    /// All of them, in output order.
    pub const ALL: [Remedy; 5] = [Remedy::Merge, Remedy::Saga, Remedy::Outbox, Remedy::ReadFirst, Remedy::Move];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Remedy::Merge => "merge",
            Remedy::Saga => "saga",
            Remedy::Outbox => "outbox",
            Remedy::ReadFirst => "read-first",
            Remedy::Move => "move",
        }
    }

    /// The remedy with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }
}

/// What one candidate does in a transaction before the next takes over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpanStep {
    /// The candidate that owns what is touched.
    pub service: ServiceId,
    /// What it does, such as "insert `orders`"; one entry for each table and change.
    pub does: Vec<String>,
    /// What takes it back; `None` where nothing is written, and from the pivot on.
    pub undo: Option<String>,
    /// Its part in the saga.
    pub phase: Phase,
    /// The statements, in order.
    pub sites: Vec<Site>,
}

/// The part of a step in a saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Phase {
    /// It only reads.
    Read,
    /// It is taken back where a later step fails.
    Compensatable,
    /// Whether it succeeds decides whether the whole does.
    Pivot,
    /// After the pivot: it is repeated until it succeeds.
    Retriable,
}

impl Phase {
    /// All of them, in output order.
    pub const ALL: [Phase; 4] = [Phase::Read, Phase::Compensatable, Phase::Pivot, Phase::Retriable];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Read => "read",
            Phase::Compensatable => "compensatable",
            Phase::Pivot => "pivot",
            Phase::Retriable => "retriable",
        }
    }

    /// The phase with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.name() == name)
    }
}

/// The transactional cost of a way to cut.
///
/// For each transaction, with *s* owners whose tables it touches and *f* tables that it writes besides those of the owner of which it
/// writes most: *s* − 1 hand-overs and *f* compensations. The cost is their sum over all transactions; 0 is what one database costs. It
/// can only fall when owners are merged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// All transactions.
    pub transactions: u32,
    /// Those of which a table is known.
    pub known: u32,
    /// Those that touch tables of several owners.
    pub spanning: u32,
    /// Sum of *s* − 1.
    pub handovers: u32,
    /// Sum of *f*.
    pub compensations: u32,
    /// In words.
    pub because: Vec<Reason>,
}

impl Price {
    /// The figure by which ways to cut are compared.
    pub fn cost(&self) -> u32 {
        self.handovers + self.compensations
    }
}

/// Another way to cut, and its price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// Which it is.
    pub kind: ComparedKind,
    /// In a few words.
    pub what: String,
    /// Number of candidates.
    pub services: u32,
    /// Transactions that touch tables of several owners.
    pub spanning: u32,
    /// Hand-overs and compensations.
    pub cost: u32,
}

/// What kind of way to cut is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ComparedKind {
    /// As proposed.
    Proposal,
    /// Everything in one.
    Together,
    /// As proposed, but two candidates are one.
    Merged,
    /// The proposal of another resolution.
    Resolution,
    /// Each crate a candidate.
    Crates,
}

impl ComparedKind {
    /// All of them, in output order.
    pub const ALL: [ComparedKind; 5] =
        [ComparedKind::Proposal, ComparedKind::Together, ComparedKind::Merged, ComparedKind::Resolution, ComparedKind::Crates];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            ComparedKind::Proposal => "proposal",
            ComparedKind::Together => "together",
            ComparedKind::Merged => "merged",
            ComparedKind::Resolution => "resolution",
            ComparedKind::Crates => "crates",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.name() == name)
    }
}

impl DataPlan {
    /// Checks the invariants of this type for so many candidates.
    pub fn verify(&self, services: usize) -> Result<(), String> {
        let of_tables = self.tables.iter().flat_map(|t| t.owner.into_iter().chain(t.uses.iter().filter_map(|u| u.by)));
        let of_keys = self.keys.iter().flat_map(|k| [k.owner, k.to_owner]);
        let of_spans = self.spans.iter().flat_map(|s| s.services.iter().copied().chain(s.steps.iter().map(|s| s.service)));
        if of_tables.chain(of_keys).chain(of_spans).any(|s| s.index() >= services) {
            return Err("the plan of the data names a service that does not exist".into());
        }
        if self.spans.iter().any(|s| s.services.len() < 2 || !s.services.is_sorted()) {
            return Err("a transaction that spans is of one service, or its services are not sorted".into());
        }
        if self.keys.iter().any(|k| k.owner == k.to_owner) {
            return Err("a foreign key is cut whose ends have one owner".into());
        }
        if !self.compared.is_sorted_by_key(|c| c.cost) {
            return Err("ways to cut are not sorted by what they cost".into());
        }
        Ok(())
    }
}
