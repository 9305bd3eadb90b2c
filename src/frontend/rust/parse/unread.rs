//! Documentation that nobody reads.
//!
//! Takes: a text, scanned by [`limits`](super::limits). Gives: the same text, byte for byte as long, in which `///` is a plain comment
//! wherever it does not stand before a module: of a documentation only the first sentence of a module's is kept, and a third of many files
//! is documentation. Invariants: what is in the brackets of a macro is left alone, for a macro may look at it; so is a documentation that
//! documents nothing, for that does not parse.

use std::borrow::Cow;

/// Where each `///` begins that nobody reads.
#[derive(Debug, Default)]
pub(super) struct Unread(Vec<usize>);

/// Does a line of `///` documentation begin here?
pub(super) fn is_outer(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"///") && bytes.get(at + 3) != Some(&b'/')
}

impl Unread {
    /// Takes in the lines of documentation that begin at `at`; gives the end of the last.
    pub(super) fn lines(&mut self, bytes: &[u8], mut at: usize) -> usize {
        let before = self.0.len();
        loop {
            self.0.push(at);
            let end = line_end(bytes, at);
            at = space(bytes, end);
            if !is_outer(bytes, at) {
                if !is_plain(bytes, at) {
                    self.0.truncate(before);
                }
                return end;
            }
        }
    }

    /// The text without it.
    pub(super) fn out_of(self, text: &str) -> Cow<'_, str> {
        if self.0.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut rest = String::with_capacity(text.len());
        let mut end = 0;
        for at in self.0 {
            rest.push_str(&text[end..at + 2]);
            rest.push(' ');
            end = at + 3;
        }
        rest.push_str(&text[end..]);
        Cow::Owned(rest)
    }
}

/// Is what stands here documented like any item, field, variant or arm, and no module?
fn is_plain(bytes: &[u8], mut at: usize) -> bool {
    loop {
        at = space(bytes, at);
        match bytes.get(at) {
            Some(b'/') if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            Some(b'#') => at = brackets(bytes, at + 1),
            _ => break,
        }
    }
    let (mut first, mut after) = word(bytes, at);
    if first == b"pub" {
        after = space(bytes, after);
        if bytes.get(after) == Some(&b'(') {
            after = space(bytes, brackets(bytes, after));
        }
        (first, _) = word(bytes, after);
    }
    !matches!(first, b"" | b"mod" | b"unsafe" | b"else" | b"as" | b"in" | b"where")
}

/// The end of the line, before its break.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |p| at + p)
}

/// The closing quote of the string that begins here.
pub(super) fn string(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

fn word(bytes: &[u8], at: usize) -> (&[u8], usize) {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || !b.is_ascii()).count();
    (&rest[..length], at + length)
}

fn space(bytes: &[u8], at: usize) -> usize {
    bytes.get(at..).unwrap_or_default().iter().position(|b| !b.is_ascii_whitespace()).map_or(bytes.len(), |p| at + p)
}

/// After the brackets that open here.
fn brackets(bytes: &[u8], mut at: usize) -> usize {
    let mut open = 0_u32;
    while at < bytes.len() {
        match bytes[at] {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            b'"' => at = string(bytes, at),
            _ => {}
        }
        at += 1;
        if open == 0 {
            break;
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::super::limits;

    /// What is left of a text, `!` in the place of each `///` that is still one.
    fn check(text: &str, expected: &str) {
        let unread = limits::check(text).unwrap_or_else(|e| panic!("{e:?}"));
        let rest = unread.out_of(text);
        assert_eq!(rest.len(), text.len());
        assert_eq!(rest.replace("///", "!").replace("//", "").replace('\n', ""), expected);
    }

    #[test]
    fn only_modules_keep_it() {
        check("/// a\n/// b\nfn f() {}", "  a  bfn f() {}");
        check("/// a\n/// b\nmod m {}", "! a! bmod m {}");
        check("/// a\n// b\n#[cfg(x = \"]\")]\npub(in crate::x) mod m;", "! a b#[cfg(x = \"]\")]pub(in crate::x) mod m;");
        check("/// a\n#[x]\npub fn f() {}", "  a#[x]pub fn f() {}");
        check("struct S {\n/// a\nmodest: u8 }", "struct S {  amodest: u8 }");
    }

    #[test]
    fn macros_and_what_does_not_parse_are_left_alone() {
        check("m! {\n/// a\nfn f() {} }\n/// b\nfn g() {}", "m! {! afn f() {} }  bfn g() {}");
        check("macro_rules! m { () => {\n/// a\nfn f() {} } }", "macro_rules! m { () => {! afn f() {} } }");
        check("fn f() {\n/// a\n}", "fn f() {! a}");
        check("fn f() {}\n/// a", "fn f() {}! a");
        check("const A: &str = \"\n/// a\nfn\";", "const A: &str = \"! afn\";");
    }
}
