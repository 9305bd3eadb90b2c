//! Who owns which table.
//!
//! Takes the evidence, on whose behalf its statements are run, and a map from modules to candidates, which may be that of another way to cut; gives one owner per table. The owner
//! is who writes it in most places; where that is even, who reads it in most; where that is even, too, the first by id. Code that belongs
//! to no candidate has no say. What only code that runs creates or alters counts as written there, where nothing else writes it.

use super::voices::{Touch, Voice};
use crate::model::evidence::Evidence;
use crate::model::evidence::data::Access;
use crate::model::ids::{ModuleId, ServiceId};
use std::collections::{BTreeMap, BTreeSet};

/// What one candidate, or all code without one, does to one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Use<'a> {
    pub(super) reads: Vec<Touch<'a>>,
    pub(super) writes: Vec<Touch<'a>>,
}

/// Who uses a table.
pub(super) type Uses<'a> = BTreeMap<Option<ServiceId>, Use<'a>>;

/// Users of each table.
pub(super) fn uses<'a>(evidence: &'a Evidence, voices: &'a [Vec<Voice>], side: &dyn Fn(ModuleId) -> Option<ServiceId>) -> Vec<Uses<'a>> {
    let mut all: Vec<Uses<'a>> = vec![BTreeMap::new(); evidence.tables.len()];
    let mut written = vec![false; evidence.tables.len()];
    for (table, access) in evidence.statements.iter().flat_map(|s| &s.tables) {
        written[table.index()] |= *access == Access::Write;
    }
    for (statement, voices) in evidence.statements.iter().zip(voices) {
        for (table, access) in &statement.tables {
            let writes = match access {
                Access::Read => false,
                Access::Write => true,
                Access::Ddl if written[table.index()] => continue,
                Access::Ddl => true,
            };
            for voice in voices {
                let own = all[table.index()].entry(side(voice.module)).or_default();
                if writes { &mut own.writes } else { &mut own.reads }.push(Touch { statement, site: &voice.site });
            }
        }
    }
    all
}

/// The owner of each table.
pub(super) fn owners(uses: &[Uses<'_>]) -> Vec<Option<ServiceId>> {
    let owner = |of: &Uses<'_>| {
        let all = of.iter().filter_map(|(by, u)| Some(((*by)?, u)));
        let most = all.max_by_key(|(by, u)| (places(&u.writes), places(&u.reads), std::cmp::Reverse(*by)));
        most.map(|(by, _)| by)
    };
    uses.iter().map(owner).collect()
}

/// Number of places: one call may lead to several statements.
pub(super) fn places(touches: &[Touch<'_>]) -> usize {
    touches.iter().map(|t| t.site).collect::<BTreeSet<_>>().len()
}
