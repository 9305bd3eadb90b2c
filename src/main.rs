//! Arguments in, exit code out.

fn main() -> std::process::ExitCode {
    seamline::cli::run(std::env::args_os().collect(), "seamline").into()
}
