//! A graph that another program made, as a code base: each node a module, each edge a reference. Any language will do.
//!
//! Takes: a JSON file, `{"nodes": [{"id", "name"?, "synthetic"?}], "edges": [{"from", "to", "weight"?, "kind"?}]}`. Gives: [`Codebase`]; further keys are
//! passed over. A node's name is the name of the one type in its module, so that its words count as those of code do. A weight is how
//! many references an edge stands for, 1 where none is written; any number above 0. Edges of one pair and kind add up; an edge from a
//! node to itself says nothing and is left out. A synthetic node is no part of the system: who made the graph
//! has added it for whatever calls from outside. Invariant: what is wrong is refused with its line, nothing is guessed.

use crate::host::Host;
use crate::model::calls::{Attribute, Member};
use crate::model::codebase::{
    CallContext, Codebase, Confidence, Coverage, Crate, CrateKind, DependencyKind, Item, ItemKind, Module, Provenance, Reference,
    SourceFile, Visibility,
};
use crate::model::ids::{CrateId, FileId, ItemId, ModuleId};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::path::Path;

/// Ten million edges are some 700 MB.
const LIMIT: u64 = 2 << 30;

/// Why a graph cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{file}{place}: {message}", place = .line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct GraphError {
    /// As the user named it.
    pub file: String,
    /// 1-based, where there is one.
    pub line: Option<usize>,
    /// One sentence.
    pub message: String,
}

#[derive(Deserialize)]
struct Graph<'t> {
    #[serde(borrow)]
    nodes: Vec<&'t RawValue>,
    #[serde(borrow, default)]
    edges: Vec<&'t RawValue>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    name: Option<String>,
    #[serde(default)]
    synthetic: bool,
}

#[derive(Deserialize)]
struct Edge {
    from: String,
    to: String,
    weight: Option<f64>,
    kind: Option<String>,
}

/// Reads a graph.
///
/// # Errors
/// Where there is no such file, where it is no such graph, and where an edge leads to a node that is not there or weighs nothing.
pub fn read(host: &dyn Host, file: &Path) -> Result<Codebase, GraphError> {
    let shown = file.display().to_string();
    let failed = |line: Option<usize>, message: String| GraphError { file: shown.clone(), line, message };
    let bytes = host.read(file, LIMIT).map_err(|e| failed(None, e.to_string()))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| failed(None, format!("the file is not UTF-8 (byte {})", e.valid_up_to())))?;
    let graph: Graph<'_> = serde_json::from_str(text).map_err(|e| failed(Some(e.line()), format!("this is no graph: {e}")))?;
    if graph.nodes.is_empty() {
        return Err(failed(None, "the graph has no nodes".into()));
    }
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut nodes: BTreeMap<String, (String, usize)> = BTreeMap::new();
    let mut synthetic: Vec<String> = Vec::new();
    for raw in graph.nodes {
        let line = lines.of(raw);
        let node: Node = serde_json::from_str(raw.get()).map_err(|e| failed(Some(line), format!("this is no node: {e}")))?;
        if node.id.is_empty() {
            return Err(failed(Some(line), "a node needs an id".into()));
        }
        if node.synthetic {
            synthetic.push(node.id.clone());
        }
        let name = node.name.unwrap_or_else(|| node.id.clone());
        if let Some((_, first)) = nodes.insert(node.id.clone(), (name, line)) {
            return Err(failed(Some(line), format!("node `{}` was there before, in line {first}", node.id)));
        }
    }
    let ids: BTreeMap<&str, ModuleId> = nodes.keys().enumerate().map(|(i, id)| (id.as_str(), ModuleId::from(i))).collect();
    let mut weights: BTreeMap<(ModuleId, ModuleId, DependencyKind), f64> = BTreeMap::new();
    let mut references = Vec::new();
    for (at, raw) in graph.edges.into_iter().enumerate() {
        let line = lines.of(raw);
        let edge: Edge = serde_json::from_str(raw.get()).map_err(|e| failed(Some(line), format!("this is no edge: {e}")))?;
        let end = |id: &str| {
            ids.get(id).copied().ok_or_else(|| {
                let near = crate::model::nearest(id, ids.keys().copied()).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                failed(Some(line), format!("there is no node `{id}`{near}"))
            })
        };
        let (from, to) = (end(&edge.from)?, end(&edge.to)?);
        let weight = edge.weight.unwrap_or(1.0);
        if !(weight.is_finite() && weight > 0.0) {
            return Err(failed(Some(line), format!("an edge weighs {weight}: a weight is a number above 0")));
        }
        let kind = match edge.kind.as_deref() {
            None => DependencyKind::Call,
            // Kinds of other languages are told apart no further.
            Some(kind) => DependencyKind::from_name(kind).unwrap_or(DependencyKind::Call),
        };
        if from == to {
            continue;
        }
        *weights.entry((from, to, kind)).or_default() += weight;
        references.push(Reference {
            from,
            from_item: Some(ItemId(from.0)),
            to,
            to_item: Some(ItemId(to.0)),
            kind,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(at).unwrap_or(u32::MAX),
            file: FileId(0),
            via: None,
            context: CallContext::USED,
            confidence: Confidence::Name,
            provenance: Provenance::Source,
        });
    }
    references.sort_unstable();
    let mut outside: Vec<ModuleId> = synthetic.iter().filter_map(|id| ids.get(id.as_str()).copied()).collect();
    outside.sort_unstable();
    let name = file.file_stem().map_or_else(|| "graph".to_owned(), |stem| stem.to_string_lossy().into_owned());
    let known = u32::try_from(references.len()).unwrap_or(u32::MAX);
    Ok(Codebase {
        crates: vec![Crate {
            name: name.clone(),
            package: name.clone(),
            kind: CrateKind::Library,
            root: ModuleId(0),
            dependencies: vec![],
        }],
        name,
        files: vec![SourceFile { path: shown_name(file), lines: u32::try_from(text.lines().count()).unwrap_or(u32::MAX) }],
        modules: nodes.iter().map(|(id, (_, line))| module(id, *line)).collect(),
        items: nodes.values().zip(0..).map(|((name, line), at)| item(name, *line, at)).collect(),
        references,
        outside,
        weights: weights.into_iter().map(|((from, to, kind), weight)| (from, to, kind, weight)).collect(),
        coverage: Coverage { files: 1, parsed: 1, paths: known, resolved: known, ..Coverage::default() },
        ..Codebase::default()
    })
}

