//! Names of the whole workspace to what they mean.
//!
//! Takes: [`Loaded`](super::load::Loaded). Gives: [`Program`], in which every module, block with items and definition is numbered,
//! every import bound, and paths can be looked up. Implements the Rust Reference, "Names", for what a workspace alone determines.
//!
//! * [`symbols`]: names as numbers.
//! * [`program`]: scopes, definitions, bindings.
//! * [`collect`]: fills scopes with what they declare.
//! * [`imports`]: binds `use` to a fixed point.
//! * [`names`]: looks a name or path up from a scope.
//! * [`prelude`]: what is there without being declared.
//! * `made`: where macros would make what nothing declares.

mod collect;
mod imports;
mod made;
mod names;
mod prelude;
mod program;
mod symbols;

pub(super) use names::Namespace;
pub(super) use program::{Binding, Def, DefId, DefKind, Ext, PerNs, Prim, Program, ScopeId, Vis};
pub(super) use symbols::{Sym, kw};

/// Declares, then binds.
#[inline(never)] // benches/instructions.rs counts it by name
pub(super) fn resolve<'a>(workspace: &super::discover::Workspace, loaded: &'a super::load::Loaded) -> Program<'a> {
    let mut program = collect::collect(workspace, loaded);
    imports::bind(&mut program);
    program
}
