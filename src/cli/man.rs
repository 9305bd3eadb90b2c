//! `seamline man`: manual pages, for packagers.

use super::Context;
use super::exit::{Exit, Failure};

/// Print the manual page of seamline, or of one of its commands
#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// The command whose page is wanted
    command: Option<String>,
}

pub(super) fn run(arguments: &Arguments, context: &Context, mut command: clap::Command) -> Result<Exit, Failure> {
    command.build();
    let page = match &arguments.command {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
                return Err(Failure::usage(format!("there is no command `{name}`")).help(format!("commands: {}", names.join(", "))));
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text).unwrap_or_else(|error| panic!("a page in memory cannot be written: {error}"));
    context.terminal.bytes(&text)?;
    Ok(Exit::Pass)
}
