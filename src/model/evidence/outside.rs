//! Calls that leave the process, and state that many touch.

use super::Spot;
use crate::model::ids::ModuleId;
use crate::model::place::Site;
use serde::{Deserialize, Serialize};

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OutboundKind {
    /// An HTTP server.
    Http,
    /// A gRPC server.
    Grpc,
    /// A mail server.
    Mail,
    /// A store of objects or files that many machines share.
    ObjectStore,
    /// Another program on the same machine.
    Process,
}

impl OutboundKind {
    /// All kinds, in output order.
    pub const ALL: [OutboundKind; 5] =
        [OutboundKind::Http, OutboundKind::Grpc, OutboundKind::Mail, OutboundKind::ObjectStore, OutboundKind::Process];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            OutboundKind::Http => "http",
            OutboundKind::Grpc => "grpc",
            OutboundKind::Mail => "mail",
            OutboundKind::ObjectStore => "object-store",
            OutboundKind::Process => "process",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A call that leaves the process.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Outbound {
    /// Who calls, where.
    pub by: Spot,
    /// What is called.
    pub kind: OutboundKind,
    /// The address, as far as it is written in the code; holes are `{}`.
    pub target: Option<String>,
    /// By what: `reqwest`, `tonic`, `lettre`, …
    pub technology: String,
}

/// State that outlives a call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SharedState {
    /// Path of the static inside its module, or `Type::field`.
    pub name: String,
    /// The module that declares it.
    pub module: ModuleId,
    /// Where it is declared.
    pub declared: Site,
    /// What it is: `static`, `static Mutex`, `field Arc<RwLock<…>>`.
    pub what: String,
    /// Who touches it, sorted, the declaration left out.
    pub touched: Vec<Spot>,
}
