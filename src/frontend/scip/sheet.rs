//! One document of an index laid on the text of its file: what is defined and referred to there, as long as the two fit.
//!
//! Takes a document and its file's text; gives definitions and references by place. An index that was made from another text puts names
//! where others stand: that shows in its definitions, and such a document is better left out than half believed.

use super::definitions::plain;
use super::index::{Document, Index, Occurrence};
use super::symbol::{Suffix, Symbol};
use super::text::Text;
use crate::model::ids::FileId;

/// A document that fits its file.
pub(super) struct Sheet {
    pub file: FileId,
    pub text: Text,
    /// Symbol, 1-based line, and whether it is the whole file.
    pub defined: Vec<(u32, u32, bool)>,
    /// By place.
    pub mentions: Vec<Mention>,
    pub fit: Fit,
}

/// A name that refers to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mention {
    /// 1-based, as in a reference of ours.
    pub line: u32,
    /// 1-based, in characters.
    pub column: u32,
    pub symbol: u32,
    /// Offsets of the name.
    pub start: usize,
    pub end: usize,
    pub in_use: bool,
}

/// How many definitions there are, and how many of them do not stand where the index says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Fit {
    pub definitions: usize,
    pub elsewhere: usize,
}

impl Fit {
    /// Up to one in twenty may be a quirk of the index.
    pub(super) fn is_good(self) -> bool {
        self.elsewhere * 20 <= self.definitions
    }
}

impl Sheet {
    pub(super) fn new(index: &Index, document: &Document, file: FileId, text: String) -> Self {
        let mut sheet = Sheet { file, text: Text::new(text), defined: Vec::new(), mentions: Vec::new(), fit: Fit::default() };
        for occurrence in &document.occurrences {
            let Some(symbol) = &index.symbols[occurrence.symbol as usize] else { continue };
            let offset = |place| sheet.text.offset(place, document.encoding);
            let range = offset(occurrence.start).zip(offset(occurrence.end)).filter(|(start, end)| start < end);
            if occurrence.is_definition {
                sheet.define(symbol, occurrence, range);
            } else if let Some((start, end)) = range {
                sheet.mention(symbol, occurrence.symbol, start, end);
            }
        }
        sheet.mentions.sort_unstable();
        sheet
    }

    fn define(&mut self, symbol: &Symbol, occurrence: &Occurrence, range: Option<(usize, usize)>) {
        let last = symbol.last();
        match last.suffix {
            Suffix::Namespace if occurrence.start == (0, 0) => self.defined.push((occurrence.symbol, 1, true)),
            // An impl block is called after its type, a derive not after its function, a tuple's field stands where its type does.
            Suffix::TypeParameter | Suffix::Parameter => {}
            Suffix::Meta => self.defined.extend(range.map(|(start, _)| (occurrence.symbol, self.text.place(start).0, false))),
            Suffix::Term if last.name.starts_with(|c: char| c.is_ascii_digit()) => {}
            _ => {
                self.fit.definitions += 1;
                let named = range.filter(|(start, end)| self.text.name(*start, *end).is_some_and(|n| plain(n) == plain(&last.name)));
                match named {
                    Some((start, _)) => self.defined.push((occurrence.symbol, self.text.place(start).0, false)),
                    None => self.fit.elsewhere += 1,
                }
            }
        }
    }

    fn mention(&mut self, symbol: &Symbol, id: u32, start: usize, end: usize) {
        // An operator refers to a trait's method, too, and is no name.
        let Some(name) = self.text.name(start, end) else { return };
        let is_keyword = matches!(name, "self" | "super" | "crate" | "Self");
        let is_module = symbol.last().suffix == Suffix::Namespace;
        if name == "Self" || matches!(symbol.last().suffix, Suffix::TypeParameter | Suffix::Parameter) {
            return;
        }
        let in_use = self.text.is_in_use(start);
        // Modules on the way to something are no dependencies, nor is what limits a visibility.
        if (is_module || is_keyword) && (!in_use || self.text.goes_on(end)) {
            return;
        }
        // A declaration refers to nothing, and the new name in `use a as b` to nothing more than the old one.
        if self.text.follows("mod", start) || in_use && self.text.follows("as", start) {
            return;
        }
        // In `a::b::{self}` what is referred to stands before the braces.
        let (start, end) = match self.text.head_of_group(start).filter(|_| name == "self") {
            Some(head) => (head, head),
            None => (start, end),
        };
        let (line, column) = self.text.place(start);
        self.mentions.push(Mention { line, column, symbol: id, start, end, in_use });
    }
}
