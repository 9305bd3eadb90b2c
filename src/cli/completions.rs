//! `seamline completions`: for shells and packagers.

use super::Context;
use super::exit::{Exit, Failure};
use clap_complete::Shell;

/// Print shell completions
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The shell to complete for
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments, context: &Context, mut command: clap::Command) -> Result<Exit, Failure> {
    // Shells complete the program itself: cargo completes its own subcommands.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "seamline", &mut script);
    context.terminal.bytes(&script)?;
    Ok(Exit::Pass)
}
