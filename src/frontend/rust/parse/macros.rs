//! Arguments of macro invocations, as far as they parse.
//!
//! A macro's arguments are whatever its author likes. Most are lists of expressions, statements or items; a few well-known
//! ones have shapes of their own. The rest is cut at its separators and each piece is tried as an expression, then as a type;
//! from what is still not understood only the paths are taken, and the tokens are counted as a blind spot.

use super::super::facts::{Arm, Cfg, ExprIx, ExprKind, ItemIx, Lit, MacroArgs, MacroCall, Path, Pos, TypeIx};
use super::{Lower, count, path_span};
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Expr, Token};

/// Macros that nobody declares anew: their arguments are understood as they stand.
const WELL_KNOWN: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprintln",
    "env",
    "format",
    "format_args",
    "include",
    "include_str",
    "matches",
    "panic",
    "print",
    "println",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
    "lazy_static",
    "thread_local",
    "cfg_if",
    "json",
];

#[derive(Default)]
struct Fragments {
    exprs: Vec<ExprIx>,
    arms: Vec<Arm>,
    types: Vec<TypeIx>,
    paths: Vec<Path>,
    opaque: u32,
}

/// Arguments in one of the forms that most macros take.
enum Parsed {
    Items(Vec<syn::Item>),
    Members(Vec<syn::ImplItem>),
    List(Punctuated<Expr, Token![,]>),
    Statements(Vec<syn::Stmt>),
}

