//! Histories as git prints them, and what is made of them.

use super::*;
use crate::evidence::Options;
use crate::host::memory::Memory;
use crate::host::store::Store;
use crate::model::codebase::Codebase;
use crate::model::evidence::Evidence;
use crate::model::testing;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Name of the commit that was made so many commits in.
fn name(number: usize) -> String {
    format!("{number:032x}{:08}", 0)
}

/// A world whose only commits are these, newest first, each going on from the next: author, and what `--name-status` says of files.
fn world(commits: &[(&str, &str)]) -> Memory {
    let host = Memory::default();
    let name = |i: usize| name(commits.len() - i);
    let mut printed = String::new();
    for (i, (author, files)) in commits.iter().enumerate() {
        let parent = if i + 1 < commits.len() { name(i + 1) } else { String::new() };
        let mail = author.to_lowercase();
        printed += &format!("@{}\n{parent}\n{}\n{author}\n{mail}@work.org\nwork\0", name(i), commits.len() - i);
        printed += &files.split_whitespace().map(|word| format!("{word}\0")).collect::<String>();
    }
    host.set("/.git/HEAD", name(0));
    host.answer(&name(0), true, &printed);
    host
}

/// The files of modules `shop::x` are `shop/x.rs`.
fn shop() -> Codebase {
    testing::codebase("mod shop::orders\nmod shop::payments\nmod shop::mail")
}

fn look(host: &Memory, root: &str) -> (Evidence, Gathered) {
    let (codebase, store) = (shop(), Store::none());
    let input = Input { codebase: &codebase, host, root: Path::new(root), store: &store, options: &Options::default(), commits: &|_| {} };
    let mut gathered = gather(&input);
    let evidence = std::mem::take(&mut gathered.evidence);
    (evidence, gathered)
}

fn names(modules: &[ModuleId]) -> Vec<String> {
    let codebase = shop();
    modules.iter().map(|m| codebase.modules[m.index()].name().to_owned()).collect()
}

const BOTH: &str = "M shop/orders.rs M shop/payments.rs";

#[test]
fn what_changes_together() {
    let mut commits = vec![("Ada", BOTH), ("Bob", BOTH), ("Ada", BOTH), ("Ada", BOTH), ("Renovate", BOTH), ("Ada", "M README.md")];
    commits.extend(vec![("Carl", "M shop/mail.rs"); 20]);
    let host = world(&commits);
    host.set("/.mailmap", "Ada <ada@home.org> <ada@work.org>\nAda <ada@home.org> <bob@work.org>\n");
    host.set("/.github/CODEOWNERS", "*.rs @shop\nshop/mail.rs @shop @mail\n");
    let (evidence, gathered) = look(&host, "/");
    let history = evidence.history.expect("a history");
    assert_eq!((history.commits, history.counted, history.shallow, gathered.found), (26, 24, false, 24));
    assert_eq!(history.left_out, [("bot".to_owned(), 1), (rules::NO_SOURCE.to_owned(), 1)]);
    let churn: Vec<_> = history.churn.iter().map(|c| (names(&[c.module]).concat(), c.commits, c.authors)).collect();
    assert_eq!(churn, [("mail".into(), 20, 1), ("orders".into(), 4, 1), ("payments".into(), 4, 1)]);
    let [pair] = &history.co_changes[..] else { panic!("{:?}", history.co_changes) };
    assert_eq!(
        (names(&[pair.a, pair.b]), pair.together, pair.confidence, pair.lift),
        (vec!["orders".into(), "payments".into()], 4, 1.0, 6.0)
    );
    assert_eq!((names(&history.changes[0]), names(&history.changes[23]).len()), (vec!["mail".to_owned()], 2), "oldest first");
    let owners: Vec<_> = history.owners.iter().map(|(owner, modules)| (owner.as_str(), names(modules))).collect();
    assert_eq!(owners, [("@mail", vec!["mail".to_owned()]), ("@shop", ["shop", "mail", "orders", "payments"].map(str::to_owned).to_vec())]);
    let [tie] = &gathered.ties[..] else { panic!("{:?}", gathered.ties) };
    assert_eq!((tie.source.as_str(), tie.subject.as_str(), tie.sites.len()), ("history", "4 commits together", 2));
    assert_eq!(tie.members, [(pair.a, 1.0), (pair.b, 1.0)]);
    assert_eq!((gathered.note, gathered.diagnostics), (None, Vec::new()));
}

