//! `macro_rules!` by example: matches an invocation against the rules and parses what comes out (Rust Reference, "Macros By Example").
//!
//! Takes: the text of the rules and of the invocation. Gives: facts of their own, in which arguments keep their place in the
//! invocation and everything else its place in the definition, marked as such; items stand at the invocation. Bounded: an expansion of more than [`TOKENS`] tokens is given up.
//! Not done: hygiene of locals, metavariable expressions (`${…}`).

use super::super::facts::{BlockIx, ExprIx, FileFacts, ItemIx, PatIx, Pos, TypeIx};
use super::Lower;
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use syn::ext::IdentExt;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream, Parser};

/// More than any macro that people write gives for one invocation.
const TOKENS: usize = 50_000;

/// `$crate` of a macro of the workspace crate with this number.
pub(in crate::frontend::rust) const CRATE: &str = "__seamline_crate_";

/// What is expected where the macro stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(in crate::frontend::rust) enum Want {
    Items,
    Members,
    Expr,
    Type,
    Pat,
}

/// What came out, as indices into facts of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::frontend::rust) enum Root {
    Items(Vec<ItemIx>),
    Expr(ExprIx),
    Block(BlockIx),
    Type(TypeIx),
    Pat(PatIx),
}

/// One invocation.
#[derive(Serialize)]
pub(in crate::frontend::rust) struct Invocation<'a> {
    /// Text between the outer brackets of the definition.
    pub rules: &'a str,
    /// Where that begins, in its own file.
    pub rules_start: Pos,
    /// Text between the brackets of the invocation.
    pub text: &'a str,
    /// Where that text begins.
    pub start: Pos,
    /// Number of the crate that defines the macro.
    pub krate: usize,
    pub want: Want,
}

/// Expands; `None` where no rule matches or what comes out does not parse.
pub(in crate::frontend::rust) fn expand(invocation: &Invocation<'_>) -> Option<(FileFacts, Root)> {
    let result = expanded(invocation);
    proc_macro2::extra::invalidate_current_thread_spans();
    result
}

fn expanded(invocation: &Invocation<'_>) -> Option<(FileFacts, Root)> {
    let args: TokenStream = invocation.text.parse().ok()?;
    let file = |tokens: &TokenStream| tokens.clone().into_iter().next().map(|t| t.span().file());
    let rules: TokenStream = invocation.rules.parse().ok()?;
    let mapping = Mapping { arguments: file(&args), start: invocation.start, rules: file(&rules), rules_start: invocation.rules_start };
    let tokens = rules_of(rules)?.into_iter().find_map(|rule| {
        let bound = rule.matches(args.clone())?;
        let mut out = Vec::new();
        transcribe(&rule.body, &bound, &[], invocation.krate, &mut out)?;
        Some(out.into_iter().collect::<TokenStream>())
    })?;
    let mut lower = Lower::new("");
    lower.mapping = Some(mapping);
    let root = match invocation.want {
        Want::Items => Root::Items(lower.items(&list::<syn::Item>.parse2(tokens).ok()?)),
        Want::Members => Root::Items(lower.impl_items(&list::<syn::ImplItem>.parse2(tokens).ok()?)),
        Want::Type => Root::Type(lower.ty(&syn::parse2::<syn::Type>(tokens).ok()?)),
        Want::Pat => Root::Pat(lower.pat(&syn::Pat::parse_multi_with_leading_vert.parse2(tokens).ok()?)),
        Want::Expr => match syn::parse2::<syn::Expr>(tokens.clone()) {
            Ok(expr) => Root::Expr(lower.expr(&expr)),
            Err(_) => {
                let stmts = syn::Block::parse_within.parse2(tokens).ok()?;
                Root::Block(lower.stmts(&stmts))
            }
        },
    };
    Some((lower.facts, root))
}

fn list<T: Parse>(input: ParseStream<'_>) -> syn::Result<Vec<T>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(input.parse()?);
    }
    Ok(items)
}

/// Where tokens really stand: those of the invocation there, those of the definition in its own file.
pub(super) struct Mapping {
    arguments: Option<String>,
    start: Pos,
    rules: Option<String>,
    rules_start: Pos,
}

impl Mapping {
    pub(super) fn pos(&self, span: Span) -> Pos {
        let file = Some(span.file());
        if file == self.arguments && self.start.of_definition().is_none() {
            moved(span, self.start)
        } else if file == self.rules {
            moved(span, self.rules_start).in_definition()
        } else {
            // Arguments that another macro wrote: nobody can tell which of them stand in its definition.
            Pos::default().in_definition()
        }
    }

