//! What git remembers: which modules change together, how often, and by whom.
//!
//! Takes: the history of the commit that is checked out, mailmap, CODEOWNERS and `.git-blame-ignore-revs`. Gives: [`History`], and a tie
//! for each pair of modules that changes together. `files` tells which modules a commit touched; `rules` which commits say nothing;
//! `people` who wrote them; `pairs` what changes together; `owners` whose it is.
//!
//! Commits are read one by one along all parents. What is not committed does not count. Only the repository around the analysed folder
//! is asked: submodules have their own history. Lines are not counted: git takes a dozen times as long to tell them as to tell which files
//! changed. Whatever is missing, broken or out of reach is a note or a warning.
//!
//! A commit counts unless one of these rules leaves it out, the first that applies:
//!
//! | rule | commits |
//! |---|---|
//! | merge | with several parents: what they bring was said by the commits that they merge |
//! | end of a shallow clone | where the clone ends, and git shows all files as new |
//! | listed in .git-blame-ignore-revs | of which the repository itself says that they changed nothing of substance |
//! | bot | whose author is an automaton: `[bot]`, a word `bot` in the name or account, or one of those that everybody uses |
//! | import or vendored drop | with twenty new files or more, which are more than half of what they touch |
//! | mass edit | with more than thirty Rust files |
//! | formatting sweep | with six Rust files or more, and a first line of the message that speaks of rustfmt, clippy, typos, copyright … |
//! | no source file of today's modules | that touch nothing that is there today under this or an earlier name |

mod files;
mod owners;
mod pairs;
mod people;
mod rules;

use super::{Gathered, Input, Question, Source, Spec};
use crate::host::Host;
use crate::host::git::head::Head;
use crate::host::git::log::Log;
use crate::host::git::walk::{Walk, WalkError, walk};
use crate::model::diagnostic::Diagnostic;
use crate::model::evidence::history::{Churn, CoChange, History};
use crate::model::evidence::tie::Tie;
use crate::model::ids::ModuleId;
use crate::model::place::Site;
use files::Files;
use owners::Owners;
use pairs::Pair;
use people::Mailmap;
use rules::Rules;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// No file in which a repository speaks of itself is larger.
const LIMIT: u64 = 16 << 20;

static SPEC: Spec = Spec {
    name: "history",
    noun: "commits",
    summary: "what changes together in the history of the repository, and by whom; merges, bots, imports, mass edits and sweeps left out",
    // Boundaries that move with every commit serve nobody: it speaks in reports, and decides only where it is asked to.
    weight: 0.0,
    of_code: false,
    reading: "change together",
    words: &[],
    after: &[],
};

/// The history of a repository.
pub struct Past;

impl Source for Past {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        gather(question.input)
    }
}

/// What git remembers. Whoever waits hears how many commits git has told of; of what an earlier run knew they hear nothing.
pub fn gather(input: &Input<'_>) -> Gathered {
    let mut gathered = Gathered::default();
    let head = match input.host.head(input.root) {
        Ok(Some(head)) => head,
        Ok(None) => return Gathered { note: Some("the folder is in no git repository".into()), ..gathered },
        Err(error) => return Gathered { note: Some(format!("the repository cannot be read: {error}")), ..gathered },
    };
    let mut notes: Vec<String> = Vec::new();
    let walk = match walk(input.host, input.store, &head, &|commits| (input.commits)(commits)) {
        Ok(walk) => walk,
        Err(error) => {
            notes.push(format!("there is a repository, but {error}"));
            if matches!(error, WalkError::Refused(_)) {
                let told = Diagnostic::warning("history-unreadable", format!("the history of the repository cannot be read: {error}"));
                gathered.diagnostics.push(told.help("`git fsck` shows what is broken; without a history the analysis rests on the rest"));
            }
            Walk::default()
        }
    };
    let place = input.host.canonical(input.root).unwrap_or_else(|_| input.root.to_owned());
    let files = Files::of(input.codebase, place.strip_prefix(&head.top).unwrap_or(Path::new("")));
    let (mut history, pairs) = counted(input.host, &head, &walk.log, &files);
    history.owners = owned(&Owners::read(input.host, &head.top), &files);
    notes.extend(limits(input.host, &head, &walk, &history, &files));
    if let Some(message) = &walk.cut {
        let read = history.commits;
        let told = Diagnostic::warning("history-cut", format!("git gave up after {read} commits, and older ones do not count: {message}"));
        gathered.diagnostics.push(told.help("`git fsck` shows what is broken; a fresh clone may be whole"));
    }
    gathered.found = history.counted as usize;
    gathered.note = (!notes.is_empty()).then(|| notes.join("; "));
    gathered.ties = pairs.iter().map(|(pair, strength)| tie(input, pair, *strength)).collect();
    gathered.evidence.history = Some(history);
    gathered
}

