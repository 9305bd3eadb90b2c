//! Where a configuration is written, and how a place in it is named.
//!
//! Takes the folder under analysis, or the file that the user names; gives the one [`Source`] there is, or none.
//! Invariants: two at once are refused; names are shown as the user wrote them.

use super::ConfigError;
use super::raw::{Manifest, Raw};
use crate::host::Host;
use crate::model::nearest;
use serde::de::IgnoredAny;
use std::ops::Range;
use std::path::Path;

/// Text that people write; anything larger is not a configuration.
const LIMIT: u64 = 4 << 20;

/// Where it may stand below the root.
const FILES: [&str; 2] = ["seamline.toml", ".config/seamline.toml"];

/// One written configuration.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// The file as the user would name it.
    pub shown: String,
    /// The file relative to the analysed root, where it is below it.
    pub relative: Option<String>,
    text: String,
    home: Home,
}

/// In which kind of file it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Home {
    OwnFile,
    Workspace,
    Package,
}

impl Source {
    /// The configuration of the folder `root`, or the file `explicit`.
    pub(super) fn find(host: &dyn Host, root: &Path, explicit: Option<&Path>) -> Result<Option<Source>, ConfigError> {
        if let Some(path) = explicit {
            let below = host.canonical(root).ok().zip(host.canonical(path).ok());
            let relative = below.and_then(|(root, path)| Some(path.strip_prefix(root).ok()?.to_string_lossy().replace('\\', "/")));
            return Ok(Some(Source { shown: path.display().to_string(), relative, text: read(host, path)?, home: Home::OwnFile }));
        }
        let mut found: Vec<Source> = Vec::new();
        for name in FILES {
            let path = root.join(name);
            if host.is_file(&path) {
                let source = Source { shown: shown(&path), relative: Some(name.into()), text: read(host, &path)?, home: Home::OwnFile };
                found.push(source);
            }
        }
        let manifest = root.join("Cargo.toml");
        // A manifest that cannot be read is the front end's to report.
        if let Some((text, home)) = read(host, &manifest).ok().and_then(|text| Some((home(&text)?, text))).map(|(h, t)| (t, h)) {
            found.push(Source { shown: shown(&manifest), relative: Some("Cargo.toml".into()), text, home });
        }
        if let [first, second, ..] = found.as_slice() {
            return Err(ConfigError::Two(first.name(), second.name()));
        }
        Ok(found.pop())
    }

    fn name(&self) -> String {
        match self.home {
            Home::OwnFile => self.shown.clone(),
            Home::Workspace => format!("[workspace.metadata.seamline] in {}", self.shown),
            Home::Package => format!("[package.metadata.seamline] in {}", self.shown),
        }
    }

    /// The configuration as written.
    pub(super) fn parse(&self) -> Result<Raw, ConfigError> {
        let raw = match self.home {
            Home::OwnFile => toml::from_str(&self.text),
            Home::Workspace | Home::Package => {
                toml::from_str::<Manifest<Raw>>(&self.text).map(|m| section(m).map_or_else(Raw::default, |s| s.0))
            }
        };
        raw.map_err(|e| self.refused(&e))
    }

    /// What is wrong, at its place.
    pub(super) fn error(&self, span: &Range<usize>, message: impl Into<String>, help: Option<String>) -> ConfigError {
        let (line, column) = self.place(span);
        let excerpt = self.text.lines().nth(line as usize - 1).unwrap_or_default().to_owned();
        ConfigError::Invalid { file: self.shown.clone(), line, column, message: message.into(), excerpt, help }
    }

    /// Line and column of the beginning of a span, 1-based, in characters.
    pub(super) fn place(&self, span: &Range<usize>) -> (u32, u32) {
        let before = self.text.get(..span.start).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
    }

    /// The reader's error in the words of this configuration.
    fn refused(&self, error: &toml::de::Error) -> ConfigError {
        let span = error.span().unwrap_or(0..0);
        let message = error.message();
        let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        if let (true, Some((unknown, known))) = (message.starts_with("unknown field"), names.split_first()) {
            let near = nearest(unknown, known.iter().copied()).map(|n| format!("did you mean `{n}`?"));
            let all = known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
            let help = near.map_or_else(|| format!("known here: {all}"), |near| format!("{near} Known here: {all}"));
            return self.error(&span, format!("unknown key `{unknown}`"), Some(help));
        }
        let message = message
            .replace("expected f64", "expected a number")
            .replace("expected usize", "expected a whole number, 0 or more")
            .replace("expected u32", "expected a whole number, 0 or more")
            .replace("expected a sequence", "expected a list")
            .replace("expected a map", "expected a table")
            .replace("missing field", "missing key");
        self.error(&span, message, None)
    }
}

/// The configuration in a manifest, if there is one. A workspace's counts before a package's.
fn section<T>(manifest: Manifest<T>) -> Option<(T, Home)> {
    let of = |table: Option<super::raw::Table<T>>| table?.metadata?.seamline;
    of(manifest.workspace).map(|s| (s, Home::Workspace)).or_else(|| of(manifest.package).map(|s| (s, Home::Package)))
}

fn home(text: &str) -> Option<Home> {
    let manifest: Manifest<IgnoredAny> = toml::from_str(text).ok()?;
    section(manifest).map(|(_, home)| home)
}

fn read(host: &dyn Host, path: &Path) -> Result<String, ConfigError> {
    let failed = |message: String| ConfigError::Read { file: shown(path), message };
    let bytes = host.read(path, LIMIT).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => failed("there is no such file".into()),
        std::io::ErrorKind::FileTooLarge => failed(format!("larger than {} MiB: not a configuration", LIMIT >> 20)),
        _ => failed(e.to_string()),
    })?;
    String::from_utf8(bytes).map_err(|e| failed(format!("not UTF-8 (byte {})", e.utf8_error().valid_up_to())))
}

/// A path without the leading `./` that joining to `.` gives.
fn shown(path: &Path) -> String {
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}
