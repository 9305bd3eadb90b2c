//! The outside world behind one trait: files, and programs that the user has.
//!
//! [`store::Store`] keeps what one run worked out for the next one.
//! [`git::Revision`] is what a folder once held; [`git::walk`] is what happened to it since.
//! [`os::Os`] is the real one and the only place that names `std::fs` or `std::process`;
//! [`memory::Memory`] is its twin for tests, filled from one string. Errors carry the path.

pub mod git;
pub mod memory;
pub mod os;
pub mod store;
pub mod witness;

use std::io;
use std::path::{Path, PathBuf};

/// What the stages may ask of the world. All paths are absolute, or relative to the process's folder.
pub trait Host: Sync {
    /// The bytes of a file. A file larger than `limit` gives [`io::ErrorKind::FileTooLarge`] without being read.
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>>;
    /// A file of any size, to be read from its beginning piece by piece.
    fn open<'h>(&'h self, path: &Path) -> io::Result<Box<dyn io::Read + 'h>> {
        Ok(Box::new(io::Cursor::new(self.read(path, u64::MAX)?)))
    }
    /// Is there a file (after links)?
    fn is_file(&self, path: &Path) -> bool;
    /// Is there a folder (after links)?
    fn is_dir(&self, path: &Path) -> bool;
    /// Names of the entries of a folder, sorted.
    fn list(&self, path: &Path) -> io::Result<Vec<String>>;
    /// All files below `path` with this extension, sorted; links are not followed; folders of what is made (`target`, `node_modules`) and
    /// those whose name begins with a dot are left out.
    fn files(&self, path: &Path, extension: &str) -> Vec<PathBuf>;
    /// The path without links, `.` and `..`.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;
    /// Writes a file whole or not at all, making its folders.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Writes files into a folder, all or none of them, and takes away those named in `gone`, where they are there.
    fn write_together(&self, folder: &Path, files: &[(String, Vec<u8>)], gone: &[String]) -> io::Result<()>;
    /// Runs a program of the user's with `input` on its standard input; `Ok(None)` where it is not installed.
    fn run(&self, command: &Command<'_>, input: &[u8]) -> io::Result<Option<Output>>;
    /// Runs a program whose output hangs on its arguments alone, as that of git on the name of a commit; the caller vouches for it.
    /// Standard output goes to `take` as it comes, in pieces, and is empty in what comes back. It is given nothing to read.
    fn query(&self, command: &Command<'_>, take: &mut dyn FnMut(&[u8])) -> io::Result<Option<Output>> {
        let mut output = self.run(command, &[])?;
        if let Some(output) = &mut output {
            take(&std::mem::take(&mut output.stdout));
        }
        Ok(output)
    }
    /// Where the repository around a folder stands; `Ok(None)` where there is none.
    fn head(&self, folder: &Path) -> io::Result<Option<git::head::Head>> {
        git::head::read(self, folder)
    }
    /// Where nothing in this world can ever change: its digest.
    fn identity(&self) -> Option<store::Key> {
        None
    }
}

/// Is it a folder that holds no sources of people?
fn is_generated(folder: &Path) -> bool {
    folder.file_name().is_some_and(|name| name == "target" || name == "node_modules" || name.to_string_lossy().starts_with('.'))
}

/// A program of the user's.
#[derive(Clone, Copy, Debug)]
pub struct Command<'a> {
    /// As it is found on the path.
    pub program: &'a str,
    /// Each as it is.
    pub arguments: &'a [&'a str],
    /// What is set in its environment, besides what is there; an empty value takes out what is there.
    pub environment: &'a [(&'a str, &'a str)],
}

/// What a program gave back.
#[derive(Clone, Debug)]
pub struct Output {
    /// Exit status 0.
    pub success: bool,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
}
