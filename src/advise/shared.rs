//! Shared modules and the candidates that use them: what becomes a library.
//!
//! Takes the module graph and the partition; gives one row per shared module, sorted.

use crate::model::graph::ModuleGraph;
use crate::model::ids::{ModuleId, ServiceId};
use crate::model::partition::{Partition, Role};
use crate::model::plan::SharedModule;
use std::collections::{BTreeMap, BTreeSet};

/// Who uses what is shared, directly.
pub(crate) fn shared(graph: &ModuleGraph, partition: &Partition) -> Vec<SharedModule> {
    let mut rows: BTreeMap<ModuleId, BTreeSet<ServiceId>> = BTreeMap::new();
    for (i, member) in partition.members.iter().enumerate().filter(|(_, m)| m.role == Role::Shared) {
        debug_assert!(member.service.is_none());
        rows.insert(ModuleId::from(i), BTreeSet::new());
    }
    for p in &graph.pairs {
        if let (Some(users), Some(service)) = (rows.get_mut(&p.to), partition.members[p.from.index()].service) {
            users.insert(service);
        }
    }
    rows.into_iter().map(|(module, users)| SharedModule { module, used_by: users.into_iter().collect() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advise::crossings::tests::by_crate;
    use crate::graph::module_graph;
    use crate::model::testing::codebase;

    #[test]
    fn users_are_listed_once() {
        let code = codebase("a::x -> lib::e call 2\n a::y -> lib::e call 1\n b -> lib::e call 1\n lib -> lib::e use 1");
        let rows = shared(&module_graph(&code), &by_crate(&code));
        assert_eq!(rows.iter().map(|r| r.used_by.len()).collect::<Vec<_>>(), [0, 2]);
    }
}
