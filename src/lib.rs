//! seamline finds the seams of a Rust monolith.

pub mod advise;
pub mod check;
pub mod cluster;
pub mod frontend;
pub mod graph;
pub mod host;
pub mod model;
pub mod report;
