//! Work that is started and not waited for.
//!
//! Takes: calls that start work. Gives: a channel for each, from who starts it to what runs. What runs has the name of the function that is
//! all of it; anything else is a task of its own at its place. A handle that is kept under a name that is never used again is not kept.

use super::drafts::{Drafts, Identity};
use super::words::{End, SPAWNERS, SPAWNS};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, CallKind, Invocation, Value};
use crate::model::codebase::{CallContext, ItemKind};
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;

/// All work that is left alone.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) {
    for (invocation, call) in code.every_call() {
        let Some(technology) = technology(code, invocation, call) else { continue };
        let is_whole = (invocation.call.line, invocation.call.column) == (call.line, call.column);
        let kept = invocation.context.has(CallContext::AWAITED)
            || invocation.context.has(CallContext::USED) && !is_forgotten(code, invocation, call);
        if is_whole && !kept {
            add(code, invocation, call, technology, drafts);
        }
    }
}

/// By what a call starts work.
fn technology(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<&'static str> {
    if call.kind == CallKind::Function {
        let krate = code::crate_of(&call.callee)?;
        return SPAWNS.iter().find(|(of, name, _)| *of == krate && *name == call.name()).map(|(.., technology)| *technology);
    }
    if call.kind != CallKind::Method || call.name() != "spawn" || code.called(invocation.file, call).is_some() {
        return None;
    }
    // `work.into_actor(self).map(…).spawn(ctx)`
    if code::chain(call).iter().any(|c| c.name() == "into_actor") {
        return Some("actix");
    }
    let ty = call.receiver_type.as_ref()?;
    SPAWNERS.iter().find(|(of, ..)| ty.text == *of || ty.text.starts_with(&format!("{of}<"))).map(|(_, technology)| *technology)
}

/// `let _handle = spawn(…)` of which nothing is heard again.
fn is_forgotten(code: &Code<'_>, invocation: &Invocation, call: &Call) -> bool {
    let Some(item) = invocation.item else { return false };
    let of = &code.codebase.items[item.index()];
    let forgotten = code.lines(invocation.file, |lines| {
        let line = usize::try_from(call.line).ok()?.checked_sub(1)?;
        let before: String = lines.get(line)?.iter().take(usize::try_from(call.column).ok()?.saturating_sub(1)).collect();
        let (before, name) = before.trim_end().strip_suffix('=')?.rsplit_once("let ")?;
        let name = name.split(':').next()?.trim();
        let is_name = before.trim().is_empty() && name.starts_with('_') && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        let body = lines.iter().take(usize::try_from(of.end_line).ok()?).skip(line + 1);
        let mut words = body.flat_map(|l| {
            l.iter().collect::<String>().split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect::<Vec<_>>()
        });
        Some(is_name && !words.any(|word| word == name))
    });
    forgotten.flatten() == Some(true)
}

fn add(code: &Code<'_>, invocation: &Invocation, call: &Call, technology: &'static str, drafts: &mut Drafts) {
    let items = &code.codebase.items;
    let spot = code.spot(invocation, call.line);
    let within = || invocation.item.map_or_else(|| code.codebase.modules[spot.module.index()].id.clone(), |i| code.codebase.item_path(i));
    let work = work(code, invocation, call).filter(|item| items[item.index()].kind == ItemKind::Function);
    let (name, key, consumer) = match work {
        Some(item) => {
            let definition = code.definition(item);
            (code.codebase.item_path(item), definition.site.to_string(), definition)
        }
        None => (format!("task of {}", within()), format!("{}:{}", spot.site, call.column), spot.clone()),
    };
    let identity = Identity { name, key, kind: ChannelKind::Spawned, technology, payload: None };
    drafts.add(identity.clone(), End::Producer, spot);
    drafts.add(identity, End::Consumer, consumer);
}

/// The function that is all of what runs.
fn work(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<ItemId> {
    let given = match call.receiver.as_deref() {
        Some(Value::Call(chain)) if code::chain(chain).iter().any(|c| c.name() == "into_actor") => {
            let first = code::chain(chain)[0];
            // What is made an actor's stands before it: a call, or a block of which nothing is known here.
            return if first.name() == "into_actor" { None } else { code.called(invocation.file, first) };
        }
        _ => call.args.first(),
    };
    match given {
        Some(Value::Call(work)) => code::chain(work).into_iter().find_map(|c| code.called(invocation.file, c)),
        Some(Value::Path(path)) => path.item,
        _ => {
            let arguments = code.arguments(invocation.file, (call.line, call.column));
            arguments.first().and_then(|argument| code.only_called(invocation.file, argument))
        }
    }
}
