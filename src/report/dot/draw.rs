//! Pieces of a picture: nodes, edges, groups, the legend, and their colours. The only file that knows the DOT library.

use crate::model::plan::{Style, Verdict};
use crate::report::escape::{dot_id, dot_label, html};
use crate::report::mermaid::colour;
use graphviz_rust::dot_structures::{Attribute, Edge, EdgeTy, Graph, GraphAttributes, Id, Node, NodeId, Stmt, Subgraph, Vertex};
use graphviz_rust::printer::{DotPrinter, PrinterContext};

pub(super) const GREY: &str = "#9a9a9a";
pub(super) const PALE: &str = "#c8c8c8";
pub(super) const TANGLED: &str = "#c62828";

/// The finished text.
pub(super) fn print(graph: Graph) -> Vec<u8> {
    let mut text = graph.print(PrinterContext::default().with_semi());
    text.push('\n');
    text.into_bytes()
}

/// An attribute with a value of our own, such as a number or a colour.
pub(super) fn set(name: &str, value: impl std::fmt::Display) -> Attribute {
    Attribute(Id::Plain(name.to_owned()), Id::Escaped(format!("\"{value}\"")))
}

/// A label, tooltip or other attribute made of foreign text, a line each.
pub(super) fn text<S: AsRef<str>>(name: &str, lines: &[S]) -> Attribute {
    Attribute(Id::Plain(name.to_owned()), Id::Escaped(dot_label(lines)))
}

/// A label whose first line stands out.
pub(super) fn headed<S: AsRef<str>>(size: u32, lines: &[S]) -> Attribute {
    let line = |(i, line): (usize, &S)| match i {
        0 => format!("<font point-size=\"{size}\"><b>{}</b></font>", html(line.as_ref())),
        _ => format!("<br/><font point-size=\"{}\">{}</font>", size - 3, html(line.as_ref())),
    };
    let label: String = lines.iter().enumerate().map(line).collect();
    Attribute(Id::Plain("label".into()), Id::Html(format!("<{label}>")))
}

/// A directed graph with the look that all pictures share.
pub(super) fn graph(title: &[String], settings: Vec<Attribute>, mut statements: Vec<Stmt>) -> Graph {
    let mut graph = vec![
        headed(16, title),
        set("labelloc", "t"),
        set("fontname", "Helvetica"),
        set("fontcolor", "#222222"),
        set("bgcolor", "white"),
        set("pad", 0.3),
    ];
    graph.extend(settings);
    let node = vec![set("fontname", "Helvetica"), set("fontsize", 12), set("fontcolor", "#111111"), set("penwidth", 1.2)];
    let edge = vec![set("fontname", "Helvetica"), set("fontsize", 10), set("arrowsize", 0.8)];
    let mut stmts: Vec<Stmt> = [GraphAttributes::Graph(graph), GraphAttributes::Node(node), GraphAttributes::Edge(edge)]
        .into_iter()
        .map(Stmt::GAttribute)
        .collect();
    stmts.append(&mut statements);
    Graph::DiGraph { id: Id::Plain("seamline".into()), strict: false, stmts }
}

/// A node.
pub(super) fn node(id: &str, attributes: Vec<Attribute>) -> Stmt {
    Stmt::Node(Node::new(node_id(id), attributes))
}

/// An arrow.
pub(super) fn edge(from: &str, to: &str, attributes: Vec<Attribute>) -> Stmt {
    Stmt::Edge(Edge { ty: EdgeTy::Pair(Vertex::N(node_id(from)), Vertex::N(node_id(to))), attributes })
}

/// A frame around nodes.
pub(super) fn cluster(id: &str, attributes: Vec<Attribute>, nodes: Vec<Stmt>) -> Stmt {
    let stmts = attributes.into_iter().map(Stmt::Attribute).chain(nodes).collect();
    Stmt::Subgraph(Subgraph { id: Id::Escaped(dot_id(&format!("cluster {id}"))), stmts })
}

fn node_id(id: &str) -> NodeId {
    NodeId(Id::Escaped(dot_id(id)), None)
}

/// Look of a crossing: the line says the style, its width how many references there are.
pub(super) fn crossing(style: Style, references: u32) -> Vec<Attribute> {
    let line = match style {
        Style::Library => "dotted",
        Style::Broker => "dashed",
        Style::SyncApi | Style::KeepTogether => "solid",
    };
    vec![set("color", colour(style)), set("fontcolor", colour(style)), set("style", line), set("penwidth", width(style, references))]
}

/// 1 at one reference, about 5 at a thousand; what must stay together is wider, so that it shows without colour.
fn width(style: Style, references: u32) -> String {
    let width = 1.0 + f64::from(references.max(1)).log10() * 1.3 + if style == Style::KeepTogether { 1.0 } else { 0.0 };
    format!("{width:.1}")
}

/// Fill and border of a candidate.
pub(super) fn verdict_colours(verdict: Verdict) -> (&'static str, &'static str) {
    match verdict {
        Verdict::Service => ("#e3f4e5", "#2e7d32"),
        Verdict::Crate => ("#fff6dc", "#b7791f"),
        Verdict::Keep => ("#f0f0f0", "#777777"),
    }
}

/// What lines and colours mean; `more` are rows of this picture alone: a colour, a sample and its meaning.
pub(super) fn legend(more: &[(&str, &str, &str)]) -> Stmt {
    let row = |colour: &str, sample: &str, meaning: &str| {
        format!("<tr><td align=\"left\"><font color=\"{colour}\">{sample}</font></td><td align=\"left\">{meaning}</td></tr>")
    };
    let mut rows = vec![
        row(colour(Style::KeepTogether), "━━━━", "keep together"),
        row(colour(Style::SyncApi), "────", "synchronous API"),
        row(colour(Style::Broker), "─ ─ ─", "message broker"),
        row(colour(Style::Library), "· · · · ·", "shared types: a library"),
    ];
    for (verdict, meaning) in
        [(Verdict::Service, "make it a service"), (Verdict::Crate, "give it a crate"), (Verdict::Keep, "keep it in the monolith")]
    {
        let (fill, border) = verdict_colours(verdict);
        rows.push(format!("<tr><td bgcolor=\"{fill}\" border=\"1\" color=\"{border}\"> </td><td align=\"left\">{meaning}</td></tr>"));
    }
    rows.extend(more.iter().map(|(colour, sample, meaning)| row(colour, sample, meaning)));
    let table = format!("<<table border=\"0\" cellborder=\"0\" cellspacing=\"3\">{}</table>>", rows.concat());
    let label = Attribute(Id::Plain("label".into()), Id::Html(table));
    cluster(
        " legend",
        vec![headed(11, &["How to read it"]), set("fontname", "Helvetica"), set("color", PALE), set("style", "rounded")],
        vec![node(" legend", vec![label, set("shape", "plaintext"), set("fontsize", 10)])],
    )
}
