//! Arguments in, exit code out.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    let mut arguments: Vec<_> = std::env::args_os().collect();
    // As a subcommand of cargo, which gives the subcommand's own name first.
    let by_cargo = arguments.get(1).is_some_and(|first| first == "seamline");
    if by_cargo {
        arguments.remove(1);
    }
    seamline::cli::run(arguments, if by_cargo { "cargo seamline" } else { "seamline" }).into()
}