/// What the commits say, less what rules leave out.
fn counted(host: &dyn Host, head: &Head, log: &Log, files: &Files) -> (History, Vec<Pair>) {
    let text = |name: &str| {
        let bytes = host.read(&head.top.join(name), LIMIT).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let mailmap = Mailmap::parse(&text(".mailmap"));
    let proper = log.people.iter().map(|(name, mail)| mailmap.proper(name, mail));
    let mut people: BTreeMap<String, u32> = BTreeMap::new();
    let mut person = |(name, mail)| {
        let next = u32::try_from(people.len()).unwrap_or(u32::MAX);
        *people.entry(people::identity(name, mail).into_owned()).or_insert(next)
    };
    let authors: Vec<u32> = proper.map(&mut person).collect();
    let rules = Rules::new(&head.shallow, &text(".git-blame-ignore-revs"), log);

    let mut history = History { shallow: !head.shallow.is_empty(), ..History::default() };
    let mut left_out: BTreeMap<&str, u32> = BTreeMap::new();
    let mut by: BTreeMap<ModuleId, (u32, BTreeSet<u32>)> = BTreeMap::new();
    for (commit, modules) in log.commits.iter().zip(files.touched(log)).rev() {
        history.commits += 1;
        let rule = rules.leaving_out(commit).or(modules.is_empty().then_some(rules::NO_SOURCE));
        if let Some(rule) = rule {
            *left_out.entry(rule).or_default() += 1;
            continue;
        }
        history.counted += 1;
        for module in &modules {
            let (commits, who) = by.entry(*module).or_default();
            *commits += 1;
            who.extend(authors.get(commit.author as usize));
        }
        history.changes.push(modules);
    }
    history.left_out = left_out.into_iter().map(|(rule, commits)| (rule.to_owned(), commits)).collect();
    let mut commits_of = vec![0; by.keys().next_back().map_or(0, |last| last.index() + 1)];
    for (module, (commits, who)) in by {
        commits_of[module.index()] = commits;
        history.churn.push(Churn { module, commits, authors: u32::try_from(who.len()).unwrap_or(u32::MAX) });
    }
    let pairs = pairs::pairs(&history.changes, &commits_of);
    history.co_changes = pairs.iter().map(|(pair, _)| pair.clone()).collect();
    (history, pairs)
}

/// Whose modules are whose.
fn owned(owners: &Owners, files: &Files) -> Vec<(String, Vec<ModuleId>)> {
    let mut owned: BTreeMap<&str, BTreeSet<ModuleId>> = BTreeMap::new();
    for (path, module) in files.sorted() {
        for owner in owners.of(path) {
            owned.entry(owner).or_default().insert(module);
        }
    }
    owned.into_iter().map(|(owner, modules)| (owner.to_owned(), modules.into_iter().collect())).collect()
}

/// What limits that which was found.
fn limits(host: &dyn Host, head: &Head, walk: &Walk, history: &History, files: &Files) -> Vec<String> {
    let mut notes = Vec::new();
    if head.commit.is_none() {
        notes.push("the repository has no commits yet".to_owned());
    }
    if history.shallow {
        notes.push(format!(
            "the clone is shallow: it holds the newest {} commits only (`git fetch --unshallow` gets the rest)",
            history.commits
        ));
    }
    if walk.same_only && history.commits > 0 {
        notes.push("not all contents are at hand: a file that was edited while it was renamed has no past under its old name".to_owned());
    }
    let elsewhere = submodules(host, &head.top);
    let outside = files.sorted().iter().filter(|(path, _)| elsewhere.iter().any(|folder| Path::new(path).starts_with(folder))).count();
    if outside > 0 {
        notes.push(format!("{outside} source files are in submodules, whose history is their own"));
    }
    notes
}

/// Folders that hold repositories of their own.
fn submodules(host: &dyn Host, top: &Path) -> Vec<PathBuf> {
    let bytes = host.read(&top.join(".gitmodules"), LIMIT).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let settings = text.lines().filter_map(|line| line.split_once('='));
    settings.filter(|(key, _)| key.trim() == "path").map(|(_, path)| PathBuf::from(path.trim().trim_matches('"'))).collect()
}

/// What holds two modules together; to be seen in their files.
fn tie(input: &Input<'_>, pair: &CoChange, strength: f64) -> Tie {
    let site = |module: ModuleId| {
        let module = &input.codebase.modules[module.index()];
        Site::new(input.codebase.files[module.file.index()].path.clone(), module.line)
    };
    let mut sites = vec![site(pair.a), site(pair.b)];
    sites.sort();
    Tie {
        source: SPEC.name.into(),
        subject: format!("{} commits together", pair.together),
        members: vec![(pair.a, strength), (pair.b, strength)],
        sites,
    }
}

#[cfg(test)]
mod tests;
