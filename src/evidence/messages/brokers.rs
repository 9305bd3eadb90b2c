//! Topics and queues of brokers.
//!
//! Takes: calls, and tables that are used as queues. Gives: their channels, by topic; how many calls there are whose topic is decided at
//! run time. What only hands on what it is given is no end: its callers are.

use super::drafts::{Drafts, Identity};
use super::words::{BROKERS, Broker, End, Topic};
use super::wrapped::{self, Wrappers};
use crate::evidence::code::{self, Code};
use crate::model::calls::{Call, Invocation, Value};
use crate::model::evidence::data::Access;
use crate::model::evidence::messages::ChannelKind;
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::ItemId;

/// All topics; the number of calls whose topic is not known.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) -> usize {
    let mut unknown = 0;
    let mut wrappers = Wrappers::new();
    for (invocation, call) in code.every_call() {
        let Some(row) = BROKERS.iter().find(|row| is(code, invocation, call, row)) else { continue };
        let topics = topics(code, invocation, call, row);
        if topics.is_empty() && row.end != End::Neither {
            match wrapped::wrapper(code, invocation, call, row.end) {
                Some(wrapper) => drop(wrappers.insert(wrapper, (row.end, row.technology))),
                None => match payload(code, invocation, call, row) {
                    Some(payload) => {
                        let name = code.type_name(payload);
                        let identity = Identity {
                            payload: Some(name.clone()),
                            name,
                            key: String::new(),
                            kind: ChannelKind::Broker,
                            technology: row.technology,
                        };
                        drafts.add(identity, row.end, code.spot(invocation, call.line));
                    }
                    None => unknown += 1,
                },
            }
        }
        for name in topics {
            let identity = Identity { name, key: String::new(), kind: ChannelKind::Broker, technology: row.technology, payload: None };
            drafts.add(identity, row.end, code.spot(invocation, call.line));
        }
    }
    unknown + wrapped::find(code, wrappers, drafts)
}

/// What is sent to a queue that has no name where it is sent.
fn payload(code: &Code<'_>, invocation: &Invocation, call: &Call, row: &Broker) -> Option<ItemId> {
    if !matches!(row.topic, Topic::Payload) {
        return None;
    }
    call.args.iter().find_map(|v| code.type_of(invocation.file, v))
}

/// Is it a call of this kind?
fn is(code: &Code<'_>, invocation: &Invocation, call: &Call, row: &Broker) -> bool {
    if row.name != call.name() {
        return false;
    }
    if !row.of.is_empty() {
        return call.callee.text.rsplit("::").nth(1) == Some(row.of);
    }
    if call.receiver.is_none() {
        return false;
    }
    // SQS and SNS name the queue after the call: such a row needs the whole chain.
    if let Topic::Chained(method) = row.topic
        && !code::chain(&invocation.call).iter().any(|c| c.name() == method)
    {
        return false;
    }
    match &call.receiver_type {
        Some(ty) => {
            let of = ty.text.split("::").next().unwrap_or_default();
            // `Arc<Producer>`
            let inner = ty.text.rsplit('<').next().and_then(|inner| inner.split("::").next()).unwrap_or_default();
            row.crates.contains(&of) || of == "std" && row.crates.contains(&inner)
        }
        // Its own methods would be known.
        None => code.called(invocation.file, call).is_none() && row.crates.iter().any(|name| code.uses(invocation.from, name)),
    }
}

fn topics(code: &Code<'_>, invocation: &Invocation, call: &Call, row: &Broker) -> Vec<String> {
    let known = |value: &Value| -> Vec<String> {
        let values: Vec<&Value> = match value {
            Value::List(list) => list.iter().collect(),
            other => vec![other],
        };
        let texts = values.into_iter().flat_map(|v| code.texts(v, invocation.from));
        texts.filter(|t| !t.is_empty() && code::text::is_known(t)).collect()
    };
    match row.topic {
        Topic::Payload => Vec::new(),
        Topic::Argument(at) => call.args.get(at).map(known).unwrap_or_default(),
        Topic::Routing => {
            let key = call.args.get(1).map(known).unwrap_or_default();
            if key.is_empty() { call.args.first().map(known).unwrap_or_default() } else { key }
        }
        Topic::Chained(method) => {
            let chain = code::chain(&invocation.call);
            chain.iter().find(|c| c.name() == method).and_then(|c| c.args.first()).map(known).unwrap_or_default()
        }
    }
}

/// Words of names of tables that hold messages until they are taken.
const QUEUES: &[&str] = &["outbox", "inbox", "queue", "outboxes", "queues"];

/// Tables that are written in one place and read in another as messages are: by their name. What is deleted or marked has been taken.
pub(super) fn outboxes(code: &Code<'_>, evidence: &Evidence, drafts: &mut Drafts) {
    for statement in &evidence.statements {
        for (table, access) in &statement.tables {
            let is_queue = |name: &str| name.split(['_', '.']).any(|word| QUEUES.contains(&word));
            let Some(table) = evidence.tables.get(table.index()).filter(|t| is_queue(&t.name)) else { continue };
            let end = match access {
                Access::Write if takes_off(code, &statement.by) => End::Consumer,
                Access::Write => End::Producer,
                Access::Read => End::Consumer,
                Access::Ddl => End::Neither,
            };
            let identity =
                Identity { name: table.name.clone(), key: String::new(), kind: ChannelKind::Outbox, technology: "table", payload: None };
            drafts.add(identity, end, statement.by.clone());
        }
    }
}

/// Does the statement that is written there delete or change what is there already?
fn takes_off(code: &Code<'_>, by: &Spot) -> bool {
    let file = code.codebase.modules[by.module.index()].file;
    let words = code.lines(file, |lines| {
        let line = usize::try_from(by.site.line).unwrap_or(1).saturating_sub(1);
        lines.iter().skip(line).take(2).flat_map(|l| l.iter().chain([&' '])).collect::<String>().to_lowercase()
    });
    let words = words.unwrap_or_default();
    let first = |word: &str| words.find(word).unwrap_or(usize::MAX);
    first("delete").min(first("update")) < first("insert")
}
