//! How many of the labelled crossings get the style that a reader gave them?
//!
//! `cargo run --example crossings -- OUT`: for each folder of `fixtures/crossings` it looks for `OUT/NAME/analysis.json`, which
//! `seamline analyze --config fixtures/crossings/NAME/seamline.toml` has written, and compares. Prints what differs, how many are right in each
//! code base, the confusion of all, accuracy and macro-F1. A crossing that the analysis does not have counts as missing, and as wrong.

#![allow(clippy::print_stdout, reason = "an example talks to people")]

use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

const STYLES: [&str; 4] = ["library", "sync-api", "broker", "keep-together"];

#[derive(Deserialize)]
struct Labels {
    crossing: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    from: String,
    to: String,
    site: String,
    style: String,
    or: Option<String>,
    because: String,
}

#[derive(Deserialize)]
struct Analysis {
    crossings: Vec<Crossing>,
}

#[derive(Deserialize)]
struct Crossing {
    from: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    path: String,
    style: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args().nth(1).ok_or("usage: crossings OUT")?;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/crossings");
    let mut names: Vec<String> = std::fs::read_dir(&fixtures)?.filter_map(|e| e.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    let mut confusion: BTreeMap<(String, String), u32> = BTreeMap::new();
    let (mut all, mut right, mut second, mut missing) = (0, 0, 0, 0);
    for name in names {
        let file = Path::new(&out).join(&name).join("analysis.json");
        if !file.is_file() {
            continue;
        }
        let labels: Labels = toml::from_str(&std::fs::read_to_string(fixtures.join(&name).join("labels.toml"))?)?;
        let analysis: Analysis = serde_json::from_slice(&std::fs::read(file)?)?;
        let found: BTreeMap<(&str, &str), &str> = (analysis.crossings.iter())
            .flat_map(|c| c.items.iter().map(|i| ((c.from.as_str(), i.path.as_str()), i.style.as_str())))
            .collect();
        let before = right;
        for label in &labels.crossing {
            all += 1;
            let Some(style) = found.get(&(label.from.as_str(), label.to.as_str())) else {
                missing += 1;
                println!("{name}: {} → {} is no crossing ({})", label.from, label.to, label.site);
                continue;
            };
            *confusion.entry((label.style.clone(), (*style).to_owned())).or_default() += 1;
            if label.style == *style {
                right += 1;
            } else {
                second += u32::from(label.or.as_deref() == Some(style));
                println!("{name}: {} → {} is {style}, should be {}: {} ({})", label.from, label.to, label.style, label.because, label.site);
            }
        }
        println!("{name}: {} of {}", right - before, labels.crossing.len());
    }
    let at = |label: &str, style: &str| confusion.get(&(label.to_owned(), style.to_owned())).copied().unwrap_or(0);
    println!("\n| label \\ found | {} | recall | precision |\n|---|---:|---:|---:|---:|---:|---:|", STYLES.join(" | "));
    let mut f1 = 0.0;
    for label in STYLES {
        let row: Vec<u32> = STYLES.iter().map(|style| at(label, style)).collect();
        let share = |of: u32| f64::from(at(label, label)) / f64::from(of.max(1));
        let (recall, precision) = (share(row.iter().sum()), share(STYLES.iter().map(|l| at(l, label)).sum()));
        f1 += 2.0 * recall * precision / (recall + precision).max(f64::MIN_POSITIVE) / 4.0;
        let row: Vec<String> = row.iter().map(u32::to_string).collect();
        println!("| {label} | {} | {recall:.2} | {precision:.2} |", row.join(" | "));
    }
    let share = |n: u32| f64::from(n) / f64::from(u32::max(all, 1));
    println!(
        "\naccuracy {:.3}, with the second label {:.3}, macro-F1 {f1:.3}; {all} labels, {missing} of them no crossing",
        share(right),
        share(right + second)
    );
    Ok(())
}
