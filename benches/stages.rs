//! Wall time of each stage, beside the floor: what reading and parsing the very same files costs, and nothing else.
//!
//! ```text
//! cargo bench --bench stages                                   a generated workspace
//! SEAMLINE_BENCH_TREE=PATH cargo bench --bench stages          and one of your own
//! ```
//!
//! `SEAMLINE_BENCH_SAMPLES=N` and `SEAMLINE_BENCH_THREADS=N` set how often, and with how many threads. All passes of one sample run one
//! after the other, each in turn, so that whatever else the machine does falls on all alike: the ratio to the floor of the same sample
//! says more than milliseconds do. Memory is the peak of a process that does nothing but this pass. criterion is handed the samples,
//! and compares them with those of the last run.

#![allow(clippy::print_stdout)] // for people to read

mod generated;
mod passes;

use criterion::{Criterion, SamplingMode};
use generated::Shape;
use passes::{Pass, Tree};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// About 50,000 lines.
const SHAPE: Shape = Shape { crates: 8, entities: 12 };

fn main() {
    let variable = |name: &str| std::env::var(name).ok();
    let number = |name: &str| variable(name).map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is a number, not {text:?}")));
    let threads = number("SEAMLINE_BENCH_THREADS").unwrap_or(0);
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    if let (Some(pass), Some(root)) = (variable(passes::ALONE), variable(passes::ROOT)) {
        passes::alone(&pass, &Tree::again(Path::new(&root), scratch, threads));
        return;
    }
    // Without `--bench` nobody wants to know how long: does it run?
    let measured = std::env::args().any(|argument| argument == "--bench");
    let samples = if measured { number("SEAMLINE_BENCH_SAMPLES").unwrap_or(15) } else { 1 };
    let folder = scratch.join("generated");
    generated::write(SHAPE, &folder).expect("the workspace can be written");
    let mut trees = vec![("generated".to_owned(), folder)];
    if let Some(tree) = variable("SEAMLINE_BENCH_TREE") {
        let path = PathBuf::from(tree);
        trees.push((path.file_name().map_or_else(|| "tree".into(), |name| name.to_string_lossy().into_owned()), path));
    }
    let mut criterion = Criterion::default().configure_from_args();
    for (name, root) in trees {
        let tree = Tree::new(&root, scratch, threads);
        // The first pass meets cold caches of the machine.
        passes::all(&tree);
        let taken: Vec<Vec<(Pass, Duration)>> = (0..samples).map(|_| passes::all(&tree)).collect();
        let columns: Vec<(Pass, Vec<Duration>)> =
            (0..taken[0].len()).map(|i| (taken[0][i].0, taken.iter().map(|sample| sample[i].1).collect())).collect();
        if measured {
            compare(&mut criterion, &name, &columns);
        }
        print(&name, &tree, &columns);
    }
    criterion.final_summary();
}

/// Hands the samples to criterion, each once. It takes no fewer than ten.
fn compare(criterion: &mut Criterion, name: &str, columns: &[(Pass, Vec<Duration>)]) {
    let mut group = criterion.benchmark_group(name);
    // It sees that its samples cost nothing, and asks for as many runs as fill this time: each is then said to have taken what it did.
    group.sampling_mode(SamplingMode::Flat).warm_up_time(Duration::from_nanos(1)).measurement_time(Duration::from_millis(1));
    for (pass, times) in columns.iter().filter(|(_, times)| times.len() >= 10) {
        group.sample_size(times.len());
        let mut all = times.iter().cycle();
        let mut sample = |runs: u64| all.next().map_or(Duration::ZERO, |time| time.saturating_mul(u32::try_from(runs).unwrap_or(u32::MAX)));
        group.bench_function(pass.name(), |bencher| bencher.iter_custom(&mut sample));
    }
    group.finish();
}

/// One line for each pass.
fn print(name: &str, tree: &Tree, columns: &[(Pass, Vec<Duration>)]) {
    let floor = &columns[0].1;
    println!("\n{name}: {} lines in {} files, {} threads, {} samples", tree.lines, tree.files.len(), tree.threads(), floor.len());
    println!("\n| pass | median ms | of the floor | peak MiB |\n|---|---:|---:|---:|");
    for (pass, times) in columns {
        let ratios = times.iter().zip(floor).map(|(time, floor)| time.as_secs_f64() / floor.as_secs_f64());
        let ms = median(times.iter().map(|time| time.as_secs_f64() * 1e3));
        let peak = tree.peak(*pass).map(|bytes| format!("{:.0}", bytes as f64 / f64::from(1 << 20))).unwrap_or_default();
        println!("| {} | {ms:.1} | {:.2} | {peak} |", pass.name(), median(ratios));
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}
