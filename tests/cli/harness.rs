//! Runs the program and copies fixtures.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        // No code means that a signal ended it: a crash.
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    /// The exit code is `code` and standard error holds all of `parts`.
    #[track_caller]
    pub(crate) fn fails(&self, code: i32, parts: &[&str]) -> &Self {
        assert_eq!(self.code, code, "exit code\n--- out\n{}\n--- err\n{}", self.out, self.err);
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is not in\n{}", self.err);
        }
        self
    }

    /// Success with nothing to complain about.
    #[track_caller]
    pub(crate) fn passes(&self) -> &Self {
        self.fails(0, &[])
    }
}

/// The command with a clean environment, run from the root of this repository.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    for name in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "CARGO_TERM_COLOR", "NO_COLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

/// Runs with these arguments.
pub(crate) fn seamline(arguments: &[&str]) -> Run {
    Run::of(command(arguments).output().expect("the program starts"))
}

/// Runs `command`.
pub(crate) fn run(command: &mut Command) -> Run {
    Run::of(command.output().expect("the program starts"))
}

/// A folder with these files, `//- path` before each. A `Cargo.toml` for a library named `demo` is there unless it is among them.
pub(crate) fn package(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    write(dir.path(), "Cargo.toml", "[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    for (path, text) in files {
        write(dir.path(), path, text);
    }
    dir
}

/// Writes a file and the folders above it.
pub(crate) fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    std::fs::create_dir_all(path.parent().expect("it has a folder")).expect("a folder");
    std::fs::write(path, text).expect("a file");
}

/// A copy of a fixture that may be written to.
pub(crate) fn copy(fixture: &str) -> TempDir {
    let dir = TempDir::new().expect("a temporary folder");
    copy_below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(fixture), dir.path());
    dir
}

fn copy_below(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a type").is_dir() {
            if entry.file_name() != "target" {
                std::fs::create_dir(&target).expect("a folder");
                copy_below(&entry.path(), &target);
            }
        } else {
            std::fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// All files below a folder with their bytes, sorted.
pub(crate) fn contents(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut todo = vec![root.to_owned()];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                todo.push(path);
            } else {
                let bytes = std::fs::read(&path).expect("a file");
                files.push((path.strip_prefix(root).expect("below").to_owned(), bytes));
            }
        }
    }
    files.sort();
    files
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
