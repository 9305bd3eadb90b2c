//! seamline finds the seams of a Rust monolith.

pub mod advise;
pub mod check;
pub mod cli;
pub mod cluster;
pub mod config;
pub mod frontend;
pub mod graph;
pub mod host;
pub mod model;
pub mod pipeline;
pub mod report;
