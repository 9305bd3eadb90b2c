//! Queues of jobs: sqlxmq and apalis.
//!
//! Takes: `#[job]` functions, calls that push a job, and calls that build a worker. Gives: their channels. A job of apalis is known by its
//! type, and a worker takes the types that its handler's header names.

use super::drafts::{Drafts, Identity};
use super::words::End;
use crate::evidence::code::Code;
use crate::model::calls::Value;
use crate::model::codebase::{DependencyKind, ItemKind};
use crate::model::evidence::messages::ChannelKind;
use crate::model::ids::ItemId;
use std::collections::BTreeSet;

/// Methods of apalis storages that push a job.
const PUSHES: &[&str] = &["push", "schedule", "push_request", "enqueue"];

/// All queues.
pub(super) fn find(code: &Code<'_>, drafts: &mut Drafts) {
    if code.anyone_uses("sqlxmq") {
        attributed(code, drafts);
    }
    if code.anyone_uses("apalis") {
        pushed(code, drafts);
    }
}

fn attributed(code: &Code<'_>, drafts: &mut Drafts) {
    for (index, item) in code.codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function) {
        if !item.attributes.iter().any(|a| a.path == "job" || a.path == "sqlxmq::job") {
            continue;
        }
        let id = ItemId::from(index);
        let identity =
            Identity { name: item.name.clone(), key: String::new(), kind: ChannelKind::Broker, technology: "sqlxmq", payload: None };
        drafts.add(identity.clone(), End::Consumer, code.definition(id));
        // `order_placed.builder().spawn(…)`; a registry only lists the job.
        for reference in code.references_to(id).iter().filter(|r| r.kind == DependencyKind::Path) {
            let builds = code.lines(reference.file, |lines| {
                let at = usize::try_from(reference.line).unwrap_or(1).saturating_sub(1);
                lines.iter().skip(at).take(2).any(|l| l.iter().collect::<String>().contains(".builder("))
            });
            if builds == Some(true) {
                drafts.add(identity.clone(), End::Producer, code.reference_spot(reference));
            }
        }
    }
}

fn pushed(code: &Code<'_>, drafts: &mut Drafts) {
    let codebase = code.codebase;
    let identity = |job: ItemId| {
        let name = codebase.items[job.index()].name.clone();
        Identity { payload: Some(name.clone()), name, key: String::new(), kind: ChannelKind::Broker, technology: "apalis" }
    };
    let calls = code.every_call();
    let mut pushed: BTreeSet<ItemId> = BTreeSet::new();
    for (invocation, call) in calls {
        let of_apalis = match &call.receiver_type {
            Some(ty) => ty.text.starts_with("apalis"),
            None => call.receiver.is_some() && code.uses(invocation.from, "apalis") && code.called(invocation.file, call).is_none(),
        };
        if of_apalis
            && PUSHES.contains(&call.name())
            && let Some(job) = call.args.first().and_then(|v| code.type_of(invocation.file, v))
        {
            pushed.insert(job);
            drafts.add(identity(job), End::Producer, code.spot(invocation, call.line));
        }
    }
    for (_, call) in calls {
        let worker = call.name() == "build_fn" && call.receiver.is_some();
        let Some(item) = call.args.first().filter(|_| worker).and_then(Value::path).and_then(|p| p.item) else { continue };
        let of = &codebase.items[item.index()];
        let file = codebase.modules[of.module.index()].file;
        for reference in code.between(file, (of.line, 1), (of.line.saturating_add(4), u32::MAX)) {
            if let Some(job) = reference.to_item.filter(|to| reference.from_item == Some(item) && pushed.contains(to)) {
                drafts.add(identity(job), End::Consumer, code.definition(item));
            }
        }
    }
}
