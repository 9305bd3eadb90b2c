//! The arguments of attributes whose macro is known: what of them names code.
//!
//! Takes: an attribute. Gives: [`Named`], by the table in [`known`](super::known). What does not parse as the table says is left out.

use super::super::facts::{AttrRef, Cfg, Name, Named};
use super::Lower;
use super::known::{Attribute, Names, of_attribute};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::Meta;

impl Lower<'_> {
    /// What the arguments of an attribute name.
    pub(super) fn named_in(&mut self, meta: &Meta, under: Option<&Cfg>, out: &mut Vec<Named>) {
        let Meta::List(list) = meta else { return };
        let path: Vec<String> = list.path.segments.iter().map(|s| s.ident.to_string()).collect();
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some(attribute) = of_attribute(&path) {
            let (start, name) = (out.len(), self.text(&path.join("::")));
            self.arguments(attribute, attribute.bare, list.tokens.clone(), out);
            for named in &mut out[start..] {
                (named.cfg, named.attribute) = (under.cloned(), name);
            }
        }
    }

    /// Attributes of a field or variant: what they name belongs to the item around.
    pub(super) fn field_attrs(&mut self, attrs: &[syn::Attribute], name: Option<Name>, ty: Option<super::super::facts::TypeIx>) {
        let mut found = std::mem::take(&mut self.named);
        let mut written = std::mem::take(&mut self.written);
        for attr in attrs {
            self.named_in(&attr.meta, None, &mut found);
            self.written(&attr.meta, None, name, &mut written);
            if let (Some(ty), Meta::Path(path)) = (ty, &attr.meta)
                && path.is_ident("from")
            {
                let attribute = self.text("from");
                found.push(Named { cfg: None, attribute, what: AttrRef::From(ty) });
            }
        }
        self.named = found;
        self.written = written;
    }

    fn arguments(&mut self, attribute: &Attribute, bare: Names, tokens: TokenStream, out: &mut Vec<Named>) {
        let mut piece = Vec::new();
        for token in tokens {
            match token {
                TokenTree::Punct(p) if p.as_char() == ',' => self.argument_of(attribute, bare, std::mem::take(&mut piece), out),
                token => piece.push(token),
            }
        }
        self.argument_of(attribute, bare, piece, out);
    }

    /// `key = value`, `key(…)`, `(…)` or a value alone.
    fn argument_of(&mut self, attribute: &Attribute, bare: Names, mut piece: Vec<TokenTree>, out: &mut Vec<Named>) {
        let assigned = piece.iter().enumerate().position(|(i, t)| {
            let is = |at: Option<&TokenTree>, c: char| matches!(at, Some(TokenTree::Punct(p)) if p.as_char() == c);
            is(Some(t), '=')
                && !is(piece.get(i + 1), '=')
                && !is(piece.get(i + 1), '>')
                && i > 0
                && matches!(piece[i - 1], TokenTree::Ident(_))
        });
        if let Some(at) = assigned {
            let value = piece.split_off(at + 1);
            let TokenTree::Ident(key) = &piece[at - 1] else { return };
            let names = attribute.key(&key.to_string());
            self.value_of(names, value, out);
            return;
        }
        match piece.as_slice() {
            [TokenTree::Ident(key), TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
                self.arguments(attribute, attribute.key(&key.to_string()), group.stream(), out);
            }
            // What stands by position in a group has a meaning of its own.
            [TokenTree::Group(group)] => self.arguments(attribute, Names::Nothing, group.stream(), out),
            _ => self.value_of(bare, piece, out),
        }
    }

    fn value_of(&mut self, names: Names, mut tokens: Vec<TokenTree>, out: &mut Vec<Named>) {
        if names == Names::Nothing {
            return;
        }
        // `%value` and `?value` of tracing.
        if matches!(tokens.first(), Some(TokenTree::Punct(p)) if matches!(p.as_char(), '%' | '?')) {
            tokens.remove(0);
        }
        let text = match tokens.as_slice() {
            [TokenTree::Literal(literal)] => match syn::Lit::new(literal.clone()) {
                syn::Lit::Str(text) => Some(text),
                _ => return,
            },
            _ => None,
        };
        if tokens.is_empty() || (text.is_some() && names == Names::Expr) {
            return;
        }
        let tokens: TokenStream = tokens.into_iter().collect();
        let what = match names {
            Names::Nothing => None,
            Names::Call | Names::Path => {
                parsed::<syn::Path>(text.as_ref(), tokens).map(|p| AttrRef::Path(self.path(&p), names == Names::Call))
            }
            Names::Type => parsed::<syn::Type>(text.as_ref(), tokens).map(|t| AttrRef::Type(self.ty(&t))),
            Names::Expr | Names::Code => parsed::<syn::Expr>(text.as_ref(), tokens).map(|e| AttrRef::Expr(self.expr(&e))),
        };
        // Condition and name are those of the whole attribute.
        let attribute = self.text("");
        out.extend(what.map(|what| Named { cfg: None, attribute, what }));
    }
}

