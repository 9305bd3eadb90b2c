//! Which commits say nothing about what belongs together.
//!
//! Takes: a commit, and what the repository says of its commits. Gives: the rule that leaves it out, if any. The rules are tried in
//! the order of [`RULES`], and a commit is counted under the first that applies.

use super::people;
use crate::host::git::log::{Commit, CommitId, Log, WITH_SUBJECT};
use rustc_hash::FxHashSet;

/// A commit that touches more Rust files than this is no one change. Published studies of co-change stop at thirty files, too.
const MASS: usize = 30;
/// A commit that brings at least so many new files, and mostly those, was made elsewhere: an import, a vendored drop.
const DROP: u32 = 20;
/// Words in the first line of a message that speak of how code is written and not of what it does. They were held against a history of
/// twenty thousand commits: `format`, `lint`, `edition` and `whitespace` are as often what a program is about.
const SWEEPS: [&str; 8] = ["rustfmt", "formatting", "reformat", "reformatted", "clippy", "idioms", "typo", "typos"];
/// The same, for what takes more than a word.
const SWEEPING: [&str; 8] = [
    "cargo fmt",
    "cargo +stable fmt",
    "cargo +nightly fmt",
    "and fmt",
    "trailing whitespace",
    "license header",
    "licence header",
    "copyright",
];

/// A rule that leaves commits out.
#[derive(Debug)]
pub(super) struct Rule {
    /// As reports call it.
    pub(super) name: &'static str,
    applies: fn(&Rules, &Commit) -> bool,
}

/// All rules on the commit alone, in the order in which they are tried.
static RULES: [Rule; 7] = [
    // What a merge brings was said by the commits that it merges. The other way, to count only merges and what is between them, makes
    // one change of a whole branch, and nothing of repositories that squash.
    Rule { name: "merge", applies: |_, commit| commit.parents.len() > 1 },
    // Where a shallow clone ends, git shows all files as new.
    Rule { name: "end of a shallow clone", applies: |rules, commit| rules.shallow.contains(&commit.id) },
    // The repository's own word on which of its commits changed nothing of substance.
    Rule { name: "listed in .git-blame-ignore-revs", applies: |rules, commit| rules.ignored.contains(&commit.id) },
    Rule { name: "bot", applies: |rules, commit| rules.bots.get(commit.author as usize).copied().unwrap_or(false) },
    Rule { name: "import or vendored drop", applies: |_, commit| commit.added >= DROP && commit.added * 2 > commit.files },
    Rule { name: "mass edit", applies: |_, commit| commit.changes.len() > MASS },
    Rule { name: "formatting sweep", applies: |_, commit| commit.subject.as_deref().is_some_and(is_sweep) },
];
/// The rule for those that no other leaves out, and that touch no source file of a module that is there today.
pub(super) const NO_SOURCE: &str = "no source file of today's modules";

/// What a repository says of its commits.
#[derive(Debug, Default)]
pub(super) struct Rules {
    shallow: FxHashSet<CommitId>,
    ignored: FxHashSet<CommitId>,
    /// By author.
    bots: Vec<bool>,
}

impl Rules {
    /// From the ends of a shallow clone, the text of a `.git-blame-ignore-revs`, and who wrote.
    pub(super) fn new(shallow: &[String], ignored: &str, log: &Log) -> Self {
        let listed = ignored.lines().filter_map(|line| line.split('#').next());
        Rules {
            shallow: shallow.iter().filter_map(|name| CommitId::parse(name)).collect(),
            ignored: listed.filter_map(|name| CommitId::parse(name.trim())).collect(),
            bots: log.people.iter().map(|(name, mail)| people::is_bot(name, mail)).collect(),
        }
    }

    /// The rule that leaves a commit out.
    pub(super) fn leaving_out(&self, commit: &Commit) -> Option<&'static str> {
        RULES.iter().find(|rule| (rule.applies)(self, commit)).map(|rule| rule.name)
    }
}

/// Does a message speak of a sweep? Only those of commits that touch several files are known; to format one file is part of changing it.
fn is_sweep(subject: &str) -> bool {
    const { assert!(WITH_SUBJECT > 1) };
    let subject = subject.to_lowercase();
    let mut words = subject.split(|c: char| !c.is_alphanumeric());
    subject == "fmt" || words.any(|word| SWEEPS.contains(&word)) || SWEEPING.iter().any(|text| subject.contains(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::git::log::Change;

    fn commit(files: u32, added: u32, rust: u32, subject: Option<&str>) -> Commit {
        Commit {
            id: CommitId::parse(&"a".repeat(40)).expect("a name"),
            parents: Vec::new(),
            time: 0,
            author: 0,
            subject: subject.map(str::to_owned),
            files,
            added,
            changes: (0..rust).map(|path| Change { path, from: None }).collect(),
        }
    }

    fn people(name: &str) -> Log {
        Log { people: vec![(name.into(), String::new())], ..Log::default() }
    }

    #[test]
    fn each_rule_and_its_bound() {
        let rules = Rules::new(&[], "", &people("Ada"));
        let left_out = |commit: &Commit| rules.leaving_out(commit);
        assert_eq!(left_out(&commit(40, 2, 30, Some("orders can be cancelled"))), None);
        assert_eq!(left_out(&commit(31, 0, 31, None)), Some("mass edit"));
        assert_eq!(left_out(&commit(20, 20, 20, None)), Some("import or vendored drop"));
        assert_eq!(left_out(&commit(19, 19, 19, None)), None);
        assert_eq!(left_out(&commit(40, 20, 10, None)), None, "half of it is old");
        for subject in ["cargo fmt", "Run rustfmt on everything", "style: fix clippy warnings", "Update copyright years", "fmt"] {
            assert_eq!(left_out(&commit(8, 0, 8, Some(subject))), Some("formatting sweep"), "{subject}");
        }
        for subject in ["information for users", "a format for lints", "use std::fmt", "edition 2024 is stable"] {
            assert_eq!(left_out(&commit(8, 0, 8, Some(subject))), None, "{subject}");
        }
        let merge = Commit { parents: vec![commit(0, 0, 0, None).id; 2], ..commit(0, 0, 0, None) };
        assert_eq!(left_out(&merge), Some("merge"));
    }

    #[test]
    fn what_the_repository_says() {
        let name = "a".repeat(40);
        let listed = format!("# reformatted\n{name} # all of it\nnonsense\n");
        let of = |rules: Rules| rules.leaving_out(&commit(1, 0, 1, None));
        assert_eq!(of(Rules::new(&[], &listed, &people("Ada"))), Some("listed in .git-blame-ignore-revs"));
        assert_eq!(of(Rules::new(&[name], "", &people("Ada"))), Some("end of a shallow clone"));
        assert_eq!(of(Rules::new(&[], "", &people("renovate[bot]"))), Some("bot"));
    }
}
