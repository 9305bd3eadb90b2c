//! What `git log` tells of each commit, in a form that is quick to read and small to keep.
//!
//! Takes: git's output as it comes, in pieces of any size. Gives: [`Log`]. Only Rust files are named in it; of others it knows how many
//! a commit touched. Names and paths are as git gives them, with what is not Unicode replaced.
//! Invariant: the order of the commits hangs on the commits alone, not on how or when they were read.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use std::collections::BinaryHeap;

/// How a commit is to be printed: what [`Reading`] reads.
pub(super) const FORMAT: &str = "--format=tformat:@%H%n%P%n%ct%n%an%n%ae%n%s";
/// Messages of commits that touch fewer Rust files say nothing that anybody asks for.
pub const WITH_SUBJECT: usize = 6;

/// Commits of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Rust files by every name that they ever had, from the top of the repository.
    pub paths: Vec<String>,
    /// Who wrote: name and e-mail address as they stand in the commits.
    pub people: Vec<(String, String)>,
    /// Newest first; a commit stands before its parents.
    pub commits: Vec<Commit>,
}

/// Name of a commit: the first half of a long digest, most of a short one. Nobody can make two that are alike in so much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CommitId(u128);

impl CommitId {
    /// From hexadecimal digits, all of them.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let is_name = matches!(name.len(), 40 | 64) && name.bytes().all(|b| b.is_ascii_hexdigit());
        u128::from_str_radix(name.get(..32)?, 16).ok().filter(|_| is_name).map(CommitId)
    }
}

impl std::fmt::Display for CommitId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Its name.
    pub id: CommitId,
    /// Those that it goes on from; several for a merge.
    pub parents: Vec<CommitId>,
    /// Seconds since 1970, by the clock of whoever made it.
    pub time: i64,
    /// Who wrote it: position in [`Log::people`].
    pub author: u32,
    /// The first line of its message, where it touches at least [`WITH_SUBJECT`] Rust files.
    pub subject: Option<String>,
    /// Files of any kind that it touches; none for a merge.
    pub files: u32,
    /// Of them, those that were not there before.
    pub added: u32,
    /// The Rust files among them.
    pub changes: Vec<Change>,
}

/// What a commit did to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The file: position in [`Log::paths`].
    pub path: u32,
    /// The name that it had before, where that was another.
    pub from: Option<u32>,
}

impl Log {
    /// Positions of `head` and of all that came before it, in the order of [`Log::commits`]: later ones first, as far as they can be compared.
    pub(super) fn since(&self, head: CommitId) -> Vec<usize> {
        let at: FxHashMap<CommitId, usize> = self.commits.iter().enumerate().map(|(i, c)| (c.id, i)).collect();
        let parents = |i: usize| self.commits[i].parents.iter().filter_map(|id| at.get(id).copied());
        let Some(&first) = at.get(&head) else { return Vec::new() };
        let mut children: Vec<u32> = vec![0; self.commits.len()];
        let mut seen = vec![false; self.commits.len()];
        let mut todo = vec![first];
        seen[first] = true;
        while let Some(i) = todo.pop() {
            for parent in parents(i) {
                children[parent] += 1;
                if !std::mem::replace(&mut seen[parent], true) {
                    todo.push(parent);
                }
            }
        }
        let ready = |i: usize| (self.commits[i].time, self.commits[i].id, i);
        let mut heap = BinaryHeap::from([ready(first)]);
        let mut order = Vec::with_capacity(self.commits.len());
        while let Some((_, _, i)) = heap.pop() {
            order.push(i);
            for parent in parents(i) {
                // Whoever forges a log in which a commit comes before itself gets an order all the same.
                if children[parent] > 0 {
                    children[parent] -= 1;
                    if children[parent] == 0 {
                        heap.push(ready(parent));
                    }
                }
            }
        }
        order
    }

    /// Only the commits at these positions, in this order.
    pub(super) fn only(&mut self, positions: &[usize]) {
        if positions.iter().copied().eq(0..self.commits.len()) {
            return;
        }
        let mut all: Vec<Option<Commit>> = std::mem::take(&mut self.commits).into_iter().map(Some).collect();
        self.commits = positions.iter().filter_map(|i| all[*i].take()).collect();
    }
}

