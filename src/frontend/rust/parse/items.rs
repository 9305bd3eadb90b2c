//! Items, and the members of traits and impl blocks.

use super::super::facts::{
    Around, Attrs, Cfg, Fields, Function, Generics, Item, ItemIx, ItemKind, Name, Pos, SelfParam, TypeIx, Variant, Vis,
};
use super::{Lower, path_span};
use proc_macro2::{Ident, Span};
use syn::Attribute;

impl Lower<'_> {
    pub(super) fn items(&mut self, items: &[syn::Item]) -> Vec<ItemIx> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            self.item(item, &mut out);
        }
        out
    }

    /// Lowers one item; a foreign block gives one item for each of its declarations.
    pub(super) fn item(&mut self, item: &syn::Item, out: &mut Vec<ItemIx>) {
        match item {
            syn::Item::Const(i) => {
                let kind = ItemKind::Const { ty: self.ty(&i.ty), value: Some(self.expr(&i.expr)) };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.const_token.span, i.semi_token.span, kind));
            }
            syn::Item::Static(i) => {
                let kind = ItemKind::Static { ty: self.ty(&i.ty), value: Some(self.expr(&i.expr)) };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.static_token.span, i.semi_token.span, kind));
            }
            syn::Item::Enum(i) => {
                let generics = self.generics(&i.generics);
                let variants = i
                    .variants
                    .iter()
                    .map(|v| {
                        let name = self.name(&v.ident);
                        self.field_attrs(&v.attrs, Some(name), None);
                        let fields = self.fields(&v.fields, &v.attrs);
                        Variant { name, fields, value: v.discriminant.as_ref().map(|(_, e)| self.expr(e)) }
                    })
                    .collect();
                let kind = ItemKind::Enum { generics, variants };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.enum_token.span, i.brace_token.span.close(), kind));
            }
            syn::Item::Struct(i) => {
                let (generics, fields) = (self.generics(&i.generics), self.fields(&i.fields, &[]));
                let kind = ItemKind::Struct { generics, fields, union: false, closed: closed(i.fields.iter()) };
                let end = match (&i.semi_token, &i.fields) {
                    (Some(semi), _) => semi.span,
                    (None, syn::Fields::Named(f)) => f.brace_token.span.close(),
                    _ => i.ident.span(),
                };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.struct_token.span, end, kind));
            }
            syn::Item::Union(i) => {
                let generics = self.generics(&i.generics);
                let fields = self.named_fields(&i.fields, &[]);
                let closed = closed(i.fields.named.iter());
                let kind = ItemKind::Struct { generics, fields, union: true, closed };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.ident.span(), i.fields.brace_token.span.close(), kind));
            }
            syn::Item::ExternCrate(i) => {
                let rename = i.rename.as_ref().map(|(_, name)| if name == "_" { None } else { Some(self.name(name)) });
                let kind = ItemKind::ExternCrate { rename };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.ident.span(), i.semi_token.span, kind));
            }
            syn::Item::Fn(i) => {
                let function = self.function(&i.sig, Some(&i.block));
                let kind = ItemKind::Fn(Box::new(function));
                out.push(self.finish(Some(&i.sig.ident), &i.attrs, &i.vis, i.sig.fn_token.span, i.block.brace_token.span.close(), kind));
            }
            syn::Item::ForeignMod(f) => self.foreign(f, out),
            syn::Item::Impl(i) => {
                let generics = self.generics(&i.generics);
                let of_trait = i.trait_.as_ref().map(|(path, _)| self.path(path));
                let self_ty = self.ty(&i.self_ty);
                let items = self.impl_items(&i.items);
                let kind = ItemKind::Impl { generics, of_trait, self_ty, items };
                let vis = syn::Visibility::Inherited;
                out.push(self.finish(None, &i.attrs, &vis, i.impl_token.span, i.brace_token.span.close(), kind));
            }
            syn::Item::Macro(i) => {
                let end = i.mac.delimiter.span().close();
                let vis = syn::Visibility::Inherited;
                let kind = match &i.ident {
                    Some(_) if i.mac.path.is_ident("macro_rules") => {
                        let span = i.mac.delimiter.span();
                        let text = self.between(span.open(), span.close()).map(|(text, pos)| (text.into(), pos));
                        let (text, pos) = text.unwrap_or_else(|| (i.mac.tokens.to_string().into(), self.pos(path_span(&i.mac.path))));
                        ItemKind::MacroRules(text, pos)
                    }
                    _ => ItemKind::MacroCall(self.item_macro(&i.mac)),
                };
                out.push(self.finish(i.ident.as_ref(), &i.attrs, &vis, path_span(&i.mac.path), end, kind));
            }
            syn::Item::Mod(i) => self.module(i, out),
            syn::Item::Trait(i) => {
                let generics = self.generics(&i.generics);
                let supers = self.bounds(&i.supertraits);
                let items = self.trait_items(&i.items);
                let kind = ItemKind::Trait { generics, supers, items };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.trait_token.span, i.brace_token.span.close(), kind));
            }
            syn::Item::TraitAlias(i) => {
                let kind = ItemKind::Trait { generics: self.generics(&i.generics), supers: self.bounds(&i.bounds), items: Vec::new() };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.trait_token.span, i.semi_token.span, kind));
            }
            syn::Item::Type(i) => {
                let kind = ItemKind::TypeAlias { generics: self.generics(&i.generics), bounds: Vec::new(), ty: Some(self.ty(&i.ty)) };
                out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.type_token.span, i.semi_token.span, kind));
            }
            syn::Item::Use(i) => {
                let leaves = self.leaves(i);
                out.push(self.finish(None, &i.attrs, &i.vis, i.use_token.span, i.semi_token.span, ItemKind::Use(leaves)));
            }
            // Syntax that syn itself only carries along.
            syn::Item::Verbatim(tokens) => match self.carried_use(tokens) {
                Some(i) => out.push(self.finish(None, &i.attrs, &i.vis, i.start, i.end, ItemKind::Use(i.leaves))),
                None => self.unread_item(tokens),
            },
            _ => {}
        }
    }

    /// An item of which nothing is known, such as a `macro` definition of nightly: counted by its keyword.
    fn unread_item(&mut self, tokens: &proc_macro2::TokenStream) {
        let is_keyword = |t: proc_macro2::TokenTree| match t {
            proc_macro2::TokenTree::Ident(word) if word != "pub" => Some(word.to_string()),
            _ => None,
        };
        let keyword = tokens.clone().into_iter().find_map(is_keyword).unwrap_or_default();
        let name = self.text(&format!("{keyword} (an item that could not be read)"));
        self.facts.opaque.push((name, u32::try_from(tokens.clone().into_iter().count()).unwrap_or(u32::MAX)));
    }

    fn finish(
        &mut self,
        name: Option<&Ident>,
        attrs: &[Attribute],
        vis: &syn::Visibility,
        start: Span,
        end: Span,
        kind: ItemKind,
    ) -> ItemIx {
        let mut attrs = self.attrs(attrs);
        attrs.named.append(&mut self.named);
        attrs.written.append(&mut self.written);
        let vis = self.vis(vis);
        let (name, at) = match name {
            Some(ident) => (self.name(ident), ident.span()),
            None => (self.text(""), start),
        };
        self.add(name, attrs, vis, self.item_pos(at), self.end_line(end), kind)
    }

    fn add(&mut self, name: Name, attrs: Attrs, vis: Vis, pos: Pos, end_line: u32, kind: ItemKind) -> ItemIx {
        self.new_item(Item { name, pos, end_line, vis, attrs, kind })
    }

    fn vis(&mut self, vis: &syn::Visibility) -> Vis {
        match vis {
            syn::Visibility::Public(_) => Vis::Public,
            syn::Visibility::Restricted(r) => Vis::In(r.path.segments.iter().map(|s| self.name(&s.ident)).collect()),
            syn::Visibility::Inherited => Vis::Private,
        }
    }

    fn module(&mut self, module: &syn::ItemMod, out: &mut Vec<ItemIx>) {
        let end = match (&module.content, &module.semi) {
            (Some((brace, _)), _) => brace.span.close(),
            (None, Some(semi)) => semi.span,
            (None, None) => module.ident.span(),
        };
        // The item comes before its contents, so that blocks inside can name it as the scope around them.
        let ix = self.finish(Some(&module.ident), &module.attrs, &module.vis, module.ident.span(), end, ItemKind::Module(None));
        if let Some((_, items)) = &module.content {
            self.around.push(Around::Module(ix));
            let items = self.items(items);
            self.around.pop();
            self.facts.items[ix.0 as usize].kind = ItemKind::Module(Some(items));
        }
        out.push(ix);
    }

    /// Fields of a struct, or of the variant that has these attributes.
    fn fields(&mut self, fields: &syn::Fields, variant: &[Attribute]) -> Fields {
        let under = self.cfgs(variant);
        match fields {
            syn::Fields::Unit => Fields::Unit,
            syn::Fields::Unnamed(f) => Fields::Tuple(f.unnamed.iter().map(|f| self.field(f, &under)).collect()),
            syn::Fields::Named(f) => self.named_fields(f, &under),
        }
    }

    fn named_fields(&mut self, fields: &syn::FieldsNamed, under: &[Cfg]) -> Fields {
        let named = fields.named.iter().filter_map(|f| Some((self.name(f.ident.as_ref()?), self.field(f, under))));
        Fields::Named(named.collect())
    }

    fn field(&mut self, field: &syn::Field, under: &[Cfg]) -> TypeIx {
        let ty = self.ty_under(&field.attrs, under, &field.ty);
        let name = field.ident.as_ref().filter(|_| !field.attrs.is_empty()).map(|ident| self.name(ident));
        self.field_attrs(&field.attrs, name, Some(ty));
        ty
    }

    fn function(&mut self, sig: &syn::Signature, body: Option<&syn::Block>) -> Function {
        let generics = self.generics(&sig.generics);
        let mut receiver = None;
        let mut params = Vec::new();
        for input in &sig.inputs {
            match input {
                syn::FnArg::Receiver(r) => {
                    receiver = Some(match &r.kind {
                        syn::ReceiverKind::Reference(_, _, mutability) => {
                            SelfParam { by_ref: true, mutable: mutability.is_some(), ty: None }
                        }
                        syn::ReceiverKind::Typed(_, ty) => SelfParam { by_ref: false, mutable: false, ty: Some(self.ty(ty)) },
                        _ => SelfParam { by_ref: false, mutable: false, ty: None },
                    });
                }
                syn::FnArg::Typed(t) => params.push((self.pat(&t.pat), self.ty_under(&t.attrs, &[], &t.ty))),
            }
        }
        let typed = sig.inputs.iter().filter_map(|i| if let syn::FnArg::Typed(t) = i { Some(&*t.ty) } else { None });
        let is_mut = |ty: &syn::Type| matches!(ty, syn::Type::Reference(r) if r.mutability.is_some());
        let mutable = typed.take(32).enumerate().fold(0, |bits, (i, ty)| bits | (u32::from(is_mut(ty)) << i));
        Function {
            generics,
            is_async: sig.asyncness.is_some(),
            is_const: sig.constness.is_some(),
            mutable,
            receiver,
            params,
            ret: self.return_type(&sig.output),
            body: body.map(|b| self.block(b)),
        }
    }

    fn foreign(&mut self, foreign: &syn::ItemForeignMod, out: &mut Vec<ItemIx>) {
        for item in &foreign.items {
            match item {
                syn::ForeignItem::Fn(f) => {
                    let kind = ItemKind::Fn(Box::new(self.function(&f.sig, None)));
                    out.push(self.finish(Some(&f.sig.ident), &f.attrs, &f.vis, f.sig.fn_token.span, f.semi_token.span, kind));
                }
                syn::ForeignItem::Static(s) => {
                    let kind = ItemKind::Static { ty: self.ty(&s.ty), value: None };
                    out.push(self.finish(Some(&s.ident), &s.attrs, &s.vis, s.static_token.span, s.semi_token.span, kind));
                }
                syn::ForeignItem::Type(t) => {
                    let kind = ItemKind::TypeAlias { generics: Generics::default(), bounds: Vec::new(), ty: None };
                    out.push(self.finish(Some(&t.ident), &t.attrs, &t.vis, t.type_token.span, t.semi_token.span, kind));
                }
                _ => {}
            }
        }
    }

    pub(super) fn impl_items(&mut self, items: &[syn::ImplItem]) -> Vec<ItemIx> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match item {
                syn::ImplItem::Const(i) => {
                    let kind = ItemKind::Const { ty: self.ty(&i.ty), value: Some(self.expr(&i.expr)) };
                    out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.const_token.span, i.semi_token.span, kind));
                }
                syn::ImplItem::Fn(i) => {
                    let kind = ItemKind::Fn(Box::new(self.function(&i.sig, Some(&i.block))));
                    out.push(self.finish(
                        Some(&i.sig.ident),
                        &i.attrs,
                        &i.vis,
                        i.sig.fn_token.span,
                        i.block.brace_token.span.close(),
                        kind,
                    ));
                }
                syn::ImplItem::Type(i) => {
                    let kind = ItemKind::TypeAlias { generics: self.generics(&i.generics), bounds: Vec::new(), ty: Some(self.ty(&i.ty)) };
                    out.push(self.finish(Some(&i.ident), &i.attrs, &i.vis, i.type_token.span, i.semi_token.span, kind));
                }
                syn::ImplItem::Macro(i) => {
                    let kind = ItemKind::MacroCall(self.item_macro(&i.mac));
                    let vis = syn::Visibility::Inherited;
                    out.push(self.finish(None, &i.attrs, &vis, path_span(&i.mac.path), i.mac.delimiter.span().close(), kind));
                }
                _ => {}
            }
        }
        out
    }

    fn trait_items(&mut self, items: &[syn::TraitItem]) -> Vec<ItemIx> {
        let vis = syn::Visibility::Inherited;
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            match item {
                syn::TraitItem::Const(i) => {
                    let kind = ItemKind::Const { ty: self.ty(&i.ty), value: i.default.as_ref().map(|(_, e)| self.expr(e)) };
                    out.push(self.finish(Some(&i.ident), &i.attrs, &vis, i.const_token.span, i.semi_token.span, kind));
                }
                syn::TraitItem::Fn(i) => {
                    let end = i.default.as_ref().map_or(i.sig.fn_token.span, |b| b.brace_token.span.close());
                    let kind = ItemKind::Fn(Box::new(self.function(&i.sig, i.default.as_ref())));
                    out.push(self.finish(Some(&i.sig.ident), &i.attrs, &vis, i.sig.fn_token.span, end, kind));
                }
                syn::TraitItem::Type(i) => {
                    let kind = ItemKind::TypeAlias {
                        generics: self.generics(&i.generics),
                        bounds: self.bounds(&i.bounds),
                        ty: i.default.as_ref().map(|(_, ty)| self.ty(ty)),
                    };
                    out.push(self.finish(Some(&i.ident), &i.attrs, &vis, i.type_token.span, i.semi_token.span, kind));
                }
                syn::TraitItem::Macro(i) => {
                    let kind = ItemKind::MacroCall(self.item_macro(&i.mac));
                    out.push(self.finish(None, &i.attrs, &vis, path_span(&i.mac.path), i.mac.delimiter.span().close(), kind));
                }
                _ => {}
            }
        }
        out
    }
}

/// Positions of fields that are not `pub`, with whether `pub(…)` is written.
fn closed<'a>(fields: impl Iterator<Item = &'a syn::Field>) -> Box<[(u32, bool)]> {
    let fields = fields.zip(0_u32..).filter(|(field, _)| !matches!(field.vis, syn::Visibility::Public(_)));
    fields.map(|(field, at)| (at, matches!(field.vis, syn::Visibility::Restricted(_)))).collect()
}
