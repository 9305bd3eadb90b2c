//! Who wrote a commit.
//!
//! Takes: names and e-mail addresses as they stand in commits, and the repository's `.mailmap`. Gives: who is the same person, and who is
//! none. The mailmap is read as git reads it, but only the one at the top of the repository: a person's own settings would give everybody
//! another result.

use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// Words by which automatons are known.
const BOT_WORDS: [&str; 5] = ["bot", "dependabot", "renovate", "greenkeeper", "automerge"];
/// Whole names, or whole parts of addresses before the `@`, of those whose names are no such words.
const BOT_NAMES: [&str; 8] =
    ["bors", "homu", "mergify", "github actions", "github-actions", "hosted weblate", "pre-commit-ci", "allcontributors"];

/// People under one name, whatever names and addresses they used.
#[derive(Debug, Default)]
pub(super) struct Mailmap {
    /// By the address in the commit, and the name in it where the entry has one; in lower case.
    entries: FxHashMap<(String, Option<String>), Proper>,
}

#[derive(Clone, Debug, Default)]
struct Proper {
    name: Option<String>,
    mail: Option<String>,
}

impl Mailmap {
    /// From the text of a `.mailmap`.
    pub(super) fn parse(text: &str) -> Self {
        let mut entries: FxHashMap<(String, Option<String>), Proper> = FxHashMap::default();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            let Some((name, mail, rest)) = person(line) else { continue };
            let (key, proper) = match person(rest) {
                Some((old_name, old_mail, _)) => {
                    let old_name = (!old_name.is_empty()).then(|| old_name.to_lowercase());
                    ((old_mail.to_lowercase(), old_name), Proper { name: some(name), mail: some(mail) })
                }
                None => ((mail.to_lowercase(), None), Proper { name: some(name), mail: None }),
            };
            let entry = entries.entry(key).or_default();
            entry.name = proper.name.or(entry.name.take());
            entry.mail = proper.mail.or(entry.mail.take());
        }
        Mailmap { entries }
    }

    /// The proper name and address.
    pub(super) fn proper<'a>(&'a self, name: &'a str, mail: &'a str) -> (&'a str, &'a str) {
        if self.entries.is_empty() {
            return (name, mail);
        }
        let address = mail.to_lowercase();
        let found = self.entries.get(&(address.clone(), Some(name.to_lowercase()))).or_else(|| self.entries.get(&(address, None)));
        let proper = found.map(|p| (p.name.as_deref(), p.mail.as_deref())).unwrap_or_default();
        (proper.0.unwrap_or(name), proper.1.unwrap_or(mail))
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// `Name <address>` at the beginning of a line: name, address, what follows.
fn person(line: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = line.split_once('<')?;
    let (mail, rest) = rest.split_once('>')?;
    Some((name.trim(), mail.trim(), rest))
}

/// By what a person is told from others: the address, which people keep when they write their names in another way.
pub(super) fn identity<'a>(name: &'a str, mail: &'a str) -> Cow<'a, str> {
    if mail.is_empty() { Cow::Borrowed(name) } else { Cow::Owned(mail.to_lowercase()) }
}

/// Is that an automaton? Forges mark theirs with `[bot]`; others are known by a word of their name, or by the name.
pub(super) fn is_bot(name: &str, mail: &str) -> bool {
    let (name, mail) = (name.to_lowercase(), mail.to_lowercase());
    let account = mail.split('@').next().unwrap_or_default();
    [name.as_str(), account]
        .into_iter()
        .any(|text| BOT_NAMES.contains(&text) || text.split(|c: char| !c.is_alphanumeric()).any(|word| BOT_WORDS.contains(&word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailmap_in_all_its_forms() {
        let map = Mailmap::parse(
            "# comment <x@y>\n\
             Ada Lovelace <ada@home.org>\n\
             <ada@home.org> <ADA@work.org>\n\
             Bob Builder <bob@home.org> <bob@work.org>\n\
             Carl Sagan <carl@home.org> carl <shared@work.org>\n\
             nonsense\n<broken",
        );
        assert_eq!(map.proper("ada", "Ada@Home.org"), ("Ada Lovelace", "Ada@Home.org"));
        assert_eq!(map.proper("ada", "ada@work.org"), ("ada", "ada@home.org"));
        assert_eq!(map.proper("b", "bob@work.org"), ("Bob Builder", "bob@home.org"));
        assert_eq!(map.proper("Carl", "shared@work.org"), ("Carl Sagan", "carl@home.org"));
        assert_eq!(map.proper("Dora", "shared@work.org"), ("Dora", "shared@work.org"));
        assert_eq!(identity("a", "A@b.c"), "a@b.c");
        assert_eq!(identity("Ada", ""), "Ada");
    }

    #[test]
    fn automatons_and_people() {
        for (name, mail) in [
            ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
            ("renovate", "x@y.z"),
            ("Release", "release-bot@corp.example"),
            ("bors", "bors@rust-lang.org"),
            ("GitHub Actions", "actions@github.com"),
        ] {
            assert!(is_bot(name, mail), "{name}");
        }
        for (name, mail) in [("Abbot Robotham", "abbot@robots.org"), ("Jan Bors", "jan@example.org"), ("", "")] {
            assert!(!is_bot(name, mail), "{name}");
        }
    }
}
