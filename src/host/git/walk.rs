//! The whole history of a commit, by `git log` or from what an earlier run was told.
//!
//! Takes: a [`Head`] and a [`Store`]. Gives: [`Walk`]. A later run asks git only for what is new since, and what it makes of that is what
//! asking for everything would have given: it keeps what can be reached from the commit, in an order that hangs on the commits alone.
//!
//! What git is told makes its answer hang on the commit's name alone: no setting of the user's or the repository's decides whether and
//! how far renames are followed, no mailmap is read, nothing is replaced or grafted; and no setting makes it run a program.

use super::head::Head;
use super::log::{CommitId, FORMAT, Log, Reading};
use super::{ENVIRONMENT, arguments, said};
use crate::host::store::{Key, Store};
use crate::host::{Command, Host};
use std::io;

/// How every walk is asked for. Renames among more than so many new and old files are followed only where the files are alike: finding
/// the others takes the product of their numbers.
const ASKED: [&str; 15] = [
    "log",
    "-z",
    "--name-status",
    "-l400",
    "-O/dev/null",
    "--no-relative",
    "--ignore-submodules=none",
    "--no-ext-diff",
    "--no-textconv",
    "--no-show-signature",
    "--no-mailmap",
    "--no-decorate",
    "--no-notes",
    "--no-color",
    "--encoding=UTF-8",
];
/// Settings that no argument overrides.
const SETTINGS: [&str; 4] = ["-c", "log.showRoot=true", "-c", "log.follow=false"];
/// It is the repository around the folder that is asked, and no other that somebody chose: a hook, a script.
const NO_OTHER: [(&str, &str); 3] = [("GIT_DIR", ""), ("GIT_COMMON_DIR", ""), ("GIT_WORK_TREE", "")];
/// A new name and the old one hold alike: what git takes for a rename.
const ALIKE: &str = "-M50%";
/// Where contents are not at hand.
const SAME: &str = "-M100%";

/// A history.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    /// Everything that can be reached from the commit, and is in the clone.
    pub log: Log,
    /// Contents are not at hand: a file that was edited while it was renamed counts as a new one.
    pub same_only: bool,
    /// Why it ends before its beginning, in git's words.
    pub cut: Option<String>,
}

/// Why there is no history.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// There is no git.
    #[error("git is not installed")]
    NoGit,
    /// git does not trust the repository, or does not find its way in it.
    #[error("git says: {0}")]
    Refused(String),
    /// git could not be run.
    #[error("git could not be run: {0}")]
    Run(#[from] io::Error),
}

/// The history of the commit at which a repository stands. `progress` hears how many commits git has told of.
///
/// # Errors
/// Where nothing at all can be learned.
pub fn walk(host: &dyn Host, store: &Store, head: &Head, progress: &dyn Fn(usize)) -> Result<Walk, WalkError> {
    let Some((name, id)) = head.commit.as_deref().and_then(|name| Some((name, CommitId::parse(name)?))) else {
        return Ok(Walk::default());
    };
    // One log is kept for a repository, and not one for each commit at which a run found it: its first commit says what it is the log of.
    let place = head.top.as_os_str().as_encoded_bytes();
    let key = Key::of("git log", &[place, head.shallow.join(" ").as_bytes(), &[u8::from(head.partial)]]);
    let asking = Asking { host, head, progress, similar: if head.partial { SAME } else { ALIKE } };
    let whole = |log| Walk { log, same_only: head.partial, cut: None };
    let keep = |log: Log| {
        if let Ok(bytes) = postcard::to_stdvec(&log) {
            store.put(key, bytes);
        }
        whole(log)
    };
    let known = store.get(&key).and_then(|bytes| postcard::from_bytes::<Log>(&bytes).ok());
    if let Some((mut log, tip)) = known.and_then(|log| log.commits.first().map(|c| c.id).map(|tip| (log, tip))) {
        let order = log.since(id);
        if !order.is_empty() {
            log.only(&order);
            return Ok(whole(log));
        }
        // The tip may be gone from the repository since, and with it what would be new: then all is asked for.
        let (mut log, failed) = asking.ask(name, Some(tip), log)?;
        if failed.is_none() {
            log.only(&log.since(id));
            return Ok(keep(log));
        }
    }
    let (mut log, failed) = asking.ask(name, None, Log::default())?;
    let Some(message) = failed else {
        log.only(&log.since(id));
        return Ok(keep(log));
    };
    // Names can be told without what the files held, and more of the past may be left of them.
    let (mut names, failed) = Asking { similar: SAME, ..asking }.ask(name, None, Log::default())?;
    let (same_only, cut) = if names.commits.len() > log.commits.len() {
        std::mem::swap(&mut log, &mut names);
        (true, failed)
    } else {
        (head.partial, Some(message))
    };
    match cut {
        Some(message) if log.commits.is_empty() => Err(WalkError::Refused(message)),
        cut => {
            log.only(&log.since(id));
            Ok(Walk { log, same_only, cut })
        }
    }
}

