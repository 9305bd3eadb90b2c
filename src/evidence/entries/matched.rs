//! Routes of hyper services, which match on method and path.
//!
//! Takes: the text of functions in modules that use hyper or http. Gives: [`Found`] for each arm of a `match` on a path whose pattern has a
//! path in it. Patterns are no calls, so they are read from the text: only arms that begin a line are seen.

use super::handlers::Handler;
use super::{Found, words};
use crate::evidence::code::{Code, Place};
use crate::model::codebase::ItemKind;
use crate::model::evidence::Spot;
use crate::model::evidence::entry::EntryKind;
use crate::model::ids::{FileId, ItemId};
use crate::model::place::Site;

/// Crates whose requests have a path to match on.
const CRATES: &[&str] = &["hyper", "http", "lambda_http", "tiny_http", "astra"];
/// A `match` says on what it matches in so many lines.
const HEAD: usize = 6;

struct Arm {
    method: String,
    path: String,
    line: u32,
}

/// All arms.
pub(super) fn found(code: &Code<'_>) -> Vec<Found> {
    let codebase = code.codebase;
    let mut found = Vec::new();
    for (index, item) in codebase.items.iter().enumerate().filter(|(_, i)| i.kind == ItemKind::Function) {
        if !CRATES.iter().any(|name| code.uses(item.module, name)) {
            continue;
        }
        let file = codebase.modules[item.module.index()].file;
        let id = ItemId::from(index);
        let arms = arms(code, file, item.line, item.end_line);
        for (at, arm) in arms.iter().enumerate() {
            let next: Place = arms.get(at + 1).map_or((item.end_line, 0), |next| (next.line, 0));
            let end = code.arm_end(file, (arm.line, 1)).map_or(next, |end| end.min(next));
            let mut starts: Vec<ItemId> = Vec::new();
            for reference in code.between(file, (arm.line, 1), end) {
                if let Some(to) = reference.to_item
                    && codebase.items[to.index()].kind == ItemKind::Function
                    && !starts.contains(&to)
                {
                    starts.push(to);
                }
            }
            let site = Site::new(codebase.files[file.index()].path.clone(), arm.line);
            found.push(Found {
                kind: EntryKind::Route,
                name: format!("{} {}", arm.method, super::routes::join("", &arm.path, "hyper")),
                handler: Handler { item: Some(id), starts, of_types: Vec::new() },
                declared: Spot { module: item.module, item: Some(codebase.item_path(id)), site },
                technology: "hyper".into(),
            });
        }
    }
    found
}

fn arms(code: &Code<'_>, file: FileId, from: u32, to: u32) -> Vec<Arm> {
    let position = |line: usize, column: usize| Some((u32::try_from(line + 1).ok()?, u32::try_from(column + 1).ok()?));
    let heads: Vec<Place> = code
        .lines(file, |lines| {
            let text: Vec<String> = lines.iter().map(|l| l.iter().collect()).collect();
            let range = usize::try_from(from).unwrap_or(1).saturating_sub(1)..usize::try_from(to).unwrap_or(0).min(text.len());
            let head = |at: usize| {
                let start = text[at].find("match ")?;
                let all: Vec<(usize, usize)> = (at..text.len().min(at + HEAD)).filter_map(|l| Some((l, text[l].rfind('{')?))).collect();
                let (line, column) = all.into_iter().find(|(l, c)| *l > at || *c > start)?;
                let on = text[at..=line].join(" ");
                if on.contains(".path()") { position(line, text[line][..column].chars().count()) } else { None }
            };
            range.filter_map(head).collect()
        })
        .unwrap_or_default();
    let mut arms = Vec::new();
    for start in heads {
        let Some(end) = code.end(file, start) else { continue };
        let found = code.lines(file, |lines| {
            let first = usize::try_from(start.0).unwrap_or(0);
            let last = usize::try_from(end.0).unwrap_or(0);
            let body = lines.iter().enumerate().take(last).skip(first);
            body.filter_map(|(at, line)| arm(&line.iter().collect::<String>(), u32::try_from(at + 1).ok()?)).collect::<Vec<_>>()
        });
        arms.extend(found.unwrap_or_default());
    }
    arms.sort_by_key(|a| a.line);
    arms.dedup_by_key(|a| a.line);
    arms
}

/// `(&Method::GET, "/orders") => …`, `("/", true) => …`, `"/orders" => …`
fn arm(line: &str, number: u32) -> Option<Arm> {
    let pattern = line.trim_start();
    if !pattern.starts_with(['(', '"']) {
        return None;
    }
    let pattern = pattern.split("=>").next().filter(|p| p.len() < pattern.len())?;
    let path = pattern.split('"').nth(1).filter(|p| p.starts_with('/'))?.to_owned();
    let named = pattern.split_once("Method::").map(|(_, rest)| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default());
    let known = named.filter(|name| words::VERBS.iter().any(|(_, verb)| verb == name));
    Some(Arm { method: known.unwrap_or("ANY").to_owned(), path, line: number })
}
