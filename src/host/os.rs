//! The operating system: the only file that touches `std::fs` and `std::process`.

use super::{Command, Host, Output};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The machine that this runs on.
#[derive(Clone, Copy, Debug, Default)]
pub struct Os;

impl Host for Os {
    fn read(&self, path: &Path, limit: u64) -> io::Result<Vec<u8>> {
        let file = std::fs::File::open(path)?;
        let length = file.metadata()?.len();
        if length > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
        // A device or pipe reports length 0 and may never end: the limit holds for what is read, too.
        file.take(limit + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > limit {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(bytes)
    }

    fn open<'h>(&'h self, path: &Path) -> io::Result<Box<dyn Read + 'h>> {
        Ok(Box::new(std::fs::File::open(path)?))
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn list(&self, path: &Path) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            // A name that is not Unicode cannot be written in a manifest or a `mod`, so nothing can refer to it.
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn files(&self, path: &Path, extension: &str) -> Vec<PathBuf> {
        walkdir::WalkDir::new(path)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|e| !(e.file_type().is_dir() && e.depth() > 0 && super::is_generated(e.path())))
            .filter_map(Result::ok)
            .filter(|e| e.file_type().is_file() && e.path().extension().is_some_and(|x| x == extension))
            .map(walkdir::DirEntry::into_path)
            .collect()
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let _whole = uninterrupted();
        let folder = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        std::fs::create_dir_all(folder)?;
        beside(path, folder, bytes)?.persist(path).map_err(|e| e.error)?;
        Ok(())
    }

    fn write_together(&self, folder: &Path, files: &[(String, Vec<u8>)], gone: &[String]) -> io::Result<()> {
        let _whole = uninterrupted();
        std::fs::create_dir_all(folder)?;
        // What may fail for want of room or rights fails here, before the first file is in its place.
        let mut ready = Vec::with_capacity(files.len());
        for (name, bytes) in files {
            let path = folder.join(name);
            if path.is_dir() {
                return Err(io::Error::new(io::ErrorKind::IsADirectory, format!("{name} is a folder")));
            }
            ready.push((beside(&path, folder, bytes)?, path));
        }
        for (file, path) in ready {
            file.persist(path).map_err(|e| e.error)?;
        }
        for name in gone {
            match std::fs::remove_file(folder.join(name)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
                _ => {}
            }
        }
        Ok(())
    }

    fn run(&self, command: &Command<'_>, input: &[u8]) -> io::Result<Option<Output>> {
        let Some(mut child) = spawned(command, Stdio::piped())? else { return Ok(None) };
        let mut stdin = child.stdin.take().expect("stdin is piped");
        // Written from a thread of its own: a program may fill its output pipe before it has read all input.
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output()
        })?;
        Ok(Some(Output { success: output.status.success(), stdout: output.stdout, stderr: output.stderr }))
    }

    fn query(&self, command: &Command<'_>, take: &mut dyn FnMut(&[u8])) -> io::Result<Option<Output>> {
        let Some(mut child) = spawned(command, Stdio::null())? else { return Ok(None) };
        let mut stdout = child.stdout.take().expect("stdout is piped");
        let mut stderr = child.stderr.take().expect("stderr is piped");
        let mut piece = vec![0; PIECE];
        // Complaints are read by a thread of their own: a program that cannot write them would wait for ever.
        let (read, complaints) = std::thread::scope(|scope| {
            let complaints = scope.spawn(move || {
                let mut bytes = Vec::new();
                // What can be read is worth having.
                let _ = stderr.by_ref().take(COMPLAINTS).read_to_end(&mut bytes);
                let _ = io::copy(&mut stderr, &mut io::sink());
                bytes
            });
            let read = loop {
                match stdout.read(&mut piece) {
                    Ok(0) => break Ok(()),
                    Ok(length) => take(&piece[..length]),
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => break Err(error),
                }
            };
            // Without a reader the program ends, and with it its complaints.
            drop(stdout);
            (read, complaints.join().unwrap_or_default())
        });
        let status = child.wait()?;
        read?;
        Ok(Some(Output { success: status.success(), stdout: Vec::new(), stderr: complaints }))
    }
}

/// Output of a program is handed on in pieces of at most this many bytes.
const PIECE: usize = 1 << 16;
/// More than anybody would read of what a program complains of.
const COMPLAINTS: u64 = 1 << 16;

/// A program that runs; `None` where it is not installed.
fn spawned(command: &Command<'_>, input: Stdio) -> io::Result<Option<process::Child>> {
    let mut process = process::Command::new(command.program);
    process.args(command.arguments).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    for (name, value) in command.environment {
        if value.is_empty() {
            process.env_remove(name);
        } else {
            process.env(name, value);
        }
    }
    match process.spawn() {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    }
}

/// A finished temporary file in `folder`, with the rights that `path` has or should have.
fn beside(path: &Path, folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix(".seamline-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    // A temporary file is private; a report is as readable as any other file that the user makes.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_or(0o644, |m| m.permissions().mode());
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    Ok(file)
}

/// Held while files are being written.
static WRITING: Mutex<()> = Mutex::new(());

fn uninterrupted() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on an interrupt or a request to end ends the process at once, but never between two files that belong together:
/// a write that has begun is finished first, so that no temporary file and no half of a report stays behind.
pub fn end_on_interrupt() {
    // Without a handler the process ends all the same, only less tidily.
    let _ = ctrlc::set_handler(|| {
        let _whole = uninterrupted();
        std::process::exit(130);
    });
}
