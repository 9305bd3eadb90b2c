//! Calls that leave the process, and state that many touch.
//!
//! Takes: the code. Gives: outbound calls with their addresses as far as those are written, and shared state with who touches it; a tie for
//! each state that several modules touch. Invariant: the address of a call is never guessed: what is decided at run time is a hole.
//! To add a client: its names in `words`.

mod state;
#[cfg(test)]
mod tests;
mod words;

use super::code::{self, Code};
use super::{Gathered, Question, Source, Spec};
use crate::model::calls::{Call, Invocation};
use crate::model::evidence::Evidence;
use crate::model::evidence::outside::{Outbound, OutboundKind};
use words::{CLIENTS, Client, Target};

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
        let unknown = outbound.iter().filter(|o| o.target.is_none() && o.kind == OutboundKind::Http).count();
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
    let text = |value| code.text(value, invocation.from);
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
    let Some(_) = &call.receiver else {
        let krate = code::crate_of(&call.callee);
        let is_command = row.kind != OutboundKind::Process || call.callee.text.rsplit("::").nth(1) == Some("Command");
        return krate.is_some_and(|name| row.crates.contains(&name)) && is_command;
    };
    if row.kind == OutboundKind::Process {
        return false;
    }
    if let Some(ty) = &call.receiver_type {
        let of = ty.text.trim_start_matches("std::sync::Arc<").split("::").next().unwrap_or_default();
        return row.crates.contains(&of) && !ty.text.contains("Response") && !ty.text.contains("HeaderMap")
            || row.technology == "object_store" && ty.text.contains("dyn ObjectStore");
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

/// Does what it is given look like an address, as far as that is known? `headers.get("etag")` does not.
fn is_address(code: &Code<'_>, invocation: &Invocation, call: &Call, row: &Client) -> bool {
    let Target::Argument(at) = row.target else { return true };
    let Some(value) = call.args.get(at) else { return false };
    code.texts(value, invocation.from).iter().any(|text| text.contains("://") || text.starts_with('/') || text.starts_with("{}"))
}
