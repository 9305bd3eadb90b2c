//! What is timed.
//!
//! Takes: a [`Tree`]. Gives: how long each [`Pass`] over it took. Stages are told apart by the progress that the pipeline reports to
//! anybody: nothing inside of it is opened for measuring. The tree itself is only read; caches lie in a scratch folder.

mod edited;

use edited::Edited;
use rayon::prelude::*;
use seamline::config::Config;
use seamline::frontend::rust;
use seamline::host::Host;
use seamline::host::os::Os;
use seamline::host::store::Store;
use seamline::model::analysis::Analysis;
use seamline::pipeline::{Stage, analyze};
use seamline::report::FORMATS;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Names the pass that a process of its own is to do; the tree that it is to be done on.
pub(super) const ALONE: &str = "SEAMLINE_BENCH_ALONE";
/// See [`ALONE`].
pub(super) const ROOT: &str = "SEAMLINE_BENCH_ROOT";

/// What is timed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pass {
    /// The files are read and given to syn.
    Floor,
    /// A part of [`Pass::Cold`].
    Stage(&'static str),
    /// Everything is worked out, and nothing kept.
    Cold,
    /// All reports of that, without pictures.
    Reports,
    /// Everything is worked out and kept.
    Fill,
    /// All is as it was.
    Warm,
    /// One file has another function at its end.
    Edited,
}

impl Pass {
    /// As in the table.
    pub(super) fn name(self) -> &'static str {
        match self {
            Pass::Floor => "floor: read and syn::parse_file",
            Pass::Stage(name) => name,
            Pass::Cold => "analyze",
            Pass::Reports => "all reports",
            Pass::Fill => "analyze, filling a cache",
            Pass::Warm => "analyze, nothing changed",
            Pass::Edited => "analyze, one file changed",
        }
    }

    /// Those that make sense in a process of their own.
    const WHOLE: [Pass; 5] = [Pass::Floor, Pass::Cold, Pass::Fill, Pass::Warm, Pass::Edited];
}

/// What they are done on.
pub(super) struct Tree {
    root: PathBuf,
    config: Config,
    /// All that are part of some target.
    pub(super) files: Vec<PathBuf>,
    /// In these files.
    pub(super) lines: u64,
    /// Holds caches and what is told to processes of their own.
    scratch: PathBuf,
}

impl Tree {
    /// Finds its files.
    pub(super) fn new(root: &Path, scratch: &Path, threads: usize) -> Self {
        let mut tree = Self::bare(root, scratch, threads);
        let read = || rust::read(&Os, &Store::none(), &tree.root, &tree.config.frontend, &|_| {});
        let codebase = tree.config.frontend.on_threads(read).expect("the tree can be read");
        tree.lines = codebase.files.iter().map(|file| u64::from(file.lines)).sum();
        tree.files = codebase.files.iter().map(|file| tree.root.join(&file.path)).filter(|file| file.is_file()).collect();
        let list: Vec<&str> = tree.files.iter().filter_map(|file| file.to_str()).collect();
        std::fs::write(tree.scratch.join("files"), list.join("\n")).expect("the list of files can be written");
        tree
    }

    /// The same in another process, which has not read anything yet.
    pub(super) fn again(root: &Path, scratch: &Path, threads: usize) -> Self {
        let mut tree = Self::bare(root, scratch, threads);
        let list = std::fs::read_to_string(tree.scratch.join("files")).expect("another process has made the list of files");
        tree.files = list.lines().map(PathBuf::from).collect();
        tree
    }

