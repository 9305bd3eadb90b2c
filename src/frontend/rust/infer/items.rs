//! Everything outside of bodies: uses, signatures, fields, headers, attributes, macros where items stand.

use super::attributes::attributes;
use super::body::{Body, Local};
use super::index::Index;
use super::lower::Place;
use super::record::{Record, Recorder};
use super::ty::Ty;
use crate::frontend::rust::facts::{Fields, Function, Generics, ItemIx, ItemKind, UseEnd, UseLeaf};
use crate::frontend::rust::resolve::{Def, DefId, Namespace, ScopeId, Sym, kw};
use crate::model::codebase::{CallContext, DependencyKind};
use std::sync::Arc;

/// All references that are written in one scope, those of its items' bodies too.
pub(super) fn scope(index: &Index<'_, '_>, scope: ScopeId) -> Record {
    let mut out = Record::default();
    let program = index.program;
    let data = program.scope(scope);
    for (file, item) in &data.uses {
        with_body(index, &mut out, scope, *file, None, None, |body| uses(body, *item));
    }
    for (file, item) in &data.macro_calls {
        with_body(index, &mut out, scope, *file, None, None, |body| {
            if let ItemKind::MacroCall(call) = &body.facts[*item].kind {
                body.macro_call(call);
            }
        });
    }
    for def in &data.defs {
        definition(index, &mut out, *def);
    }
    out
}

