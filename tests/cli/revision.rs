//! `check --baseline-rev`: a revision read from git's objects.

use crate::harness::{package, run, seamline, text, write};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

const CONFIG: &str =
    "[[service]]\nname = \"orders\"\ninclude = [\"demo::orders\"]\n[[service]]\nname = \"payments\"\ninclude = [\"demo::payments\"]\n";
const TORN: &str = "pub struct Order;\npub fn place() {}\n";
const TIED: &str = "pub struct Order;\npub fn place() { crate::payments::pay(); }\n";

/// git, as nobody in particular.
fn git(root: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(["-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "protocol.file.allow=always"]);
    command.args(["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"]).args(arguments);
    run(command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null")).passes();
}

fn commit(root: &Path, message: &str) {
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", message]);
}

/// Two services with nothing between them, committed; then tied together, committed.
fn history() -> TempDir {
    let dir = package(&[
        (".gitignore", "target\n"),
        ("src/lib.rs", "pub mod orders;\npub mod payments;\n"),
        ("src/orders.rs", TORN),
        ("src/payments.rs", "pub struct Payment;\npub fn pay() {}\n"),
        ("seamline.toml", CONFIG),
    ]);
    git(dir.path(), &["init", "-q"]);
    commit(dir.path(), "torn");
    write(dir.path(), "src/orders.rs", TIED);
    commit(dir.path(), "tied");
    dir
}

fn check(root: &Path, revision: &str) -> crate::harness::Run {
    seamline(&["check", text(root), "--baseline-rev", revision])
}

#[test]
fn what_is_new_since_a_revision_is_found() {
    let dir = history();
    for _ in 0..2 {
        // Cold, then warm.
        let red = check(dir.path(), "HEAD~1");
        red.fails(1, &[]);
        assert!(red.out.contains("new-crossing") && red.out.contains("src/orders.rs:2"), "{}", red.out);
        check(dir.path(), "HEAD").passes();
    }
    // Nothing was checked out, and what is not committed counts as today's.
    assert_eq!(std::fs::read_to_string(dir.path().join("src/orders.rs")).expect("a file"), TIED);
    write(dir.path(), "src/orders.rs", TORN);
    check(dir.path(), "HEAD").passes();
    check(dir.path(), "HEAD~1").passes();
    seamline(&["check", text(dir.path()), "--baseline-rev", "HEAD", "--baseline", "x"]).fails(2, &["cannot be used with"]);
    seamline(&["check", text(dir.path()), "--baseline-rev", "HEAD", "--traces", "x"])
        .fails(2, &["--traces cannot be used with revision `HEAD`"]);
}

#[test]
fn a_folder_of_a_repository() {
    let dir = TempDir::new().expect("a temporary folder");
    let root = dir.path().join("code/app");
    write(&root, "Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    write(&root, "src/lib.rs", "pub mod orders;\npub mod payments;\n");
    write(&root, "src/orders.rs", TORN);
    write(&root, "src/payments.rs", "pub fn pay() {}\n");
    write(&root, "seamline.toml", CONFIG);
    git(dir.path(), &["init", "-q"]);
    commit(dir.path(), "torn");
    write(&root, "src/orders.rs", TIED);
    check(&root, "HEAD").fails(1, &[]);
    // A folder that was not there.
    let other = dir.path().join("code/new");
    write(&other, "Cargo.toml", "[package]\nname = \"new\"\nversion = \"0.1.0\"\n");
    write(&other, "src/lib.rs", "");
    check(&other, "HEAD").fails(3, &["at revision `HEAD`"]);
}

#[test]
fn links_lead_where_they_led() {
    let dir = history();
    std::fs::remove_file(dir.path().join("src/orders.rs")).expect("a file");
    write(dir.path(), "shared/real.rs", TIED);
    #[cfg(unix)]
    std::os::unix::fs::symlink("../shared/real.rs", dir.path().join("src/orders.rs")).expect("a link");
    commit(dir.path(), "a link");
    check(dir.path(), "HEAD").passes();
    write(dir.path(), "shared/real.rs", TORN);
    commit(dir.path(), "torn again");
    write(dir.path(), "shared/real.rs", TIED);
    check(dir.path(), "HEAD").fails(1, &[]);
}

#[test]
fn revisions_that_are_not_there() {
    let dir = history();
    check(dir.path(), "v9").fails(3, &["there is no revision `v9` in this repository", "git fetch"]);
    check(dir.path(), "HEAD~7").fails(3, &["there is no revision `HEAD~7`"]);
    seamline(&["check", text(dir.path()), "--baseline-rev=--all"]).fails(3, &["there is no revision `--all`"]);
    seamline(&["check", text(dir.path()), "--baseline-rev="]).fails(3, &["there is no revision ``"]);
    let plain = package(&[("src/lib.rs", "")]);
    check(plain.path(), "HEAD").fails(3, &["not a git repository", "seamline baseline create"]);
}

#[test]
fn beyond_a_shallow_clone() {
    let (dir, clones) = (history(), TempDir::new().expect("a temporary folder"));
    let from = format!("file://{}", text(dir.path()));
    git(clones.path(), &["clone", "-q", "--depth", "1", &from, "shallow"]);
    let shallow = clones.path().join("shallow");
    check(&shallow, "HEAD~1").fails(3, &["there is no revision `HEAD~1` in this clone, which is shallow", "--unshallow", "fetch-depth: 0"]);
    check(&shallow, "HEAD").passes();
}

#[test]
fn submodules_and_pointers_are_named() {
    let (dir, inner) = (history(), package(&[("src/lib.rs", "pub fn part() {}\n")]));
    git(inner.path(), &["init", "-q"]);
    commit(inner.path(), "part");
    git(dir.path(), &["submodule", "--quiet", "add", text(inner.path()), "part"]);
    write(
        dir.path(),
        "Cargo.toml",
        "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\nmembers = [\"part\"]\n",
    );
    commit(dir.path(), "with a part");
    check(dir.path(), "HEAD").fails(3, &["at revision `HEAD`", "submodules", "part"]);

    let dir = history();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    write(dir.path(), "src/orders.rs", pointer);
    commit(dir.path(), "a pointer");
    check(dir.path(), "HEAD").fails(3, &["src/orders.rs", "Git LFS"]);
    write(dir.path(), "src/orders.rs", TORN);
    check(dir.path(), "HEAD").fails(3, &["at revision `HEAD`", "Git LFS"]);
}

/// A repository can name programs that git runs. None is.
#[cfg(unix)]
#[test]
fn nothing_of_the_repository_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let dir = history();
    let trap = dir.path().join(".git/trap");
    write(dir.path(), ".git/trap", "#!/bin/sh\ntouch \"$(dirname \"$0\")/sprung\"\n");
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).expect("rights");
    let hooks = dir.path().join(".git/hooks");
    let _ = std::fs::create_dir(&hooks);
    for hook in ["post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change"] {
        std::fs::copy(&trap, hooks.join(hook)).expect("a hook");
    }
    let trap = text(&trap);
    for (name, value) in [
        ("core.fsmonitor", trap),
        ("core.pager", trap),
        ("core.sshCommand", trap),
        ("diff.external", trap),
        ("filter.evil.smudge", trap),
        ("diff.evil.textconv", trap),
        ("core.alternateRefsCommand", trap),
        ("core.askPass", trap),
    ] {
        git(dir.path(), &["config", name, value]);
    }
    write(dir.path(), ".gitattributes", "*.rs filter=evil diff=evil\n");
    check(dir.path(), "HEAD~1").fails(1, &[]);
    assert!(!dir.path().join(".git/sprung").exists() && !hooks.join("sprung").exists());
}