    fn bare(root: &Path, scratch: &Path, threads: usize) -> Self {
        let root = std::fs::canonicalize(root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
        let mut config = Config::load(&Os, &root, None).expect("the tree's configuration is right");
        config.frontend.threads = threads;
        Tree { root, config, files: Vec::new(), lines: 0, scratch: scratch.to_owned() }
    }

    /// How many there really are.
    pub(super) fn threads(&self) -> usize {
        self.config.frontend.on_threads(rayon::current_num_threads)
    }

    /// The most memory that a process needs which does nothing but this. Nothing where the system does not say.
    pub(super) fn peak(&self, pass: Pass) -> Option<u64> {
        if !Pass::WHOLE.contains(&pass) {
            return None;
        }
        let program = std::env::current_exe().ok()?;
        let output = std::process::Command::new(program).env(ALONE, pass.name()).env(ROOT, &self.root).output().ok()?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    }

    fn cache(&self, name: &str) -> PathBuf {
        self.scratch.join(name)
    }

    fn analyze(&self, host: &dyn Host, store: &Store, progress: &(dyn Fn(Stage) + Sync)) -> Analysis {
        analyze(&self.config, host, store, &self.root, progress).expect("the tree can be analysed")
    }

    fn with_cache(&self, host: &dyn Host, cache: &Path) {
        let store = Store::open(&Os, cache);
        black_box(self.analyze(host, &store, &|_| {}));
        store.save(&Os).expect("the cache can be written");
    }

    fn floor(&self) {
        self.config.frontend.on_threads(|| {
            self.files.par_iter().with_max_len(1).for_each(|file| {
                let text = std::fs::read_to_string(file).unwrap_or_default();
                let _ = black_box(syn::parse_file(&text));
                proc_macro2::extra::invalidate_current_thread_spans();
            });
        });
    }

    /// The file of middling size, changed.
    fn edited(&self) -> Edited {
        let mut sizes: Vec<(u64, &PathBuf)> = self.files.iter().map(|file| (file.metadata().map_or(0, |m| m.len()), file)).collect();
        sizes.sort();
        Edited::new(sizes[sizes.len() / 2].1)
    }
}

/// Each pass once.
pub(super) fn all(tree: &Tree) -> Vec<(Pass, Duration)> {
    let mut taken = vec![(Pass::Floor, timed(|| tree.floor()).1)];
    let (analysis, stages, whole) = cold(tree);
    taken.extend(stages);
    taken.push((Pass::Cold, whole));
    let render = || FORMATS.iter().for_each(|format| drop(black_box(format.render(&analysis).expect("it can be rendered"))));
    taken.push((Pass::Reports, timed(render).1));
    drop(analysis);
    let cache = tree.cache("cache");
    let _ = std::fs::remove_file(&cache);
    taken.push((Pass::Fill, timed(|| tree.with_cache(&Os, &cache)).1));
    taken.push((Pass::Warm, timed(|| tree.with_cache(&Os, &cache)).1));
    let (copy, edited) = (tree.cache("cache of the edited"), tree.edited());
    std::fs::copy(&cache, &copy).expect("the cache can be copied");
    taken.push((Pass::Edited, timed(|| tree.with_cache(&edited, &copy)).1));
    taken
}

/// One pass in a process of its own, which then says how much memory it needed.
pub(super) fn alone(pass: &str, tree: &Tree) {
    match Pass::WHOLE.into_iter().find(|whole| whole.name() == pass) {
        Some(Pass::Floor) => tree.floor(),
        Some(Pass::Fill) => tree.with_cache(&Os, &tree.cache("cache of its own")),
        Some(Pass::Warm) => tree.with_cache(&Os, &tree.cache("cache of its own")),
        Some(Pass::Edited) => tree.with_cache(&tree.edited(), &tree.cache("cache of its own")),
        _ => drop(tree.analyze(&Os, &Store::none(), &|_| {})),
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    if let Some(peak) = peak {
        println!("{}", peak * 1024);
    }
}

/// Everything, with the stages told apart by their beginnings.
fn cold(tree: &Tree) -> (Analysis, Vec<(Pass, Duration)>, Duration) {
    let begun: Mutex<Vec<(&'static str, Instant)>> = Mutex::new(Vec::new());
    let heard = |stage: Stage| {
        let name = match stage {
            Stage::Compare => "· discover, read, parse",
            Stage::Read(_) | Stage::History(_) => return,
            Stage::Resolve => "· resolve",
            Stage::Infer => "· infer",
            Stage::Assemble => "· assemble",
            Stage::Graph => "· graph",
            Stage::Gather => "· evidence",
            Stage::Cluster => "· cluster",
            Stage::Advise => "· advise",
        };
        begun.lock().expect("nobody panics with it").push((name, Instant::now()));
    };
    let (analysis, whole) = timed(|| tree.analyze(&Os, &Store::none(), &heard));
    let begun = begun.into_inner().expect("nobody panics with it");
    let ends = begun.iter().skip(1).map(|(_, next)| *next).chain([begun[0].1 + whole]);
    let stages = begun.iter().zip(ends).map(|((name, start), end)| (Pass::Stage(name), end - *start)).collect();
    (analysis, stages, whole)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = work();
    (value, start.elapsed())
}
