//! Types enough for methods and fields, and with them every reference of the workspace.
//!
//! Takes: [`Program`]. Gives: [`Record`], every name met as workspace item, external or unresolved. Where a type is not known it says so;
//! by name alone it guesses only where the workspace has a single method of that name and more speaks for it, and marks that ([`Confidence::Unique`](crate::model::codebase::Confidence)).
//!
//! * [`ty`]: types. * [`lower`]: types as written. * [`index`]: impls and signatures. * [`lookup`]: what a type has.
//! * [`body`], [`exprs`], [`paths`], [`pats`], [`calls`]: the walk through one body. * [`items`], [`attributes`]: everything outside of bodies.
//! * [`bounds`]: what is concluded from bounds. * [`guess`]: methods by name alone. * [`dispatch`]: code that runs unnamed.
//! * [`dropped`]: whether anybody needs what a call gives. * [`transaction`]: where one is open, and which calls are given it.
//! * [`record`]: where references go. * [`reuse`]: those of an earlier run.
//! * [`heard`]: calls that a later stage wants to hear of.

mod attributes;
mod body;
mod bounds;
mod calls;
mod derived;
mod dispatch;
mod dropped;
mod exprs;
mod guess;
mod heard;
mod index;
mod items;
mod lookup;
mod lower;
mod paths;
mod pats;
mod record;
mod reuse;
mod transaction;
mod ty;

pub(super) use heard::{Heard, Value as HeardValue};
pub(super) use record::{Record, Through};

use super::resolve::{Program, ScopeId};
use crate::host::store::Store;
use crate::model::calls::Vocabulary;
use rustc_hash::{FxHashMap, FxHashSet};

/// All references, in the order of modules. What `store` holds of an earlier run is not looked for again.
#[inline(never)] // benches/instructions.rs counts it by name
pub(super) fn references(program: &Program<'_>, store: &Store, vocabulary: &Vocabulary) -> Vec<Record> {
    let ear = heard::Ear::new(program, vocabulary);
    let records = reuse::references(&index::Index::new(program, &ear), store);
    let on = reached(program, &records);
    records.into_iter().filter(|(scope, _)| on.contains(scope)).map(|(_, record)| record).collect()
}

/// Modules, and the blocks with items that some body which is on leads to: one whose function is off says nothing.
fn reached(program: &Program<'_>, records: &[(ScopeId, Record)]) -> FxHashSet<ScopeId> {
    let of_scope: FxHashMap<ScopeId, &Record> = records.iter().map(|(scope, record)| (*scope, record)).collect();
    let mut todo: Vec<ScopeId> = records.iter().map(|(scope, _)| *scope).filter(|s| program.scope(*s).module == *s).collect();
    let mut on: FxHashSet<ScopeId> = todo.iter().copied().collect();
    while let Some(scope) = todo.pop() {
        for block in of_scope.get(&scope).into_iter().flat_map(|r| &r.blocks) {
            if on.insert(*block) {
                todo.push(*block);
            }
        }
    }
    on
}
