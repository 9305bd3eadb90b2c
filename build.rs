//! Names this build: what is worked out by one build of seamline and kept in a cache says nothing to another.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut files = Vec::new();
    sources(Path::new("src"), &mut files);
    // Other dependencies parse other things.
    files.extend(["Cargo.toml", "Cargo.lock"].map(PathBuf::from));
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        println!("cargo::rerun-if-changed={}", file.display());
        file.hash(&mut hasher);
        // A library's user builds without our lock file.
        std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    println!("cargo::rustc-env=SEAMLINE_BUILD={:016x}", hasher.finish());
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    // A file that is new is noticed by its folder.
    println!("cargo::rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, files);
        } else {
            files.push(path);
        }
    }
}
