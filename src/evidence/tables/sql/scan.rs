//! Names that stand where tables stand, in a statement that no dialect takes.
//!
//! Takes: the text. Gives: tables behind `FROM`, `JOIN`, `INTO`, `UPDATE`, `TABLE` with what is done to them. What stands in brackets
//! behind a name makes it a function; names that the statement itself defines (`x AS (SELECT …)`) are no tables.

use super::{Change, Reading, joined};
use crate::model::evidence::data::Access;
use sqlparser::dialect::{GenericDialect, MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::tokenizer::{Token, Tokenizer};

/// What stands between the words that announce a table and its name.
const BETWEEN: &[&str] = &["only", "if", "not", "exists", "lateral", "ignore", "low_priority", "or", "replace", "table"];
/// Functions in whose brackets `FROM` announces no table.
const WITH_FROM: &[&str] = &["extract", "substring", "trim", "overlay", "position"];

pub(super) fn of(text: &str) -> Reading {
    let mut reading = Reading { partial: true, ..Reading::default() };
    let Some(tokens) = tokens(text) else {
        reading.unnamed = true;
        return reading;
    };
    let own = own_names(&tokens);
    // Words before brackets that are open.
    let mut opened: Vec<String> = Vec::new();
    let first = tokens.iter().find_map(word).unwrap_or_default();
    let mut previous = String::new();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Token::LParen => opened.push(std::mem::take(&mut previous)),
            Token::RParen => {
                opened.pop();
                previous.clear();
            }
            token => {
                let Some(word) = word(token) else {
                    previous.clear();
                    at += 1;
                    continue;
                };
                let in_function = opened.last().is_some_and(|w| WITH_FROM.contains(&w.as_str()));
                let access = match word.as_str() {
                    "from" if previous == "delete" => Some(Access::Write),
                    "from" if in_function || previous == "distinct" => None,
                    "from" | "join" => Some(Access::Read),
                    "using" if first == "delete" => Some(Access::Read),
                    "into" => Some(Access::Write),
                    "update" if !matches!(previous.as_str(), "for" | "on" | "do" | "key") => Some(Access::Write),
                    "table" | "view" if matches!(first.as_str(), "create" | "alter" | "drop") => Some(Access::Ddl),
                    "on" if first == "create" && tokens.iter().filter_map(self::word).take(4).any(|w| w == "index") => Some(Access::Ddl),
                    "truncate" => Some(Access::Write),
                    _ => None,
                };
                previous = word;
                if let Some(access) = access {
                    at = names(&tokens, at + 1, access, &own, &mut reading);
                    continue;
                }
            }
        }
        at += 1;
    }
    if first == "create"
        && let Some((table, _)) = reading.uses.iter().find(|(_, access)| *access == Access::Ddl).cloned()
        && tokens.iter().filter_map(word).take(5).any(|w| w == "table" || w == "view")
    {
        let is_view = tokens.iter().filter_map(word).take(5).any(|w| w == "view");
        reading.changes.push(Change::Create { table, is_view, columns: Vec::new(), keys: Vec::new(), lenient: true });
    }
    reading
}

/// Names from here on, separated by commas; gives where they end.
fn names(tokens: &[Token], mut at: usize, access: Access, own: &[String], reading: &mut Reading) -> usize {
    loop {
        while tokens.get(at).and_then(word).is_some_and(|w| BETWEEN.contains(&w.as_str())) && !is_quoted(&tokens[at]) {
            at += 1;
        }
        let mut parts = Vec::new();
        while let Some(part) = tokens.get(at).and_then(word) {
            parts.push(part);
            at += 1;
            if tokens.get(at) != Some(&Token::Period) {
                break;
            }
            at += 1;
        }
        if parts.is_empty() || parts.len() == 1 && matches!(parts[0].as_str(), "select" | "values" | "set" | "where" | "unnest") {
            return at.max(1) - usize::from(!parts.is_empty());
        }
        let is_function = access == Access::Read && tokens.get(at) == Some(&Token::LParen);
        let table = joined(&parts);
        if !is_function && !own.contains(&table) {
            reading.uses.insert((table, access));
        }
        // `a x, b AS y`: an alias may stand before the comma.
        let mut ahead = at;
        for _ in 0..2 {
            if tokens.get(ahead).and_then(word).is_some() {
                ahead += 1;
            }
        }
        let comma = (at..=ahead).find(|i| tokens.get(*i) == Some(&Token::Comma));
        match comma {
            Some(comma) if access == Access::Read => at = comma + 1,
            _ => return at,
        }
    }
}

/// What the statement names itself: `x AS (`.
fn own_names(tokens: &[Token]) -> Vec<String> {
    let mut out = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if word(token).as_deref() != Some("as") || at == 0 {
            continue;
        }
        let mut next = at + 1;
        while tokens.get(next).and_then(word).is_some_and(|w| w == "not" || w == "materialized") {
            next += 1;
        }
        if tokens.get(next) == Some(&Token::LParen) {
            out.extend(word(&tokens[at - 1]));
        }
    }
    out
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let found = Tokenizer::new(&PostgreSqlDialect {}, text)
        .tokenize()
        .or_else(|_| Tokenizer::new(&SQLiteDialect {}, text).tokenize())
        .or_else(|_| Tokenizer::new(&MySqlDialect {}, text).tokenize())
        .or_else(|_| Tokenizer::new(&GenericDialect {}, text).tokenize())
        .ok()?;
    Some(found.into_iter().filter(|t| !matches!(t, Token::Whitespace(_))).collect())
}

fn word(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) => Some(word.value.to_lowercase()),
        _ => None,
    }
}

fn is_quoted(token: &Token) -> bool {
    matches!(token, Token::Word(word) if word.quote_style.is_some())
}
