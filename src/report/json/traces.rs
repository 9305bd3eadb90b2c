//! What running programs recorded on the wire, in both directions.
//!
//! Names of fields are a promise, as those in [`wire`](super::wire) are.

use super::read::{ReadError, all};
use crate::model::evidence::traces as model;
use crate::model::ids::ModuleId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Traces {
    spans: u64,
    matched: u64,
    left_out: u64,
    unmatched: Vec<Unmatched>,
    calls: Vec<Call>,
    use_cases: Vec<UseCase>,
}

#[derive(Serialize, Deserialize)]
struct Unmatched {
    name: String,
    spans: u64,
}

#[derive(Serialize, Deserialize)]
struct Call {
    from: Ran,
    to: Ran,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct Ran {
    module: String,
    item: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct UseCase {
    name: String,
    traces: u64,
    modules: Vec<String>,
}

pub(super) fn write(t: &model::Traces, module: &dyn Fn(ModuleId) -> String) -> Traces {
    let ran = |r: &model::Ran| Ran { module: module(r.module), item: r.item.clone() };
    Traces {
        spans: t.spans,
        matched: t.matched,
        left_out: t.left_out,
        unmatched: t.unmatched.iter().map(|(name, spans)| Unmatched { name: name.clone(), spans: *spans }).collect(),
        calls: t.calls.iter().map(|c| Call { from: ran(&c.from), to: ran(&c.to), count: c.count }).collect(),
        use_cases: (t.use_cases.iter())
            .map(|u| UseCase { name: u.name.clone(), traces: u.traces, modules: u.modules.iter().map(|m| module(*m)).collect() })
            .collect(),
    }
}

pub(super) fn read(t: Traces, module: &dyn Fn(&str) -> Result<ModuleId, ReadError>) -> Result<model::Traces, ReadError> {
    let ran = |r: Ran| -> Result<model::Ran, ReadError> { Ok(model::Ran { module: module(&r.module)?, item: r.item }) };
    Ok(model::Traces {
        spans: t.spans,
        matched: t.matched,
        left_out: t.left_out,
        unmatched: t.unmatched.into_iter().map(|u| (u.name, u.spans)).collect(),
        calls: all(t.calls, |c| Ok(model::TracedCall { from: ran(c.from)?, to: ran(c.to)?, count: c.count }))?,
        use_cases: all(t.use_cases, |u| Ok(model::UseCase { name: u.name, traces: u.traces, modules: all(u.modules, |m| module(&m))? }))?,
    })
}