#[test]
fn a_folder_of_the_repository() {
    let host =
        world(&[("Ada", "M code/app/shop/orders.rs R090 old/pay.rs code/app/shop/payments.rs"), ("Ada", "A old/pay.rs A shop/mail.rs")]);
    host.set("/code/app/Cargo.toml", "");
    let history = look(&host, "/code/app").0.history.expect("a history");
    let changes: Vec<_> = history.changes.iter().map(|modules| names(modules)).collect();
    assert_eq!(changes, [vec!["payments".to_owned()], vec!["orders".into(), "payments".into()]]);
}

#[test]
fn notes_in_the_place_of_errors() {
    let note = |host: &Memory| {
        let (evidence, gathered) = look(host, "/");
        (evidence.history.is_some(), gathered.note.unwrap_or_default(), gathered.diagnostics.len())
    };
    let none = Memory::from_fixture("");
    assert_eq!(note(&none), (false, "the folder is in no git repository".into(), 0));
    none.set("/.git/HEAD", "ref: refs/heads/main");
    assert_eq!(note(&none), (true, "the repository has no commits yet".into(), 0));
    none.set("/.git/HEAD", "f".repeat(40));
    assert_eq!(note(&none), (true, "there is a repository, but git is not installed".into(), 0));
    none.answer(&"f".repeat(40), false, "");
    let (_, said, diagnostics) = note(&none);
    assert!(said.contains("git says: no message") && diagnostics == 1, "{said}");
    none.set("/.git/HEAD", "nonsense");
    assert!(note(&none).1.starts_with("the repository cannot be read"), "{:?}", note(&none));
}

#[test]
fn what_limits_a_history_is_said() {
    let host = world(&[("Ada", BOTH), ("Ada", BOTH)]);
    host.set("/.git/shallow", format!("{}\n", name(1)));
    host.set("/.git/config", "[remote \"origin\"]\n\tpromisor = true\n");
    host.set("/.gitmodules", "[submodule \"x\"]\n\tpath = shop/mail.rs\n\turl = ../x\n");
    let (evidence, gathered) = look(&host, "/");
    let history = evidence.history.expect("a history");
    assert_eq!((history.shallow, history.counted, history.left_out), (true, 1, vec![("end of a shallow clone".to_owned(), 1)]));
    let note = gathered.note.expect("a note");
    for part in
        ["the clone is shallow: it holds the newest 2 commits only", "not all contents are at hand", "1 source files are in submodules"]
    {
        assert!(note.contains(part), "{note}");
    }
}

/// A file that breaks off: what was read counts, and that it is not all is said.
#[test]
fn git_that_gives_up() {
    let host = world(&[("Ada", BOTH), ("Ada", BOTH), ("Ada", BOTH)]);
    let (id, before) = (name(3), name(2));
    let printed = format!("@{id}\n{before}\n3\nAda\nada@work.org\nwork\0\nM\0shop/mail.rs\0@{before}\n\n2\nAda\na\nwork\0\nM\0sh");
    host.answer(&id, false, &printed);
    let (evidence, gathered) = look(&host, "/");
    assert_eq!(evidence.history.expect("a part").counted, 1);
    let [told] = &gathered.diagnostics[..] else { panic!("{gathered:?}") };
    assert_eq!((told.code.as_str(), told.message.contains("after 1 commits")), ("history-cut", true));
}

#[test]
fn whoever_waits_hears_how_many_commits_there_are_so_far() {
    let (codebase, store, heard) = (shop(), Store::none(), AtomicUsize::new(0));
    let host = world(&[("Ada", BOTH), ("Bob", BOTH)]);
    let commits = |so_far| heard.store(so_far, Ordering::Relaxed);
    let options = Options::default();
    gather(&Input { codebase: &codebase, host: &host, root: Path::new("/"), store: &store, options: &options, commits: &commits });
    assert_eq!(heard.into_inner(), 2);
}
