//! The same program as a subcommand of cargo, which passes the subcommand's own name as the first argument.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "seamline") {
        arguments.remove(1);
    }
    seamline::cli::run(arguments, "cargo seamline").into()
}
