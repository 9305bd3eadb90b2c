//! The command line: what a person or a script types, sees and gets back.
//!
//! Takes arguments; gives an exit code. The only layer that talks to people. Invariants: results go to standard output, everything
//! else to standard error; names from the code under analysis are escaped before they reach a terminal; a failure has one of the
//! codes of `exit`; files are written all together or not at all.
//!
//! * `arguments`: what is common to all commands, and the list of commands. One file for each command, with its own arguments.
//! * `input`: from arguments to an analysis. `outputs`: from an analysis to files.
//! * `terminal`, `diagnostics`, `progress`, `panics`: how it speaks.
//!
//! To add a command: write `cli/<name>.rs` with `Arguments` and `run`, and add it to `arguments::Command`.

mod analyze;
mod arguments;
mod baseline;
mod check;
mod completions;
mod diagnostics;
mod exit;
mod explain;
mod init;
mod input;
mod man;
mod outputs;
mod panics;
mod plan;
mod progress;
mod report;
mod schema;
mod terminal;

use crate::host::os::{self, Os};
use arguments::{Arguments, Command, Global};
use clap::{CommandFactory, FromArgMatches};
use exit::{Exit, Failure};
use std::ffi::OsString;
use terminal::Terminal;

/// What every command gets.
struct Context {
    host: Os,
    terminal: Terminal,
    global: Global,
}

/// Runs the program under the name by which it was called. The exit code.
pub fn run(arguments: Vec<OsString>, name: &'static str) -> u8 {
    panics::explain();
    os::end_on_interrupt();
    terminal::colour_from_environment();
    let parsed = command(name).try_get_matches_from(arguments).and_then(|matches| Arguments::from_arg_matches(&matches));
    let Arguments { global, command } = match parsed {
        Ok(arguments) => arguments,
        Err(error) => {
            // Whoever closed the pipe does not want the help text.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.code() } else { Exit::Pass.code() };
        }
    };
    let terminal = Terminal::new(&global);
    let context = Context { host: Os, terminal, global };
    match dispatch(command, &context, name) {
        Ok(exit) => exit.code(),
        Err(failure) => {
            context.terminal.failure(&failure);
            failure.exit.code()
        }
    }
}

/// The grammar of the command line.
fn command(name: &'static str) -> clap::Command {
    Arguments::command().bin_name(name)
}

fn dispatch(chosen: Command, context: &Context, name: &'static str) -> Result<Exit, Failure> {
    match chosen {
        Command::Analyze(arguments) => analyze::run(&arguments, context),
        Command::Check(arguments) => check::run(&arguments, context),
        Command::Baseline(arguments) => baseline::run(&arguments, context),
        Command::Report(arguments) => report::run(&arguments, context),
        Command::Explain(arguments) => explain::run(&arguments, context),
        Command::Plan(arguments) => plan::run(&arguments, context),
        Command::Init(arguments) => init::run(&arguments, context),
        Command::Schema => schema::run(context),
        Command::Completions(arguments) => completions::run(&arguments, context, command(name)),
        Command::Man(arguments) => man::run(&arguments, context, command(name)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_grammar_is_sound() {
        super::command("seamline").debug_assert();
    }
}
