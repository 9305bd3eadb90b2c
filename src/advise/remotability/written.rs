//! Types as the front end writes them, taken apart again.
//!
//! Takes the text of a type, such as `Vec<&Order>`; gives a [`Written`]. Invariant: any text gives something, at worst a path of that name.

/// A type as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written<'a> {
    /// A path by its last name, with its arguments.
    Path(&'a str, Vec<Written<'a>>),
    /// `&T`; whether `mut` is told elsewhere.
    Ref(Box<Written<'a>>),
    /// Tuple, slice or array.
    List(Vec<Written<'a>>),
    /// `fn(A)`
    Function,
    /// `impl A + B`
    Impl(Vec<Written<'a>>),
    /// `dyn A + B`
    Dyn(Vec<Written<'a>>),
    /// `*T`
    Pointer,
    /// `!`, `_`, nothing.
    Nothing,
}

/// The type that `text` says.
pub(super) fn written(text: &str) -> Written<'_> {
    let text = text.trim();
    if text.is_empty() || text == "_" || text == "!" {
        return Written::Nothing;
    }
    if let Some(inner) = text.strip_prefix('&') {
        return Written::Ref(Box::new(written(inner)));
    }
    if text.starts_with('*') {
        return Written::Pointer;
    }
    for (word, make) in [("impl ", Written::Impl as fn(_) -> _), ("dyn ", Written::Dyn as fn(_) -> _)] {
        if let Some(bounds) = text.strip_prefix(word) {
            return make(pieces(bounds, '+').into_iter().map(written).collect());
        }
    }
    if text.starts_with("fn(") {
        return Written::Function;
    }
    if let Some(inner) = text.strip_prefix('(').or_else(|| text.strip_prefix('[')) {
        return Written::List(pieces(&inner[..inner.len().saturating_sub(1)], ',').into_iter().map(written).collect());
    }
    let (path, arguments) = match text.find('<') {
        Some(at) if text.ends_with('>') => (&text[..at], pieces(&text[at + 1..text.len() - 1], ',').into_iter().map(written).collect()),
        _ => (text, Vec::new()),
    };
    Written::Path(path.rsplit("::").next().unwrap_or(path), arguments)
}

/// Value and error of a type whose name ends in `Result`; without an error where an alias has it.
pub(super) fn result(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.trim();
    let at = text.find('<').filter(|at| text[..*at].ends_with("Result") && text.ends_with('>'))?;
    let parts = pieces(&text[at + 1..text.len() - 1], ',');
    Some((parts.first()?.trim(), parts.get(1).map(|e| e.trim())))
}

/// Splits at a sign that stands outside of all brackets.
pub(super) fn pieces(text: &str, at: char) -> Vec<&str> {
    let (mut depth, mut start, mut out) = (0_i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            _ if c == at && depth == 0 => {
                out.push(&text[start..i]);
                start = i + c.len_utf8();
            }
            _ => {}
        }
    }
    out.push(&text[start..]);
    out.retain(|piece| !piece.trim().is_empty());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_apart() {
        let path = |name| Written::Path(name, Vec::new());
        assert_eq!(written("Vec<&Order>"), Written::Path("Vec", vec![Written::Ref(Box::new(path("Order")))]));
        assert_eq!(
            written("HashMap<String, (u32, [u8])>"),
            Written::Path("HashMap", vec![path("String"), Written::List(vec![path("u32"), Written::List(vec![path("u8")])])])
        );
        assert_eq!(
            written("&dyn Fn<(Order)> + Send"),
            Written::Ref(Box::new(Written::Dyn(vec![Written::Path("Fn", vec![Written::List(vec![path("Order")])]), path("Send")])))
        );
        assert_eq!(written("()"), Written::List(Vec::new()));
        assert_eq!(written(""), Written::Nothing);
        assert_eq!(written("[u8"), Written::List(vec![path("u")]), "a torn text is still a type");
    }
}
