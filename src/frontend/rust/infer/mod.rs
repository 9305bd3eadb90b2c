//! Types enough for methods and fields, and with them every reference of the workspace.
//!
//! Takes: [`Program`]. Gives: [`Record`], every name met as workspace item, external or unresolved. Where a type is not known it says so;
//! by name alone it guesses only where the workspace has a single method of that name, and marks it ([`Confidence::Unique`](crate::model::codebase::Confidence)).
//!
//! * [`ty`]: types. * [`lower`]: types as written. * [`index`]: impls and signatures. * [`lookup`]: what a type has.
//! * [`body`], [`exprs`], [`paths`], [`pats`], [`calls`]: the walk through one body. * [`items`]: everything outside of bodies.
//! * [`record`]: where references go. * [`reuse`]: those of an earlier run.

mod body;
mod calls;
mod exprs;
mod index;
mod items;
mod lookup;
mod lower;
mod paths;
mod pats;
mod record;
mod reuse;
mod ty;

pub(super) use record::Record;

use super::resolve::Program;
use crate::host::store::Store;

/// All references, in the order of modules. What `store` holds of an earlier run is not looked for again.
pub(super) fn references(program: &Program<'_>, store: &Store) -> Vec<Record> {
    reuse::references(&index::Index::new(program), store)
}
