//! Work that a clock or a queue starts.
//!
//! Takes: calls that make jobs, and `#[job]`. Gives: [`Found`], named by the job's own name where it has one, else by what it runs.

use super::Found;
use super::handlers::{self, Handler};
use crate::evidence::code::{self, Code, Place};
use crate::model::calls::{Call, CallKind, Invocation};
use crate::model::codebase::{CallContext, DependencyKind, ItemKind};
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
        found.extend(looped(code, invocation, call));
        found.extend(timed(code, invocation, call));
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

/// Crates whose `interval` and `sleep` are those of a clock.
const CLOCKS: &[(&str, &str)] = &[
    ("tokio", "tokio"),
    ("actix_rt", "actix"),
    ("actix_web", "actix"),
    ("async_std", "async-std"),
    ("smol", "smol"),
    ("std", "std::thread"),
];

/// A loop that a clock keeps going, in a task that `main`, or a function that it calls, starts once. Tasks that are started further on
/// belong to a connection as often as not.
fn looped(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<Found> {
    let krate = code::crate_of(&call.callee)?;
    let (_, technology) = CLOCKS.iter().find(|(of, _)| *of == krate)?;
    let ticks = call.name().starts_with("interval");
    if call.kind != CallKind::Function || !ticks && call.name() != "sleep" {
        return None;
    }
    let item = invocation.item?;
    let around = loop_of(code, invocation, call, item, ticks);
    // A loop that ends tries again, and is no clock.
    if !ticks && around.is_none() {
        return None;
    }
    let once = |context: CallContext| context.has(CallContext::SPAWNED) && (!ticks || !context.has(CallContext::IN_LOOP));
    let near =
        |item: ItemId| is_main(code, item) || code.references_to(item).iter().filter_map(|r| r.from_item).any(|from| is_main(code, from));
    let spawned = |r: &&crate::model::codebase::Reference| r.context.has(CallContext::SPAWNED) && !r.context.has(CallContext::IN_LOOP);
    let started =
        once(invocation.context) && near(item) || code.references_to(item).iter().any(|r| spawned(r) && r.from_item.is_some_and(near));
    if !started {
        return None;
    }
    let runs = around.map(|(from, to)| functions(code, invocation, from, to)).unwrap_or_default();
    // A function that is all loop has its own name; of one that starts several loops each is what it calls.
    let own = !invocation.context.has(CallContext::SPAWNED);
    let (name, handler) = match runs.first() {
        Some(first) if !own => (code.codebase.item_path(*first), Handler { item: None, starts: runs, of_types: Vec::new() }),
        _ => (code.codebase.item_path(item), Handler::item(item)),
    };
    Some(job(name, handler, code.spot(invocation, call.line), technology))
}

/// The endless loop that a clock keeps going: after an interval is made, or around a pause.
fn loop_of(code: &Code<'_>, invocation: &Invocation, call: &Call, item: ItemId, ticks: bool) -> Option<(Place, Place)> {
    let of = &code.codebase.items[item.index()];
    let opens = |line: &[char]| {
        let text: String = line.iter().collect();
        let at = ["loop {", "while let Some(", "while true {"].iter().filter_map(|word| text.find(word)).min()?;
        Some(text[..at].chars().count())
    };
    let found: Vec<Place> = code.lines(invocation.file, |lines| {
        let (first, last) = (of.line as usize - 1, (of.end_line as usize).min(lines.len()));
        let at = |line: usize| Some((u32::try_from(line + 1).ok()?, u32::try_from(opens(&lines[line])? + 1).ok()?));
        (first..last).filter_map(at).collect()
    })?;
    let here = (call.line, call.column);
    let extents = found.into_iter().filter_map(|from| Some((from, code.block_end(invocation.file, from)?)));
    if ticks {
        extents.into_iter().find(|(from, _)| *from > here)
    } else {
        extents.into_iter().filter(|(from, to)| *from < here && here < *to).max()
    }
}

fn functions(code: &Code<'_>, invocation: &Invocation, from: Place, to: Place) -> Vec<ItemId> {
    let mut found = Vec::new();
    for reference in code.between(invocation.file, from, to) {
        if let Some(to) = reference.to_item
            && matches!(reference.kind, DependencyKind::Call | DependencyKind::Method)
            && code.codebase.items[to.index()].kind == ItemKind::Function
            && !found.contains(&to)
        {
            found.push(to);
        }
    }
    found
}

/// `ctx.run_interval(…)` of an actor, and `ctx.run_later(…)` in a method that has itself called again.
fn timed(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<Found> {
    let own = invocation.item?;
    if call.kind != CallKind::Method || !code.anyone_uses("actix") || !matches!(call.name(), "run_interval" | "run_later") {
        return None;
    }
    let mut runs = code.named_in(invocation.file, call);
    runs.extend(of_the_actor(code, invocation, call, own));
    let again = runs.contains(&own);
    if call.name() == "run_later" && !again {
        return None;
    }
    let first = if again { own } else { runs.first().copied().unwrap_or(own) };
    let handler = if again { Handler::item(own) } else { Handler { item: None, starts: runs, of_types: Vec::new() } };
    Some(job(code.codebase.item_path(first), handler, code.spot(invocation, call.line), "actix"))
}

/// Methods of the actor itself that a closure calls: it is given the actor, whatever it calls it.
fn of_the_actor(code: &Code<'_>, invocation: &Invocation, call: &Call, own: ItemId) -> Vec<ItemId> {
    let items = &code.codebase.items;
    let Some(of) = items[own.index()].parent.and_then(|p| items[p.index()].self_type) else { return Vec::new() };
    let Some(end) = code.end(invocation.file, (call.line, call.column)) else { return Vec::new() };
    let text = code.lines(invocation.file, |lines| {
        let (first, last) = (call.line as usize - 1, end.0 as usize);
        let text: String = lines[first..last.min(lines.len())].iter().flat_map(|l| l.iter().chain([&'\n'])).collect();
        let cut = lines[last - 1].len() + 1 - (end.1 as usize).min(lines[last - 1].len());
        let text: Vec<char> = text.chars().skip(call.column as usize - 1).collect();
        text[..text.len().saturating_sub(cut)].iter().collect::<String>()
    });
    let text = text.unwrap_or_default();
    let is_called = |name: &str| text.contains(&format!(".{name}("));
    let is_method = |i: &crate::model::codebase::Item| i.parent.is_some_and(|p| items[p.index()].self_type == Some(of));
    let methods = items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function && is_method(i) && is_called(&i.name));
    methods.map(|(index, _)| ItemId::from(index)).collect()
}

fn is_main(code: &Code<'_>, item: ItemId) -> bool {
    let of = &code.codebase.items[item.index()];
    of.name == "main" && of.parent.is_none() && code.codebase.modules[of.module.index()].parent.is_none()
}
