//! Channels inside the process.
//!
//! Takes: calls on the ends of channels, by the ends' types. Gives: their channels. What a channel is called is the type that goes through
//! it, where that has a name of its own; else the type with what owns the end. Channels that answer one request (`oneshot`) are none.

use super::drafts::{Drafts, Identity};
use super::words::{CHANNELS, ENDS, End, MAKERS, STREAMS};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, CallKind, Invocation, TypeName, Value};
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;

/// All channels; the number of ends of which it is not known what goes through.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) -> usize {
    let mut unknown = 0;
    let mut projections = Vec::new();
    for (invocation, call) in code.every_call() {
        match call.kind {
            CallKind::Method => {
                let Some((_, end)) = ENDS.iter().find(|(name, _)| *name == call.name()) else { continue };
                let Some(ty) = &call.receiver_type else {
                    projections
                        .extend(sent_through(code, invocation, call).map(|payload| (payload, *end, code.spot(invocation, call.line))));
                    continue;
                };
                let Some(technology) = technology(&ty.text, *end) else { continue };
                let owner = call.receiver.as_deref().map(|r| owner(code, invocation, r)).unwrap_or_default();
                match identity(code, ty, technology, &owner) {
                    Some(identity) => drafts.add(identity, *end, code.spot(invocation, call.line)),
                    None => unknown += 1,
                }
            }
            CallKind::Function => {
                made(code, invocation, call, drafts);
            }
            CallKind::Macro => {}
        }
    }
    for (payload, end, spot) in projections {
        match drafts.only(ChannelKind::InProcess, &payload) {
            Some(identity) => drafts.add(identity, end, spot),
            None => unknown += 1,
        }
    }
    unknown
}

