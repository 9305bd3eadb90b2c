//! Attributes: which macros they name, and what the arguments of known ones name.
//!
//! What a macro writes is not looked at. Names in arguments lead to [`Dispatched`](super::record::Dispatched), as only the macro makes
//! references of them; a name that leads nowhere may be the macro's own, so it is not called unresolved.

use super::body::{Body, Local};
use super::ty::Ty;
use crate::frontend::rust::facts::{AttrRef, Attrs, Fields, Item, ItemKind, Pat, Path};
use crate::frontend::rust::parse::known;
use crate::frontend::rust::resolve::{Def, Namespace};
use crate::model::codebase::DependencyKind;

pub(super) fn attributes(body: &mut Body<'_, '_, '_, '_, '_>, item: &Item) {
    macros(body, &item.attrs);
    if item.attrs.named.is_empty() {
        return;
    }
    let locals = body.locals.len();
    bind(body, &item.kind);
    let in_macro = std::mem::replace(&mut body.rec.in_macro, true);
    for named in &item.attrs.named {
        if named.cfg.as_ref().is_some_and(|cfg| !body.place.program.holds(body.place.scope, std::slice::from_ref(cfg))) {
            continue;
        }
        body.rec.attribute = Some(body.place.sym(named.attribute));
        match &named.what {
            AttrRef::Path(path, called) => self::path(body, path, if *called { DependencyKind::Call } else { DependencyKind::Path }),
            AttrRef::Type(ty) => {
                body.written(*ty, DependencyKind::Type);
            }
            AttrRef::Expr(e) => {
                body.expr(*e);
            }
            AttrRef::From(_) => {}
        }
    }
    body.rec.attribute = None;
    body.rec.in_macro = in_macro;
    body.locals.truncate(locals);
}

fn macros(body: &mut Body<'_, '_, '_, '_, '_>, attrs: &Attrs) {
    let program = body.place.program;
    let facts = body.facts;
    for (path, is_derive) in attrs.derives.iter().map(|p| (p, true)).chain(attrs.macros.iter().map(|p| (p, false))) {
        let segments = program.segments(body.place.file, path);
        let Some(last) = path.segments.last() else { continue };
        let found = program.path(body.place.scope, path.global, &segments, Namespace::Macros, false).filter(|f| f.used == segments.len());
        match found {
            Some(found) => body.rec.def(program, found.def, DependencyKind::Macro, last.pos, found.through),
            // Helper attributes of derives (`#[serde(…)]`, `#[error(…)]`) name no macro.
            None if !is_derive => continue,
            None => body.rec.unresolved(segments[segments.len() - 1], DependencyKind::Macro, last.pos),
        }
        let texts: Vec<&str> = path.segments.iter().map(|s| facts.text(s.name)).collect();
        if is_derive && !known::is_derive(facts.text(last.name)) {
            body.rec.out.unknown_macros.push(format!("derive({})", facts.text(last.name)));
        } else if !is_derive && known::of_attribute(&texts).is_none() {
            body.rec.out.unknown_macros.push(format!("#[{}]", texts.join("::")));
        }
    }
}

/// Parameters and fields are names of their own in the expressions of attributes.
fn bind(body: &mut Body<'_, '_, '_, '_, '_>, kind: &ItemKind) {
    let facts = body.facts;
    let mut names = Vec::new();
    let mut fields = |fields: &Fields| {
        if let Fields::Named(list) = fields {
            names.extend(list.iter().map(|(name, _)| *name));
        }
    };
    match kind {
        ItemKind::Struct { fields: own, .. } => fields(own),
        ItemKind::Enum { variants, .. } => variants.iter().for_each(|v| fields(&v.fields)),
        ItemKind::Fn(function) => names.extend(function.params.iter().filter_map(|(pat, _)| match &facts[*pat] {
            Pat::Bind { name, .. } => Some(*name),
            _ => None,
        })),
        _ => {}
    }
    for name in names {
        let name = body.place.sym(name);
        body.locals.push(Local { name, ty: Ty::Unknown, value: None, transaction: false });
    }
}

/// A module, what is in one, or what a macro put into one.
fn path(body: &mut Body<'_, '_, '_, '_, '_>, path: &Path, kind: DependencyKind) {
    let (program, scope) = (body.place.program, body.place.scope);
    let segments = program.segments(body.place.file, path);
    let Some(last) = path.segments.last() else { return };
    let lookup = |segments: &[_], ns| program.path(scope, path.global, segments, ns, false);
    if let Some(found) = lookup(&segments, Namespace::Types).filter(|f| f.used == segments.len())
        && let Def::Module(module) = found.def
    {
        return body.rec.module(program, module, kind, last.pos);
    }
    if lookup(&segments, Namespace::Values).is_some() || lookup(&segments, Namespace::Types).is_some() {
        body.value(path, kind);
    } else if let Some((_, before)) = segments.split_last()
        && let Some(Def::Module(module)) = lookup(before, Namespace::Types).filter(|f| f.used == before.len()).map(|f| f.def)
    {
        // `crate::schema::users`, which `table!` writes.
        body.rec.module(program, module, kind, last.pos);
    }
}
