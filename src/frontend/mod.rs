//! Text to a [`Codebase`](crate::model::codebase::Codebase): one folder for each kind of input.

pub mod graph;
pub mod rust;
#[cfg(feature = "scip")]
pub mod scip;