fn with_body(
    index: &Index<'_, '_>,
    out: &mut Record,
    scope: ScopeId,
    file: usize,
    owner: Option<DefId>,
    from: Option<DefId>,
    walk: impl FnOnce(&mut Body<'_, '_, '_, '_, '_>),
) {
    let program = index.program;
    let place = Place { program, scope, file, owner };
    let from_module = program.scope(scope).module;
    let mut recorder = Recorder {
        out,
        from: from_module,
        from_def: from,
        file,
        expanded: file,
        context: CallContext::default(),
        in_macro: false,
        attribute: None,
    };
    let mut body = Body::new(index, &mut recorder, place);
    walk(&mut body);
    body.conclude();
    body.tell();
}

fn definition(index: &Index<'_, '_>, out: &mut Record, id: DefId) {
    let program = index.program;
    let def = program.def(id);
    with_body(index, out, def.scope, def.file, Some(id), Some(id), |body| {
        let facts = body.facts;
        let item = &facts[def.item];
        attributes(body, item);
        match &item.kind {
            ItemKind::Fn(function) => self::function(body, id, function),
            ItemKind::Struct { generics, fields, .. } => {
                self::generics(body, generics);
                self::fields(body, fields);
            }
            ItemKind::Enum { generics, variants } => {
                self::generics(body, generics);
                for variant in variants {
                    self::fields(body, &variant.fields);
                    if let Some(value) = variant.value {
                        body.expr(value);
                    }
                }
            }
            ItemKind::Trait { generics, supers, .. } => {
                self::generics(body, generics);
                for bound in supers {
                    body.bound(bound, DependencyKind::Trait);
                }
            }
            ItemKind::TypeAlias { generics, bounds, ty } => {
                self::generics(body, generics);
                for bound in bounds {
                    body.bound(bound, DependencyKind::Trait);
                }
                if let Some(ty) = ty {
                    body.written(*ty, DependencyKind::Type);
                }
            }
            ItemKind::Const { ty, value } | ItemKind::Static { ty, value } => {
                let ty = body.written(*ty, DependencyKind::Type);
                if let Some(value) = value {
                    let found = body.expect(*value, &ty);
                    body.unify(&ty, &found);
                    body.hear_constant(id, *value);
                }
            }
            ItemKind::Impl { generics, of_trait, self_ty, .. } => {
                self::generics(body, generics);
                if let Some(of_trait) = of_trait {
                    body.bound(of_trait, DependencyKind::Impl);
                }
                body.written(*self_ty, DependencyKind::Impl);
            }
            _ => {}
        }
    });
    for member in &def.members {
        definition(index, out, *member);
    }
}

fn function(body: &mut Body<'_, '_, '_, '_, '_>, id: DefId, function: &Function) {
    generics(body, &function.generics);
    if let Some(receiver) = function.receiver {
        if let Some(ty) = receiver.ty {
            body.written(ty, DependencyKind::Type);
        }
        let this = body.place.self_type().unwrap_or(Ty::Unknown);
        body.locals.push(Local { name: kw::self_value, ty: this, value: None, transaction: false });
    }
    let signature = body.index.signature(id);
    for ((pat, written), ty) in function.params.iter().zip(&signature.params) {
        body.written(*written, DependencyKind::Type);
        body.pat(*pat, ty);
    }
    if let Some(ret) = function.ret {
        body.written(ret, DependencyKind::Type);
    }
    let ret = match &signature.ret {
        Ty::Future(output) if function.is_async => (**output).clone(),
        ret => ret.clone(),
    };
    body.ret = ret.clone();
    if let Some(block) = function.body {
        let found = body.block(block, &ret);
        body.unify(&ret, &found);
    }
}

fn generics(body: &mut Body<'_, '_, '_, '_, '_>, generics: &Generics) {
    for param in &generics.params {
        for bound in &param.bounds {
            body.bound(bound, DependencyKind::Trait);
        }
        if let Some(ty) = param.ty {
            body.written(ty, DependencyKind::Type);
        }
    }
    for (ty, bounds) in &generics.wheres {
        body.written(*ty, DependencyKind::Type);
        for bound in bounds {
            body.bound(bound, DependencyKind::Trait);
        }
    }
}

fn fields(body: &mut Body<'_, '_, '_, '_, '_>, fields: &Fields) {
    match fields {
        Fields::Unit => {}
        Fields::Tuple(types) => types.iter().for_each(|t| {
            body.written(*t, DependencyKind::Type);
        }),
        Fields::Named(types) => types.iter().for_each(|(_, t)| {
            body.written(*t, DependencyKind::Type);
        }),
    }
}

fn uses(body: &mut Body<'_, '_, '_, '_, '_>, item: ItemIx) {
    let program = body.place.program;
    let facts = body.facts;
    match &facts[item].kind {
        ItemKind::Use(leaves) => {
            for leaf in leaves {
                self::leaf(body, leaf);
            }
        }
        ItemKind::ExternCrate { .. } => {
            let name = body.place.sym(facts[item].name);
            let krate = &program.crates[program.scope(body.place.scope).krate];
            let def = krate.extern_prelude.get(&name).copied();
            match def {
                Some(Def::Module(scope)) => body.rec.module(program, scope, DependencyKind::Use, facts[item].pos),
                _ => body.rec.external(name),
            }
        }
        _ => {}
    }
}

fn leaf(body: &mut Body<'_, '_, '_, '_, '_>, leaf: &UseLeaf) {
    let program = body.place.program;
    let path: Arc<[Sym]> = leaf.path.iter().map(|(name, _)| body.place.sym(*name)).collect();
    let Some((_, pos)) = leaf.path.last() else { return };
    let found = if leaf.end == UseEnd::Glob {
        program.path(body.place.scope, leaf.global, &path, Namespace::Types, true).filter(|f| f.used == path.len()).map(|f| f.def)
    } else {
        program.leaf(body.place.scope, leaf, &path).any().map(|b| b.def)
    };
    match found {
        Some(Def::Module(scope)) => body.rec.module(program, scope, DependencyKind::Use, *pos),
        Some(def) => {
            let through = path
                .len()
                .checked_sub(1)
                .and_then(|n| program.path(body.place.scope, leaf.global, &path[..n], Namespace::Types, true))
                .and_then(|f| match f.def {
                    Def::Module(scope) => Some(scope),
                    _ => None,
                });
            body.rec.def(program, def, DependencyKind::Use, *pos, through);
        }
        None => body.rec.unresolved_path(&body.place, leaf.global, &path, DependencyKind::Use, *pos),
    }
}