    pub(super) fn at_invocation(&self, span: Span) -> Pos {
        let pos = self.pos(span);
        let start = self.start.of_definition().unwrap_or(self.start);
        if pos.of_definition().is_some() { start } else { pos }
    }
}

/// The place of a span of a text that begins at `start`.
fn moved(span: Span, start: Pos) -> Pos {
    let own = super::plain_pos(span);
    let column = if own.line == 1 { own.column + start.column - 1 } else { own.column };
    Pos { line: own.line + start.line - 1, column }
}

struct Rule {
    matcher: Vec<Pattern>,
    body: Vec<TokenTree>,
}

/// A piece of a matcher.
enum Pattern {
    Token(TokenTree),
    Group(Delimiter, Vec<Pattern>),
    Variable(String, String),
    Repeat { inner: Vec<Pattern>, separator: Option<TokenTree>, at_most_once: bool, at_least_once: bool },
}

/// What a variable stands for: tokens, or one of these for each repetition.
enum Bound {
    Tokens(Vec<TokenTree>),
    Each(Vec<Bound>),
}

type Bindings = BTreeMap<String, Bound>;

fn rules_of(tokens: TokenStream) -> Option<Vec<Rule>> {
    let mut rules = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let TokenTree::Group(matcher) = token else { return None };
        if !is_punct(rest.next().as_ref(), '=') || !is_punct(rest.next().as_ref(), '>') {
            return None;
        }
        let Some(TokenTree::Group(body)) = rest.next() else { return None };
        let matcher = patterns(matcher.stream())?;
        rules.push(Rule { matcher, body: body.stream().into_iter().collect() });
        if is_punct(rest.peek(), ';') {
            rest.next();
        }
    }
    Some(rules)
}

fn is_punct(token: Option<&TokenTree>, c: char) -> bool {
    matches!(token, Some(TokenTree::Punct(p)) if p.as_char() == c)
}

fn patterns(tokens: TokenStream) -> Option<Vec<Pattern>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match (&tokens[at], tokens.get(at + 1)) {
            (dollar, Some(TokenTree::Group(group))) if is_punct(Some(dollar), '$') && group.delimiter() == Delimiter::Parenthesis => {
                let (separator, operator, next) = repetition(&tokens, at + 2)?;
                let inner = patterns(group.stream())?;
                out.push(Pattern::Repeat { inner, separator, at_most_once: operator == '?', at_least_once: operator == '+' });
                at = next;
            }
            (dollar, Some(TokenTree::Ident(name))) if is_punct(Some(dollar), '$') && is_punct(tokens.get(at + 2), ':') => {
                let TokenTree::Ident(fragment) = tokens.get(at + 3)? else { return None };
                out.push(Pattern::Variable(name.to_string(), fragment.to_string()));
                at += 4;
            }
            (TokenTree::Group(group), _) => {
                out.push(Pattern::Group(group.delimiter(), patterns(group.stream())?));
                at += 1;
            }
            (token, _) => {
                out.push(Pattern::Token(token.clone()));
                at += 1;
            }
        }
    }
    Some(out)
}

/// Separator and operator after `$( … )`, and where the next token is.
fn repetition(tokens: &[TokenTree], at: usize) -> Option<(Option<TokenTree>, char, usize)> {
    let operator = |i: usize| match tokens.get(i) {
        Some(TokenTree::Punct(p)) if matches!(p.as_char(), '*' | '+' | '?') => Some(p.as_char()),
        _ => None,
    };
    match operator(at) {
        // `$(…)+*` has `+` as its separator.
        Some(_)
            if matches!(tokens.get(at), Some(TokenTree::Punct(p)) if p.as_char() != '?')
                && operator(at + 1).is_some_and(|c| c != '?')
                && joined(tokens, at) =>
        {
            Some((Some(tokens[at].clone()), operator(at + 1)?, at + 2))
        }
        Some(c) => Some((None, c, at + 1)),
        None => Some((Some(tokens.get(at)?.clone()), operator(at + 1)?, at + 2)),
    }
}

fn joined(tokens: &[TokenTree], at: usize) -> bool {
    matches!(&tokens[at], TokenTree::Punct(p) if p.spacing() == proc_macro2::Spacing::Joint)
}

impl Rule {
    fn matches(&self, args: TokenStream) -> Option<Bindings> {
        let mut bound = Bindings::new();
        let matched = (|input: ParseStream<'_>| {
            sequence(&self.matcher, input, &mut bound)?;
            if input.is_empty() { Ok(()) } else { Err(input.error("more than the rule takes")) }
        })
        .parse2(args);
        matched.is_ok().then_some(bound)
    }
}

