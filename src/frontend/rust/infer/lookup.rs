//! What a type has: methods, associated items, projections, what it derefs to.

use super::index::{Head, Index};
use super::lower::own_params;
use super::ty::{Args, SELF, Subst, TraitRef, Ty};
use crate::frontend::rust::facts::ItemKind;
use crate::frontend::rust::resolve::{DefId, Sym, kw};
use std::sync::Arc;

/// Steps of `*` on the way to a method, and of projections inside projections.
const STEPS: usize = 10;

/// A member found by type.
#[derive(Debug)]
pub(super) struct Member {
    /// The definition that is referred to: of a trait's member, the trait's own.
    pub def: DefId,
    /// Where its signature is read: the impl's where that is known.
    pub signature: DefId,
    pub subst: Subst,
}

impl Index<'_, '_> {
    /// Binds the parameters of `owner` that stand in `pattern` so that it becomes `ty`; false where that cannot be.
    pub(super) fn matches(&self, pattern: &Ty, ty: &Ty, owner: DefId, out: &mut [Ty]) -> bool {
        match (pattern, ty) {
            (Ty::Param(of, index), _) if *of == owner => {
                if let Some(slot) = out.get_mut(*index as usize)
                    && slot.is_unknown()
                {
                    *slot = ty.clone();
                }
                true
            }
            (_, Ty::Unknown | Ty::Var(_)) | (Ty::Unknown | Ty::Assoc(..), _) => true,
            (Ty::Adt(a, xs), Ty::Adt(b, ys)) => a == b && xs.iter().zip(ys.iter()).all(|(x, y)| self.matches(x, y, owner, out)),
            (Ty::Ref(a), Ty::Ref(b)) | (Ty::Slice(a), Ty::Slice(b)) => self.matches(a, b, owner, out),
            (Ty::Tuple(xs), Ty::Tuple(ys)) => xs.len() == ys.len() && xs.iter().zip(ys.iter()).all(|(x, y)| self.matches(x, y, owner, out)),
            (Ty::Bounds(xs), Ty::Bounds(ys)) => xs.first().map(|x| x.def) == ys.first().map(|y| y.def),
            (Ty::Fn(..), Ty::Fn(..)) => true,
            _ => pattern == ty,
        }
    }

    /// The arguments of an impl for which it is one of `ty`.
    fn impl_args(&self, number: u32, ty: &Ty) -> Option<Args> {
        let block = &self.impls[number as usize];
        let mut args = vec![Ty::Unknown; own_params(self.program, block.def).len()];
        self.matches(&block.self_ty, ty, block.def, &mut args).then(|| args.into())
    }

    /// A member of exactly this type, without `*`. Inherent ones first, then those of traits.
    pub(super) fn member_of(&self, ty: &Ty, name: Sym, method: bool) -> Option<Member> {
        if let Some(found) = Head::of(ty).and_then(|head| self.inherent_member(head, ty, name)) {
            return Some(found);
        }
        match ty {
            Ty::Param(owner, index) => {
                let bounds = self.bounds_of(*owner, ty);
                if let Some(found) = self.bound_member(&bounds, ty, name) {
                    return Some(found);
                }
                if *index == SELF
                    && let Some(found) = self.trait_member(*owner, name, Arc::from([]), ty)
                {
                    return Some(found);
                }
            }
            Ty::Bounds(bounds) => {
                if let Some(found) = self.bound_member(bounds, ty, name) {
                    return Some(found);
                }
            }
            Ty::Assoc(of, of_trait, assoc) => {
                let bounds = self.assoc_bounds(of, *of_trait, *assoc);
                if let Some(found) = self.bound_member(&bounds, ty, name) {
                    return Some(found);
                }
            }
            Ty::Future(output) => {
                if let Some(future) = self.lang.future
                    && let Some(mut found) = self.trait_member(future, name, Arc::from([]), ty)
                {
                    found.subst = found.subst.with_self(future, Ty::Future(output.clone()));
                    return Some(found);
                }
            }
            _ => {}
        }
        let head = Head::of(ty).filter(|h| *h != Head::Any);
        if let Some(found) = head.and_then(|head| self.impl_member(head, ty, name)) {
            return Some(found);
        }
        // An impl for everything; through a reference it is found on what that refers to.
        if method && matches!(ty, Ty::Ref(_)) {
            return None;
        }
        self.impl_member(Head::Any, ty, name)
    }

