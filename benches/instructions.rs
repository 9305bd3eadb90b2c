//! Instructions that the stages take, counted by Callgrind: the same under any load, so that the least slowing down is seen.
//!
//! ```text
//! cargo install --version 0.20.0 --locked gungraun-runner      once; and valgrind
//! cargo bench --bench instructions
//! ```
//!
//! Fails where a stage takes 5 % more than `instructions.limits` says. After a change that is meant to cost so much, or with another
//! toolchain (the standard library is counted with us), write the `Instructions` of the output into that file. One thread does all the
//! work; a stage is counted from where its function is entered to where it is left.

#![allow(missing_docs)] // of what gungraun's macros write

#[allow(dead_code)] // Callgrind is given the workspace in memory
mod generated;

use generated::Shape;
use gungraun::{Callgrind, EntryPoint, EventKind, LibraryBenchmarkConfig, library_benchmark, library_benchmark_group, main};
use seamline::config::Config;
use seamline::host::memory::Memory;
use seamline::host::store::Store;
use seamline::model::analysis::Analysis;
use seamline::pipeline;
use std::path::Path;

/// About 5,000 lines: Callgrind takes fifty times as long as the program.
const SHAPE: Shape = Shape { crates: 2, entities: 5 };

/// Name of a stage and the instructions that it may take.
const LIMITS: &str = include_str!("instructions.limits");

fn workspace() -> Memory {
    let host = Memory::default();
    for (path, text) in generated::workspace(SHAPE) {
        host.set(&format!("/{path}"), text);
    }
    host
}

fn analyzed(host: &Memory) -> Analysis {
    let mut config = Config::default();
    config.frontend.threads = 1;
    pipeline::analyze(&config, host, &Store::none(), Path::new("/"), &|_| {}).expect("the workspace can be analysed")
}

/// Counts one function with all that it calls, and holds the count against what was recorded for it.
fn counted(stage: &str, function: &str) -> LibraryBenchmarkConfig {
    let recorded = LIMITS.lines().find_map(|line| line.strip_prefix(stage)?.trim().replace('_', "").parse::<u64>().ok());
    let recorded = recorded.unwrap_or_else(|| panic!("instructions.limits says nothing of `{stage}`"));
    // Caches are simulated for estimates that nobody asks for here, and take half of the time.
    let mut callgrind = Callgrind::with_args(["--cache-sim=no"]);
    callgrind.entry_point(EntryPoint::Custom(function.to_owned())).hard_limits([(EventKind::Ir, recorded + recorded / 20)]);
    let mut config = LibraryBenchmarkConfig::default();
    config.tool(callgrind);
    config
}

#[library_benchmark(config = counted("parse", "seamline::frontend::rust::parse::parse"))]
#[bench::generated(workspace())]
fn parse(host: Memory) -> Analysis {
    analyzed(&host)
}

#[library_benchmark(config = counted("resolve", "seamline::frontend::rust::resolve::resolve"))]
#[bench::generated(workspace())]
fn resolve(host: Memory) -> Analysis {
    analyzed(&host)
}

#[library_benchmark(config = counted("infer", "seamline::frontend::rust::infer::references"))]
#[bench::generated(workspace())]
fn infer(host: Memory) -> Analysis {
    analyzed(&host)
}

#[library_benchmark(config = counted("cluster", "seamline::cluster::cluster"))]
#[bench::generated(workspace())]
fn cluster(host: Memory) -> Analysis {
    analyzed(&host)
}

library_benchmark_group!(name = stages, benchmarks = [parse, resolve, infer, cluster]);

main!(library_benchmark_groups = stages);
