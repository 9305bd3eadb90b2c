//! A file that does not parse as a whole, item by item: what parses is kept, what does not is named.

use super::Lower;
use syn::Item;
use syn::parse::{ParseStream, Parser};

/// Lowers what can be read of `text`, whose parsing as a file failed with `error`.
pub(super) fn file(text: &str, error: &syn::Error, lower: &mut Lower<'_>) {
    // Lexing fails on unbalanced brackets and open literals: then there is nothing to go on with.
    let Ok(tokens) = text.parse::<proc_macro2::TokenStream>() else {
        let place = lower.pos(error.span());
        let message = "the brackets or quotes of this file do not match, so that nothing in it can be read".to_owned();
        lower.facts.errors.push((place, message));
        return;
    };
    let mut errors = Vec::new();
    let parsed = (|input: ParseStream<'_>| {
        let attrs = input.call(syn::Attribute::parse_inner).unwrap_or_default();
        Ok((attrs, items(input, &mut errors)))
    })
    .parse2(tokens);
    if let Ok((attrs, items)) = parsed {
        lower.facts.attrs = lower.attrs(&attrs);
        lower.facts.root = lower.items(&items);
    }
    if errors.is_empty() {
        errors.push(error.clone());
    }
    for error in errors {
        let place = lower.pos(error.span());
        lower.facts.errors.push((place, error.to_string()));
    }
}

fn items(input: ParseStream<'_>, errors: &mut Vec<syn::Error>) -> Vec<Item> {
    let mut items = Vec::new();
    while !input.is_empty() {
        use syn::parse::discouraged::Speculative;
        let fork = input.fork();
        match fork.parse::<Item>() {
            Ok(item) => {
                input.advance_to(&fork);
                items.push(item);
            }
            Err(error) => {
                let fork = input.fork();
                if let Ok(module) = module(&fork, errors) {
                    input.advance_to(&fork);
                    items.push(module);
                } else {
                    errors.push(error);
                    skip(input);
                }
            }
        }
    }
    items
}

/// An inline module whose contents do not all parse.
fn module(input: ParseStream<'_>, errors: &mut Vec<syn::Error>) -> syn::Result<Item> {
    let attrs = input.call(syn::Attribute::parse_outer)?;
    let vis = input.parse()?;
    let mod_token = input.parse()?;
    let ident = input.parse()?;
    let content;
    let brace = syn::braced!(content in input);
    let content = items(&content, errors);
    Ok(Item::Mod(syn::ItemMod { attrs, vis, unsafety: None, mod_token, ident, content: Some((brace, content)), semi: None }))
}

/// Past the next `;` or closed brace at this level, always by at least one token.
fn skip(input: ParseStream<'_>) {
    loop {
        match input.parse::<proc_macro2::TokenTree>() {
            Ok(proc_macro2::TokenTree::Punct(p)) if p.as_char() == ';' => return,
            Ok(proc_macro2::TokenTree::Group(g)) if g.delimiter() == proc_macro2::Delimiter::Brace => return,
            Ok(_) => {}
            Err(_) => return,
        }
    }
}
