//! Which router is below which.
//!
//! Takes: what mounts what. Gives: the prefixes under which a router can be reached. Invariant: circles end, and the number of prefixes of
//! one router is bounded.

use crate::evidence::code::{Code, Place};
use crate::model::codebase::DependencyKind;
use crate::model::ids::{FileId, ItemId};
use std::collections::{BTreeMap, BTreeSet};

/// A router is mounted in at most so many places.
const MOST: usize = 16;
/// Routers below routers are followed this far.
const DEPTH: usize = 24;

/// A router.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Node {
    /// Made by the call at this place.
    Call(FileId, u32, u32),
    /// Given to, or given by, a function.
    Item(ItemId),
}

/// Routers and their mounts.
#[derive(Default)]
pub(super) struct Tree {
    own: BTreeMap<Node, String>,
    mounts: BTreeMap<Node, BTreeSet<(Node, String)>>,
    /// The function in which a router is made.
    stands_in: BTreeMap<Node, Node>,
    /// Closures that are given a router: what of a file is in them, the router, and its prefix.
    closures: Vec<(FileId, Place, Place, Node, String)>,
}

impl Tree {
    /// A router that is made for this path.
    pub(super) fn set_own(&mut self, node: Node, prefix: String) {
        self.own.insert(node, prefix);
    }

    /// `child` is below `parent`.
    pub(super) fn mount(&mut self, child: Node, parent: Node, prefix: String) {
        if child != parent {
            self.mounts.entry(child).or_default().insert((parent, prefix));
        }
    }

    /// A router that is made in a function, and mounted nowhere else as far as is known by now.
    pub(super) fn stands_in(&mut self, node: Node, item: Node) {
        self.stands_in.insert(node, item);
    }

    /// What is registered inside of a closure that is given `parent`.
    pub(super) fn inside(&mut self, from: (FileId, u32, u32), to: Place, parent: Node, prefix: &str) {
        let closure = (from.0, (from.1, from.2), to, parent, prefix.to_owned());
        if !self.closures.contains(&closure) {
            self.closures.push(closure);
        }
    }

    /// The paths under which the router is reached; never empty.
    pub(super) fn prefixes(&self, node: Node, code: &Code<'_>) -> Vec<String> {
        let found = self.above(node, code, &mut Vec::new());
        if found.is_empty() { vec![String::new()] } else { found.into_iter().take(MOST).collect() }
    }

    /// Is it mounted anywhere?
    pub(super) fn is_mounted(&self, node: Node) -> bool {
        self.mounts.contains_key(&node)
    }

    /// Empty where all ways lead in a circle.
    fn above(&self, node: Node, code: &Code<'_>, on_the_way: &mut Vec<Node>) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        if on_the_way.contains(&node) || on_the_way.len() > DEPTH {
            return out;
        }
        on_the_way.push(node);
        let own = self.own.get(&node).map_or("", String::as_str);
        let parents: Vec<(Node, &str)> = match self.mounts.get(&node) {
            Some(mounts) => mounts.iter().map(|(parent, prefix)| (*parent, prefix.as_str())).collect(),
            None => match node {
                Node::Item(item) => self.callers(item, code).into_iter().map(|caller| (caller, "")).collect(),
                Node::Call(file, line, column) => match self.closure_around(file, (line, column)) {
                    Some(parent) => vec![parent],
                    None => self.stands_in.get(&node).map(|item| (*item, "")).into_iter().collect(),
                },
            },
        };
        for (parent, prefix) in &parents {
            for above in self.above(*parent, code, on_the_way) {
                if out.len() < MOST {
                    let pieces = [above.as_str(), prefix, own];
                    out.insert(pieces.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/"));
                }
            }
        }
        if parents.is_empty() {
            out.insert(own.to_owned());
        }
        on_the_way.pop();
        out
    }

    /// The router that the innermost closure around a place is given.
    fn closure_around(&self, file: FileId, at: Place) -> Option<(Node, &str)> {
        let around = self.closures.iter().filter(|(f, from, to, ..)| *f == file && *from < at && at < *to);
        around.max_by_key(|c| c.1).map(|(.., parent, prefix)| (*parent, prefix.as_str()))
    }

    /// Functions that call this one, where routers are made or given.
    fn callers(&self, item: ItemId, code: &Code<'_>) -> BTreeSet<Node> {
        code.references_to(item)
            .iter()
            .filter(|r| matches!(r.kind, DependencyKind::Call | DependencyKind::Method | DependencyKind::Path))
            .filter_map(|r| r.from_item.map(Node::Item))
            .filter(|caller| self.mounts.contains_key(caller))
            .take(MOST)
            .collect()
    }
}
