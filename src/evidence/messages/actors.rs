//! Mailboxes of actors.
//!
//! Takes: impl blocks that take messages, and calls. Gives: their channels. A mailbox is an actor with one type of its messages. Whose mailbox a message is put into is told by the declared type of the address, else it is that
//! of the only actor which takes the message; where several take it, it is not known.

use super::drafts::{Drafts, Identity};
use super::words::{ACTORS, End, POSTS};
use crate::evidence::code::Code;
use crate::model::calls::{CallKind, Invocation, Value};
use crate::model::codebase::ItemKind;
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;
use std::collections::BTreeMap;

/// An actor that takes a message.
struct Taker {
    name: String,
    /// Tells it from others of its name.
    key: String,
    technology: &'static str,
}

/// All mailboxes; the number of messages of which it is not known whose mailbox they are put into.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) -> usize {
    let takers = takers(code, drafts);
    let mut unknown = 0;
    for (invocation, call) in code.every_call() {
        let method = call.kind == CallKind::Method && POSTS.contains(&call.name());
        if !method || takers.is_empty() {
            continue;
        }
        let message = call.args.iter().take(2).find_map(|v| code.type_of(invocation.file, v));
        let Some(message) = message.filter(|m| takers.contains_key(m)) else { continue };
        let known = call.receiver_type.as_ref().is_some_and(|t| !t.text.contains("::") || code.called(invocation.file, call).is_some());
        let of_actors = |text: &str| ACTORS.iter().any(|(_, crates, _)| crates.iter().any(|c| text.starts_with(c)));
        if known && !call.receiver_type.as_ref().is_some_and(|t| of_actors(&t.text)) {
            continue;
        }
        let all = &takers[&message];
        let witnesses = call.receiver.as_deref().map(|r| addressed(code, invocation, r)).unwrap_or_default();
        // The first witness that names one of them.
        let named = |witness: &String| -> Vec<&Taker> { all.iter().filter(|t| mentions(witness, &t.name)).collect() };
        let meant = witnesses.iter().map(named).find(|meant| !meant.is_empty());
        let meant = meant.unwrap_or_else(|| if all.len() == 1 { all.iter().collect() } else { Vec::new() });
        unknown += usize::from(meant.is_empty());
        for taker in meant {
            drafts.add(identity(code, taker, message), End::Producer, code.spot(invocation, call.line));
        }
    }
    unknown
}

fn identity(code: &Code<'_>, taker: &Taker, message: ItemId) -> Identity {
    let payload = Some(code.type_name(message));
    Identity { name: taker.name.clone(), key: taker.key.clone(), kind: ChannelKind::Actor, technology: taker.technology, payload }
}

/// By message, who takes it.
fn takers(code: &Code<'_>, drafts: &mut Drafts) -> BTreeMap<ItemId, Vec<Taker>> {
    let codebase = code.codebase;
    let mut takers: BTreeMap<ItemId, Vec<Taker>> = BTreeMap::new();
    for (index, item) in codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Impl && i.implements.is_none()) {
        let Some((of, actor)) = item.name.strip_prefix("impl ").and_then(|n| n.split_once(" for ")) else { continue };
        let name = of.split('<').next().unwrap_or_default();
        let row = ACTORS.iter().find(|(of_trait, crates, _)| *of_trait == name && crates.iter().any(|c| code.anyone_uses(c)));
        let Some((.., technology)) = row else { continue };
        let id = ItemId::from(index);
        let message = match *technology {
            "ractor" => code.members(id).iter().find(|m| codebase.items[m.index()].name == "Msg").and_then(|m| named_by(code, *m, None)),
            _ => {
                let message = of.split_once('<').map(|(_, m)| m.trim_end_matches('>')).unwrap_or_default();
                named_by(code, id, Some(message))
            }
        };
        let Some(message) = message else { continue };
        let key = item.self_type.map(|of| code.type_name(of)).unwrap_or_default();
        let taker = Taker { name: actor.split('<').next().unwrap_or(actor).to_owned(), key, technology };
        let handles = |m: &&ItemId| matches!(codebase.items[m.index()].name.as_str(), "handle" | "handle_message");
        let spot = code.definition(code.members(id).iter().find(handles).copied().unwrap_or(id));
        drafts.add(identity(code, &taker, message), End::Consumer, spot);
        takers.entry(message).or_default().push(taker);
    }
    takers
}

/// The type of this name that the header of an item, or the item itself, names.
fn named_by(code: &Code<'_>, item: ItemId, name: Option<&str>) -> Option<ItemId> {
    let items = &code.codebase.items;
    let of = &items[item.index()];
    let file = code.codebase.modules[of.module.index()].file;
    let bare = name.map(|n| n.split('<').next().unwrap_or(n));
    let header = code.between(file, (of.line, 1), (of.line.saturating_add(2), u32::MAX));
    let within = header.iter().filter(|r| bare.is_some() || r.from_item == Some(item));
    let named = within.filter_map(|r| r.to_item).find(|to| {
        let to = &items[to.index()];
        to.kind.is_type() && bare.is_none_or(|name| to.name == name)
    });
    named.or_else(|| code.item_named(of.module, bare?, ItemKind::is_type))
}

/// What says whose address it is, the surest first: the declared type of a field, variable or parameter, and its name.
fn addressed(code: &Code<'_>, invocation: &Invocation, receiver: &Value) -> Vec<String> {
    let items = &code.codebase.items;
    let of_self = invocation.item.and_then(|i| items[i.index()].parent).and_then(|p| items[p.index()].self_type);
    let declared = |of: ItemId, field: &str| items[of.index()].members.iter().find(|m| m.name == field).map(|m| m.types.clone());
    match receiver {
        Value::Field(base, field) => {
            let own = match &**base {
                Value::Local(_, Some(ty)) => ty.items.first().copied(),
                _ => None,
            };
            let known = own.or(of_self).and_then(|of| declared(of, field)).or_else(|| {
                // The only field of that name anywhere.
                let mut all =
                    items.iter().flat_map(|i| &i.members).filter(|m| m.name == *field && m.types.contains("Addr")).map(|m| &m.types);
                let first = all.next()?;
                all.all(|other| other == first).then(|| first.clone())
            });
            known.into_iter().chain([field.clone()]).collect()
        }
        Value::Local(name, ty) => {
            let parameter = invocation.item.and_then(|i| code.head(i)).and_then(|head| {
                let of_name = head.parameters.into_iter().find(|(n, _)| n == name);
                of_name.map(|(_, ty)| ty)
            });
            // `if let Some(orders) = &self.orders_actor`: a variable is called as its field is, or nearly so.
            let fields = of_self.map(|of| items[of.index()].members.as_slice()).unwrap_or_default();
            let like = fields.iter().filter(|m| m.types.contains("Addr<") && m.name.starts_with(name.as_str()));
            let field = like.min_by_key(|m| m.name.len()).map(|m| m.types.clone());
            let written = ty.as_ref().map(|t| t.text.clone());
            [written, parameter, field, Some(name.clone())].into_iter().flatten().collect()
        }
        Value::Call(call) => call.receiver.as_deref().map(|r| addressed(code, invocation, r)).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Is the actor named in a type, or a variable named after it?
fn mentions(declared: &str, actor: &str) -> bool {
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect::<Vec<_>>();
    let snake: String = actor.chars().enumerate().fold(String::new(), |mut out, (at, c)| {
        if c.is_uppercase() && at > 0 {
            out.push('_');
        }
        out.extend(c.to_lowercase());
        out
    });
    words(declared).iter().any(|w| w == actor || *w == snake)
}
