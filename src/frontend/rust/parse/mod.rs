//! Text of one file to [`FileFacts`]: syn starts and ends in this folder.
//!
//! Takes: the bytes of a file. Gives: facts, always; what did not parse is in [`FileFacts::errors`] and the rest goes on.
//! Invariants: no syn or proc-macro2 value outlives [`parse`]; no input overflows the stack of the pool's threads ([`limits`]).

mod attrs;
pub(super) mod expand;
mod exprs;
mod items;
pub(super) mod known;
mod limits;
mod macros;
mod named;
mod recover;
mod types;
mod unread;
mod uses;

use super::facts::{Around, FileFacts, Name, Named, Pos, TextIx, Written};
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// Stack of a parsing thread: syn and the lowering recurse as deep as [`limits`] lets through.
pub(super) const STACK: usize = 256 << 20;

/// Whether modules under `#[cfg(test)]` are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tests {
    /// As everything else.
    Read,
    /// They are off: what is in them is scanned for where it ends, and is not parsed.
    StepOver,
}

/// Reads one file. Never fails: a file that is not Rust gives facts with nothing but errors.
#[inline(never)] // benches/instructions.rs counts it by name
pub(super) fn parse(text: &str, tests: Tests) -> FileFacts {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lower = Lower::new(text);
    lower.facts.lines = count(breaks(text) + usize::from(!text.is_empty() && !text.ends_with('\n')));
    let text = match limits::check(text, tests) {
        Ok(unread) => unread.out_of(text),
        Err((pos, message)) => {
            lower.facts.errors.push((pos, message));
            return lower.facts;
        }
    };
    match syn::parse_file(&text) {
        Ok(file) => lower.file(&file),
        Err(error) => recover::file(&text, &error, &mut lower),
    }
    // The lexer keeps the text of every file that it has seen in this thread for the sake of spans; none outlives this call.
    proc_macro2::extra::invalidate_current_thread_spans();
    lower.facts
}

/// The number of line breaks; pieces short enough that a byte holds their count are counted many bytes at a time.
fn breaks(text: &str) -> usize {
    text.as_bytes().chunks(255).map(|piece| usize::from(piece.iter().map(|b| u8::from(*b == b'\n')).sum::<u8>())).sum()
}

/// Turns syntax trees into facts.
struct Lower<'t> {
    facts: FileFacts,
    names: FxHashMap<Box<str>, Name>,
    /// Holds the name that is being looked up: most are known and need no memory of their own.
    spelling: String,
    around: Vec<Around>,
    /// What is being read, for the text of macros; where its lines begin, once asked for.
    source: &'t str,
    lines: Vec<usize>,
    /// Set while what a macro gave is lowered: where its tokens really stand.
    mapping: Option<expand::Mapping>,
    /// What attributes of fields and variants name, until the item around them is finished.
    named: Vec<Named>,
    /// The same, as written.
    written: Vec<Written>,
}

impl<'t> Lower<'t> {
    fn new(source: &'t str) -> Self {
        let (facts, names, around) = (FileFacts::default(), FxHashMap::default(), vec![Around::File]);
        let mut lower = Lower {
            facts,
            names,
            spelling: String::new(),
            around,
            source,
            lines: Vec::new(),
            mapping: None,
            named: Vec::new(),
            written: Vec::new(),
        };
        lower.text("");
        lower
    }

    fn file(&mut self, file: &syn::File) {
        self.facts.attrs = self.attrs(&file.attrs);
        self.facts.root = self.items(&file.items);
    }

    fn text(&mut self, text: &str) -> Name {
        if let Some(name) = self.names.get(text) {
            return *name;
        }
        let name = Name(u32::try_from(self.facts.names.len()).expect("a file holds fewer than u32::MAX names"));
        self.facts.names.push(text.into());
        self.names.insert(text.into(), name);
        name
    }

    fn new_text(&mut self, text: Box<str>) -> TextIx {
        self.facts.texts.push(text);
        TextIx(count(self.facts.texts.len() - 1))
    }

    fn pos(&self, span: proc_macro2::Span) -> Pos {
        self.mapping.as_ref().map_or_else(|| plain_pos(span), |m| m.pos(span))
    }

    /// Where an item stands: one that a macro writes stands at the invocation.
    fn item_pos(&self, span: proc_macro2::Span) -> Pos {
        self.mapping.as_ref().map_or_else(|| plain_pos(span), |m| m.at_invocation(span))
    }

    fn end_line(&self, span: proc_macro2::Span) -> u32 {
        if self.mapping.is_some() { self.item_pos(span).line } else { count(span.end().line) }
    }

    /// The text between two places of what is being read, the first excluded by one character: that of a bracket.
    fn between(&mut self, open: proc_macro2::Span, close: proc_macro2::Span) -> Option<(&'t str, Pos)> {
        if self.mapping.is_some() {
            return None;
        }
        let (start, end) = (open.end(), close.start());
        let from = self.offset(start)?;
        let to = self.offset(end)?;
        let pos = Pos { line: count(start.line), column: count(start.column + 1) };
        Some((self.source.get(from..to)?, pos))
    }

    fn offset(&mut self, place: proc_macro2::LineColumn) -> Option<usize> {
        if self.lines.is_empty() {
            self.lines = std::iter::once(0).chain(self.source.match_indices('\n').map(|(i, _)| i + 1)).collect();
        }
        let line = *self.lines.get(place.line.checked_sub(1)?)?;
        let rest = self.source.get(line..)?;
        rest.char_indices().map(|(i, _)| i).chain([rest.len()]).nth(place.column).map(|i| line + i)
    }

    fn name(&mut self, ident: &proc_macro2::Ident) -> Name {
        let mut text = std::mem::take(&mut self.spelling);
        text.clear();
        write!(text, "{ident}").expect("a string takes all text");
        let name = self.text(text.strip_prefix("r#").unwrap_or(&text));
        self.spelling = text;
        name
    }
}

fn plain_pos(span: proc_macro2::Span) -> Pos {
    let start = span.start();
    Pos { line: count(start.line), column: count(start.column + 1) }
}

/// Where a path begins.
fn path_span(path: &syn::Path) -> proc_macro2::Span {
    path.segments.first().map_or_else(proc_macro2::Span::call_site, |s| s.ident.span())
}

/// Positions and lengths inside one file, whose size is limited long before this could not hold.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

macro_rules! alloc {
    ($($function:ident: $field:ident, $from:ident => $index:ident;)*) => {
        impl Lower<'_> {
            $(fn $function(&mut self, value: super::facts::$from) -> super::facts::$index {
                let index = super::facts::$index(count(self.facts.$field.len()));
                self.facts.$field.push(value);
                index
            })*
        }
    };
}

alloc! {
    new_item: items, Item => ItemIx;
    new_expr: exprs, Expr => ExprIx;
    new_pat: pats, Pat => PatIx;
    new_type: types, Type => TypeIx;
    new_block: blocks, Block => BlockIx;
}