    fn inherent_member(&self, head: Head, ty: &Ty, name: Sym) -> Option<Member> {
        self.inherent.get(&head)?.iter().find_map(|number| {
            let block = &self.impls[*number as usize];
            let def = *block.members.get(&name)?;
            let args = self.impl_args(*number, ty)?;
            Some(Member { def, signature: def, subst: Subst::new().with(block.def, args) })
        })
    }

    fn impl_member(&self, head: Head, ty: &Ty, name: Sym) -> Option<Member> {
        let numbers = self.by_head.get(&head)?;
        let found = |hold: bool| numbers.iter().find_map(|number| self.member_of_impl(*number, ty, name, hold));
        // `impl<T: A + ?Sized> A for Box<T>` and the same of B: which one is meant, its bounds say. Where they say no of all, more may be
        // implemented than can be seen, by derives for one.
        found(true).or_else(|| if head.is_blanket() { None } else { found(false) })
    }

    /// The member of one impl of a trait. `hold`: only where its bounds do.
    fn member_of_impl(&self, number: u32, ty: &Ty, name: Sym, hold: bool) -> Option<Member> {
        let block = &self.impls[number as usize];
        let of = block.of_trait.as_ref()?;
        let of_trait = of.item()?;
        let declared = self.declared(of_trait, name)?;
        let args = self.impl_args(number, ty)?;
        if hold && !args.is_empty() && !self.bounds_hold(block.def, &args) {
            return None;
        }
        let subst = Subst::new().with(block.def, args);
        let trait_args = of.args.iter().map(|t| t.subst(&subst)).collect();
        let signature = block.members.get(&name).copied().unwrap_or(declared);
        Some(Member { def: declared, signature, subst: subst.with(of_trait, trait_args).with_self(of_trait, ty.clone()) })
    }

    /// The member of a trait itself, not of its supertraits.
    fn declared(&self, of_trait: DefId, name: Sym) -> Option<DefId> {
        self.program.def(of_trait).members.iter().copied().find(|m| self.program.def(*m).name == name)
    }

