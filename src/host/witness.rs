//! What was asked of the world, and what it answered: so that a later run can see whether the world is still the same.
//!
//! Takes: a [`Host`]. Gives: a [`Host`] that answers as that one does, and [`Testimony`] of every question with the digest of its answer.
//! Invariant: where a testimony still [holds](Testimony::holds), whoever asked the questions would get the same answers again, and so,
//! being deterministic, would ask the same questions and come to the same result.

use super::git::head::Head;
use super::store::Key;
use super::{Command, Host, Output};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
enum Question {
    Read(PathBuf, u64),
    Open(PathBuf),
    IsFile(PathBuf),
    IsDir(PathBuf),
    List(PathBuf),
    Files(PathBuf, String),
    Canonical(PathBuf),
    Head(PathBuf),
}

/// All questions that were asked, with the digests of their answers.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Testimony(Vec<(Question, Key)>);

/// Answers as another host does, and remembers what was asked.
pub struct Witness<'h> {
    host: &'h dyn Host,
    asked: Mutex<BTreeMap<Question, Key>>,
    /// Something was done whose outcome nobody can foretell.
    acted: Mutex<bool>,
}

impl<'h> Witness<'h> {
    /// Nothing has been asked yet.
    pub fn new(host: &'h dyn Host) -> Self {
        Witness { host, asked: Mutex::default(), acted: Mutex::default() }
    }

    /// What was asked; `None` where more was done than asking.
    pub fn testimony(self) -> Option<Testimony> {
        let acted = self.acted.into_inner().unwrap_or_else(PoisonError::into_inner);
        let asked = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner);
        (!acted).then(|| Testimony(asked.into_iter().collect()))
    }

    fn heard(&self, question: Question, answer: Key) {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(question, answer);
    }

    fn act(&self) {
        *self.acted.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }
}

impl Testimony {
    /// Would this world give the same answers?
    pub fn holds(&self, host: &dyn Host) -> bool {
        self.0.par_iter().all(|(question, answer)| ask(host, question) == *answer)
    }
}

