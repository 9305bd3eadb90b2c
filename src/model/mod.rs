//! Plain data that passes between the stages: nouns, orderings, `verify()`; no algorithms, no I/O.
//!
//! * [`calls`]: calls with their arguments, for those who read meaning in them.
//! * [`codebase`]: what the front end found — crates, modules, items, references, coverage.
//! * [`graph`]: the module graph with its cycles and metrics.
//! * [`evidence`]: what a repository says beyond its references.
//! * [`partition`]: roles, service membership, quality figures.
//! * [`plan`]: services, crossings, verdicts: what the advice stage says.
//! * [`cost`]: what a split costs at run time.
//! * [`extraction`]: how each candidate is taken out. [`data_plan`]: who owns which data then.
//! * [`analysis`]: everything that reports and the gate may look at, and nothing else.
//! * [`scip`]: how far an index of another program and our own reading agree.
//! * [`finding`]: what the gate says, before → after.
//! * [`transaction`]: how libraries open transactions.
//! * [`suggest`]: the nearest of several names, for messages.
//! * [`diagnostic`] and [`place`]: what went wrong, and where things are.
//!
//! Invariant: whatever reaches output is held in sorted vectors, never in hash maps.

pub mod analysis;
pub mod calls;
pub mod codebase;
pub mod cost;
pub mod data_plan;
pub mod diagnostic;
pub mod evidence;
pub mod extraction;
pub mod finding;
pub mod graph;
pub mod ids;
pub mod partition;
pub mod place;
pub mod plan;
#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod sample_choice;
#[cfg(test)]
mod sample_cost;
#[cfg(test)]
mod sample_data;
#[cfg(test)]
mod sample_evidence;
pub mod scip;
pub mod suggest;
#[cfg(test)]
pub(crate) mod testing;
pub mod transaction;

pub use suggest::nearest;
