//! At which commit a repository stands, read from its files.
//!
//! Takes: a [`Host`] and a folder. Gives: [`Head`] of the innermost repository around it. No program is run, so that it costs next to
//! nothing to ask again; only where references are kept in a form that is git's own affair (`reftable`), git is asked.
//!
//! Everything that a walk of the history depends on is in it: commits are named by what they hold and by what came before them, so one
//! name stands for one history, cut off where the clone is shallow.

use super::git;
use crate::host::Host;
use std::io;
use std::path::{Component, Path, PathBuf};

/// No file that git keeps about itself is larger, but for one that lists its references.
const SMALL: u64 = 1 << 20;
/// A list of all references.
const PACKED: u64 = 256 << 20;
/// A reference that leads to a reference is followed this far.
const HOPS: usize = 8;

/// Where a repository stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The folder that holds the working tree.
    pub top: PathBuf,
    /// Name of the commit; `None` before the first one.
    pub commit: Option<String>,
    /// Commits whose parents this clone does not hold, sorted.
    pub shallow: Vec<String>,
    /// The clone leaves contents out until somebody asks for them, and nobody may.
    pub partial: bool,
}

/// The innermost repository around a folder; `None` where there is none.
///
/// # Errors
/// Where there is one that cannot be understood.
pub(crate) fn read<H: Host + ?Sized>(host: &H, folder: &Path) -> io::Result<Option<Head>> {
    let here = host.canonical(folder)?;
    for top in here.ancestors() {
        let dot = top.join(".git");
        if host.is_file(&dot.join("HEAD")) {
            return found(host, top, &dot).map(Some);
        }
        if host.is_file(&dot) {
            let text = line(host, &dot)?;
            let Some(own) = text.strip_prefix("gitdir: ") else {
                return Err(io::Error::other(format!("{}: this is no link to a repository", dot.display())));
            };
            let own = top.join(own);
            if !host.is_file(&own.join("HEAD")) {
                return Err(io::Error::other(format!("{} leads to {}, where no repository is", dot.display(), own.display())));
            }
            return found(host, top, &own).map(Some);
        }
    }
    Ok(None)
}

/// `own` belongs to this working tree alone; what several working trees share may be elsewhere.
fn found<H: Host + ?Sized>(host: &H, top: &Path, own: &Path) -> io::Result<Head> {
    let shared = match line(host, &own.join("commondir")) {
        Ok(path) => own.join(path),
        Err(_) => own.to_owned(),
    };
    let commit = if host.is_dir(&shared.join("reftable")) { asked(host, top)? } else { followed(host, own, &shared)? };
    let list = host.read(&shared.join("shallow"), PACKED).unwrap_or_default();
    let mut shallow: Vec<String> = String::from_utf8_lossy(&list).lines().filter_map(name).collect();
    shallow.sort_unstable();
    let settings = host.read(&shared.join("config"), SMALL).unwrap_or_default();
    let settings = String::from_utf8_lossy(&settings).to_ascii_lowercase();
    let partial = settings.contains("partialclone") || settings.contains("promisor");
    Ok(Head { top: top.to_owned(), commit, shallow, partial })
}

fn followed<H: Host + ?Sized>(host: &H, own: &Path, shared: &Path) -> io::Result<Option<String>> {
    let mut text = line(host, &own.join("HEAD"))?;
    for _ in 0..HOPS {
        let Some(reference) = text.strip_prefix("ref: ") else {
            return name(&text).map(Some).ok_or_else(|| io::Error::other("the repository's HEAD holds no commit"));
        };
        let reference = reference.trim().to_owned();
        // What is written there may come from anybody: nothing outside of the repository is read for it.
        if !reference.starts_with("refs/") || Path::new(&reference).components().any(|part| !matches!(part, Component::Normal(_))) {
            return Err(io::Error::other("the repository's HEAD leads out of it"));
        }
        // Those of a working tree come before those that all share.
        text = match line(host, &own.join(&reference)).or_else(|_| line(host, &shared.join(&reference))) {
            Ok(text) => text,
            Err(_) => return Ok(packed(host, shared, &reference)),
        };
    }
    Err(io::Error::other("the repository's HEAD leads in a circle"))
}

/// From the list of references that have no file of their own.
fn packed<H: Host + ?Sized>(host: &H, shared: &Path, reference: &str) -> Option<String> {
    let list = host.read(&shared.join("packed-refs"), PACKED).ok()?;
    let found = list.split(|b| *b == b'\n').find_map(|row| row.strip_suffix(reference.as_bytes())?.strip_suffix(b" "))?;
    name(std::str::from_utf8(found).ok()?)
}