type Form = fn(ParseStream<'_>) -> syn::Result<Parsed>;

const ITEMS: Form = |input| list_of(input).map(Parsed::Items);
const MEMBERS: Form = |input| list_of(input).map(Parsed::Members);
const LIST: Form = |input| Punctuated::parse_terminated(input).map(Parsed::List);
const STATEMENTS: Form = |input| syn::Block::parse_within(input).map(Parsed::Statements);

impl Lower<'_> {
    /// A macro where an expression, statement, type or pattern stands.
    pub(super) fn macro_call(&mut self, mac: &syn::Macro) -> MacroCall {
        let name = last(mac);
        let path = self.path(&mac.path);
        let args = match name.as_str() {
            "include" => include(mac),
            "matches" | "assert_matches" | "debug_assert_matches" => self.matches(mac),
            "select" | "select_biased" => self.select(mac),
            _ => None,
        };
        let args = args.or_else(|| self.format(mac, &name));
        let args = args.or_else(|| self.first_of(&[LIST, STATEMENTS], mac)).unwrap_or_else(|| self.fragments(mac));
        MacroCall { path, args, text: self.macro_text(mac, &name) }
    }

    /// The arguments as written, where the macro may be one of the workspace's own.
    fn macro_text(&mut self, mac: &syn::Macro, name: &str) -> Option<(Box<str>, Pos)> {
        if WELL_KNOWN.contains(&name) {
            return None;
        }
        if self.mapping.is_some() {
            // What a macro gave has no text of its own; printing its tokens gives an equal one.
            return Some((mac.tokens.to_string().into(), self.pos(path_span(&mac.path))));
        }
        let span = mac.delimiter.span();
        self.between(span.open(), span.close()).map(|(text, pos)| (text.into(), pos))
    }

    /// A macro where an item stands.
    pub(super) fn item_macro(&mut self, mac: &syn::Macro) -> MacroCall {
        let name = last(mac);
        let path = self.path(&mac.path);
        let args = match name.as_str() {
            "include" => include(mac).or_else(|| self.first_of(&[LIST], mac)),
            _ => self.item_args(mac, &name),
        };
        let args = args.unwrap_or_else(|| self.fragments(mac));
        MacroCall { path, args, text: self.macro_text(mac, &name) }
    }

    fn item_args(&mut self, mac: &syn::Macro, name: &str) -> Option<MacroArgs> {
        if mac.tokens.is_empty() {
            return Some(MacroArgs::Items(Vec::new()));
        }
        if name == "cfg_if" {
            return self.cfg_if(mac).or_else(|| self.first_of(&[LIST], mac));
        }
        if matches!(name, "lazy_static" | "thread_local")
            && let Ok(items) = list_of::<syn::Item>.parse2(statics(&mac.tokens))
        {
            return Some(MacroArgs::Items(self.items(&items)));
        }
        // Inside impl blocks and traits a macro's arguments are often members.
        self.first_of(&[ITEMS, MEMBERS, LIST], mac)
    }

    /// The arguments in the first of these forms in which all of them parse: their tokens are laid out for parsing once for all forms.
    fn first_of(&mut self, forms: &[Form], mac: &syn::Macro) -> Option<MacroArgs> {
        let attempts = |input: ParseStream<'_>| {
            for form in forms {
                let fork = input.fork();
                if let Ok(parsed) = form(&fork)
                    && fork.is_empty()
                {
                    input.advance_to(&fork);
                    return Ok(parsed);
                }
            }
            Err(input.error("none of the forms"))
        };
        Some(match mac.parse_body_with(attempts).ok()? {
            Parsed::Items(items) => MacroArgs::Items(self.items(&items)),
            Parsed::Members(members) => MacroArgs::Items(self.impl_items(&members)),
            Parsed::Statements(stmts) => MacroArgs::Block(self.stmts(&stmts)),
            Parsed::List(list) => {
                let exprs = list.iter().map(|e| self.argument(e)).collect();
                MacroArgs::Fragments { exprs, arms: Vec::new(), types: Vec::new(), paths: Vec::new() }
            }
        })
    }

    /// `format!("{name}")` names a variable as `format!("{}", name)` does: it becomes an argument, and names in the text become positions.
    fn format(&mut self, mac: &syn::Macro, name: &str) -> Option<MacroArgs> {
        if !matches!(name, "format" | "format_args") {
            return None;
        }
        let list = mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated).ok()?;
        let Some(Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(literal), .. })) = list.first() else { return None };
        let mut names: Vec<String> = list.iter().skip(1).map(assigned).collect();
        let explicit = names.len();
        let text = positions(&literal.value(), &mut names)?;
        let kind = ExprKind::Lit(Lit::Str(self.new_text(text.into())));
        let mut exprs = vec![self.make(literal.span(), kind)];
        exprs.extend(list.iter().skip(1).map(|e| self.argument(e)));
        for captured in &names[explicit..] {
            let path = syn::Path::from(syn::Ident::new(captured, literal.span()));
            exprs.push(self.expr(&Expr::Path(syn::ExprPath { attrs: Vec::new(), qself: None, path })));
        }
        Some(MacroArgs::Fragments { exprs, arms: Vec::new(), types: Vec::new(), paths: Vec::new() })
    }

    /// `name = value` is a named argument, not an assignment.
    fn argument(&mut self, expr: &Expr) -> ExprIx {
        match expr {
            Expr::Assign(a) if matches!(&*a.left, Expr::Path(p) if p.path.get_ident().is_some()) => self.expr(&a.right),
            _ => self.expr(expr),
        }
    }

    /// `matches!(value, pattern if guard, …)`
    fn matches(&mut self, mac: &syn::Macro) -> Option<MacroArgs> {
        let (value, pat, guard) = mac
            .parse_body_with(|input: ParseStream<'_>| {
                let value: Expr = input.parse()?;
                input.parse::<Token![,]>()?;
                let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
                let guard = if input.peek(Token![if]) {
                    input.parse::<Token![if]>()?;
                    Some(input.parse::<Expr>()?)
                } else {
                    None
                };
                input.parse::<TokenStream>()?;
                Ok((value, pat, guard))
            })
            .ok()?;
        let span = path_span(&mac.path);
        let value = self.expr(&value);
        let pat = self.pat(&pat);
        let guard = guard.map(|g| self.expr(&g));
        let body = self.make(span, ExprKind::Lit(Lit::Bool));
        let matched = self.make(span, ExprKind::Match(value, vec![Arm { cfg: Vec::new(), pat, guard, body }]));
        Some(one(matched))
    }

    /// `select! { pattern = future, if guard => body, … }`
    fn select(&mut self, mac: &syn::Macro) -> Option<MacroArgs> {
        struct Branch(Option<syn::Pat>, Option<Expr>, Option<Expr>, Expr);
        let branches = mac
            .parse_body_with(|input: ParseStream<'_>| {
                let mut branches = Vec::new();
                if input.peek(syn::Ident) && input.peek2(Token![;]) {
                    input.parse::<syn::Ident>()?;
                    input.parse::<Token![;]>()?;
                }
                while !input.is_empty() {
                    let (pat, future, mut guard) = if input.peek(Token![else]) || input.peek(syn::Ident) && input.peek2(Token![=>]) {
                        input.parse::<TokenTree>()?;
                        (None, None, None)
                    } else {
                        let pat = syn::Pat::parse_multi_with_leading_vert(input)?;
                        input.parse::<Token![=]>()?;
                        (Some(pat), Some(input.parse::<Expr>()?), None)
                    };
                    if input.peek(Token![,]) {
                        input.parse::<Token![,]>()?;
                        input.parse::<Token![if]>()?;
                        guard = Some(input.parse::<Expr>()?);
                    }
                    input.parse::<Token![=>]>()?;
                    let body = if input.peek(syn::token::Brace) {
                        let block: syn::Block = input.parse()?;
                        Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block })
                    } else {
                        input.parse()?
                    };
                    if input.peek(Token![,]) {
                        input.parse::<Token![,]>()?;
                    }
                    branches.push(Branch(pat, future, guard, body));
                }
                Ok(branches)
            })
            .ok()?;
        let span = path_span(&mac.path);
        let mut exprs = Vec::new();
        for Branch(pat, future, guard, body) in branches {
            let guard = guard.map(|g| self.expr(&g));
            match (pat, future) {
                (Some(pat), Some(future)) => {
                    let future = self.expr(&future);
                    let output = self.make(span, ExprKind::Await(future));
                    let arm = Arm { cfg: Vec::new(), pat: self.pat(&pat), guard, body: self.expr(&body) };
                    exprs.push(self.make(span, ExprKind::Match(output, vec![arm])));
                }
                _ => exprs.push(self.expr(&body)),
            }
        }
        Some(MacroArgs::Fragments { exprs, arms: Vec::new(), types: Vec::new(), paths: Vec::new() })
    }

    /// `if #[cfg(…)] { items } else if … else { items }`: items under the condition of their branch.
    fn cfg_if(&mut self, mac: &syn::Macro) -> Option<MacroArgs> {
        let branches = mac
            .parse_body_with(|input: ParseStream<'_>| {
                let mut branches: Vec<(Vec<syn::Attribute>, Vec<syn::Item>)> = Vec::new();
                loop {
                    let attrs = if input.peek(Token![if]) {
                        input.parse::<Token![if]>()?;
                        input.call(syn::Attribute::parse_outer)?
                    } else {
                        Vec::new()
                    };
                    let content;
                    syn::braced!(content in input);
                    branches.push((attrs, list_of(&content)?));
                    if input.is_empty() {
                        return Ok(branches);
                    }
                    input.parse::<Token![else]>()?;
                }
            })
            .ok()?;
        let mut out = Vec::new();
        let mut before: Vec<Cfg> = Vec::new();
        for (attrs, items) in branches {
            let own = Cfg::All(self.cfgs(&attrs));
            let mut condition = vec![own.clone()];
            condition.extend(before.iter().map(|c| Cfg::Not(Box::new(c.clone()))));
            let items: Vec<ItemIx> = self.items(&items);
            for item in &items {
                self.facts.items[item.0 as usize].attrs.cfg.extend(condition.iter().cloned());
            }
            out.extend(items);
            before.push(own);
        }
        Some(MacroArgs::Items(out))
    }

    fn fragments(&mut self, mac: &syn::Macro) -> MacroArgs {
        let mut found = Fragments::default();
        self.split(mac.tokens.clone(), &mut found);
        if found.opaque > 0 {
            let name = self.text(&last(mac));
            self.facts.opaque.push((name, found.opaque));
        }
        MacroArgs::Fragments { exprs: found.exprs, arms: found.arms, types: found.types, paths: found.paths }
    }

    /// Cuts at `,` and `;` and reads each piece.
    fn split(&mut self, tokens: TokenStream, found: &mut Fragments) {
        let mut piece = Vec::new();
        for token in tokens {
            match &token {
                TokenTree::Punct(p) if matches!(p.as_char(), ',' | ';') => self.piece(std::mem::take(&mut piece), found),
                _ => piece.push(token),
            }
        }
        self.piece(piece, found);
    }

    fn piece(&mut self, piece: Vec<TokenTree>, found: &mut Fragments) {
        if piece.is_empty() {
            return;
        }
        // An attempt costs a copy of all tokens, and an error where it fails: none is made that cannot but fail.
        if !is_labelled(&piece)
            && let Ok(expr) = syn::parse2::<Expr>(piece.iter().cloned().collect())
        {
            let expr = self.argument(&expr);
            found.exprs.push(expr);
            return;
        }
        if has_arrow(&piece)
            && let Ok(arm) = syn::parse2::<syn::Arm>(piece.iter().cloned().collect())
        {
            let arm = self.arm(&arm);
            found.arms.push(arm);
            return;
        }
        if let [TokenTree::Group(group)] = piece.as_slice() {
            self.split(group.stream(), found);
            return;
        }
        // `name: value`, `name = %value`, `?value`, `key => value`: what follows the last marker is the value.
        if let Some(at) = marker(&piece) {
            let mut rest = piece;
            let value = rest.split_off(at);
            let before: Vec<TokenTree> = rest.into_iter().filter(|t| !matches!(t, TokenTree::Punct(_))).collect();
            for token in before {
                if let TokenTree::Group(group) = token {
                    self.split(group.stream(), found);
                }
            }
            self.piece(value, found);
            return;
        }
        if let Ok(ty) = syn::parse2::<syn::Type>(piece.iter().cloned().collect()) {
            let ty = self.ty(&ty);
            found.types.push(ty);
            return;
        }
        found.opaque += count(piece.len());
        self.scan(piece, found);
    }

    /// Takes the paths out of tokens that mean nothing to us, and looks into their groups.
    fn scan(&mut self, tokens: Vec<TokenTree>, found: &mut Fragments) {
        let mut rest: &[TokenTree] = &tokens;
        while let Some(token) = rest.first() {
            if let TokenTree::Group(group) = token {
                self.split(group.stream(), found);
                rest = &rest[1..];
                continue;
            }
            let mut length = 0;
            if matches!(token, TokenTree::Ident(_)) {
                length = 1;
                while let [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(_), ..] = &rest[length..] {
                    if a.as_char() != ':' || b.as_char() != ':' {
                        break;
                    }
                    length += 3;
                }
            }
            if length > 1
                && let Ok(path) = syn::parse2::<syn::Path>(rest[..length].iter().cloned().collect())
            {
                let path = self.path(&path);
                found.paths.push(path);
            }
            rest = &rest[length.max(1)..];
        }
    }
}

