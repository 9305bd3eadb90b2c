//! The one place where unlike evidence becomes one weight between two capability modules.
//!
//! Takes the code base, its module graph and business paths; gives an [`Affinity`]: a network whose nodes are the capability
//! modules. Each source, those of [`Evidence`] among them with the weights that they come with, gives edges in its own unit; it is scaled so that a module that it speaks about has, on average, as much
//! weight from it as the source's share says. A source that has nothing to say changes nothing.

use super::SOURCES;
use super::network::Network;
use super::paths::Paths;
use super::words;
use crate::model::codebase::{CallContext, Codebase, DependencyKind, ItemKind};
use crate::model::evidence::Evidence;
use crate::model::evidence::tie::Tie;
use crate::model::graph::ModuleGraph;
use crate::model::ids::ModuleId;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// Neighbours of a module within one folder, at most: larger folders are tied in a ring instead of all with all.
const FOLDER_NEIGHBOURS: usize = 24;
/// A folder that holds more than this share of the modules tells nothing.
const WIDE_FOLDER: f64 = 0.5;
/// Weight of the next outer folder against the inner.
const OUTER_FOLDER: f64 = 0.5;
/// A call that is given the transaction in which it stands: whatever is only called meanwhile commits nothing with it.
const COMMITTED: CallContext = CallContext::IN_TRANSACTION.with(CallContext::GIVEN_TRANSACTION);
/// Weight of a call inside an open transaction, on top of that of its kind: the two sides commit as one.
const TRANSACTION: f64 = 2.0;
/// Modules most alike in words that a module is tied to.
const WORD_NEIGHBOURS: usize = 6;
/// Similarity (cosine) below which words are chance.
const WORD_SIMILARITY: f64 = 0.15;
/// A word in more than this share of the modules tells nothing …
const COMMON_WORD: f64 = 0.3;
/// … and in a large code base, in more than this many.
const COMMON_WORD_MODULES: usize = 200;
/// Modules of one tie that are looked at, those that it holds most: what holds more says nothing.
const TIED: usize = 40;
/// Weight of a word in a module's path.
const WORD_IN_PATH: f64 = 3.0;
/// Weight of a word in the name of a type.
const WORD_IN_TYPE: f64 = 2.0;
/// Weight of a word in the name of a function or constant.
const WORD_IN_FUNCTION: f64 = 1.0;

/// What one reference of a kind is worth: a `use` is counted again where the name is used; an implementation binds most.
fn kind_weight(kind: DependencyKind) -> f64 {
    match kind {
        DependencyKind::Use => 0.2,
        DependencyKind::Macro => 0.5,
        DependencyKind::Path => 0.6,
        DependencyKind::Type | DependencyKind::Field => 1.0,
        DependencyKind::Call | DependencyKind::Method => 1.5,
        DependencyKind::Trait | DependencyKind::Impl => 2.0,
    }
}

/// Edges between nodes, smaller first.
pub(crate) type Edges = Vec<(u32, u32, f64)>;

/// The capability modules and how much they belong together.
pub(crate) struct Affinity {
    /// The module of each node, sorted.
    pub(crate) nodes: Vec<ModuleId>,
    /// All sources.
    pub(crate) network: Network,
    /// References alone.
    pub(crate) references: Network,
    /// What each source adds, by name, as it is weighed.
    pub(crate) sources: Vec<(String, Edges)>,
}

impl Affinity {
    /// Weighs all sources over `nodes` (sorted).
    pub(crate) fn new(
        codebase: &Codebase,
        graph: &ModuleGraph,
        evidence: &Evidence,
        paths: &Paths,
        nodes: Vec<ModuleId>,
        weights: &[f64; 3],
    ) -> Self {
        let references = references(codebase, graph, &nodes);
        let mut sources = vec![
            (SOURCES[0].name, weights[0], references.clone()),
            (SOURCES[1].name, weights[1], containment(paths, &nodes)),
            // Where folders are to say nothing, their names say nothing either.
            (SOURCES[2].name, weights[2], vocabulary(codebase, paths, &nodes, weights[1] > 0.0)),
        ];
        sources.retain(|s| s.1 > 0.0);
        for source in evidence.sources.iter().filter(|s| s.weight > 0.0) {
            let of_source = evidence.ties.iter().filter(|tie| tie.source == source.source);
            sources.push((&source.source, source.weight, ties(of_source, codebase.modules.len(), &nodes)));
        }
        let sources: Vec<(String, Edges)> =
            sources.into_iter().map(|(name, share, edges)| (name.to_owned(), scaled(&edges, share, nodes.len()).collect())).collect();
        let all: Edges = sources.iter().flat_map(|source| source.1.iter().copied()).collect();
        let network = Network::new(nodes.len(), &all);
        let references = Network::new(nodes.len(), &references);
        Self { nodes, network, references, sources }
    }
}