/// How git is asked for a log.
#[derive(Clone, Copy)]
struct Asking<'a> {
    host: &'a dyn Host,
    head: &'a Head,
    progress: &'a dyn Fn(usize),
    similar: &'static str,
}

impl Asking<'_> {
    /// What is reachable from `name` and not from `tip` is added to `known`; with what went wrong, if anything did.
    fn ask(&self, name: &str, tip: Option<CommitId>, known: Log) -> Result<(Log, Option<String>), WalkError> {
        let top = self.head.top.to_string_lossy();
        let known_tip = tip.map(|tip| format!("^{tip}"));
        let mut all = arguments(&top, &SETTINGS);
        all.extend(ASKED);
        all.extend([self.similar, FORMAT, "--end-of-options", name]);
        all.extend(known_tip.as_deref());
        // No path may be taken for a revision, nor the other way round.
        all.push("--");
        let mut reading = Reading::new(known);
        let environment = [ENVIRONMENT, &NO_OTHER].concat();
        let command = Command { program: "git", arguments: &all, environment: &environment };
        let output = self.host.query(&command, &mut |piece| {
            let before = reading.commits;
            reading.take(piece);
            if reading.commits != before {
                (self.progress)(reading.commits);
            }
        })?;
        let output = output.ok_or(WalkError::NoGit)?;
        Ok((reading.end(output.success), (!output.success).then(|| said(&output))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;
    use std::cell::Cell;
    use std::path::{Path, PathBuf};

    fn name(letter: char) -> String {
        letter.to_string().repeat(40)
    }

    /// What git prints of a commit that touches one file.
    fn printed(letter: char, parent: Option<char>, time: u32) -> String {
        let parent = parent.map(name).unwrap_or_default();
        format!("@{}\n{parent}\n{time}\nAda\nada@example.org\nwork\0\nM\0src/{letter}.rs\0", name(letter))
    }

    fn head(letter: char) -> Head {
        Head { top: PathBuf::from("/"), commit: Some(name(letter)), shallow: Vec::new(), partial: false }
    }

    fn ids(walk: &Walk) -> Vec<CommitId> {
        walk.log.commits.iter().map(|c| c.id).collect()
    }

    fn named(letters: &str) -> Vec<CommitId> {
        letters.chars().map(|l| CommitId::parse(&name(l)).expect("a name")).collect()
    }

    #[test]
    fn only_what_is_new_is_asked_for() {
        let host = Memory::default();
        host.answer(&name('b'), true, &(printed('b', Some('a'), 2) + &printed('a', None, 1)));
        let asked = Cell::new(0);
        let walk = |letter: char| {
            let store = Store::open(&host, Path::new("/cache"));
            let walk = walk(&host, &store, &head(letter), &|n| asked.set(n)).expect("a walk");
            store.save(&host).expect("it is saved");
            (ids(&walk), asked.replace(0))
        };
        assert_eq!(walk('b'), (named("ba"), 2));
        assert_eq!(walk('b'), (named("ba"), 0), "nothing is new");
        assert_eq!(walk('a'), (named("a"), 0), "what came before is known");
        host.answer(&name('c'), true, "not asked in this way");
        host.answer(&format!("^{}", &name('b')[..32]), true, &printed('c', Some('b'), 3));
        assert_eq!(walk('c'), (named("cba"), 1));
        // Another branch: what is no longer reachable goes.
        host.answer(&format!("^{}", &name('c')[..32]), true, &printed('d', Some('a'), 4));
        host.answer(&name('d'), true, "not asked in this way");
        host.answer(&format!("^{}", &name('c')[..32]), true, &printed('d', Some('a'), 4));
        assert_eq!(walk('d'), (named("da"), 1));
        // A tip that is gone.
        host.answer(&name('e'), true, &printed('e', None, 5));
        host.answer(&format!("^{}", &name('d')[..32]), false, "");
        assert_eq!(walk('e'), (named("e"), 1));
    }

    #[test]
    fn what_git_cannot_read() {
        let host = Memory::default();
        let walk = |letter| walk(&host, &Store::none(), &head(letter), &|_| {});
        assert!(matches!(walk('a'), Err(WalkError::NoGit)));
        host.answer(&name('a'), false, "");
        assert!(matches!(walk('a'), Err(WalkError::Refused(_))));
        // The last commit of an answer that breaks off may be half told.
        host.answer(&name('b'), false, &(printed('b', Some('a'), 2) + &printed('a', None, 1)));
        let cut = walk('b').expect("a part");
        assert_eq!((ids(&cut), cut.same_only, cut.cut.is_some()), (named("b"), false, true));
        host.answer(SAME, true, &(printed('b', Some('a'), 2) + &printed('a', None, 1)));
        let names = walk('b').expect("all of it");
        assert_eq!((ids(&names), names.same_only, names.cut.is_none()), (named("ba"), true, true));
        let none = Head { commit: None, ..head('b') };
        assert_eq!(super::walk(&host, &Store::none(), &none, &|_| {}).expect("nothing").log, Log::default());
    }
}