/// Does this macro declare items wherever it stands?
pub(super) fn declares_items(mac: &syn::Macro) -> bool {
    mac.path.segments.last().is_some_and(|s| s.ident == "lazy_static" || s.ident == "thread_local")
}

fn one(expr: ExprIx) -> MacroArgs {
    MacroArgs::Fragments { exprs: vec![expr], arms: Vec::new(), types: Vec::new(), paths: Vec::new() }
}

/// The name of a named argument.
fn assigned(expr: &Expr) -> String {
    match expr {
        Expr::Assign(a) => match &*a.left {
            Expr::Path(p) => p.path.get_ident().map(ToString::to_string).unwrap_or_default(),
            _ => String::new(),
        },
        _ => String::new(),
    }
}

/// The format string with positions for names; those that stand for variables are added to `names`. `None` where there is no name.
fn positions(format: &str, names: &mut Vec<String>) -> Option<String> {
    let mut out = String::with_capacity(format.len());
    let mut is_changed = false;
    let mut rest = format;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..=open]);
        rest = &rest[open + 1..];
        if let Some(after) = rest.strip_prefix('{') {
            out.push('{');
            rest = after;
            continue;
        }
        let end = rest.find([':', '}']).unwrap_or(rest.len());
        let name = rest[..end].trim();
        if syn::parse_str::<syn::Ident>(name).is_ok() {
            let at = names.iter().position(|n| n == name).unwrap_or_else(|| {
                names.push(name.to_owned());
                names.len() - 1
            });
            out.push_str(&at.to_string());
            rest = &rest[end..];
            is_changed = true;
        }
    }
    out.push_str(rest);
    is_changed.then_some(out)
}