/// The edges, with the mean strength of those nodes that have any set to `share`.
fn scaled(edges: &Edges, share: f64, nodes: usize) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
    let mut spoken = vec![false; nodes];
    for &(a, b, _) in edges {
        (spoken[a as usize], spoken[b as usize]) = (true, true);
    }
    let total: f64 = edges.iter().map(|e| 2.0 * e.2).sum();
    let factor = if total > 0.0 { share * spoken.iter().filter(|&&s| s).count() as f64 / total } else { 0.0 };
    edges.iter().map(move |&(a, b, weight)| (a, b, weight * factor))
}

/// Per pair and kind: weight of the kind times √references, divided by √(distinct users of the target); calls inside a
/// transaction count as a kind of their own besides.
fn references(codebase: &Codebase, graph: &ModuleGraph, nodes: &[ModuleId]) -> Edges {
    let mut node = vec![u32::MAX; codebase.modules.len()];
    nodes.iter().enumerate().for_each(|(i, m)| node[m.index()] = i as u32);
    let mut users = vec![0_u32; nodes.len()];
    for p in &graph.pairs {
        if node[p.from.index()] != u32::MAX && node[p.to.index()] != u32::MAX {
            users[node[p.to.index()] as usize] += 1;
        }
    }
    let mut committed: BTreeMap<(ModuleId, ModuleId), u32> = BTreeMap::new();
    for r in codebase.references.iter().filter(|r| r.from != r.to && r.context.has(COMMITTED)) {
        *committed.entry((r.from, r.to)).or_default() += 1;
    }
    let kinds = graph.dependencies.iter().map(|d| (d.from, d.to, kind_weight(d.kind), d.weight));
    let transactions = committed.into_iter().map(|((from, to), count)| (from, to, TRANSACTION, f64::from(count)));
    kinds
        .chain(transactions)
        .map(|(from, to, weight, count)| (node[from.index()], node[to.index()], weight, count))
        .filter(|(from, to, ..)| *from != u32::MAX && *to != u32::MAX)
        .map(|(from, to, weight, count)| {
            let weight = weight * count.sqrt() / f64::from(users[to as usize]).sqrt();
            (from.min(to), from.max(to), weight)
        })
        .collect()
}

/// All pairs of the modules that each tie holds, by how strongly it holds both. A tie over many says less of each pair: its pairs share the
/// strength of its members (each member's pairs sum up to its own times the mean of the others').
fn ties<'t>(ties: impl Iterator<Item = &'t Tie>, modules: usize, nodes: &[ModuleId]) -> Edges {
    let mut node = vec![u32::MAX; modules];
    nodes.iter().enumerate().for_each(|(i, m)| node[m.index()] = i as u32);
    let mut edges: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for tie in ties {
        let of_node = |(m, weight): &(ModuleId, f64)| Some((node[m.index()], *weight)).filter(|(n, w)| *n != u32::MAX && *w > 0.0);
        let mut members: Vec<(u32, f64)> = tie.members.iter().filter_map(of_node).collect();
        // Those that it holds most; a stable sort keeps equals in order.
        members.sort_by(|a, b| b.1.total_cmp(&a.1));
        members.truncate(TIED);
        let share = 1.0 / (members.len().max(2) - 1) as f64;
        for (i, &(a, of_a)) in members.iter().enumerate() {
            for &(b, of_b) in &members[i + 1..] {
                *edges.entry((a.min(b), a.max(b))).or_default() += of_a * of_b * share;
            }
        }
    }
    edges.into_iter().map(|((a, b), weight)| (a, b, weight)).collect()
}

