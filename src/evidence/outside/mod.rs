//! Calls that leave the process, and state that many touch.
//!
//! Takes: the code. Gives: outbound calls with their addresses as far as those are written, and shared state with who touches it; a tie for
//! each state that several modules touch. Invariant: the address of a call is never guessed: what is decided at run time is a hole,
//! or the name that it has in the code where nothing else is known.
//! To add a client: its names in `words`.

mod state;
#[cfg(test)]
mod tests;
mod words;

use super::code::{self, Code};
use super::{Gathered, Question, Source, Spec};
use crate::model::calls::{Call, Invocation, Value};
use crate::model::evidence::Evidence;
use crate::model::evidence::outside::{Outbound, OutboundKind};
use words::{AROUND, CLIENTS, Client, LOCAL, SENDING, Target};

/// The outside, and what is shared inside.
pub(super) struct Outside;

static SPEC: Spec = Spec {
    name: "outside",
    noun: "outbound calls and shared states",
    summary: "HTTP, gRPC, mail, object stores and other programs that are called; statics and locked fields, and who touches them",
    weight: 0.2,
    of_code: true,
    reading: "touch the same state in memory",
    words: words::WORDS,
    after: &[],
};

impl Source for Outside {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let code = question.code();
        let mut outbound: Vec<Outbound> = Vec::new();
        for (invocation, call) in code.every_call() {
            outbound.extend(leaving(code, invocation, call));
        }
        outbound.sort();
        outbound.dedup();
        let state = state::shared(code);
        let ties = state::ties(&state, SPEC.name);
        let is_open = |target: Option<&str>| target.is_none_or(|t| t.starts_with('{') && t.ends_with('}'));
        let unknown = outbound.iter().filter(|o| o.kind == OutboundKind::Http && is_open(o.target.as_deref())).count();
        let found = outbound.len() + state.len();
        let note = (found == 0).then(|| "no client that is known calls anything, and no state is shared".to_owned());
        let evidence = Evidence { outbound, state, ..Evidence::default() };
        Gathered { evidence, found, unknown, note, ties, diagnostics: Vec::new() }
    }
}

