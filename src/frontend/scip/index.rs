//! The bytes of an index as facts of our own: protobuf starts and ends here.
//!
//! Takes bytes that anyone may have written; gives documents with their occurrences. Invariants: every symbol id leads to a symbol;
//! lines and columns are as written, from 0, and may lie anywhere: only the text of the file can tell.

use super::symbol::Symbol;
use super::text::Encoding;
use protobuf::Message;
use rustc_hash::FxHashMap;
use scip::types::occurrence::Typed_range;
use scip::types::{self, PositionEncoding, SymbolRole};

/// What an index says of a tree of files.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub documents: Vec<Document>,
    /// `None` for what is local to a document, and for what nobody can read.
    pub symbols: Vec<Option<Symbol>>,
}

/// One file.
#[derive(Debug)]
pub(super) struct Document {
    /// From the root of the index.
    pub path: String,
    pub encoding: Encoding,
    pub occurrences: Vec<Occurrence>,
}

/// A name that stands in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    /// Line and column, from 0; a pair of [`u32::MAX`] where the index gives no range that makes sense.
    pub start: (u32, u32),
    pub end: (u32, u32),
    /// Position in [`Index::symbols`].
    pub symbol: u32,
    /// It is defined here.
    pub is_definition: bool,
}

/// Why bytes are no index.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("the file is empty")]
    Empty,
    #[error("not a SCIP index, or only a part of one: {0}")]
    NotProtobuf(String),
    #[error("not a SCIP index: it names no document")]
    NoDocuments,
}

impl Index {
    pub(super) fn parse(bytes: &[u8]) -> Result<Index, Malformed> {
        if bytes.is_empty() {
            return Err(Malformed::Empty);
        }
        let read = types::Index::parse_from_bytes(bytes).map_err(|e| Malformed::NotProtobuf(e.to_string()))?;
        if read.documents.is_empty() {
            return Err(Malformed::NoDocuments);
        }
        let mut known: FxHashMap<String, u32> = FxHashMap::default();
        let mut index = Index::default();
        for document in read.documents {
            let occurrences = document.occurrences.into_iter().filter(|o| !o.symbol.is_empty());
            let occurrences = occurrences
                .map(|o| {
                    let (start, end) = range(&o).unwrap_or(((u32::MAX, u32::MAX), (u32::MAX, u32::MAX)));
                    let is_definition = o.symbol_roles & SymbolRole::Definition as i32 != 0;
                    let symbol = match known.get(&o.symbol) {
                        Some(id) => *id,
                        None => {
                            let id = u32::try_from(index.symbols.len()).unwrap_or(u32::MAX);
                            index.symbols.push(Symbol::parse(&o.symbol));
                            known.insert(o.symbol, id);
                            id
                        }
                    };
                    Occurrence { start, end, symbol, is_definition }
                })
                .collect();
            let encoding = match document.position_encoding.enum_value_or_default() {
                PositionEncoding::UTF16CodeUnitOffsetFromLineStart => Encoding::Utf16,
                PositionEncoding::UTF32CodeUnitOffsetFromLineStart => Encoding::Utf32,
                // Older versions of rust-analyzer left it open, and counted bytes.
                _ => Encoding::Utf8,
            };
            index.documents.push(Document { path: document.relative_path, encoding, occurrences });
        }
        Ok(index)
    }
}

/// Start and end. Three numbers are a range within one line.
fn range(occurrence: &types::Occurrence) -> Option<((u32, u32), (u32, u32))> {
    let numbers = match &occurrence.typed_range {
        Some(Typed_range::SingleLineRange(r)) => [r.line, r.start_character, r.line, r.end_character],
        Some(Typed_range::MultiLineRange(r)) => [r.start_line, r.start_character, r.end_line, r.end_character],
        _ => match occurrence.range[..] {
            [line, start, end] => [line, start, line, end],
            [line, start, end_line, end] => [line, start, end_line, end],
            _ => return None,
        },
    };
    let [line, start, end_line, end] = numbers.map(|n| u32::try_from(n).ok());
    Some(((line?, start?), (end_line?, end?)))
}
