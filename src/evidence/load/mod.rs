//! What makes a part of the program heavy, and by what its work is bound.
//!
//! Takes: which external crates modules use, and calls. Gives: [`Load`]s: one for each module and crate of the `table` that it names, where
//! it names it first; one for each call that says that work computes, or waits for files. Statements on databases and calls of other
//! machines are found by other sources, and count as waiting there.
//!
//! It ties nothing: that two modules compute is no reason to keep them together.

mod table;
#[cfg(test)]
mod tests;

use super::code::Code;
use super::{Gathered, Question, Source, Spec};
use crate::model::calls::{self, CallKind, Invocation, Word};
use crate::model::evidence::load::Load;
use crate::model::evidence::{Evidence, Spot};
use crate::model::ids::ModuleId;
use crate::model::place::Site;
use std::sync::LazyLock;
use table::{BLOCKING, CALLS, CRATES, Call, FILES, PARALLEL};

static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let names = PARALLEL.iter().chain(BLOCKING).map(|name| Word::Any(name));
    names.chain(FILES.iter().map(|(of, name)| Word::Path(of, name))).collect()
});

static SPEC: LazyLock<Spec> = LazyLock::new(|| Spec {
    name: "load",
    noun: "hints at load",
    summary: "crates that bring native libraries, models or codecs; work on all cores, work that blocks, files",
    weight: 0.0,
    of_code: true,
    reading: "need the same machine",
    words: &WORDS,
    after: &[],
});

/// The source.
pub(super) struct Loads;

impl Source for Loads {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn gather(&self, question: &Question<'_, '_>) -> Gathered {
        let code = question.code();
        let crates = code.codebase.externals.iter().filter_map(|(module, name, _)| linked(code, *module, name));
        let called = code.every_call().iter().filter_map(|(invocation, call)| done(code, invocation, call));
        let mut loads: Vec<Load> = crates.chain(called).collect();
        loads.sort();
        loads.dedup();
        let found = loads.len();
        let note = (found == 0).then(|| "no crate that is known to be heavy, and no call that says by what work is bound".to_owned());
        Gathered { evidence: Evidence { loads, ..Evidence::default() }, found, note, ..Gathered::default() }
    }
}

/// A crate that is heavy, where the module names it first.
fn linked(code: &Code<'_>, module: ModuleId, name: &str) -> Option<Load> {
    let (_, bound, brings) = CRATES.iter().find(|(heavy, ..)| *heavy == name)?;
    let of = &code.codebase.modules[module.index()];
    let (first, last) = (of.line as usize, of.end_line as usize);
    let named = code.lines(of.file, |lines| {
        let within = lines.iter().enumerate().take(last).skip(first.saturating_sub(1));
        within.map(|(at, line)| (at, line.iter().collect::<String>())).find(|(_, line)| names(line, name)).map(|(at, _)| at + 1)
    });
    let line = named.flatten().and_then(|line| u32::try_from(line).ok()).unwrap_or(of.line);
    let site = Site::new(code.codebase.files[of.file.index()].path.clone(), line);
    let by = Spot { module, item: None, site };
    Some(Load { by, bound: *bound, what: name.into(), why: (*brings).into(), is_crate: true })
}

/// Does the line name it, as a word by itself and in no comment?
fn names(line: &str, name: &str) -> bool {
    let text = line.split("//").next().unwrap_or_default();
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    text.match_indices(name).any(|(at, _)| !is_part(text[..at].chars().next_back()) && !is_part(text[at + name.len()..].chars().next()))
}

/// A call that says by what work is bound.
fn done(code: &Code<'_>, invocation: &Invocation, call: &calls::Call) -> Option<Load> {
    let is = |row: &&Call| {
        let of = call.callee.text.rsplit("::").nth(1);
        row.names.contains(&call.name())
            && row.of.is_none_or(|all| call.kind == CallKind::Function && of.is_some_and(|of| all.contains(&of)))
            && (row.crates.is_empty() || row.crates.iter().any(|name| code.uses(invocation.from, name)))
            // Of the workspace's own that are called alike, nothing is known.
            && code.called(invocation.file, call).is_none()
    };
    let row = CALLS.iter().find(is)?;
    let what = call.callee.text.rsplit("::").take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("::");
    Some(Load { by: code.spot(invocation, call.line), bound: row.bound, what, why: row.why.into(), is_crate: false })
}