/// Modules with the same business path, or below the same business folder: inner folders weigh more than outer.
fn containment(paths: &Paths, nodes: &[ModuleId]) -> Edges {
    let mut folders: BTreeMap<&[String], Vec<u32>> = BTreeMap::new();
    for (i, &m) in nodes.iter().enumerate() {
        let path = paths.of(m);
        (1..=path.len()).for_each(|depth| folders.entry(&path[..depth]).or_default().push(i as u32));
    }
    let mut edges = Vec::new();
    for (folder, members) in folders.iter().filter(|f| f.1.len() > 1 && f.1.len() as f64 <= WIDE_FOLDER.mul_add(nodes.len() as f64, 1.0)) {
        let size = members.len();
        let steps = (size - 1).min(FOLDER_NEIGHBOURS);
        let depth = |node: u32| (paths.of(nodes[node as usize]).len() - folder.len()) as i32;
        let weight = |a: u32, b: u32| (OUTER_FOLDER.powi(depth(a)) + OUTER_FOLDER.powi(depth(b))) / (2 * steps) as f64;
        for (i, &a) in members.iter().enumerate() {
            if size - 1 <= FOLDER_NEIGHBOURS {
                edges.extend(members[i + 1..].iter().map(|&b| (a, b, weight(a, b))));
            } else {
                edges
                    .extend((1..=FOLDER_NEIGHBOURS / 2).map(|step| members[(i + step) % size]).map(|b| (a.min(b), a.max(b), weight(a, b))));
            }
        }
    }
    edges
}

/// Cosine similarity of the words in names, weighted by how rare they are in this code base (TF-IDF; Salton and Buckley 1988).
fn vocabulary(codebase: &Codebase, paths: &Paths, nodes: &[ModuleId], folders: bool) -> Edges {
    let vectors = word_vectors(codebase, paths, nodes, folders);
    let mut holders: FxHashMap<u32, Vec<(u32, f64)>> = FxHashMap::default();
    for (node, vector) in vectors.iter().enumerate() {
        for &(word, weight) in vector {
            holders.entry(word).or_default().push((node as u32, weight));
        }
    }
    let mut likeness = vec![0.0; nodes.len()];
    let mut edges: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for (node, vector) in vectors.iter().enumerate() {
        let mut met: Vec<u32> = Vec::new();
        for &(word, weight) in vector {
            for &(other, theirs) in holders[&word].iter().filter(|h| h.0 as usize != node) {
                if likeness[other as usize] == 0.0 {
                    met.push(other);
                }
                likeness[other as usize] += weight * theirs;
            }
        }
        let mut nearest: Vec<(u32, f64)> = met.iter().map(|&o| (o, likeness[o as usize])).filter(|o| o.1 >= WORD_SIMILARITY).collect();
        met.iter().for_each(|&o| likeness[o as usize] = 0.0);
        nearest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for (other, like) in nearest.into_iter().take(WORD_NEIGHBOURS) {
            edges.insert(((node as u32).min(other), (node as u32).max(other)), like);
        }
    }
    edges.into_iter().map(|((a, b), weight)| (a, b, weight)).collect()
}

/// For each node its words with weights, of length 1 together; sorted by word.
fn word_vectors(codebase: &Codebase, paths: &Paths, nodes: &[ModuleId], folders: bool) -> Vec<Vec<(u32, f64)>> {
    let mut node = vec![u32::MAX; codebase.modules.len()];
    nodes.iter().enumerate().for_each(|(i, m)| node[m.index()] = i as u32);
    let mut counts: Vec<BTreeMap<String, f64>> = vec![BTreeMap::new(); nodes.len()];
    let mut add = |node: u32, name: &str, weight: f64| {
        for word in words::split(name).iter().map(|w| words::fold(w)).filter(|w| words::says_something(w)) {
            *counts[node as usize].entry(word).or_default() += weight;
        }
    };
    for (i, &m) in nodes.iter().enumerate().filter(|_| folders) {
        paths.of(m).iter().for_each(|part| add(i as u32, part, WORD_IN_PATH));
    }
    for item in codebase.items.iter().filter(|i| node[i.module.index()] != u32::MAX && i.kind != ItemKind::Impl) {
        add(node[item.module.index()], &item.name, if item.kind.is_type() { WORD_IN_TYPE } else { WORD_IN_FUNCTION });
    }
    let mut modules_with: BTreeMap<&str, usize> = BTreeMap::new();
    counts.iter().flat_map(BTreeMap::keys).for_each(|w| *modules_with.entry(w).or_default() += 1);
    let limit = ((nodes.len() as f64 * COMMON_WORD) as usize).clamp(3, COMMON_WORD_MODULES);
    let numbers: FxHashMap<&str, u32> = modules_with.keys().enumerate().map(|(i, w)| (*w, i as u32)).collect();
    counts
        .iter()
        .map(|words| {
            let mut vector: Vec<(u32, f64)> = words
                .iter()
                .filter(|(w, _)| (2..=limit).contains(&modules_with[w.as_str()]))
                .map(|(w, tf)| (numbers[w.as_str()], tf.ln_1p() * (nodes.len() as f64 / modules_with[w.as_str()] as f64).ln_1p()))
                .collect();
            // Words that no other module has count for the length: they make it less like any other.
            let own = words.iter().map(|(w, tf)| (tf.ln_1p() * (nodes.len() as f64 / modules_with[w.as_str()] as f64).ln_1p()).powi(2));
            let length = own.sum::<f64>().sqrt();
            vector.iter_mut().for_each(|w| w.1 /= length);
            vector
        })
        .collect()
}