    /// A member of a trait or of one above it.
    pub(super) fn trait_member(&self, of_trait: DefId, name: Sym, args: Args, this: &Ty) -> Option<Member> {
        let mut todo = vec![(of_trait, args)];
        let mut seen = Vec::new();
        while let Some((id, args)) = todo.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            if let Some(def) = self.declared(id, name) {
                return Some(Member { def, signature: def, subst: Subst::new().with(id, args).with_self(id, this.clone()) });
            }
            for (ty, bounds) in self.bounds(id).iter() {
                if *ty == Ty::Param(id, SELF) {
                    todo.extend(bounds.iter().rev().filter_map(|b| Some((b.item()?, b.args.clone()))));
                }
            }
        }
        None
    }

    fn bound_member(&self, bounds: &[TraitRef], ty: &Ty, name: Sym) -> Option<Member> {
        bounds.iter().find_map(|b| self.trait_member(b.item()?, name, b.args.clone(), ty))
    }

    /// Bounds on a parameter, wherever its owner or what is inside of it writes them.
    pub(super) fn bounds_of(&self, owner: DefId, ty: &Ty) -> Vec<TraitRef> {
        let mut out = Vec::new();
        for (bounded, bounds) in self.bounds(owner).iter() {
            if bounded == ty {
                out.extend(bounds.iter().cloned());
            }
        }
        out
    }

    /// Do the bounds of a blanket impl hold for what its parameters stand for?
    fn bounds_hold(&self, block: DefId, args: &Args) -> bool {
        let subst = Subst::new().with(block, args.clone());
        self.bounds(block).iter().all(|(ty, bounds)| {
            let ty = ty.subst(&subst);
            bounds.iter().all(|b| b.item().is_none_or(|of| self.implements(&ty, of, 3)))
        })
    }

    /// Is there an impl? Where nothing is known of the type or the trait: perhaps, which counts as yes.
    pub(super) fn implements(&self, ty: &Ty, of_trait: DefId, depth: u32) -> bool {
        let holds = |bounds: &[TraitRef]| bounds.iter().any(|b| b.item().is_some_and(|id| id == of_trait || self.is_above(of_trait, id)));
        match ty {
            Ty::Unknown | Ty::Var(_) | Ty::Assoc(..) | Ty::Ext(_) => return self.is_modelled(of_trait),
            Ty::Param(owner, SELF) if *owner == of_trait || self.is_above(of_trait, *owner) => return true,
            Ty::Param(owner, _) if holds(&self.bounds_of(*owner, ty)) => return true,
            Ty::Bounds(bounds) if holds(bounds) => return true,
            _ => {}
        }
        if depth == 0 {
            return true;
        }
        let Some(numbers) = self.by_trait.get(&of_trait) else {
            // Marker and derived traits of the library are not modelled impl by impl.
            return self.is_modelled(of_trait);
        };
        let found = numbers.iter().any(|number| {
            let Some(args) = self.impl_args(*number, ty) else { return false };
            let block = self.impls[*number as usize].def;
            let subst = Subst::new().with(block, args);
            self.bounds(block).iter().all(|(ty, bounds)| {
                let ty = ty.subst(&subst);
                bounds.iter().all(|b| b.item().is_none_or(|of| self.implements(&ty, of, depth - 1)))
            })
        });
        found
            || self.is_modelled(of_trait)
                && !self.program.def(of_trait).members.iter().any(|m| matches!(self.program.item(*m).kind, ItemKind::TypeAlias { .. }))
    }

    fn is_modelled(&self, of_trait: DefId) -> bool {
        self.program.is_model(self.program.module_of(of_trait))
    }

    /// Is `above` a supertrait of `id`?
    fn is_above(&self, above: DefId, id: DefId) -> bool {
        let mut todo = vec![id];
        let mut seen = Vec::new();
        while let Some(id) = todo.pop() {
            if seen.contains(&id) {
                continue;
            }
            seen.push(id);
            for (ty, bounds) in self.bounds(id).iter() {
                if *ty == Ty::Param(id, SELF) {
                    if bounds.iter().any(|b| b.item() == Some(above)) {
                        return true;
                    }
                    todo.extend(bounds.iter().filter_map(TraitRef::item));
                }
            }
        }
        false
    }

    /// Bounds that a trait writes on its associated type.
    fn assoc_bounds(&self, of: &Ty, of_trait: Option<DefId>, name: Sym) -> Vec<TraitRef> {
        let candidates: Vec<DefId> = match (of_trait, of) {
            (Some(id), _) => vec![id],
            (None, Ty::Param(owner, SELF)) => vec![*owner],
            (None, Ty::Param(owner, _)) => self.bounds_of(*owner, of).iter().filter_map(TraitRef::item).collect(),
            (None, Ty::Bounds(bounds)) => bounds.iter().filter_map(TraitRef::item).collect(),
            _ => Vec::new(),
        };
        for id in candidates {
            let Some(member) = self.trait_member(id, name, Arc::from([]), of) else { continue };
            if let ItemKind::TypeAlias { bounds, .. } = &self.program.item(member.def).kind {
                let place = self.place(member.def);
                return place.bounds(bounds, &mut super::lower::Sink::silent(), 16);
            }
        }
        Vec::new()
    }

    /// `<ty as of_trait>::name`, where that can be told.
    pub(super) fn project(&self, ty: &Ty, of_trait: Option<DefId>, name: Sym, depth: usize) -> Option<Ty> {
        if depth > STEPS {
            return None;
        }
        let from_bounds = |bounds: &[TraitRef]| {
            let fits = |b: &&TraitRef| {
                of_trait.is_none() || b.item() == of_trait || b.item().zip(of_trait).is_some_and(|(id, above)| self.is_above(above, id))
            };
            bounds.iter().filter(fits).find_map(|b| b.assoc.iter().find(|(n, _)| *n == name).map(|(_, t)| t.clone()))
        };
        match ty {
            Ty::Future(output) if name == kw::output => return Some((**output).clone()),
            Ty::Bounds(bounds) => {
                if let Some(found) = from_bounds(bounds) {
                    return Some(found);
                }
            }
            Ty::Param(owner, _) => {
                if let Some(found) = from_bounds(&self.bounds_of(*owner, ty)) {
                    return Some(found);
                }
            }
            Ty::Fn(_, ret) if name == kw::output => return Some((**ret).clone()),
            Ty::Unknown | Ty::Var(_) => return None,
            _ => {}
        }
        let head = Head::of(ty);
        let heads = head.into_iter().filter(|h| *h != Head::Any).chain([Head::Any]);
        for head in heads {
            for number in self.by_head.get(&head).into_iter().flatten() {
                let block = &self.impls[*number as usize];
                let Some(of) = block.of_trait.as_ref().and_then(TraitRef::item) else { continue };
                if of_trait.is_some_and(|t| t != of) {
                    continue;
                }
                let Some(member) = block.members.get(&name) else { continue };
                let ItemKind::TypeAlias { ty: Some(aliased), .. } = &self.program.item(*member).kind else { continue };
                let Some(args) = self.impl_args(*number, ty) else { continue };
                if head.is_blanket() && !self.bounds_hold(block.def, &args) {
                    continue;
                }
                let aliased = self.place(*member).ty(*aliased, &mut super::lower::Sink::silent());
                let found = aliased.subst(&Subst::new().with(block.def, args).with_self(of, ty.clone()));
                return Some(self.normal(&found, depth + 1));
            }
        }
        if let Ty::Ref(inner) = ty
            && of_trait.is_none()
        {
            return self.project(inner, of_trait, name, depth + 1);
        }
        None
    }

    /// The type with its projections replaced by what they are.
    pub(super) fn normal(&self, ty: &Ty, depth: usize) -> Ty {
        ty.map(&mut |t| match t {
            Ty::Assoc(of, of_trait, name) if depth <= STEPS => {
                let of = self.normal(of, depth + 1);
                match self.project(&of, *of_trait, *name, depth + 1) {
                    Some(found) => Some(found),
                    None => Some(Ty::Assoc(Arc::new(of), *of_trait, *name)),
                }
            }
            _ => None,
        })
    }

    /// One `*`.
    pub(super) fn deref(&self, ty: &Ty) -> Option<Ty> {
        match ty {
            Ty::Ref(inner) => Some((**inner).clone()),
            Ty::Adt(..) | Ty::Ext(_) => {
                let deref = self.lang.deref?;
                let head = Head::of(ty)?;
                // Only impls for this very type: a blanket one would deref everything.
                let is_of_it = |n: &u32| Head::of(&self.impls[*n as usize].self_ty) == Some(head);
                if self.by_trait.get(&deref).is_some_and(|numbers| numbers.iter().any(is_of_it)) {
                    return self.project(ty, Some(deref), kw::target, 0);
                }
                let Ty::Adt(id, args) = ty else { return None };
                Some(self.derived_deref(*id)?.subst(&Subst::new().with(*id, args.clone())))
            }
            _ => None,
        }
    }
}
