//! What nobody reads: documentation, and tests that are off.
//!
//! Takes: a text, scanned by [`limits`](super::limits). Gives: the same text, everything that is left in it at its old line and column, in
//! which `///` is a plain comment wherever it does not stand before a module, and modules under `#[cfg(test)]` are empty where tests are
//! off. Of a documentation only the first sentence of a module's is kept, and a third of many files is documentation; two fifths of
//! others are tests. Invariants: what is in the brackets of a macro is left alone, for a macro may look at it; so is a documentation that
//! documents nothing, for that does not parse.

use std::borrow::Cow;

/// How a module of tests begins; written in any other way it is read, and left out later.
const OF_TESTS: &[u8] = b"#[cfg(test)]";

#[derive(Debug, Default)]
pub(super) struct Unread {
    /// Where each `///` begins, in order.
    lines: Vec<usize>,
    /// What stands in modules of tests: from, to; in order.
    modules: Vec<(usize, usize)>,
}

/// Does a line of `///` documentation begin here?
pub(super) fn is_outer(bytes: &[u8], at: usize) -> bool {
    bytes[at..].starts_with(b"///") && bytes.get(at + 3) != Some(&b'/')
}

impl Unread {
    /// Takes in the lines of documentation that begin at `at`; gives the end of the last.
    pub(super) fn lines(&mut self, bytes: &[u8], mut at: usize) -> usize {
        let before = self.lines.len();
        loop {
            self.lines.push(at);
            let end = line_end(bytes, at);
            at = space(bytes, end);
            if !is_outer(bytes, at) {
                if !is_plain(bytes, at) {
                    self.lines.truncate(before);
                }
                return end;
            }
        }
    }

    /// Takes in what stands in a module of tests.
    pub(super) fn module(&mut self, from: usize, to: usize) {
        let inside = self.lines.partition_point(|line| *line < from);
        self.lines.truncate(inside);
        self.modules.push((from, to));
    }

    /// The text without it.
    pub(super) fn out_of(self, text: &str) -> Cow<'_, str> {
        if self.lines.is_empty() && self.modules.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut rest = String::with_capacity(text.len());
        let mut end = 0;
        let mut modules = self.modules.into_iter().peekable();
        for at in self.lines.into_iter().chain([text.len()]) {
            while let Some((from, to)) = modules.next_if(|(from, _)| *from <= at) {
                rest.push_str(&text[end..from]);
                blank(&text[from..to], &mut rest);
                end = to;
            }
            if at < text.len() {
                rest.push_str(&text[end..at + 2]);
                rest.push(' ');
                end = at + 3;
            }
        }
        rest.push_str(&text[end..]);
        Cow::Owned(rest)
    }
}

/// Nothing, as many lines long and ending in the same column.
fn blank(text: &str, out: &mut String) {
    let lines = text.bytes().filter(|b| *b == b'\n').count();
    let last = text.rfind('\n').map_or(text, |at| &text[at + 1..]);
    out.extend(std::iter::repeat_n('\n', lines));
    out.extend(last.chars().map(|_| ' '));
}

/// Where the brackets open of a module under `#[cfg(test)]` that begins here.
pub(super) fn test_module(bytes: &[u8], mut at: usize) -> Option<usize> {
    if !bytes[at..].starts_with(OF_TESTS) {
        return None;
    }
    at += OF_TESTS.len();
    loop {
        at = space(bytes, at);
        match bytes.get(at)? {
            b'#' => at = brackets(bytes, at + 1),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            _ => break,
        }
    }
    let (first, after) = visible_word(bytes, at);
    if first != b"mod" {
        return None;
    }
    let (_, after) = word(bytes, space(bytes, after));
    let open = space(bytes, after);
    (bytes.get(open) == Some(&b'{')).then_some(open)
}

/// The first word behind a visibility, and where it ends.
fn visible_word(bytes: &[u8], at: usize) -> (&[u8], usize) {
    let (first, after) = word(bytes, at);
    if first != b"pub" {
        return (first, after);
    }
    let mut next = space(bytes, after);
    if bytes.get(next) == Some(&b'(') {
        next = space(bytes, brackets(bytes, next));
    }
    word(bytes, next)
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
    let (first, _) = visible_word(bytes, at);
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
    use super::super::{Tests, limits};

    /// What is left of a text, `!` in the place of each `///` that is still one.
    fn check(text: &str, expected: &str) {
        let unread = limits::check(text, Tests::Read).unwrap_or_else(|e| panic!("{e:?}"));
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

    fn check_tests(text: &str, expected: &str) {
        let unread = limits::check(text, Tests::StepOver).unwrap_or_else(|e| panic!("{e:?}"));
        let rest = unread.out_of(text);
        assert_eq!(rest.lines().count(), text.lines().count());
        assert_eq!(rest.replace('\n', "|"), expected);
        let all = limits::check(text, Tests::Read).unwrap_or_else(|e| panic!("{e:?}"));
        assert_eq!(all.modules, []);
    }

    #[test]
    fn modules_of_tests_are_emptied() {
        check_tests("#[cfg(test)]\nmod tests {\n    fn f() {}\n}\nfn g() {}", "#[cfg(test)]|mod tests {||}|fn g() {}");
        check_tests(
            "#[cfg(test)] // why\n#[x(\"]\")]\npub(crate) mod t { \"é}\" } m!{}",
            "#[cfg(test)] // why|#[x(\"]\")]|pub(crate) mod t {      } m!{}",
        );
        check_tests(
            "mod a {\n#[cfg(test)]\nmod t {\n/// x\nfn f() { '}' }\n}\n/// y\nfn g() {}\n}",
            "mod a {|#[cfg(test)]|mod t {|||}|//  y|fn g() {}|}",
        );
        check_tests("#[cfg(test)]\nmod t {\n#[cfg(test)]\nmod u { fn f() {} }\n}", "#[cfg(test)]|mod t {|||}");
    }

    #[test]
    fn what_is_no_such_module_stays() {
        for text in [
            "#[cfg(test)]|mod tests;",
            "#[cfg(test)]|fn f() {}",
            "#[cfg(not(test))]|mod m { fn f() {} }",
            "m! { #[cfg(test)] mod t { x } }",
        ] {
            check_tests(&text.replace('|', "\n"), text);
        }
        // It does not end: the parser says so.
        check_tests("#[cfg(test)]\nmod t { fn f() {", "#[cfg(test)]|mod t { fn f() {");
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
