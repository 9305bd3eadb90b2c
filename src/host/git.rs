//! A revision of a git repository as a world of files, straight from the object store: nothing is checked out.
//!
//! Takes: a [`Host`] with a folder inside a repository, and the name of a revision. Gives: [`Revision`], a [`Host`] in which that folder holds
//! what it held then. Read-only.
//!
//! [`head`] is where a repository stands; [`mod@walk`] is how it came there, commit by commit, as [`log`] holds it.
//!
//! The user's own `git` is asked, by plumbing that runs no hook, filter, pager or external diff; it may not fetch what a partial clone
//! lacks, nor follow replaced objects, nor ask for a password. Bounded: files larger than 16 MiB cannot be read.

pub mod head;
pub mod log;
pub mod walk;

use self::head::Head;
use super::store::Key;
use super::{Command, Host, Output};
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

/// The same bound as for files on disk, and more than any source has.
const LIMIT: u64 = 16 << 20;
/// Links that lead to links are followed this far.
const LINKS: usize = 8;
/// Whatever git is asked, it is asked so.
const HARDENED: [&str; 8] =
    ["--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never"];
const ENVIRONMENT: &[(&str, &str)] = &[
    // Parents are those that a commit names, so that its name stands for its past: no such file can be there.
    ("GIT_GRAFT_FILE", "/dev/null/none"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// Why a revision cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RevisionError {
    /// There is no git.
    #[error("git is not installed, and only git can read a revision")]
    NoGit,
    /// The folder is in no repository, or in one that git does not trust.
    #[error("{folder}: {message}")]
    NoRepository {
        /// Where git was asked.
        folder: String,
        /// What git says.
        message: String,
    },
    /// There is no such revision.
    #[error("there is no revision `{revision}` in this repository")]
    Unknown {
        /// As the user wrote it.
        revision: String,
    },
    /// There may be such a revision, but not in this clone.
    #[error("there is no revision `{revision}` in this clone, which is shallow: it holds the newest commits only")]
    Shallow {
        /// As the user wrote it.
        revision: String,
    },
    /// git could not be run.
    #[error("git could not be run: {0}")]
    Run(#[from] io::Error),
}

/// What a folder held at a revision.
pub struct Revision<'h> {
    host: &'h dyn Host,
    /// The top of the repository.
    top: PathBuf,
    /// Where the repository would stand; without a commit where the revision is the name of a tree.
    head: Head,
    /// Digest of the whole tree.
    tree: String,
    entries: OnceLock<Result<BTreeMap<PathBuf, Entry>, String>>,
    contents: OnceLock<BTreeMap<String, Vec<u8>>>,
}

/// A file, a link, or a repository inside the repository.
#[derive(Clone, Debug)]
struct Entry {
    kind: Kind,
    object: String,
    size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

impl<'h> Revision<'h> {
    /// The revision of the repository around `folder`.
    ///
    /// # Errors
    /// Where there is no git, no repository, no such revision, or no such folder in it.
    pub fn open(host: &'h dyn Host, folder: &Path, revision: &str) -> Result<Self, RevisionError> {
        let here = host.canonical(folder)?;
        let asked = git(host, &here, &["rev-parse", "--show-toplevel", "--is-shallow-repository"], &[])?;
        let text = String::from_utf8_lossy(&asked.stdout).into_owned();
        let mut lines = text.lines();
        let (Some(top), true) = (lines.next().filter(|top| !top.is_empty()), asked.success) else {
            return Err(RevisionError::NoRepository { folder: folder.display().to_string(), message: said(&asked) });
        };
        let shallow = lines.next() == Some("true");
        let top = PathBuf::from(top);
        let name = format!("{revision}^{{tree}}");
        let asked = git(host, &here, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name], &[])?;
        if !asked.success {
            let revision = revision.to_owned();
            return Err(if shallow { RevisionError::Shallow { revision } } else { RevisionError::Unknown { revision } });
        }
        let tree = String::from_utf8_lossy(&asked.stdout).trim().to_owned();
        let name = format!("{revision}^{{commit}}");
        let asked = git(host, &here, &["rev-parse", "--verify", "--quiet", "--end-of-options", &name], &[])?;
        let commit = asked.success.then(|| String::from_utf8_lossy(&asked.stdout).trim().to_owned());
        let now = host.head(&here).ok().flatten().filter(|now| now.top == top);
        let head = Head { commit, ..now.unwrap_or_else(|| Head { top: top.clone(), commit: None, shallow: Vec::new(), partial: false }) };
        Ok(Revision { host, top, head, tree, entries: OnceLock::new(), contents: OnceLock::new() })
    }

    /// Repositories inside the repository: what they held is not in its objects.
    #[must_use]
    pub fn submodules(&self) -> Vec<String> {
        let entries = self.entries().into_iter().flatten();
        entries.filter(|(_, e)| e.kind == Kind::Submodule).map(|(path, _)| path.to_string_lossy().into_owned()).collect()
    }

    /// Files by their path from the top. Listed when first asked for: a digest may be all that is needed.
    fn entries(&self) -> Option<&BTreeMap<PathBuf, Entry>> {
        self.listed().ok()
    }

    fn listed(&self) -> io::Result<&BTreeMap<PathBuf, Entry>> {
        let listed = self.entries.get_or_init(|| {
            let asked =
                git(self.host, &self.top, &["ls-tree", "-r", "-z", "-l", "--full-tree", &self.tree], &[]).map_err(|e| e.to_string())?;
            if !asked.success {
                return Err(said(&asked));
            }
            Ok(asked.stdout.split(|b| *b == 0).filter_map(entry).collect())
        });
        listed.as_ref().map_err(|message| io::Error::other(message.clone()))
    }

    /// From the top of the repository, without `.` and `..`; `None` outside of it.
    fn inside(&self, path: &Path) -> Option<PathBuf> {
        let mut clean = PathBuf::new();
        for part in path.components() {
            match part {
                Component::ParentDir => drop(clean.pop()),
                Component::CurDir => {}
                part => clean.push(part),
            }
        }
        let clean = if clean.is_absolute() { clean } else { self.host.canonical(Path::new(".")).ok()?.join(clean) };
        clean.strip_prefix(&self.top).ok().map(Path::to_owned)
    }

    /// The file behind a path, after links.
    fn file(&self, path: &Path) -> io::Result<&Entry> {
        let all = self.listed()?;
        let mut path = self.inside(path).ok_or(io::ErrorKind::NotFound)?;
        for _ in 0..LINKS {
            // What is nearest on the way up: the file itself, or what leads elsewhere.
            let Some((at, entry)) = path.ancestors().find_map(|at| all.get_key_value(at)) else { break };
            let rest = path.strip_prefix(at).unwrap_or(Path::new("")).to_owned();
            match entry.kind {
                Kind::File if rest.as_os_str().is_empty() => return Ok(entry),
                Kind::File => break,
                Kind::Submodule => {
                    return Err(io::Error::other(format!("{} is a submodule, whose files are not in this repository", at.display())));
                }
                Kind::Link => {
                    let target = String::from_utf8_lossy(&self.content(entry)?).into_owned();
                    let from = self.top.join(at.parent().unwrap_or(Path::new("")));
                    path = self.inside(&from.join(target).join(rest)).ok_or(io::ErrorKind::NotFound)?;
                }
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn content(&self, entry: &Entry) -> io::Result<Vec<u8>> {
        if entry.size > LIMIT {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        // All sources in one go: one process instead of thousands.
        let contents = self.contents.get_or_init(|| {
            let is_source = |path: &Path| path.extension().is_some_and(|x| ["rs", "toml", "sql", "proto"].iter().any(|known| x == *known));
            let wanted =
                self.entries().into_iter().flatten().filter(|(path, e)| is_source(path) && e.kind == Kind::File && e.size <= LIMIT);
            self.objects(wanted.map(|(_, e)| e.object.as_str())).unwrap_or_default()
        });
        if let Some(bytes) = contents.get(&entry.object) {
            return Ok(bytes.clone());
        }
        self.objects(std::iter::once(entry.object.as_str()))?
            .remove(&entry.object)
            .ok_or_else(|| io::Error::other("its content is not in this clone, which is partial; fetch it, or clone without --filter"))
    }

    fn objects<'o>(&self, objects: impl Iterator<Item = &'o str>) -> io::Result<BTreeMap<String, Vec<u8>>> {
        let mut input = String::new();
        objects.for_each(|object| {
            input.push_str(object);
            input.push('\n');
        });
        let asked = git(self.host, &self.top, &["cat-file", "--batch"], input.as_bytes()).map_err(io::Error::other)?;
        Ok(batch(&asked.stdout))
    }
}

/// What `cat-file --batch` gives: for each object a line with its digest, kind and size, its bytes, and a line end. What is missing is left out.
fn batch(mut bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    while let Some(end) = bytes.iter().position(|b| *b == b'\n') {
        let line = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes = &bytes[end + 1..];
        let mut words = line.split(' ');
        let (Some(object), Some(_), Some(Ok(size))) = (words.next(), words.next(), words.next().map(str::parse::<usize>)) else { continue };
        let Some(content) = bytes.get(..size) else { break };
        found.insert(object.to_owned(), content.to_vec());
        bytes = bytes.get(size + 1..).unwrap_or_default();
    }
    found
}

/// One record of `ls-tree -l -z`: mode, kind, digest, size, tab, path.
fn entry(record: &[u8]) -> Option<(PathBuf, Entry)> {
    let tab = record.iter().position(|b| *b == b'\t')?;
    let head = std::str::from_utf8(&record[..tab]).ok()?;
    // A name that is not Unicode cannot be written in a manifest or a `mod`, so nothing can refer to it.
    let path = PathBuf::from(std::str::from_utf8(&record[tab + 1..]).ok()?);
    let mut words = head.split_ascii_whitespace();
    let (mode, _, object, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let kind = match mode {
        "120000" => Kind::Link,
        "160000" => Kind::Submodule,
        _ => Kind::File,
    };
    Some((path, Entry { kind, object: object.to_owned(), size: size.parse().unwrap_or(0) }))
}

/// What git is given: how it is asked, where, and for what.
fn arguments<'a>(folder: &'a str, asked: &[&'a str]) -> Vec<&'a str> {
    let mut all: Vec<&str> = HARDENED.to_vec();
    all.extend(["-C", folder]);
    all.extend(asked);
    all
}

fn git<H: Host + ?Sized>(host: &H, folder: &Path, asked: &[&str], input: &[u8]) -> Result<Output, RevisionError> {
    let folder = folder.to_string_lossy();
    let all = arguments(&folder, asked);
    host.run(&Command { program: "git", arguments: &all, environment: ENVIRONMENT }, input)?.ok_or(RevisionError::NoGit)
}

/// What a program says went wrong.
fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr);
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("hint: "));
    // What it died of comes last; what it complained of before may have led there.
    let line = lines.clone().find(|line| line.starts_with("fatal: ")).or_else(|| lines.next()).unwrap_or("no message");
    line.trim_start_matches("fatal: ").chars().filter(|c| !c.is_control()).collect()
}

impl Host for Revision<'_> {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let entry = self.file(path)?;
        if entry.size > limit {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.content(entry)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.file(path).is_ok()
    }

    fn is_dir(&self, path: &Path) -> bool {
        let Some(path) = self.inside(path) else { return false };
        let below = self.entries().and_then(|all| all.range(path.clone()..).find(|(p, _)| **p != path));
        path.as_os_str().is_empty() || below.is_some_and(|(p, _)| p.starts_with(&path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let path = self.inside(path).ok_or(io::ErrorKind::NotFound)?;
        let below = self.listed()?.range(path.clone()..).take_while(|(p, _)| p.starts_with(&path));
        let mut names: Vec<String> = below
            .filter_map(|(p, _)| p.strip_prefix(&path).ok()?.components().next().map(|c| c.as_os_str().to_string_lossy().into_owned()))
            .collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(names) }
    }

    fn files(&self, path: &Path, extension: &str) -> Vec<PathBuf> {
        let Some(path) = self.inside(path) else { return Vec::new() };
        let all = self.entries().into_iter().flatten();
        let mut files: Vec<PathBuf> = all
            .filter(|(p, e)| e.kind == Kind::File && p.extension().is_some_and(|x| x == extension))
            .filter(|(p, _)| p.strip_prefix(&path).is_ok_and(|rest| !rest.ancestors().skip(1).any(super::is_generated)))
            .map(|(p, _)| self.top.join(p))
            .collect();
        files.sort();
        files
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        // The folder itself may be a link on this machine.
        let real = self.host.canonical(path).unwrap_or_else(|_| path.to_owned());
        let inside = self.inside(&real).ok_or(io::ErrorKind::NotFound)?;
        let path = self.top.join(inside);
        if self.is_dir(&path) || self.is_file(&path) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn write(&self, _: &Path, _: &[u8]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn write_together(&self, _: &Path, _: &[(String, Vec<u8>)], _: &[String]) -> io::Result<()> {
        Err(io::ErrorKind::ReadOnlyFilesystem.into())
    }

    fn run(&self, command: &Command<'_>, input: &[u8]) -> io::Result<Option<Output>> {
        self.host.run(command, input)
    }

    fn query(&self, command: &Command<'_>, take: &mut dyn FnMut(&[u8])) -> io::Result<Option<Output>> {
        self.host.query(command, take)
    }

    fn head(&self, folder: &Path) -> io::Result<Option<Head>> {
        Ok(self.inside(folder).map(|_| self.head.clone()))
    }

    /// Neither a tree ever changes nor what came before a commit.
    fn identity(&self) -> Option<Key> {
        let past = format!("{:?} {:?} {}", self.head.commit, self.head.shallow, self.head.partial);
        Some(Key::of("git tree", &[self.tree.as_bytes(), past.as_bytes(), self.top.as_os_str().as_encoded_bytes()]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_tree() {
        let (path, found) = entry(b"100644 blob 0a1b2c   123\tsrc/a b.rs").expect("a record");
        assert_eq!((path.as_path(), found.kind, found.object.as_str(), found.size), (Path::new("src/a b.rs"), Kind::File, "0a1b2c", 123));
        assert_eq!(entry(b"120000 blob 0a1b2c 4\tlink").expect("a record").1.kind, Kind::Link);
        assert_eq!(entry(b"160000 commit 0a1b2c -\tvendored").expect("a record").1.kind, Kind::Submodule);
        assert!(entry(b"").is_none());
    }

    #[test]
    fn objects_one_after_the_other() {
        let found = batch(b"aa blob 3\na\nb\nbb missing\ncc blob 0\n\ndd blob 9\ncut");
        assert_eq!(found.get("aa").map(Vec::as_slice), Some(b"a\nb".as_slice()));
        assert_eq!(found.get("cc").map(Vec::as_slice), Some(b"".as_slice()));
        assert_eq!(found.len(), 2);
    }
}
