//! Work that a clock or a queue starts.
//!
//! Takes: calls that make jobs, and `#[job]`. Gives: [`Found`], named by the job's own name where it has one, else by what it runs.

use super::Found;
use super::handlers::{self, Handler};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, Invocation};
use crate::model::codebase::{CallContext, ItemKind};
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::ItemId;

/// How a call makes a job.
enum Shape {
    /// A schedule, then what runs.
    ScheduleThenRun,
    /// Named by the first argument of the chain's beginning; the last argument runs.
    Worker,
    /// `every(…).run(…)`
    Every,
}

/// Calls that make jobs: crate, name, technology.
const JOBS: &[(&str, &str, &str, Shape)] = &[
    ("tokio_cron_scheduler", "new", "tokio-cron-scheduler", Shape::ScheduleThenRun),
    ("tokio_cron_scheduler", "new_async", "tokio-cron-scheduler", Shape::ScheduleThenRun),
    ("tokio_cron_scheduler", "new_async_tz", "tokio-cron-scheduler", Shape::ScheduleThenRun),
    ("tokio_cron_scheduler", "new_repeated", "tokio-cron-scheduler", Shape::ScheduleThenRun),
    ("tokio_cron_scheduler", "new_repeated_async", "tokio-cron-scheduler", Shape::ScheduleThenRun),
    ("cron", "new", "cron", Shape::ScheduleThenRun),
    ("job_scheduler", "new", "job-scheduler", Shape::ScheduleThenRun),
    ("apalis", "build_fn", "apalis", Shape::Worker),
    ("apalis_core", "build_fn", "apalis", Shape::Worker),
    ("clokwerk", "run", "clokwerk", Shape::Every),
];

/// Crates of `#[job]`.
const WITH_ATTRIBUTE: &[(&str, &str)] = &[("sqlxmq", "sqlxmq"), ("faktory", "faktory"), ("fang", "fang"), ("apalis", "apalis")];

/// All jobs.
pub(super) fn found(code: &Code<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for (invocation, call) in code.every_call() {
        found.extend(by_call(code, invocation, call));
        found.extend(interval(code, invocation, call));
    }
    for (index, item) in code.codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function) {
        let Some(attribute) = item.attributes.iter().find(|a| a.path == "job" || a.path.ends_with("::job")) else { continue };
        let Some((_, technology)) = WITH_ATTRIBUTE.iter().find(|(name, _)| code.anyone_uses(name)) else { continue };
        let id = ItemId::from(index);
        let named = super::attributes::arguments(&attribute.arguments).into_iter().find(|(key, _)| key == "name").map(|(_, v)| v);
        let name = named.unwrap_or_else(|| item.name.clone());
        found.push(job(name, Handler::item(id), code.definition(id), technology));
    }
    found
}

fn job(name: String, handler: Handler, declared: crate::model::evidence::Spot, technology: &str) -> Found {
    Found { kind: EntryKind::Job, name, handler, declared, technology: technology.into() }
}

fn by_call(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<Found> {
    let chain = code::chain(call);
    let first = chain[0];
    let row = JOBS.iter().find(|(krate, name, ..)| {
        let made = code::crate_of(&first.callee) == Some(*krate);
        let received = chain.iter().any(|c| c.receiver_type.as_ref().is_some_and(|t| t.text.starts_with(&format!("{krate}::"))));
        *name == call.name() && (made || received || matches!(call.name(), "build_fn" | "run") && code.uses(invocation.from, krate))
    });
    let (_, _, technology, shape) = row?;
    let last = call.args.last()?;
    let handler = match shape {
        Shape::Every if !chain.iter().any(|c| c.name() == "every") => return None,
        _ => handlers::handler(code, invocation, call, last),
    };
    let what = handler.item.or(match handler.starts.as_slice() {
        [only] => Some(*only),
        _ => None,
    });
    let runs = what.or(invocation.item).map(|item| code.codebase.item_path(item));
    let name = match shape {
        Shape::ScheduleThenRun if call.args.len() < 2 => return None,
        Shape::ScheduleThenRun => {
            let schedule = code.text(&call.args[0], invocation.from);
            [runs, schedule.map(|s| format!("({s})"))].into_iter().flatten().collect::<Vec<_>>().join(" ")
        }
        Shape::Worker => first.args.first().and_then(|v| code.text(v, invocation.from)).or(runs)?,
        Shape::Every => runs?,
    };
    Some(job(name, handler, code.spot(invocation, call.line), technology))
}

/// A loop around `tokio::time::interval`, in a task that `main`, or a function that it calls, starts once. Tasks that are started further
/// on belong to a connection as often as not.
fn interval(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<Found> {
    if code::crate_of(&call.callee) != Some("tokio") || !call.name().starts_with("interval") {
        return None;
    }
    let item = invocation.item?;
    let once = |context: CallContext| context.has(CallContext::SPAWNED) && !context.has(CallContext::IN_LOOP);
    let near =
        |item: ItemId| is_main(code, item) || code.references_to(item).iter().filter_map(|r| r.from_item).any(|from| is_main(code, from));
    let started =
        once(invocation.context) && near(item) || code.references_to(item).iter().any(|r| once(r.context) && r.from_item.is_some_and(near));
    started.then(|| job(code.codebase.item_path(item), Handler::item(item), code.spot(invocation, call.line), "tokio"))
}

fn is_main(code: &Code<'_>, item: ItemId) -> bool {
    let of = &code.codebase.items[item.index()];
    of.name == "main" && of.parent.is_none() && code.codebase.modules[of.module.index()].parent.is_none()
}
