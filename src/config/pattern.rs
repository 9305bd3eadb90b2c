//! Patterns over module ids.
//!
//! Takes the text of a pattern; gives a [`Pattern`] that says which module ids it means. A pattern is read segment by segment,
//! the segments parted by `::`, and must match the whole id:
//!
//! * a word stands for itself, `*` inside a segment for any run of characters of that one segment: `shop::services::order*`;
//! * `**` as a whole segment stands for any number of segments, none included: `shop::orders::**` is `shop::orders` and all below it,
//!   `**::orders` is every module named `orders`.
//!
//! Case matters. Nothing else is special, and what cannot stand in a module id is refused.

/// Which modules are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    segments: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; the error is a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a pattern is empty".into());
        }
        let segments: Vec<String> = text.split("::").map(str::to_owned).collect();
        for segment in &segments {
            if segment.is_empty() {
                return Err(format!("pattern `{text}` has an empty segment"));
            }
            if segment.contains("**") && segment != "**" {
                return Err(format!("pattern `{text}`: `**` stands for whole segments; write `*` inside of one"));
            }
            if let Some(wrong) = segment.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '_' | '#' | '*'))) {
                let way_out = if matches!(wrong, '/' | '.') { "; patterns match module ids such as `shop::orders`, not files" } else { "" };
                return Err(format!("pattern `{text}`: `{wrong}` cannot stand in a module id{way_out}"));
            }
        }
        Ok(Self { text: text.to_owned(), segments })
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Does it mean this module?
    pub fn matches(&self, id: &str) -> bool {
        let id: Vec<&str> = id.split("::").collect();
        let pattern: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        wild(&pattern, &id, &|p| *p == "**", &|p, s| segment(p, s))
    }
}

fn segment(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    wild(&pattern, &text, &|p| *p == '*', &|p, c| p == c)
}

/// Does `pattern` match all of `text`, where an element that `is_star` stands for any run? Linear but for one step back per star.
fn wild<P, T>(pattern: &[P], text: &[T], is_star: &dyn Fn(&P) -> bool, matches: &dyn Fn(&P, &T) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && is_star(&pattern[p]) {
            retry = Some((p, t));
            p += 1;
        } else if p < pattern.len() && matches(&pattern[p], &text[t]) {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = retry {
            retry = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_runs_of_them() {
        for (pattern, yes, no) in [
            ("shop::orders", "shop::orders", "shop::orders::cart"),
            ("shop::services::*", "shop::services::mail", "shop::services::mail::queue"),
            ("shop::services::*", "shop::services::mail", "shop::services"),
            ("shop::orders::**", "shop::orders", "shop::ordersx"),
            ("shop::orders::**", "shop::orders::cart::line", "shop"),
            ("**::orders", "shop::db::orders", "shop::orders::db"),
            ("**::order*::**", "shop::db::order_repo::rows", "shop::db::border"),
            ("shop::*_repo", "shop::user_repo", "shop::repo"),
            ("**", "shop", "never::"),
            ("shop#bin", "shop#bin", "shop"),
            ("a::**::b::**::c", "a::b::x::b::c", "a::c::b"),
        ] {
            let parsed = Pattern::parse(pattern).expect("a pattern");
            assert!(parsed.matches(yes), "{pattern} and {yes}");
            assert!(no.ends_with("::") || !parsed.matches(no), "{pattern} but not {no}");
        }
    }

    #[test]
    fn nonsense_is_refused_with_a_reason() {
        for (pattern, reason) in [
            ("", "empty"),
            ("shop::", "empty segment"),
            ("src/orders.rs", "not files"),
            ("shop::a**", "whole segments"),
            ("shop::a b", "` `"),
        ] {
            let message = Pattern::parse(pattern).expect_err(pattern);
            assert!(message.contains(reason), "{message}");
        }
    }
}
