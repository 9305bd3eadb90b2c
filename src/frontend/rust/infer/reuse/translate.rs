//! Records in numbers that outlast a run.

use super::identity::Identities;
use super::{number, symbol};
use crate::frontend::rust::infer::record::{Ids, Record};
use crate::frontend::rust::resolve::{DefId, Program, ScopeId, Sym};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// A record whose ids are positions in its own tables.
#[derive(Serialize, Deserialize)]
pub(super) struct Translated {
    scopes: Vec<u64>,
    defs: Vec<u64>,
    names: Vec<String>,
    /// Paths of the files that a person would open.
    files: Vec<String>,
    record: Record,
}

impl Translated {
    pub(super) fn new(record: &Record, program: &Program<'_>, identities: &Identities) -> Self {
        let mut out = Outwards { program, identities, tables: Self::default(), known: Known::default() };
        let mut record = record.clone();
        record.ids(&mut out);
        Translated { record, ..out.tables }
    }

    /// The record in the ids of this run; `None` where something that it names is not there any more.
    pub(super) fn back(mut self, program: &Program<'_>, tables: &Tables) -> Option<Record> {
        let mut inwards = Inwards {
            scopes: self.scopes.iter().map(|s| tables.scopes.get(s).copied()).collect::<Option<_>>()?,
            defs: self.defs.iter().map(|d| tables.defs.get(d).copied()).collect::<Option<_>>()?,
            names: self.names.iter().map(|n| symbol(program, n)).collect::<Option<_>>()?,
            files: self.files.iter().map(|f| tables.files.get(f.as_str()).copied()).collect::<Option<_>>()?,
            lost: false,
        };
        self.record.ids(&mut inwards);
        (!inwards.lost).then_some(self.record)
    }

    fn default() -> Self {
        Translated { scopes: Vec::new(), defs: Vec::new(), names: Vec::new(), files: Vec::new(), record: Record::default() }
    }
}

#[derive(Default)]
struct Known {
    scopes: FxHashMap<ScopeId, u32>,
    defs: FxHashMap<DefId, u32>,
    names: FxHashMap<Sym, u32>,
    files: FxHashMap<usize, u32>,
}

struct Outwards<'a, 'p> {
    program: &'a Program<'p>,
    identities: &'a Identities,
    tables: Translated,
    known: Known,
}

impl Ids for Outwards<'_, '_> {
    fn scope(&mut self, id: &mut ScopeId) {
        let table = &mut self.tables.scopes;
        *id = ScopeId(*self.known.scopes.entry(*id).or_insert_with(|| {
            table.push(self.identities.scope(*id));
            number(table.len() - 1)
        }));
    }

    fn def(&mut self, id: &mut DefId) {
        let table = &mut self.tables.defs;
        *id = DefId(*self.known.defs.entry(*id).or_insert_with(|| {
            table.push(self.identities.def(*id));
            number(table.len() - 1)
        }));
    }

    fn name(&mut self, name: &mut Sym) {
        let table = &mut self.tables.names;
        *name = Sym(*self.known.names.entry(*name).or_insert_with(|| {
            table.push(self.program.symbols.text(*name).to_owned());
            number(table.len() - 1)
        }));
    }

    fn file(&mut self, file: &mut usize) {
        let table = &mut self.tables.files;
        // What a macro gave counts for the file of its invocation.
        let real = self.program.loaded.origin(*file);
        *file = *self.known.files.entry(real).or_insert_with(|| {
            table.push(self.program.file(real).path.clone());
            number(table.len() - 1)
        }) as usize;
    }
}

/// This run's ids by what they are called in the store.
pub(super) struct Tables {
    scopes: FxHashMap<u64, ScopeId>,
    defs: FxHashMap<u64, DefId>,
    files: FxHashMap<String, usize>,
}

impl Tables {
    pub(super) fn new(program: &Program<'_>, identities: &Identities) -> Self {
        let (scopes, defs) = identities.all();
        Tables {
            scopes: scopes.iter().enumerate().map(|(i, s)| (*s, ScopeId(number(i)))).collect(),
            defs: defs.iter().enumerate().map(|(i, d)| (*d, DefId(number(i)))).collect(),
            files: program.loaded.files[..program.loaded.real_files].iter().enumerate().map(|(i, f)| (f.path.clone(), i)).collect(),
        }
    }
}

struct Inwards {
    scopes: Vec<ScopeId>,
    defs: Vec<DefId>,
    names: Vec<Sym>,
    files: Vec<usize>,
    /// Set where a number has no place in its table.
    lost: bool,
}

impl Inwards {
    fn take<T: Copy>(table: &[T], at: usize, lost: &mut bool, into: &mut T) {
        match table.get(at) {
            Some(found) => *into = *found,
            None => *lost = true,
        }
    }
}

impl Ids for Inwards {
    fn scope(&mut self, id: &mut ScopeId) {
        Self::take(&self.scopes, id.0 as usize, &mut self.lost, id);
    }

    fn def(&mut self, id: &mut DefId) {
        Self::take(&self.defs, id.0 as usize, &mut self.lost, id);
    }

    fn name(&mut self, name: &mut Sym) {
        Self::take(&self.names, name.0 as usize, &mut self.lost, name);
    }

    fn file(&mut self, file: &mut usize) {
        Self::take(&self.files, *file, &mut self.lost, file);
    }
}