fn asked<H: Host + ?Sized>(host: &H, top: &Path) -> io::Result<Option<String>> {
    let output = git(host, top, &["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], &[]).map_err(io::Error::other)?;
    Ok(name(&String::from_utf8_lossy(&output.stdout)))
}

/// The first line of a file.
fn line<H: Host + ?Sized>(host: &H, path: &Path) -> io::Result<String> {
    let bytes = host.read(path, SMALL)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.lines().next().unwrap_or_default().trim_end().to_owned())
}

/// The name of a commit, if that is what it is.
fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let is_name = matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_name.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;

    const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

    fn head(files: &[(&str, &str)], folder: &str) -> io::Result<Option<Head>> {
        let host = Memory::default();
        for (path, text) in files {
            host.set(path, *text);
        }
        host.set("/w/code/app/Cargo.toml", "");
        host.head(Path::new(folder))
    }

    fn commit(files: &[(&str, &str)]) -> Option<String> {
        head(files, "/w/code/app").expect("it can be read").expect("a repository").commit
    }

    #[test]
    fn the_innermost_repository() {
        assert_eq!(head(&[], "/w/code/app").unwrap(), None);
        let outer = head(&[("/w/.git/HEAD", A)], "/w/code/app").unwrap().unwrap();
        assert_eq!(
            (outer.top.as_path(), outer.commit.as_deref(), outer.shallow.len(), outer.partial),
            (Path::new("/w"), Some(A), 0, false)
        );
        let inner = head(&[("/w/.git/HEAD", A), ("/w/code/app/.git/HEAD", B)], "/w/code/app").unwrap().unwrap();
        assert_eq!((inner.top.as_path(), inner.commit.as_deref()), (Path::new("/w/code/app"), Some(B)));
    }

    #[test]
    fn references_with_files_and_in_the_list() {
        let on_main = ("/w/.git/HEAD", "ref: refs/heads/main\n");
        assert_eq!(commit(&[on_main]), None);
        let list = format!("# pack-refs with: peeled\n{B} refs/heads/other/main\n{A} refs/heads/main\n^{B}\n");
        assert_eq!(commit(&[on_main, ("/w/.git/packed-refs", &list)]).as_deref(), Some(A));
        assert_eq!(commit(&[on_main, ("/w/.git/packed-refs", &list), ("/w/.git/refs/heads/main", B)]).as_deref(), Some(B));
        let chain = [on_main, ("/w/.git/refs/heads/main", "ref: refs/heads/trunk"), ("/w/.git/refs/heads/trunk", A)];
        assert_eq!(commit(&chain).as_deref(), Some(A));
    }

    #[test]
    fn a_second_working_tree() {
        let found = commit(&[
            ("/w/.git", "gitdir: ../main/.git/worktrees/w\n"),
            ("/main/.git/worktrees/w/HEAD", "ref: refs/heads/side\n"),
            ("/main/.git/worktrees/w/commondir", "../..\n"),
            ("/main/.git/HEAD", "ref: refs/heads/main\n"),
            ("/main/.git/refs/heads/side", A),
        ]);
        assert_eq!(found.as_deref(), Some(A));
        let gone = head(&[("/w/.git", "gitdir: /nowhere\n")], "/w/code/app").unwrap_err();
        assert!(gone.to_string().contains("where no repository is"), "{gone}");
    }

    #[test]
    fn shallow_and_partial() {
        let list = format!("{B}\n{A}\n");
        let config = "[remote \"origin\"]\n\tpromisor = true\n\tpartialclonefilter = blob:none\n";
        let files = [("/w/.git/HEAD", A), ("/w/.git/shallow", list.as_str()), ("/w/.git/config", config)];
        let found = head(&files, "/w/code/app").unwrap().unwrap();
        assert_eq!((found.shallow, found.partial), (vec![A.to_owned(), B.to_owned()], true));
    }

    #[test]
    fn what_leads_nowhere_is_an_error_and_what_leads_out_is_not_read() {
        for text in ["", "nonsense", "ref: ../../etc/passwd", "ref: refs/../../x", "ref: refs/heads/main"] {
            let found = head(&[("/w/.git/HEAD", text), ("/w/.git/refs/heads/main", "ref: refs/heads/main")], "/w/code/app");
            assert!(found.is_err(), "{text}: {found:?}");
        }
    }
}
