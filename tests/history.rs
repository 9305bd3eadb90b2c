//! What changes together, in repositories that git made: renames, a merge, a bot, a sweep, a mailmap, and what goes wrong.

use seamline::evidence::{self, Input};
use seamline::frontend::rust::{self, Options};
use seamline::host::Host;
use seamline::host::memory::Memory;
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::model::codebase::Codebase;
use seamline::model::diagnostic::Diagnostic;
use seamline::model::evidence::history::History;
use seamline::model::ids::ModuleId;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const NOBODY: (&str, &str) = ("Nobody", "nobody@example.org");
const LIBRARY: &str = "pub mod orders;\npub mod payments;\npub mod mail;\n";

/// git, as somebody in particular, and with nobody's settings.
fn git_as((name, mail): (&str, &str), root: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]);
    command.args(["-c", &format!("user.name={name}"), "-c", &format!("user.email={mail}")]).args(arguments);
    let done = command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").output().expect("git runs");
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

fn git(root: &Path, arguments: &[&str]) {
    git_as(NOBODY, root, arguments);
}

fn commit_as(who: (&str, &str), root: &Path, message: &str) {
    git(root, &["add", "-A"]);
    git_as(who, root, &["commit", "-q", "-m", message]);
}

fn commit(root: &Path, message: &str) {
    commit_as(NOBODY, root, message);
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
    std::fs::write(path, text).expect("it can be written");
}

/// Puts a line at the end of files.
fn grow(root: &Path, files: &[&str], line: &str) {
    for file in files {
        let old = std::fs::read_to_string(root.join(file)).unwrap_or_default();
        write(root, file, &format!("{old}{line}\n"));
    }
}

fn package(root: &Path) {
    write(root, "Cargo.toml", "[package]\nname = \"shop\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    write(root, "src/lib.rs", LIBRARY);
    for name in ["orders", "payments", "mail"] {
        let lines: String = (0..20).map(|n| format!("pub fn {name}_{n}() {{}}\n")).collect();
        write(root, &format!("src/{name}.rs"), &lines);
    }
}

/// The package in a repository, with one commit.
fn repository() -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    package(dir.path());
    git(dir.path(), &["init", "-q"]);
    commit(dir.path(), "a shop");
    dir
}

struct Found {
    codebase: Codebase,
    history: Option<History>,
    note: String,
    diagnostics: Vec<Diagnostic>,
}

impl Found {
    fn history(&self) -> &History {
        self.history.as_ref().expect("a history")
    }

    fn name(&self, module: ModuleId) -> &str {
        self.codebase.modules[module.index()].name()
    }

    /// Commits and authors of each module.
    fn churn(&self) -> BTreeMap<&str, (u32, u32)> {
        self.history().churn.iter().map(|c| (self.name(c.module), (c.commits, c.authors))).collect()
    }

    fn left_out(&self) -> BTreeMap<&str, u32> {
        self.history().left_out.iter().map(|(rule, n)| (rule.as_str(), *n)).collect()
    }
}

fn look_with(store: &Store, root: &Path) -> Found {
    let options = Options::default();
    let codebase = options.on_threads(|| rust::read(&Os, &Store::none(), root, &options, &|_| {})).expect("a package");
    let (evidence, diagnostics) =
        evidence::gather(&Input { codebase: &codebase, host: &Os, root, store, options: &evidence::Options::default(), commits: &|_| {} });
    let note = evidence.sources.iter().find(|s| s.source == "history").and_then(|s| s.note.clone()).unwrap_or_default();
    let diagnostics = diagnostics.into_iter().filter(|d| d.code.starts_with("history")).collect();
    Found { codebase, history: evidence.history, note, diagnostics }
}

fn look(root: &Path) -> Found {
    look_with(&Store::none(), root)
}

