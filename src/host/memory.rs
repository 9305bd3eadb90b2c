//! A world made of one string, for tests: `//- /src/lib.rs` begins a file, the lines up to the next such line are its text.
//! Programs answer what the test says they do.

use super::{Command, Host, Output};
use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;

/// Files in memory. Paths are absolute (`/Cargo.toml`); folders exist where a file is below them.
#[derive(Debug, Default)]
pub struct Memory {
    files: Mutex<BTreeMap<PathBuf, Vec<u8>>>,
    /// Programs: one of the arguments, and what is answered where it is given.
    answers: Mutex<Vec<(String, Output)>>,
}

impl Memory {
    /// The files of a fixture. A fixture without a `Cargo.toml` gets one for a package named `demo`.
    ///
    /// # Panics
    /// Where text stands before the first `//- ` line.
    pub fn from_fixture(fixture: &str) -> Self {
        let mut files: BTreeMap<PathBuf, Vec<u8>> = BTreeMap::new();
        let mut current: Option<PathBuf> = None;
        for line in fixture.lines() {
            if let Some(path) = line.trim_start().strip_prefix("//- ") {
                let path = PathBuf::from(path.trim());
                files.insert(path.clone(), Vec::new());
                current = Some(path);
            } else if let Some(path) = &current {
                let text = files.get_mut(path).expect("just inserted");
                text.extend_from_slice(line.as_bytes());
                text.push(b'\n');
            } else {
                assert!(line.trim().is_empty(), "a fixture begins with a `//- /path` line, not with {line:?}");
            }
        }
        files
            .entry(PathBuf::from("/Cargo.toml"))
            .or_insert_with(|| b"[package]\nname = \"demo\"\nversion = \"0.1.0\"\nedition = \"2021\"\n".to_vec());
        Self { files: Mutex::new(files), answers: Mutex::default() }
    }

    /// Sets one file to bytes that a string fixture cannot hold.
    pub fn set(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.lock().insert(PathBuf::from(path), bytes.into());
    }

    /// The bytes of a file that a stage wrote.
    pub fn get(&self, path: &str) -> Option<Vec<u8>> {
        self.lock().get(Path::new(path)).cloned()
    }

    /// From now on any program that is run with this argument prints `stdout`, and succeeds or not. The latest answer counts.
    pub fn answer(&self, argument: &str, success: bool, stdout: &str) {
        let output = Output { success, stdout: stdout.as_bytes().to_vec(), stderr: Vec::new() };
        self.answers.lock().expect("no test panics while it holds the answers").push((argument.to_owned(), output));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<PathBuf, Vec<u8>>> {
        self.files.lock().expect("no test panics while it holds the files")
    }
}

fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => {
                out.pop();
            }
            _ => {}
        }
    }
    out
}

impl Host for Memory {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let bytes = self.lock().get(&normal(path)).cloned().ok_or(io::ErrorKind::NotFound)?;
        if bytes.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(bytes) }
    }

    fn is_file(&self, path: &Path) -> bool {
        self.lock().contains_key(&normal(path))
    }

    fn is_dir(&self, path: &Path) -> bool {
        let path = normal(path);
        self.lock().keys().any(|file| *file != path && file.starts_with(&path))
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let path = normal(path);
        let mut names: Vec<String> = self
            .lock()
            .keys()
            .filter_map(|file| file.strip_prefix(&path).ok()?.components().next().map(|c| c.as_os_str().to_string_lossy().into_owned()))
            .collect();
        names.dedup();
        if names.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(names) }
    }

    fn files(&self, path: &Path, extension: &str) -> Vec<PathBuf> {
        let path = normal(path);
        self.lock()
            .keys()
            .filter(|file| file.starts_with(&path) && file.extension().is_some_and(|x| x == extension))
            .filter(|file| !file.ancestors().skip(1).take_while(|a| *a != path).any(super::is_generated))
            .cloned()
            .collect()
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let path = normal(path);
        if self.is_file(&path) || self.is_dir(&path) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.lock().insert(normal(path), bytes.to_vec());
        Ok(())
    }

    fn write_together(&self, folder: &Path, files: &[(String, Vec<u8>)], gone: &[String]) -> io::Result<()> {
        let mut all = self.lock();
        for (name, bytes) in files {
            all.insert(normal(&folder.join(name)), bytes.clone());
        }
        for name in gone {
            all.remove(&normal(&folder.join(name)));
        }
        Ok(())
    }

    fn run(&self, command: &Command<'_>, _: &[u8]) -> io::Result<Option<Output>> {
        let answers = self.answers.lock().expect("no test panics while it holds the answers");
        let answer = answers.iter().rev().find(|(argument, _)| command.arguments.contains(&argument.as_str()));
        Ok(answer.map(|(_, output)| output.clone()))
    }
}