/// Places are relative to the folder of the file.
fn shown_name(file: &Path) -> String {
    file.file_name().map_or_else(|| "graph.json".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn module(id: &str, line: usize) -> Module {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Module {
        id: id.to_owned(),
        krate: CrateId(0),
        parent: None,
        file: FileId(0),
        line,
        end_line: line,
        // Nobody knows how large it is.
        lines: 0,
        inline: false,
        summary: None,
        visibility: Visibility::Public,
    }
}

fn item(name: &str, line: usize, module: u32) -> Item {
    let line = u32::try_from(line).unwrap_or(u32::MAX);
    Item {
        // Of a qualified name the last part: what is before it is a package.
        name: name.rsplit(['.', ':', '/']).next().unwrap_or(name).to_owned(),
        kind: ItemKind::Struct,
        module: ModuleId(module),
        parent: None,
        self_type: None,
        implements: None,
        visibility: Visibility::Public,
        line,
        end_line: line,
        derives: Vec::new(),
        attributes: Vec::<Attribute>::new(),
        members: Vec::<Member>::new(),
        signature: None,
    }
}

/// Lines of values that stand in a text one after the other.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl Lines<'_> {
    fn of(&mut self, value: &RawValue) -> usize {
        let at = (value.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize).min(self.text.len());
        if at < self.at {
            (self.at, self.line) = (0, 1);
        }
        self.line += self.text.as_bytes()[self.at..at].iter().filter(|b| **b == b'\n').count();
        self.at = at;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::memory::Memory;

    fn read_text(text: &str) -> Result<Codebase, String> {
        let host = Memory::from_fixture(&format!("//- /graph.json\n{text}\n"));
        let read = read(&host, Path::new("/graph.json")).map_err(|e| e.to_string())?;
        read.verify()?;
        Ok(read)
    }

    #[test]
    fn nodes_become_modules_and_edges_references() {
        let code = read_text(
            "{\"about\": 1, \"nodes\": [{\"id\": \"b\", \"name\": \"shop.web.CartAction\"}, {\"id\": \"a\"}],
\"edges\": [{\"from\": \"a\", \"to\": \"b\", \"weight\": 0.5}, {\"from\": \"a\", \"to\": \"b\", \"weight\": 2, \"kind\": \"whatever\"},
{\"from\": \"b\", \"to\": \"b\", \"weight\": 7}, {\"from\": \"b\", \"to\": \"a\", \"kind\": \"type\"}]}",
        )
        .expect("a graph");
        assert_eq!(code.modules.iter().map(|m| m.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(code.items.iter().map(|m| m.name.as_str()).collect::<Vec<_>>(), ["a", "CartAction"]);
        let (a, b) = (ModuleId(0), ModuleId(1));
        assert_eq!(code.weights, [(a, b, DependencyKind::Call, 2.5), (b, a, DependencyKind::Type, 1.0)]);
        assert_eq!(code.references.iter().map(|r| r.line).collect::<Vec<_>>(), [2, 2, 3]);
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let refused = |text: &str, expected: &str| {
            let message = read_text(text).expect_err(expected);
            assert!(message.contains(expected), "{message}");
        };
        let nodes = "{\"nodes\": [{\"id\": \"cart\"}, {\"id\": \"stock\"}],\n\"edges\": [\n";
        refused("{\"nodes\": []}", "no nodes");
        refused("{\"nodes\": [{\"id\": \"a\"},\n{\"id\": \"a\"}]}", "graph.json:2: node `a` was there before, in line 1");
        refused("{\"nodes\": [{\"id\": \"\"}]}", "needs an id");
        refused("{\"nodes\": [{\"name\": \"a\"}]}", "missing field `id`");
        refused(
            &format!("{nodes}{{\"from\": \"cart\", \"to\": \"stokc\"}}]}}"),
            "graph.json:3: there is no node `stokc`; did you mean `stock`?",
        );
        for weight in ["-1", "0", "1e999", "null1"] {
            refused(&format!("{nodes}{{\"from\": \"cart\", \"to\": \"stock\", \"weight\": {weight}}}]}}"), "graph.json:3");
        }
        refused("{\"nodes\": 7", "graph.json:1: this is no graph");
        assert!(read(&Memory::from_fixture("//- /x\n"), Path::new("/graph.json")).is_err());
    }

    #[test]
    fn a_synthetic_node_stands_for_the_outside() {
        let code =
            read_text("{\"nodes\": [{\"id\": \"b\", \"synthetic\": false}, {\"id\": \"Root\", \"synthetic\": true}]}").expect("a graph");
        assert_eq!(code.outside, [ModuleId(0)]);
    }

    #[test]
    fn a_single_node_is_a_graph() {
        assert_eq!(read_text("{\"nodes\": [{\"id\": \"a\"}]}").expect("a graph").references.len(), 0);
    }
}