#[test]
fn a_life_in_commits() {
    let (ada, ada_at_work) = (("Ada", "ada@home.org"), ("A. L.", "ada@work.org"));
    let dir = repository();
    let root = dir.path();
    let both = ["src/orders.rs", "src/payments.rs"];
    // Before it was called `payments`, and in another folder.
    git(root, &["mv", "src/payments.rs", "src/money.rs"]);
    write(root, "src/lib.rs", &LIBRARY.replace("payments", "money"));
    commit(root, "money");
    for n in 0..5 {
        grow(root, &["src/orders.rs", "src/money.rs"], &format!("// {n}"));
        commit_as(if n % 2 == 0 { ada } else { ada_at_work }, root, "orders are paid");
    }
    for n in 0..12 {
        grow(root, &["src/mail.rs"], &format!("// {n}"));
        commit(root, "mail");
    }
    // Renamed back, and edited on the way.
    git(root, &["mv", "src/money.rs", "src/payments.rs"]);
    grow(root, &["src/payments.rs"], "// renamed");
    write(root, "src/lib.rs", LIBRARY);
    commit(root, "payments");
    // On a branch, merged.
    git(root, &["checkout", "-q", "-b", "side"]);
    grow(root, &both, "// side");
    commit_as(ada_at_work, root, "on the side");
    git(root, &["checkout", "-q", "main"]);
    grow(root, &["src/mail.rs"], "// meanwhile");
    commit(root, "meanwhile");
    git(root, &["merge", "-q", "--no-ff", "-m", "merged", "side"]);
    // What says nothing.
    grow(root, &both, "// bot");
    commit_as(("dependabot[bot]", "1+dependabot[bot]@users.noreply.github.com"), root, "bump");
    let files: Vec<String> = (0..40).map(|n| format!("vendor/x/{n}.rs")).collect();
    files.iter().for_each(|file| write(root, file, &format!("// {file}\n")));
    grow(root, &both, "// vendored");
    commit(root, "vendored");
    files.iter().for_each(|file| write(root, file, &format!("// changed {file}\n")));
    grow(root, &both, "// mass");
    commit(root, "all at once");
    files[..8].iter().for_each(|file| grow(root, &[file.as_str()], "// fmt"));
    grow(root, &both, "// fmt");
    commit(root, "cargo fmt");
    grow(root, &both, "// ignored");
    commit(root, "new quotes");
    let ignored = Command::new("git").arg("-C").arg(root).args(["rev-parse", "HEAD"]).output().expect("git runs").stdout;
    write(root, ".git-blame-ignore-revs", &String::from_utf8(ignored).expect("a name"));
    write(root, ".mailmap", "Ada <ada@home.org> <ada@work.org>\n");
    write(root, "CODEOWNERS", "* @all\n/src/payments.rs @pay\n");
    commit(root, "who is who");

    let found = look(root);
    let history = found.history();
    assert_eq!((history.commits, history.counted, history.shallow), (29, 22, false), "{:?}", history.left_out);
    let expected = [
        ("bot", 1),
        ("formatting sweep", 1),
        ("import or vendored drop", 1),
        ("listed in .git-blame-ignore-revs", 1),
        ("mass edit", 1),
        ("merge", 1),
        ("no source file of today's modules", 1),
    ];
    assert_eq!(found.left_out(), BTreeMap::from(expected));
    // The first commit, two renames, five and one together; mail: the first, twelve, and one. Ada is one person.
    let churn = [("shop", (3, 1)), ("orders", (7, 2)), ("payments", (9, 2)), ("mail", (14, 1))];
    assert_eq!(found.churn(), BTreeMap::from(churn));
    let pairs: Vec<_> = history.co_changes.iter().map(|c| (found.name(c.a), found.name(c.b), c.together, c.confidence)).collect();
    assert_eq!(pairs, [("orders", "payments", 7, 1.0)]);
    assert_eq!((history.changes.len(), history.changes[0].len()), (22, 4), "oldest first");
    let owners: Vec<_> = history.owners.iter().map(|(owner, modules)| (owner.as_str(), modules.len())).collect();
    assert_eq!(owners, [("@all", 3), ("@pay", 1)]);
    assert_eq!((found.note.as_str(), found.diagnostics.len()), ("", 0));
}

/// With what an earlier run knew, a later one finds what it would find without: after new commits, on another branch, after a rewrite.
#[test]
fn what_is_remembered_changes_nothing() {
    let dir = repository();
    let (root, file) = (dir.path(), dir.path().join("target/cache"));
    write(root, ".gitignore", "target\n");
    let steps: [&dyn Fn(); 5] = [
        &|| commit(root, "ignored"),
        &|| {
            grow(root, &["src/orders.rs", "src/mail.rs"], "// a");
            commit(root, "a");
        },
        &|| {
            git(root, &["checkout", "-q", "-b", "side", "HEAD~1"]);
            git(root, &["mv", "src/mail.rs", "src/post.rs"]);
            write(root, "src/lib.rs", &LIBRARY.replace("mail", "post"));
            commit(root, "post");
        },
        &|| git(root, &["merge", "-q", "-m", "merged", "main"]),
        &|| git(root, &["commit", "-q", "--amend", "-m", "merged again"]),
    ];
    for (n, step) in steps.iter().enumerate() {
        step();
        for run in ["new", "known"] {
            let store = Store::open(&Os, &file);
            let (warm, cold) = (look_with(&store, root), look(root));
            assert_eq!(warm.history, cold.history, "step {n}, {run}");
            store.save(&Os).expect("it is saved");
        }
    }
    assert_eq!(look(root).churn()["post"], (3, 1));
}