/// A log that is being read.
pub(super) struct Reading {
    log: Log,
    paths: FxHashMap<String, u32>,
    people: FxHashMap<(String, String), u32>,
    /// The beginning of a record whose end has not come yet.
    rest: Vec<u8>,
    /// Of the file that is being told of.
    status: Status,
    /// Of the commit that is being told of.
    subject: String,
    /// Commits that were begun.
    pub(super) commits: usize,
}

enum Status {
    /// A commit or a status comes next.
    Between,
    /// The path comes next.
    Path,
    /// Two paths come next.
    Renamed,
    /// The newer of two paths comes next.
    RenamedFrom(Option<u32>),
}

impl Reading {
    /// Goes on from what is known: new commits are added behind the known ones.
    pub(super) fn new(known: Log) -> Self {
        let numbered = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Reading {
            paths: known.paths.iter().enumerate().map(|(i, path)| (path.clone(), numbered(i))).collect(),
            people: known.people.iter().enumerate().map(|(i, person)| (person.clone(), numbered(i))).collect(),
            log: known,
            rest: Vec::new(),
            status: Status::Between,
            subject: String::new(),
            commits: 0,
        }
    }

    /// The next piece of output.
    pub(super) fn take(&mut self, mut bytes: &[u8]) {
        if !self.rest.is_empty() {
            let Some(end) = bytes.iter().position(|b| *b == 0) else {
                self.rest.extend_from_slice(bytes);
                return;
            };
            let mut record = std::mem::take(&mut self.rest);
            record.extend_from_slice(&bytes[..end]);
            self.record(&record);
            bytes = &bytes[end + 1..];
        }
        while let Some(end) = bytes.iter().position(|b| *b == 0) {
            self.record(&bytes[..end]);
            bytes = &bytes[end + 1..];
        }
        self.rest.extend_from_slice(bytes);
    }

    /// The log, without what may be only half told of the last commit where git gave up.
    pub(super) fn end(mut self, whole: bool) -> Log {
        if whole {
            self.close();
        } else if self.commits > 0 {
            self.log.commits.pop();
        }
        self.log
    }

    fn record(&mut self, record: &[u8]) {
        match std::mem::replace(&mut self.status, Status::Between) {
            Status::Between => match record.trim_ascii_start() {
                [b'@', header @ ..] => self.header(header),
                [b'R' | b'C', ..] => self.status = Status::Renamed,
                [kind, ..] => {
                    if let Some(commit) = self.log.commits.last_mut() {
                        commit.files += 1;
                        commit.added += u32::from(*kind == b'A');
                    }
                    self.status = Status::Path;
                }
                [] => {}
            },
            Status::Path => {
                if let (Some(path), Some(commit)) = (self.path(record), self.log.commits.last_mut()) {
                    commit.changes.push(Change { path, from: None });
                }
            }
            Status::Renamed => self.status = Status::RenamedFrom(self.path(record)),
            Status::RenamedFrom(from) => {
                let to = self.path(record);
                if let Some(commit) = self.log.commits.last_mut() {
                    commit.files += 1;
                    if let Some(path) = to.or(from) {
                        commit.changes.push(Change { path, from: from.filter(|_| to.is_some()) });
                    }
                }
            }
        }
    }

    fn header(&mut self, header: &[u8]) {
        self.close();
        let mut lines = header.splitn(6, |b| *b == b'\n');
        let mut next = || String::from_utf8_lossy(lines.next().unwrap_or_default());
        let (id, parents, time, name, mail, subject) = (next(), next(), next(), next(), next(), next());
        let Some(id) = CommitId::parse(&id) else { return };
        self.subject.clear();
        self.subject.push_str(&subject);
        let person = (name.into_owned(), mail.into_owned());
        let author = match self.people.get(&person) {
            Some(author) => *author,
            None => {
                let author = u32::try_from(self.log.people.len()).unwrap_or(u32::MAX);
                self.log.people.push(person.clone());
                self.people.insert(person, author);
                author
            }
        };
        self.commits += 1;
        self.log.commits.push(Commit {
            id,
            parents: parents.split(' ').filter_map(CommitId::parse).collect(),
            time: time.parse().unwrap_or(0),
            author,
            subject: None,
            files: 0,
            added: 0,
            changes: Vec::new(),
        });
    }

    /// Nothing more is told of the last commit.
    fn close(&mut self) {
        if let Some(commit) = self.log.commits.last_mut().filter(|_| self.commits > 0) {
            commit.changes.shrink_to_fit();
            if commit.changes.len() >= WITH_SUBJECT {
                commit.subject = Some(std::mem::take(&mut self.subject));
            }
        }
    }

