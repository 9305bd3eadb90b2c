//! Where the outside world comes in, and what it reaches from there.

use super::Spot;
use crate::model::ids::ModuleId;
use serde::{Deserialize, Serialize};

/// In what way the outside comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EntryKind {
    /// An HTTP request.
    Route,
    /// A remote procedure call.
    Rpc,
    /// A field of a GraphQL root.
    GraphQl,
    /// A command of a command line.
    Command,
    /// A scheduled or queued job.
    Job,
    /// The start of the program.
    Main,
}

impl EntryKind {
    /// All kinds, in output order.
    pub const ALL: [EntryKind; 6] =
        [EntryKind::Route, EntryKind::Rpc, EntryKind::GraphQl, EntryKind::Command, EntryKind::Job, EntryKind::Main];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            EntryKind::Route => "route",
            EntryKind::Rpc => "rpc",
            EntryKind::GraphQl => "graphql",
            EntryKind::Command => "command",
            EntryKind::Job => "job",
            EntryKind::Main => "main",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// One way in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryPoint {
    /// In what way.
    pub kind: EntryKind,
    /// What the use case is called: `GET /orders/{id}`, `orders.OrderService/Place`, `import`.
    pub name: String,
    /// What handles it, at its definition; `None` where that is a closure or outside of the workspace.
    pub handler: Option<Spot>,
    /// Where it is declared.
    pub declared: Spot,
    /// By what: `axum`, `actix-web`, `tonic`, `clap`, …
    pub technology: String,
    /// Modules that may run because of it, the handler's first, then sorted.
    pub reaches: Vec<ModuleId>,
    /// Lines on which what it reaches can panic: `unwrap` and `expect` of the standard library, `panic!`, `assert!` and their like.
    pub panics: u32,
}
