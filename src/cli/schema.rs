//! `seamline schema`: the published JSON Schema of `analysis.json`.

use super::Context;
use super::exit::{Exit, Failure};
use crate::report::json;

pub(super) fn run(context: &Context) -> Result<Exit, Failure> {
    context.terminal.bytes(json::schema().as_bytes())?;
    Ok(Exit::Pass)
}
