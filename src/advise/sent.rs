//! What is handed over to be worked on later: messages, events, jobs.
//!
//! Takes the calls that were heard; gives for each item (the type of a message, or the function that makes one) and each module how often
//! it is sent from there without an answer, and how often somebody waits for the answer, as one may of an actor.
//! Invariant: only what is itself the argument or receiver of a sending call counts, not what lies around it; and the arguments only where they are few.

use crate::model::calls::{Call, CallContext, Value};
use crate::model::codebase::Codebase;
use crate::model::ids::{ItemId, ModuleId};
use std::collections::BTreeMap;

/// Methods that pass their argument on.
const SENDS: &[&str] = &[
    "send",
    "do_send",
    "try_send",
    "blocking_send",
    "send_message",
    "cast",
    "tell",
    "publish",
    "emit",
    "dispatch",
    "fire",
    "raise",
    "push_event",
    "send_event",
    "enqueue",
    "schedule",
    "notify",
    "notify_later",
    "issue_async",
    "add_job",
    "submit",
    "produce",
    "broadcast",
];
/// Beginnings of names of functions that do, with the kind of message behind them: `send_webhook`, `enqueue_or_log`.
const SENDS_A_KIND: &[&str] = &["send_", "publish_", "emit_", "enqueue_", "broadcast_", "dispatch_"];
/// Methods that pass their argument on and give the answer.
const ASKS: &[&str] = &["ask", "call", "issue_sync"];
/// Methods that pass on what they are called on.
const SENDS_ITSELF: &[&str] =
    &["enqueue", "dispatch", "publish", "schedule", "emit", "push", "queue", "enqueue_for", "async_enqueue", "spawn"];
/// A call with more arguments than this says what to send in its own parameters: none of them is the message.
const ARGUMENTS: usize = 2;
/// Types whose `send` gives the answer of whoever received it.
const MAILBOXES: &[&str] = &["Addr", "Recipient", "Address", "ActorRef"];

/// How an item is sent from a module.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// Calls after which nobody waits.
    pub told: u32,
    /// Calls whose answer is used.
    pub asked: u32,
}

/// By item, then by module.
pub(super) type AllSent = BTreeMap<ItemId, BTreeMap<ModuleId, Sent>>;

/// Everything that is sent.
pub(super) fn sent(codebase: &Codebase) -> AllSent {
    let mut out = AllSent::new();
    for invocation in &codebase.invocations {
        let (call, context) = (&invocation.call, invocation.context);
        let name = call.name();
        let mut what = Vec::new();
        let sends = SENDS.contains(&name) || SENDS_A_KIND.iter().any(|kind| name.starts_with(kind));
        if (sends || ASKS.contains(&name)) && call.args.len() <= ARGUMENTS {
            call.args.iter().for_each(|value| items(codebase, value, &mut what));
        }
        if SENDS_ITSELF.contains(&name)
            && let Some(receiver) = &call.receiver
            && matches!(**receiver, Value::Call(_) | Value::Struct(..) | Value::Path(_))
        {
            items(codebase, receiver, &mut what);
        }
        what.sort_unstable();
        what.dedup();
        let asked = ASKS.contains(&name) || is_asked(call, context);
        for item in what {
            let sent = out.entry(item).or_default().entry(invocation.from).or_default();
            *(if asked { &mut sent.asked } else { &mut sent.told }) += 1;
        }
    }
    out
}

/// A mailbox's `send` gives the answer, and here somebody takes it.
fn is_asked(call: &Call, context: CallContext) -> bool {
    let used = context.has(CallContext::USED) || context.has(CallContext::TRIED);
    let head = |text: &str| text.trim_start_matches('&').split('<').next().unwrap_or_default().rsplit("::").next().map(str::to_owned);
    let mailbox = || call.receiver_type.as_ref().and_then(|t| head(&t.text)).is_some_and(|t| MAILBOXES.contains(&t.as_str()));
    call.name() == "send" && used && context.has(CallContext::AWAITED) && (call.receiver_type.is_none() || mailbox())
}

/// The items that a value is.
fn items(codebase: &Codebase, value: &Value, out: &mut Vec<ItemId>) {
    match value {
        Value::Path(path) | Value::Struct(path, _) => out.extend(path.item.filter(|i| codebase.items[i.index()].kind.is_type())),
        Value::Local(_, Some(ty)) => out.extend(ty.items.first()),
        Value::Call(call) => {
            let Some(item) = call.callee.item else { return };
            out.push(item);
            // What a type's own function makes is taken for one of the type.
            let own = &codebase.items[item.index()];
            out.extend(own.parent.and_then(|p| codebase.items[p.index()].self_type));
        }
        Value::List(values) | Value::Either(values) => values.iter().for_each(|v| items(codebase, v, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::calls::{CallKind, Invocation, Path, TypeName};
    use crate::model::ids::FileId;
    use crate::model::testing::codebase;

    fn check(method: &str, receiver: &str, context: CallContext, expected: Sent) {
        let (code, from) = calling(method, receiver, context, 0);
        assert_eq!(sent(&code)[&ItemId(0)][&from], expected, "{method} {receiver}");
    }

    /// A call of a method with a message, and so many other arguments.
    fn calling(method: &str, receiver: &str, context: CallContext, others: usize) -> (Codebase, ModuleId) {
        let mut code = codebase("struct b::Placed\n mod a");
        let path = |text: &str, item| Path { text: text.into(), is_external: false, item, module: None, rest: String::new() };
        let mut call = Call {
            line: 3,
            column: 1,
            kind: CallKind::Method,
            callee: path(method, None),
            receiver: None,
            receiver_type: (!receiver.is_empty()).then(|| TypeName { text: receiver.into(), items: Vec::new() }),
            types: Vec::new(),
            args: Vec::new(),
            text: None,
        };
        call.args.push(Value::Struct(path("Placed", Some(ItemId(0))), Vec::new()));
        call.args.extend((0..others).map(|_| Value::Other));
        let from = code.module("a").expect("a");
        code.invocations = vec![Invocation { from, item: None, file: FileId(0), call, context }];
        (code, from)
    }

    #[test]
    fn what_is_one_of_many_arguments_is_no_message() {
        let found = |method: &str, others| !sent(&calling(method, "", CallContext::default(), others).0).is_empty();
        assert!(found("enqueue", 1) && !found("enqueue", 3));
        assert!(!found("push", 0));
    }

    #[test]
    fn an_answer_that_is_used_is_asked_for() {
        let (told, asked) = (Sent { told: 1, asked: 0 }, Sent { told: 0, asked: 1 });
        let used = CallContext::USED.with(CallContext::AWAITED);
        check("do_send", "actix::Addr<Mailer>", CallContext::default(), told);
        check("send", "actix::Addr<Mailer>", CallContext::AWAITED, told);
        check("send", "actix::Addr<Mailer>", used, asked);
        check("send", "&actix::Addr<shop::mail::Mailer>", used, asked);
        check("send_webhook", "Hooks", CallContext::TRIED, told);
        check("send", "tokio::sync::mpsc::Sender<Placed>", used, told);
        check("ask", "", used, asked);
        check("publish", "Bus", CallContext::TRIED, told);
    }
}
