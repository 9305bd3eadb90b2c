//! References rolled up to units: what would move as one.
//!
//! Takes the code base; gives an [`ItemGraph`] sorted by its ends. References written in no item (`use` declarations) or to a whole
//! module have no unit on one side and are left out; those inside one unit as well.

use crate::model::codebase::{Codebase, DependencyKind};
use crate::model::graph::{ItemEdge, ItemGraph};
use crate::model::ids::ItemId;

/// All units, and the references between them.
pub fn roll_up(codebase: &Codebase) -> ItemGraph {
    let mut units: Vec<ItemId> = (0..codebase.items.len()).map(|i| codebase.unit(ItemId::from(i))).collect();
    let of = units.clone();
    units.sort_unstable();
    units.dedup();
    let mut between: Vec<(ItemId, ItemId, DependencyKind)> = codebase
        .references
        .iter()
        .filter_map(|r| Some((of[r.from_item?.index()], of[r.to_item?.index()], r.kind)))
        .filter(|(from, to, _)| from != to)
        .collect();
    between.sort_unstable();
    let edges = between
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|same| {
            let mut counts = [0; DependencyKind::ALL.len()];
            same.iter().for_each(|e| counts[e.2 as usize] += 1);
            ItemEdge { from: same[0].0, to: same[0].1, counts }
        })
        .collect();
    ItemGraph { units, edges }
}

#[cfg(test)]
mod tests {
    use crate::graph::item_graph;
    use crate::model::codebase::DependencyKind;
    use crate::model::testing::codebase;

    #[test]
    fn members_move_with_their_type() {
        let code = codebase(
            "struct a::x::Order
             fn a::x::Order::total &self
             fn a::y::bill
             a::y::bill -> a::x::Order::total method 2
             a::y::bill -> a::x::Order type 1
             a::x::Order::total -> a::x::Order type 1
             a::y -> a::x::Order use 1",
        );
        let graph = item_graph(&code);
        assert_eq!(graph.units.len(), 2);
        assert_eq!(graph.edges.len(), 1);
        let edge = graph.edges[0];
        assert_eq!((edge.count(DependencyKind::Method), edge.count(DependencyKind::Type), edge.total()), (2, 1, 3));
    }
}
