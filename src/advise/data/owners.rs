//! Who owns which table.
//!
//! Takes the evidence and a map from modules to candidates, which may be that of another way to cut; gives one owner per table. The owner
//! is who writes it in most places; where that is even, who reads it in most; where that is even, too, the first by id. Code that belongs
//! to no candidate has no say. What only code that runs creates or alters counts as written there, where nothing else writes it.

use crate::model::evidence::Evidence;
use crate::model::evidence::data::{Access, Statement};
use crate::model::ids::{ModuleId, ServiceId};
use std::collections::BTreeMap;

/// Statements of one candidate, or of all code without one, on one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Use<'a> {
    pub(super) reads: Vec<&'a Statement>,
    pub(super) writes: Vec<&'a Statement>,
}

/// Who uses a table.
pub(super) type Uses<'a> = BTreeMap<Option<ServiceId>, Use<'a>>;

/// Users of each table.
pub(super) fn uses<'a>(evidence: &'a Evidence, side: &dyn Fn(ModuleId) -> Option<ServiceId>) -> Vec<Uses<'a>> {
    let mut all: Vec<Uses<'a>> = vec![BTreeMap::new(); evidence.tables.len()];
    let mut written = vec![false; evidence.tables.len()];
    for (table, access) in evidence.statements.iter().flat_map(|s| &s.tables) {
        written[table.index()] |= *access == Access::Write;
    }
    for statement in &evidence.statements {
        for (table, access) in &statement.tables {
            let writes = match access {
                Access::Read => false,
                Access::Write => true,
                Access::Ddl if written[table.index()] => continue,
                Access::Ddl => true,
            };
            let own = all[table.index()].entry(side(statement.by.module)).or_default();
            if writes { &mut own.writes } else { &mut own.reads }.push(statement);
        }
    }
    all
}

/// The owner of each table.
pub(super) fn owners(uses: &[Uses<'_>]) -> Vec<Option<ServiceId>> {
    let owner = |of: &Uses<'_>| {
        let all = of.iter().filter_map(|(by, u)| Some(((*by)?, u)));
        let most = all.max_by_key(|(by, u)| (u.writes.len(), u.reads.len(), std::cmp::Reverse(*by)));
        most.map(|(by, _)| by)
    };
    uses.iter().map(owner).collect()
}
