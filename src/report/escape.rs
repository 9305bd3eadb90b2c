//! Foreign text made harmless for each format. Names, files and messages come from the code under analysis, which may be hostile.
//!
//! Every function takes raw text and gives text that is safe in the place it is named for. [`plain`] comes first in all of them:
//! no output of this crate holds a control character, a terminal escape or a character that reorders its neighbours.

use std::fmt::Write;

/// Text without control characters, invisible characters and bidirectional overrides: they are written as `\u{…}`.
pub fn plain(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_unprintable(c) {
            let _ = write!(out, "{}", c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// Is it printable ASCII and nothing else, as nearly every text is? One look at each byte.
pub fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

/// A control character, an invisible one, or one that reorders its neighbours.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Markdown text in which nothing is markup, in and outside of tables.
pub fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            // A backslash before a pipe reads differently in a table and outside of one; an entity does not.
            '|' => out.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '~' | '$' => out.extend(['\\', c]),
            // `@name` would call a person where the report is posted.
            '@' => out.push_str("<span>@</span>"),
            _ => out.push(c),
        }
    }
    out
}

/// A Markdown code span for use outside of tables.
pub fn code(text: &str) -> String {
    let text = plain(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let padded = text.starts_with('`') || text.ends_with('`') || text.is_empty() || (text.starts_with(' ') && text.ends_with(' '));
    if padded { format!("{fence} {text} {fence}") } else { format!("{fence}{text}{fence}") }
}

/// Prose from an earlier stage, in which names may stand in backticks: those become code, all else is text.
pub fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // An even number of parts means an odd number of backticks: no telling what is a name.
    if parts.len().is_multiple_of(2) || parts.iter().skip(1).step_by(2).any(|name| name.is_empty()) {
        return markdown(text);
    }
    parts.iter().enumerate().map(|(i, part)| if i % 2 == 0 { markdown(part) } else { code(part) }).collect()
}

/// Finished inline Markdown as the cell of a table: a pipe inside a code span would still end the cell.
pub fn cell(inline: &str) -> String {
    inline.replace('|', "\\|")
}

/// The text of a Mermaid node or edge, to be put in double quotes.
pub fn mermaid(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            // Mermaid's own entity codes; everything that its lexer or its HTML labels could take for markup.
            '"' | '#' | '<' | '>' | '&' | '`' | ';' | '\\' | '|' | '*' | '_' | '%' | '[' | ']' | '{' | '}' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
            _ => out.push(c),
        }
    }
    out
}

/// A quoted DOT string in which nothing is an escape sequence or an HTML entity. `lines` become lines of a centred label.
pub fn dot_label<S: AsRef<str>>(lines: &[S]) -> String {
    let lines: Vec<String> =
        lines.iter().map(|line| plain(line.as_ref()).replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")).collect();
    format!("\"{}\"", lines.join("\\n"))
}

/// Text inside an HTML element or a quoted attribute; also inside a Graphviz label that is written as HTML.
pub fn html(text: &str) -> String {
    plain(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// A quoted DOT identifier.
pub fn dot_id(text: &str) -> String {
    format!("\"{}\"", plain(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// The message of a GitHub workflow command. What GitHub shows is unescaped once, so control characters go first.
pub fn github_message(lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| plain(line).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A property of a GitHub workflow command, such as `file` or `title`.
pub fn github_property(text: &str) -> String {
    plain(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIL: &str = "a\"|`<b>\u{1b}[31m\r\n\\ --> ]; #&\u{202e}%@me";

    #[test]
    fn nothing_that_moves_the_cursor_or_the_order_of_letters_gets_through() {
        for text in
            [plain(EVIL), markdown(EVIL), code(EVIL), prose(EVIL), mermaid(EVIL), dot_label(&[EVIL]), html(EVIL), github_property(EVIL)]
        {
            assert!(!text.chars().any(is_unprintable), "{text:?}");
        }
        assert_eq!(plain("a\u{1b}[31m\u{202e}é → ü"), "a\\u{1b}[31m\\u{202e}é → ü");
    }

    #[test]
    fn markdown_text_is_text() {
        assert_eq!(markdown("a_b*c[d](e)|<b>`x`&"), "a\\_b\\*c\\[d\\](e)&#124;&lt;b&gt;\\`x\\`&amp;");
        assert_eq!(markdown("@me"), "<span>@</span>me");
    }

    #[test]
    fn a_code_span_is_fenced_longer_than_any_backtick_run_in_it() {
        assert_eq!(code("a::b"), "`a::b`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(cell(&code("a|b")), "`a\\|b`");
    }

    #[test]
    fn prose_keeps_names_in_backticks() {
        assert_eq!(prose("`a_b` is <used> by `c`"), "`a_b` is &lt;used&gt; by `c`");
        assert_eq!(prose("one ` alone"), "one \\` alone");
        assert_eq!(prose("``x``"), "\\`\\`x\\`\\`");
    }

    #[test]
    fn mermaid_sees_no_quote_and_no_markup() {
        let out = mermaid(EVIL);
        assert!(!out.contains(['"', '`', '<', '>', '|', '\\', ']']), "{out}");
        assert_eq!(mermaid("Cart<T>"), "Cart#60;T#62;");
    }

    #[test]
    fn dot_sees_one_string() {
        assert_eq!(dot_id("a\"b\\"), "\"a\\\"b\\\\\"");
        assert_eq!(html("<b a='1'>\"&"), "&lt;b a=&#39;1&#39;&gt;&quot;&amp;");
        assert_eq!(dot_label(&["a\\N", "R&D"]), "\"a\\\\N\\nR&amp;D\"");
    }

    #[test]
    fn github_sees_one_command() {
        assert_eq!(github_property("a,b:c%\n"), "a%2Cb%3Ac%25\\u{a}");
        assert_eq!(github_message(&["50 %".into(), "::error::x\n".into()]), "50 %25%0A::error::x\\u{a}");
    }
}
