//! What each candidate does in a transaction, step by step, and what takes it back.
//!
//! Takes the statements of a transaction in their order; gives [`SpanStep`]s. In a saga a step is one candidate's turn. Its pivot is the
//! last step of the side whose commit decides: what writes before it is taken back where the saga fails, what writes after it is
//! repeated until it succeeds (Garcia-Molina and Salem, "Sagas", 1987; compensatable, pivot and retriable as in Richardson, "Microservices
//! Patterns", 2018). With an outbox, or where others are only read, the deciding side keeps one local transaction.

use super::Ground;
use super::changes::Change;
use super::sites;
use crate::model::data_plan::{Phase, Remedy, SpanStep};
use crate::model::evidence::data::{Access, Statement, TableId};
use crate::model::ids::ServiceId;

/// A statement does something to a table of a candidate.
#[derive(Clone, Copy)]
pub(super) struct Event<'a> {
    /// The owner of the table.
    pub(super) service: ServiceId,
    pub(super) table: TableId,
    pub(super) access: Access,
    pub(super) change: Change,
    pub(super) statement: &'a Statement,
}

/// What statements do, one after the other; of one statement, what it reads first. What belongs to nobody is left out.
pub(super) fn events<'a>(ground: &Ground<'_>, statements: &[&'a Statement]) -> Vec<Event<'a>> {
    let mut events = Vec::new();
    for statement in statements {
        let (reads, writes): (Vec<_>, Vec<_>) = statement.tables.iter().partition(|(_, access)| *access == Access::Read);
        for (table, access) in reads.into_iter().chain(writes) {
            if let Some(service) = ground.runs(table) {
                let change = ground.changes.of(statement, &ground.evidence.tables[table.index()]);
                events.push(Event { service, table, access, change, statement });
            }
        }
    }
    events
}

/// The steps that a remedy leaves; `keeper` is whose commit decides.
pub(super) fn steps(ground: &Ground<'_>, events: &[Event<'_>], remedy: Remedy, keeper: Option<ServiceId>) -> Vec<SpanStep> {
    let mut turns: Vec<Vec<&Event<'_>>> = Vec::new();
    let in_turn = matches!(remedy, Remedy::Saga | Remedy::Merge);
    let mut ordered: Vec<&Event<'_>> = events.iter().collect();
    if !in_turn {
        // What is only read comes first, then the side that commits, then those that are told.
        let writes = |s: ServiceId| events.iter().any(|e| e.service == s && e.access != Access::Read);
        ordered.sort_by_key(|e| (Some(e.service) != keeper && writes(e.service), Some(e.service) == keeper, e.service));
    }
    for event in ordered {
        match turns.last_mut() {
            Some(turn) if turn[0].service == event.service => turn.push(event),
            _ => turns.push(vec![event]),
        }
    }
    let writes = |turn: &[&Event<'_>]| turn.iter().any(|e| e.access != Access::Read);
    let own = turns.iter().rposition(|turn| Some(turn[0].service) == keeper && writes(turn));
    let pivot = own.or_else(|| turns.iter().rposition(|turn| writes(turn)));
    let step = |(at, turn): (usize, &Vec<&Event<'_>>)| {
        let phase = match pivot {
            _ if !writes(turn) => Phase::Read,
            Some(pivot) if at < pivot => Phase::Compensatable,
            Some(pivot) if at > pivot => Phase::Retriable,
            _ => Phase::Pivot,
        };
        let mut does: Vec<String> = Vec::new();
        let mut undo: Vec<String> = Vec::new();
        for event in turn {
            let table = ground.table(event.table);
            let done = if event.access == Access::Read { format!("read `{table}`") } else { format!("{} `{table}`", event.change.verb()) };
            if !does.contains(&done) {
                does.push(done);
            }
            let back = event.change.undo(table);
            if phase == Phase::Compensatable && event.access != Access::Read && !undo.contains(&back) {
                undo.push(back);
            }
        }
        // In the reverse order.
        undo.reverse();
        SpanStep {
            service: turn[0].service,
            does,
            undo: (!undo.is_empty()).then(|| undo.join("; ")),
            phase,
            sites: sites(turn.iter().map(|e| e.statement)),
        }
    };
    turns.iter().enumerate().map(step).collect()
}
