//! Something that fits in the place of what is not known.
//!
//! Takes: a statement with [`HOLE`]s. Gives: text that a parser may take, and whether a hole may hide more tables. What a hole is can be
//! told from what stands before it: behind `FROM` it is a table, behind `WHERE` a condition, behind a name or value a further clause.

use super::{HOLE, UNKNOWN};

/// Behind these words stands a table.
const TABLES: &[&str] = &["from", "join", "into", "update", "table", "only", "exists", "using"];
/// Behind these a condition, list or value.
const VALUES: &[&str] =
    &["where", "and", "or", "on", "having", "set", "select", "by", "when", "then", "else", "not", "returning", "distinct", "as", "all"];
/// Behind these a value, which hides no table.
const PLAIN: &[&str] = &["limit", "offset", "like", "ilike", "between", "interval", "top", "fetch", "first", "next", "escape"];

/// The text without holes; may one of them hide a table?
pub(super) fn filled(statement: &str) -> (String, bool) {
    if !statement.contains(HOLE) {
        return (statement.to_owned(), false);
    }
    let mut out = String::with_capacity(statement.len() + 16);
    let mut hides = false;
    let mut quote: Option<char> = None;
    let mut chars = statement.chars().peekable();
    while let Some(c) = chars.next() {
        if c != HOLE {
            match quote {
                Some(q) if q == c => quote = None,
                None if matches!(c, '\'' | '"' | '`') => quote = Some(c),
                _ => {}
            }
            out.push(c);
            continue;
        }
        if quote.is_some() {
            // In a quoted name it is a part of the name, in a text it is any text.
            out.push_str(UNKNOWN);
            continue;
        }
        let next = chars.peek().copied();
        let (filler, hidden) = filler(&out, next);
        hides |= hidden;
        out.push_str(&filler);
    }
    (out, hides)
}

fn filler(before: &str, next: Option<char>) -> (String, bool) {
    let joins_next = next.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.' || c == HOLE);
    let last = before.chars().next_back();
    match last {
        Some('$' | '?') => return ("1".into(), false),
        Some(':' | '@' | '_' | '.') => return (UNKNOWN.into(), false),
        // Directly behind a name: a part of it where it goes on, else a clause.
        Some(c) if c.is_alphanumeric() && joins_next => return (UNKNOWN.into(), false),
        Some(c) if c.is_alphanumeric() || c == ')' => return (" ".into(), true),
        _ => {}
    }
    let trimmed = before.trim_end();
    let word: String = trimmed.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let word = word.chars().rev().collect::<String>().to_ascii_lowercase();
    let is = |words: &[&str]| words.contains(&word.as_str());
    if trimmed.is_empty() {
        // What comes first may be anything.
        return if joins_next { (UNKNOWN.into(), true) } else { (" ".into(), true) };
    }
    if is(TABLES) || joins_next {
        return (UNKNOWN.into(), false);
    }
    match word.as_str() {
        "values" | "in" => return (format!("({UNKNOWN})"), word == "in"),
        "set" => return (format!("{UNKNOWN} = 1"), true),
        _ if is(PLAIN) => return ("1".into(), false),
        _ if is(VALUES) => return (UNKNOWN.into(), true),
        _ => {}
    }
    if !word.is_empty() {
        return (" ".into(), true);
    }
    match trimmed.chars().next_back() {
        Some('(') => {
            let opened = trimmed.trim_end_matches('(').trim_end().to_ascii_lowercase();
            let is_list = ["in", "values", "any"].iter().any(|w| opened.ends_with(w)) || opened.ends_with(|c: char| c.is_alphanumeric());
            (UNKNOWN.into(), !is_list)
        }
        Some(')' | '\'' | '"' | '`') => (" ".into(), true),
        Some(',') => (UNKNOWN.into(), true),
        _ => (UNKNOWN.into(), false),
    }
}