fn parsed<T: syn::parse::Parse>(text: Option<&syn::LitStr>, tokens: TokenStream) -> Option<T> {
    match text {
        Some(text) => text.parse().ok(),
        None => syn::parse2(tokens).ok(),
    }
}

#[cfg(test)]
mod tests {
    use crate::frontend::rust::tests::codebase;

    /// Where `attribute` on a struct, and `field` on its field, lead.
    fn check(attribute: &str, field: &str, expected: &str) {
        let code = codebase(&format!(
            "//- /src/lib.rs
mod a {{ pub struct A; pub struct B; pub const N: u32 = 1; pub fn f() {{}} pub mod with {{ pub fn serialize() {{}} }} impl A {{ pub fn new() {{}} }} }}
mod user {{ {attribute} pub struct User {{ {field} x: u32 }} }}
"
        ));
        let name = |d: &crate::model::codebase::Dispatch| format!("{} {}", code.modules[d.to.index()].name(), d.of_trait);
        let found: Vec<String> = code.dispatches.iter().map(name).collect();
        assert_eq!(found.join(", "), expected, "{attribute} {field}");
        assert_eq!(code.coverage.unresolved, 0, "{attribute} {field}");
    }

    #[test]
    fn strings_and_tokens_lead_to_code_as_the_table_says() {
        check("#[serde(from = \"crate::a::A\", rename_all = \"x\")]", "", "a serde");
        check("", "#[serde(default = \"crate::a::f\", skip_serializing_if = \"Option::is_none\")]", "a serde");
        check("", "#[serde(with = \"crate::a::with\")]", "with serde");
        check("", "#[arg(long, value_parser = crate::a::f, default_value_t = crate::a::N, help = \"crate::a::A\")]", "a arg, a arg");
        check("", "#[error(\"{0} {x}\", crate::a::f())]", "a error");
        check("#[diesel(table_name = crate::a::users, belongs_to(crate::a::A, foreign_key = b))]", "", "a diesel, a diesel");
        check("", "#[sea_orm(belongs_to = \"crate::a::A\", from = \"Column::X\")]", "a sea_orm");
        check("", "#[validate(length(max = crate::a::N), custom(function = \"crate::a::f\"))]", "a validate, a validate");
        check("#[openapi(paths(crate::a::f), components(schemas(crate::a::A, crate::a::B)))]", "", "a openapi, a openapi, a openapi");
        check("#[serde(default = \"crate::a::A::new\")]", "", "a serde");
    }

    #[test]
    fn functions_have_them_too() {
        let code = codebase(
            "//- /src/lib.rs
mod a { pub struct A; pub struct Guard; }
mod user { use crate::a::A;
#[utoipa::path(get, path = \"/\", request_body = A, responses((status = 200, body = Vec<crate::a::A>), (status = 404)), params((\"id\" = u64, Path)))]
#[get(\"/\", wrap = \"crate::a::Guard\")]
#[tracing::instrument(skip(x), fields(id = %x.id, n = crate::a::Guard::id()), err)]
fn f(x: u32) {} }
",
        );
        let found: Vec<(&str, u32)> = code.dispatches.iter().map(|d| (d.of_trait.as_str(), d.line)).collect();
        assert_eq!(found, [("get", 4), ("tracing::instrument", 5), ("utoipa::path", 3), ("utoipa::path", 3)]);
    }

    #[test]
    fn a_condition_that_is_off_takes_them_along() {
        check("#[cfg_attr(feature = \"none\", serde(from = \"crate::a::A\"))]", "", "");
    }

    #[test]
    fn macros_that_nobody_knows_are_counted() {
        let code = codebase(
            "//- /Cargo.toml
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2021\"
[dependencies]
strange = \"1\"
tokio = \"1\"
serde = \"1\"
//- /src/lib.rs
use strange::{Odd, odd};
#[derive(Clone, Odd, serde::Serialize)] struct A;
#[derive(Odd)] struct B;
#[odd] fn f() {}
#[tokio::main] async fn main() {}
",
        );
        assert_eq!(code.coverage.unknown_macros, [("derive(Odd)".to_owned(), 2), ("#[odd]".to_owned(), 1)]);
    }
}
