//! Is a text shallow enough for a recursive parser? A scan of the bytes, before any syntax tree exists.
//!
//! syn and the code that lowers its trees recurse once or more for every bracket that is open and for every link of a
//! chain of operators or method calls. rustc itself refuses far less than what is let through here.
//!
//! The same scan finds what nobody will read ([`unread`]): documentation, of which each line would become seven tokens and an attribute,
//! and modules of tests.

use super::unread::{self, Unread, line_end, string};
use super::{Pos, Tests};

/// Brackets open at one time.
const DEPTH: u32 = 1_000;
/// Operators, dots and prefixes since the last `,`, `;` or bracket that separates statements or arguments.
const CHAIN: u32 = 20_000;

/// Bytes at which the scan stops: all that it tells apart below.
const TOLD_APART: [bool; 256] = {
    let (mut table, bytes, mut i) = ([false; 256], b"/\"r'#([{)]},;.+-*%&|^!<>=?", 0);
    while i < bytes.len() {
        table[bytes[i] as usize] = true;
        i += 1;
    }
    table
};

/// What nobody reads; `Err` with the place and a sentence where the text is nested too deeply.
pub(super) fn check(text: &str, tests: Tests) -> Result<Unread, (Pos, String)> {
    let bytes = text.as_bytes();
    let mut chains = vec![0_u32];
    let mut unread = Unread::default();
    // Since the last `!` there were only names and space: the next bracket is that of a macro. So many are open around the outermost.
    let (mut exclaimed, mut around_macro) = (false, usize::MAX);
    // Where the brackets of a module of tests open that is stepped over, and how many are open around it.
    let mut stepped_over: Option<(usize, usize)> = None;
    let mut at = 0;
    while let Some(skipped) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| TOLD_APART[*b as usize])) {
        at += skipped;
        match bytes[at] {
            b'/' if around_macro == usize::MAX && unread::is_outer(bytes, at) => at = unread.lines(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'/') => at = line_end(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => at = block_comment(bytes, at),
            b'"' => at = string(bytes, at),
            b'r' if is_raw_string(bytes, at) => at = raw_string(bytes, at),
            b'\'' => at = quote(bytes, at),
            b'#' if tests == Tests::StepOver && stepped_over.is_none() && around_macro == usize::MAX => {
                stepped_over = unread::test_module(bytes, at).map(|open| (open, chains.len()));
            }
            b'(' | b'[' | b'{' => {
                if exclaimed && around_macro == usize::MAX {
                    around_macro = chains.len();
                }
                exclaimed = false;
                chains.push(0);
                if chains.len() as u64 > u64::from(DEPTH) {
                    return Err((place(bytes, at), format!("more than {DEPTH} brackets are open here: too deep to parse safely")));
                }
            }
            b')' | b']' | b'}' => {
                if chains.len() > 1 {
                    chains.pop();
                }
                exclaimed = false;
                if chains.len() <= around_macro && around_macro != usize::MAX {
                    around_macro = usize::MAX;
                }
                if let Some((open, _)) = stepped_over.filter(|(open, around)| at > *open && chains.len() == *around) {
                    unread.module(open + 1, at);
                    stepped_over = None;
                }
                if bytes[at] == b'}' {
                    *chains.last_mut().expect("never empty") = 0;
                }
            }
            b',' | b';' => {
                exclaimed = false;
                *chains.last_mut().expect("never empty") = 0;
            }
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'!' | b'<' | b'>' | b'=' | b'?' => {
                exclaimed = bytes[at] == b'!';
                let chain = chains.last_mut().expect("never empty");
                *chain += 1;
                if *chain > CHAIN {
                    return Err((place(bytes, at), format!("more than {CHAIN} operators in one expression: too long to parse safely")));
                }
            }
            _ => {}
        }
        at += 1;
    }
    Ok(unread)
}

fn place(bytes: &[u8], at: usize) -> Pos {
    let before = &bytes[..at];
    let line = before.iter().filter(|b| **b == b'\n').count() + 1;
    let column = at - before.iter().rposition(|b| *b == b'\n').map_or(0, |p| p + 1) + 1;
    Pos { line: super::count(line), column: super::count(column) }
}

/// Each of these gives the index of the last byte that belongs to what begins at `at`.
fn block_comment(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_u32;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (b'/', b'*') => {
                depth += 1;
                at += 1;
            }
            (b'*', b'/') => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn is_raw_string(bytes: &[u8], at: usize) -> bool {
    let inside_a_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_') && !matches!(bytes[at - 1], b'b' | b'c');
    let after = bytes[at + 1..].iter().position(|b| *b != b'#').map(|p| bytes[at + 1 + p]);
    !inside_a_word && after == Some(b'"')
}

fn raw_string(bytes: &[u8], at: usize) -> usize {
    let hashes = bytes[at + 1..].iter().take_while(|b| **b == b'#').count();
    let mut end = at + hashes + 2;
    while end < bytes.len() {
        if bytes[end] == b'"' && bytes[end + 1..].iter().take(hashes).filter(|b| **b == b'#').count() == hashes {
            return end + hashes;
        }
        end += 1;
    }
    end
}

/// A character literal is skipped whole; a lifetime only by its quote.
fn quote(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at + 1) {
        Some(b'\\') => (at + 3..bytes.len()).find(|i| bytes[*i] == b'\'').unwrap_or(bytes.len()),
        Some(_) => match (at + 2..(at + 6).min(bytes.len())).find(|i| bytes[*i] == b'\'') {
            // `'a'` and `'é'`, but not `'a: 'b`.
            Some(end) if end == at + 2 || !bytes[at + 1].is_ascii() => end,
            _ => at,
        },
        None => at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_brackets_outside_of_literals_only() {
        let noise = "(".repeat(5_000);
        for shallow in [
            format!("const A: &str = \"{noise}\";"),
            format!("const A: &str = r#\"{noise}\"#;"),
            format!("// {noise}\n/* {noise} /* nested */ */ fn f() {{}}"),
            "fn f<'a>(x: &'a str) { let c = '('; let d = '\\''; let e = 'é'; }".repeat(2_000),
        ] {
            assert!(check(&shallow, Tests::Read).is_ok());
        }
        let deep = format!("fn f() {{\n let x = {noise}1{};}}", ")".repeat(5_000));
        assert_eq!(check(&deep, Tests::Read).err().map(|e| e.0.line), Some(2));
    }

    #[test]
    fn a_long_chain_is_refused_and_long_lists_are_not() {
        assert!(check(&format!("const X: u64 = 1{};", " + 1".repeat(30_000)), Tests::Read).is_err());
        assert!(check(&format!("const X: u64 = 1{};", " + 1".repeat(5_000)), Tests::Read).is_ok());
        assert!(check(&format!("const X: &[i32] = &[{}];", "-1, ".repeat(50_000)), Tests::Read).is_ok());
        assert!(check(&"fn f() { a.b().c(); }\n".repeat(20_000), Tests::Read).is_ok());
    }
}
