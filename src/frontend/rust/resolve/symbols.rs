//! Names numbered over the whole workspace, in an order that depends on the input alone.

use crate::frontend::rust::load::File;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A name. Equal names have equal symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(in crate::frontend::rust) struct Sym(pub u32);

macro_rules! known {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// Names that the language gives a meaning to.
        #[allow(non_upper_case_globals, reason = "each constant is spelled as the name that it stands for")]
        pub(in crate::frontend::rust) mod kw {
            use super::Sym;
            #[repr(u32)]
            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "numbers the constants below, and nothing else")]
            enum Number { $($name),* }
            $(pub(in crate::frontend::rust) const $name: Sym = Sym(Number::$name as u32);)*
        }
        const KNOWN: &[&str] = &[$($text),*];
    };
}

known! {
    empty = "",
    krate = "crate",
    dollar_crate = "$crate",
    self_value = "self",
    self_type = "Self",
    super_ = "super",
    std = "std",
    output = "Output",
    item = "Item",
    target = "Target",
    macro_ = "macro",
}

/// All names of a workspace.
#[derive(Debug)]
pub(in crate::frontend::rust) struct Symbols {
    by_text: FxHashMap<Box<str>, Sym>,
    texts: Vec<Box<str>>,
    /// For each file, the symbols of its names.
    files: Vec<Vec<Sym>>,
}

impl Symbols {
    pub(in crate::frontend::rust) fn new(files: &[File]) -> Self {
        let mut symbols = Symbols { by_text: FxHashMap::default(), texts: Vec::new(), files: Vec::new() };
        for text in KNOWN {
            symbols.intern(text);
        }
        for file in files {
            let of_file = file.facts.names.iter().map(|n| symbols.intern(n)).collect();
            symbols.files.push(of_file);
        }
        symbols
    }

    pub(in crate::frontend::rust) fn intern(&mut self, text: &str) -> Sym {
        if let Some(sym) = self.by_text.get(text) {
            return *sym;
        }
        let sym = Sym(u32::try_from(self.texts.len()).expect("fewer than u32::MAX names"));
        self.texts.push(text.into());
        self.by_text.insert(text.into(), sym);
        sym
    }

    /// The symbol of a name that stands somewhere, or that was interned before.
    pub(in crate::frontend::rust) fn get(&self, text: &str) -> Option<Sym> {
        self.by_text.get(text).copied()
    }

    /// The symbols of all names that begin so.
    pub(in crate::frontend::rust) fn beginning<'a>(&'a self, with: &'a str) -> impl Iterator<Item = Sym> + 'a {
        (0..).map(Sym).zip(&self.texts).filter(move |(_, text)| text.starts_with(with)).map(|(sym, _)| sym)
    }

    pub(in crate::frontend::rust) fn of(&self, file: usize, name: crate::frontend::rust::facts::Name) -> Sym {
        self.files[file][name.0 as usize]
    }

    /// All names of a file, in the order of its table.
    pub(in crate::frontend::rust) fn of_file(&self, file: usize) -> &[Sym] {
        &self.files[file]
    }

    /// How many there are.
    pub(in crate::frontend::rust) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(in crate::frontend::rust) fn text(&self, sym: Sym) -> &str {
        &self.texts[sym.0 as usize]
    }
}