/// What goes through a field of `self.project()`: a macro makes that type, and the field is the struct's own.
fn sent_through(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<String> {
    let items = &code.codebase.items;
    let Some(Value::Field(base, field)) = call.receiver.as_deref() else { return None };
    projected(base)?;
    let own = items[items[invocation.item?.index()].parent?.index()].self_type?;
    let types = &items[own.index()].members.iter().find(|m| m.name == *field)?.types;
    let (_, payload) = types.split_once("Sender<").or_else(|| types.split_once("Receiver<"))?;
    Some(inside(payload).to_owned())
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

fn identity(code: &Code<'_>, ty: &TypeName, technology: &'static str, owner: &Owner) -> Option<Identity> {
    // `Sender<T>` inside of what else is around it.
    let at = ty.text.find("Sender<").or_else(|| ty.text.find("Receiver<"))?;
    let open = at + ty.text[at..].find('<')? + 1;
    let payload = inside(&ty.text[open..]);
    if payload.is_empty() || payload == "_" {
        return None;
    }
    Some(named(code, payload, &ty.items, technology, owner))
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

/// Names of types that say nothing of what they are a message of, wherever they come from.
const PLAIN: &[&str] = &[
    "Addr",
    "JoinHandle",
    "Receiver",
    "Recipient",
    "Sender",
    "String",
    "Bytes",
    "BytesMut",
    "Value",
    "PathBuf",
    "Duration",
    "Instant",
    "Uuid",
];

/// A channel by what goes through it, where that has a name of its own; else by whose end it is.
fn named(code: &Code<'_>, payload: &str, ours: &[ItemId], technology: &'static str, owner: &Owner) -> Identity {
    let (name, key) = if !ours.is_empty() {
        (payload.to_owned(), ours.iter().map(|item| code.type_name(*item)).collect::<Vec<_>>().join(" "))
    } else if is_message(payload) {
        (payload.to_owned(), String::new())
    } else {
        (format!("{payload} of {}", owner.name), owner.key.clone())
    };
    Identity { name, key, kind: ChannelKind::InProcess, technology, payload: Some(payload.to_owned()) }
}

/// Is it a type that some crate has named for a purpose?
fn is_message(payload: &str) -> bool {
    let (head, inner) = payload.split_once('<').map_or((payload, ""), |(head, inner)| (head, inside(inner)));
    let mut parts = head.split("::");
    let (first, last) = (parts.next().unwrap_or_default(), head.rsplit("::").next().unwrap_or_default());
    if matches!(last, "Result" | "Option" | "Box" | "Arc" | "Rc" | "Vec") {
        return is_message(inner.split(", ").next().unwrap_or_default());
    }
    head.contains("::") && !head.starts_with(['(', '[']) && !matches!(first, "std" | "core" | "alloc" | "dyn") && !PLAIN.contains(&last)
}

/// Whose an end is.
#[derive(Default)]
struct Owner {
    name: String,
    key: String,
}

/// Whose an end is: the field by its type, or the function in which it is a variable.
fn owner(code: &Code<'_>, invocation: &Invocation, receiver: &Value) -> Owner {
    let items = &code.codebase.items;
    let field_of = |of: ItemId, field: &str| {
        let name = &items[of.index()].name;
        Owner { name: format!("{name}.{field}"), key: format!("{}.{field}", code.type_name(of)) }
    };
    let own = |item: ItemId| items[item.index()].parent.and_then(|p| items[p.index()].self_type);
    match receiver {
        Value::Field(base, field) if matches!(&**base, Value::Local(name, _) if name == "self") => match invocation.item.and_then(own) {
            Some(of) => field_of(of, field),
            None => {
                let module = &code.codebase.modules[invocation.from.index()];
                Owner { name: format!("{}.{field}", module.name()), key: format!("{}.{field}", module.id) }
            }
        },
        Value::Field(base, field) => match &**base {
            Value::Local(_, Some(ty)) if !ty.items.is_empty() => field_of(ty.items[0], field),
            // `self.project().field`, `self.inner.as_ref().field`: of the type of which a method is called.
            _ => match projected(base).and_then(|_| invocation.item.and_then(own)) {
                Some(of) => field_of(of, field),
                None => Owner { name: field.clone(), key: String::new() },
            },
        },
        // `self.sender.clone()`
        Value::Call(call) if call.receiver.is_some() && call.args.is_empty() => {
            call.receiver.as_deref().map(|r| owner(code, invocation, r)).unwrap_or_default()
        }
        _ => function(code, invocation),
    }
}

/// `self.project()`, `self.as_mut().project_ref()`
fn projected(base: &Value) -> Option<()> {
    let call = base.call().filter(|c| c.name().starts_with("project"))?;
    let first = code::chain(call)[0].receiver.as_deref()?;
    matches!(first, Value::Local(name, _) if name == "self").then_some(())
}

/// The function in which something is a variable.
fn function(code: &Code<'_>, invocation: &Invocation) -> Owner {
    let name = invocation.item.map(|i| code.codebase.item_path(i)).unwrap_or_default();
    let key = format!("{}::{name}", code.codebase.modules[invocation.from.index()].id);
    Owner { name, key }
}

/// A call that makes both ends, or a stream of one.
fn made(code: &Code<'_>, invocation: &Invocation, call: &Call, drafts: &mut Drafts) {
    let text = &call.callee.text;
    if MAKERS.contains(&call.name())
        && let Some((_, technology)) = CHANNELS.iter().find(|(path, _)| text.contains(path))
        && let Some(ty) = call.types.first().filter(|t| t.text != "_")
    {
        let identity = named(code, &ty.text, &ty.items, technology, &function(code, invocation));
        drafts.add(identity, End::Neither, code.spot(invocation, call.line));
    }
    if call.name() == "new"
        && STREAMS.iter().any(|s| text.rsplit("::").nth(1) == Some(s))
        && let Some(value @ Value::Local(_, Some(ty))) = call.args.first()
        && let Some(technology) = technology(&ty.text, End::Consumer)
        && let Some(identity) = identity(code, ty, technology, &owner(code, invocation, value))
    {
        drafts.add(identity, End::Consumer, code.spot(invocation, call.line));
    }
}