fn last(mac: &syn::Macro) -> String {
    mac.path.segments.last().map(|s| s.ident.to_string()).unwrap_or_default()
}

fn include(mac: &syn::Macro) -> Option<MacroArgs> {
    let file: syn::LitStr = mac.parse_body().ok()?;
    Some(MacroArgs::Include(file.value().into()))
}

fn list_of<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let mut list = Vec::new();
    while !input.is_empty() {
        list.push(input.parse()?);
    }
    Ok(list)
}

/// `static ref X: T = e;` without the `ref`, and with the last `;` that `thread_local!` lets one leave out.
fn statics(tokens: &TokenStream) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    for token in tokens.clone() {
        let after_static = matches!(out.last(), Some(TokenTree::Ident(i)) if *i == "static");
        if after_static && matches!(&token, TokenTree::Ident(i) if *i == "ref") {
            continue;
        }
        out.push(token);
    }
    if !matches!(out.last(), Some(TokenTree::Punct(p)) if p.as_char() == ';') && !out.is_empty() {
        out.push(proc_macro2::Punct::new(';', Spacing::Alone).into());
    }
    out.into_iter().collect()
}

/// `name: …` or `"name": …`, which is no expression.
fn is_labelled(piece: &[TokenTree]) -> bool {
    matches!(piece, [TokenTree::Ident(_) | TokenTree::Literal(_), TokenTree::Punct(colon), ..]
        if colon.as_char() == ':' && colon.spacing() == Spacing::Alone)
}

