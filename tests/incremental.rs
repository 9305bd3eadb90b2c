//! With a cache, the front end finds what it finds without one: real code is edited at random, and read warm and cold after each edit.
//!
//! `SEAMLINE_EDIT=FOLDER SEAMLINE_STEPS=200 cargo test --release --test incremental -- --ignored --nocapture` does the same to any code base.

use seamline::frontend::rust::{Options, read};
use seamline::host::Host;
use seamline::host::memory::Memory;
use seamline::host::store::Store;
use std::path::{Path, PathBuf};

/// Repeatable, and good enough to choose lines with.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = usize::try_from(self.0 >> 33).expect("31 bits");
        high % limit.max(1)
    }

    fn of<'t, T>(&mut self, list: &'t [T]) -> Option<&'t T> {
        if list.is_empty() { None } else { list.get(self.below(list.len())) }
    }
}

/// Sources and manifests below a folder, as a world of their own.
fn world(folder: &Path, keep: &dyn Fn(&str) -> bool) -> (Memory, Vec<String>) {
    let host = Memory::default();
    let mut sources = Vec::new();
    let mut todo = vec![PathBuf::new()];
    while let Some(at) = todo.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder.join(&at)).expect("it can be listed").flatten().collect();
        entries.sort_by_key(std::fs::DirEntry::file_name);
        for entry in entries {
            let path = at.join(entry.file_name());
            let name = format!("/{}", path.to_string_lossy());
            if !keep(&name) {
                continue;
            }
            if entry.path().is_dir() {
                todo.push(path);
            } else if name.ends_with(".rs") || name.ends_with("Cargo.toml") {
                host.set(&name, std::fs::read(entry.path()).expect("it can be read"));
                if name.ends_with(".rs") {
                    sources.push(name);
                }
            }
        }
    }
    (host, sources)
}

fn text(host: &Memory, file: &str) -> String {
    String::from_utf8(host.get(file).expect("it was put there")).expect("sources are UTF-8")
}

fn words(text: &str) -> Vec<(usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut start = None;
    for (i, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (is_word(c), start) {
            (true, None) => start = Some(i),
            (false, Some(from)) => {
                words.push((from, &text[from..i]));
                start = None;
            }
            _ => {}
        }
    }
    words
}

/// Changes one file in one of the ways in which people do, and in some in which they do not.
fn edit(host: &Memory, sources: &[String], dice: &mut Dice) -> String {
    let file = dice.of(sources).expect("there are sources").clone();
    let old = text(host, &file);
    let mut lines: Vec<String> = old.lines().map(str::to_owned).collect();
    let at = dice.below(lines.len() + 1);
    let what = dice.below(10);
    match what {
        // A line is gone, or there twice, or where another was.
        0 if at < lines.len() => drop(lines.remove(at)),
        1 if at < lines.len() => lines.insert(at, lines[at].clone()),
        2 if at + 1 < lines.len() => lines.swap(at, at + 1),
        // A comment moves everything below.
        3 => lines.insert(at.min(lines.len()), "// moved".into()),
        // Another name, from anywhere.
        4..=6 => {
            let other = text(host, dice.of(sources).expect("there are sources"));
            let (from, to) = (words(&old), words(&other));
            if let (Some((start, word)), Some((_, new))) = (dice.of(&from), dice.of(&to)) {
                let changed = format!("{}{new}{}", &old[..*start], &old[start + word.len()..]);
                host.set(&file, changed);
            }
            return format!("{file}: another name");
        }
        // What is declared at the end of a file.
        7 | 8 => {
            let names: Vec<&str> =
                words(&old).into_iter().map(|(_, word)| word).filter(|w| !w.starts_with(|c: char| c.is_numeric())).collect();
            let name = dice.of(&names).copied().unwrap_or("x");
            let kind = dice.of(&names).copied().unwrap_or("y");
            let declared = [
                format!("pub fn {name}() -> {kind} {{ todo!() }}"),
                format!("#[derive(Clone, PartialEq)] pub struct {name} {{ pub {kind}: {kind} }}"),
                format!("impl std::ops::Deref for {name} {{ type Target = {kind}; fn deref(&self) -> &{kind} {{ todo!() }} }}"),
                format!("impl {kind} for {name} {{}}"),
                format!("impl {name} {{ pub fn {kind}(&self) -> Self {{ todo!() }} }}"),
                format!("pub use crate::{kind} as {name};"),
                format!("pub trait {name}: {kind} {{ type Item: {name}; fn {kind}(&self); }}"),
                format!("pub type {name} = {kind};"),
                format!("macro_rules! {name} {{ ($x:expr) => {{ {kind}($x) }} }}"),
                "pub use super::*;".to_owned(),
            ];
            lines.push(dice.of(&declared).expect("there are some").clone());
        }
        // A stretch of lines is gone.
        _ => {
            let end = (at + dice.below(12)).min(lines.len());
            lines.drain(at.min(end)..end);
        }
    }
    host.set(&file, lines.join("\n") + "\n");
    format!("{file}:{at}: way {what}")
}

fn compare(folder: &Path, keep: &dyn Fn(&str) -> bool, steps: usize, seed: u64) {
    let (host, sources) = world(folder, keep);
    let originals: Vec<String> = sources.iter().map(|file| text(&host, file)).collect();
    let mut dice = Dice(seed);
    let cache = Path::new("/target/seamline/cache");
    let options = Options::default();
    let all = |store: &Store| read(&host, store, Path::new("/"), &options, &|_| {}).map(|c| format!("{c:#?}")).map_err(|e| e.to_string());
    for step in 0..steps {
        let mut edits = Vec::new();
        for _ in 0..=dice.below(3) {
            edits.push(edit(&host, &sources, &mut dice));
        }
        let store = Store::open(&host, cache);
        let warm = all(&store);
        store.save(&host).expect("there is room in memory");
        let cold = all(&Store::none());
        if warm != cold {
            let (warm, cold) = (warm.unwrap_or_default(), cold.unwrap_or_default());
            let first = warm.lines().zip(cold.lines()).enumerate().find(|(_, (a, b))| a != b);
            panic!("step {step} of {}, seed {seed}: {edits:?}: first difference {first:?}", folder.display());
        }
        // Back to what parses, now and then, as switching branches does.
        if step % 8 == 7 {
            for (file, text) in sources.iter().zip(&originals) {
                host.set(file, text.as_bytes());
            }
        }
    }
    assert!(host.is_file(cache));
}

fn own(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn edits_of_the_shop() {
    compare(&own("fixtures/shop"), &|name| !name.starts_with("/target"), 60, 1);
}

#[test]
fn edits_of_seamline() {
    compare(&own("."), &|name| name.starts_with("/src") || name == "/Cargo.toml", 12, 2);
}

#[test]
#[ignore = "takes as long as the code base named in SEAMLINE_EDIT is large"]
fn edits_of_any_code_base() {
    let folder = std::env::var("SEAMLINE_EDIT").expect("SEAMLINE_EDIT names a folder");
    let number = |name: &str, default: usize| std::env::var(name).ok().and_then(|s| s.parse().ok()).unwrap_or(default);
    compare(Path::new(&folder), &|name| !name.contains("/target/"), number("SEAMLINE_STEPS", 100), number("SEAMLINE_SEED", 3) as u64);
}
