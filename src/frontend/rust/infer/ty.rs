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
        self.changed(replace, 0).unwrap_or_else(|| self.clone())
    }

    /// What becomes of the type; `None` where it stays as it is, as most do: then nothing is built anew.
    fn changed(&self, replace: &mut dyn FnMut(&Ty) -> Option<Ty>, depth: u32) -> Option<Ty> {
        if let Some(replaced) = replace(self) {
            return Some(replaced);
        }
        if depth > DEPTH {
            return Some(Ty::Unknown);
        }
        let next = depth + 1;
        match self {
            Ty::Adt(def, args) => Some(Ty::Adt(*def, changed_in(args, |t| t.changed(replace, next))?)),
            Ty::Ref(t) => Some(Ty::reference(t.changed(replace, next)?)),
            Ty::Tuple(args) => Some(Ty::Tuple(changed_in(args, |t| t.changed(replace, next))?)),
            Ty::Slice(t) => Some(Ty::Slice(Arc::new(t.changed(replace, next)?))),
            Ty::Fn(params, ret) => match (changed_in(params, |t| t.changed(replace, next)), ret.changed(replace, next)) {
                (None, None) => None,
                (params_now, ret_now) => {
                    Some(Ty::Fn(params_now.unwrap_or_else(|| params.clone()), ret_now.map_or_else(|| ret.clone(), Arc::new)))
                }
            },
            Ty::Future(t) => Some(Ty::Future(Arc::new(t.changed(replace, next)?))),
            Ty::Assoc(t, of, name) => Some(Ty::Assoc(Arc::new(t.changed(replace, next)?), *of, *name)),
            Ty::Bounds(bounds) => Some(Ty::Bounds(changed_in(bounds, |b| b.changed(replace, next))?)),
            Ty::Unknown | Ty::Never | Ty::Prim(_) | Ty::Ext(_) | Ty::Param(..) | Ty::Var(_) => None,
        }
    }
}

/// The list with what has changed in it; `None` where nothing has.
fn changed_in<T: Clone>(list: &[T], mut changed: impl FnMut(&T) -> Option<T>) -> Option<Arc<[T]>> {
    let mut now: Option<Vec<T>> = None;
    for (i, old) in list.iter().enumerate() {
        match (changed(old), &mut now) {
            (Some(new), Some(now)) => now.push(new),
            (Some(new), None) => {
                let now = now.insert(Vec::with_capacity(list.len()));
                now.extend_from_slice(&list[..i]);
                now.push(new);
            }
            (None, Some(now)) => now.push(old.clone()),
            (None, None) => {}
        }
    }
    now.map(Arc::from)
}

impl TraitRef {
    pub(super) fn subst(&self, subst: &Subst) -> TraitRef {
        let mut replace = |ty: &Ty| match ty {
            Ty::Param(owner, index) => subst.get(*owner, *index),
            _ => None,
        };
        self.changed(&mut replace, 0).unwrap_or_else(|| self.clone())
    }

    fn changed(&self, replace: &mut dyn FnMut(&Ty) -> Option<Ty>, depth: u32) -> Option<TraitRef> {
        let args = changed_in(&self.args, |t| t.changed(replace, depth));
        let assoc = changed_in(&self.assoc, |(name, t)| Some((*name, t.changed(replace, depth)?)));
        if args.is_none() && assoc.is_none() {
            return None;
        }
        let (args, assoc) = (args.unwrap_or_else(|| self.args.clone()), assoc.unwrap_or_else(|| self.assoc.clone()));
        Some(TraitRef { def: self.def, args, assoc })
    }

    /// The trait, where it is declared in the workspace or a model.
    pub(super) fn item(&self) -> Option<DefId> {
        match self.def {
            Def::Item(id) => Some(id),
            _ => None,
        }
    }
}