fn sequence(patterns: &[Pattern], input: ParseStream<'_>, bound: &mut Bindings) -> syn::Result<()> {
    for (i, pattern) in patterns.iter().enumerate() {
        match pattern {
            Pattern::Token(expected) => token(expected, input)?,
            Pattern::Group(delimiter, inner) => {
                let TokenTree::Group(group) = input.parse::<TokenTree>()? else { return Err(input.error("a group is expected")) };
                if group.delimiter() != *delimiter {
                    return Err(input.error("another bracket is expected"));
                }
                let whole = |content: ParseStream<'_>| {
                    sequence(inner, content, bound)?;
                    if content.is_empty() { Ok(()) } else { Err(content.error("more than the rule takes")) }
                };
                whole.parse2(group.stream())?;
            }
            Pattern::Variable(name, fragment) => {
                let tokens = self::fragment(fragment, input)?;
                bound.insert(name.clone(), Bound::Tokens(tokens));
            }
            Pattern::Repeat { inner, separator, at_most_once, at_least_once } => {
                let mut rounds: Vec<Bindings> = Vec::new();
                let full = |rounds: &[Bindings]| *at_most_once && rounds.len() == 1;
                while !input.is_empty() && !full(&rounds) {
                    let fork = input.fork();
                    if let (Some(separator), false) = (separator, rounds.is_empty())
                        && token(separator, &fork).is_err()
                    {
                        break;
                    }
                    // What follows the repetition wins over one more round where both could go on.
                    if rounds.is_empty() && !starts(inner, &fork) && starts(&patterns[i + 1..], &fork) {
                        break;
                    }
                    let before = fork.cursor();
                    let mut round = Bindings::new();
                    if sequence(inner, &fork, &mut round).is_err() || fork.cursor() == before {
                        break;
                    }
                    input.advance_to(&fork);
                    rounds.push(round);
                }
                if *at_least_once && rounds.is_empty() {
                    return Err(input.error("at least one is expected"));
                }
                let mut names = Vec::new();
                variables(inner, &mut names);
                let mut each: BTreeMap<String, Vec<Bound>> = names.into_iter().map(|n| (n, Vec::new())).collect();
                for round in rounds {
                    for (name, value) in round {
                        each.entry(name).or_default().push(value);
                    }
                }
                bound.extend(each.into_iter().map(|(n, v)| (n, Bound::Each(v))));
            }
        }
    }
    Ok(())
}

fn variables(patterns: &[Pattern], names: &mut Vec<String>) {
    for pattern in patterns {
        match pattern {
            Pattern::Variable(name, _) => names.push(name.clone()),
            Pattern::Group(_, inner) | Pattern::Repeat { inner, .. } => variables(inner, names),
            Pattern::Token(_) => {}
        }
    }
}

/// Does the first literal token of these patterns stand here? True where they do not begin with one.
fn starts(patterns: &[Pattern], input: ParseStream<'_>) -> bool {
    match patterns.first() {
        Some(Pattern::Token(expected)) => token(expected, &input.fork()).is_ok(),
        Some(_) => true,
        None => input.is_empty(),
    }
}

fn token(expected: &TokenTree, input: ParseStream<'_>) -> syn::Result<()> {
    let found: TokenTree = input.parse()?;
    let same = match (expected, &found) {
        (TokenTree::Ident(a), TokenTree::Ident(b)) => a == b,
        (TokenTree::Punct(a), TokenTree::Punct(b)) => a.as_char() == b.as_char(),
        (TokenTree::Literal(a), TokenTree::Literal(b)) => a.to_string() == b.to_string(),
        _ => false,
    };
    if same { Ok(()) } else { Err(input.error("another token is expected")) }
}

