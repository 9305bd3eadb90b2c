//! `use` trees to leaves.
//!
//! Takes: a `use` item; or the tokens of one that syn only carries along, as it does where a path inside a group begins with `::`. Gives: its
//! leaves, in order.

use super::super::facts::{Name, Pos, UseEnd, UseLeaf};
use super::Lower;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Token, UseTree, Visibility};

/// A `use` item of which syn has only the tokens.
pub(super) struct CarriedUse {
    pub attrs: Vec<Attribute>,
    pub vis: Visibility,
    pub start: Span,
    pub end: Span,
    pub leaves: Vec<UseLeaf>,
}

/// What has been read of a path.
#[derive(Clone, Default)]
struct Before {
    global: bool,
    path: Vec<(Name, Pos)>,
}

impl Lower<'_> {
    pub(super) fn leaves(&mut self, item: &syn::ItemUse) -> Vec<UseLeaf> {
        let mut leaves = Vec::new();
        let mut before = Before { global: item.leading_colon.is_some(), path: Vec::new() };
        self.use_tree(&item.tree, &mut before, &mut leaves);
        leaves
    }

    fn use_tree(&mut self, tree: &UseTree, before: &mut Before, leaves: &mut Vec<UseLeaf>) {
        match tree {
            UseTree::Path(p) => {
                self.step(&p.ident, before);
                self.use_tree(&p.tree, before, leaves);
                before.path.pop();
            }
            UseTree::Name(n) => leaves.push(self.leaf(&n.ident, None, before)),
            UseTree::Rename(r) => leaves.push(self.leaf(&r.ident, Some(&r.rename), before)),
            UseTree::Glob(_) => leaves.push(glob(before)),
            UseTree::Group(g) => g.items.iter().for_each(|tree| self.use_tree(tree, before, leaves)),
        }
    }

    fn step(&mut self, ident: &Ident, before: &mut Before) {
        let segment = (self.name(ident), self.pos(ident.span()));
        before.path.push(segment);
    }

    /// The leaf that ends in `ident`, perhaps under another name.
    fn leaf(&mut self, ident: &Ident, rename: Option<&Ident>, before: &Before) -> UseLeaf {
        let Before { global, mut path } = before.clone();
        // `self` names what stands before it, in the type namespace.
        let is_self = ident == "self" && !path.is_empty();
        if !is_self {
            path.push((self.name(ident), self.pos(ident.span())));
        }
        let end = match rename {
            None if is_self => UseEnd::SelfName(None),
            None => UseEnd::Name,
            Some(rename) => match (rename != "_").then(|| self.name(rename)) {
                renamed if is_self => UseEnd::SelfName(renamed),
                Some(renamed) => UseEnd::Rename(renamed),
                None => UseEnd::Underscore,
            },
        };
        UseLeaf { global, path, end }
    }

    /// A `use` item, if that is what the tokens are.
    pub(super) fn carried_use(&mut self, tokens: &TokenStream) -> Option<CarriedUse> {
        let mut read = |input: ParseStream<'_>| {
            let attrs = input.call(Attribute::parse_outer)?;
            let vis: Visibility = input.parse()?;
            let start = input.parse::<Token![use]>()?.span;
            let mut leaves = Vec::new();
            self.carried_tree(input, &Before::default(), &mut leaves)?;
            let end = input.parse::<Token![;]>()?.span;
            Ok(CarriedUse { attrs, vis, start, end, leaves })
        };
        Parser::parse2(&mut read, tokens.clone()).ok()
    }

    fn carried_tree(&mut self, input: ParseStream<'_>, before: &Before, leaves: &mut Vec<UseLeaf>) -> syn::Result<()> {
        let mut before = before.clone();
        if before.path.is_empty() && input.parse::<Option<Token![::]>>()?.is_some() {
            before.global = true;
        }
        if input.parse::<Option<Token![*]>>()?.is_some() {
            leaves.push(glob(&before));
        } else if input.peek(syn::token::Brace) {
            let group;
            syn::braced!(group in input);
            while !group.is_empty() {
                self.carried_tree(&group, &before, leaves)?;
                if group.parse::<Option<Token![,]>>()?.is_none() {
                    break;
                }
            }
        } else {
            let ident = input.call(Ident::parse_any)?;
            if input.parse::<Option<Token![::]>>()?.is_some() {
                self.step(&ident, &mut before);
                return self.carried_tree(input, &before, leaves);
            }
            let rename = match input.parse::<Option<Token![as]>>()? {
                Some(_) => Some(input.call(Ident::parse_any)?),
                None => None,
            };
            leaves.push(self.leaf(&ident, rename.as_ref(), &before));
        }
        Ok(())
    }
}

fn glob(before: &Before) -> UseLeaf {
    UseLeaf { global: before.global, path: before.path.clone(), end: UseEnd::Glob }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::check;

    #[test]
    fn a_path_in_a_group_may_begin_anew() {
        check(
            "//- /Cargo.toml
[workspace]
members = [\"a\", \"demo\"]
//- /a/Cargo.toml
[package]
name = \"a\"
edition = \"2021\"
//- /a/src/lib.rs
pub mod deep { pub struct Far; pub struct Away; }
pub struct Near;
//- /demo/Cargo.toml
[package]
name = \"demo\"
edition = \"2021\"
[dependencies]
a = { path = \"../a\" }
//- /demo/src/lib.rs
pub mod a { pub struct Own; pub mod deep { pub struct Far; } }
pub mod user {
    pub(crate) use {super::a::{self, Own as Mine}, ::a::{Near, deep::{Far, Away as _}}, ::a::deep::*};
    fn f(_: Mine, _: Near, _: Far, _: a::deep::Far) {}
}
",
            "demo::user -> a::Near type
            demo::user -> a::Near use
            demo::user -> a::deep use
            demo::user -> a::deep::Away use
            demo::user -> a::deep::Far type
            demo::user -> a::deep::Far use
            demo::user -> demo::a use
            demo::user -> demo::a::Own type
            demo::user -> demo::a::Own use
            demo::user -> demo::a::deep::Far type",
        );
    }
}
