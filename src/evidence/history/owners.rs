//! Who owns which files, by CODEOWNERS.
//!
//! Takes: the text of such a file. Gives: the owners of a path. The last line whose pattern matches counts, and one without owners
//! leaves its files to nobody. Patterns are those of `.gitignore`, without `!` and `[…]`, as forges read them: `/` at the beginning or in
//! the middle ties a pattern to the top, at the end to folders; `*` and `?` stop at `/`, `**` does not; a folder stands for all that is
//! below it. Lines of sections (`[Name]`), which one forge has, count as comments.

use crate::host::Host;
use std::path::Path;

/// Where forges look, first one first.
const PLACES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];
/// Forges read no larger one.
const LIMIT: u64 = 3 << 20;

/// The lines of a CODEOWNERS file.
#[derive(Debug, Default)]
pub(super) struct Owners {
    lines: Vec<Line>,
}

#[derive(Debug)]
struct Line {
    /// Names between `/`; a first `**` where it is not tied to the top.
    pattern: Vec<String>,
    /// It matches folders only.
    folder: bool,
    owners: Vec<String>,
}

impl Owners {
    /// From the first file that is there.
    pub(super) fn read(host: &dyn Host, top: &Path) -> Self {
        let found = PLACES.iter().find_map(|place| host.read(&top.join(place), LIMIT).ok());
        found.map_or_else(Self::default, |bytes| Self::parse(&String::from_utf8_lossy(&bytes)))
    }

    fn parse(text: &str) -> Self {
        Owners { lines: text.lines().filter_map(line).collect() }
    }

    /// Owners of a file, as they are written.
    pub(super) fn of(&self, path: &str) -> &[String] {
        let names: Vec<&str> = path.split('/').collect();
        self.lines.iter().rev().find(|line| line.matches(&names)).map_or(&[], |line| &line.owners)
    }
}

fn line(text: &str) -> Option<Line> {
    let text = text.trim();
    if text.is_empty() || text.starts_with(['#', '[', '^']) {
        return None;
    }
    let mut words = words(text).into_iter();
    let written = words.next()?;
    let owners = words.take_while(|word| !word.starts_with('#')).collect();
    let body = written.trim_end_matches('/');
    let tied = body.contains('/');
    let mut pattern: Vec<String> = body.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    if !tied {
        pattern.insert(0, "**".into());
    }
    Some(Line { pattern, folder: written.ends_with('/'), owners })
}

/// Words between spaces; `\ ` is a space inside of one.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => words.last_mut().expect("one was begun").extend(letters.next()),
            letter if letter.is_whitespace() => words.push(String::new()),
            letter => words.last_mut().expect("one was begun").push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

impl Line {
    fn matches(&self, names: &[&str]) -> bool {
        // A folder stands for all below it, but `docs/*` for what is directly in `docs` only.
        let last_is_star = self.pattern.last().is_some_and(|name| name == "*") && self.pattern.len() > 1 && self.pattern[0] != "**";
        let whole = |end: usize| {
            let is_folder = end < names.len();
            (is_folder || !self.folder) && (!is_folder || self.folder || !last_is_star) && below(&self.pattern, &names[..end])
        };
        (1..=names.len()).any(whole)
    }
}

/// Does a pattern match a path, name by name?
fn below(pattern: &[String], names: &[&str]) -> bool {
    match (pattern.split_first(), names.split_first()) {
        (None, None) => true,
        (Some((first, rest)), _) if first == "**" => {
            // At the end it stands for what is in a folder, and not for the folder.
            if rest.is_empty() { !names.is_empty() } else { (0..=names.len()).any(|skipped| below(rest, &names[skipped..])) }
        }
        (Some((first, rest)), Some((name, others))) => name_matches(first.as_bytes(), name.as_bytes()) && below(rest, others),
        _ => false,
    }
}

/// `*` stands for any letters, `?` for one.
fn name_matches(pattern: &[u8], name: &[u8]) -> bool {
    // Back to the last star, which then takes one letter more: no pattern takes longer than the product of the lengths.
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(letter) if *letter == b'?' || *letter == name[n] => {
                p += 1;
                n += 1;
            }
            _ => {
                let Some((at, from)) = star else { return false };
                star = Some((at, from + 1));
                p = at + 1;
                n = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|letter| *letter == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;

    #[test]
    fn the_last_line_that_matches_counts() {
        let owners = Owners::parse(
            "# everybody\n*  @all\n[Section]\n*.sql @data # and nobody else\n/src/pay/ @pay pay@corp.example\nsrc/pay/open.rs\n/docs/* @docs\n\
             apps/ @apps\n**/legacy @old\n/crates/*/src/**/db.rs @data\nsp\\ ace.rs @space\n",
        );
        for (path, expected) in [
            ("src/lib.rs", "@all"),
            ("a/b/c.sql", "@data"),
            ("src/pay/card.rs", "@pay pay@corp.example"),
            ("x/src/pay/card.rs", "@all"),
            ("src/pay/open.rs", ""),
            ("docs/a.rs", "@docs"),
            ("docs/deep/a.rs", "@all"),
            ("x/apps/y/z.rs", "@apps"),
            ("apps", "@all"),
            ("a/legacy/b.rs", "@old"),
            ("crates/shop/src/db.rs", "@data"),
            ("crates/shop/src/a/b/db.rs", "@data"),
            ("crates/shop/deep/src/db.rs", "@all"),
            ("sp ace.rs", "@space"),
        ] {
            assert_eq!(owners.of(path).join(" "), expected, "{path}");
        }
    }

    #[test]
    fn stars_and_question_marks() {
        for (pattern, name, expected) in [
            ("*", "a", true),
            ("*.rs", "a.rs", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("?.rs", "a.rs", true),
            ("?.rs", ".rs", false),
            ("", "a", false),
        ] {
            assert_eq!(name_matches(pattern.as_bytes(), name.as_bytes()), expected, "{pattern} {name}");
        }
        // Patterns that lead astray end in time.
        assert!(!name_matches("*a".repeat(30).as_bytes(), "a".repeat(29).as_bytes()));
    }

    #[test]
    fn where_forges_look() {
        let host = Memory::from_fixture("//- /docs/CODEOWNERS\n* @docs\n");
        assert_eq!(Owners::read(&host, Path::new("/")).of("a"), ["@docs"]);
        host.set("/.github/CODEOWNERS", "* @github");
        assert_eq!(Owners::read(&host, Path::new("/")).of("a"), ["@github"]);
        assert!(Owners::read(&host, Path::new("/x")).of("a").is_empty());
    }
}
