//! A text into statements.
//!
//! Takes: the text of a file or string. Gives: statements with the line on which each begins, without those that are blank. Semicolons in
//! quotes, comments, dollar quotes and the bodies of triggers and procedures end no statement.

/// Statements with their lines, counted from 0.
pub(super) fn statements(text: &str) -> Vec<(u32, &str)> {
    let mut out = Found { text, statements: Vec::new(), counted: 0, lines: 0 };
    let bytes = text.as_bytes();
    let (mut start, mut at) = (0, 0);
    let mut delimiter = ";";
    // Blocks that are open in the body of a trigger, procedure or function.
    let mut blocks = 0u32;
    while at < bytes.len() {
        if let Some(end) = skipped(text, at) {
            at = end;
        } else if starts_with(text, at, "delimiter ") && at_line_start(text, at) {
            // MySQL's own client: what follows ends in another mark.
            out.push(start, at);
            let line = &text[at..at + line_length(text, at)];
            delimiter = line["delimiter ".len()..].trim();
            if delimiter.is_empty() {
                delimiter = ";";
            }
            at += line.len();
            start = at;
        } else if is_meta(text, at) {
            // A line for psql itself, or what ends a statement in the place of a semicolon: `SELECT 1 AS n \gset`.
            out.push(start, at);
            at += line_length(text, at);
            start = at;
        } else if blocks == 0 && text[at..].starts_with(delimiter) {
            out.push(start, at);
            at += delimiter.len();
            start = at;
        } else if bytes[at].is_ascii_alphabetic() || bytes[at] == b'_' {
            let end = word_end(text, at);
            let word = text[at..end].to_ascii_lowercase();
            if is_body(&text[start..at]) {
                match word.as_str() {
                    "begin" | "case" => blocks += 1,
                    "end" => {
                        let rest = text[end..].trim_start().get(..4).unwrap_or_default().to_ascii_lowercase();
                        // `END IF`, `END LOOP` close what was not counted.
                        if !["if;", "if ;", "loop", "whil", "repe"].iter().any(|w| rest.starts_with(w)) {
                            blocks = blocks.saturating_sub(1);
                        }
                    }
                    _ => {}
                }
            }
            at = end;
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    out.push(start, text.len());
    out.statements
}

/// Where the first word stands, behind comments and brackets.
pub(super) fn first_word(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        let c = text[at..].chars().next()?;
        if c.is_whitespace() || c == '(' {
            at += c.len_utf8();
        } else if text[at..].starts_with("--") || text[at..].starts_with("/*") || c == '#' && text[at..].contains('\n') {
            at = skipped(text, at).unwrap_or(at + line_length(text, at)).max(at + 1);
        } else {
            return c.is_ascii_alphabetic().then_some(at);
        }
    }
}

struct Found<'t> {
    text: &'t str,
    statements: Vec<(u32, &'t str)>,
    /// So far lines have been counted.
    counted: usize,
    lines: u32,
}

impl Found<'_> {
    fn push(&mut self, start: usize, end: usize) {
        let statement = &self.text[start..end];
        let Some(first) = first_word(statement) else { return };
        let newlines = self.text[self.counted..start + first].bytes().filter(|b| *b == b'\n').count();
        self.lines = self.lines.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.counted = start + first;
        self.statements.push((self.lines, statement));
    }
}

/// The end of a quoted text or comment that begins here.
fn skipped(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let until = |from: usize, end: &str| rest[from..].find(end).map_or(text.len(), |found| at + from + found + end.len());
    if rest.starts_with("--") || rest.starts_with('#') && at_line_start(text, at) {
        return Some(until(1, "\n"));
    }
    if rest.starts_with("/*") {
        return Some(until(2, "*/"));
    }
    let quote = rest.chars().next()?;
    match quote {
        // A doubled quote is read as two quoted texts, which comes to the same.
        '\'' | '"' | '`' => Some(until(1, &quote.to_string())),
        '$' => {
            let tag = 2 + rest[1..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count();
            let is_tag = rest.as_bytes().get(tag - 1) == Some(&b'$') && !rest.as_bytes()[1].is_ascii_digit();
            is_tag.then(|| until(tag, &rest[..tag]))
        }
        _ => None,
    }
}

/// Does a command of psql's begin here?
fn is_meta(text: &str, at: usize) -> bool {
    let mut rest = text[at..].chars();
    let begins = rest.next() == Some('\\') && rest.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '!');
    begins && (at_line_start(text, at) || text[..at].ends_with(char::is_whitespace))
}

/// Does the statement hold statements of its own?
fn is_body(so_far: &str) -> bool {
    let Some(at) = first_word(so_far) else { return false };
    if !starts_with(so_far, at, "create") {
        return false;
    }
    let words = so_far[at..].split_ascii_whitespace().skip(1).take(6);
    words.into_iter().any(|w| ["trigger", "procedure", "function"].iter().any(|k| w.eq_ignore_ascii_case(k)))
}

fn starts_with(text: &str, at: usize, word: &str) -> bool {
    text.get(at..at + word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word))
}

fn at_line_start(text: &str, at: usize) -> bool {
    text[..at].rsplit('\n').next().is_none_or(|before| before.trim().is_empty())
}

fn line_length(text: &str, at: usize) -> usize {
    text[at..].find('\n').unwrap_or(text.len() - at)
}

fn word_end(text: &str, at: usize) -> usize {
    at + text[at..].bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'_').count()
}