/// Is there a `=>` at this level, without which there is no arm?
fn has_arrow(piece: &[TokenTree]) -> bool {
    piece.windows(2).any(|pair| matches!(pair, [TokenTree::Punct(a), TokenTree::Punct(b)] if a.as_char() == '=' && b.as_char() == '>'))
}

/// Index after the first `=>`, `=`, single `:`, leading `%` or `?` at this level.
fn marker(piece: &[TokenTree]) -> Option<usize> {
    let is = |i: usize, c: char| matches!(piece.get(i), Some(TokenTree::Punct(p)) if p.as_char() == c);
    if is(0, '%') || is(0, '?') {
        return (piece.len() > 1).then_some(1);
    }
    for i in 0..piece.len() {
        if matches!(&piece[i], TokenTree::Group(g) if g.delimiter() == Delimiter::Brace) && i == 0 {
            return None;
        }
        let joined_left = i > 0 && (is(i - 1, '=') || is(i - 1, '<') || is(i - 1, '>') || is(i - 1, '!') || is(i - 1, ':'));
        if is(i, '=') && !joined_left {
            let end = if is(i + 1, '>') {
                i + 2
            } else if is(i + 1, '=') {
                continue;
            } else {
                i + 1
            };
            return (end < piece.len()).then_some(end);
        }
        if is(i, ':') && !joined_left && !is(i + 1, ':') {
            return (i + 1 < piece.len()).then_some(i + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::{Tests, parse};

    fn opaque(text: &str) -> usize {
        let facts = parse(text, Tests::Read);
        assert_eq!(facts.errors, Vec::new());
        facts.opaque.len()
    }

    #[test]
    fn well_known_shapes_are_understood() {
        for body in [
            "vec![a(); 3]",
            "format!(\"{} {x}\", a::b(), x = c())",
            "matches!(a, Some(B::C { .. }) | None if f(a))",
            "info!(target: \"t\", user = %id, ?err, \"done {}\", x)",
            "json!({ \"a\": x.y, \"b\": [f(1), { \"c\": null }] })",
            "tokio::select! { biased; Some(x) = rx.recv() => x.go(), _ = stop.changed(), if ready => { f(); } else => break }",
            "hashmap! { a => b(), c => d() }",
        ] {
            assert_eq!(opaque(&format!("fn f() {{ {body}; }}")), 0, "{body}");
        }
        assert_eq!(opaque("lazy_static! { static ref A: B = c(); pub static ref D: E = f(); }"), 0);
        assert_eq!(opaque("cfg_if::cfg_if! { if #[cfg(unix)] { mod a; } else { mod b; } }"), 0);
    }

    #[test]
    fn what_is_not_understood_is_counted() {
        assert_eq!(opaque("query! { FROM users SELECT * WHERE }"), 1);
    }
}
