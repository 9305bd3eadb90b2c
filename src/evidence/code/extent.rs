//! How far a call reaches: a closure's body says nothing of its end.
//!
//! Takes: the text of a file. Gives: the place of the bracket that closes a call. Strings, characters and comments are stepped over.

use super::Place;

/// Calls longer than this have no end that we look for.
const LONGEST: usize = 20_000;

/// A file by its lines.
pub(super) struct Text {
    lines: Vec<Vec<char>>,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Text { lines: text.lines().map(|l| l.chars().collect()).collect() }
    }

    pub(super) fn lines(&self) -> &[Vec<char>] {
        &self.lines
    }

    /// Where the brackets end that are opened first from `from` on.
    pub(super) fn end(&self, from: Place) -> Option<Place> {
        let (mut depth, mut opened) = (0_usize, false);
        let mut line = usize::try_from(from.0).ok()?.checked_sub(1)?;
        let mut column = usize::try_from(from.1).ok()?.checked_sub(1)?;
        for _ in 0..LONGEST {
            let text = self.lines.get(line)?;
            let Some(&c) = text.get(column) else {
                (line, column) = (line + 1, 0);
                continue;
            };
            match c {
                '(' | '[' | '{' => (depth, opened) = (depth + 1, true),
                ')' | ']' | '}' => {
                    depth = depth.checked_sub(1)?;
                    if opened && depth == 0 {
                        return Some((u32::try_from(line + 1).ok()?, u32::try_from(column + 1).ok()?));
                    }
                }
                '/' if text.get(column + 1) == Some(&'/') => column = text.len(),
                '/' if text.get(column + 1) == Some(&'*') => (line, column) = self.after_comment(line, column + 2)?,
                '"' => (line, column) = self.after_string(line, column)?,
                // `'x'` and `'\n'`; anything else is a lifetime.
                '\'' if text.get(column + 1) == Some(&'\\') => {
                    let close = text.iter().skip(column + 3).position(|c| *c == '\'')?;
                    column += 3 + close;
                }
                '\'' if text.get(column + 2) == Some(&'\'') => column += 2,
                _ => {}
            }
            column += 1;
        }
        None
    }

    /// Where the arm of a `match` ends whose pattern begins at `from`: its block, or its expression as far as brackets tell.
    pub(super) fn arm_end(&self, from: Place) -> Option<Place> {
        let mut line = usize::try_from(from.0).ok()?.checked_sub(1)?;
        let mut column = usize::try_from(from.1).ok()?.checked_sub(1)?;
        let mut arrow = false;
        for _ in 0..LONGEST {
            let text = self.lines.get(line)?;
            match (text.get(column), text.get(column + 1)) {
                (None, _) => {
                    (line, column) = (line + 1, 0);
                    continue;
                }
                (Some('='), Some('>')) if !arrow => {
                    arrow = true;
                    column += 1;
                }
                (Some(c), _) if arrow && !c.is_whitespace() => break,
                _ => {}
            }
            column += 1;
        }
        let place = |line: usize, column: usize| Some((u32::try_from(line + 1).ok()?, u32::try_from(column + 1).ok()?));
        let first = place(line, column)?;
        if self.lines.get(line)?.get(column) == Some(&'{') {
            return self.end(first);
        }
        // `a(b).c(d),`: up to the end of the line on which the last bracket closes.
        let mut at = first;
        while let Some(end) = self.end(at) {
            let text = |line: u32| self.lines.get(line as usize).map(|l| l.iter().collect::<String>()).unwrap_or_default();
            let rest: String = text(end.0 - 1).chars().skip(end.1 as usize).collect();
            at = (end.0, end.1 + 1);
            // `.g()` and `?` go on, here or on the next line; `.await,` has no brackets to follow.
            let rest = rest.trim().trim_start_matches('?');
            let called = rest.starts_with('.') && rest.find('(').is_some_and(|call| rest.find(',').is_none_or(|comma| call < comma));
            let ends_line = rest.is_empty() || rest == ".await";
            let goes_on = ends_line && text(end.0).trim_start().starts_with(['.', '?']);
            if !called && !goes_on {
                break;
            }
        }
        Some(at)
    }

    /// The place of the closing quote.
    pub(super) fn after_string(&self, mut line: usize, quote: usize) -> Option<(usize, usize)> {
        let text = self.lines.get(line)?;
        let hashes = text[..quote].iter().rev().take_while(|c| **c == '#').count();
        let raw = quote > hashes && text[quote - hashes - 1] == 'r';
        let mut column = quote + 1;
        for _ in 0..LONGEST {
            let text = self.lines.get(line)?;
            match text.get(column) {
                None => (line, column) = (line + 1, 0),
                Some('\\') if !raw => column += 2,
                Some('"') if !raw => return Some((line, column)),
                Some('"') if text.iter().skip(column + 1).take_while(|c| **c == '#').count() >= hashes => {
                    return Some((line, column + hashes));
                }
                Some(_) => column += 1,
            }
        }
        None
    }

    /// The place of the comment's last character.
    pub(super) fn after_comment(&self, mut line: usize, mut column: usize) -> Option<(usize, usize)> {
        for _ in 0..LONGEST {
            let text = self.lines.get(line)?;
            match (text.get(column), text.get(column + 1)) {
                (None, _) => (line, column) = (line + 1, 0),
                (Some('*'), Some('/')) => return Some((line, column + 1)),
                _ => column += 1,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn arms_end_with_their_block_or_expression() {
        let end = |text: &str| Text::new(text).arm_end((1, 1));
        assert_eq!(end("A { b } => { f() }\n B => g()"), Some((1, 18)));
        assert_eq!(end("A => f(b).g(),\nB => g()"), Some((1, 14)));
        assert_eq!(end("A => f(b)\n    .g(),\nB => g()"), Some((2, 9)));
        assert_eq!(end("A => f(b).await?,\nB => g()"), Some((1, 10)));
    }

    #[test]
    fn strings_characters_and_comments_are_stepped_over() {
        let end = |text: &str| Text::new(text).end((1, 1));
        assert_eq!(end("f(a, \")\", ')', 'a', r#\"\")\"#) + 1"), Some((1, 28)));
        assert_eq!(end("f(|x: &'a str| { // )\n g() /* ) */ })"), Some((2, 15)));
        assert_eq!(end("f(\"\\\"\")"), Some((1, 7)));
        assert_eq!(end("f(a"), None);
        assert_eq!(end("a)"), None);
    }
}
