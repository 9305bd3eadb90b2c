//! What bounds say of types that are found out later: `collect::<Vec<_>>()` is a `FromIterator<Item>`, so `_` is the item.

use super::body::Body;
use super::index::Head;
use super::ty::{Subst, TraitRef, Ty};
use crate::frontend::rust::resolve::DefId;

/// Bounds of impls of bounds are followed this far.
const DEPTH: u32 = 3;

/// Bounds that wait for a type; further ones are forgotten.
const WAITING: usize = 64;

impl Body<'_, '_, '_, '_, '_> {
    /// Takes note of what a function's own bounds demand of its type parameters.
    pub(super) fn oblige(&mut self, signature: DefId, subst: &Subst) {
        for (ty, bounds) in self.index.bounds(signature).iter() {
            for bound in bounds.iter().filter(|b| !b.args.is_empty() && b.item().is_some_and(|of| self.index.by_trait.contains_key(&of))) {
                if self.waiting.len() < WAITING {
                    self.waiting.push((ty.subst(subst), bound.subst(subst)));
                }
            }
        }
        self.settle();
    }

    /// Makes use of the bounds on types that are known by now.
    pub(super) fn settle(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        for (ty, bound) in std::mem::take(&mut self.waiting) {
            if matches!(self.known(&ty), Ty::Var(_)) {
                self.waiting.push((ty, bound));
            } else {
                self.fulfil(&ty, &bound, DEPTH);
            }
        }
    }

    /// Where a single impl can be meant, its trait's arguments are those of the bound.
    fn fulfil(&mut self, ty: &Ty, bound: &TraitRef, depth: u32) {
        let known = self.zonk(&self.known(ty));
        let (Some(of), Some(head)) = (bound.item(), Head::of(&known)) else { return };
        let index = self.index;
        let mut fitting =
            index.by_trait.get(&of).into_iter().flatten().filter(|n| Head::of(&index.impls[**n as usize].self_ty) == Some(head));
        let (Some(number), None) = (fitting.next(), fitting.next()) else { return };
        let block = &index.impls[*number as usize];
        let (subst, _) = self.open_subst(block.def);
        let this = block.self_ty.subst(&subst);
        self.unify(&this, &known);
        for (mine, wanted) in block.of_trait.iter().flat_map(|t| t.args.iter()).zip(bound.args.iter()) {
            let wanted = self.index.normal(&self.zonk(wanted), 0);
            self.unify(&mine.subst(&subst), &wanted);
        }
        if depth > 0 {
            for (ty, bounds) in index.bounds(block.def).iter() {
                for bound in bounds.iter().filter(|b| !b.args.is_empty()) {
                    self.fulfil(&ty.subst(&subst), &bound.subst(&subst), depth - 1);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::{check, codebase};
    use crate::model::codebase::DependencyKind;

    /// `x` is what `value` gives; two types have a method of the same name, so that nothing can be guessed.
    fn gives(value: &str) {
        let text = format!(
            "//- /src/lib.rs
mod a {{ pub struct A; impl A {{ pub fn go(&self) {{}} }} pub fn all() -> Vec<Result<A, ()>> {{ vec![] }} pub fn slice() -> &'static [A] {{ &[] }} }}
mod b {{ pub struct B; impl B {{ pub fn go(&self) {{}} }} }}
mod user {{ fn f() -> Option<()> {{ {value} x.go(); None }} }}
"
        );
        let found = codebase(&text);
        let go = found.references.iter().find(|r| r.kind == DependencyKind::Method && found.modules[r.to.index()].id == "demo::a");
        assert!(go.is_some(), "{value}: {:?}", found.coverage);
    }

    #[test]
    fn what_is_collected_is_what_was_iterated_over() {
        gives("let mut all: Vec<_> = crate::a::all().into_iter().map(|a| a.unwrap()).collect(); let x = all.pop()?;");
        gives("let all = crate::a::all().into_iter().collect::<Result<Vec<_>, _>>().ok()?; let x = all.first()?;");
        gives("let x = Vec::from(crate::a::slice()).pop()?;");
    }

    #[test]
    fn without_a_bound_nothing_is_known() {
        check(
            "//- /src/lib.rs
mod a { pub struct A; impl A { pub fn go(&self) {} } }
mod b { pub struct B; impl B { pub fn go(&self) {} } }
mod user { fn f() { let x = strange!(); x.go(); } }
",
            "",
        );
    }
}
