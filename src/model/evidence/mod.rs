//! What a repository says beyond its references: data, transactions, entry points, messages, the outside, history, traces.
//!
//! Takes: nothing. Gives: [`Evidence`], which every later stage reads. Each fact carries the place it rests on. Modules are those of the
//! code base that it was gathered from; items are named by their path inside their module, so that evidence can be stored and read back
//! without the code base.
//!
//! * [`data`]: tables, statements, transactions. * [`entry`]: routes, commands, jobs and what they reach. * [`messages`]: producers and
//!   consumers. * [`load`]: what is heavy. * [`outside`]: calls that leave the process, state that many share. * [`history`]: what changes together. * [`traces`]: what
//!   ran. * [`tie`]: what
//!   all of that says about which modules belong together.
//!
//! Invariant: all lists are sorted as their types order, and hold nothing twice.

pub mod data;
pub mod entry;
pub mod history;
pub mod load;
pub mod messages;
pub mod outside;
pub mod tie;
pub mod traces;

use super::ids::ModuleId;
use super::place::Site;
use data::{Statement, Table, Transaction, UnknownStatement};
use entry::EntryPoint;
use history::History;
use load::Load;
use messages::Channel;
use outside::{Outbound, SharedState};
use serde::{Deserialize, Serialize};
use tie::Tie;
use traces::Traces;

/// Everything that the sources found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Tables, collections and key spaces, sorted by name.
    pub tables: Vec<Table>,
    /// Where they are read and written, sorted by place.
    pub statements: Vec<Statement>,
    /// Statements whose tables are decided at run time, sorted by place.
    pub unknown_statements: Vec<UnknownStatement>,
    /// What is committed as one, sorted by place.
    pub transactions: Vec<Transaction>,
    /// Where the outside world comes in, sorted by kind and name.
    pub entry_points: Vec<EntryPoint>,
    /// What messages travel through, sorted by name.
    pub channels: Vec<Channel>,
    /// Calls that leave the process, sorted by place.
    pub outbound: Vec<Outbound>,
    /// What is heavy, and by what work is bound, sorted by place.
    pub loads: Vec<Load>,
    /// State that many touch, sorted by name.
    pub state: Vec<SharedState>,
    /// What git remembers; `None` where there is no repository, or where it was not asked.
    pub history: Option<History>,
    /// What running programs recorded; `None` where no file was given.
    pub traces: Option<Traces>,
    /// Which modules belong together, and why, sorted.
    pub ties: Vec<Tie>,
    /// One for each source that was asked, in the order of the sources.
    pub sources: Vec<SourceReport>,
}

/// Where something is done: the item in which it is written, and the place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// The module.
    pub module: ModuleId,
    /// Path of the item inside the module, such as `Orders::place`; `None` for what no item holds.
    pub item: Option<String>,
    /// The place.
    pub site: Site,
}

/// What came of asking one source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceReport {
    /// Name of the source.
    pub source: String,
    /// What it counts, in the plural: `statements`, `routes`.
    pub noun: String,
    /// How much it says about where boundaries belong, beside 1 for references; 0 where it is left out.
    pub weight: f64,
    /// What it means that it ties two modules together; a half sentence after the modules' names.
    pub reading: String,
    /// How many it found.
    pub found: u32,
    /// How many there are of which it can only tell that they are there.
    pub unknown: u32,
    /// Why it found nothing, or what limits what it says; one sentence.
    pub note: Option<String>,
}

impl Evidence {
    /// Takes in what another source has found, in lists that this one has left empty or that are sorted anew.
    pub fn absorb(&mut self, other: Evidence) {
        fn add<T: Ord>(own: &mut Vec<T>, other: Vec<T>) {
            let was_empty = own.is_empty();
            own.extend(other);
            if !was_empty {
                own.sort();
            }
        }
        add(&mut self.tables, other.tables);
        add(&mut self.statements, other.statements);
        add(&mut self.unknown_statements, other.unknown_statements);
        add(&mut self.transactions, other.transactions);
        add(&mut self.entry_points, other.entry_points);
        add(&mut self.channels, other.channels);
        add(&mut self.outbound, other.outbound);
        add(&mut self.loads, other.loads);
        add(&mut self.state, other.state);
        self.history = self.history.take().or(other.history);
        self.traces = self.traces.take().or(other.traces);
        self.ties.extend(other.ties);
        self.sources.extend(other.sources);
    }

    /// Checks the invariants of this type for so many modules; the message names the first that does not hold.
    pub fn verify(&self, modules: usize) -> Result<(), String> {
        let spots = (self.statements.iter().map(|s| &s.by))
            .chain(self.unknown_statements.iter().map(|s| &s.by))
            .chain(self.transactions.iter().flat_map(|t| std::iter::once(&t.by).chain(&t.reaches)))
            .chain(self.entry_points.iter().flat_map(|e| e.handler.iter().chain([&e.declared])))
            .chain(self.channels.iter().flat_map(|c| c.producers.iter().chain(&c.consumers)))
            .chain(self.outbound.iter().map(|o| &o.by))
            .chain(self.loads.iter().map(|l| &l.by))
            .chain(self.state.iter().flat_map(|s| &s.touched))
            .map(|spot| spot.module);
        let others = (self.entry_points.iter().flat_map(|e| e.reaches.iter().copied()))
            .chain(self.state.iter().map(|s| s.module))
            .chain(self.ties.iter().flat_map(|t| t.members.iter().map(|m| m.0)))
            .chain(self.history.iter().flat_map(History::modules))
            .chain(self.traces.iter().flat_map(Traces::modules));
        if spots.chain(others).any(|module| module.index() >= modules) {
            return Err("some evidence is about a module that does not exist".into());
        }
        let tables = (self.tables.iter().flat_map(|t| t.foreign_keys.iter().map(|k| k.to)))
            .chain(self.statements.iter().flat_map(|s| s.tables.iter().map(|t| t.0)))
            .chain(self.transactions.iter().flat_map(|t| t.tables.iter().map(|t| t.0)));
        if tables.into_iter().any(|table| table.index() >= self.tables.len()) {
            return Err("some evidence is about a table that does not exist".into());
        }
        if !self.tables.is_sorted() || !self.statements.is_sorted() || !self.transactions.is_sorted() || !self.entry_points.is_sorted() {
            return Err("evidence is not sorted".into());
        }
        Ok(())
    }
}
