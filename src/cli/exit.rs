//! How a run can end. "Could not run" and "found something" never share a code.

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Nothing to complain about.
    Pass,
    /// The gate found something.
    Found,
    /// The command line, the configuration or a path is wrong; nothing was analysed or written.
    Usage,
    /// The result does not cover everything, or there is no sound baseline to compare with.
    Incomplete,
}

/// The codes as `--help` states them. Our own bugs end in 101, an interrupt in 130.
pub(super) const CODES: &str = "\
Exit codes:
  0  pass
  1  the gate found something (check), or the baseline would grow (baseline update)
  2  usage or configuration: nothing was analysed or written
  3  incomplete: a source file could not be analysed, the baseline is missing or broken, or what is planned cannot be parted yet
  101  a bug in seamline";

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Exit::Pass => 0,
            Exit::Found => 1,
            Exit::Usage => 2,
            Exit::Incomplete => 3,
        }
    }
}

/// Why a run ended before its result.
#[derive(Debug)]
pub(super) struct Failure {
    pub exit: Exit,
    /// What is wrong, naming the file.
    pub message: String,
    /// The line in question, where it is short.
    pub excerpt: Option<Excerpt>,
    /// What to do.
    pub help: Option<String>,
}

/// A line of a file, with the column at which something is wrong.
#[derive(Debug)]
pub(super) struct Excerpt {
    pub line: u32,
    pub column: u32,
    pub text: String,
}

impl Failure {
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, message: message.into(), excerpt: None, help: None }
    }

    pub(super) fn incomplete(message: impl Into<String>) -> Self {
        Self { exit: Exit::Incomplete, ..Self::usage(message) }
    }

    #[must_use]
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