    /// The number of a path, where it is that of a Rust file.
    fn path(&mut self, path: &[u8]) -> Option<u32> {
        let path = path.ends_with(b".rs").then(|| std::str::from_utf8(path).ok())??;
        if let Some(known) = self.paths.get(path) {
            return Some(*known);
        }
        let number = u32::try_from(self.log.paths.len()).ok()?;
        self.log.paths.push(path.to_owned());
        self.paths.insert(path.to_owned(), number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(letter: char) -> CommitId {
        CommitId::parse(&letter.to_string().repeat(40)).expect("a name")
    }

    fn commit(letter: char, parents: &str, time: u32, files: &str) -> String {
        let parents: Vec<String> = parents.chars().map(|p| p.to_string().repeat(40)).collect();
        let files = if files.is_empty() { String::new() } else { format!("\n{}\0", files.replace(' ', "\0")) };
        format!("@{}\n{}\n{time}\nAda\nada@example.org\nwork on {letter}\0{files}", letter.to_string().repeat(40), parents.join(" "))
    }

    fn read(text: &str, piece: usize) -> Log {
        let mut reading = Reading::new(Log::default());
        text.as_bytes().chunks(piece).for_each(|piece| reading.take(piece));
        reading.end(true)
    }

    #[test]
    fn in_pieces_of_any_size() {
        let text = commit('c', "b", 30, "M src/a.rs A README.md R087 src/b.rs src/c.rs")
            + &commit('b', "af", 20, "")
            + &commit('a', "", 10, "A src/a.rs A src/b.rs A x D y T z R100 old new.rs R100 old.rs new");
        let log = read(&text, text.len());
        assert_eq!(log.paths, ["src/a.rs", "src/b.rs", "src/c.rs", "new.rs", "old.rs"]);
        assert_eq!(log.people, [("Ada".to_owned(), "ada@example.org".to_owned())]);
        let change = |path, from| Change { path, from };
        let [c, b, a] = &log.commits[..] else { panic!("{log:?}") };
        assert_eq!((c.files, c.added, &c.changes), (3, 1, &vec![change(0, None), change(2, Some(1))]));
        assert_eq!((b.files, &b.parents, b.time), (0, &vec![id('a'), id('f')], 20));
        assert_eq!((a.files, a.added, &a.changes[2..]), (7, 3, &[change(3, None), change(4, None)][..]));
        for piece in 1..40 {
            assert_eq!(read(&text, piece), log, "pieces of {piece}");
        }
    }

    #[test]
    fn what_is_half_told_is_left_out() {
        let text = commit('b', "a", 20, "M src/a.rs") + &commit('a', "", 10, "A src/a.rs A src/b.rs");
        let mut reading = Reading::new(Log::default());
        reading.take(&text.as_bytes()[..text.len() - 4]);
        assert_eq!(reading.end(false).commits.len(), 1);
        assert_eq!(Reading::new(Log::default()).end(false), Log::default());
    }

    #[test]
    fn messages_of_wide_commits_are_kept() {
        let files: Vec<String> = (0..WITH_SUBJECT).map(|n| format!("M {n}.rs")).collect();
        let log = read(&(commit('b', "a", 2, &files.join(" ")) + &commit('a', "", 1, "A 0.rs")), 7);
        assert_eq!(log.commits[0].subject.as_deref(), Some("work on b"));
        assert_eq!(log.commits[1].subject, None);
    }

    /// Clocks go wrong: parents come after their children all the same, and the order is the same from wherever it is read.
    #[test]
    fn the_order_hangs_on_the_commits_alone() {
        let all =
            [commit('d', "bc", 5, ""), commit('c', "a", 9, ""), commit('b', "a", 7, ""), commit('a', "", 8, ""), commit('e', "d", 1, "")];
        let names = |text: &str, head: char| -> Vec<CommitId> {
            let log = read(text, 64);
            log.since(id(head)).into_iter().map(|i| log.commits[i].id).collect()
        };
        let expected = ['d', 'c', 'b', 'a'].map(id);
        assert_eq!(names(&all.concat(), 'd'), expected);
        let backwards: Vec<String> = all.iter().rev().cloned().collect();
        assert_eq!(names(&backwards.concat(), 'd'), expected);
        assert_eq!(names(&all.concat(), 'f'), []);
    }
}
