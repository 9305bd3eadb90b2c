//! Attributes, as far as they decide what is analysed or what it refers to.

use super::super::facts::{Attrs, Cfg, Name, Path, Written};
use super::Lower;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Lit, Meta, Token};

/// Attributes that the compiler itself knows and that refer to nothing.
const BUILT_IN: &[&str] = &[
    "allow",
    "automatically_derived",
    "bench",
    "cfg",
    "cfg_attr",
    "clippy",
    "cold",
    "coverage",
    "default",
    "deny",
    "deprecated",
    "derive",
    "diagnostic",
    "doc",
    "expect",
    "export_name",
    "feature",
    "forbid",
    "global_allocator",
    "ignore",
    "inline",
    "link",
    "link_name",
    "link_section",
    "macro_export",
    "macro_use",
    "must_use",
    "no_implicit_prelude",
    "no_link",
    "no_main",
    "no_mangle",
    "no_std",
    "non_exhaustive",
    "panic_handler",
    "path",
    "proc_macro",
    "proc_macro_attribute",
    "proc_macro_derive",
    "recursion_limit",
    "repr",
    "rustfmt",
    "should_panic",
    "target_feature",
    "test",
    "track_caller",
    "type_length_limit",
    "unsafe",
    "used",
    "warn",
    "windows_subsystem",
];

/// Attributes of others that stand on nearly every field and say nothing about what the code is for.
const SILENT: &[&str] = &["serde", "error", "from", "source", "async_trait", "instrument", "arg", "pin"];

impl Lower<'_> {
    pub(super) fn attrs(&mut self, attrs: &[Attribute]) -> Attrs {
        let mut out = Attrs::default();
        let mut docs = String::new();
        for attr in attrs {
            self.meta(&attr.meta, None, &mut out, &mut docs);
        }
        out.summary = summary(&docs).map(Into::into);
        out
    }

    /// Only the `cfg`s of a list.
    pub(super) fn cfgs(&mut self, attrs: &[Attribute]) -> Vec<Cfg> {
        attrs.iter().filter(|a| a.path().is_ident("cfg")).filter_map(|a| a.parse_args_with(predicate).ok()).collect()
    }

    fn meta(&mut self, meta: &Meta, under: Option<&Cfg>, out: &mut Attrs, docs: &mut String) {
        let path = meta.path();
        let last = path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default();
        match last.as_str() {
            "cfg" => {
                if let Meta::List(list) = meta
                    && let Ok(cfg) = list.parse_args_with(predicate)
                {
                    out.cfg.push(cfg);
                }
            }
            "cfg_attr" => {
                if let Meta::List(list) = meta {
                    let parsed = list.parse_args_with(|input: ParseStream<'_>| {
                        let cfg = predicate(input)?;
                        input.parse::<Token![,]>()?;
                        Ok((cfg, Punctuated::<Meta, Token![,]>::parse_terminated(input)?))
                    });
                    if let Ok((cfg, metas)) = parsed {
                        let cfg = match under {
                            Some(outer) => Cfg::All(vec![outer.clone(), cfg]),
                            None => cfg,
                        };
                        for meta in &metas {
                            self.meta(meta, Some(&cfg), out, docs);
                        }
                    }
                }
            }
            "path" if path.get_ident().is_some() => {
                if let Some(text) = string(meta) {
                    out.path.push((under.cloned(), text.into()));
                }
            }
            "doc" => {
                if let Some(text) = string(meta)
                    && docs.len() < 400
                {
                    docs.push_str(&text);
                    docs.push('\n');
                }
            }
            "macro_use" => out.macro_use = true,
            "macro_export" => out.macro_export = true,
            "proc_macro" | "proc_macro_attribute" => out.proc_macro = Some(self.text("")),
            "proc_macro_derive" => {
                if let Meta::List(list) = meta
                    && let Some(proc_macro2::TokenTree::Ident(name)) = list.tokens.clone().into_iter().next()
                {
                    out.proc_macro = Some(self.name(&name));
                }
            }
            "derive" => {
                if let Meta::List(list) = meta
                    && let Ok(paths) = list.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
                {
                    let paths: Vec<Path> = paths.iter().map(|p| self.path(p)).collect();
                    out.derives.extend(paths);
                }
            }
            _ => {
                // `#[tokio::test]` and its likes mark tests as `#[test]` does; under a `cfg_attr` it may never apply.
                if matches!(last.as_str(), "test" | "bench" | "rstest" | "test_case") && under.is_none() {
                    out.test = true;
                }
                self.named_in(meta, under, &mut out.named);
                self.written(meta, under, None, &mut out.written);
                let first = path.segments.first().map(|s| s.ident.to_string()).unwrap_or_default();
                if !BUILT_IN.contains(&first.as_str()) && under.is_none() {
                    let path = self.path(path);
                    out.macros.push(path);
                }
            }
        }
    }
}

impl Lower<'_> {
    /// Keeps an attribute as it is written.
    pub(super) fn written(&mut self, meta: &Meta, under: Option<&Cfg>, member: Option<Name>, out: &mut Vec<Written>) {
        let path = meta.path();
        let Some(first) = path.segments.first() else { return };
        if BUILT_IN.iter().chain(SILENT).any(|known| first.ident == known) {
            return;
        }
        let arguments: Box<str> = match meta {
            Meta::Path(_) => "".into(),
            Meta::List(list) => {
                let span = list.delimiter.span();
                self.between(span.open(), span.close()).map_or_else(|| list.tokens.to_string().into(), |(text, _)| text.into())
            }
            Meta::NameValue(_) => string(meta).unwrap_or_default().into(),
        };
        let line = self.item_pos(first.ident.span()).line;
        let text = path.segments.iter().map(|s| s.ident.to_string()).collect::<Vec<_>>().join("::");
        let path = self.text(&text);
        out.push(Written { cfg: under.cloned(), member, path, arguments, line });
    }
}

fn string(meta: &Meta) -> Option<String> {
    match meta {
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

/// First sentence of a doc comment, on one line.
fn summary(docs: &str) -> Option<String> {
    let paragraph: Vec<&str> =
        docs.lines().map(str::trim).skip_while(|l| l.is_empty()).take_while(|l| !l.is_empty() && !l.starts_with("```")).collect();
    let text = paragraph.join(" ");
    let end = text.find(". ").map_or(text.len(), |p| p + 1);
    let sentence = text[..end].trim_start_matches(['#', ' ']).trim();
    if sentence.is_empty() { None } else { Some(sentence.to_owned()) }
}

fn predicate(input: ParseStream<'_>) -> syn::Result<Cfg> {
    use syn::ext::IdentExt;
    if input.peek(syn::LitBool) {
        let value = input.parse::<syn::LitBool>()?.value;
        return Ok(if value { Cfg::All(Vec::new()) } else { Cfg::Any(Vec::new()) });
    }
    let name = input.call(proc_macro2::Ident::parse_any)?.to_string();
    if input.peek(syn::token::Paren) {
        let content;
        syn::parenthesized!(content in input);
        let list: Vec<Cfg> = content.parse_terminated(predicate, Token![,])?.into_iter().collect();
        return match name.as_str() {
            "all" => Ok(Cfg::All(list)),
            "any" => Ok(Cfg::Any(list)),
            "not" => list.into_iter().next().map(|c| Cfg::Not(Box::new(c))).ok_or_else(|| content.error("not() is empty")),
            _ => Ok(Cfg::Flag(name.into())),
        };
    }
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let value = input.parse::<syn::LitStr>()?.value();
        return Ok(Cfg::Value(name.into(), value.into()));
    }
    Ok(Cfg::Flag(name.into()))
}
