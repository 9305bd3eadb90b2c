//! What a split costs at run time: network calls, response time, availability, and what fails with what.
//!
//! Plain data: what the advice stage estimates, what reports show. Every figure rests on [`CostPlan::assumptions`]; none is a measurement.

use super::evidence::entry::EntryKind;
use super::ids::ServiceId;
use super::place::Site;
use super::plan::Reason;
use serde::{Deserialize, Serialize};

/// The estimate as a whole. Without entry points, or with one candidate, only `because` holds anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CostPlan {
    /// What is assumed, in the order of the table of assumptions.
    pub assumptions: Vec<Assumption>,
    /// Where the shares of the entry points come from.
    pub load: LoadSource,
    /// One for each entry point that is no start of the program: the one that the advice makes slower by most first, then the one that
    /// parting everything does, then by kind and name.
    pub entries: Vec<EntryCost>,
    /// The ways to deploy that are compared, the monolith first.
    pub layouts: Vec<LayoutCost>,
    /// What fails with each candidate, in the order of the candidates.
    pub blast: Vec<Blast>,
    /// What follows, and what would change it.
    pub because: Vec<Reason>,
}

/// A number on which the estimate rests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// Its key in the table `[cost]` of `seamline.toml`.
    pub name: String,
    /// The value that holds; times are in milliseconds.
    pub value: f64,
}

/// Where the shares of the entry points come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadSource {
    /// Nobody has said: each entry point has the same share.
    #[default]
    Equal,
    /// Traces: the share of those that began there.
    Traces,
}

impl LoadSource {
    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            LoadSource::Equal => "equal",
            LoadSource::Traces => "traces",
        }
    }

    /// The source with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [LoadSource::Equal, LoadSource::Traces].into_iter().find(|s| s.name() == name)
    }
}

/// A request at one entry point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EntryCost {
    /// In what way the outside comes in.
    pub kind: EntryKind,
    /// What the use case is called.
    pub name: String,
    /// Its handler, or where it is declared.
    pub at: Site,
    /// Its share of all requests, 0..=1.
    pub load: f64,
    /// Candidates whose code runs for it, waited for or not, sorted.
    pub services: Vec<ServiceId>,
    /// Places on its path that leave the process already today; databases are not among them.
    pub outbound: u32,
    /// Availability in the monolith, 0..=1.
    pub availability: f64,
    /// As advised: only what is worth a service is one.
    pub advised: PathCost,
    /// Each candidate a process of its own.
    pub apart: PathCost,
}

/// What becomes of a request in one layout.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PathCost {
    /// Calls that become requests over the network, for each request: each place once, in a loop as often as is assumed.
    pub calls: f64,
    /// Of them, those in loops.
    pub looped: f64,
    /// Messages to the broker, for which nobody waits.
    pub messages: f64,
    /// Other processes that are waited for.
    pub fan_out: u32,
    /// Processes that wait for each other in a row, the first not counted.
    pub depth: u32,
    /// By how much the median of the response time is above the monolith's, in milliseconds.
    pub added_median: f64,
    /// The same of the 99th percentile.
    pub added_p99: f64,
    /// Share of requests that find everything they wait for running, 0..=1.
    pub availability: f64,
    /// Places of the calls, those in loops first; no more than five.
    pub sites: Vec<Site>,
}

/// What a request costs on average in one layout, over all entry points by their shares.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LayoutCost {
    /// Which.
    pub layout: Layout,
    /// Processes in it.
    pub processes: u32,
    /// Mean number of calls over the network between them, for each request.
    pub calls: f64,
    /// Mean number of messages to the broker, for each request.
    pub messages: f64,
    /// Median of the response time, in milliseconds.
    pub median: f64,
    /// 99th percentile of the response time, in milliseconds.
    pub p99: f64,
    /// Mean availability of a request, 0..=1.
    pub availability: f64,
    /// Share of requests that fail when one process fails: the mean over the processes, 0..=1.
    pub fails_mean: f64,
    /// The same of the process that takes most with it, 0..=1.
    pub fails_worst: f64,
}

/// A way to deploy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Layout {
    /// One process.
    Monolith,
    /// Candidates that are worth a service are processes, the rest is one.
    Advised,
    /// Each candidate is a process.
    AllApart,
    /// Each service of the nearest coarser proposal is a process.
    Coarser,
    /// Each service of the nearest finer proposal is a process.
    Finer,
}

impl Layout {
    /// All layouts, in output order.
    pub const ALL: [Layout; 5] = [Layout::Monolith, Layout::Advised, Layout::AllApart, Layout::Coarser, Layout::Finer];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            Layout::Monolith => "monolith",
            Layout::Advised => "advised",
            Layout::AllApart => "all-apart",
            Layout::Coarser => "coarser",
            Layout::Finer => "finer",
        }
    }

    /// The layout with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.name() == name)
    }
}

/// What fails with one candidate; in the monolith everything does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Blast {
    /// The candidate.
    pub service: ServiceId,
    /// Share of requests that fail as advised, 0..=1. What stays in the monolith takes all of it with it.
    pub advised_fails: f64,
    /// Share of requests of which only a part comes later, as advised.
    pub advised_delayed: f64,
    /// Share of requests that fail where each candidate is a process.
    pub apart_fails: f64,
    /// Share of requests of which only a part comes later there.
    pub apart_delayed: f64,
}

impl CostPlan {
    /// All its figures, for who asks whether they are numbers.
    pub fn figures(&self) -> impl Iterator<Item = f64> + '_ {
        let path = |p: &PathCost| [p.calls, p.looped, p.messages, p.added_median, p.added_p99, p.availability];
        (self.assumptions.iter().map(|a| a.value))
            .chain(self.entries.iter().flat_map(|e| [e.load, e.availability]))
            .chain(self.entries.iter().flat_map(move |e| [path(&e.advised), path(&e.apart)]).flatten())
            .chain(self.layouts.iter().flat_map(|l| [l.calls, l.messages, l.median, l.p99, l.availability, l.fails_mean, l.fails_worst]))
            .chain(self.blast.iter().flat_map(|b| [b.advised_fails, b.advised_delayed, b.apart_fails, b.apart_delayed]))
    }

    /// The cost of one layout.
    pub fn layout(&self, layout: Layout) -> Option<&LayoutCost> {
        self.layouts.iter().find(|l| l.layout == layout)
    }
}