/// What a call talks to outside.
fn leaving(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<Outbound> {
    if let Some(outbound) = connected(code, invocation, call) {
        return Some(outbound);
    }
    let row = CLIENTS.iter().find(|row| is(code, invocation, call, row))?;
    // What is decided at run time is called as it is in the code.
    let text = |value: &Value| Some(code.text(value, invocation.from).unwrap_or_else(|| code.text_with_names(value, invocation.from)));
    let target = match row.target {
        Target::Argument(at) => call.args.get(at).and_then(text),
        Target::Chained(method) => {
            let chain = code::chain(&invocation.call);
            chain.iter().find(|c| c.name() == method).and_then(|c| c.args.first()).and_then(text)
        }
        Target::None => None,
    };
    Some(Outbound { by: code.spot(invocation, call.line), kind: row.kind, target, technology: row.technology.into() })
}

/// `OrdersClient::connect("http://…")`, of a client that a build script writes.
fn connected(code: &Code<'_>, invocation: &Invocation, call: &Call) -> Option<Outbound> {
    let of = call.callee.text.rsplit("::").nth(1)?;
    let is_client = call.name() == "connect" && call.receiver.is_none() && of.ends_with("Client") && of != "Client";
    if !is_client || !code.anyone_uses("tonic") || code::crate_of(&call.callee).is_some_and(|name| name != "tonic") {
        return None;
    }
    let target = call.args.first().and_then(|v| code.text(v, invocation.from));
    Some(Outbound { by: code.spot(invocation, call.line), kind: OutboundKind::Grpc, target, technology: "tonic".into() })
}

fn is(code: &Code<'_>, invocation: &Invocation, call: &Call, row: &Client) -> bool {
    if !row.names.contains(&call.name()) {
        return false;
    }
    if is_local(code, invocation, call) {
        return false;
    }
    let Some(_) = &call.receiver else {
        let krate = code::crate_of(&call.callee);
        let is_command = row.kind != OutboundKind::Process || call.callee.text.rsplit("::").nth(1) == Some("Command");
        return krate.is_some_and(|name| row.crates.contains(&name)) && is_command;
    };
    if row.kind == OutboundKind::Process {
        return false;
    }
    // A verb takes an address and nothing else.
    if matches!(row.target, Target::Argument(0)) && row.kind == OutboundKind::Http && call.args.len() != 1 {
        return false;
    }
    if let Some(ty) =
        call.receiver_type.as_ref().map(|ty| unwrapped(&ty.text)).filter(|ty| !AROUND.contains(&ty.rsplit("::").next().unwrap_or_default()))
    {
        let of = ty.split("::").next().unwrap_or_default();
        return row.crates.contains(&of) && !ty.contains("Response") && !ty.contains("HeaderMap")
            || row.technology == "object_store" && ty.contains("dyn ObjectStore");
    }
    let first = code::chain(call)[0];
    if let Some(name) = code::crate_of(&first.callee) {
        let makes = first.name() != call.name() || first.receiver.is_some();
        return row.crates.contains(&name) && makes && is_address(code, invocation, call, row);
    }
    // A client that comes from somewhere: what it is given has to look like an address.
    row.crates.iter().any(|name| code.uses(invocation.from, name))
        && code.called(invocation.file, call).is_none()
        && match row.target {
            Target::Argument(_) => is_address(code, invocation, call, row),
            Target::Chained(method) => code::chain(&invocation.call).iter().any(|c| c.name() == method),
            Target::None => false,
        }
}

/// Does what it is given look like an address? `headers.get("etag")` does not; what is not known has to be sent.
fn is_address(code: &Code<'_>, invocation: &Invocation, call: &Call, row: &Client) -> bool {
    let Target::Argument(at) = row.target else { return true };
    let Some(value) = call.args.get(at) else { return false };
    let texts = code.texts(value, invocation.from);
    let is_written = texts.iter().any(|text| text.contains("://") || text.starts_with('/'));
    is_written || texts.iter().any(|text| text.starts_with("{}")) && is_sent(code, invocation, call)
}

/// Does the call go on to make a request of it?
fn is_sent(code: &Code<'_>, invocation: &Invocation, call: &Call) -> bool {
    let Some(end) = code.end(invocation.file, (call.line, call.column)) else { return false };
    let next = code.lines(invocation.file, |lines| {
        let line = usize::try_from(end.0).ok()?.checked_sub(1)?;
        let text: String = lines.iter().skip(line).take(4).flat_map(|l| l.iter().chain([&' '])).collect();
        let rest: String = text.chars().skip(usize::try_from(end.1).ok()?).collect();
        let name: String =
            rest.trim_start().strip_prefix('.')?.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        Some(name)
    });
    next.flatten().is_some_and(|name| SENDING.contains(&name.as_str()))
}

/// Stores and mailers that stay on this machine or in this process.
fn is_local(code: &Code<'_>, invocation: &Invocation, call: &Call) -> bool {
    let names_one = |text: &str| text.split(|c: char| !c.is_alphanumeric()).any(|word| LOCAL.contains(&word));
    let typed = call.receiver_type.as_ref().is_some_and(|ty| names_one(&ty.text));
    let mut inner = Vec::new();
    code::calls_of(call, &mut inner);
    let made = inner.iter().any(|c| names_one(&c.callee.text));
    // A field that is declared so, where its type is not told.
    let own = || invocation.item.and_then(|i| code.codebase.items[i.index()].parent).and_then(|p| code.codebase.items[p.index()].self_type);
    let declared = match call.receiver.as_deref() {
        Some(Value::Field(_, field)) => {
            own().is_some_and(|of| code.codebase.items[of.index()].members.iter().any(|m| m.name == *field && names_one(&m.types)))
        }
        _ => false,
    };
    typed || made || declared
}

/// A type without the pointers around it.
fn unwrapped(text: &str) -> &str {
    let mut text = text;
    while let Some((outer, inner)) = text.split_once('<')
        && AROUND.contains(&outer.rsplit("::").next().unwrap_or_default())
    {
        text = inner.strip_suffix('>').unwrap_or(inner);
    }
    text
}
