//! Paths, types, generics and patterns.

use super::super::facts::{Args, Cfg, GenericParam, Generics, Pat, PatIx, Path, Segment, Type, TypeIx};
use super::{Lower, count};
use proc_macro2::Span;
use syn::punctuated::Punctuated;

impl Lower<'_> {
    pub(super) fn path(&mut self, path: &syn::Path) -> Path {
        self.qpath(None, path)
    }

    pub(super) fn qpath(&mut self, qself: Option<&syn::QSelf>, path: &syn::Path) -> Path {
        let qself = qself.map(|q| (self.ty(&q.ty), count(q.position)));
        let segments = path
            .segments
            .iter()
            .map(|s| Segment { name: self.name(&s.ident), pos: self.pos(s.ident.span()), args: self.path_args(&s.arguments) })
            .collect();
        Path { global: path.leading_colon.is_some(), qself, segments }
    }

    fn path_args(&mut self, args: &syn::PathArguments) -> Option<Box<Args>> {
        match args {
            syn::PathArguments::None => None,
            syn::PathArguments::AngleBracketed(args) => Some(Box::new(self.angle_args(args))),
            syn::PathArguments::Parenthesized(args) => {
                let inputs = args.inputs.iter().map(|a| self.ty(&a.ty)).collect();
                let mut out = Args { types: vec![self.new_type(Type::Tuple(inputs))], ..Args::default() };
                if let syn::ReturnType::Type(_, ty) = &args.output {
                    out.assoc.push((self.text("Output"), self.ty(ty)));
                }
                Some(Box::new(out))
            }
        }
    }

    pub(super) fn angle_args(&mut self, args: &syn::AngleBracketedGenericArguments) -> Args {
        let mut out = Args::default();
        for arg in &args.args {
            match arg {
                syn::GenericArgument::Type(ty) => out.types.push(self.ty(ty)),
                syn::GenericArgument::Const(e) => out.exprs.push(self.expr(e)),
                syn::GenericArgument::AssocType(a) => out.assoc.push((self.name(&a.ident), self.ty(&a.ty))),
                syn::GenericArgument::AssocConst(a) => out.exprs.push(self.expr(&a.value)),
                syn::GenericArgument::Constraint(c) => out.bounds.extend(self.bounds(&c.bounds)),
                _ => {}
            }
        }
        out
    }

    pub(super) fn bounds(&mut self, bounds: &Punctuated<syn::TypeParamBound, syn::Token![+]>) -> Vec<Path> {
        bounds
            .iter()
            .filter_map(|b| match b {
                syn::TypeParamBound::Trait(t) => Some(self.path(&t.path)),
                _ => None,
            })
            .collect()
    }

    pub(super) fn ty(&mut self, ty: &syn::Type) -> TypeIx {
        let lowered = match ty {
            syn::Type::Array(a) => Type::Array(self.ty(&a.elem), Some(self.expr(&a.len))),
            syn::Type::FnPtr(f) => {
                let inputs = f.inputs.iter().map(|a| self.ty(&a.ty)).collect();
                Type::Fn(inputs, self.return_type(&f.output))
            }
            syn::Type::Group(g) => return self.ty(&g.elem),
            syn::Type::Paren(p) => return self.ty(&p.elem),
            syn::Type::ImplTrait(i) => Type::Impl(self.bounds(&i.bounds)),
            syn::Type::TraitObject(o) => Type::Dyn(self.bounds(&o.bounds)),
            syn::Type::Macro(m) => Type::Macro(self.macro_call(&m.mac)),
            syn::Type::Never(_) => Type::Never,
            syn::Type::Path(p) => Type::Path(self.qpath(p.qself.as_ref(), &p.path)),
            syn::Type::Ptr(p) => Type::Ptr(self.ty(&p.elem)),
            syn::Type::Reference(r) => Type::Ref(self.ty(&r.elem)),
            syn::Type::Slice(s) => Type::Slice(self.ty(&s.elem)),
            syn::Type::Tuple(t) => Type::Tuple(t.elems.iter().map(|e| self.ty(e)).collect()),
            _ => Type::Infer,
        };
        self.new_type(lowered)
    }

    /// A type that is there only under the conditions in these attributes, and under those already known.
    pub(super) fn ty_under(&mut self, attrs: &[syn::Attribute], under: &[Cfg], ty: &syn::Type) -> TypeIx {
        let inner = self.ty(ty);
        let mut cfg = self.cfgs(attrs);
        cfg.extend(under.iter().cloned());
        if cfg.is_empty() { inner } else { self.new_type(Type::Cfg(cfg, inner)) }
    }

    pub(super) fn return_type(&mut self, ret: &syn::ReturnType) -> Option<TypeIx> {
        match ret {
            syn::ReturnType::Default => None,
            syn::ReturnType::Type(_, ty) => Some(self.ty(ty)),
        }
    }

    pub(super) fn generics(&mut self, generics: &syn::Generics) -> Generics {
        let mut out = Generics::default();
        for param in &generics.params {
            match param {
                syn::GenericParam::Type(t) => out.params.push(GenericParam {
                    name: self.name(&t.ident),
                    bounds: self.bounds(&t.bounds),
                    ty: t.default.as_ref().map(|(_, ty)| self.ty(ty)),
                    is_const: false,
                }),
                syn::GenericParam::Const(c) => {
                    out.params.push(GenericParam {
                        name: self.name(&c.ident),
                        bounds: Vec::new(),
                        ty: Some(self.ty(&c.ty)),
                        is_const: true,
                    });
                }
                syn::GenericParam::Lifetime(_) => {}
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|w| &w.predicates) {
            if let syn::WherePredicate::Type(p) = predicate {
                out.wheres.push((self.ty(&p.bounded_ty), self.bounds(&p.bounds)));
            }
        }
        out
    }

    pub(super) fn pat(&mut self, pat: &syn::Pat) -> PatIx {
        let lowered = match pat {
            syn::Pat::Const(c) => Pat::Expr(vec![self.block_expr(&c.block, c.const_token.span)]),
            syn::Pat::Guard(g) => return self.pat(&g.pat),
            syn::Pat::Ident(i) => {
                Pat::Bind { name: self.name(&i.ident), pos: self.pos(i.ident.span()), sub: i.subpat.as_ref().map(|(_, p)| self.pat(p)) }
            }
            syn::Pat::Lit(l) => Pat::Expr(vec![self.lit(&l.lit)]),
            syn::Pat::Macro(m) => Pat::Macro(self.macro_call(&m.mac)),
            syn::Pat::Or(o) => Pat::Or(o.cases.iter().map(|p| self.pat(p)).collect()),
            syn::Pat::Paren(p) => return self.pat(&p.pat),
            syn::Pat::Path(p) => Pat::Path(self.qpath(p.qself.as_ref(), &p.path)),
            syn::Pat::Range(r) => Pat::Expr([&r.start, &r.end].into_iter().flatten().map(|e| self.expr(e)).collect()),
            syn::Pat::Reference(r) => Pat::Ref(self.pat(&r.pat)),
            syn::Pat::Slice(s) => Pat::Slice(s.elems.iter().map(|p| self.pat(p)).collect()),
            syn::Pat::Struct(s) => {
                let path = self.qpath(s.qself.as_ref(), &s.path);
                let fields = s
                    .fields
                    .iter()
                    .map(|f| {
                        let (name, span) = self.member(&f.member);
                        (name, self.pos(span), self.pat(&f.pat))
                    })
                    .collect();
                Pat::Struct { path, fields }
            }
            syn::Pat::Tuple(t) => {
                let (elems, rest) = self.pats(&t.elems);
                Pat::Tuple(elems, rest)
            }
            syn::Pat::TupleStruct(t) => {
                let path = self.qpath(t.qself.as_ref(), &t.path);
                let (elems, rest) = self.pats(&t.elems);
                Pat::TupleStruct { path, elems, rest }
            }
            syn::Pat::Type(t) => Pat::Typed(self.pat(&t.pat), self.ty(&t.ty)),
            _ => Pat::Wild,
        };
        self.new_pat(lowered)
    }

    fn pats(&mut self, pats: &Punctuated<syn::Pat, syn::Token![,]>) -> (Vec<PatIx>, Option<u32>) {
        let rest = pats.iter().position(|p| matches!(p, syn::Pat::Rest(_))).map(count);
        let elems = pats.iter().filter(|p| !matches!(p, syn::Pat::Rest(_))).map(|p| self.pat(p)).collect();
        (elems, rest)
    }

    pub(super) fn member(&mut self, member: &syn::Member) -> (super::Name, Span) {
        match member {
            syn::Member::Named(ident) => (self.name(ident), ident.span()),
            syn::Member::Unnamed(index) => (self.text(&index.index.to_string()), index.span),
        }
    }
}