fn ask(host: &dyn Host, question: &Question) -> Key {
    match question {
        Question::Read(path, limit) => bytes(&host.read(path, *limit)),
        Question::Open(path) => stream(host.open(path)),
        Question::IsFile(path) => yes(host.is_file(path)),
        Question::IsDir(path) => yes(host.is_dir(path)),
        Question::List(path) => names(&host.list(path)),
        Question::Files(path, extension) => paths(&host.files(path, extension)),
        Question::Canonical(path) => names(&host.canonical(path).map(|p| vec![text(&p)])),
        Question::Head(path) => head(&host.head(path)),
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn bytes(answer: &io::Result<Vec<u8>>) -> Key {
    match answer {
        Ok(bytes) => Key::of("bytes", &[bytes]),
        Err(error) => failed(error),
    }
}

/// The digest of what can be read, and of how that ends.
fn stream(answer: io::Result<Box<dyn io::Read + '_>>) -> Key {
    answer.and_then(Key::of_stream).unwrap_or_else(|error| failed(&error))
}

fn failed(error: &io::Error) -> Key {
    Key::of("error", &[error.to_string().as_bytes()])
}

fn yes(answer: bool) -> Key {
    Key::of("answer", &[&[u8::from(answer)]])
}

fn names(answer: &io::Result<Vec<String>>) -> Key {
    match answer {
        Ok(names) => Key::of("names", &names.iter().map(|name| name.as_bytes()).collect::<Vec<_>>()),
        Err(error) => failed(error),
    }
}

fn head(answer: &io::Result<Option<Head>>) -> Key {
    match answer {
        Ok(head) => Key::of("head", &[format!("{head:?}").as_bytes()]),
        Err(error) => failed(error),
    }
}

fn paths(paths: &[PathBuf]) -> Key {
    Key::of("paths", &paths.iter().map(|path| path.as_os_str().as_encoded_bytes()).collect::<Vec<_>>())
}

impl Host for Witness<'_> {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let answer = self.host.read(path, limit);
        self.heard(Question::Read(path.to_owned(), limit), bytes(&answer));
        answer
    }

    /// Read twice, first for its digest: a file that changes in between has another one the next time, whatever this one saw.
    fn open<'w>(&'w self, path: &Path) -> io::Result<Box<dyn io::Read + 'w>> {
        self.heard(Question::Open(path.to_owned()), stream(self.host.open(path)));
        self.host.open(path)
    }

    fn is_file(&self, path: &Path) -> bool {
        let answer = self.host.is_file(path);
        self.heard(Question::IsFile(path.to_owned()), yes(answer));
        answer
    }

    fn is_dir(&self, path: &Path) -> bool {
        let answer = self.host.is_dir(path);
        self.heard(Question::IsDir(path.to_owned()), yes(answer));
        answer
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let answer = self.host.list(path);
        self.heard(Question::List(path.to_owned()), names(&answer));
        answer
    }

    fn files(&self, path: &Path, extension: &str) -> Vec<PathBuf> {
        let answer = self.host.files(path, extension);
        self.heard(Question::Files(path.to_owned(), extension.to_owned()), paths(&answer));
        answer
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let answer = self.host.canonical(path);
        self.heard(
            Question::Canonical(path.to_owned()),
            names(&answer.as_ref().map(|p| vec![text(p)]).map_err(|e| io::Error::new(e.kind(), e.to_string()))),
        );
        answer
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.act();
        self.host.write(path, bytes)
    }

    fn write_together(&self, folder: &Path, files: &[(String, Vec<u8>)], gone: &[String]) -> io::Result<()> {
        self.act();
        self.host.write_together(folder, files, gone)
    }

    fn run(&self, command: &Command<'_>, input: &[u8]) -> io::Result<Option<Output>> {
        self.act();
        self.host.run(command, input)
    }

    /// No question: the same arguments get the same answer. But a program that is not there, or fails, may do better the next time.
    fn query(&self, command: &Command<'_>, take: &mut dyn FnMut(&[u8])) -> io::Result<Option<Output>> {
        let answer = self.host.query(command, take);
        if !matches!(&answer, Ok(Some(output)) if output.success) {
            self.act();
        }
        answer
    }

    fn head(&self, folder: &Path) -> io::Result<Option<Head>> {
        let answer = self.host.head(folder);
        self.heard(Question::Head(folder.to_owned()), head(&answer));
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;

    const WORLD: &str = "//- /Cargo.toml
[package]
//- /src/lib.rs
mod a;
//- /src/a.rs
";

    fn asked(host: &Memory) -> Testimony {
        let witness = Witness::new(host);
        let _ = witness.read(Path::new("/src/lib.rs"), 1000);
        let _ = witness.read(Path::new("/src/gone.rs"), 1000);
        let _ = witness.open(Path::new("/trace.json"));
        witness.is_file(Path::new("/src/a.rs"));
        witness.is_dir(Path::new("/src/b"));
        let _ = witness.list(Path::new("/src"));
        witness.files(Path::new("/src"), "rs");
        let _ = witness.canonical(Path::new("/src/../src"));
        witness.testimony().expect("nothing was written")
    }

    #[test]
    fn what_nobody_asked_for_may_change() {
        let host = Memory::from_fixture(WORLD);
        let testimony = asked(&host);
        assert!(testimony.holds(&host));
        host.set("/README.md", "new");
        host.set("/src/a.rs", "fn f() {}");
        assert!(testimony.holds(&host));
    }

    #[test]
    fn any_other_answer_is_seen() {
        for (file, text) in
            [("/src/lib.rs", "mod b;"), ("/src/gone.rs", ""), ("/src/b/mod.rs", ""), ("/trace.json", "{}"), ("/src/c.txt", "")]
        {
            let host = Memory::from_fixture(WORLD);
            let testimony = asked(&host);
            host.set(file, text);
            assert!(!testimony.holds(&host), "{file}");
        }
    }

    #[test]
    fn who_acts_is_no_witness() {
        let host = Memory::from_fixture(WORLD);
        let witness = Witness::new(&host);
        witness.write(Path::new("/x"), b"").unwrap();
        assert!(witness.testimony().is_none());
    }

    #[test]
    fn where_a_repository_stands_is_a_question_and_its_past_is_none() {
        let (first, second) = ("a".repeat(40), "b".repeat(40));
        let host = Memory::from_fixture(WORLD);
        host.set("/.git/HEAD", first.as_str());
        let command = Command { program: "git", arguments: &["log"], environment: &[] };
        let asked = || {
            let witness = Witness::new(&host);
            let _ = witness.head(Path::new("/src"));
            let _ = witness.query(&command, &mut |_| {});
            witness.testimony()
        };
        assert!(asked().is_none(), "without git nobody knows");
        host.answer("log", true, "");
        let testimony = asked().expect("nothing was done");
        assert!(testimony.holds(&host));
        host.set("/.git/HEAD", second.as_str());
        assert!(!testimony.holds(&host));
    }
}
