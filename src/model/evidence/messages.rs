//! What messages travel through.

use super::Spot;
use serde::{Deserialize, Serialize};

/// What a message travels through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ChannelKind {
    /// A topic or queue of a broker.
    Broker,
    /// A table that is read as a queue.
    Outbox,
    /// A channel inside the process.
    InProcess,
    /// The mailbox of an actor.
    Actor,
    /// Work that is started and whose end nobody waits for.
    Spawned,
}

impl ChannelKind {
    /// All kinds, in output order.
    pub const ALL: [ChannelKind; 5] =
        [ChannelKind::Broker, ChannelKind::Outbox, ChannelKind::InProcess, ChannelKind::Actor, ChannelKind::Spawned];

    /// The name in `analysis.json`.
    pub fn name(self) -> &'static str {
        match self {
            ChannelKind::Broker => "broker",
            ChannelKind::Outbox => "outbox",
            ChannelKind::InProcess => "in-process",
            ChannelKind::Actor => "actor",
            ChannelKind::Spawned => "spawned",
        }
    }

    /// The kind with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A topic, queue, channel or mailbox.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Channel {
    /// The topic or queue, the type of the messages, or the actor.
    pub name: String,
    /// What it is.
    pub kind: ChannelKind,
    /// By what: `rdkafka`, `tokio::mpsc`, `actix`, …
    pub technology: String,
    /// Type of the messages, where that can be told.
    pub payload: Option<String>,
    /// Who sends, sorted.
    pub producers: Vec<Spot>,
    /// Who receives, sorted.
    pub consumers: Vec<Spot>,
}
