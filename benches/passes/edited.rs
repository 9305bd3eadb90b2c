//! The real world, but for one file: a foreign tree is measured without being written to.

use seamline::host::os::Os;
use seamline::host::{Command, Host, Output};
use std::io;
use std::path::{Path, PathBuf};

/// A world in which a file has one function more.
pub(super) struct Edited {
    path: PathBuf,
    text: Vec<u8>,
}

impl Edited {
    pub(super) fn new(path: &Path) -> Self {
        let mut text = std::fs::read(path).expect("the file can be read");
        text.extend_from_slice(b"\n#[allow(dead_code)]\nfn measured_after_an_edit(n: usize) -> usize {\n    n.saturating_add(1)\n}\n");
        Edited { path: path.to_owned(), text }
    }
}

impl Host for Edited {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        if path == self.path { Ok(self.text.clone()) } else { Os.read(path, limit) }
    }

    fn is_file(&self, path: &Path) -> bool {
        Os.is_file(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        Os.is_dir(path)
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        Os.list(path)
    }

    fn files(&self, path: &Path, extension: &str) -> Vec<PathBuf> {
        Os.files(path, extension)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        Os.canonical(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        Os.write(path, bytes)
    }

    fn write_together(&self, folder: &Path, files: &[(String, Vec<u8>)], gone: &[String]) -> io::Result<()> {
        Os.write_together(folder, files, gone)
    }

    fn run(&self, command: &Command<'_>, input: &[u8]) -> io::Result<Option<Output>> {
        Os.run(command, input)
    }
}