/// The tokens of a fragment of this kind.
fn fragment(kind: &str, input: ParseStream<'_>) -> syn::Result<Vec<TokenTree>> {
    let start = input.cursor();
    let mut wrap = false;
    match kind {
        "ident" => {
            let ident = input.call(Ident::parse_any)?;
            if ident == "_" {
                return Err(input.error("a name is expected"));
            }
        }
        "lifetime" => drop(input.parse::<syn::Lifetime>()?),
        "literal" => {
            if input.peek(syn::Token![-]) {
                input.parse::<syn::Token![-]>()?;
            }
            input.parse::<syn::Lit>()?;
        }
        "tt" => drop(input.parse::<TokenTree>()?),
        "ty" => drop(input.parse::<syn::Type>()?),
        "path" => drop(input.parse::<syn::Path>()?),
        "pat" => drop(syn::Pat::parse_multi_with_leading_vert(input)?),
        "pat_param" => drop(syn::Pat::parse_single(input)?),
        "block" => drop(input.parse::<syn::Block>()?),
        "item" => drop(input.parse::<syn::Item>()?),
        "meta" => drop(input.parse::<syn::Meta>()?),
        "vis" => drop(input.parse::<syn::Visibility>()?),
        "stmt" => {
            let fork = input.fork();
            // Without its semicolon; an expression is a statement, too.
            if let Ok(item) = fork.parse::<syn::Item>() {
                drop(item);
                input.advance_to(&fork);
            } else if input.peek(syn::Token![let]) {
                while !input.is_empty() && !input.peek(syn::Token![;]) {
                    input.parse::<TokenTree>()?;
                }
            } else {
                drop(input.parse::<syn::Expr>()?);
            }
        }
        "expr" | "expr_2021" => {
            drop(input.parse::<syn::Expr>()?);
            wrap = true;
        }
        _ => return Err(input.error("an unknown fragment")),
    }
    let end = input.cursor();
    let mut tokens = Vec::new();
    let mut at = start;
    while at != end {
        let Some((token, next)) = at.token_tree() else { break };
        tokens.push(token);
        at = next;
    }
    if wrap && tokens.len() > 1 {
        let group = Group::new(Delimiter::None, tokens.into_iter().collect());
        return Ok(vec![TokenTree::Group(group)]);
    }
    Ok(tokens)
}

/// Writes the body with variables replaced; `round` says which repetition of each depth.
fn transcribe(body: &[TokenTree], bound: &Bindings, round: &[usize], krate: usize, out: &mut Vec<TokenTree>) -> Option<()> {
    let mut at = 0;
    while at < body.len() {
        if out.len() > TOKENS {
            return None;
        }
        match (&body[at], body.get(at + 1)) {
            (dollar, Some(TokenTree::Ident(name))) if is_punct(Some(dollar), '$') => {
                if name == "crate" {
                    out.push(Ident::new(&format!("{CRATE}{krate}"), Span::call_site()).into());
                } else if let Some(value) = bound.get(&name.to_string()) {
                    out.extend(at_round(value, round)?.iter().cloned());
                } else {
                    out.extend([body[at].clone(), body[at + 1].clone()]);
                }
                at += 2;
            }
            (dollar, Some(TokenTree::Group(group))) if is_punct(Some(dollar), '$') && group.delimiter() == Delimiter::Parenthesis => {
                let (separator, _, next) = repetition(body, at + 2)?;
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let rounds = rounds(&inner, bound, round)?;
                for i in 0..rounds {
                    if i > 0 {
                        out.extend(separator.clone());
                    }
                    let mut deeper = round.to_vec();
                    deeper.push(i);
                    transcribe(&inner, bound, &deeper, krate, out)?;
                }
                at = next;
            }
            (TokenTree::Group(group), _) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut content = Vec::new();
                transcribe(&inner, bound, round, krate, &mut content)?;
                let mut copy = Group::new(group.delimiter(), content.into_iter().collect());
                copy.set_span(group.span());
                out.push(copy.into());
                at += 1;
            }
            (token, _) => {
                out.push(token.clone());
                at += 1;
            }
        }
    }
    Some(())
}

/// What a variable stands for in this round of repetitions; one that is bound less deeply is the same in each.
fn at_round<'a>(value: &'a Bound, round: &[usize]) -> Option<&'a [TokenTree]> {
    match (value, round) {
        (Bound::Tokens(tokens), _) => Some(tokens),
        (Bound::Each(list), [first, rest @ ..]) => at_round(list.get(*first)?, rest),
        (Bound::Each(_), []) => None,
    }
}

/// How often a repetition of the body is written: as often as a variable in it was matched.
fn rounds(body: &[TokenTree], bound: &Bindings, round: &[usize]) -> Option<usize> {
    let mut found = None;
    let mut todo: Vec<Vec<TokenTree>> = vec![body.to_vec()];
    while let Some(tokens) = todo.pop() {
        for (i, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(name) if i > 0 && is_punct(tokens.get(i - 1), '$') => {
                    let mut value = bound.get(&name.to_string());
                    for at in round {
                        value = match value {
                            Some(Bound::Each(list)) => list.get(*at),
                            other => other,
                        };
                    }
                    if let Some(Bound::Each(list)) = value {
                        found = Some(found.map_or(list.len(), |n: usize| n.max(list.len())));
                    }
                }
                TokenTree::Group(group) => todo.push(group.stream().into_iter().collect()),
                _ => {}
            }
        }
    }
    found
}
