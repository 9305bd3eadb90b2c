//! What stands in diesel's `table!` and `joinable!`.
//!
//! Takes: the text between a macro's brackets. Gives: tables with the names that the macro makes of them.

/// A table of `table!`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Table {
    /// The module that the macro makes.
    pub(super) name: String,
    /// The table, with its schema.
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    /// Lines from the macro's bracket to the name.
    pub(super) line: u32,
}

/// The tables that a `table!` makes: one, but nothing hangs on that.
pub(super) fn tables(text: &str) -> Vec<Table> {
    let text = without_comments(text);
    let mut out = Vec::new();
    let mut rest = text.as_str();
    let mut sql_name = None;
    loop {
        rest = rest.trim_start();
        if let Some(attribute) = rest.strip_prefix("#[") {
            let end = attribute.find(']').unwrap_or(attribute.len());
            sql_name = named(&attribute[..end]).or(sql_name);
            rest = attribute.get(end + 1..).unwrap_or_default();
        } else if rest.starts_with("use ") {
            rest = rest.split_once(';').map_or("", |(_, rest)| rest);
        } else {
            let Some(open) = rest.find('{') else { return out };
            let Some(close) = closing(&rest[open..]).map(|c| open + c) else { return out };
            let head = rest[..open].split('(').next().unwrap_or_default().trim();
            let (schema, name) = match head.split_once('.') {
                Some((schema, name)) => (schema.trim(), name.trim()),
                None => ("", head),
            };
            if name.is_empty() {
                return out;
            }
            let table = sql_name.take().unwrap_or_else(|| name.trim_start_matches("r#").to_owned()).to_lowercase();
            let offset = rest.as_ptr() as usize - text.as_ptr() as usize;
            let line = text[..offset].bytes().filter(|b| *b == b'\n').count();
            out.push(Table {
                name: name.to_owned(),
                table: super::sql::joined(&[schema.to_lowercase(), table]),
                columns: columns(&rest[open + 1..close]),
                line: u32::try_from(line).unwrap_or(0),
            });
            rest = &rest[close + 1..];
        }
    }
}

/// `child -> parent (column)`.
pub(super) fn joinable(text: &str) -> Option<(String, String, String)> {
    let (child, rest) = text.split_once("->")?;
    let (parent, column) = rest.split_once('(')?;
    let column = column.split(')').next()?;
    let plain = |s: &str| s.split_whitespace().collect::<String>();
    Some((plain(child), plain(parent), plain(column)))
}

fn columns(body: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut sql_name = None;
    let mut rest = body;
    loop {
        rest = rest.trim_start_matches([',', ' ', '\n', '\t', '\r']);
        if let Some(attribute) = rest.strip_prefix("#[") {
            let end = attribute.find(']').unwrap_or(attribute.len());
            sql_name = named(&attribute[..end]).or(sql_name);
            rest = attribute.get(end + 1..).unwrap_or_default();
            continue;
        }
        let Some((name, after)) = rest.split_once("->") else { return out };
        out.push(sql_name.take().unwrap_or_else(|| name.trim().trim_start_matches("r#").to_owned()).to_lowercase());
        // The type ends at a comma outside of all brackets.
        let mut depth = 0;
        let end = after.char_indices().find(|(_, c)| {
            match c {
                '<' | '(' | '[' => depth += 1,
                '>' | ')' | ']' => depth -= 1,
                _ => {}
            }
            *c == ',' && depth <= 0
        });
        rest = end.map_or("", |(at, _)| &after[at..]);
    }
}

/// `sql_name = "x"`.
fn named(attribute: &str) -> Option<String> {
    let (name, value) = attribute.split_once('=')?;
    (name.trim() == "sql_name").then(|| value.trim().trim_matches('"').to_owned())
}

fn closing(text: &str) -> Option<usize> {
    let mut depth = 0;
    text.char_indices().find_map(|(at, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(at)
    })
}

/// Comments taken out, lines kept.
fn without_comments(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_once("//").map_or(line, |(code, _)| code));
    lines.collect::<Vec<_>>().join("\n")
}
