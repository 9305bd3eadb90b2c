//! The program from outside: arguments in; files, output and exit code out.
//!
//! Every test runs the built binary in a process of its own, with no colour and no CI variables in its environment.

mod bad_input;
mod cache;
mod configuration;
mod evidence;
mod gate;
mod harness;
mod heavy_input;
mod help;
mod plan;
mod revision;
mod same_bytes;
#[cfg(feature = "scip")]
mod scip;
mod usual;
