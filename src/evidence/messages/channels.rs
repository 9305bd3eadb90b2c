//! Channels inside the process, and work that is started and not waited for.
//!
//! Takes: calls on the ends of channels, by the ends' types. Gives: their channels. What a channel is called is the type that goes through
//! it, where the workspace defines that; else the type with what owns the end. Channels that answer one request (`oneshot`) are none.

use super::drafts::{Drafts, Identity};
use super::words::{CHANNELS, ENDS, End, MAKERS, SPAWNS, STREAMS};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, CallKind, Invocation, TypeName, Value};
use crate::model::codebase::{CallContext, ItemKind};
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;

/// All channels; the number of ends of which it is not known what goes through.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) -> usize {
    let mut unknown = 0;
    for (invocation, call) in code.every_call() {
        match call.kind {
            CallKind::Method => {
                let Some((_, end)) = ENDS.iter().find(|(name, _)| *name == call.name()) else { continue };
                let Some(ty) = &call.receiver_type else { continue };
                let Some(technology) = technology(&ty.text, *end) else { continue };
                let owner = call.receiver.as_deref().map(|r| owner(code, invocation, r)).unwrap_or_default();
                match identity(ty, technology, &owner) {
                    Some(identity) => drafts.add(identity, *end, code.spot(invocation, call.line)),
                    None => unknown += 1,
                }
            }
            CallKind::Function => {
                made(code, invocation, call, drafts);
                spawned(code, invocation, call, drafts);
            }
            CallKind::Macro => {}
        }
    }
    unknown
}

/// By what the end of a channel goes; `None` for what is no such end.
fn technology(ty: &str, end: End) -> Option<&'static str> {
    let wanted = if end == End::Consumer { "Receiver" } else { "Sender" };
    let (path, technology) = CHANNELS.iter().find(|(path, _)| ty.contains(path))?;
    let (_, name) = ty.split_once(path)?;
    let name = name.split('<').next().unwrap_or_default();
    // `broadcast::Sender::subscribe` and `watch::Sender::borrow` are not what is asked for here.
    name.contains(wanted).then_some(technology)
}

fn identity(ty: &TypeName, technology: &'static str, owner: &str) -> Option<Identity> {
    // `Sender<T>` inside of what else is around it.
    let at = ty.text.find("Sender<").or_else(|| ty.text.find("Receiver<"))?;
    let open = at + ty.text[at..].find('<')? + 1;
    let payload = inside(&ty.text[open..]);
    if payload.is_empty() || payload == "_" {
        return None;
    }
    Some(named(payload, !ty.items.is_empty(), technology, owner))
}

/// Up to the bracket that closes.
fn inside(text: &str) -> &str {
    let mut depth = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' if depth == 0 => return &text[..at],
            '>' => depth -= 1,
            _ => {}
        }
    }
    text
}

fn named(payload: &str, is_ours: bool, technology: &'static str, owner: &str) -> Identity {
    let name = if is_ours { payload.to_owned() } else { format!("{payload} of {owner}") };
    Identity { name, kind: ChannelKind::InProcess, technology, payload: Some(payload.to_owned()) }
}

/// Whose an end is: the field by its type, or the function in which it is a variable.
fn owner(code: &Code<'_>, invocation: &Invocation, receiver: &Value) -> String {
    let items = &code.codebase.items;
    let own = |item: ItemId| items[item.index()].parent.and_then(|p| items[p.index()].self_type).map(|t| items[t.index()].name.clone());
    match receiver {
        Value::Field(base, field) if matches!(&**base, Value::Local(name, _) if name == "self") => {
            let of = invocation.item.and_then(own).unwrap_or_else(|| code.codebase.modules[invocation.from.index()].name().to_owned());
            format!("{of}.{field}")
        }
        Value::Field(base, field) => match &**base {
            Value::Local(_, Some(ty)) if !ty.items.is_empty() => format!("{}.{field}", items[ty.items[0].index()].name),
            _ => field.clone(),
        },
        // `self.sender.clone()`
        Value::Call(call) if call.receiver.is_some() && call.args.is_empty() => {
            call.receiver.as_deref().map(|r| owner(code, invocation, r)).unwrap_or_default()
        }
        _ => invocation.item.map(|i| code.codebase.item_path(i)).unwrap_or_default(),
    }
}

/// A call that makes both ends, or a stream of one.
fn made(code: &Code<'_>, invocation: &Invocation, call: &Call, drafts: &mut Drafts) {
    let text = &call.callee.text;
    if MAKERS.contains(&call.name())
        && let Some((_, technology)) = CHANNELS.iter().find(|(path, _)| text.contains(path))
        && let Some(ty) = call.types.first().filter(|t| t.text != "_")
    {
        let owner = invocation.item.map(|i| code.codebase.item_path(i)).unwrap_or_default();
        let identity = named(&ty.text, !ty.items.is_empty(), technology, &owner);
        drafts.add(identity, End::Neither, code.spot(invocation, call.line));
    }
    if call.name() == "new"
        && STREAMS.iter().any(|s| text.rsplit("::").nth(1) == Some(s))
        && let Some(value @ Value::Local(_, Some(ty))) = call.args.first()
        && let Some(technology) = technology(&ty.text, End::Consumer)
        && let Some(identity) = identity(ty, technology, &owner(code, invocation, value))
    {
        drafts.add(identity, End::Consumer, code.spot(invocation, call.line));
    }
}

/// `mail::run`: many modules have something that runs.
fn placed(code: &Code<'_>, item: ItemId) -> String {
    let module = &code.codebase.modules[code.codebase.items[item.index()].module.index()];
    let path = code.codebase.item_path(item);
    if module.parent.is_some() { format!("{}::{path}", module.name()) } else { path }
}

/// `tokio::spawn(work())` whose handle is dropped.
fn spawned(code: &Code<'_>, invocation: &Invocation, call: &Call, drafts: &mut Drafts) {
    let krate = code::crate_of(&call.callee).unwrap_or_default();
    let Some((.., technology)) = SPAWNS.iter().find(|(of, name, _)| *of == krate && *name == call.name()) else { return };
    let is_whole = (invocation.call.line, invocation.call.column) == (call.line, call.column);
    let kept = CallContext::USED.0 | CallContext::AWAITED.0;
    if !is_whole || invocation.context.0 & kept != 0 {
        return;
    }
    let items = &code.codebase.items;
    let is_function = |item: &ItemId| items[item.index()].kind == ItemKind::Function;
    let work: Option<ItemId> = match call.args.first() {
        Some(Value::Call(work)) => code::chain(work).into_iter().find_map(|c| code.called(invocation.file, c)).filter(is_function),
        Some(Value::Path(path)) => path.item.filter(is_function),
        _ => match code.named_in(invocation.file, call).as_slice() {
            [only] => Some(*only),
            _ => None,
        },
    };
    let spot = code.spot(invocation, call.line);
    let within = || invocation.item.map_or_else(|| code.codebase.modules[spot.module.index()].id.clone(), |i| code.codebase.item_path(i));
    let (name, consumer) = match work {
        Some(item) => (placed(code, item), code.definition(item)),
        None => (format!("task of {}", within()), spot.clone()),
    };
    let identity = Identity { name, kind: ChannelKind::Spawned, technology, payload: None };
    drafts.add(identity.clone(), End::Producer, spot);
    drafts.add(identity, End::Consumer, consumer);
}
