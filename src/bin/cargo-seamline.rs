//! `cargo seamline`: runs the `seamline` that is installed beside it. Nothing of the program is in here, so that it is built only once.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let Ok(program) = std::env::current_exe().map(|own| own.with_file_name(format!("seamline{}", std::env::consts::EXE_SUFFIX))) else {
        return missing("the folder of cargo-seamline cannot be found");
    };
    // Cargo gives the subcommand's own name as the first argument; by it, the program knows how it was called.
    let given: Vec<OsString> = std::env::args_os().skip(1).collect();
    let named = given.first().is_some_and(|first| first == "seamline");
    let name = (!named).then(|| OsString::from("seamline"));
    let mut command = Command::new(&program);
    command.args(name).args(given);
    run(command, &program.display().to_string())
}

#[cfg(unix)]
fn run(mut command: Command, program: &str) -> ExitCode {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    missing(&format!("{program}: {error}"))
}

#[cfg(not(unix))]
fn run(mut command: Command, program: &str) -> ExitCode {
    match command.status() {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from),
        Err(error) => missing(&format!("{program}: {error}")),
    }
}

#[expect(clippy::print_stderr, reason = "there is nobody else to say it")]
fn missing(what: &str) -> ExitCode {
    eprintln!("error: {what}\n  help: the two are installed together: cargo install seamline");
    ExitCode::from(2)
}
