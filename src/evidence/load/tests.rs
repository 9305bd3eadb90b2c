//! What is heavy in small code, and what only looks like it.

use crate::evidence::tests::{of, with};

#[test]
fn crates_and_calls_that_say_by_what_work_is_bound() {
    let read = of(&with(
        &["image", "rayon", "tokio", "serde"],
        "//- /src/lib.rs
pub mod thumbs {
    // image: what it is about.
    use rayon::prelude::*;
    use serde::Serialize;
    pub fn all(files: Vec<String>) -> Vec<u32> { files.par_iter().map(|f| one(f)).collect() }
    fn one(file: &str) -> u32 { image::open(file).unwrap().width() }
}
pub mod files {
    pub async fn load(path: &str) -> String {
        let text = tokio::fs::read_to_string(path).await.unwrap();
        tokio::task::spawn_blocking(move || text.to_uppercase()).await.unwrap()
    }
}
pub mod own {
    pub mod fs { pub fn read(path: &str) -> String { path.to_owned() } }
    pub fn f() { fs::read(\"a\"); }
}
",
    ));
    let line = |l: &crate::model::evidence::load::Load| {
        let kind = if l.is_crate { "crate" } else { "call" };
        format!("{}:{} {} {kind} {}: {}", read.spot(&l.by), l.by.site.line, l.bound.name(), l.what, l.why)
    };
    let found: Vec<String> = read.evidence.loads.iter().map(line).collect();
    assert_eq!(
        found,
        [
            "shop::files::load:10 io call fs::read_to_string: files",
            "shop::files::load:11 cpu call task::spawn_blocking: work that is kept off the threads on which others wait",
            "shop::thumbs:6 cpu crate image: codecs of images",
            "shop::thumbs::all:5 cpu call par_iter: work on all cores",
        ]
    );
}
