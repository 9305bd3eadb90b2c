//! Standard output and standard error.
//!
//! Takes styled text; colour vanishes where the output is no terminal or colour is off. A closed pipe is not an error: whoever read
//! as far as they wanted got what they wanted.

use super::arguments::{Color, Global};
use super::diagnostics;
use super::exit::Failure;
use crate::model::diagnostic::{Diagnostic, Severity};
use anstream::ColorChoice;
use std::io::{self, Write};
use std::path::Path;

/// Where to speak, and how much.
pub(super) struct Terminal {
    pub quiet: bool,
    pub verbose: bool,
}

/// Follows `CARGO_TERM_COLOR`, before the command line is known. `NO_COLOR` is the stream's own to follow.
pub(super) fn colour_from_environment() {
    match std::env::var("CARGO_TERM_COLOR").as_deref() {
        Ok("always") => ColorChoice::Always.write_global(),
        Ok("never") => ColorChoice::Never.write_global(),
        _ => {}
    }
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        match global.color {
            Some(Color::Always) => ColorChoice::Always.write_global(),
            Some(Color::Never) => ColorChoice::Never.write_global(),
            Some(Color::Auto) => ColorChoice::Auto.write_global(),
            None => {}
        }
        Self { quiet: global.quiet, verbose: global.verbose }
    }

    /// A result, with styles.
    pub(super) fn result(&self, text: &str) -> Result<(), Failure> {
        written(anstream::stdout().write_all(text.as_bytes()))
    }

    /// A result, byte by byte.
    pub(super) fn bytes(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        written(out.write_all(bytes).and_then(|()| out.flush()))
    }

    /// What is worth knowing but is no result.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.say(&format!("{text}\n"));
        }
    }

    /// What only those want to know who ask for everything.
    pub(super) fn detail(&self, text: &str) {
        if self.verbose {
            self.say(&format!("{text}\n"));
        }
    }

    /// Why there is no result.
    pub(super) fn failure(&self, failure: &Failure) {
        self.say(&diagnostics::failure(failure));
    }

    /// What went wrong on the way. Places are shown from where the user stands.
    pub(super) fn diagnostics(&self, all: &[Diagnostic], root: &Path) {
        let least = match (self.quiet, self.verbose) {
            (true, _) => Severity::Error,
            (false, true) => Severity::Note,
            (false, false) => Severity::Warning,
        };
        self.say(&diagnostics::list(all, least, self.verbose, root));
    }

    /// Nobody can be told that standard error is gone.
    fn say(&self, text: &str) {
        let _ = anstream::stderr().write_all(text.as_bytes());
    }
}

fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::usage(format!("standard output: {error}"))),
        _ => Ok(()),
    }
}
