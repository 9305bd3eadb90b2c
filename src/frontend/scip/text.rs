//! Lines and columns of a file, and what stands around a name in it.
//!
//! Takes text and ranges that somebody else made of it, or of another text; gives offsets, or `None` where there is no such place.

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of two bytes.
    Utf16,
    /// Characters.
    Utf32,
}

/// How far back a `use` may begin, in bytes.
const USE: usize = 1 << 14;

/// The text of one file.
pub(super) struct Text {
    text: String,
    /// Offset of each line's first character.
    lines: Vec<usize>,
}

impl Text {
    pub(super) fn new(text: String) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, lines }
    }

    /// The offset of a place that is counted from 0.
    pub(super) fn offset(&self, (line, column): (u32, u32), encoding: Encoding) -> Option<usize> {
        let (line, column) = (line as usize, column as usize);
        let start = *self.lines.get(line)?;
        let end = self.lines.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let text = &self.text[start..end];
        let within = match encoding {
            Encoding::Utf8 => text.is_char_boundary(column).then_some(column)?,
            Encoding::Utf16 => after(text, column, char::len_utf16)?,
            Encoding::Utf32 => after(text, column, |_| 1)?,
        };
        Some(start + within)
    }

    /// Line and column of an offset, from 1, in characters.
    pub(super) fn place(&self, offset: usize) -> (u32, u32) {
        let line = self.lines.partition_point(|start| *start <= offset);
        let column = self.text[self.lines[line - 1]..offset].chars().count() + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// What stands from one offset to another, where that is a name, whole.
    pub(super) fn name(&self, start: usize, end: usize) -> Option<&str> {
        let name = self.text.get(start..end)?;
        let whole = !self.text[..start].ends_with(is_word) && !self.text[end..].starts_with(is_word);
        (whole && !name.is_empty() && name.trim_start_matches("r#").chars().all(is_word)).then_some(name)
    }

    /// Does a path go on after this offset? `::*` is its end.
    pub(super) fn goes_on(&self, end: usize) -> bool {
        self.text[end..].trim_start().strip_prefix("::").is_some_and(|rest| !rest.trim_start().starts_with('*'))
    }

    /// Is what ends here called?
    pub(super) fn is_called(&self, end: usize) -> bool {
        let rest = self.text[end..].trim_start();
        rest.starts_with('(') || rest.starts_with("::<")
    }

    /// Does a single dot stand before?
    pub(super) fn is_member(&self, start: usize) -> bool {
        let before = self.text[..start].trim_end();
        before.ends_with('.') && !before.ends_with("..")
    }

    /// Does this word stand before?
    pub(super) fn follows(&self, word: &str, start: usize) -> bool {
        let before = self.text[..start].trim_end();
        before.len() < start && before.strip_suffix(word).is_some_and(|rest| !rest.ends_with(is_word))
    }

    /// Is it inside a `use` declaration?
    pub(super) fn is_in_use(&self, start: usize) -> bool {
        let before = self.before(start);
        // Nothing else than names, `::`, `*`, `,` and braces stands between the keyword and its semicolon.
        let of_use = |c: char| is_word(c) || c.is_whitespace() || matches!(c, ':' | '{' | '}' | ',' | '*' | '#');
        let tree = &before[before.rfind(|c| !of_use(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8))..];
        tree.rmatch_indices("use").any(|(at, word)| {
            let rest = &tree[at + word.len()..];
            rest.starts_with(|c: char| c.is_whitespace() || c == ':') && !tree[..at].ends_with(is_word)
        })
    }

    fn before(&self, start: usize) -> &str {
        let mut from = start.saturating_sub(USE);
        while !self.text.is_char_boundary(from) {
            from += 1;
        }
        &self.text[from..start]
    }

    /// For `self` in `a::b::{self, C}`: where `b` begins.
    pub(super) fn head_of_group(&self, start: usize) -> Option<usize> {
        let mut open = 0_usize;
        let before = self.before(start);
        let brace = before.rmatch_indices(['{', '}', ';']).find_map(|(at, found)| match found {
            "}" => {
                open += 1;
                None
            }
            "{" if open > 0 => {
                open -= 1;
                None
            }
            "{" => Some(Some(at)),
            _ => Some(None),
        })??;
        let path = before[..brace].trim_end().strip_suffix("::")?.trim_end();
        let name = path.len() - path.trim_end_matches(is_word).len();
        let head = start - (before.len() - path.len()) - name;
        (name > 0).then_some(if self.text[..head].ends_with("r#") { head - 2 } else { head })
    }
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The offset after so many units of a line.
fn after(line: &str, units: usize, size: impl Fn(char) -> usize) -> Option<usize> {
    let mut seen = 0;
    for (at, c) in line.char_indices() {
        if seen >= units {
            return (seen == units).then_some(at);
        }
        seen += size(c);
    }
    (seen == units).then_some(line.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_what_they_count() {
        let text = Text::new("é🚀 x\r\nß".into());
        for (encoding, column) in [(Encoding::Utf8, 7), (Encoding::Utf16, 4), (Encoding::Utf32, 3)] {
            assert_eq!(text.offset((0, column), encoding), Some(7), "{encoding:?}");
        }
        assert_eq!(text.place(7), (1, 4));
        assert_eq!((text.offset((1, 2), Encoding::Utf8), text.place(12)), (Some(12), (2, 2)));
        // Inside of a character, behind the line, behind the text.
        for (place, encoding) in [
            ((0, 1), Encoding::Utf8),
            ((0, 2), Encoding::Utf16),
            ((0, 99), Encoding::Utf8),
            ((0, 99), Encoding::Utf32),
            ((2, 0), Encoding::Utf8),
        ] {
            assert_eq!(text.offset(place, encoding), None, "{place:?} {encoding:?}");
        }
    }

    #[test]
    fn what_stands_around_a_name() {
        // The name in question is the last `x` of each.
        let at = |text: &str| (Text::new(text.into()), text.rfind('x').expect("an x"));
        let uses = |text: &str| {
            let (text, x) = at(text);
            text.is_in_use(x)
        };
        assert!(uses("use x;") && uses("fn f() {}\nuse a::{\n    b::{c, d},\n    x,\n};") && uses("pub(crate) use ::a::x"));
        assert!(!uses("use a::b;\nx") && !uses("fn reuse() { x }") && !uses("impl A + use<'a, T> x") && !uses("reuse x"));
        let (text, x) = at("a . x :: y");
        assert!(text.is_member(x) && text.goes_on(x + 1) && !text.is_called(x + 1));
        let (text, x) = at("mod x ::*");
        assert!(text.follows("mod", x) && !text.goes_on(x + 1));
        let (text, x) = at("0..x (");
        assert!(!text.is_member(x) && text.is_called(x + 1) && !text.follows("mod", x));
        assert_eq!((text.name(x, x + 1), text.name(x, x + 2), text.name(x, x)), (Some("x"), None, None));
        let (text, x) = at("ax");
        assert_eq!(text.name(x, x + 1), None);
    }

    #[test]
    fn the_head_of_a_group() {
        let check = |written: &str, expected: Option<&str>| {
            let text = Text::new(written.into());
            let head = text.head_of_group(written.rfind("self").expect("a self"));
            assert_eq!(head.map(|at| &written[at..]), expected.map(|e| &written[written.find(e).expect("it is there")..]), "{written}");
        };
        check("use a::b::{self};", Some("b::"));
        check("use a::b::{c::{d, e}, self};", Some("b::"));
        check("use a::r#mod :: { self };", Some("r#mod"));
        check("use {self};", None);
        check("self", None);
    }
}