#[test]
fn shallow_partial_empty_and_broken() {
    let dir = repository();
    grow(dir.path(), &["src/orders.rs"], "// more");
    commit(dir.path(), "more");
    let clones = TempDir::new().expect("a temporary folder");
    let from = format!("file://{}", dir.path().display());
    git(dir.path(), &["config", "uploadpack.allowFilter", "true"]);
    git(clones.path(), &["clone", "-q", "--depth", "1", &from, "shallow"]);
    let shallow = look(&clones.path().join("shallow"));
    assert_eq!((shallow.history().shallow, shallow.history().counted), (true, 0));
    assert_eq!(shallow.left_out(), BTreeMap::from([("end of a shallow clone", 1)]));
    assert!(shallow.note.contains("the clone is shallow"), "{}", shallow.note);

    git(clones.path(), &["clone", "-q", "--filter=blob:none", &from, "partial"]);
    let partial = look(&clones.path().join("partial"));
    assert_eq!((partial.history().counted, partial.diagnostics.len()), (2, 0), "{}", partial.note);
    assert!(partial.note.contains("not all contents are at hand"), "{}", partial.note);

    let none = TempDir::new().expect("a temporary folder");
    package(none.path());
    let outside = look(none.path());
    assert_eq!((outside.history, outside.note.as_str()), (None, "the folder is in no git repository"));
    git(none.path(), &["init", "-q"]);
    assert_eq!(look(none.path()).note, "the repository has no commits yet");

    // The first commit's tree is gone.
    let first = Command::new("git").arg("-C").arg(dir.path()).args(["rev-parse", "HEAD~1^{tree}"]).output().expect("git runs").stdout;
    let tree = String::from_utf8(first).expect("a name");
    std::fs::remove_file(dir.path().join(format!(".git/objects/{}/{}", &tree[..2], tree[2..].trim()))).expect("an object");
    let broken = look(dir.path());
    assert_eq!(broken.diagnostics.len(), 1, "{:?}", broken.diagnostics);
}

#[test]
fn a_folder_of_a_repository_and_a_second_working_tree() {
    let dir = TempDir::new().expect("a temporary folder");
    let root = dir.path().join("repo/code/app");
    let top = dir.path().join("repo");
    package(&root);
    git(dir.path(), &["init", "-q", "repo"]);
    commit(&top, "a shop");
    grow(&top, &["code/app/src/mail.rs"], "// more");
    commit(&top, "more");
    assert_eq!(look(&root).churn()["mail"], (2, 1));
    git(&top, &["worktree", "add", "-q", "../second", "HEAD~1"]);
    assert_eq!(look(&dir.path().join("second/code/app")).churn()["mail"], (1, 1));
    git(&top, &["pack-refs", "--all"]);
    assert_eq!(look(&root).churn()["mail"], (2, 1));
}

/// A repository can name programs that git runs. None is; and no setting changes what is found.
#[cfg(unix)]
#[test]
fn nothing_of_the_repository_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let dir = repository();
    let root = dir.path();
    git(root, &["mv", "src/mail.rs", "src/post.rs"]);
    write(root, "src/lib.rs", &LIBRARY.replace("mail", "post"));
    commit(root, "post");
    let before = look(root).history;
    let trap = root.join(".git/trap");
    write(root, ".git/trap", "#!/bin/sh\ntouch \"$(dirname \"$0\")/sprung\"\n");
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).expect("rights");
    let trap = trap.to_str().expect("a path");
    for (name, value) in [
        ("core.fsmonitor", trap),
        ("core.pager", trap),
        ("pager.log", trap),
        ("core.sshCommand", trap),
        ("diff.external", trap),
        ("diff.evil.textconv", trap),
        ("diff.evil.command", trap),
        ("filter.evil.smudge", trap),
        ("filter.evil.clean", trap),
        ("core.askPass", trap),
        ("gpg.program", trap),
        ("alias.log", &format!("!{trap}")),
        ("log.showSignature", "true"),
        ("log.showRoot", "false"),
        ("log.mailmap", "true"),
        ("log.follow", "true"),
        ("log.decorate", "full"),
        ("log.diffMerges", "first-parent"),
        ("diff.renames", "false"),
        ("diff.renameLimit", "1"),
        ("diff.relative", "true"),
        ("diff.orderFile", "/nowhere"),
        ("color.ui", "always"),
        ("format.pretty", "raw"),
        ("mailmap.file", trap),
    ] {
        git(root, &["config", name, value]);
    }
    write(root, ".git/info/attributes", "*.rs filter=evil diff=evil\n");
    assert_eq!(look(root).history, before);
    assert!(!root.join(".git/sprung").exists());
}

/// Names are data: what a terminal would obey is kept as it is, and only what is Unicode is read.
#[test]
fn names_that_are_none() {
    let dir = repository();
    grow(dir.path(), &["src/mail.rs"], "// more");
    commit_as(("\u{1b}[31mEve\u{7}", "e\u{1b}ve@x"), dir.path(), "\u{1b}[2Jfmt\u{0b}");
    assert_eq!(look(dir.path()).churn()["mail"], (2, 2));
    assert!(Memory::default().head(Path::new("/")).is_err(), "an empty world has no folders");
}
