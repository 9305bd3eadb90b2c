//! Types as far as methods and fields need them. No lifetimes, no mutability, no constants.

use crate::frontend::rust::resolve::{Def, DefId, Ext, Prim, Sym};
use std::sync::Arc;

/// Types, in order.
pub(super) type Args = Arc<[Ty]>;

/// A type. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ty {
    /// Nobody knows.
    Unknown,
    /// `!`
    Never,
    /// A primitive.
    Prim(Prim),
    /// A struct, enum or union that is declared in the workspace or in the model of a library.
    Adt(DefId, Args),
    /// A type of which only the name is known.
    Ext(Ext),
    /// `&T`, `*const T`
    Ref(Arc<Ty>),
    /// `(A, B)`
    Tuple(Args),
    /// `[T]`, `[T; n]`
    Slice(Arc<Ty>),
    /// A function pointer or closure: parameters and result.
    Fn(Args, Arc<Ty>),
    /// A type parameter of this owner; [`SELF`] is a trait's `Self`.
    Param(DefId, u32),
    /// `dyn A + B`, `impl A + B`
    Bounds(Arc<[TraitRef]>),
    /// What an `async` block or function gives.
    Future(Arc<Ty>),
    /// `T::Name`, where T is not known well enough yet; the trait where it was written.
    Assoc(Arc<Ty>, Option<DefId>, Sym),
    /// To be found out in this body.
    Var(u32),
}

/// The index of a trait's own `Self` among its parameters.
pub(super) const SELF: u32 = u32::MAX;

/// A bound: a trait with its arguments and associated types.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TraitRef {
    pub def: Def,
    pub args: Args,
    pub assoc: Arc<[(Sym, Ty)]>,
}

/// What the parameters of owners stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Subst {
    owners: Vec<(DefId, Args)>,
    /// What `Self` of this trait stands for.
    this: Option<(DefId, Ty)>,
}

impl Subst {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn with(mut self, owner: DefId, args: Args) -> Self {
        self.owners.push((owner, args));
        self
    }

    pub(super) fn with_self(mut self, owner: DefId, ty: Ty) -> Self {
        self.this = Some((owner, ty));
        self
    }

    fn get(&self, owner: DefId, index: u32) -> Option<Ty> {
        if index == SELF {
            return self.this.as_ref().filter(|(of, _)| *of == owner).map(|(_, ty)| ty.clone());
        }
        self.owners.iter().find(|(of, _)| *of == owner).and_then(|(_, args)| args.get(index as usize).cloned())
    }
}

/// Types inside types are followed this far: deeper ones are of no use, and recursive ones would never end.
const DEPTH: u32 = 12;

impl Ty {
    pub(super) fn reference(to: Ty) -> Ty {
        Ty::Ref(Arc::new(to))
    }

    pub(super) fn unit() -> Ty {
        Ty::Tuple(Arc::from([]))
    }

    pub(super) fn is_unknown(&self) -> bool {
        matches!(self, Ty::Unknown)
    }

    /// The type with parameters replaced.
    pub(super) fn subst(&self, subst: &Subst) -> Ty {
        self.map(&mut |ty| match ty {
            Ty::Param(owner, index) => subst.get(*owner, *index),
            _ => None,
        })
    }

    /// Replaces from the outside in; where `replace` answers, its answer stands as it is.
    pub(super) fn map(&self, replace: &mut dyn FnMut(&Ty) -> Option<Ty>) -> Ty {
        self.map_at(replace, 0)
    }

    fn map_at(&self, replace: &mut dyn FnMut(&Ty) -> Option<Ty>, depth: u32) -> Ty {
        if let Some(replaced) = replace(self) {
            return replaced;
        }
        if depth > DEPTH {
            return Ty::Unknown;
        }
        let next = depth + 1;
        let mut list =
            |args: &Args| -> Args { if args.is_empty() { args.clone() } else { args.iter().map(|t| t.map_at(replace, next)).collect() } };
        match self {
            Ty::Adt(def, args) if !args.is_empty() => Ty::Adt(*def, list(args)),
            Ty::Ref(t) => Ty::reference(t.map_at(replace, next)),
            Ty::Tuple(args) if !args.is_empty() => Ty::Tuple(list(args)),
            Ty::Slice(t) => Ty::Slice(Arc::new(t.map_at(replace, next))),
            Ty::Fn(params, ret) => {
                let params = list(params);
                Ty::Fn(params, Arc::new(ret.map_at(replace, next)))
            }
            Ty::Future(t) => Ty::Future(Arc::new(t.map_at(replace, next))),
            Ty::Assoc(t, of, name) => Ty::Assoc(Arc::new(t.map_at(replace, next)), *of, *name),
            Ty::Bounds(bounds) => Ty::Bounds(bounds.iter().map(|b| b.map_at(replace, next)).collect()),
            _ => self.clone(),
        }
    }
}

impl TraitRef {
    pub(super) fn subst(&self, subst: &Subst) -> TraitRef {
        self.map_at(
            &mut |ty| match ty {
                Ty::Param(owner, index) => subst.get(*owner, *index),
                _ => None,
            },
            0,
        )
    }

    fn map_at(&self, replace: &mut dyn FnMut(&Ty) -> Option<Ty>, depth: u32) -> TraitRef {
        TraitRef {
            def: self.def,
            args: self.args.iter().map(|t| t.map_at(replace, depth)).collect(),
            assoc: self.assoc.iter().map(|(n, t)| (*n, t.map_at(replace, depth))).collect(),
        }
    }

    /// The trait, where it is declared in the workspace or a model.
    pub(super) fn item(&self) -> Option<DefId> {
        match self.def {
            Def::Item(id) => Some(id),
            _ => None,
        }
    }
}