#[cfg(test)]
impl Affinity {
    /// Of all modules, without evidence, with the usual weights.
    pub(super) fn of_code(code: &Codebase) -> Self {
        let nodes: Vec<ModuleId> = (0..code.modules.len()).map(ModuleId::from).collect();
        let (graph, weights) = (crate::graph::module_graph(code), super::Options::default().weights);
        Affinity::new(code, &graph, &Evidence::default(), &Paths::new(code), nodes, &weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{codebase, id};

    fn weight(text: &str, a: &str, b: &str) -> f64 {
        let code = codebase(text);
        let affinity = Affinity::of_code(&code);
        affinity.network.neighbours(id(&code, a).0).iter().find(|n| n.0 == id(&code, b).0).map_or(0.0, |n| n.1)
    }

    #[test]
    fn what_evidence_ties_together_belongs_together_and_a_tie_over_many_says_less() {
        let nodes: Vec<ModuleId> = (0..5).map(ModuleId::from).collect();
        let tie = |members: &[(u32, f64)]| Tie {
            source: "tables".into(),
            subject: "table orders".into(),
            members: members.iter().map(|(m, w)| (ModuleId(*m), *w)).collect(),
            sites: Vec::new(),
        };
        let all = [tie(&[(0, 1.0), (1, 1.0)]), tie(&[(2, 1.0), (3, 1.0), (4, 0.5)])];
        let edges = ties(all.iter(), 5, &nodes);
        assert_eq!(edges, [(0, 1, 1.0), (2, 3, 0.5), (2, 4, 0.25), (3, 4, 0.25)]);
    }

    #[test]
    fn a_handler_meets_the_model_of_its_business() {
        let text = "mod s::handlers::order\n mod s::handlers::stock\n mod s::models::order\n mod s::models::stock";
        assert!(weight(text, "s::handlers::order", "s::models::order") > 0.0);
        assert_eq!(weight(text, "s::handlers::order", "s::handlers::stock"), 0.0);
    }

    #[test]
    fn a_call_is_worth_more_than_a_use_and_a_hub_less_than_a_friend() {
        let text = "a -> b call\n c -> d use\n x1 -> hub call\n x2 -> hub call\n x3 -> hub call\n x4 -> hub call";
        assert!(weight(text, "a", "b") > weight(text, "c", "d"));
        assert!(weight(text, "a", "b") > weight(text, "x1", "hub"));
    }

    #[test]
    fn a_transaction_binds() {
        let text = "fn b::f async\n fn d::f async\n a -> b::f call 1 used transaction\n c -> d::f call 1 used";
        assert!(weight(text, "a", "b") > 2.0 * weight(text, "c", "d"));
    }

    #[test]
    fn names_of_types_tell_what_a_module_talks_about() {
        let text = "struct a::one::InvoiceLine\n struct b::two::InvoiceTotal\n struct c::three::Parcel\n struct d::four::Route";
        assert!(weight(text, "a::one", "b::two") > 0.0);
        assert_eq!(weight(text, "a::one", "c::three"), 0.0);
    }

    #[test]
    fn large_folders_are_tied_in_a_ring() {
        let text: String =
            (0..100).map(|i| format!("mod s::a::m{i:03}\n")).chain((0..120).map(|i| format!("mod s::b::n{i:03}\n"))).collect();
        let code = codebase(&text);
        let nodes: Vec<ModuleId> = (0..code.modules.len()).map(ModuleId::from).collect();
        assert!(containment(&Paths::new(&code), &nodes).len() <= 230 * FOLDER_NEIGHBOURS);
    }
}
